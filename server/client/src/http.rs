//! Requests and answers. Every answer has a bound, in bytes and in time.

use std::io::Read;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::Value;
use ureq::http::{Request, Response, request};
use ureq::{Agent, Body, SendBody, Timeout};

use crate::amount;
use crate::failure::{Failure, NO_REASON, Refusal};
use crate::patience::{Attempt, Patience};

/// Bytes of an answer: a submission of a thousand tests with all their output may be large.
const ANSWER: u64 = 256 * 1024 * 1024;
/// Bytes of a refusal.
const REFUSAL: u64 = 1024 * 1024;
/// Bytes of what is sent, above which a connection that breaks may mean that it is too much.
const LARGE: u64 = 1024 * 1024;
/// Faults that a refusal may list.
const FAULTS: usize = 250;
/// A server that is there accepts connections at once.
const CONNECT: Duration = Duration::from_secs(10);
/// Between two pieces of a request, or of an answer: events have a sign of life more often.
const SILENCE: Duration = Duration::from_secs(60);
/// Until the answer to a question begins, which may be held for a while ([`crate::submission::HELD`]).
const ANSWERING: Duration = Duration::from_secs(90);
/// Until an answer begins to something that was sent: a large package is unpacked first. As long may an answer take.
const THINKING: Duration = Duration::from_secs(600);

/// A server, and who we are.
#[derive(Debug)]
pub(crate) struct Client {
    agent: Agent,
    url: String,
    authorization: Option<String>,
    /// Seconds for which the server holds an answer at most, as far as that has come to light.
    holds: AtomicU64,
}

/// What is sent with a request: made anew for each attempt.
pub(crate) struct Content<'a> {
    /// Its media type.
    pub(crate) kind: &'a str,
    /// How many bytes it has.
    pub(crate) size: u64,
    /// The bytes from the beginning.
    pub(crate) open: &'a dyn Fn() -> std::io::Result<Box<dyn Read>>,
}

/// A request.
pub(crate) struct Ask<'a> {
    method: &'static str,
    path: String,
    content: Option<Content<'a>>,
    idempotency_key: Option<&'a str>,
    /// What it names is not there any more once it is done.
    removes: bool,
    patience: Patience,
}

impl<'a> Ask<'a> {
    /// `path` is below `/api/v1/`.
    fn new(method: &'static str, path: &str, content: Option<Content<'a>>) -> Self {
        let path = format!("/api/v1/{path}");
        Self { method, path, content, idempotency_key: None, removes: false, patience: Patience::USUAL }
    }

    pub(crate) fn get(path: &str) -> Self {
        Self::new("GET", path, None)
    }

    /// What it names is there still, as a submission that was cancelled.
    pub(crate) fn cancel(path: &str) -> Self {
        Self::new("DELETE", path, None)
    }

    pub(crate) fn remove(path: &str) -> Self {
        Self { removes: true, ..Self::cancel(path) }
    }

    pub(crate) fn patch(path: &str, content: Content<'a>) -> Self {
        Self::new("PATCH", path, Some(content))
    }

    pub(crate) fn put(path: &str, content: Content<'a>) -> Self {
        Self::new("PUT", path, Some(content))
    }

    /// With a key by which a server knows that a second attempt is the same request.
    pub(crate) fn post(path: &str, content: Content<'a>, idempotency_key: &'a str) -> Self {
        Self { idempotency_key: Some(idempotency_key), ..Self::new("POST", path, Some(content)) }
    }

    /// With another patience than the usual one.
    pub(crate) fn with(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }
}

/// Why there is no answer.
enum Broken {
    NoServer(String),
    Interrupted(String),
    Never(Failure),
}

impl Client {
    /// For the server at this address.
    ///
    /// # Errors
    /// The address or the token makes no sense.
    pub(crate) fn new(url: &str, token: Option<&str>) -> Result<Self, Failure> {
        let url = url.trim_end_matches('/').to_owned();
        if !url.starts_with("http://") {
            return Err(Failure::Usage(format!(
                "the server's address is `{url}`; it must begin with http://, for TLS is not built in"
            )));
        }
        if token.is_some_and(|token| !token.bytes().all(|byte| byte.is_ascii_graphic())) {
            return Err(Failure::Usage("the token has characters that no token has".to_owned()));
        }
        let authorization = token.map(|token| format!("Bearer {token}"));
        Ok(Self { agent: agent(), url, authorization, holds: AtomicU64::new(u64::MAX) })
    }

    /// Seconds for which the server may hold an answer.
    pub(crate) fn holds(&self) -> u64 {
        self.holds.load(Ordering::Relaxed)
    }

    /// It does not hold one for so many: half of them are tried next.
    pub(crate) fn holds_less_than(&self, seconds: u64) {
        self.holds.fetch_min(seconds / 2, Ordering::Relaxed);
    }

