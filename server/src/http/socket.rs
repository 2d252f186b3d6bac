//! Websockets: the handshake in go-judge's words, whole messages in both directions, pings, bounds on memory.
//!
//! The protocol itself is tungstenite's, on the streams of actix's request and response. (actix-ws buffers a frame of
//! any announced length before it looks whether that is allowed, and up to 32 messages of any size on the way out.)

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::http::header::{self, HeaderName};
use actix_web::web::{Bytes, Payload};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use futures_util::future::LocalBoxFuture;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{FutureExt, SinkExt, StreamExt, TryStreamExt};
use tokio::io::{AsyncRead, DuplexStream, Join, ReadBuf, duplex, join};
use tokio::sync::mpsc;
use tokio::time::{Instant, interval_at, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::CapacityError;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error as WireError, Message};
use tokio_util::io::{ReaderStream, StreamReader};
use tokio_util::sync::CancellationToken;

use super::body::{Budget, Held, SMALL};
use crate::gojudge::answer;

/// As go-judge pings.
const PING_EVERY: Duration = Duration::from_secs(50);
/// A client that has not answered a ping for so long is gone, whatever else it sends.
const PONG_WITHIN: Duration = Duration::from_secs(60);
/// Bytes on their way from us to the HTTP server.
const BUFFER: usize = 64 * 1024;

/// A websocket that a client has opened. Dropped, the connection ends without a close frame, as go-judge's do.
pub(super) struct Socket {
    pub(super) incoming: Incoming,
    pub(super) outgoing: Outgoing,
}

/// What the client sends.
pub(super) struct Incoming {
    messages: SplitStream<Wire>,
    meter: Rc<RefCell<Meter>>,
    pong_due: Instant,
    gone: CancellationToken,
}

/// What it is sent.
pub(super) struct Outgoing(SplitSink<Wire, Message>);

type Wire = WebSocketStream<Join<Metered, DuplexStream>>;

/// A whole message, text or binary.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) bytes: Bytes,
    /// Its part of the memory for large bodies; to be kept as long as what was made of it.
    pub(super) held: Option<Held>,
}

/// Why nothing more comes from a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lost {
    /// It went away, fell silent or broke the protocol.
    Gone,
    /// A message is larger than allowed.
    TooLarge,
}

impl Socket {
    /// Answers a handshake.
    ///
    /// # Errors
    /// The answer to what is none.
    pub(super) async fn open(
        request: &HttpRequest,
        payload: Payload,
        budget: &Arc<Budget>,
    ) -> Result<(HttpResponse, Self), HttpResponse> {
        let key = key(request).map_err(refusal)?;
        let gone = CancellationToken::new();
        let (ours, theirs) = duplex(BUFFER);
        // The body is dropped with the connection.
        let alive = gone.clone().drop_guard();
        let body = ReaderStream::new(theirs).inspect(move |_| {
            let _alive = &alive;
        });
        let response = HttpResponse::SwitchingProtocols()
            .upgrade("websocket")
            .insert_header((header::SEC_WEBSOCKET_ACCEPT, derive_accept_key(key.as_bytes())))
            .streaming(body);
        let read = StreamReader::new(payload.map_err(io::Error::other));
        Ok((response, Self::on(Box::new(read), ours, Arc::clone(budget), gone).await))
    }

    async fn on(
        read: Box<dyn AsyncRead + Unpin>,
        write: DuplexStream,
        budget: Arc<Budget>,
        gone: CancellationToken,
    ) -> Self {
        let max = usize::try_from(budget.max()).unwrap_or(usize::MAX);
        let config = WebSocketConfig::default()
            .read_buffer_size(BUFFER)
            .write_buffer_size(0)
            .max_message_size(Some(max))
            .max_frame_size(Some(max));
        let meter = Rc::new(RefCell::new(Meter::default()));
        let read = Metered { read, meter: Rc::clone(&meter), budget };
        let wire = WebSocketStream::from_raw_socket(join(read, write), Role::Server, Some(config));
        let (sink, messages) = wire.await.split();
        let pong_due = Instant::now() + PONG_WITHIN;
        Self { incoming: Incoming { messages, meter, pong_due, gone }, outgoing: Outgoing(sink) }
    }
}

impl Incoming {
    /// The next message. None is lost when the future is dropped.
    ///
    /// # Errors
    /// There is no next one, and the connection is to be dropped.
    pub(super) async fn next(&mut self) -> Result<Received, Lost> {
        loop {
            let message = tokio::select! {
                biased;
                () = self.gone.cancelled() => return Err(Lost::Gone),
                message = self.messages.next() => message,
                () = sleep_until(self.pong_due) => {
                    tracing::debug!("a client of a websocket has fallen silent");
                    return Err(Lost::Gone);
                }
            };
            let bytes = match message {
                Some(Ok(Message::Text(text))) => text.into(),
                Some(Ok(Message::Binary(bytes))) => bytes,
                Some(Ok(Message::Pong(_))) => {
                    self.excuse();
                    continue;
                }
                // Answered by themselves.
                Some(Ok(Message::Ping(_) | Message::Close(_) | Message::Frame(_))) => continue,
                Some(Err(error)) => return Err(lost(&error)),
                None => return Err(Lost::Gone),
            };
            let held = self.meter.borrow_mut().message_ends(&bytes);
            return Ok(Received { bytes, held });
        }
    }

    /// The client need not answer a ping for a while: it has, or we did not listen.
    pub(super) fn excuse(&mut self) {
        self.pong_due = Instant::now() + PONG_WITHIN;
    }

