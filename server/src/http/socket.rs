//! Websockets: the handshake in go-judge's words, whole messages in both directions, pings, bounds on number and memory.
//!
//! The protocol itself is tungstenite's, on the streams of actix's request and response. (actix-ws buffers a frame of
//! any announced length before it looks whether that is allowed, and up to 32 messages of any size on the way out.)

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::http::header;
use actix_web::web::{Bytes, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, Stream, StreamExt, TryStreamExt};
use tokio::io::{AsyncRead, DuplexStream, Join, ReadBuf, duplex, join};
use tokio::sync::mpsc;
use tokio::time::{Instant, interval_at, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::CapacityError;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error as WireError, Message};
use tokio_util::io::{ReaderStream, StreamReader};
use tokio_util::sync::{CancellationToken, DropGuard};

use self::handshake::{key, refusal};
use self::metered::{Meter, Metered, Raw};
use self::places::{Place, Places, full};
use super::body::Budget;
use super::gojudge::json::Answer;
use super::inflow::Inflow;
use super::peer::Peer;
use crate::account::Held;
use crate::pace;

mod frames;
mod handshake;
mod metered;
mod places;

/// As go-judge pings.
const PING_EVERY: Duration = Duration::from_secs(50);
/// A client that has not answered a ping for so long is gone, whatever else it sends.
const PONG_WITHIN: Duration = Duration::from_secs(60);
/// For so long we go on taking what a client sends that we no longer listen to: on a connection that ends with bytes
/// unread, TCP takes back also what was sent and not read yet.
const LINGER: Duration = Duration::from_secs(10);
/// A client that sends nothing for so long has stopped.
const STOPPED: Duration = Duration::from_millis(100);
/// Bytes on their way from us to the HTTP server.
const BUFFER: usize = 64 * 1024;

/// Opens websockets, which share a number of places, and whose messages are on the account.
#[derive(Debug)]
pub(super) struct Sockets {
    budget: Arc<Budget>,
    places: Places,
}

/// A websocket that a client has opened. Dropped, the connection ends without a close frame, as go-judge's do.
pub(super) struct Socket {
    pub(super) incoming: Incoming,
    pub(super) outgoing: Outgoing,
    /// To be kept as long as the two.
    pub(super) place: Place,
}

/// What the client sends.
pub(super) struct Incoming {
    messages: SplitStream<Wire>,
    /// What the messages are read from.
    raw: Raw,
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
    /// Its part of the account, and that of what is made of it; to be kept as long as that.
    pub(super) held: Held,
}

/// What the client is to be sent.
#[derive(Debug)]
pub(super) enum Outbound {
    /// As it is.
    Message(Message),
    /// A text message.
    Text(Answer),
    /// A binary message.
    Binary(Answer),
}

impl From<Message> for Outbound {
    fn from(message: Message) -> Self {
        Self::Message(message)
    }
}

/// Why nothing more comes from a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lost {
    /// It went away, fell silent or broke the protocol.
    Gone,
    /// A message is larger than allowed.
    TooLarge,
}

impl Sockets {
    /// With the account and the bound of this budget for their messages, and so many places.
    pub(super) fn new(budget: Arc<Budget>, count: usize) -> Self {
        let places = Places::new(count, budget.account());
        Self { budget, places }
    }

    /// Answers a handshake of this sender, and has the connection served for as long as that takes, and its client may call.
    /// What is no handshake, or finds no place, is told so.
    pub(super) async fn serve<F: Future<Output = ()> + 'static>(
        &self,
        request: &HttpRequest,
        payload: Payload,
        sender: &str,
        ended: impl Future<Output = ()> + 'static,
        serve: impl FnOnce(Socket) -> F,
    ) -> HttpResponse {
        match self.open(request, payload, sender).await {
            Ok((response, socket)) => {
                let serving = serve(socket);
                actix_web::rt::spawn(async {
                    tokio::select! {
                        () = serving => {}
                        () = ended => {}
                    }
                });
                response
            }
            Err(refusal) => refusal,
        }
    }

    /// Answers a handshake.
    ///
    /// # Errors
    /// The answer to what is none, or finds no place.
    async fn open(
        &self,
        request: &HttpRequest,
        payload: Payload,
        sender: &str,
    ) -> Result<(HttpResponse, Socket), HttpResponse> {
        let key = key(request).map_err(refusal)?;
        let place = self.places.take(self.budget.account(), sender).ok_or_else(full)?;
        let gone = CancellationToken::new();
        let (ours, theirs) = duplex(BUFFER);
        let peer = Peer::of(request);
        if let Some(peer) = peer.clone() {
            actix_web::rt::spawn(watch(peer, gone.clone()));
        }
        let chunks = ReaderStream::new(theirs);
        let body = Body { chunks, peer, _place: place.clone(), _gone: gone.clone().drop_guard() };
        let response = HttpResponse::SwitchingProtocols()
            .upgrade("websocket")
            .insert_header((header::SEC_WEBSOCKET_ACCEPT, derive_accept_key(key.as_bytes())))
            .streaming(body);
        let coming = Inflow::with_room(request, payload, BUFFER as u64);
        let read = StreamReader::new(coming.map_err(io::Error::other));
        let (incoming, outgoing) = talk(Box::new(read), ours, Arc::clone(&self.budget), gone).await;
        Ok((response, Socket { incoming, outgoing, place }))
    }
}