    /// It shows a token.
    pub(crate) fn is_authorized(&self) -> bool {
        self.authorization.is_some()
    }

    /// The JSON of an answer that must be a success, and its status; null where it has no body.
    pub(crate) fn ask(&self, ask: Ask<'_>) -> Result<(u16, Value), Failure> {
        let mut answer = self.answer(&ask)?;
        let status = answer.status().as_u16();
        let body = bytes(&mut answer, ANSWER)?;
        if body.is_empty() {
            return Ok((status, Value::Null));
        }
        let value =
            serde_json::from_slice(&body).map_err(|why| Failure::Nonsense(format!("not JSON ({why})")))?;
        Ok((status, value))
    }

    /// The beginning of a stream, which lasts for at most this long.
    pub(crate) fn stream(&self, path: &str, longest: Duration) -> Result<impl Read, Failure> {
        let ask = Ask::get(path);
        let request = self.request(&ask).body(()).map_err(|why| impossible(&why))?;
        let request = self
            .agent
            .configure_request(request)
            .timeout_recv_response(Some(ANSWERING))
            .timeout_per_read(Some(SILENCE))
            .timeout_recv_body(Some(longest))
            .build();
        let answer = self.agent.run(request).map_err(|why| self.failure(self.broken(&why)))?;
        Ok(self.successful(answer)?.into_body().into_with_config().limit(ANSWER).reader())
    }

    /// An answer that is a success, after as many attempts as patience allows.
    fn answer(&self, ask: &Ask<'_>) -> Result<Response<Body>, Failure> {
        let (mut patience, mut was_interrupted) = (ask.patience, false);
        loop {
            let (attempt, failure) = match self.attempt(ask) {
                Ok(answer) => match busy(&answer) {
                    // The attempt before, whose answer was lost, has removed it.
                    None if was_interrupted && ask.removes && answer.status().as_u16() == 404 => {
                        return Ok(answer);
                    }
                    None => match of_a_proxy(&answer) {
                        Some(attempt) => (attempt, Err(answer)),
                        None => return self.successful(answer),
                    },
                    Some(again) => (Attempt::Busy { again }, Err(answer)),
                },
                Err(Broken::Never(failure)) => return Err(failure),
                Err(broken @ Broken::NoServer(_)) => (Attempt::NoServer, Ok(broken)),
                Err(broken @ Broken::Interrupted(_)) => (Attempt::Interrupted, Ok(broken)),
            };
            was_interrupted |= attempt == Attempt::Interrupted;
            match (patience.after(attempt), failure) {
                (Some(pause), _) => std::thread::sleep(pause),
                (None, Ok(broken)) => return Err(self.failure(explained(broken, ask))),
                (None, Err(answer)) => return self.successful(answer),
            }
        }
    }

    fn attempt(&self, ask: &Ask<'_>) -> Result<Response<Body>, Broken> {
        let request = self.request(ask);
        let Some(content) = &ask.content else {
            let request = request.body(()).map_err(|why| Broken::Never(impossible(&why)))?;
            let request =
                self.agent.configure_request(request).timeout_recv_response(Some(ANSWERING)).build();
            return self.agent.run(request).map_err(|why| self.broken(&why));
        };
        let body = (content.open)().map_err(|why| Broken::Never(Failure::Usage(why.to_string())))?;
        let request = request
            .header("content-type", content.kind)
            .header("content-length", content.size)
            .body(SendBody::from_owned_reader(body))
            .map_err(|why| Broken::Never(impossible(&why)))?;
        self.agent.run(request).map_err(|why| self.broken(&why))
    }

    fn request(&self, ask: &Ask<'_>) -> request::Builder {
        let mut request = Request::builder()
            .method(ask.method)
            .uri(format!("{}{}", self.url, ask.path))
            .header("accept", "*/*");
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        if let Some(key) = ask.idempotency_key {
            request = request.header("idempotency-key", key);
        }
        request
    }

    fn broken(&self, why: &ureq::Error) -> Broken {
        use ureq::Error;
        match why {
            Error::BadUri(_) | Error::Http(_) => {
                Broken::Never(Failure::Usage(format!("the server's address is `{}`: {why}", self.url)))
            }
            Error::HostNotFound
            | Error::ConnectionFailed
            | Error::Timeout(Timeout::Connect | Timeout::Resolve) => Broken::NoServer(why.to_string()),
            Error::Io(io) if io.kind() == std::io::ErrorKind::ConnectionRefused => {
                Broken::NoServer(why.to_string())
            }
            Error::Protocol(_) | Error::LargeResponseHeader(..) => {
                Broken::Never(Failure::Nonsense(format!("not HTTP ({why})")))
            }
            _ => Broken::Interrupted(why.to_string()),
        }
    }

    fn failure(&self, broken: Broken) -> Failure {
        match broken {
            Broken::NoServer(why) | Broken::Interrupted(why) => {
                Failure::Unreachable { url: self.url.clone(), why }
            }
            Broken::Never(failure) => failure,
        }
    }

