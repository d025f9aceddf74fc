//! Keys: which press asks for an action, and how it is written.

/// A key press, apart from the browser: the key's name and what was held with it.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyPress<'a> {
    /// As `KeyboardEvent.key` names it.
    pub key: &'a str,
    /// As `KeyboardEvent.code` names it: the key's place, whatever is printed on it.
    pub code: &'a str,
    /// Control or Command.
    pub control: bool,
    /// Shift.
    pub shift: bool,
    /// Alt or Option.
    pub alt: bool,
}

/// A key with what is held with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keys {
    /// A letter, a digit or a sign, or one of the names of `KeyboardEvent.key`; in lower case.
    pub key: &'static str,
    /// Whether Control or Command is held.
    pub control: bool,
    /// Whether Shift is held. For a sign it does not matter: some keyboards need Shift for it.
    pub shift: bool,
    /// Whether Alt or Option is held.
    pub alt: bool,
}

impl Keys {
    /// The key alone.
    pub const fn plain(key: &'static str) -> Keys {
        Keys { key, control: false, shift: false, alt: false }
    }

    /// With Control or Command.
    pub const fn control(key: &'static str) -> Keys {
        Keys { control: true, ..Keys::plain(key) }
    }

    /// With Shift.
    pub const fn shift(key: &'static str) -> Keys {
        Keys { shift: true, ..Keys::plain(key) }
    }

    /// With Alt or Option.
    pub const fn alt(key: &'static str) -> Keys {
        Keys { alt: true, ..Keys::plain(key) }
    }

    /// With Control or Command, and Shift.
    pub const fn control_shift(key: &'static str) -> Keys {
        Keys { shift: true, ..Keys::control(key) }
    }

    /// Whether `press` is these keys.
    pub fn are(&self, press: &KeyPress<'_>) -> bool {
        if (self.control, self.alt) != (press.control, press.alt) {
            return false;
        }
        let pressed = press.key.to_lowercase();
        let [byte] = self.key.as_bytes() else { return self.shift == press.shift && pressed == self.key };
        match byte {
            // A digit's key gives a sign with Shift, and another sign in each country.
            b'0'..=b'9' => {
                self.shift == press.shift
                    && (pressed == self.key || press.code == format!("Digit{}", self.key))
            }
            // Where no Latin letters are written, the letter's usual place counts.
            b'a'..=b'z' => {
                let place = format!("Key{}", self.key.to_uppercase());
                self.shift == press.shift
                    && (pressed == self.key || !pressed.is_ascii() && press.code == place)
            }
            b' ' => self.shift == press.shift && pressed == self.key,
            b'+' => pressed == "+" || pressed == "=",
            _ => pressed == self.key,
        }
    }

    /// The keys as the platform writes them: signs in one word on a Mac, names joined by `+` elsewhere.
    /// `space` is what the space bar is called.
    pub fn written(&self, mac: bool, space: &str) -> String {
        let key = match self.key {
            " " => space.to_owned(),
            "escape" => "Esc".to_owned(),
            "delete" if mac => "⌦".to_owned(),
            "backspace" if mac => "⌫".to_owned(),
            "delete" => "Del".to_owned(),
            "arrowleft" => "←".to_owned(),
            "arrowright" => "→".to_owned(),
            "arrowup" => "↑".to_owned(),
            "arrowdown" => "↓".to_owned(),
            "enter" if mac => "↩".to_owned(),
            "-" => "−".to_owned(),
            key => {
                let mut letters = key.chars();
                letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
            }
        };
        let held = if mac {
            [(self.alt, "⌥"), (self.shift, "⇧"), (self.control, "⌘")]
        } else {
            [(self.control, "Ctrl+"), (self.alt, "Alt+"), (self.shift, "Shift+")]
        };
        let held: String = held.into_iter().filter_map(|(is_held, sign)| is_held.then_some(sign)).collect();
        held + &key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press<'a>(key: &'a str, code: &'a str) -> KeyPress<'a> {
        KeyPress { key, code, control: false, shift: false, alt: false }
    }

    #[test]
    fn keys_are_found_on_every_keyboard() {
        let undo = KeyPress { control: true, ..press("я", "KeyZ") };
        assert!(Keys::control("z").are(&undo), "a Russian keyboard");
        let french = KeyPress { shift: true, ..press("1", "Digit1") };
        let american = KeyPress { shift: true, ..press("!", "Digit1") };
        assert!(Keys::shift("1").are(&french) && Keys::shift("1").are(&american));
        let question = KeyPress { shift: true, ..press("?", "Slash") };
        assert!(Keys::plain("?").are(&question));
        assert!(Keys::control("+").are(&KeyPress { control: true, ..press("=", "Equal") }));
        assert!(!Keys::plain("s").are(&KeyPress { control: true, ..press("s", "KeyS") }));
        assert!(!Keys::plain("z").are(&press("y", "KeyZ")), "what is printed on a Latin key counts");
    }

    #[test]
    fn keys_are_written_as_the_platform_does() {
        assert_eq!(Keys::control_shift("z").written(false, "Space"), "Ctrl+Shift+Z");
        assert_eq!(Keys::control_shift("z").written(true, "Space"), "⇧⌘Z");
        assert_eq!(Keys::plain(" ").written(false, "空格"), "空格");
        assert_eq!(Keys::plain("f2").written(false, "Space"), "F2");
    }
}