/// Both directions of a connection whose handshake is answered.
async fn talk(
    read: Box<dyn AsyncRead + Unpin>,
    write: DuplexStream,
    budget: Arc<Budget>,
    gone: CancellationToken,
) -> (Incoming, Outgoing) {
    let max = usize::try_from(budget.max()).unwrap_or(usize::MAX);
    let config = WebSocketConfig::default()
        .read_buffer_size(BUFFER)
        .write_buffer_size(0)
        .max_message_size(Some(max))
        .max_frame_size(Some(max));
    let meter = Rc::new(RefCell::new(Meter::new(budget.account())));
    let raw: Raw = Rc::new(RefCell::new(read));
    let read = Metered { read: Rc::clone(&raw), meter: Rc::clone(&meter) };
    let wire = WebSocketStream::from_raw_socket(join(read, write), Role::Server, Some(config));
    let (sink, messages) = wire.await.split();
    let pong_due = Instant::now() + PONG_WITHIN;
    (Incoming { messages, raw, meter, pong_due, gone }, Outgoing(sink))
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
                // Before the messages: a flood of them is no answer.
                () = sleep_until(self.pong_due) => {
                    tracing::debug!("a client of a websocket has fallen silent");
                    return Err(Lost::Gone);
                }
                () = self.look_at_due() => {
                    if self.is_overdue() {
                        tracing::info!("a client of a websocket does not send its message in time");
                        return Err(Lost::Gone);
                    }
                    continue;
                }
                message = self.messages.next() => message,
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

    /// As [`Self::next`], of a client that is to send it now.
    pub(super) async fn first(&mut self) -> Result<Received, Lost> {
        self.meter.borrow_mut().expect();
        self.next().await
    }

    /// Waits until a message is due that is; where none is, for as long as one that comes meanwhile has at least.
    fn look_at_due(&self) -> impl Future<Output = ()> + use<> {
        sleep_until(self.meter.borrow().due().unwrap_or_else(|| Instant::now() + pace::TO_TAKE))
    }

    fn is_overdue(&self) -> bool {
        self.meter.borrow().due().is_some_and(|due| due <= Instant::now())
    }

    /// Sends the last message, and takes what the client was about to send: else it may hear of a broken connection
    /// instead.
    pub(super) async fn part(self, last: Outbound, messages: mpsc::Sender<Outbound>) {
        // No part of the account is kept for what is thrown away.
        self.meter.borrow_mut().forget();
        if !matches!(timeout(PONG_WITHIN, messages.send(last)).await, Ok(Ok(()))) {
            return tracing::debug!("a client of a websocket was not there for its last message");
        }
        if timeout(LINGER, discard(&self.raw)).await.is_err() {
            tracing::debug!("a client of a websocket went on sending after its last message");
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
    pub(super) async fn send(mut self, mut messages: mpsc::Receiver<Outbound>) {
        let mut pings = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
        loop {
            let message = tokio::select! {
                biased;
                message = messages.recv() => message,
                _ = pings.tick() => Some(Message::Ping(Bytes::new()).into()),
            };
            let Some(message) = message else { return };
            if let Err(error) = self.send_one(message).await {
                return tracing::debug!(%error, "a websocket could not be written");
            }
        }
    }

    async fn send_one(&mut self, message: Outbound) -> Result<(), WireError> {
        match message {
            Outbound::Message(message) => self.0.send(message).await,
            Outbound::Text(answer) => self.send_answer(answer, Data::Text).await,
            Outbound::Binary(answer) => self.send_answer(answer, Data::Binary).await,
        }
    }

    /// As one message, in a frame for each piece: each is written when those before it are on their way.
    async fn send_answer(&mut self, mut answer: Answer, mut kind: Data) -> Result<(), WireError> {
        while let Some(piece) = answer.next_piece() {
            let frame = Frame::message(piece, OpCode::Data(kind), answer.is_at_end());
            self.0.send(Message::Frame(frame)).await?;
            kind = Data::Continue;
        }
        Ok(())
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

/// Reads until nothing more comes.
async fn discard(raw: &Raw) {
    let mut bytes = vec![0; BUFFER];
    let mut read = poll_fn(|cx| {
        let mut into = ReadBuf::new(&mut bytes);
        ready!(Pin::new(&mut *raw.borrow_mut()).poll_read(cx, &mut into))?;
        Poll::Ready(Ok::<_, io::Error>(into.filled().len()))
    });
    loop {
        match timeout(STOPPED, &mut read).await {
            Ok(Ok(1..)) => {}
            Ok(Ok(0)) | Err(_) => return,
            Ok(Err(error)) => return tracing::debug!(%error, "a refused client went away"),
        }
    }
}

/// The frame that tells a client why its connection ends, where that is for a bound of ours.
pub(super) fn last_words(lost: Lost) -> Option<Outbound> {
    let frame =
        CloseFrame { code: CloseCode::Size, reason: "the message is larger than http.max_body".into() };
    match lost {
        Lost::Gone => None,
        Lost::TooLarge => Some(Message::Close(Some(frame)).into()),
    }
}

fn lost(error: &WireError) -> Lost {
    tracing::debug!(%error, "a websocket ended");
    match error {
        WireError::Capacity(CapacityError::MessageTooLong { .. }) => Lost::TooLarge,
        _ => Lost::Gone,
    }
}

/// What is sent, as the server takes it. It is dropped at its end, or with the connection.
struct Body {
    chunks: ReaderStream<DuplexStream>,
    peer: Option<Peer>,
    _place: Place,
    _gone: DropGuard,
}

impl Stream for Body {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.chunks.poll_next_unpin(cx)
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        if let Some(peer) = &self.peer {
            peer.end();
        }
    }
}

/// Tells when the client hangs up, as long as anybody wants to know.
async fn watch(peer: Peer, gone: CancellationToken) {
    match gone.run_until_cancelled(peer.hung_up()).await {
        Some(Ok(())) => gone.cancel(),
        Some(Err(error)) => tracing::warn!(%error, "a connection is not watched"),
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{Account, Purpose};

    fn budget() -> (Account, Arc<Budget>) {
        let account = Account::new(gavel_protocol::Bytes::mib(16));
        (account.clone(), Arc::new(Budget::new(account, 4 << 20)))
    }

    type Client = WebSocketStream<Join<DuplexStream, DuplexStream>>;

    struct Server {
        incoming: Incoming,
        outgoing: Outgoing,
    }

    async fn connected(budget: &Arc<Budget>) -> (Server, Client) {
        let (to_us, read) = duplex(BUFFER);
        let (write, from_us) = duplex(BUFFER);
        let gone = CancellationToken::new();
        let (incoming, outgoing) = talk(Box::new(read), write, Arc::clone(budget), gone).await;
        let client = WebSocketStream::from_raw_socket(join(from_us, to_us), Role::Client, None).await;
        (Server { incoming, outgoing }, client)
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_answers_pings_stays() {
        let (mut socket, mut client) = connected(&budget().1).await;
        let (_messages, queue) = mpsc::channel(1);
        let begun = Instant::now();
        let mut pings = 0;
        let client = async {
            while pings < 4 {
                pings += u32::from(client.next().await.unwrap().unwrap().is_ping());
            }
            client.send(Message::text("done")).await.unwrap();
        };
        let server = async {
            tokio::select! {
                () = socket.outgoing.send(queue) => panic!("it stopped"),
                received = socket.incoming.next() => received.unwrap(),
            }
        };
        let (received, ()) = tokio::join!(server, client);
        assert_eq!(received.bytes, "done");
        assert_eq!(begun.elapsed().as_secs(), 200);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_answers_no_ping_is_lost_after_a_minute_whatever_else_it_sends() {
        let (mut socket, mut client) = connected(&budget().1).await;
        let begun = Instant::now();
        let client = async {
            loop {
                tokio::time::sleep(Duration::from_secs(7)).await;
                client.send(Message::text("here")).await.unwrap();
            }
        };
        let server = async { while socket.incoming.next().await.is_ok() {} };
        tokio::select! {
            () = client => {}
            () = server => {}
        }
        assert_eq!(begun.elapsed().as_secs(), 60);
    }

    /// What a server whose client does this, and answers pings meanwhile, receives, and after how many seconds.
    async fn received_of(
        client_does: impl AsyncFnOnce(&mut Client),
        receive: impl AsyncFnOnce(&mut Incoming) -> Result<Received, Lost>,
    ) -> (Result<usize, Lost>, u64) {
        let (mut socket, mut client) = connected(&budget().1).await;
        let (_messages, queue) = mpsc::channel(1);
        let begun = Instant::now();
        let client = async {
            client_does(&mut client).await;
            while client.next().await.is_some() {}
            std::future::pending().await
        };
        let received = tokio::select! {
            () = socket.outgoing.send(queue) => panic!("it stopped"),
            received = receive(&mut socket.incoming) => received,
            () = client => panic!("it ended"),
        };
        (received.map(|received| received.bytes.len()), begun.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn who_stops_within_a_large_message_is_lost_however_well_it_answers_pings() {
        let half = async |client: &mut Client| {
            let frame = Frame::message(vec![7; 1 << 20], OpCode::Data(Data::Binary), false);
            client.send(Message::Frame(frame)).await.unwrap();
        };
        assert_eq!(received_of(half, Incoming::next).await, (Err(Lost::Gone), 60 + 16));
    }

    #[tokio::test(start_paused = true)]
    async fn who_says_nothing_at_first_is_lost_and_later_is_not() {
        let nothing = async |_: &mut Client| {};
        assert_eq!(received_of(nothing, Incoming::first).await, (Err(Lost::Gone), 60));
        let much_and_nothing = async |client: &mut Client| {
            client.send(Message::binary(vec![7; 1 << 20])).await.unwrap();
            for _ in 0..5000 {
                client.send(Message::Ping(vec![7; 125].into())).await.unwrap();
            }
        };
        let twice = async |incoming: &mut Incoming| {
            assert_eq!(incoming.first().await.unwrap().bytes.len(), 1 << 20);
            timeout(Duration::from_secs(3600), incoming.next()).await.unwrap_or(Err(Lost::TooLarge))
        };
        assert_eq!(received_of(much_and_nothing, twice).await, (Err(Lost::TooLarge), 3600));
    }

    #[tokio::test]
    async fn a_frame_that_is_announced_as_too_large_is_refused_before_it_comes() {
        let (mut socket, mut client) = connected(&budget().1).await;
        // The head of a masked text frame of 1 TiB.
        let head = [&[0x81, 0xff][..], &(1u64 << 40).to_be_bytes(), &[0; 4]].concat();
        tokio::io::AsyncWriteExt::write_all(client.get_mut(), &head).await.unwrap();
        assert_eq!(socket.incoming.next().await.unwrap_err(), Lost::TooLarge);
    }

    /// However long they talk, and in however small frames: what is read of none holds nothing.
    #[tokio::test]
    async fn between_messages_nothing_is_held_of_their_frames() {
        let (account, budget) = budget();
        let (mut socket, mut client) = connected(&budget).await;
        for _ in 0..10 {
            let sending = async {
                for number in 1..=2000 {
                    let kind = if number == 1 { Data::Binary } else { Data::Continue };
                    let frame = Frame::message(vec![7], OpCode::Data(kind), number == 2000);
                    client.send(Message::Frame(frame)).await.unwrap();
                }
            };
            let (received, ()) = tokio::join!(socket.incoming.next(), sending);
            assert_eq!(received.unwrap().bytes.len(), 2000);
        }
        // It waits for the next, of which a part has come.
        let frame = Frame::message(vec![7], OpCode::Data(Data::Binary), false);
        client.send(Message::Frame(frame)).await.unwrap();
        assert!(timeout(Duration::from_millis(50), socket.incoming.next()).await.is_err());
        assert_eq!(account.held().get(), 0);
    }

    #[tokio::test]
    async fn a_large_message_waits_for_its_part_of_the_account() {
        let (account, budget) = budget();
        let (mut socket, mut client) = connected(&budget).await;
        let taken = [5, 1].map(|size| account.try_take(Purpose::Requests, size << 20).unwrap());
        let sending = tokio::spawn(async move {
            client.send(Message::binary(vec![0; 2 << 20])).await.unwrap();
            client
        });
        let early = timeout(Duration::from_millis(100), socket.incoming.next()).await;
        assert!(early.is_err(), "it did not wait");
        drop(taken);
        let received = socket.incoming.next().await.unwrap();
        assert_eq!((received.bytes.len(), received.held.bytes()), (2 << 20, 4 << 20));
        sending.await.unwrap();
        drop(received);
        assert_eq!(account.held().get(), 0);
    }
}