    fn successful(&self, mut answer: Response<Body>) -> Result<Response<Body>, Failure> {
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        if status.is_redirection() || status.is_informational() {
            return Err(Failure::Nonsense(format!("{} leads elsewhere ({})", self.url, status.as_u16())));
        }
        let told: Value = bytes(&mut answer, REFUSAL)
            .ok()
            .and_then(|body| serde_json::from_slice(&body).ok())
            .unwrap_or_default();
        Err(Failure::Refused(refusal(status.as_u16(), &told)))
    }
}

/// A server that does not want what is sent closes the connection, and what it says of that is lost where much is
/// still on its way.
fn explained(broken: Broken, ask: &Ask<'_>) -> Broken {
    match (broken, &ask.content) {
        (Broken::Interrupted(why), Some(content)) if content.size > LARGE => Broken::Interrupted(format!(
            "{why} (while {} were sent: it may be more than the server takes)",
            amount::memory(content.size)
        )),
        (broken, _) => broken,
    }
}

fn agent() -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .timeout_connect(Some(CONNECT))
        .timeout_per_read(Some(THINKING))
        .timeout_per_write(Some(SILENCE))
        .timeout_recv_response(Some(THINKING))
        .timeout_recv_body(Some(THINKING))
        .max_redirects(0)
        .max_redirects_will_error(false)
        // A proxy of the environment is for the web, not for a judge next door.
        .proxy(None)
        .user_agent(concat!("gavel-client/", env!("CARGO_PKG_VERSION")));
    config.build().into()
}

/// When to come again, as a server says that is too busy now.
fn busy(answer: &Response<Body>) -> Option<Duration> {
    let again = answer.headers().get("retry-after")?.to_str().ok()?.trim().parse().ok()?;
    matches!(answer.status().as_u16(), 429 | 503).then(|| Duration::from_secs(again))
}

/// What a proxy in front says of a server that is away, or that it has waited for long enough: then it may have done what it was
/// asked for. A server that is there names a time to come again, or refuses for good.
fn of_a_proxy(answer: &Response<Body>) -> Option<Attempt> {
    match answer.status().as_u16() {
        502 | 503 => Some(Attempt::NoServer),
        504 => Some(Attempt::Interrupted),
        _ => None,
    }
}

fn bytes(answer: &mut Response<Body>, most: u64) -> Result<Vec<u8>, Failure> {
    answer.body_mut().with_config().limit(most).read_to_vec().map_err(|why| match why {
        ureq::Error::BodyExceedsLimit(most) => Failure::Nonsense(format!("more than {most} bytes")),
        why => Failure::Nonsense(format!("it broke off ({why})")),
    })
}

/// What a problem of RFC 9457 says, or what can be said of another answer.
fn refusal(status: u16, told: &Value) -> Refusal {
    let without = match status {
        401 => "it wants a token, or another one",
        _ => NO_REASON,
    };
    let detail = told["detail"].as_str().unwrap_or(without).to_owned();
    let errors = told["errors"].as_array().map_or(&[][..], Vec::as_slice).iter().take(FAULTS);
    let error = |error: &Value| {
        let (field, detail) = (error["field"].as_str()?, error["detail"].as_str()?);
        // Sentences of the server begin with the field; those about a package's file do not.
        Some(if detail.contains(field) { detail.to_owned() } else { format!("{field}: {detail}") })
    };
    Refusal { status, detail, errors: errors.filter_map(error).collect() }
}

fn impossible(why: &ureq::http::Error) -> Failure {
    Failure::Usage(format!("no request can be made of it: {why}"))
}

/// A text as a part of a path or of a parameter.
pub(crate) fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    let encode = |byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_makes_no_sense_is_told() {
        for (url, expected) in [("https://judge.example", "http://"), ("", "http://")] {
            assert!(Client::new(url, None).unwrap_err().to_string().contains(expected), "{url}");
        }
        assert!(Client::new("http://x", Some("a\nb")).unwrap_err().to_string().contains("token"));
    }

    #[test]
    fn parameters_cannot_leave_their_place() {
        assert_eq!(encoded("a b&c=/é"), "a%20b%26c%3D%2F%C3%A9");
    }

    #[test]
    fn refusals_tell_each_error_with_its_place() {
        let told = serde_json::json!({"detail": "the package has faults", "errors": [
            {"field": "problem.yaml:3: limits.memory", "detail": "is no number"},
            {"field": "a", "detail": "`a` is missing"}, 5]});
        let expected = "the server refuses (400): the package has faults\n  problem.yaml:3: limits.memory: is no number\n  `a` is missing";
        assert_eq!(refusal(400, &told).to_string(), expected);
        assert_eq!(refusal(502, &Value::Null).to_string(), "the server refuses (502): without a reason");
    }
}
