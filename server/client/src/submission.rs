//! A submission as a server tells it, and the wait for its judgement.

use std::io::{Cursor, Read};
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::http::{Ask, Client, Content};
use crate::patience::Patience;

/// For how long a server is asked to hold its answer.
pub(crate) const HELD: Duration = Duration::from_secs(30);
/// Between two questions, whatever the server makes of them.
const BREATH: Duration = Duration::from_millis(50);
/// The same where it holds no answers.
const UNHELD: Duration = Duration::from_secs(1);
/// The same, at most, where a submission is sent again each time, which may be large.
const SELDOM: Duration = Duration::from_secs(10);
/// For so long what is sent again under a key is the same submission: a server forgets keys after 24 hours.
const KEY_LASTS: Duration = Duration::from_secs(23 * 3600);

/// What is known of a submission. What a server leaves out is not known.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Submission {
    pub(crate) id: String,
    pub(crate) state: String,
    pub(crate) verdict: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) compile: Option<Compile>,
    pub(crate) tests: Option<Vec<Test>>,
    pub(crate) summary: Option<Summary>,
    pub(crate) score: Option<f64>,
    pub(crate) groups: Option<Vec<Group>>,
}

/// What the compiler said.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Compile {
    pub(crate) log: Option<String>,
    pub(crate) log_base64: Option<String>,
}

/// What came of one test.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Test {
    pub(crate) name: Option<String>,
    pub(crate) verdict: String,
    pub(crate) reason: Option<String>,
    pub(crate) exit_code: Option<i64>,
    pub(crate) difference: Option<Difference>,
    pub(crate) cpu_ms: Option<f64>,
    pub(crate) memory_bytes: Option<u64>,
    pub(crate) score: Option<f64>,
    /// What a problem's validator says to who wrote the program.
    pub(crate) feedback: Option<String>,
    pub(crate) stdout: Option<String>,
    pub(crate) stdout_base64: Option<String>,
    pub(crate) stderr: Option<String>,
    pub(crate) stderr_base64: Option<String>,
}

/// Where an output first differs from the expected one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Difference {
    pub(crate) line: u64,
    pub(crate) column: u64,
    pub(crate) expected: Option<String>,
    pub(crate) got: Option<String>,
}

/// The tests in short.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Summary {
    pub(crate) passed: u64,
    pub(crate) total: u64,
}

/// What came of a group of tests.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) verdict: Option<String>,
    pub(crate) score: Option<f64>,
    pub(crate) skipped: bool,
}

impl Submission {
    /// Reads an answer.
    pub(crate) fn of(value: &Value) -> Result<Self, Failure> {
        let read = Self::deserialize(value);
        let submission = read.map_err(|why| Failure::Nonsense(format!("no submission ({why})")))?;
        // It becomes a part of paths.
        let is_id = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if submission.id.is_empty() || submission.id.len() > 128 || !submission.id.bytes().all(is_id) {
            return Err(Failure::Nonsense("a submission without an id".to_owned()));
        }
        Ok(submission)
    }

    /// Nothing more comes of it.
    pub(crate) fn is_final(&self) -> bool {
        matches!(self.state.as_str(), "done" | "cancelled")
    }

    /// Its verdict, or what became of it without one.
    pub(crate) fn outcome(&self) -> &str {
        self.verdict.as_deref().unwrap_or(if self.state == "cancelled" { "cancelled" } else { "no verdict" })
    }

    /// The results of its tests.
    pub(crate) fn tests(&self) -> &[Test] {
        self.tests.as_deref().unwrap_or_default()
    }

    /// The compiler's log; empty where it said nothing.
    pub(crate) fn log(&self) -> String {
        let Some(compile) = &self.compile else { return String::new() };
        either(compile.log.as_deref(), compile.log_base64.as_deref())
    }
}

impl Test {
    /// What the program wrote to standard output.
    pub(crate) fn stdout(&self) -> String {
        either(self.stdout.as_deref(), self.stdout_base64.as_deref())
    }

    /// What the program wrote to standard error.
    pub(crate) fn stderr(&self) -> String {
        either(self.stderr.as_deref(), self.stderr_base64.as_deref())
    }
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { line, column, expected, got } = self;
        write!(f, "line {line}, column {column}: ")?;
        match (expected, got) {
            (Some(expected), Some(got)) => write!(f, "expected \"{expected}\", got \"{got}\""),
            (Some(expected), None) => write!(f, "expected \"{expected}\", got nothing more"),
            (None, Some(got)) => write!(f, "expected nothing more, got \"{got}\""),
            (None, None) => f.write_str("the output differs"),
        }
    }
}

/// A text or its twin in base64; what is not UTF-8 is replaced.
fn either(text: Option<&str>, base64: Option<&str>) -> String {
    let decoded = || base64.and_then(|base64| BASE64_STANDARD.decode(base64).ok());
    match text {
        Some(text) => text.to_owned(),
        None => String::from_utf8_lossy(&decoded().unwrap_or_default()).into_owned(),
    }
}

/// A file of a submission: as text, or in base64 where it is none.
pub(crate) fn add_file(request: &mut Value, name: &str, content: Vec<u8>) {
    match String::from_utf8(content) {
        Ok(text) => request["files"][name] = text.into(),
        Err(not_text) => request["files_base64"][name] = BASE64_STANDARD.encode(not_text.as_bytes()).into(),
    }
}

