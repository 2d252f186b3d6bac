//! A client of the native API.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode, header::HeaderMap};
use serde_json::Value;

use crate::environment::{self, patience};
use crate::{Answer, Request};

/// Talks to one service.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    token: Option<String>,
}

/// An answer of any status.
#[derive(Debug, Clone)]
pub struct Response {
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, as text.
    pub text: String,
    /// The body, where it is JSON; else null.
    pub json: Value,
}

/// Why there is no final answer.
#[derive(Debug)]
pub enum ClientError {
    /// The service could not be reached, or the connection broke.
    Connection(String),
    /// The service refused.
    Refused(Box<Response>),
    /// No final answer came in time.
    Overdue(Box<Answer>),
}

impl std::fmt::Display for ClientError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Connection(why) => write!(f, "no connection: {why}"),
            Self::Refused(response) => write!(f, "refused with {}: {}", response.status, response.text),
            Self::Overdue(answer) => write!(f, "no judgement in time: {answer:?}"),
        }
    }
}

impl std::error::Error for ClientError {}

/// Longest that a submission of the suite may take on a quick host, with everybody else's in front of it.
const LONGEST: Duration = Duration::from_secs(120);

impl Client {
    /// The service that the environment names.
    ///
    /// # Panics
    /// When it does not answer or is not ready: nothing can be tested then.
    pub async fn connect() -> Self {
        let client = Self::to(&environment::url(), environment::token());
        client.wait_until_ready(Duration::from_secs(180)).await;
        client
    }

    /// A service anywhere.
    pub fn to(url: &str, token: Option<String>) -> Self {
        Self { http: http_client(), url: url.to_owned(), token }
    }