    /// Waits until the client has not answered a ping for too long, as far as was listened.
    pub(super) fn silence(&self) -> impl Future<Output = ()> + use<> {
        sleep_until(self.pong_due)
    }

    /// Waits until the connection is gone, without reading from it.
    pub(super) fn gone(&self) -> impl Future<Output = ()> + use<> {
        self.gone.clone().cancelled_owned()
    }
}

impl Outgoing {
    /// Sends messages, and pings between them, until there are no more or the connection is gone. A client that takes
    /// nothing does not answer pings either.
    pub(super) async fn send(mut self, mut messages: mpsc::Receiver<Message>) {
        let mut pings = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
        loop {
            let message = tokio::select! {
                biased;
                message = messages.recv() => message,
                _ = pings.tick() => Some(Message::Ping(Bytes::new())),
            };
            let Some(message) = message else { return };
            if let Err(error) = self.0.send(message).await {
                return tracing::debug!(%error, "a websocket could not be written");
            }
        }
    }
}

/// Runs both sides of a connection: `talk` until it ends, `send` until what is on its way is sent or the client does not
/// take it for too long.
pub(super) async fn both(talk: impl Future<Output = ()>, send: impl Future<Output = ()>) {
    let mut send = std::pin::pin!(send);
    tokio::select! {
        () = talk => {}
        () = &mut send => return,
    }
    if timeout(PONG_WITHIN, send).await.is_err() {
        tracing::debug!("a client of a websocket did not take its last messages");
    }
}

/// The frame that tells a client why its connection ends, where that is for a bound of ours.
pub(super) fn last_words(lost: Lost) -> Option<Message> {
    let frame =
        CloseFrame { code: CloseCode::Size, reason: "the message is larger than http.max_body".into() };
    match lost {
        Lost::Gone => None,
        Lost::TooLarge => Some(Message::Close(Some(frame))),
    }
}

fn lost(error: &WireError) -> Lost {
    tracing::debug!(%error, "a websocket ended");
    match error {
        WireError::Capacity(CapacityError::MessageTooLong { .. }) => Lost::TooLarge,
        _ => Lost::Gone,
    }
}

/// Bytes read of the message that is coming, and its part of the memory for large bodies.
#[derive(Default)]
struct Meter {
    read: u64,
    held: Option<Held>,
    waiting: Option<LocalBoxFuture<'static, Option<Held>>>,
}

impl Meter {
    /// What is left of the part for this message. What was read beyond it is of the next.
    fn message_ends(&mut self, message: &[u8]) -> Option<Held> {
        let size = u64::try_from(message.len()).unwrap_or(u64::MAX);
        self.read = self.read.saturating_sub(size).min(SMALL);
        self.waiting = None;
        let mut held = self.held.take()?;
        held.shrink(size);
        Some(held)
    }
}

/// Reads, and waits before a message becomes large until the memory for it is free.
struct Metered {
    read: Box<dyn AsyncRead + Unpin>,
    meter: Rc<RefCell<Meter>>,
    budget: Arc<Budget>,
}

impl AsyncRead for Metered {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let mut meter = this.meter.borrow_mut();
        if let Some(waiting) = &mut meter.waiting {
            meter.held = ready!(waiting.as_mut().poll(cx));
            meter.waiting = None;
        }
        let before = into.filled().len();
        ready!(Pin::new(&mut this.read).poll_read(cx, into))?;
        let got = u64::try_from(into.filled().len() - before).unwrap_or(u64::MAX);
        meter.read = meter.read.saturating_add(got);
        if meter.read > SMALL && meter.held.is_none() {
            meter.waiting = Some(this.budget.largest().boxed_local());
        }
        Poll::Ready(Ok(()))
    }
}

/// The key of a handshake; what is wrong with it is told in the words of go-judge's websocket library.
fn key(request: &HttpRequest) -> Result<&str, &'static str> {
    if !has_token(request, header::CONNECTION, "upgrade") {
        return Err(
            "websocket: the client is not using the websocket protocol: 'upgrade' token not found in 'Connection' header",
        );
    }
    if !has_token(request, header::UPGRADE, "websocket") {
        return Err(
            "websocket: the client is not using the websocket protocol: 'websocket' token not found in 'Upgrade' header",
        );
    }
    if !has_token(request, header::SEC_WEBSOCKET_VERSION, "13") {
        return Err("websocket: unsupported version: 13 not found in 'Sec-Websocket-Version' header");
    }
    let key = request.headers().get(header::SEC_WEBSOCKET_KEY).and_then(|key| key.to_str().ok());
    let is_key = |key: &&str| BASE64_STANDARD.decode(key).is_ok_and(|bytes| bytes.len() == 16);
    key.filter(is_key).ok_or("websocket: not a websocket handshake: 'Sec-WebSocket-Key' header must be Base64 encoded value of 16-byte in length")
}

fn has_token(request: &HttpRequest, name: HeaderName, token: &str) -> bool {
    let lists = request.headers().get_all(name).filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|found| found.trim().eq_ignore_ascii_case(token))
}

fn refusal(why: &'static str) -> HttpResponse {
    let body = [b"Bad Request\n".to_vec(), answer::text(why)].concat();
    HttpResponse::BadRequest()
        .content_type("text/plain; charset=utf-8")
        .insert_header((header::SEC_WEBSOCKET_VERSION, "13"))
        .body(body)
}
