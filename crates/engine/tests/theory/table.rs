//! The rows of the validation table.

use serde::Deserialize;
use serde_json::{Map, Value};

/// One row of the table.
#[derive(Debug, Clone, Deserialize)]
pub struct Entry {
    pub id: String,
    pub group: String,
    pub params: Map<String, Value>,
    pub metric: String,
    pub value: Value,
    pub kind: String,
    #[serde(default)]
    tolerance: Map<String, Value>,
}

#[derive(Deserialize)]
struct Table {
    entries: Vec<Entry>,
}

/// The table itself, where it is kept, unless the environment names another file.
const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/theory/validation.json");

/// All rows.
pub fn all() -> Vec<Entry> {
    let path = std::env::var("ARCHLAB_VALIDATION_TABLE").unwrap_or_else(|_| TABLE.to_owned());
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let table: Table = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
    table.entries
}

impl Entry {
    /// The number of its group, as `02`.
    pub fn group_number(&self) -> &str {
        self.group.split(' ').next().unwrap_or_default()
    }

    /// The value, if it is a number.
    pub fn number(&self) -> Option<f64> {
        match &self.value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) if text == "inf" => Some(f64::INFINITY),
            _ => None,
        }
    }

    /// The value as a person reads it.
    pub fn shown(&self) -> String {
        match &self.value {
            Value::String(text) => text.clone(),
            value => value.to_string(),
        }
    }

    /// A parameter that is a number.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.params.get(name).and_then(Value::as_f64)
    }

    pub fn whole(&self, name: &str) -> Option<u32> {
        self.get(name).filter(|value| *value >= 0.0 && value.fract() == 0.0).map(|value| value as u32)
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.params.get(name).and_then(Value::as_str)
    }

    /// A parameter that is a list of numbers.
    pub fn numbers(&self, name: &str) -> Option<Vec<f64>> {
        self.params.get(name)?.as_array()?.iter().map(Value::as_f64).collect()
    }

    pub fn has(&self, name: &str) -> bool {
        self.params.contains_key(name)
    }

    /// Whether its metric speaks of `words`.
    pub fn tells(&self, words: &str) -> bool {
        self.metric.contains(words)
    }

    /// The probability in a metric such as "sojourn quantile p=0.95".
    pub fn quantile(&self) -> Option<f64> {
        let (_, after) = self.metric.split_once("quantile p=")?;
        after.split(' ').next()?.parse().ok()
    }

    /// The standard error of its own value, if that was simulated.
    pub fn standard_error(&self) -> Option<f64> {
        self.tolerance.get("ci95_half_width").and_then(Value::as_f64).map(|half| half / 1.959_964)
    }

    /// How wide its interval may be: half-width at 99 %, as a share of the value.
    pub fn width(&self) -> f64 {
        if self.is_tail() { 0.05 } else { 0.02 }
    }

    /// Whether it tells of rare things, which take longer to be seen.
    fn is_tail(&self) -> bool {
        let rare = self.number().is_some_and(|value| value.abs() < 0.01);
        self.quantile().is_some_and(|p| p >= 0.9)
            || self.tells("p99")
            || rare && matches!(self.unit_kind(), Unit::Share)
    }

    fn unit_kind(&self) -> Unit {
        let words = ["probability", "fraction", "share", "P("];
        if words.iter().any(|word| self.metric.contains(word)) { Unit::Share } else { Unit::Other }
    }
}

enum Unit {
    Share,
    Other,
}