    /// Waits until `/readyz` says yes.
    ///
    /// # Panics
    /// When it does not in time.
    pub async fn wait_until_ready(&self, on_a_quick_host: Duration) {
        let deadline = Instant::now() + patience(on_a_quick_host);
        loop {
            let last = match self.send(Method::GET, "/readyz", None).await {
                Ok(response) if response.status == StatusCode::OK => return,
                Ok(response) => format!("{} {:.600}", response.status, response.text),
                Err(error) => error.to_string(),
            };
            assert!(
                Instant::now() < deadline,
                "the service at {} is not ready ({last}); start it with `make up`, or set GAVEL_E2E_URL",
                self.url
            );
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Waits until the self-test of every language has run once: it takes sandboxes as any user does.
    ///
    /// # Panics
    /// When it has not in time.
    pub async fn wait_until_all_are_tested(&self, on_a_quick_host: Duration) {
        let deadline = Instant::now() + patience(on_a_quick_host);
        loop {
            let report = self.call(Method::GET, "/readyz", None).await.json;
            if report["untested"].as_array().is_some_and(Vec::is_empty) {
                return;
            }
            assert!(Instant::now() < deadline, "languages are not tested: {report}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Sends one request.
    ///
    /// # Errors
    /// [`ClientError::Connection`]; any status is an answer.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Result<Response, ClientError> {
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        self.answer_to(request).await
    }

    /// The events of all submissions, behind the one of this id.
    ///
    /// # Errors
    /// [`ClientError::Connection`].
    pub async fn events(&self, last: Option<i64>) -> Result<reqwest::Response, ClientError> {
        let mut request = self.http.get(format!("{}/api/v1/events", self.url));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        request.send().await.map_err(|error| ClientError::Connection(format!("{error:?}")))
    }

    /// Sends one request with a body that is no JSON.
    ///
    /// # Errors
    /// [`ClientError::Connection`]; any status is an answer.
    pub async fn send_bytes(
        &self,
        method: Method,
        path: &str,
        body: Vec<u8>,
    ) -> Result<Response, ClientError> {
        let mut request = self.request(method, path).body(body);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        self.answer_to(request).await
    }

    /// Sends a request that the caller has made, for instance with headers of its own.
    ///
    /// # Errors
    /// [`ClientError::Connection`].
    pub async fn answer_to(&self, request: reqwest::RequestBuilder) -> Result<Response, ClientError> {
        let lost = |error: reqwest::Error| ClientError::Connection(format!("{error:?}"));
        let response = request.send().await.map_err(lost)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.map_err(lost)?;
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Response { status, headers, text, json })
    }

    /// A request to a path of the service, to be completed by the caller.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url))
    }

    /// Sends a request that must be answered, whatever the status.
    ///
    /// # Panics
    /// When the service cannot be reached.
    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Response {
        match self.send(method, path, body.map(|body| body.to_string())).await {
            Ok(response) => response,
            Err(error) => panic!("{error}"),
        }
    }

    /// Posts a submission.
    ///
    /// # Errors
    /// No connection, or a status that is neither 200 nor 202.
    pub async fn try_submit(&self, request: &Request) -> Result<Answer, ClientError> {
        let body =
            serde_json::to_string(request).map_err(|error| ClientError::Connection(error.to_string()))?;
        parse(self.send(Method::POST, "/api/v1/submissions", Some(body)).await?)
    }

    /// Posts a submission that must be taken.
    ///
    /// # Panics
    /// When it is not.
    pub async fn submit(&self, request: &Request) -> Answer {
        match self.try_submit(request).await {
            Ok(answer) => answer,
            Err(error) => panic!("{error}"),
        }
    }

    /// Posts a submission and waits for its judgement.
    ///
    /// # Errors
    /// As [`Self::try_submit`], and [`ClientError::Overdue`].
    pub async fn try_judge(&self, request: &Request) -> Result<Answer, ClientError> {
        let answer = self.try_submit(&request.clone().wait()).await?;
        if answer.is_final() { Ok(answer) } else { self.try_wait(&answer.id, LONGEST).await }
    }

    /// Posts a submission that must get a judgement.
    ///
    /// # Panics
    /// When it gets none.
    pub async fn judge(&self, request: &Request) -> Answer {
        match self.try_judge(request).await {
            Ok(answer) => answer,
            Err(error) => panic!("{error}"),
        }
    }

    /// The present state of a submission.
    ///
    /// # Errors
    /// No connection, or no such submission.
    pub async fn try_get(&self, id: &str) -> Result<Answer, ClientError> {
        parse(self.send(Method::GET, &format!("/api/v1/submissions/{id}"), None).await?)
    }

    /// The present state of a submission that must exist.
    ///
    /// # Panics
    /// When it does not.
    pub async fn get(&self, id: &str) -> Answer {
        match self.try_get(id).await {
            Ok(answer) => answer,
            Err(error) => panic!("{error}"),
        }
    }

    /// Polls until the answer is final; a connection that breaks on the way is tried again.
    ///
    /// # Errors
    /// A refusal, or [`ClientError::Overdue`].
    pub async fn try_wait(&self, id: &str, on_a_quick_host: Duration) -> Result<Answer, ClientError> {
        let deadline = Instant::now() + patience(on_a_quick_host);
        loop {
            let last = match self.try_get(id).await {
                Ok(answer) if answer.is_final() => return Ok(answer),
                Ok(answer) => Ok(answer),
                Err(ClientError::Connection(why)) => Err(ClientError::Connection(why)),
                Err(error) => return Err(error),
            };
            if Instant::now() >= deadline {
                return Err(last.map_or_else(|error| error, |answer| ClientError::Overdue(Box::new(answer))));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// As [`Self::try_wait`], for an answer that must come.
    ///
    /// # Panics
    /// When it does not.
    pub async fn wait(&self, id: &str) -> Answer {
        match self.try_wait(id, LONGEST).await {
            Ok(answer) => answer,
            Err(error) => panic!("{error}"),
        }
    }

    /// As [`Self::wait`], for what has one judgement then.
    ///
    /// # Panics
    /// When it has none, or several.
    pub async fn judged_once(&self, id: &str) -> Answer {
        let answer = self.wait(id).await;
        let path = format!("/api/v1/submissions/{id}/judgements");
        let judgements = self.call(Method::GET, &path, None).await.json;
        assert_eq!(judgements["judgements"].as_array().map(Vec::len), Some(1), "{judgements}");
        answer
    }

    /// The events of a submission, each with its name, until there are no more.
    ///
    /// # Panics
    /// When they cannot be followed.
    pub async fn followed(&self, id: &str) -> Vec<(String, Value)> {
        self.followed_by(id, "").await
    }

    /// As [`Self::followed`], with this query: `?output=true`.
    ///
    /// # Panics
    /// When they cannot be followed.
    pub async fn followed_by(&self, id: &str, query: &str) -> Vec<(String, Value)> {
        let mut request = self.request(Method::GET, &format!("/api/v1/submissions/{id}/events{query}"));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let text = match self.answer_to(request).await {
            Ok(response) => response.text,
            Err(error) => panic!("{error}"),
        };
        text.split("\n\n").filter_map(event).collect()
    }

    /// Waits for a state, or for a final one.
    ///
    /// # Panics
    /// When it does not come in time.
    pub async fn wait_for_state(&self, id: &str, state: &str) -> Answer {
        let deadline = Instant::now() + patience(LONGEST);
        loop {
            let answer = self.get(id).await;
            if answer.state == state || answer.is_final() {
                return answer;
            }
            assert!(Instant::now() < deadline, "never {state}: {answer:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Cancels a submission.
    pub async fn cancel(&self, id: &str) -> Response {
        self.call(Method::DELETE, &format!("/api/v1/submissions/{id}"), None).await
    }

    /// The languages of the service and what is said of each: `installed`, `not-installed`, `failing`.
    ///
    /// # Panics
    /// When the service tells of none.
    pub async fn languages(&self) -> BTreeMap<String, String> {
        let answer = self.call(Method::GET, "/api/v1/languages", None).await.json;
        let said = |language: &Value| {
            Some((language["id"].as_str()?.to_owned(), language["state"].as_str()?.to_owned()))
        };
        let languages = answer.as_array().into_iter().flatten().filter_map(said).collect::<BTreeMap<_, _>>();
        assert!(!languages.is_empty(), "no languages: {answer}");
        languages
    }

    /// The value of one line of `/metrics`; `None` when it is not there.
    pub async fn metric(&self, line_starts_with: &str) -> Option<f64> {
        let text = self.call(Method::GET, "/metrics", None).await.text;
        let line = text.lines().find(|line| line.starts_with(line_starts_with))?;
        line.rsplit(' ').next()?.parse().ok()
    }
}

fn http_client() -> reqwest::Client {
    let built = reqwest::Client::builder()
        .connect_timeout(patience(Duration::from_secs(5)))
        .timeout(patience(Duration::from_secs(90)))
        // A connection that the server is about to close must not be used for a POST.
        .pool_idle_timeout(Duration::from_secs(2))
        .no_proxy()
        .build();
    match built {
        Ok(client) => client,
        Err(error) => panic!("no HTTP client can be made: {error}"),
    }
}

/// A name and what is told; none of what is a comment.
fn event(text: &str) -> Option<(String, Value)> {
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
    let told = serde_json::from_str(field("data: ")?).ok()?;
    Some((field("event: ")?.to_owned(), told))
}

fn parse(response: Response) -> Result<Answer, ClientError> {
    if !matches!(response.status, StatusCode::OK | StatusCode::ACCEPTED) {
        return Err(ClientError::Refused(Box::new(response)));
    }
    serde_json::from_str(&response.text).map_err(|error| {
        ClientError::Connection(format!("the answer is not of the wire's form ({error}): {}", response.text))
    })
}
