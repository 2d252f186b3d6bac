//! A submission as a client writes it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Body of `POST /api/v1/submissions`.
#[derive(Debug, Clone, Serialize)]
pub struct Request {
    #[serde(flatten)]
    fields: Map<String, Value>,
}

/// Limits by name, in the wire's units.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Limits(pub BTreeMap<String, u64>);

impl Limits {
    /// Parses `cpu_ms=500 memory_bytes=67108864`.
    ///
    /// # Errors
    /// Names the word that makes no sense.
    pub fn parse(text: &str) -> Result<Self, String> {
        text.split_whitespace()
            .map(|word| {
                let (name, value) = word.split_once('=').ok_or(format!("`{word}` is not name=value"))?;
                let value = value.parse().map_err(|error| format!("`{word}`: {error}"))?;
                Ok((name.to_owned(), value))
            })
            .collect::<Result<_, String>>()
            .map(Self)
    }
}

impl Request {
    /// A single source in this language, without input.
    pub fn new(language: &str, source: &str) -> Self {
        Self { fields: Map::new() }.with("language", language).with("source", source)
    }

    /// Several source files.
    pub fn of_files(language: &str, files: &[(&str, &str)]) -> Self {
        let files: Map<String, Value> =
            files.iter().map(|(name, source)| ((*name).to_owned(), json!(source))).collect();
        Self { fields: Map::new() }.with("language", language).with("files", files)
    }

    /// Sets any field.
    #[must_use]
    pub fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(field.to_owned(), value.into());
        self
    }

    /// Whose it is.
    #[must_use]
    pub fn user(self, user: &str) -> Self {
        self.with("user", user)
    }

    /// Standard input.
    #[must_use]
    pub fn stdin(self, bytes: &[u8]) -> Self {
        let (field, value) = text_or_base64("stdin", bytes);
        self.with(&field, value)
    }

    /// Adds a test.
    #[must_use]
    pub fn test(mut self, stdin: &[u8], expected: Option<&[u8]>) -> Self {
        let mut test: Map<String, Value> = [text_or_base64("stdin", stdin)].into_iter().collect();
        test.extend(expected.map(|expected| text_or_base64("expected", expected)));
        let tests = self.fields.entry("tests").or_insert_with(|| json!([]));
        if let Value::Array(tests) = tests {
            tests.push(Value::Object(test));
        }
        self
    }

    /// Limits of every run.
    #[must_use]
    pub fn limits(self, limits: &str) -> Self {
        self.with("limits", limits_value(limits))
    }

    /// Limits of the compilation.
    #[must_use]
    pub fn compile_limits(self, limits: &str) -> Self {
        self.with("compile_limits", limits_value(limits))
    }

    /// Which sandboxes may serve it.
    #[must_use]
    pub fn isolation(self, isolation: &str) -> Self {
        self.with("isolation", isolation)
    }

    /// Hold the answer until it is final.
    #[must_use]
    pub fn wait(self) -> Self {
        self.with("wait", true)
    }
}

fn limits_value(limits: &str) -> Value {
    match Limits::parse(limits) {
        Ok(Limits(limits)) => json!(limits),
        Err(problem) => panic!("{problem}"),
    }
}

/// A text field, or its base64 twin where the bytes are not text.
fn text_or_base64(field: &str, bytes: &[u8]) -> (String, Value) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (field.to_owned(), json!(text)),
        Err(_) => (format!("{field}_base64"), json!(BASE64_STANDARD.encode(bytes))),
    }
}
