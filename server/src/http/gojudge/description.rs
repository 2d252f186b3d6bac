//! go-judge's API in the description of all, as far as its contract goes. Fields are those of its clients; what is not known
//! is ignored, as there.

use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use super::{TAG, files, stream, ws};

/// Its operations.
#[derive(OpenApi)]
#[openapi(paths(
    super::config,
    super::run,
    ws::ws,
    stream::stream,
    files::list,
    files::upload,
    files::download,
    files::remove
))]
pub(in crate::http) struct GoJudgeApi;

/// Adds the schemas of its messages, and its form of errors.
pub(in crate::http) fn describe(document: &mut Value) {
    let schemas = document["components"]["schemas"].as_object_mut();
    schemas.into_iter().for_each(|schemas| schemas.extend(messages()));
    for methods in document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        for operation in methods.as_object_mut().into_iter().flat_map(Map::values_mut) {
            let is_ours = operation["tags"][0] == TAG && operation["operationId"] != "gojudgeConfig";
            if let Some(answers) = operation["responses"].as_object_mut().filter(|_| is_ours) {
                answers.insert(
                    "401".into(),
                    json!({"description": "No or a wrong token. Nothing more is said."}),
                );
                answers.insert(
                    "403".into(),
                    refusal("What comes from a foreign page, while there is no token."),
                );
            }
        }
    }
}

/// go-judge's form of an error.
fn refusal(what: &str) -> Value {
    json!({"description": what, "content": {"application/json": {"schema": {"type": "string"}}}})
}

fn messages() -> Map<String, Value> {
    let all = json!({
        "RunRequest": request(),
        "Cmd": command(),
        "CmdFile": file(),
        "PipeMap": pipe(),
        "PipeIndex": object(&[("index", json!({"type": "integer"})), ("fd", json!({"type": "integer"}))]),
        "RunResult": result(),
        "RunResults": {"type": "array", "items": to("RunResult")},
        "FileIds": {"type": "object", "additionalProperties": text(), "description": "Names of files by their ids."},
        "FileUpload": {
            "type": "object",
            "properties": {"file": {"type": "string", "format": "binary"}},
            "required": ["file"],
        },
    });
    match all {
        Value::Object(all) => all,
        _ => Map::new(),
    }
}

fn object(fields: &[(&str, Value)]) -> Value {
    let fields: Map<_, _> =
        fields.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({"type": "object", "properties": fields})
}

fn to(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn text() -> Value {
    json!({"type": "string"})
}

fn list(of: &Value) -> Value {
    json!({"type": ["array", "null"], "items": of})
}

fn number(what: &str) -> Value {
    json!({"type": "integer", "minimum": 0, "description": what})
}

fn flag(what: &str) -> Value {
    json!({"type": "boolean", "description": what})
}

fn request() -> Value {
    let mut request = object(&[
        ("requestId", json!({"type": "string", "description": "Told with the answer, over a websocket."})),
        ("cmd", list(&to("Cmd"))),
        ("pipeMapping", list(&to("PipeMap"))),
    ]);
    request["required"] = json!(["cmd"]);
    request["description"] = json!("Commands that run together.");
    request
}

fn command() -> Value {
    object(&[
        ("args", list(&text())),
        ("env", list(&text())),
        ("files", list(&json!({"anyOf": [to("CmdFile"), {"type": "null"}]}))),
        ("tty", flag("Descriptors 0 to 2 are a terminal.")),
        ("cpuLimit", number("Nanoseconds.")),
        ("clockLimit", number("Nanoseconds.")),
        ("realCpuLimit", number("Nanoseconds; an older name of `clockLimit`.")),
        ("memoryLimit", number("Bytes.")),
        ("stackLimit", number("Bytes.")),
        ("procLimit", number("Processes and threads.")),
        ("cpuRateLimit", number("Thousandths of a CPU.")),
        ("cpuSetLimit", text()),
        ("copyIn", json!({"type": ["object", "null"], "additionalProperties": to("CmdFile")})),
        ("copyOut", list(&text())),
        ("copyOutCached", list(&text())),
        ("copyOutMax", number("Bytes of each.")),
        ("copyOutDir", text()),
        ("copyOutTruncate", flag("What is longer is cut.")),
        ("dataSegmentLimit", flag("Memory is limited by RLIMIT_DATA, too.")),
        ("strictMemoryLimit", flag("An older name of `dataSegmentLimit`.")),
        ("addressSpaceLimit", flag("Memory is limited by RLIMIT_AS, too.")),
    ])
}

fn file() -> Value {
    let mut file = object(&[
        (
            "src",
            json!({"type": ["string", "null"], "description": "A path of the server, where that is allowed."}),
        ),
        ("content", json!({"type": ["string", "null"]})),
        ("fileId", json!({"type": ["string", "null"], "description": "What is stored."})),
        ("name", json!({"type": ["string", "null"], "description": "Of an output that is answered with."})),
        ("max", json!({"type": ["integer", "null"], "description": "Bytes of it."})),
        ("pipe", flag("It passes through a pipe.")),
        ("symlink", json!({"type": ["string", "null"]})),
        ("streamIn", flag("What the client sends; for `/stream`.")),
        ("streamOut", flag("To the client; for `/stream`.")),
    ]);
    file["description"] = json!("What a descriptor is connected to, or what is copied in.");
    file
}

fn pipe() -> Value {
    object(&[
        ("in", to("PipeIndex")),
        ("out", to("PipeIndex")),
        ("proxy", flag("What passes is copied, and can be told.")),
        ("name", text()),
        ("max", json!({"type": "integer"})),
        ("disableZeroCopy", flag("Means nothing here.")),
    ])
}

fn result() -> Value {
    let error = object(&[("name", text()), ("type", text()), ("message", text())]);
    let mut result = object(&[
        ("status", text()),
        ("exitStatus", json!({"type": "integer"})),
        ("error", text()),
        ("time", number("CPU time in nanoseconds.")),
        ("memory", number("Bytes.")),
        ("runTime", number("Nanoseconds on the clock.")),
        ("procPeak", number("Most processes at one time.")),
        ("files", json!({"type": "object", "additionalProperties": text()})),
        ("fileIds", json!({"type": "object", "additionalProperties": text()})),
        ("fileError", json!({"type": "array", "items": error})),
    ]);
    result["required"] = json!(["status", "exitStatus", "time", "memory", "runTime"]);
    result["description"] = json!("What came of a command.");
    result
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::http::gojudge::json::request;

    #[test]
    fn what_is_described_of_a_request_is_what_is_read_of_one() {
        let messages = messages();
        for (name, read) in request::names() {
            let described: BTreeSet<_> = messages[name]["properties"].as_object().unwrap().keys().collect();
            let described: BTreeSet<_> = described.into_iter().map(String::as_str).collect();
            assert_eq!(described, read.into_iter().collect(), "{name}");
        }
    }
}
