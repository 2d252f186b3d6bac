//! Websockets to a server of these tests.

use futures_util::{SinkExt, StreamExt};
use reqwest::Method;
use serde_json::Value;
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async, connect_async};

use crate::bench::{Bench, PATIENCE};

pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub(crate) async fn open(bench: &Bench, path: &str) -> Self {
        Self::try_open(bench, path).await.unwrap()
    }

    /// With a token.
    pub(crate) async fn open_as(bench: &Bench, path: &str, authorization: &str) -> Self {
        let url = format!("{}{path}", bench.url.replace("http:", "ws:"));
        let mut request = url.into_client_request().unwrap();
        request.headers_mut().insert("authorization", authorization.parse().unwrap());
        let (socket, _answer) = connect_async(request).await.unwrap();
        Self(socket)
    }

    /// From this address of the loopback.
    pub(crate) async fn open_from(bench: &Bench, path: &str, address: [u8; 4]) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((address, 0).into()).unwrap();
        let server = bench.url.trim_start_matches("http://");
        let connection = MaybeTlsStream::Plain(socket.connect(server.parse().unwrap()).await.unwrap());
        let (socket, _answer) = client_async(format!("ws://{server}{path}"), connection).await.unwrap();
        Self(socket)
    }

    /// None where the server refuses the handshake.
    pub(crate) async fn try_open(bench: &Bench, path: &str) -> Option<Self> {
        let url = format!("{}{path}", bench.url.replace("http:", "ws:"));
        match connect_async(url).await {
            Ok((socket, _answer)) => Some(Self(socket)),
            Err(Error::Http(_refused)) => None,
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) async fn send(&mut self, message: Message) {
        self.0.send(message).await.unwrap();
    }

    /// The next message with content, or the code of the close frame; None where the connection just ends.
    pub(crate) async fn next(&mut self) -> Option<Message> {
        let next = async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    Some(Ok(message)) => return Some(message),
                    Some(Err(Error::Protocol(_) | Error::Io(_))) | None => return None,
                    Some(Err(error)) => panic!("{error}"),
                }
            }
        };
        tokio::time::timeout(PATIENCE, next).await.expect("nothing came")
    }

    pub(crate) async fn json(&mut self) -> Value {
        let message = self.next().await.expect("a message");
        assert!(message.is_text() && message.to_text().unwrap().ends_with("}\n"), "{message:?}");
        serde_json::from_slice(&message.into_data()).unwrap()
    }
}

/// The answer to a handshake with these headers.
pub(crate) async fn handshake(bench: &Bench, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
    let request = headers
        .iter()
        .fold(bench.request(Method::GET, path), |request, (name, value)| request.header(*name, *value));
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}
