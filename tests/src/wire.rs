//! The service's answers, as a client sees them.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;

/// The answer about one submission.
#[derive(Debug, Clone, Deserialize)]
pub struct Answer {
    /// The submission's id.
    pub id: String,
    /// `queued`, `compiling`, `running`, `done` or `cancelled`.
    pub state: String,
    /// Place in the queue.
    #[serde(default)]
    pub position: Option<u64>,
    /// Language id.
    #[serde(default)]
    pub language: String,
    /// Whose it is.
    #[serde(default)]
    pub user: Option<String>,
    /// RFC 3339.
    #[serde(default)]
    pub created_at: String,
    /// There once the state is `done`.
    #[serde(default)]
    pub verdict: Option<String>,
    /// Why, where no test tells.
    #[serde(default)]
    pub reason: Option<String>,
    /// The compilation.
    #[serde(default)]
    pub compile: Option<Compile>,
    /// One entry for each test that ran.
    #[serde(default)]
    pub tests: Vec<TestResult>,
    /// Over all tests.
    #[serde(default)]
    pub summary: Option<Summary>,
}

/// What came of the compilation.
#[derive(Debug, Clone, Deserialize)]
pub struct Compile {
    /// There is a program.
    pub ok: bool,
    /// What the compiler said.
    pub log: String,
    /// There was more of it.
    pub log_truncated: bool,
    /// CPU time.
    pub cpu_ms: f64,
    /// Time on the clock.
    pub wall_ms: f64,
    /// Peak memory.
    pub memory_bytes: u64,
    /// From the cache.
    pub cached: bool,
}

/// What came of one test.
#[derive(Debug, Clone, Deserialize)]
pub struct TestResult {
    /// Position from 0.
    pub index: u64,
    /// Its verdict.
    pub verdict: String,
    /// Exit status.
    pub exit_code: Option<i64>,
    /// Signal's name.
    pub signal: Option<String>,
    /// For a student.
    pub reason: Option<String>,
    /// CPU time.
    pub cpu_ms: f64,
    /// Time on the clock.
    pub wall_ms: f64,
    /// Peak memory.
    pub memory_bytes: u64,
    /// More was written.
    pub stdout_truncated: bool,
    /// More was written.
    pub stderr_truncated: bool,
    /// The streams: `stdout`, `stderr` or their `_base64` twins.
    #[serde(flatten)]
    pub streams: BTreeMap<String, serde_json::Value>,
}

/// Figures over all tests.
#[derive(Debug, Clone, Deserialize)]
pub struct Summary {
    /// Accepted tests.
    pub passed: u64,
    /// All tests.
    pub total: u64,
    /// Largest CPU time.
    pub cpu_ms_max: f64,
    /// Largest time on the clock.
    pub wall_ms_max: f64,
    /// Largest peak memory.
    pub memory_bytes_max: u64,
}

impl Answer {
    /// Nothing more will change.
    pub fn is_final(&self) -> bool {
        matches!(self.state.as_str(), "done" | "cancelled")
    }

    /// The verdict, or the state where there is none.
    pub fn verdict(&self) -> &str {
        self.verdict.as_deref().unwrap_or(&self.state)
    }

    /// The only test.
    ///
    /// # Panics
    /// When there is none.
    pub fn test(&self) -> &TestResult {
        self.tests.first().unwrap_or_else(|| panic!("no test ran: {self:#?}"))
    }

    /// Every reason given, joined.
    pub fn reasons(&self) -> String {
        let of_tests = self.tests.iter().filter_map(|test| test.reason.as_deref());
        self.reason.as_deref().into_iter().chain(of_tests).collect::<Vec<_>>().join("; ")
    }
}

impl TestResult {
    /// Standard output, byte for byte.
    pub fn stdout(&self) -> Vec<u8> {
        self.stream("stdout")
    }

    /// Standard error, byte for byte.
    pub fn stderr(&self) -> Vec<u8> {
        self.stream("stderr")
    }

    fn stream(&self, name: &str) -> Vec<u8> {
        let text = |key: &str| self.streams.get(key).and_then(|value| value.as_str());
        match (text(name), text(&format!("{name}_base64"))) {
            (Some(text), None) => text.as_bytes().to_vec(),
            (None, Some(encoded)) => match BASE64_STANDARD.decode(encoded) {
                Ok(bytes) => bytes,
                Err(error) => panic!("{name}_base64 is not base64: {error}"),
            },
            both => panic!("exactly one of {name} and {name}_base64 must be there: {both:?}"),
        }
    }
}
