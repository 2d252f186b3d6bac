//! Every answer that these tests get is held against the description of the API: its status is listed, and so is every field
//! of its body.

use std::collections::BTreeSet;
use std::sync::Mutex;

use reqwest::{Client, Method, StatusCode, Url};
use serde_json::Value;
use tokio::sync::OnceCell;

static DOCUMENT: OnceCell<Value> = OnceCell::const_new();

/// Where the servers are that it describes: tests ask others, too.
static SERVERS: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Such a server, until this is dropped: then its port may be something else's.
#[derive(Debug)]
pub(crate) struct Described(String);

impl Drop for Described {
    fn drop(&mut self) {
        SERVERS.lock().unwrap().remove(&self.0);
    }
}

/// Fetches the description, once for all tests, and notes that it describes the server there.
pub(crate) async fn learn(url: &str) -> Described {
    SERVERS.lock().unwrap().insert(url.to_owned());
    let fetch = || async {
        let response = Client::new().get(format!("{url}/openapi.json")).send().await.unwrap();
        response.json().await.unwrap()
    };
    DOCUMENT.get_or_init(fetch).await;
    Described(url.to_owned())
}

/// Holds an answer against it. What is no operation is nobody's to describe.
pub(crate) fn check(method: &Method, url: &Url, status: StatusCode, content_type: &str, body: &Value) {
    let Some(document) = DOCUMENT.get() else { return };
    if !SERVERS.lock().unwrap().contains(&url.origin().ascii_serialization()) {
        return;
    }
    let path = url.path();
    let method = if *method == Method::HEAD { Method::GET } else { method.clone() };
    let method = method.as_str().to_lowercase();
    let paths = document["paths"].as_object().unwrap();
    // What is written out comes before what a parameter stands for.
    let described =
        paths.iter().find(|(template, _)| fits(template, path)).and_then(|(_, of)| of.get(&method));
    let Some(operation) = described else { return };
    let answer = &operation["responses"][status.as_str()];
    assert!(
        answer.is_object(),
        "{method} {path} answers {status}, which its description does not list: {body}"
    );
    let media_type = content_type.split(';').next().unwrap_or_default();
    let schema = &answer["content"][media_type]["schema"];
    if schema.is_object() && body.is_object() {
        fields(document, vec![schema], body, &format!("{method} {path} {status}: "));
    }
}

fn fits(template: &str, path: &str) -> bool {
    let (mut parts, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (parts.next(), given.next()) {
            // The rest, slashes included.
            (Some("{name}"), Some(_)) => return true,
            (Some(part), Some(given)) if part == given || part.starts_with('{') && !given.is_empty() => {}
            (None, None) => return true,
            _ => return false,
        }
    }
}

/// The schema itself, what it refers to and what it is put together of.
fn whole<'a>(document: &'a Value, schema: &'a Value, into: &mut Vec<&'a Value>) {
    if let Some(to) = schema["$ref"].as_str() {
        whole(document, document.pointer(to.trim_start_matches('#')).unwrap(), into);
    }
    for word in ["allOf", "anyOf", "oneOf"] {
        schema[word].as_array().into_iter().flatten().for_each(|part| whole(document, part, into));
    }
    into.push(schema);
}

fn fields(document: &Value, schemas: Vec<&Value>, body: &Value, at: &str) {
    let mut all = Vec::new();
    schemas.into_iter().for_each(|schema| whole(document, schema, &mut all));
    match body {
        Value::Array(items) => {
            let schemas: Vec<_> =
                all.iter().map(|schema| &schema["items"]).filter(|of| of.is_object()).collect();
            items.iter().for_each(|item| fields(document, schemas.clone(), item, at));
        }
        Value::Object(members) => {
            let is_free = |schema: &&Value| {
                schema["type"] == "object"
                    && schema["properties"].is_null()
                    && schema["additionalProperties"].is_null()
            };
            if all.iter().any(is_free) {
                return;
            }
            for (name, member) in members {
                let known = all.iter().map(|schema| &schema["properties"][name]).filter(|of| of.is_object());
                let others =
                    all.iter().map(|schema| &schema["additionalProperties"]).filter(|of| of.is_object());
                let schemas: Vec<_> = known.chain(others).collect();
                assert!(!schemas.is_empty(), "{at}{name} is in the answer, and not described");
                fields(document, schemas, member, &format!("{at}{name}."));
            }
        }
        _ => {}
    }
}

#[test]
#[should_panic(expected = "a.c is in the answer, and not described")]
fn a_field_that_is_not_described_is_noticed() {
    let document = serde_json::json!({"B": {"properties": {"b": {}}}});
    let schema = serde_json::json!({"properties": {"a": {"allOf": [{"$ref": "#/B"}]}}});
    fields(&document, vec![&schema], &serde_json::json!({"a": {"b": 1}}), "");
    fields(&document, vec![&schema], &serde_json::json!({"a": {"b": 1, "c": 2}}), "");
}
