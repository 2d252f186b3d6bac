//! Websockets of the go-judge API, `/ws` and `/stream`.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::environment::{self, patience};

/// No answer takes longer on a quick host.
const LONGEST: Duration = Duration::from_secs(60);

/// A connection.
#[derive(Debug)]
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// What a stream sends.
#[derive(Debug, PartialEq)]
pub enum Event {
    /// Output, and the descriptor of the first command that it comes from.
    Output(u8, Vec<u8>),
    /// The results, or an error.
    End(Value),
}

impl Socket {
    /// Connects to a path of the service, without a token, as go-judge's clients do.
    ///
    /// # Panics
    /// When that is refused.
    pub async fn open(path: &str) -> Self {
        let url = format!("{}{path}", environment::url().replacen("http", "ws", 1));
        match connect_async(&url).await {
            Ok((socket, _response)) => Self(socket),
            Err(error) => panic!("no websocket at {url}: {error}"),
        }
    }

    /// Sends a JSON message.
    ///
    /// # Panics
    /// When the connection is gone, here and below.
    pub async fn send(&mut self, message: &Value) {
        self.put(Message::text(message.to_string())).await;
    }

    /// Sends a binary message: its type, and what follows.
    pub async fn send_binary(&mut self, kind: u8, rest: &[u8]) {
        self.put(Message::binary([&[kind], rest].concat())).await;
    }

    async fn put(&mut self, message: Message) {
        if let Err(error) = self.0.send(message).await {
            panic!("the connection is gone: {error}");
        }
    }

    /// The next JSON message.
    pub async fn answer(&mut self) -> Value {
        let message = self.next().await;
        serde_json::from_slice(&message).unwrap_or_else(|error| panic!("{error}: {message:?}"))
    }

    /// What a stream sends next.
    pub async fn event(&mut self) -> Event {
        let message = self.next().await;
        match (message.first(), message.get(1)) {
            (Some(1), _) => Event::End(serde_json::from_slice(&message[1..]).unwrap_or(Value::Null)),
            (Some(2), Some(place)) => Event::Output(*place, message[2..].to_vec()),
            _ => panic!("{message:?} is of no known type"),
        }
    }

    /// All output of a stream from now on, and its end.
    pub async fn rest(&mut self) -> (String, Value) {
        let mut output = Vec::new();
        loop {
            match self.event().await {
                Event::Output(_, bytes) => output.extend(bytes),
                Event::End(end) => return (String::from_utf8_lossy(&output).into_owned(), end),
            }
        }
    }

    /// Output of a stream until it contains this.
    pub async fn until(&mut self, expected: &str) -> String {
        let mut output = Vec::new();
        loop {
            match self.event().await {
                Event::Output(_, bytes) => output.extend(bytes),
                Event::End(end) => panic!("{expected:?} did not come: {output:?}, {end}"),
            }
            let text = String::from_utf8_lossy(&output);
            if text.contains(expected) {
                return text.into_owned();
            }
        }
    }

    async fn next(&mut self) -> Vec<u8> {
        let next = async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    Some(Ok(message)) => return message.into_data().to_vec(),
                    other => panic!("the connection ended: {other:?}"),
                }
            }
        };
        match tokio::time::timeout(patience(LONGEST), next).await {
            Ok(message) => message,
            Err(_) => panic!("nothing came within {LONGEST:?}"),
        }
    }
}

/// A command with fair limits.
pub fn command(args: &[&str], files: Value) -> Value {
    json!({
        "args": args,
        "env": ["PATH=/usr/bin:/bin", "TERM=xterm"],
        "files": files,
        "cpuLimit": 10_000_000_000u64,
        "clockLimit": 30_000_000_000u64,
        "memoryLimit": 268_435_456,
        "procLimit": 50,
    })
}
