//! Connections of which no more is read than is answered. A client may send the next requests before it has the answer to the
//! first; the HTTP server would read and parse many of them, and keep answers that nobody takes. Here it reads the next when
//! the last answer was handed to the kernel, and while a request is answered only its own body: a little of it at first, and
//! more when somebody asks for it (see [`super::inflow`]).

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker, ready};

use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_LENGTH, TRANSFER_ENCODING, UPGRADE};
use actix_web::middleware::Next;
use actix_web::rt::net::TcpStream;
use actix_web::web::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::refused::{self, FirstLine, Refusing};
use super::rest::Rest;

/// Read at one time where a head is expected. A dozen of the smallest requests fit into it, each of which is some KiB once it is
/// parsed; most heads that clients send take one such piece or two.
const HEAD: usize = 512;

/// A body whose length nobody knows.
const UNKNOWN: u64 = u64::MAX;

/// Memory that a body may take before anybody asks for it. It is on no account: that of a connection covers it.
const FIRST: u64 = 4 * 1024;

/// What a piece of a body takes beside its bytes, with the place for the next that is made ready: the HTTP server makes one of
/// each read.
const PIECE: u64 = 96;

/// Memory that a byte of a chunked body may take: chunks of one byte come in six, and are a piece each.
const CHUNKED: u64 = 16;

/// What a connection and its requests tell each other. All of them are of one task, but for what reads a websocket.
#[derive(Debug, Default)]
pub(super) struct Gate {
    /// A request is being answered.
    answering: Cell<bool>,
    /// So much of its body may come yet.
    body: Cell<u64>,
    /// It comes in chunks.
    chunked: Cell<bool>,
    /// Memory that it may take by then.
    room: Cell<u64>,
    /// The answer was given before all of it had come: the HTTP server reads the rest, and ends the connection behind that.
    rests: Cell<bool>,
    /// An answer is not in the kernel's hands yet.
    unsent: Cell<bool>,
    /// Others' turn, before more is read.
    pause: Cell<bool>,
    /// Of the head that comes, or that has come last.
    line: Cell<FirstLine>,
    task: RefCell<Option<Waker>>,
}

impl Gate {
    /// Waits until every answer is in the kernel's hands.
    async fn sent(&self) {
        poll_fn(|cx| {
            if !self.unsent.get() {
                return Poll::Ready(());
            }
            self.waits(cx);
            Poll::Pending
        })
        .await;
    }

    fn is_flushed(&self) {
        if self.unsent.replace(false) {
            self.wake();
        }
    }

    fn begin(self: Rc<Self>, (body, chunked): (u64, bool)) -> Answering {
        self.answering.set(true);
        self.line.take();
        self.chunked.set(chunked);
        self.body.set(body);
        self.rests.set(false);
        self.room.set(FIRST);
        if body > 0 {
            self.wake();
        }
        Answering(self)
    }

    /// What comes of the body from now on may take so much memory.
    pub(super) fn make_room(&self, room: u64) {
        self.room.set(room);
        self.wake();
    }

    /// The body waits for more room: none of it is read.
    pub(super) fn lacks_room(&self) -> bool {
        self.body.get() > 0 && self.may_come() == 0
    }

    /// All of the body has come: what is next is another request.
    pub(super) fn body_ended(&self) {
        self.body.set(0);
    }

    /// How much may be read now.
    fn open(&self) -> usize {
        match self.body.get() {
            0 if self.answering.get() || self.unsent.get() => 0,
            0 => HEAD,
            body => usize::try_from(body.min(self.may_come())).unwrap_or(usize::MAX),
        }
    }

    /// How much of a body there is room for.
    fn may_come(&self) -> u64 {
        if self.chunked.get() { self.room.get() / CHUNKED } else { self.room.get().saturating_sub(PIECE) }
    }

