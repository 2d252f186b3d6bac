use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use regex::Regex;

use super::*;
use crate::config::Overrides;
use crate::http::error::Kind;
use crate::http::scopes;

fn config(flags: &[(&str, &str)]) -> Config {
    let own = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    let settings = Overrides {
        file: Some("/dev/null".into()),
        flags: flags.iter().map(own).collect(),
        ..Overrides::default()
    };
    Config::load(&settings).unwrap()
}

fn languages() -> Languages {
    Languages::load(Path::new("../images/languages.toml"), "latest").unwrap()
}

fn described() -> Value {
    document(&config(&[]), &languages())
}

fn operations(document: &Value) -> Vec<(&str, &str, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let mut all = Vec::new();
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().unwrap() {
            all.push((path.as_str(), method.as_str(), operation));
        }
    }
    all
}

/// All files of the handlers.
fn sources(folder: &Path, into: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
}

/// Routes are found by the words that make them.
#[test]
fn every_route_is_described_with_all_its_methods() {
    let mut files = vec![("http.rs".to_owned(), include_str!("../../http.rs").to_owned())];
    sources(Path::new("src/http"), &mut files);
    let route = Regex::new(r#"\bresource\(\s*"([^"]+)",\s*"([^"]+)",?\s*\)"#).unwrap();
    let parameter = Regex::new(r"\{([a-z]+)[^{}]*\}").unwrap();
    let mut routes = BTreeMap::new();
    // The address of those who watch the service is another one.
    for (name, text) in files.iter().filter(|(name, _)| !name.ends_with("telemetry.rs")) {
        let scope = if name.contains("http/api") { "/api/v1" } else { "" };
        for found in route.captures_iter(text) {
            let path = format!("{scope}{}", parameter.replace_all(&found[1], "{$1}"));
            let methods = found[2].split(", ").filter(|method| *method != "HEAD").map(str::to_lowercase);
            routes.insert(path, methods.collect::<BTreeSet<_>>());
        }
    }
    assert!(routes.len() > 15, "{routes:?}");
    let document = described();
    let mut described = BTreeMap::<String, BTreeSet<String>>::new();
    for (path, method, operation) in operations(&document) {
        if operation["tags"][0] == gojudge::TAG {
            continue;
        }
        described.entry(path.to_owned()).or_default().insert(method.to_owned());
    }
    assert_eq!(described, routes);
}

#[test]
fn every_route_of_gojudge_is_described_where_it_is_served() {
    let of = |document: &Value| {
        let operations = operations(document);
        let ours = operations.iter().filter(|(_, _, operation)| operation["tags"][0] == gojudge::TAG);
        ours.map(|(path, ..)| (*path).to_owned()).collect::<BTreeSet<_>>()
    };
    let route = Regex::new(r#"\broute\("([^"]+)"\)"#).unwrap();
    let text = include_str!("../gojudge.rs");
    let routes: BTreeSet<_> = route.captures_iter(text).map(|found| found[1].to_owned()).collect();
    assert_eq!(routes.len(), 6);
    assert_eq!(of(&described()), routes);
    assert_eq!(of(&document(&config(&[("gojudge.enabled", "false")]), &languages())), BTreeSet::new());
}

#[test]
fn every_operation_has_a_name_of_its_own_and_words() {
    let document = described();
    let operations = operations(&document);
    let names: BTreeSet<_> =
        operations.iter().map(|(_, _, it)| it["operationId"].as_str().unwrap()).collect();
    assert_eq!(names.len(), operations.len());
    let tags = document["tags"].as_array().unwrap();
    for (path, method, operation) in operations {
        assert!(operation["summary"].as_str().is_some_and(|words| words.ends_with('.')), "{method} {path}");
        let tag = &operation["tags"][0];
        assert!(tags.iter().any(|known| known["name"] == *tag), "{method} {path}: {tag}");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(parameter["name"].is_string() && parameter["schema"].is_object(), "{parameter}");
        }
    }
}

#[test]
fn what_is_referred_to_is_there() {
    fn check(document: &Value, value: &Value) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(to)) = fields.get("$ref") {
                    assert!(document.pointer(to.strip_prefix('#').unwrap()).is_some(), "{to}");
                }
                fields.values().for_each(|value| check(document, value));
            }
            Value::Array(items) => items.iter().for_each(|value| check(document, value)),
            _ => {}
        }
    }
    let document = described();
    check(&document, &document);
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let says = ["type", "anyOf", "oneOf", "allOf", "enum"].iter().any(|word| !schema[word].is_null());
        assert!(says, "{name} is empty: {schema}");
    }
}

