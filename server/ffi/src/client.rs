//! A client of the go-judge API over HTTP, as the exported functions use it. Safe to use from several threads.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};
use ureq::http::Response;
use ureq::{Agent, Body};

/// Where a Gavel on the same host listens.
const DEFAULT_ADDRESS: &str = "http://127.0.0.1:5050";
/// A server that is there accepts connections at once; how long a command takes is the command's affair.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A server, and who we are.
#[derive(Debug)]
pub(crate) struct Client {
    agent: Agent,
    address: String,
    authorization: Option<String>,
}

/// Why there is no client.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum InitError {
    /// What was given makes no sense.
    Parameter(String),
    /// The server does not answer, or refuses us.
    Server(String),
}

impl Client {
    /// Reads the parameter of `Init`, and asks the server whether it would serve us.
    ///
    /// # Errors
    /// A sentence that says what to mend.
    pub(crate) fn new(parameter: &str) -> Result<Self, InitError> {
        // go-judge's keys (`parallelism`, `dir`, …) are the server's settings: they are not looked at.
        let parameter: Map<String, Value> = serde_json::from_str(parameter).map_err(|why| {
            InitError::Parameter(format!("the parameter of Init is not a JSON object: {why}"))
        })?;
        let address =
            field(&parameter, "address")?.unwrap_or(DEFAULT_ADDRESS).trim_end_matches('/').to_owned();
        if !address.starts_with("http://") {
            let why =
                format!("`address` is `{address}`; it must begin with http://, for TLS is not built in");
            return Err(InitError::Parameter(why));
        }
        let token = field(&parameter, "token")?;
        let client =
            Self { agent: agent(), address, authorization: token.map(|token| format!("Bearer {token}")) };
        client.list().map_err(InitError::Server)?;
        Ok(client)
    }

    /// Runs a request of `POST /run` and answers as go-judge's websocket does: `{"requestId", "results", "error"}`.
    pub(crate) fn exec(&self, request: &str) -> String {
        let id = request_id(request);
        match self.run(request) {
            Ok(results) => format!("{{\"requestId\":{},\"results\":{results}}}", quoted(&id)),
            Err(why) => refused(&id, &why),
        }
    }

    /// Ids and names of the stored files.
    ///
    /// # Errors
    /// Why the server did not tell.
    pub(crate) fn list(&self) -> Result<BTreeMap<String, String>, String> {
        let answer = self.send(self.agent.get(self.url("/file")))?;
        let text = text(successful(answer)?)?;
        serde_json::from_str(&text).map_err(|why| format!("the list of files is not understood: {why}"))
    }

    /// Stores a file; its id.
    ///
    /// # Errors
    /// Why it was not stored.
    pub(crate) fn add(&self, name: &str, content: &[u8]) -> Result<String, String> {
        let (content_type, form) = form(name, content);
        let request =
            self.authorized(self.agent.post(self.url("/file"))).header("content-type", content_type);
        let answer = request.send(form.as_slice()).map_err(|why| self.unreachable(&why))?;
        let text = text(successful(answer)?)?;
        serde_json::from_str(&text).map_err(|why| format!("the file's id is not understood: {why}"))
    }

    /// A stored file's content; `None` = there is none of this id.
    ///
    /// # Errors
    /// Why the server did not hand it out.
    pub(crate) fn get(&self, id: &str) -> Result<Option<Vec<u8>>, String> {
        if !is_id(id) {
            return Ok(None);
        }
        let answer = self.send(self.agent.get(self.url(&format!("/file/{id}"))))?;
        if answer.status().as_u16() == 404 {
            return Ok(None);
        }
        bytes(successful(answer)?).map(Some)
    }

    /// Removes a stored file; `false` = there was none of this id.
    ///
    /// # Errors
    /// Why the server did not remove it.
    pub(crate) fn delete(&self, id: &str) -> Result<bool, String> {
        if !is_id(id) {
            return Ok(false);
        }
        let answer = self.send(self.agent.delete(self.url(&format!("/file/{id}"))))?;
        if answer.status().as_u16() == 404 {
            return Ok(false);
        }
        successful(answer).map(|_answer| true)
    }

    fn run(&self, request: &str) -> Result<String, String> {
        let post =
            self.authorized(self.agent.post(self.url("/run"))).header("content-type", "application/json");
        let answer = post.send(request).map_err(|why| self.unreachable(&why))?;
        Ok(text(successful(answer)?)?.trim_end().to_owned())
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    fn send(
        &self,
        request: ureq::RequestBuilder<ureq::typestate::WithoutBody>,
    ) -> Result<Response<Body>, String> {
        self.authorized(request).call().map_err(|why| self.unreachable(&why))
    }

    fn authorized<B>(&self, request: ureq::RequestBuilder<B>) -> ureq::RequestBuilder<B> {
        match &self.authorization {
            Some(value) => request.header("authorization", value),
            None => request,
        }
    }

    fn unreachable(&self, why: &ureq::Error) -> String {
        format!("{} does not answer: {why}", self.address)
    }
}

/// A text of the parameter; one that is empty is as good as none.
fn field<'a>(parameter: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, InitError> {
    match parameter.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
        Some(_) => Err(InitError::Parameter(format!("`{name}` must be a string of JSON"))),
    }
}

