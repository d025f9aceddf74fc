//! A fault in one word, as on a command line: `slow:machine-2:8`, `cut:machine-1~machine-2:one-way`.
//!
//! Kind, part and numbers are set apart by colons. A name with a colon, a `~` or a comma in it can only be
//! written in a document.

use std::fmt;
use std::str::FromStr;

use crate::fault::{
    Bug, Cut, Delay, Errors, Fault, Hang, Leak, Loss, Lost, Partition, Sides, Site, Skew, Slow, Spike,
    Trouble,
};
use crate::time::Span;

/// Why a text is not a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultError(String);

impl fmt::Display for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for FaultError {}

/// What may be written, for whoever wrote something else.
const KINDS: &str = "crash:INSTANCE, stop:INSTANCE, restart:INSTANCE, power-off:MACHINE, power-on:MACHINE, \
    zone-down:ZONE, zone-up:ZONE, slow:PART:FACTOR, errors:INSTANCE-OR-FUNCTION:RATE, hang:INSTANCE[:checks-pass], \
    cut:PART~PART[:one-way], partition:PART,PART~PART,PART[:one-way], \
    loss:PART~PART:PROBABILITY[:for-good][:one-way], delay:PART~PART:EXTRA[:JITTER][:one-way], \
    spike:CLIENT:FACTOR, leak:INSTANCE:REQUESTS, full-queue:INSTANCE, lost-primary:GROUP/STORE, \
    store-crash:GROUP/STORE, \
    skew:PART:+5s, skew:PART:-5s, skew:PART:x1.01, repair:KIND:PART";

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Fault, FaultError> {
        let mut words = Words { text, rest: text.split(':').collect() };
        let kind = words.next("a kind")?;
        let fault = read(kind, &mut words)?;
        match words.rest.first() {
            None => Ok(fault),
            Some(more) => Err(FaultError(format!("“{text}”: “{more}” says nothing here"))),
        }
    }
}

/// The words of a fault that have not been read.
struct Words<'a> {
    text: &'a str,
    rest: Vec<&'a str>,
}

impl<'a> Words<'a> {
    fn next(&mut self, what: &str) -> Result<&'a str, FaultError> {
        if self.rest.is_empty() {
            return Err(FaultError(format!("“{}” lacks {what}", self.text)));
        }
        Ok(self.rest.remove(0))
    }

    /// The next word, read as what it should be.
    fn read<T: FromStr>(&mut self, what: &str) -> Result<T, FaultError>
    where
        T::Err: fmt::Display,
    {
        let text = self.text;
        self.next(what)?.parse().map_err(|error: T::Err| FaultError(format!("“{text}”: {what}: {error}")))
    }

    /// Takes `word` away, if it is one of those left.
    fn take(&mut self, word: &str) -> bool {
        let before = self.rest.len();
        self.rest.retain(|left| *left != word);
        self.rest.len() < before
    }

    fn between(&mut self) -> Result<(Site, Site), FaultError> {
        let text = self.text;
        let (one, other) = self
            .next("two parts")?
            .split_once('~')
            .ok_or_else(|| FaultError(format!("“{text}”: write two parts with a ~ between them")))?;
        Ok((site(text, one)?, site(text, other)?))
    }

    fn sides(&mut self) -> Result<Sides, FaultError> {
        let text = self.text;
        let (one, other) = self
            .next("two sides")?
            .split_once('~')
            .ok_or_else(|| FaultError(format!("“{text}”: write two sides with a ~ between them")))?;
        let side = |names: &str| -> Result<Vec<Site>, FaultError> {
            names.split(',').filter(|name| !name.is_empty()).map(|name| site(text, name)).collect()
        };
        Ok((side(one)?, side(other)?))
    }

    fn bug(&mut self) -> Result<Bug, FaultError> {
        if self.rest.first().is_some_and(|word| word.contains('/')) {
            return self.read("an instance").map(Bug::Instance);
        }
        self.read("a function").map(Bug::Function)
    }
}

fn site(text: &str, name: &str) -> Result<Site, FaultError> {
    name.parse().map_err(|error| FaultError(format!("“{text}”: {error}")))
}

fn read(kind: &str, words: &mut Words<'_>) -> Result<Fault, FaultError> {
    Ok(match kind {
        "crash" => Fault::Crash(words.read("an instance")?),
        "stop" => Fault::Stop(words.read("an instance")?),
        "restart" => Fault::Restart(words.read("an instance")?),
        "power-off" => Fault::PowerOff(words.read("a machine")?),
        "power-on" => Fault::PowerOn(words.read("a machine")?),
        "zone-down" => Fault::ZoneDown(words.read("a zone")?),
        "zone-up" => Fault::ZoneUp(words.read("a zone")?),
        "slow" => Fault::Slow(Slow { of: words.read("a part")?, factor: words.read("a factor")? }),
        "errors" => Fault::Errors(Errors { of: words.bug()?, rate: words.read("a rate")? }),
        "hang" => {
            Fault::Hang(Hang { of: words.read("an instance")?, checks_pass: words.take("checks-pass") })
        }
        "cut" => Fault::Cut(Cut { between: words.between()?, one_way: words.take("one-way") }),
        "partition" => Fault::Partition(Partition { sides: words.sides()?, one_way: words.take("one-way") }),
        "loss" => Fault::Loss(Loss {
            between: words.between()?,
            probability: words.read("a probability")?,
            one_way: words.take("one-way"),
            lost: if words.take("for-good") { Lost::ForGood } else { Lost::Retransmitted },
        }),
        "delay" => {
            let (between, one_way) = (words.between()?, words.take("one-way"));
            let extra = words.read("a duration")?;
            let jitter = if words.rest.is_empty() { Span::ZERO } else { words.read("a duration")? };
            Fault::Delay(Delay { between, extra, jitter, one_way })
        }
        "spike" => Fault::Spike(Spike { of: words.read("a client")?, factor: words.read("a factor")? }),
        "leak" => Fault::Leak(Leak {
            of: words.read("an instance")?,
            requests: words.read("a number of requests")?,
        }),
        "full-queue" => Fault::FullQueue(words.read("an instance")?),
        "lost-primary" => Fault::LostPrimary(words.read("a store")?),
        "store-crash" => Fault::StoreCrash(words.read("a store")?),
        "skew" => Fault::Skew(skew(words)?),
        "repair" => {
            let kind = words.next("a kind")?;
            trouble(kind, words)?.repair()
        }
        _ => return Err(FaultError(format!("“{kind}” is no fault; there are {KINDS}"))),
    })
}

