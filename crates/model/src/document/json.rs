//! JSON, read strictly: no name twice in one object, nothing nested without end.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Number, Value};

use super::error::DocumentError;

/// How deep objects and lists may lie within each other. A step within `parallel` lies at 8.
pub const MAX_DEPTH: usize = 24;

/// What a reader minds that JSON itself allows.
enum Complaint {
    TooDeep,
    Twice(String),
}

/// Reads `text` as one JSON value.
pub(super) fn read(text: &str) -> Result<Value, DocumentError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let complaint = RefCell::new(None);
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Strict { depth: 0, complaint: &complaint }.deserialize(&mut reader);
    let value = value.and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| {
        let (line, column) = (error.line(), error.column());
        match complaint.take() {
            Some(Complaint::TooDeep) => DocumentError::TooDeep { line, column, limit: MAX_DEPTH },
            Some(Complaint::Twice(name)) => DocumentError::Twice { line, column, name },
            None => DocumentError::Syntax { line, column, detail: detail(&error) },
        }
    })
}

/// What the parser says, without the place, which we tell ourselves.
fn detail(error: &serde_json::Error) -> String {
    if error.classify() == Category::Eof {
        return "the text ends in the middle".to_owned();
    }
    let words = error.to_string();
    match words.rfind(" at line ") {
        Some(end) => words[..end].to_owned(),
        None => words,
    }
}

/// Reads a value that lies `depth` deep.
#[derive(Clone, Copy)]
struct Strict<'a> {
    depth: usize,
    complaint: &'a RefCell<Option<Complaint>>,
}

impl Strict<'_> {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            self.complaint.replace(Some(Complaint::TooDeep));
            return Err(E::custom("too deep"));
        }
        Ok(Strict { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }
    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let seed = self.deeper()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(seed)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let seed = self.deeper()?;
        let mut map = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            if map.contains_key(&name) {
                self.complaint.replace(Some(Complaint::Twice(name)));
                return Err(A::Error::custom("twice"));
            }
            let value = entries.next_value_seed(seed)?;
            map.insert(name, value);
        }
        Ok(Value::Object(map))
    }
}