/// The answer for a request that was not run.
pub(crate) fn refused(id: &str, why: &str) -> String {
    format!("{{\"requestId\":{},\"results\":[],\"error\":{}}}", quoted(id), quoted(why))
}

fn agent() -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .timeout_connect(Some(CONNECT_TIMEOUT))
        .max_redirects(0)
        // A proxy of the environment is for the web, not for a judge next door.
        .proxy(None)
        .user_agent(concat!("gavel-ffi/", env!("CARGO_PKG_VERSION")));
    config.build().into()
}

/// The answer, if it is a good one; else what it says.
fn successful(answer: Response<Body>) -> Result<Response<Body>, String> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let told = text(answer).unwrap_or_default();
    // go-judge's errors are strings; Gavel's own have a sentence in `detail`.
    Err(match serde_json::from_str(&told) {
        Ok(Value::String(why)) => why,
        Ok(Value::Object(problem)) if problem.get("detail").is_some_and(|d| d.is_string()) => {
            problem["detail"].as_str().unwrap_or_default().to_owned()
        }
        _ if status.as_u16() == 401 => "the server wants a token, or another one (401)".to_owned(),
        _ => format!("the server answers {status}"),
    })
}

fn text(answer: Response<Body>) -> Result<String, String> {
    String::from_utf8(bytes(answer)?).map_err(|_not_text| "the answer is not UTF-8".to_owned())
}

fn bytes(mut answer: Response<Body>) -> Result<Vec<u8>, String> {
    let whole = answer.body_mut().with_config().limit(u64::MAX).read_to_vec();
    whole.map_err(|why| format!("the answer broke off: {why}"))
}

/// The field `requestId` of a request; empty where there is none, or where the request makes no sense.
fn request_id(request: &str) -> String {
    #[derive(Deserialize)]
    struct Named {
        #[serde(default, rename = "requestId")]
        id: Option<String>,
    }
    let mut requests = serde_json::Deserializer::from_str(request).into_iter::<Named>();
    requests.next().and_then(Result::ok).and_then(|named| named.id).unwrap_or_default()
}

/// Ids are letters and digits; others name nothing, and would be another path.
fn is_id(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// A form with one file: its media type and its bytes.
fn form(name: &str, content: &[u8]) -> (String, Vec<u8>) {
    let boundary = format!("gavel-{}", uuid::Uuid::new_v4().simple());
    let name = name.replace('\\', "\\\\").replace('"', "\\\"").replace(['\r', '\n'], " ");
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    );
    let mut form = head.into_bytes();
    form.extend_from_slice(content);
    form.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), form)
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_that_makes_no_sense_is_told() {
        let refusal = |parameter: &str| match Client::new(parameter) {
            Err(InitError::Parameter(why)) => why,
            other => panic!("{other:?}"),
        };
        assert!(refusal("nonsense").contains("JSON"));
        assert!(refusal("[]").contains("JSON"));
        assert!(refusal(r#"{"address":"https://judge.example"}"#).contains("http://"));
        assert!(refusal(r#"{"address":5050}"#).contains("JSON"));
    }

    #[test]
    fn a_server_that_is_not_there_is_told_with_its_address() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let Err(InitError::Server(why)) = Client::new(&format!(r#"{{"address":"http://{free}/"}}"#)) else {
            panic!("there is no server")
        };
        assert!(why.contains(&format!("http://{free} does not answer")), "{why}");
    }

    #[test]
    fn the_id_of_a_request_is_found_or_empty() {
        assert_eq!(request_id(r#"{"cmd":[],"requestId":"a\"b"} trailing"#), "a\"b");
        for request in ["{}", r#"{"requestId":null}"#, r#"{"requestId":5}"#, "nonsense", ""] {
            assert_eq!(request_id(request), "", "{request}");
        }
    }

    #[test]
    fn a_refusal_is_json_whatever_it_says() {
        let refusal: Value = serde_json::from_str(&refused("a\"", "line\n\"\0")).unwrap();
        assert_eq!(refusal, serde_json::json!({"requestId": "a\"", "results": [], "error": "line\n\"\0"}));
    }

    #[test]
    fn a_name_cannot_leave_its_place_in_the_form() {
        let (_, form) = form("a\"b\r\nX: y", b"content");
        let text = String::from_utf8(form).unwrap();
        assert!(text.contains("filename=\"a\\\"b  X: y\"\r\n"), "{text}");
    }

    #[test]
    fn ids_are_never_paths() {
        assert!(is_id("ABCDEFGH"));
        for id in ["", "..", "a/b", "../x", "a%2f", "a?b", "a b"] {
            assert!(!is_id(id), "{id}");
        }
    }
}
