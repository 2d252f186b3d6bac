//! A server that is called by REST. What it answers is on the account as it comes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::Status;

use crate::account::Held;
use crate::descriptors;
use crate::gojudge::request::weight;
use crate::http::all_values;

/// Longest wait for a connection to the server.
const CONNECT: Duration = Duration::from_secs(10);
/// A connection on which nothing comes is looked at so often: a server that is gone without a word is found out.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// Longest wait for an answer. Its commands may wait for their turn, and run for as long as the server allows.
const LONGEST: Duration = Duration::from_secs(3600);
/// How long an answer waits for its part of the account.
const PATIENCE: Duration = Duration::from_secs(3);
/// An answer is there as it came, and once as what was made of it.
const TIMES: u64 = 2;
/// Most that is read of a refusal, which is a sentence.
const REFUSAL: usize = 16 * 1024;
/// More requests at one time are of no use.
const MOST: u64 = 4096;

/// Calls the server.
#[derive(Debug, Clone)]
pub(super) struct Upstream {
    url: String,
    token: Option<String>,
    http: reqwest::Client,
    /// Each request that is under way has a connection.
    places: Arc<Semaphore>,
}

/// An answer that was begun.
struct Answer {
    response: Response,
    /// Of its request.
    _place: OwnedSemaphorePermit,
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
        let places = usize::try_from((descriptors::limit() / 4).min(MOST)).unwrap_or(usize::MAX);
        let places = Arc::new(Semaphore::new(places));
        Ok(Self { url: url.to_owned(), token, http, places })
    }

    /// Runs a request, the JSON of `/run`. What its answer takes is held.
    ///
    /// # Errors
    /// The server's refusal, under the code that it has over gRPC. `RESOURCE_EXHAUSTED` where there is no room for what it
    /// answers.
    pub(super) async fn run<T: DeserializeOwned>(
        &self,
        request: Vec<u8>,
        held: &mut Held,
    ) -> Result<T, Status> {
        let request = self.request(Method::POST, "/run").body(request);
        let request = request.header(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        json(self.sent(request).await?, held).await
    }

    /// Ids and names of all files.
    ///
    /// # Errors
    /// As [`Upstream::run`].
    pub(super) async fn files(&self, held: &mut Held) -> Result<BTreeMap<String, String>, Status> {
        json(self.sent(self.request(Method::GET, "/file")).await?, held).await
    }

    /// Stores a file; its id.
    ///
    /// # Errors
    /// As [`Upstream::run`].
    pub(super) async fn add(&self, name: String, content: Bytes, held: &mut Held) -> Result<String, Status> {
        let part = Part::stream(content).file_name(name);
        let form = Form::new().part("file", part);
        json(self.sent(self.request(Method::POST, "/file").multipart(form)).await?, held).await
    }

    /// The content of a file.
    ///
    /// # Errors
    /// `NOT_FOUND`; else as [`Upstream::run`].
    pub(super) async fn content(&self, id: &str, held: &mut Held) -> Result<Bytes, Status> {
        taken(self.sent(self.request(Method::GET, &file(id)?)).await?, held).await
    }

    /// Removes a file.
    ///
    /// # Errors
    /// As [`Upstream::content`].
    pub(super) async fn remove(&self, id: &str) -> Result<(), Status> {
        self.sent(self.request(Method::DELETE, &file(id)?)).await.map(drop)
    }

    /// Waits for its place, and for an answer that is no refusal.
    async fn sent(&self, request: RequestBuilder) -> Result<Answer, Status> {
        let place = Arc::clone(&self.places).acquire_owned().await;
        let place = place.map_err(|closed| Status::unavailable(closed.to_string()))?;
        let response = request.send().await.map_err(|error| lost(&error))?;
        if response.status().is_success() {
            return Ok(Answer { response, _place: place });
        }
        Err(refusal(response).await)
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

async fn refusal(response: Response) -> Status {
    let status = response.status();
    let body = beginning(response).await;
    // go-judge's errors are JSON strings.
    let text = serde_json::from_str(&body).unwrap_or(body);
    match status {
        StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE => Status::invalid_argument(text),
        StatusCode::NOT_FOUND => Status::not_found("there is no file of this id"),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            Status::unavailable(format!("the server refuses the proxy: {status} {text}"))
        }
        _ => Status::internal(text),
    }
}

/// As much of a refusal as is told. Where the rest of it does not come, its status says enough.
async fn beginning(mut response: Response) -> String {
    let mut text = Vec::new();
    while text.len() < REFUSAL
        && let Ok(Some(piece)) = response.chunk().await
    {
        text.extend_from_slice(&piece[..piece.len().min(REFUSAL - text.len())]);
    }
    String::from_utf8_lossy(&text).into_owned()
}

async fn json<T: DeserializeOwned>(answer: Answer, held: &mut Held) -> Result<T, Status> {
    let json = taken(answer, held).await?;
    grow(held, weight(all_values(&json))).await?;
    serde_json::from_slice(&json)
        .map_err(|error| Status::unavailable(format!("the server's answer: {error}")))
}

/// All of an answer. Of no part that comes there is more than there is room for.
async fn taken(mut answer: Answer, held: &mut Held) -> Result<Bytes, Status> {
    let announced = answer.response.content_length().unwrap_or(0);
    let mut content = BytesMut::new();
    widen(&mut content, usize::try_from(announced).unwrap_or(usize::MAX), held).await?;
    while let Some(piece) = answer.response.chunk().await.map_err(|error| lost(&error))? {
        if content.capacity() - content.len() < piece.len() {
            let more = piece.len().max(content.len());
            widen(&mut content, more, held).await?;
        }
        content.extend_from_slice(&piece);
    }
    Ok(content.freeze())
}

/// Makes room for so many bytes more.
async fn widen(content: &mut BytesMut, more: usize, held: &mut Held) -> Result<(), Status> {
    grow(held, (more as u64).saturating_mul(TIMES)).await?;
    content.reserve(more);
    Ok(())
}

/// Takes so much more of the account.
///
/// # Errors
/// `RESOURCE_EXHAUSTED`.
pub(super) async fn grow(held: &mut Held, more: u64) -> Result<(), Status> {
    let grown = held.grow(more, PATIENCE).await;
    grown.map_err(|full| Status::resource_exhausted(full.to_string()))
}

fn lost(error: &reqwest::Error) -> Status {
    Status::unavailable(crate::telemetry::chain(error))
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use gavel_protocol::Bytes as Size;
    use tonic::Code;

    use super::*;
    use crate::account::{Account, Purpose};

    /// A server that begins to answer with this, and says no more for as long as somebody listens.
    fn silent(begun: &'static [u8]) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let (mut connection, _) = listener.accept().unwrap();
            // An answer to nothing is none.
            let _asked = connection.read(&mut [0; 4096]).unwrap();
            connection.write_all(begun).unwrap();
            drop(std::io::copy(&mut connection, &mut std::io::sink()));
        });
        url
    }

    #[tokio::test]
    async fn a_server_that_does_not_answer_to_the_end_is_given_up() {
        for begun in [&b""[..], b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"] {
            let upstream = Upstream::with_patience(&silent(begun), None, Duration::from_millis(300)).unwrap();
            let mut held = Account::new(Size::mib(16)).open(Purpose::Outputs);
            let files = tokio::time::timeout(Duration::from_secs(30), upstream.files(&mut held));
            let refused = files.await.expect("it is waited for without end").unwrap_err();
            assert_eq!(refused.code(), Code::Unavailable, "{refused}");
        }
    }

    /// Of an answer whose length is not announced, of which ever more comes.
    const ENDLESS: &[u8] = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";

    /// A server that answers with this, and with zeros for as long as somebody takes them.
    fn endless(begun: &'static [u8]) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let (mut connection, _) = listener.accept().unwrap();
            let _asked = connection.read(&mut [0; 4096]).unwrap();
            connection.write_all(begun).unwrap();
            drop(std::io::copy(&mut std::io::repeat(b'0'), &mut connection));
        });
        url
    }

    #[tokio::test]
    async fn an_answer_that_does_not_end_is_no_longer_read_than_there_is_room() {
        let account = Account::new(Size::mib(16));
        let upstream = Upstream::new(&endless(ENDLESS), None).unwrap();
        let mut held = account.open(Purpose::Outputs);
        let refused = upstream.content("A", &mut held).await.unwrap_err();
        assert_eq!(refused.code(), Code::ResourceExhausted, "{refused}");
        assert!(account.held() > Size::mib(3) && account.held() < Size::mib(7), "{:?}", account.held());
        drop(held);
        assert_eq!(account.held(), Size(0));
    }

    #[tokio::test]
    async fn a_refusal_that_does_not_end_is_told_as_far_as_it_is_of_use() {
        let refusal = endless(b"HTTP/1.1 500 Internal Server Error\r\nconnection: close\r\n\r\n");
        let upstream = Upstream::new(&refusal, None).unwrap();
        let refused = upstream.remove("A").await.unwrap_err();
        assert_eq!((refused.code(), refused.message().len()), (Code::Internal, REFUSAL));
    }
}