/// The kinds of errors that an operation lists.
fn kinds(operation: &Value) -> BTreeSet<String> {
    let answers = operation["responses"].as_object().unwrap().values();
    let schemas =
        answers.filter_map(|answer| answer["content"]["application/problem+json"]["schema"].as_object());
    let types =
        schemas.flat_map(|schema| schema["allOf"][1]["properties"]["type"]["enum"].as_array().unwrap());
    types.map(|kind| kind.as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_kind_of_error_is_listed_by_an_operation_and_in_the_documentation() {
    let document = described();
    let listed: BTreeSet<_> = operations(&document).iter().flat_map(|(_, _, it)| kinds(it)).collect();
    let all: BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.urn()).collect();
    assert_eq!(listed, all);
    let page = include_str!("../../../../docs/api.md");
    let rows: Vec<_> = page.lines().filter(|line| line.starts_with('|')).collect();
    for kind in Kind::ALL {
        let status = kind.status().as_u16().to_string();
        let is_told = |row: &&str| {
            row.split('|').nth(1).is_some_and(|cell| cell.contains(&status))
                && row.split('|').nth(2).is_some_and(|cell| cell.contains(&format!("`{}`", kind.name())))
        };
        assert!(rows.iter().any(is_told), "{kind:?} is not in docs/api.md");
    }
}

#[test]
fn who_may_call_is_told_as_it_is_set() {
    let security = |flags: &[(&str, &str)], path: &str| {
        document(&config(flags), &languages())["paths"][path]["get"]["security"].clone()
    };
    let token = &[("http.token", "0123456789abcdef")][..];
    assert_eq!(security(token, "/api/v1/languages"), json!([{"token": []}]));
    assert_eq!(security(&[], "/api/v1/languages"), json!([{"token": []}, {}]));
    assert_eq!(security(token, "/api/v1/tokens"), json!([{"token": ["operate", "read-all"]}]));
    assert_eq!(security(token, "/healthz"), Value::Null);
}

#[test]
fn every_operation_that_is_not_for_everybody_has_its_scope_in_the_table() {
    let document = described();
    let operations = operations(&document);
    let public = ["/healthz", "/readyz", "/version", "/openapi.json", "/docs", "/docs/style.css", "/config"];
    let guarded: BTreeSet<_> = operations
        .iter()
        .filter(|(path, _, operation)| {
            let is_page = operation["operationId"].as_str().is_some_and(|name| name.starts_with("webPage"));
            // Whoever has any token may ask who that is.
            !is_page && **path != *"/api/v1/session" && !public.contains(path)
        })
        .map(|(path, method, _)| (method.to_uppercase(), (*path).to_owned()))
        .collect();
    let table: BTreeSet<_> =
        scopes::ROUTES.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(table, guarded);
    for (path, method, operation) in operations {
        let needs =
            scopes::needed(&method.to_uppercase(), path).map(|needs| needs.scopes()).unwrap_or_default();
        for scope in needs {
            let told = operation["description"].as_str().unwrap_or_default();
            assert!(told.contains(&format!("`{scope}`")), "{method} {path}: {told}");
        }
    }
}

#[test]
fn the_bounds_are_those_of_the_settings() {
    let flags = [("limits.tests", "7"), ("limits.run_max.cpu", "3s"), ("http.max_wait", "9s")];
    let document = document(&config(&flags), &languages());
    let schemas = &document["components"]["schemas"];
    assert_eq!(schemas["NewSubmission"]["properties"]["tests"]["maxItems"], 7);
    let limits = |name: &str| schemas[name]["properties"].clone();
    assert_eq!(limits("NewLimits")["cpu_ms"]["maximum"], 3000.0);
    assert_eq!(limits("CompileLimits")["cpu_ms"]["maximum"], 60_000.0);
    assert!(limits("CompileLimits").get("time_factor").is_none());
    let parameters = &document["paths"]["/api/v1/submissions/{id}"]["get"]["parameters"];
    assert_eq!(parameters[1]["schema"]["maximum"], 9);
}

#[test]
fn the_page_shows_every_operation_and_schema_and_has_no_script() {
    let document = described();
    let page = page::page(&document);
    for (_, _, operation) in operations(&document) {
        assert!(page.contains(&format!("<details id={}>", operation["operationId"])), "{operation}");
    }
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(page.contains(&format!("<section id=\"schema-{name}\">")), "{name}");
    }
    let outside = Regex::new(r#"(src|href)="(https?:)?//|<script|style=|\son[a-z]+="#).unwrap();
    assert!(!outside.is_match(&page), "{:?}", outside.find(&page));
}
