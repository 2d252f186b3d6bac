//! A client of the go-judge API, and the recorded cases.

use std::time::Duration;

use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use crate::client::Response;
use crate::environment;

/// A request and what go-judge v1.12.2 answered, on another host.
#[derive(Debug, Deserialize)]
pub struct Case {
    /// What it is about.
    pub name: String,
    /// The request: the body itself, or JSON to send.
    pub request: Value,
    /// The HTTP status.
    pub status: u16,
    /// The body of the answer.
    #[serde(rename = "body")]
    pub answer: String,
}

impl Case {
    /// The body to send.
    pub fn body(&self) -> String {
        match &self.request {
            Value::String(body) => body.clone(),
            json => json.to_string(),
        }
    }
}

/// All recorded cases.
///
/// # Panics
/// When the file is not what it should be.
pub fn recorded_cases() -> Vec<Case> {
    let parse = |line| serde_json::from_str(line).expect("a recorded case");
    include_str!("../gojudge/cases.jsonl").lines().map(parse).collect()
}

/// An answer without what differs from run to run (times, memory, ids of files, addresses) and from host to host:
/// processes are counted on cgroup v2 only, and the recorded host had v1.
pub fn masked(answer: &str) -> String {
    const PROCESSES: &str = ",\"procPeak\":";
    let mut masked = without(answer.trim(), PROCESSES, char::is_ascii_digit).replace(PROCESSES, "");
    for key in ["\"time\":", "\"memory\":", "\"runTime\":"] {
        masked = without(&masked, key, char::is_ascii_digit);
    }
    if let Some((before, ids)) = masked.split_once("\"fileIds\":{")
        && let Some((ids, after)) = ids.split_once('}')
    {
        let ids = without(ids, "\":\"", |c| c.is_ascii_uppercase() || c.is_ascii_digit());
        masked = format!("{before}\"fileIds\":{{{ids}}}{after}");
    }
    without(&masked, "0x", char::is_ascii_hexdigit)
}

/// A text in which nothing of a kind follows a key.
fn without(text: &str, key: &str, drop: impl Fn(&char) -> bool) -> String {
    let mut parts = text.split(key);
    let mut masked = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        masked.push_str(key);
        masked.push_str(part.trim_start_matches(|c| drop(&c)));
    }
    masked
}

/// A client without a token, as go-judge's are.
///
/// # Panics
/// When it cannot be made.
pub fn client() -> reqwest::Client {
    let timeout = environment::patience(Duration::from_secs(120));
    reqwest::Client::builder().timeout(timeout).build().expect("an HTTP client")
}

/// The address of a path.
pub fn url(path: &str) -> String {
    format!("{}{path}", environment::url())
}

/// Posts a body.
///
/// # Panics
/// When there is no answer.
pub async fn post(path: &str, body: String) -> Response {
    let answer = client().post(url(path)).body(body).send().await.expect("an answer");
    let (status, headers) = (answer.status(), answer.headers().clone());
    let text = answer.text().await.expect("a whole answer");
    let json = serde_json::from_str(&text).unwrap_or_default();
    Response { status, headers, text, json }
}

/// Deletes something; the status of the answer.
///
/// # Panics
/// When there is no answer.
pub async fn delete(path: &str) -> StatusCode {
    client().delete(url(path)).send().await.expect("an answer").status()
}