    /// So much has come. Where it is all that was asked for, and nobody knows where a body ends, the next requests may be next:
    /// what is there is parsed first. Of what is thrown away nothing is to gather: piece by piece.
    fn came(&self, size: usize, asked: usize) {
        let bytes = size as u64;
        match self.body.get() {
            0 => return self.pause.set(size == asked),
            UNKNOWN => self.pause.set(size == asked),
            body => self.body.set(body.saturating_sub(bytes)),
        }
        if !self.answering.get() {
            self.pause.set(true);
        }
        let takes = if self.chunked.get() { bytes.saturating_mul(CHUNKED) } else { bytes + PIECE };
        self.room.set(self.room.get().saturating_sub(takes));
    }

    /// So much of a head, or what should be one.
    fn head_came(&self, bytes: &[u8]) {
        let mut line = self.line.get();
        line.came(bytes);
        self.line.set(line);
    }

    /// Is more of the body to come, for certain? What came with the head is not counted, and a body in chunks is read to its end
    /// by the HTTP server, which goes on with the connection.
    fn lacks_body(&self) -> bool {
        !self.chunked.get() && (HEAD as u64..UNKNOWN).contains(&self.body.get())
    }

    /// Neither is a request answered, nor is an answer on its way.
    fn is_idle(&self) -> bool {
        !self.answering.get() && !self.unsent.get()
    }

    fn waits(&self, cx: &Context<'_>) {
        *self.task.borrow_mut() = Some(cx.waker().clone());
    }

    fn wake(&self) {
        if let Some(task) = self.task.borrow_mut().take() {
            task.wake();
        }
    }
}

/// A request is being answered until this is dropped.
#[derive(Debug)]
struct Answering(Rc<Gate>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.answering.set(false);
        self.0.unsent.set(true);
        self.0.rests.set(self.0.lacks_body());
        // What is left of its body is thrown away.
        self.0.make_room(u64::MAX);
    }
}

/// Answers the requests of a connection one by one.
pub(super) async fn one_by_one<B: MessageBody + Unpin>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<Answer<B>>, actix_web::Error> {
    let gate = request.request().conn_data::<Rc<Gate>>().cloned();
    let answering = match gate {
        Some(gate) => {
            // At once: while requests wait that were read already, no more are.
            let answering = Rc::clone(&gate).begin(body_of(&request));
            gate.sent().await;
            Some(answering)
        }
        None => None,
    };
    let response = next.call(request).await?;
    Ok(response.map_body(|_, body| Answer { body, _answering: answering }))
}

/// Bytes that may follow the head of a request, and whether they come in chunks.
fn body_of(request: &ServiceRequest) -> (u64, bool) {
    let headers = request.headers();
    let chunked = headers.contains_key(TRANSFER_ENCODING);
    if chunked || headers.contains_key(UPGRADE) {
        return (UNKNOWN, chunked);
    }
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    (length.and_then(|length| length.parse().ok()).unwrap_or(0), false)
}

/// The body of an answer, which is not answered before its end.
pub(super) struct Answer<B> {
    body: B,
    _answering: Option<Answering>,
}

impl<B: MessageBody + Unpin> MessageBody for Answer<B> {
    type Error = B::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, B::Error>>> {
        Pin::new(&mut self.body).poll_next(cx)
    }
}

/// A connection behind its gate.
#[derive(Debug)]
pub(super) struct Gated {
    connection: TcpStream,
    gate: Rc<Gate>,
    /// A refusal in place of the HTTP server's own.
    refusing: Option<Refusing>,
    /// What is left of a body that nobody wants.
    rest: Option<Rest>,
}

impl Gated {
    pub(super) fn new(connection: TcpStream) -> Self {
        Self { connection, gate: Rc::default(), refusing: None, rest: None }
    }

    pub(super) fn connection(&self) -> &TcpStream {
        &self.connection
    }

    pub(super) fn gate(&self) -> Rc<Gate> {
        Rc::clone(&self.gate)
    }

