//! The client's side of `/stream`.

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use rustix::termios::Winsize;
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::header::AUTHORIZATION;
use tokio_tungstenite::tungstenite::http::{HeaderValue, Response, StatusCode};
use tokio_tungstenite::tungstenite::{Bytes, Error as WireError, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use super::Client;

type Wire = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Why nothing is heard of the command.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum ConnectionError {
    #[error("{0} is no address of a server: it must begin with http://")]
    Address(String),
    #[error("the token cannot be sent in a header")]
    Token,
    #[error("the server cannot be reached at {url}")]
    Unreachable { url: String, source: Box<WireError> },
    #[error("the server answered {status}: {text}")]
    Refused { status: StatusCode, text: String },
    #[error("the connection broke")]
    Broken(#[source] Box<WireError>),
    #[error("the connection ended before the command did")]
    Ended,
    #[error("the server sent what makes no sense")]
    Nonsense,
    #[error("the results make no sense")]
    Results(#[source] serde_json::Error),
}

/// What the server sends.
#[derive(Debug)]
pub(super) struct Connection(SplitStream<Wire>);

/// What it is sent.
#[derive(Debug)]
pub(super) struct Sender(SplitSink<Wire, Message>);

/// The next of it.
#[derive(Debug)]
pub(super) enum Event {
    /// Of this descriptor of the command.
    Output(u8, Bytes),
    End(End),
}

/// What comes last.
#[derive(Debug, Deserialize)]
pub(super) struct End {
    #[serde(default)]
    pub(super) results: Vec<Result>,
    pub(super) error: Option<String>,
}

/// Of a command.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Result {
    pub(super) status: String,
    pub(super) exit_status: i64,
    #[serde(default)]
    pub(super) error: String,
}

type Fallible<T> = std::result::Result<T, ConnectionError>;

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// Why not.
    pub(super) async fn open(client: &Client) -> Fallible<(Self, Sender)> {
        let url = client.url();
        let host = url.strip_prefix("http://").ok_or_else(|| ConnectionError::Address(url.to_owned()))?;
        let request = format!("ws://{host}/stream").into_client_request();
        let mut request = request.map_err(|_error| ConnectionError::Address(url.to_owned()))?;
        if let Some(token) = client.token() {
            let value =
                HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| ConnectionError::Token)?;
            request.headers_mut().insert(AUTHORIZATION, value);
        }
        // Keys must not wait for each other.
        let connected = connect_async_with_config(request, None, true).await;
        let (wire, _response) = connected.map_err(|error| match error {
            WireError::Http(response) => refused(&response),
            source => ConnectionError::Unreachable { url: url.to_owned(), source: Box::new(source) },
        })?;
        let (sink, stream) = wire.split();
        Ok((Self(stream), Sender(sink)))
    }

    /// What comes next.
    ///
    /// # Errors
    /// There is nothing, or it makes no sense.
    pub(super) async fn next(&mut self) -> Fallible<Event> {
        loop {
            let bytes = match self.0.next().await {
                Some(Ok(Message::Binary(bytes))) => bytes,
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => continue,
                Some(Ok(Message::Text(_))) => return Err(ConnectionError::Nonsense),
                Some(Ok(Message::Close(_))) | None => return Err(ConnectionError::Ended),
                Some(Err(error)) => return Err(ConnectionError::Broken(Box::new(error))),
            };
            return match (bytes.first(), bytes.get(1)) {
                (Some(1), _) => {
                    serde_json::from_slice(&bytes[1..]).map(Event::End).map_err(ConnectionError::Results)
                }
                (Some(2), Some(place)) => Ok(Event::Output(place & 15, bytes.slice(2..))),
                _ => Err(ConnectionError::Nonsense),
            };
        }
    }
}

impl Sender {
    /// The request, first of all.
    ///
    /// # Errors
    /// The connection broke, here and below.
    pub(super) async fn request(&mut self, request: &serde_json::Value) -> Fallible<()> {
        self.send(&[1], request.to_string().as_bytes()).await
    }

    /// The size of the terminal.
    pub(super) async fn resize(&mut self, size: Winsize) -> Fallible<()> {
        let size = serde_json::json!({"rows": size.ws_row, "cols": size.ws_col, "x": size.ws_xpixel, "y": size.ws_ypixel});
        self.send(&[2], size.to_string().as_bytes()).await
    }

    /// Input for descriptor 0.
    pub(super) async fn input(&mut self, bytes: &[u8]) -> Fallible<()> {
        self.send(&[3, 0], bytes).await
    }

    /// There is no more.
    pub(super) async fn end_of_input(&mut self) -> Fallible<()> {
        self.send(&[5, 0], &[]).await
    }

    async fn send(&mut self, kind: &[u8], rest: &[u8]) -> Fallible<()> {
        let message = Message::binary([kind, rest].concat());
        self.0.send(message).await.map_err(|error| ConnectionError::Broken(Box::new(error)))
    }
}

fn refused(response: &Response<Option<Vec<u8>>>) -> ConnectionError {
    let body = response.body().as_deref().unwrap_or_default();
    let text = match response.status() {
        StatusCode::UNAUTHORIZED => "a token is needed: --token, or GAVEL_TOKEN".to_owned(),
        StatusCode::NOT_FOUND => "it has no /stream: is gojudge.enabled set?".to_owned(),
        _ => serde_json::from_slice(body).unwrap_or_else(|_| String::from_utf8_lossy(body).into_owned()),
    };
    ConnectionError::Refused { status: response.status(), text }
}