fn skew(words: &mut Words<'_>) -> Result<Skew, FaultError> {
    let mut skew = Skew::none(words.read("a part")?);
    let text = words.text;
    let wrong = |error: &dyn fmt::Display| FaultError(format!("“{text}”: {error}"));
    let how = words.next("how wrong it is")?;
    if let Some(ahead) = how.strip_prefix('+') {
        skew.ahead = ahead.parse().map_err(|error| wrong(&error))?;
    } else if let Some(behind) = how.strip_prefix('-') {
        skew.behind = behind.parse().map_err(|error| wrong(&error))?;
    } else if let Some(rate) = how.strip_prefix('x') {
        skew.rate = rate.parse().map_err(|error| wrong(&error))?;
    } else {
        return Err(wrong(&"write +5s, -5s or x1.01"));
    }
    Ok(skew)
}

fn trouble(kind: &str, words: &mut Words<'_>) -> Result<Trouble, FaultError> {
    Ok(match kind {
        "crash" => Trouble::Crash(words.read("an instance")?),
        "power-off" => Trouble::PowerOff(words.read("a machine")?),
        "zone-down" => Trouble::ZoneDown(words.read("a zone")?),
        "slow" => Trouble::Slow(words.read("a part")?),
        "errors" => Trouble::Errors(words.bug()?),
        "hang" => Trouble::Hang(words.read("an instance")?),
        "cut" => Trouble::Cut(words.between()?),
        "partition" => Trouble::Partition(words.sides()?),
        "loss" => Trouble::Loss(words.between()?),
        "delay" => Trouble::Delay(words.between()?),
        "spike" => Trouble::Spike(words.read("a client")?),
        "leak" => Trouble::Leak(words.read("an instance")?),
        "full-queue" => Trouble::FullQueue(words.read("an instance")?),
        "lost-primary" => Trouble::LostPrimary(words.read("a store")?),
        "store-crash" => Trouble::StoreCrash(words.read("a store")?),
        "skew" => Trouble::Skew(words.read("a part")?),
        _ => return Err(FaultError(format!("“{kind}” is nothing that can be repaired"))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, json: &str) {
        let fault: Fault = text.parse().unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(serde_json::to_string(&fault).expect("it can be written"), json);
    }

    #[test]
    fn a_fault_can_be_said_in_a_word() {
        check("crash:shop/app/2", r#"{"crash":"shop/app/2"}"#);
        check("stop:shop/app/2", r#"{"stop":"shop/app/2"}"#);
        check("slow:machine-2:8", r#"{"slow":{"of":"machine-2","factor":8.0}}"#);
        check("errors:pay:0.3", r#"{"errors":{"of":{"function":"pay"},"rate":0.3}}"#);
        check("errors:shop/app/1:1", r#"{"errors":{"of":{"instance":"shop/app/1"},"rate":1.0}}"#);
        check("hang:shop/app/1:checks-pass", r#"{"hang":{"of":"shop/app/1","checks_pass":true}}"#);
        check("cut:m1~shop/database", r#"{"cut":{"between":["m1","shop/database"]}}"#);
        check("partition:m1,m2~:one-way", r#"{"partition":{"sides":[["m1","m2"],[]],"one_way":true}}"#);
        check("loss:m1~m2:0.1", r#"{"loss":{"between":["m1","m2"],"probability":0.1}}"#);
        check(
            "loss:m1~m2:0.1:for-good:one-way",
            r#"{"loss":{"between":["m1","m2"],"probability":0.1,"one_way":true,"lost":"for-good"}}"#,
        );
        check("delay:m1~m2:50ms:10ms", r#"{"delay":{"between":["m1","m2"],"extra":"50ms","jitter":"10ms"}}"#);
        check("spike:people:5", r#"{"spike":{"of":"people","factor":5.0}}"#);
        check("leak:shop/app/1:1000", r#"{"leak":{"of":"shop/app/1","requests":1000}}"#);
        check("full-queue:shop/app/1", r#"{"full-queue":"shop/app/1"}"#);
        check("lost-primary:shop/database", r#"{"lost-primary":"shop/database"}"#);
        check("skew:m1:-5s", r#"{"skew":{"of":"m1","behind":"5s"}}"#);
        check("repair:slow:machine-2", r#"{"repair":{"slow":"machine-2"}}"#);
        check("repair:crash:shop/app/2", r#"{"restart":"shop/app/2"}"#);
    }

    #[test]
    fn what_is_no_fault_is_told() {
        for wrong in [
            "",
            "crash",
            "crash:",
            "crash:shop",
            "explode:m1",
            "slow:m1",
            "slow:m1:much",
            "cut:m1",
            "skew:m1:5s",
            "repair:m1",
            "power-off:m1:now",
            "delay:m1~m2",
        ] {
            assert!(wrong.parse::<Fault>().is_err(), "{wrong}");
        }
    }
}
