//! JSON as a person would write it: what is short and simple on one line, the rest broken up.

use std::fmt::Write;

use serde_json::Value;

/// The longest line, in columns.
const MAX_COLUMNS: usize = 100;

/// Writes `value`, and a line break at its end.
pub(crate) fn write(value: &Value) -> String {
    let mut text = String::new();
    write_broken(&mut text, value, 0);
    text.push('\n');
    text
}

/// Writes `value`, an entry of something that lies `indent` levels in and already has `taken` columns
/// on its line.
fn write_entry(text: &mut String, value: &Value, indent: usize, taken: usize) {
    if is_simple(value) {
        let mut line = String::new();
        write_line(&mut line, value);
        // One column for the comma.
        if taken + columns(&line) < MAX_COLUMNS {
            text.push_str(&line);
            return;
        }
    }
    write_broken(text, value, indent);
}

/// Writes `value` with each of its entries on a line of its own.
fn write_broken(text: &mut String, value: &Value, indent: usize) {
    let inner = indent + 1;
    match value {
        Value::Array(items) if !items.is_empty() => {
            text.push('[');
            for (place, item) in items.iter().enumerate() {
                begin_line(text, place > 0, inner);
                write_entry(text, item, inner, 2 * inner);
            }
            end_lines(text, indent, ']');
        }
        Value::Object(entries) if !entries.is_empty() => {
            text.push('{');
            for (place, (name, item)) in entries.iter().enumerate() {
                begin_line(text, place > 0, inner);
                let name = quoted(name);
                let taken = 2 * inner + columns(&name) + 2;
                text.push_str(&name);
                text.push_str(": ");
                write_entry(text, item, inner, taken);
            }
            end_lines(text, indent, '}');
        }
        simple => write_line(text, simple),
    }
}

fn begin_line(text: &mut String, after_another: bool, indent: usize) {
    text.push_str(if after_another { ",\n" } else { "\n" });
    text.extend(std::iter::repeat_n("  ", indent));
}

fn end_lines(text: &mut String, indent: usize, bracket: char) {
    text.push('\n');
    text.extend(std::iter::repeat_n("  ", indent));
    text.push(bracket);
}

/// Writes `value` on the line it is on.
fn write_line(text: &mut String, value: &Value) {
    match value {
        Value::Array(items) => {
            text.push('[');
            for (place, item) in items.iter().enumerate() {
                text.push_str(if place > 0 { ", " } else { "" });
                write_line(text, item);
            }
            text.push(']');
        }
        Value::Object(entries) if entries.is_empty() => text.push_str("{}"),
        Value::Object(entries) => {
            text.push_str("{ ");
            for (place, (name, item)) in entries.iter().enumerate() {
                text.push_str(if place > 0 { ", " } else { "" });
                text.push_str(&quoted(name));
                text.push_str(": ");
                write_line(text, item);
            }
            text.push_str(" }");
        }
        Value::Number(number) => match number.as_f64() {
            // A whole number reads better without its fraction, and is read back as the same.
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 1e15 => {
                let _ = write!(text, "{}", float as i64);
            }
            _ => {
                let _ = write!(text, "{number}");
            }
        },
        Value::String(words) => text.push_str(&quoted(words)),
        Value::Bool(_) | Value::Null => {
            let _ = write!(text, "{value}");
        }
    }
}

fn quoted(words: &str) -> String {
    Value::from(words).to_string()
}

/// Whether `value` reads well on one line, if it fits: a plain value; an object of plain values, or of
/// one thing alone; a list of such.
fn is_simple(value: &Value) -> bool {
    let is_plain = |item: &Value| nesting(item) == 0;
    match value {
        Value::Array(items) => items.iter().all(|item| nesting(item) <= 1),
        Value::Object(entries) => {
            entries.values().all(is_plain) || entries.len() == 1 && entries.values().all(is_simple)
        }
        _ => true,
    }
}

/// How many objects and lists lie within each other, `value` included.
fn nesting(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(nesting).max().unwrap_or(0),
        Value::Object(entries) => 1 + entries.values().map(nesting).max().unwrap_or(0),
        _ => 0,
    }
}

/// How wide `line` is where Chinese takes two columns.
fn columns(line: &str) -> usize {
    line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}
