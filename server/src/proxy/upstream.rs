//! A server that is called by REST.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tonic::Status;

/// Longest wait for a connection to the server.
const CONNECT: Duration = Duration::from_secs(10);
/// A connection on which nothing comes is looked at so often: a server that is gone without a word is found out.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// Longest wait for an answer. Its commands may wait for their turn, and run for as long as the server allows.
const LONGEST: Duration = Duration::from_secs(3600);

/// Calls the server.
#[derive(Debug, Clone)]
pub(super) struct Upstream {
    url: String,
    token: Option<String>,
    http: reqwest::Client,
}

impl Upstream {
    /// Calls the server at this address, and sends it this token.
    ///
    /// # Errors
    /// When no client can be made.
    pub(super) fn new(url: &str, token: Option<String>) -> Result<Self, reqwest::Error> {
        Self::with_patience(url, token, LONGEST)
    }

    /// As [`Upstream::new`], of a server that may take no longer than this for an answer.
    fn with_patience(url: &str, token: Option<String>, longest: Duration) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder().no_proxy().connect_timeout(CONNECT);
        let http = http.tcp_keepalive(KEEP_ALIVE).timeout(longest).build()?;
        Ok(Self { url: url.to_owned(), token, http })
    }

    /// Runs a request, as `/run` has it.
    ///
    /// # Errors
    /// The server's refusal, under the code that it has over gRPC.
    pub(super) async fn run<T: DeserializeOwned>(&self, request: &Value) -> Result<T, Status> {
        json(sent(self.request(Method::POST, "/run").json(request)).await?).await
    }

    /// Ids and names of all files.
    ///
    /// # Errors
    /// As [`Upstream::run`].
    pub(super) async fn files(&self) -> Result<BTreeMap<String, String>, Status> {
        json(sent(self.request(Method::GET, "/file")).await?).await
    }

    /// Stores a file; its id.
    ///
    /// # Errors
    /// As [`Upstream::run`].
    pub(super) async fn add(&self, name: String, content: Bytes) -> Result<String, Status> {
        let part = Part::stream(content).file_name(name);
        let form = Form::new().part("file", part);
        json(sent(self.request(Method::POST, "/file").multipart(form)).await?).await
    }

    /// The content of a file.
    ///
    /// # Errors
    /// `NOT_FOUND`; else as [`Upstream::run`].
    pub(super) async fn content(&self, id: &str) -> Result<Bytes, Status> {
        sent(self.request(Method::GET, &file(id)?)).await?.bytes().await.map_err(|error| lost(&error))
    }

    /// Removes a file.
    ///
    /// # Errors
    /// As [`Upstream::content`].
    pub(super) async fn remove(&self, id: &str) -> Result<(), Status> {
        sent(self.request(Method::DELETE, &file(id)?)).await.map(drop)
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }
}

/// The path of a file. Ids are letters and digits; anything else could be a path of its own.
fn file(id: &str) -> Result<String, Status> {
    if !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric()) {
        Ok(format!("/file/{id}"))
    } else {
        Err(Status::not_found("there is no file of this id"))
    }
}

async fn sent(request: RequestBuilder) -> Result<Response, Status> {
    let response = request.send().await.map_err(|error| lost(&error))?;
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let body = response.text().await.unwrap_or_default();
    // go-judge's errors are JSON strings.
    let text = serde_json::from_str(&body).unwrap_or(body);
    Err(match status {
        StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE => Status::invalid_argument(text),
        StatusCode::NOT_FOUND => Status::not_found("there is no file of this id"),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            Status::unavailable(format!("the server refuses the proxy: {status} {text}"))
        }
        _ => Status::internal(text),
    })
}

async fn json<T: DeserializeOwned>(response: Response) -> Result<T, Status> {
    response.json().await.map_err(|error| lost(&error))
}

fn lost(error: &reqwest::Error) -> Status {
    Status::unavailable(crate::telemetry::chain(error))
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::TcpListener;

    use tonic::Code;

    use super::*;

    /// A server that begins to answer with this, and says no more for as long as somebody listens.
    fn silent(begun: &'static [u8]) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let (mut connection, _) = listener.accept().unwrap();
            connection.write_all(begun).unwrap();
            drop(std::io::copy(&mut connection, &mut std::io::sink()));
        });
        url
    }

    #[tokio::test]
    async fn a_server_that_does_not_answer_to_the_end_is_given_up() {
        for begun in [&b""[..], b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"] {
            let upstream = Upstream::with_patience(&silent(begun), None, Duration::from_millis(300)).unwrap();
            let files = tokio::time::timeout(Duration::from_secs(30), upstream.files());
            let refused = files.await.expect("it is waited for without end").unwrap_err();
            assert_eq!(refused.code(), Code::Unavailable, "{refused}");
        }
    }
}
