//! What operations answer when something is wrong, and who may call them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use utoipa::{IntoResponses, PartialSchema};

use crate::config::Config;
use crate::http::error::{Body, Described, FieldError, Kind, MARK, fails};
use crate::http::gojudge;
use crate::http::scopes;
use crate::tokens::Scope;

/// Kinds of errors, as operations name them.
type Fails = fn() -> Described;

/// Of every operation: what is told where there is no request yet.
const OF_HEADS: [Fails; 4] = [
    fails::MalformedRequest::responses,
    fails::SlowHead::responses,
    fails::AddressTooLong::responses,
    fails::HeadTooLarge::responses,
];

/// Of every operation of ours.
const ALWAYS: [Fails; 2] = [fails::MethodNotAllowed::responses, fails::InternalError::responses];

/// Of every operation with a body.
const OF_BODIES: [Fails; 3] =
    [fails::MalformedBody::responses, fails::SlowBody::responses, fails::BodyTooLarge::responses];

/// Of every operation that is not for everybody.
const OF_CALLERS: [Fails; 2] = [fails::Unauthorized::responses, fails::Forbidden::responses];

/// Of errors.
const MEDIA_TYPE: &str = "application/problem+json";

/// Below it, operations are for those who may call.
const NATIVE: &str = "/api/v1/";

/// Writes out the kinds of errors that operations name, adds those of all, and tells who may call.
pub(super) fn describe(document: &mut Value, config: &Config) {
    document["components"]["schemas"]["Problem"] = schema_of::<Body<'_>>();
    document["components"]["schemas"]["FieldError"] = schema_of::<FieldError>();
    document["components"]["securitySchemes"] = json!({"token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of the server. Where it has none, `Host` and `Origin` must be local.",
    }});
    let is_open = config.http.token.is_none() && config.http.tokens.is_empty();
    for (path, methods) in document["paths"].as_object_mut().into_iter().flatten() {
        for (method, operation) in methods.as_object_mut().into_iter().flatten() {
            let is_guarded = path.starts_with(NATIVE) || path == "/metrics";
            if let Some(needs) = scopes::needed(&method.to_uppercase(), path) {
                secure(operation, &needs.scopes(), is_open);
            }
            errors(operation, is_guarded);
        }
    }
}

/// Tells which scopes a token needs here.
fn secure(operation: &mut Value, scopes: &[Scope], is_open: bool) {
    let names: Vec<_> = scopes.iter().map(|scope| scope.name()).collect();
    let mut security = vec![json!({"token": names})];
    if is_open {
        security.push(json!({}));
    }
    operation["security"] = security.into();
    if names.is_empty() {
        return;
    }
    let needs = format!("Scope: `{}`.", names.join("`, `"));
    let told = operation["description"].as_str().map(|told| format!("{told}\n\n{needs}"));
    operation["description"] = told.unwrap_or(needs).into();
}

fn schema_of<T: PartialSchema>() -> Value {
    serde_json::to_value(T::schema()).unwrap_or_default()
}

fn errors(operation: &mut Value, is_guarded: bool) {
    // What else those of go-judge say has the form of its errors.
    let is_foreign = operation["tags"][0] == gojudge::TAG;
    let has_body = operation.get("requestBody").is_some() && !is_foreign;
    let Some(answers) = operation["responses"].as_object_mut() else { return };
    let common = OF_HEADS.iter();
    let common = common.chain(ALWAYS.iter().filter(|_| !is_foreign));
    let common = common.chain(OF_BODIES.iter().filter(|_| has_body));
    let common = common.chain(OF_CALLERS.iter().filter(|_| is_guarded));
    let mut named: BTreeSet<String> = common.flat_map(|fails| fails().into_keys()).collect();
    named.extend(answers.keys().filter(|name| name.starts_with(MARK)).cloned());
    answers.retain(|status, _| !status.starts_with(MARK));
    let mut by_status = BTreeMap::<u16, Vec<Kind>>::new();
    for kind in named.iter().filter_map(|mark| Kind::named(mark.strip_prefix(MARK)?)) {
        by_status.entry(kind.status().as_u16()).or_default().push(kind);
    }
    for (status, kinds) in by_status {
        let told = answer(status, &kinds);
        match answers.get_mut(&status.to_string()) {
            // It has another form beside this one, or none at all.
            Some(Value::Object(known)) => {
                if let Some(forms) = known.get_mut("content") {
                    forms[MEDIA_TYPE] = told["content"][MEDIA_TYPE].clone();
                }
            }
            _ => drop(answers.insert(status.to_string(), told)),
        }
    }
}

/// The answer of this status, which has one of these kinds.
fn answer(status: u16, kinds: &[Kind]) -> Value {
    let lines: Vec<String> =
        kinds.iter().map(|kind| format!("- `{}`: {}", kind.name(), kind.meaning())).collect();
    let types: Vec<String> = kinds.iter().map(|kind| kind.urn()).collect();
    let narrow = json!({"properties": {"status": {"const": status}, "type": {"enum": types}}});
    let schema = json!({"allOf": [{"$ref": "#/components/schemas/Problem"}, narrow]});
    let mut answer = json!({
        "description": lines.join("\n"),
        "content": {MEDIA_TYPE: {"schema": schema}},
    });
    if let Some((name, what, schema)) = header(status) {
        let is_always = !kinds.contains(&Kind::LanguageUnavailable);
        answer["headers"] = json!({name: {"description": what, "required": is_always, "schema": schema}});
    }
    answer
}

/// What answers of this status have beside their body.
fn header(status: u16) -> Option<(&'static str, &'static str, Value)> {
    let text = || json!({"type": "string"});
    Some(match status {
        401 => ("WWW-Authenticate", "How to say who calls.", text()),
        405 => ("Allow", "The methods that the path takes.", text()),
        429 | 503 => (
            "Retry-After",
            "Seconds until it makes sense to try again.",
            json!({"type": "integer", "minimum": 1}),
        ),
        _ => return None,
    })
}
