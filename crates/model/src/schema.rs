//! The JSON Schema of a document, for editors that complete and check while somebody types.

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::transform::transform_subschemas;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use crate::business::Step;
use crate::design::Design;
use crate::document::{self, COUNTS, NEWEST_VERSION};
use crate::fault::{Site, StoreName};
use crate::id::{DataId, FunctionId, InstanceId, MAX_NAME_CHARS};
use crate::machine::Point;
use crate::policy::Queue;
use crate::protocol::CallKind;
use crate::time::Span;

/// The schema of a document of the newest version.
pub fn document() -> Schema {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Design>();
    let version = json!({
        "description": "The version of the file's form.",
        "const": NEWEST_VERSION,
    });
    let link = json!({
        "description": "Where this schema lies, for editors. It is not kept.",
        "type": "string",
    });
    if let Some(Value::Object(fields)) = schema.get_mut("properties") {
        let own = [("$schema".to_owned(), link), ("archlab".to_owned(), version)];
        let others = std::mem::take(fields);
        *fields = own.into_iter().chain(others).collect::<Map<_, _>>();
    }
    schema.insert("title".to_owned(), "A design of archlab".into());
    schema.insert("required".to_owned(), json!(["archlab"]));
    unwrap_lines(&mut schema);
    schema
}

/// Joins the lines of descriptions, which are those of our doc comments.
fn unwrap_lines(schema: &mut Schema) {
    if let Some(Value::String(description)) = schema.get_mut("description") {
        *description = description.replace("\n\n", "\u{1}").replace('\n', " ").replace('\u{1}', "\n\n");
    }
    transform_subschemas(&mut unwrap_lines, schema);
}

/// The schema file's text.
pub fn text() -> String {
    document::write_lines(self::document().as_value())
}

/// A name by which parts refer to each other.
pub(crate) fn name(description: &str) -> Schema {
    json_schema!({
        "description": description,
        "type": "string",
        "minLength": 1,
        "maxLength": MAX_NAME_CHARS,
        "pattern": "^[^/\\x00-\\x1f]+$",
    })
}

impl JsonSchema for InstanceId {
    fn schema_name() -> Cow<'static, str> {
        "InstanceId".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "An instance: group/service/number, such as shop/app/2.",
            "type": "string",
            "pattern": "^[^/]+/[^/]+/[0-9]+$",
        })
    }
}

impl JsonSchema for Site {
    fn schema_name() -> Cow<'static, str> {
        "Site".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A part: a machine, a client, a group (its entry), a failure zone (all its machines), \
                group/store, or an instance as group/service/number.",
            "type": "string",
            "pattern": "^[^/]+(/[^/]+(/[0-9]+)?)?$",
        })
    }
}

impl JsonSchema for StoreName {
    fn schema_name() -> Cow<'static, str> {
        "StoreName".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A store: group/store, such as shop/database.",
            "type": "string",
            "pattern": "^[^/]+/[^/]+$",
        })
    }
}

impl JsonSchema for Span {
    fn schema_name() -> Cow<'static, str> {
        "Span".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A duration: a number and a unit, such as 250us, 1.5ms, 2s, 10m or 2h.",
            "type": "string",
            "pattern": "^(0|[0-9]+([.][0-9]+)? ?(ns|us|µs|ms|s|m|h))$",
        })
    }
}

impl JsonSchema for Point {
    fn schema_name() -> Cow<'static, str> {
        "Point".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A place on the canvas: rightwards, downwards.",
            "type": "array",
            "items": { "type": "number" },
            "minItems": 2,
            "maxItems": 2,
        })
    }
}

impl JsonSchema for Step {
    fn schema_name() -> Cow<'static, str> {
        "Step".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let call = call(generator);
        let mut access = |verb: &str, description: &str| {
            let mut fields = repetition();
            fields.insert(verb.to_owned(), generator.subschema_for::<DataId>().to_value());
            shape(description, verb, fields)
        };
        let (read, write) = (access("read", "Reads data."), access("write", "Writes data."));
        let calls = json!({ "type": "array", "items": call });
        let parallel = shape(
            "Makes several calls at once and goes on when all have ended.",
            "parallel",
            Map::from_iter([("parallel".to_owned(), calls)]),
        );
        json_schema!({
            "description": "One step of a function.",
            "oneOf": [call, parallel, read, write],
        })
    }
}

fn call(generator: &mut SchemaGenerator) -> Value {
    let mut fields = repetition();
    fields.insert("call".to_owned(), generator.subschema_for::<FunctionId>().to_value());
    fields.insert(
        "soft".to_owned(),
        json!({ "description": "It may fail without failing its caller.", "type": "boolean" }),
    );
    fields.insert(
        "async".to_owned(),
        json!({ "description": "It is sent and forgotten: its caller goes on at once.", "type": "boolean" }),
    );
    fields.insert("deadline".to_owned(), generator.subschema_for::<Span>().to_value());
    fields.insert("fallback".to_owned(), generator.subschema_for::<FunctionId>().to_value());
    fields.insert("queue".to_owned(), generator.subschema_for::<Queue>().to_value());
    fields.insert("by".to_owned(), generator.subschema_for::<CallKind>().to_value());
    shape("Calls another function.", "call", fields)
}

/// What calls and accesses have in common.
fn repetition() -> Map<String, Value> {
    let count = json!({
        "description": "How many times, one after another.",
        "type": "integer",
        "minimum": COUNTS.start(),
        "maximum": COUNTS.end(),
        "default": 1,
    });
    let probability = json!({
        "description": "The chance that it happens at all, drawn once for each time.",
        "type": "number",
        "minimum": 0,
        "maximum": 1,
        "default": 1,
    });
    Map::from_iter([("count".to_owned(), count), ("probability".to_owned(), probability)])
}

/// An object of these fields and no others, of which one is what it is about.
fn shape(description: &str, required: &str, fields: Map<String, Value>) -> Value {
    json!({
        "description": description,
        "type": "object",
        "properties": fields,
        "required": [required],
        "additionalProperties": false,
    })
}