/// The only source of a submission, where nobody needs to know what it is called.
pub(crate) fn add_source(request: &mut Value, content: Vec<u8>) {
    match String::from_utf8(content) {
        Ok(text) => request["source"] = text.into(),
        Err(not_text) => request["source_base64"] = BASE64_STANDARD.encode(not_text.as_bytes()).into(),
    }
}

/// A test of a submission.
pub(crate) fn test(stdin: Vec<u8>, expected: Option<Vec<u8>>) -> Value {
    let mut test = json!({});
    let mut set = |name: &str, content: Vec<u8>| match String::from_utf8(content) {
        Ok(text) => test[name] = text.into(),
        Err(not_text) => test[format!("{name}_base64")] = BASE64_STANDARD.encode(not_text.as_bytes()).into(),
    };
    set("stdin", stdin);
    if let Some(expected) = expected {
        set("expected", expected);
    }
    test
}

/// Sends a submission, once whatever happens on the way; what the server answers.
pub(crate) fn send(client: &Client, request: &Value) -> Result<Value, Failure> {
    send_under(&new_key(), client, request, Patience::USUAL)
}

/// A key for a submission, and for no other.
pub(crate) fn new_key() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// As [`send`], under this key: what is sent under it again is the same submission.
pub(crate) fn send_under(
    key: &str,
    client: &Client,
    request: &Value,
    patience: Patience,
) -> Result<Value, Failure> {
    let body: Arc<[u8]> = request.to_string().into_bytes().into();
    let open = || Ok(Box::new(Cursor::new(Arc::clone(&body))) as Box<dyn Read>);
    let content = Content { kind: "application/json", size: body.len() as u64, open: &open };
    client.ask(Ask::post("submissions", content, key).with(patience)).map(|(_, value)| value)
}

/// Asks once for a submission. The server may hold its answer until it is final, for so long.
pub(crate) fn ask(client: &Client, id: &str, held: Duration) -> Result<Value, Failure> {
    std::thread::sleep(BREATH);
    let ask = |path: &str| client.ask(Ask::get(path).with(Patience::LONG)).map(|(_, value)| value);
    let wanted = held.min(HELD).as_secs();
    loop {
        match wanted.min(client.holds()) {
            0 => break,
            seconds => match ask(&format!("submissions/{id}?wait={seconds}s")) {
                // How long that may be is a setting of the server (`http.max_wait`).
                Err(Failure::Refused(refusal)) if refusal.names("wait") => client.holds_less_than(seconds),
                told => return told,
            },
        }
    }
    if wanted > 0 {
        std::thread::sleep(UNHELD.min(held));
    }
    ask(&format!("submissions/{id}"))
}

/// Waits until a submission is final, or until the deadline; as it was told last.
pub(crate) fn wait(client: &Client, told: Value, deadline: Option<Instant>) -> Result<Value, Failure> {
    let mut told = told;
    loop {
        let submission = Submission::of(&told)?;
        let left = deadline.map_or(HELD, |deadline| deadline.saturating_duration_since(Instant::now()));
        if submission.is_final() || left.is_zero() {
            return Ok(told);
        }
        told = ask(client, &submission.id, left)?;
    }
}

/// As [`wait`], by sending it again under its key: so it is told also to who may submit, and not look at what was submitted.
pub(crate) fn wait_by_sending(
    key: &str,
    client: &Client,
    mut request: Value,
    deadline: Option<Instant>,
) -> Result<Value, Failure> {
    // How long a server holds its answer is its own to say.
    request["wait"] = deadline.is_none().into();
    let key_ends = Instant::now() + KEY_LASTS;
    let deadline = deadline.map_or(key_ends, |deadline| deadline.min(key_ends));
    let mut pause = UNHELD;
    loop {
        let told = send_under(key, client, &request, Patience::LONG)?;
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() || Submission::of(&told)?.is_final() {
            return Ok(told);
        }
        std::thread::sleep(pause.min(left));
        pause = (pause * 2).min(SELDOM);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_never_paths() {
        for id in ["", "..", "a/b", "a?b", &"a".repeat(200)] {
            assert!(Submission::of(&json!({"id": id, "state": "done"})).is_err(), "{id}");
        }
        assert!(
            Submission::of(&json!({"id": "9a8c7a54-be93", "state": "done", "tests": null}))
                .unwrap()
                .is_final()
        );
    }

    #[test]
    fn what_is_not_text_is_sent_in_base64() {
        let mut request = json!({});
        add_file(&mut request, "a.py", b"print()".to_vec());
        add_file(&mut request, "b.bin", vec![0xff]);
        assert_eq!(request, json!({"files": {"a.py": "print()"}, "files_base64": {"b.bin": "/w=="}}));
        assert_eq!(test(vec![0xff], Some(b"x".to_vec())), json!({"stdin_base64": "/w==", "expected": "x"}));
    }

    #[test]
    fn outputs_are_text_whatever_they_are() {
        let test: Test = serde_json::from_value(json!({"stdout_base64": "/2E=", "stderr": "e"})).unwrap();
        assert_eq!((test.stdout().as_str(), test.stderr().as_str()), ("\u{fffd}a", "e"));
        assert_eq!(either(None, Some("no base64!")), "");
    }
}
