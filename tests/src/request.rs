//! A submission as a client writes it.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::environment::{most_time, time_factor};

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

    /// With the times widened for a slow host, up to the most that the service grants: for programs that something else
    /// than the clock is to end.
    #[must_use]
    pub fn widened(self) -> Self {
        self.widened_by(time_factor(), &most_time())
    }

    fn widened_by(mut self, factor: f64, most: &Self) -> Self {
        if factor <= 1.0 {
            return self;
        }
        let cpu = self.0.get("cpu_ms").copied().unwrap_or(1000);
        let wall = self.0.get("wall_ms").copied().unwrap_or(3 * cpu + 1000);
        for (name, ms) in [("cpu_ms", cpu), ("wall_ms", wall)] {
            let widened = Duration::from_millis(ms).mul_f64(factor).as_millis();
            let widened = u64::try_from(widened).unwrap_or(u64::MAX);
            let most = most.0.get(name).copied().unwrap_or(u64::MAX);
            self.0.insert(name.into(), widened.min(most));
        }
        self
    }
}

impl Request {
    /// A single source in this language, without input; the service's limits, their times widened for a slow host.
    pub fn new(language: &str, source: &str) -> Self {
        Self::of_language(language).with("source", source)
    }

    /// Several source files, with the limits of [`Self::new`].
    pub fn of_files(language: &str, files: &[(&str, &str)]) -> Self {
        let files: Map<String, Value> =
            files.iter().map(|(name, source)| ((*name).to_owned(), json!(source))).collect();
        Self::of_language(language).with("files", files)
    }

    fn of_language(language: &str) -> Self {
        let request = Self { fields: Map::new() }.with("language", language);
        let Limits(widened) = Limits::default().widened();
        if widened.is_empty() { request } else { request.with("limits", json!(widened)) }
    }

    /// By this problem, which has the limits.
    #[must_use]
    pub fn by_problem(mut self, id: &str) -> Self {
        self.fields.remove("limits");
        self.with("problem", id)
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

    /// Limits of every run, exactly these.
    #[must_use]
    pub fn limits(self, limits: &str) -> Self {
        self.with("limits", json!(parsed(limits)))
    }

    /// Limits of every run, whose times are not what is to end it: on a slow host it has more.
    #[must_use]
    pub fn ample_limits(self, limits: &str) -> Self {
        self.with("limits", json!(parsed(limits).widened()))
    }

    /// Limits of the compilation.
    #[must_use]
    pub fn compile_limits(self, limits: &str) -> Self {
        self.with("compile_limits", json!(parsed(limits)))
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

fn parsed(limits: &str) -> Limits {
    match Limits::parse(limits) {
        Ok(limits) => limits,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn widened_by(factor: f64, limits: &str) -> Limits {
        parsed(limits).widened_by(factor, &parsed("cpu_ms=30000 wall_ms=120000"))
    }

    #[test]
    fn a_quick_host_has_the_limits_as_they_are_written() {
        for limits in ["", "cpu_ms=500 memory_bytes=1048576"] {
            assert_eq!(widened_by(1.0, limits), parsed(limits));
        }
    }

    #[test]
    fn a_slow_host_has_more_time_up_to_what_the_service_grants_and_nothing_else() {
        assert_eq!(widened_by(20.0, ""), parsed("cpu_ms=20000 wall_ms=80000"));
        let widened = widened_by(4.0, "cpu_ms=500 memory_bytes=1048576");
        assert_eq!(widened, parsed("cpu_ms=2000 wall_ms=10000 memory_bytes=1048576"));
        assert_eq!(widened_by(20.0, "cpu_ms=5000 wall_ms=7000"), parsed("cpu_ms=30000 wall_ms=120000"));
    }
}
