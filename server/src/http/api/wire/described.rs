//! The bounds of a submission, as its description tells them: they are those of the reader beside.

use serde_json::{Value, json};

use super::files::COLLECT;
use super::names::{
    DEPTH, LONGEST_NAME, LONGEST_PART, PROBLEM_ID, REFERENCE_NAME, REFERENCE_TEXT, REFERENCES, USER,
};
use super::{ARGUMENTS, ARGUMENTS_SIZE, FILES, Rules, TESTS};
use crate::http::api::wire_limits;
use crate::submission::ANSWERS;

/// No control characters.
const PLAIN: &str = r"^[^\u0000-\u001f\u007f-\u009f]*$";
/// What an argument is.
const NO_NUL: &str = r"^[^\u0000]*$";
/// The hash of a version.
const VERSION: &str = "^[0-9A-Fa-f]{64}$";
/// With padding, and nothing in the bits that mean nothing.
const BASE64: &str = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$";

/// Tells in the schemas what is allowed.
pub(in crate::http::api) fn describe(schemas: &mut Value, rules: Rules<'_>) {
    wire_limits::describe(schemas, rules.limits);
    submission(&mut schemas["NewSubmission"], rules);
    test(&mut schemas["NewTest"]);
    for closed in ["NewSubmission", "NewTest", "CheckerWithFlags", "IcpcFlags"] {
        if let Some(schema) = schemas[closed].as_object_mut() {
            schema.insert("additionalProperties".into(), json!(false));
        }
    }
}

fn submission(schema: &mut Value, rules: Rules<'_>) {
    let languages: Vec<&str> = rules.languages.iter().map(|language| language.id.as_str()).collect();
    let source = rules.limits.source.get();
    let tests = rules.limits.tests.min(TESTS);
    let speech: Vec<_> = languages.into_iter().chain([ANSWERS]).map(Some).chain([None]).collect();
    bound(schema, "language", json!({"enum": speech}));
    bound(schema, "source", json!({"maxLength": source}));
    bound(schema, "source_base64", base64());
    bound(schema, "files", files(&json!({"maxLength": source})));
    bound(schema, "files_base64", files(&base64()));
    bound(schema, "stdin_base64", base64());
    bound(schema, "tests", json!({"minItems": 1, "maxItems": tests}));
    bound(schema, "user", json!({"minLength": 1, "maxLength": USER, "pattern": PLAIN}));
    bound(schema, "reference", reference());
    bound(schema, "arguments", arguments());
    bound(schema, "input_file", json!({"pattern": file_of_run()}));
    bound(schema, "output_file", json!({"pattern": file_of_run()}));
    let file = json!({"type": "string", "pattern": file_of_run()});
    bound(schema, "collect", json!({"maxItems": COLLECT, "uniqueItems": true, "items": file}));
    bound(schema, "problem", json!({"pattern": problem_id()}));
    bound(schema, "version", json!({"pattern": VERSION}));
    let text = json!({"type": "string"});
    let one = |field: &str| json!({"required": [field], "properties": {field: text}});
    let some = |field: &str| json!({"required": [field], "properties": {field: {"type": "object"}}});
    let files = json!({"anyOf": [some("files"), some("files_base64")]});
    schema["anyOf"] = json!([one("language"), one("problem")]);
    schema["oneOf"] = json!([one("source"), one("source_base64"), files]);
}

fn test(schema: &mut Value) {
    bound(schema, "stdin_base64", base64());
    bound(schema, "expected_base64", base64());
    bound(schema, "arguments", arguments());
}

/// Adds to what is known of a field.
fn bound(schema: &mut Value, field: &str, bounds: Value) {
    if let (Some(field), Value::Object(bounds)) = (schema["properties"][field].as_object_mut(), bounds) {
        field.extend(bounds);
    }
}

fn base64() -> Value {
    json!({"contentEncoding": "base64", "pattern": BASE64})
}

fn files(text: &Value) -> Value {
    let mut texts = json!({"type": "string"});
    if let (Some(texts), Some(text)) = (texts.as_object_mut(), text.as_object()) {
        texts.extend(text.clone());
    }
    let part = format!("[A-Za-z0-9_][A-Za-z0-9_.+-]{{0,{}}}", LONGEST_PART - 1);
    let name = format!("^{part}(/{part}){{0,{DEPTH}}}$");
    json!({
        "maxProperties": FILES,
        "propertyNames": {"maxLength": LONGEST_NAME, "pattern": name},
        "additionalProperties": texts,
    })
}

fn arguments() -> Value {
    let word = json!({"type": "string", "maxLength": ARGUMENTS_SIZE, "pattern": NO_NUL});
    json!({"maxItems": ARGUMENTS, "items": word})
}

/// Of `reference`.
fn reference() -> Value {
    json!({
        "maxProperties": REFERENCES,
        "propertyNames": {"pattern": format!("^[A-Za-z0-9_-]{{1,{REFERENCE_NAME}}}$")},
        "additionalProperties": {"type": "string", "maxLength": REFERENCE_TEXT, "pattern": PLAIN},
    })
}

/// The same as parameters of an address: each name is one of its own.
pub(in crate::http::api) fn references() -> Value {
    json!({
        "type": "object",
        "maxProperties": REFERENCES,
        "propertyNames": {"pattern": format!(r"^reference\.[A-Za-z0-9_-]{{1,{REFERENCE_NAME}}}$")},
        "additionalProperties": {"type": "string", "maxLength": REFERENCE_TEXT, "pattern": PLAIN},
    })
}

/// The name of a file that a program reads or leaves.
fn file_of_run() -> String {
    format!("^[A-Za-z0-9_][A-Za-z0-9_.+-]{{0,{}}}$", gavel_problem::own::LONGEST_NAME - 1)
}

fn problem_id() -> String {
    format!("^[A-Za-z0-9][A-Za-z0-9_.-]{{0,{}}}$", PROBLEM_ID - 1)
}

#[cfg(test)]
mod tests {
    use utoipa::PartialSchema;

    use super::super::{NewSubmission, NewTest};
    use crate::http::api::reading::Fields;
    use crate::http::api::wire_checker::{NewChecker, NewFlags};
    use crate::http::api::wire_limits::NewLimits;

    /// A field of a reader is one of its description: both are one struct. What is left is that each is read by its name.
    fn check<T: Fields + Default + PartialSchema>() {
        let schema = serde_json::to_value(T::schema()).unwrap();
        let described = schema["properties"].as_object().unwrap();
        assert!(!described.is_empty());
        for name in described.keys() {
            assert!(T::default().place(name).is_some(), "{name} is described, and not read");
        }
    }

    #[test]
    fn what_is_described_is_read() {
        check::<NewSubmission>();
        check::<NewTest>();
        check::<NewLimits>();
        check::<NewChecker>();
        check::<NewFlags>();
    }
}