    /// Nothing is read, but that the client has gone is noticed.
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.gate.waits(cx);
        let mut one = [0];
        match ready!(self.connection.poll_peek(cx, &mut ReadBuf::new(&mut one))) {
            Ok(0) => Poll::Ready(Ok(())),
            Ok(_) => Poll::Pending,
            Err(error) => Poll::Ready(Err(error)),
        }
    }

    /// Sends a refusal in place of these bytes, where they are one of the HTTP server's own. None where they are not.
    fn poll_refuse(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Option<Poll<io::Result<usize>>> {
        if self.refusing.is_none() && self.gate.is_idle() {
            let ours = refused::answer(bytes, self.gate.line.get(), self.connection.peer_addr().ok());
            self.refusing = ours.map(Refusing::new);
        }
        let refused = self.refusing.as_mut()?.poll(cx, &mut self.connection);
        Some(refused.map_ok(|()| bytes.len()))
    }

    /// Is there nothing more to wait for of a body that nobody wants?
    fn is_through(&mut self, cx: &mut Context<'_>) -> bool {
        if !self.gate.rests.get() {
            self.rest = None;
            return false;
        }
        self.gate.body.get() == 0 || self.rest.get_or_insert_with(Rest::new).poll_silent(cx).is_ready()
    }

    /// Reads less than there is space for.
    fn poll_some(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
        most: usize,
    ) -> Poll<io::Result<()>> {
        let mut some = ReadBuf::new(buffer.initialize_unfilled_to(most));
        ready!(Pin::new(&mut self.connection).poll_read(cx, &mut some))?;
        let size = some.filled().len();
        buffer.advance(size);
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Gated {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let open = self.gate.open();
        if open == 0 {
            return self.poll_end(cx);
        }
        if self.is_through(cx) {
            return Poll::Ready(Ok(()));
        }
        if self.gate.pause.replace(false) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let (before, space) = (buffer.filled().len(), buffer.remaining());
        let asked = open.min(space);
        if asked < space {
            ready!(self.poll_some(cx, buffer, asked))?;
        } else {
            ready!(Pin::new(&mut self.connection).poll_read(cx, buffer))?;
        }
        let came = &buffer.filled()[before..];
        if self.gate.body.get() == 0 {
            self.gate.head_came(came);
        }
        self.gate.came(came.len(), asked);
        if let Some(rest) = &mut self.rest {
            rest.came();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Gated {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if let Some(refused) = self.poll_refuse(cx, bytes) {
            return refused;
        }
        Pin::new(&mut self.connection).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.connection).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.connection.is_write_vectored()
    }

    /// The HTTP server does so once all that it had is written.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.gate.is_flushed();
        Pin::new(&mut self.connection).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.connection).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    async fn pair() -> (Gated, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        (Gated::new(listener.accept().await.unwrap().0), client)
    }

    /// As the HTTP server reads: until nothing is there, or it is somebody else's turn. None is an end.
    async fn read_available(connection: &mut Gated) -> Option<usize> {
        poll_fn(|cx| {
            let mut all = 0;
            loop {
                let mut space = [0; 8 * HEAD];
                let mut buffer = ReadBuf::new(&mut space);
                match Pin::new(&mut *connection).poll_read(cx, &mut buffer) {
                    Poll::Ready(read) => read.unwrap(),
                    Poll::Pending => return Poll::Ready(Some(all)),
                }
                if buffer.filled().is_empty() {
                    return Poll::Ready(None);
                }
                all += buffer.filled().len();
            }
        })
        .await
    }

    async fn settled() {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }

    #[tokio::test]
    async fn heads_are_read_a_little_at_a_time() {
        let (mut connection, mut client) = pair().await;
        client.write_all(&[b'x'; 3 * HEAD]).await.unwrap();
        settled().await;
        for _ in 0..3 {
            assert_eq!(read_available(&mut connection).await, Some(HEAD));
        }
        assert_eq!(read_available(&mut connection).await, Some(0));
    }

    #[tokio::test]
    async fn while_a_request_is_answered_its_body_is_read_and_no_more_but_an_end_is_noticed() {
        let (mut connection, mut client) = pair().await;
        let answering = connection.gate().begin((10_000, false));
        connection.gate().make_room(20_000);
        client.write_all(&[b'x'; 12_000]).await.unwrap();
        settled().await;
        assert_eq!(read_available(&mut connection).await, Some(10_000));
        assert_eq!(read_available(&mut connection).await, Some(0));
        drop(answering);
        assert_eq!(read_available(&mut connection).await, Some(0), "the answer is not handed over");
        connection.flush().await.unwrap();
        let mut rest = 0;
        while rest < 2_000 {
            rest += read_available(&mut connection).await.unwrap();
        }
        let _answering = connection.gate().begin((0, false));
        client.shutdown().await.unwrap();
        settled().await;
        assert_eq!(read_available(&mut connection).await, None);
    }

    #[tokio::test]
    async fn of_a_body_that_nobody_takes_only_what_has_room_is_read() {
        let (mut connection, mut client) = pair().await;
        let gate = connection.gate();
        let _answering = Rc::clone(&gate).begin((1 << 20, false));
        client.write_all(&[b'x'; 20_000]).await.unwrap();
        settled().await;
        let first = usize::try_from(FIRST - PIECE).unwrap();
        assert_eq!(read_available(&mut connection).await, Some(first));
        assert!(gate.lacks_room());
        assert_eq!(read_available(&mut connection).await, Some(0));
        // It is read in three pieces.
        gate.make_room(10_000 + 3 * PIECE);
        assert_eq!(read_available(&mut connection).await, Some(10_000));
    }

    #[tokio::test]
    async fn what_is_left_of_a_body_is_thrown_away_piece_by_piece() {
        let (mut connection, mut client) = pair().await;
        drop(connection.gate().begin((1 << 20, false)));
        client.write_all(&[b'x'; 20_000]).await.unwrap();
        settled().await;
        for _ in 0..4 {
            assert_eq!(read_available(&mut connection).await, Some(8 * HEAD));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_ends_behind_the_rest_of_a_body_or_when_no_more_of_it_comes() {
        for sent in [3000, 2000] {
            let (mut connection, mut client) = pair().await;
            drop(connection.gate().begin((3000, false)));
            client.write_all(&vec![b'x'; sent]).await.unwrap();
            // The answer is in the kernel's hands.
            connection.flush().await.unwrap();
            let start = tokio::time::Instant::now();
            let mut read = Vec::new();
            connection.read_to_end(&mut read).await.unwrap();
            assert_eq!((read.len(), start.elapsed().as_secs()), (sent, if sent == 3000 { 0 } else { 5 }));
        }
    }

    #[tokio::test]
    async fn chunks_of_one_byte_take_more_room_than_their_bytes() {
        let (mut connection, mut client) = pair().await;
        let gate = connection.gate();
        let _answering = Rc::clone(&gate).begin((UNKNOWN, true));
        client.write_all(b"1\r\nx\r\n".repeat(1000).as_slice()).await.unwrap();
        settled().await;
        assert_eq!(read_available(&mut connection).await, Some(256));
        assert_eq!(read_available(&mut connection).await, Some(0));
        gate.body_ended();
        assert!(!gate.lacks_room());
    }

    #[tokio::test]
    async fn a_body_of_unknown_length_is_read_whole() {
        let (mut connection, mut client) = pair().await;
        let gate = connection.gate();
        let _answering = Rc::clone(&gate).begin((UNKNOWN, false));
        gate.make_room(2 << 20);
        let sender = tokio::spawn(async move { client.write_all(&[b'x'; 1 << 20]).await.map(|()| client) });
        let mut body = vec![0; 1 << 20];
        connection.read_exact(&mut body).await.unwrap();
        sender.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn the_next_request_waits_until_the_last_answer_is_handed_over() {
        let (mut connection, _client) = pair().await;
        let gate = connection.gate();
        gate.sent().await;
        drop(Rc::clone(&gate).begin((0, false)));
        let waiting = std::time::Duration::from_millis(20);
        assert!(tokio::time::timeout(waiting, gate.sent()).await.is_err());
        connection.flush().await.unwrap();
        gate.sent().await;
    }
}
