//! Programs that talk with their client while they run: the files `streamIn` and `streamOut` of a request.
//!
//! [`Streaming`] and [`StreamInput`] are the client's side, whatever the transport is; [`Streams`] is the programs'.
//! Neither side can fill memory: a program whose output nobody fetches is not read, and waits in its write; a client
//! waits once its programs have left [`UNREAD`] bytes of its input lying.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::pipes::{self, DRAIN};
use super::refusal::Outcome;
use super::refusal::Refusal;
use super::request::{File, Request};
use crate::account::Held;
use crate::sandbox::{TerminalMaster, TerminalSize};

/// Most bytes of a request's input that wait until its programs read them. What a client sends behind them, also that
/// it cancels, is seen when they have.
pub(super) const UNREAD: u32 = 1024 * 1024;

/// What a piece of input takes beside its bytes.
const PIECE: usize = 128;

/// Most bytes of one output, as go-judge's.
const BLOCK: usize = 32 * 1024;

/// Outputs that wait to be fetched.
const OUTPUTS: usize = 4;

/// A descriptor of one of a request's commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// Of the command.
    pub(crate) index: usize,
    pub(crate) fd: usize,
}

/// What a program wrote to a `streamOut`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct StreamOutput {
    pub(crate) place: Place,
    pub(crate) bytes: Bytes,
}

/// What a request with streams may hold of inputs and outputs that are on their way.
pub(super) fn most_held(request: &Request) -> u64 {
    let files = request.commands.iter().flat_map(|command| command.files.iter().flatten());
    let outputs = files.filter(|file| **file == File::StreamOut).count();
    // Each output has a block that is read into, beside those that wait.
    u64::from(UNREAD) + ((2 * outputs + OUTPUTS) * BLOCK) as u64
}

/// What comes of a request with streams, in this order: outputs, then its end.
#[derive(Debug)]
pub(crate) enum StreamEvent {
    Output(StreamOutput),
    /// As of a request without streams.
    Ended(Outcome),
}

/// Why something that a client sent does not fit its request.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StreamError {
    #[error("input does not exist: {}/{}", .0.index, .0.fd)]
    NoInput(Place),
    #[error("input was closed: {}/{}", .0.index, .0.fd)]
    Closed(Place),
    #[error("stream is not a tty: {}/{}", .0.index, .0.fd)]
    NoTerminal(Place),
}

/// A request that runs in the background. Dropping it cancels the request.
#[derive(Debug)]
pub(crate) struct Streaming {
    outputs: mpsc::Receiver<StreamOutput>,
    input: StreamInput,
    /// None once its end was told.
    running: Option<JoinHandle<Outcome>>,
    _cancel: DropGuard,
}

impl Streaming {
    /// Starts a request by a function that runs it until the token is cancelled.
    pub(super) fn start<R>(
        request: Request,
        run: impl FnOnce(Request, Streams, CancellationToken) -> R,
    ) -> Self
    where
        R: Future<Output = Outcome> + Send + 'static,
    {
        let cancel = CancellationToken::new();
        let (outputs, programs) = mpsc::channel(OUTPUTS);
        let (input, streams) = connect(&request, outputs, cancel.clone());
        let running = tokio::spawn(run(request, streams, cancel.clone()));
        Self { outputs: programs, input, running: Some(running), _cancel: cancel.drop_guard() }
    }

    /// What comes next; None after the end. No output is lost when the future is dropped.
    pub(crate) async fn next(&mut self) -> Option<StreamEvent> {
        if let Some(output) = self.outputs.recv().await {
            return Some(StreamEvent::Output(output));
        }
        let ended = self.running.as_mut()?.await;
        self.running = None;
        let ended = ended.unwrap_or_else(|panic| Err(Refusal::Failed(panic.to_string())));
        Some(StreamEvent::Ended(ended))
    }

    /// Where the client's side goes.
    pub(crate) fn input(&self) -> StreamInput {
        self.input.clone()
    }
}

/// What a client may do to a request that runs. Before the programs run it is kept for them; afterwards it is dropped.
#[derive(Debug, Clone)]
pub(crate) struct StreamInput {
    inputs: Arc<BTreeMap<Place, Input>>,
    room: Arc<Semaphore>,
    cancel: CancellationToken,
}

/// Our side of a `streamIn`.
#[derive(Debug)]
struct Input {
    /// None once it was closed.
    chunks: Mutex<Option<mpsc::UnboundedSender<Chunk>>>,
    /// Of a terminal only.
    size: Option<watch::Sender<Option<TerminalSize>>>,
}

/// Input that nobody has read yet.
#[derive(Debug)]
struct Chunk {
    bytes: Bytes,
    _room: Option<OwnedSemaphorePermit>,
    /// What the message that it came in has of the account.
    _held: Option<Held>,
}

impl StreamInput {
    /// Hands input to a program; waits while too much is [unread](UNREAD). What a program does not read before its end
    /// is dropped.
    ///
    /// # Errors
    /// The place is no `streamIn`, or was closed.
    pub(crate) async fn write(&self, place: Place, bytes: Bytes) -> Result<(), StreamError> {
        self.write_keeping(place, bytes, None).await
    }

    /// As [`StreamInput::write`]; what the bytes have of the account is kept as long as they are.
    ///
    /// # Errors
    /// As there.
    pub(crate) async fn write_keeping(
        &self,
        place: Place,
        bytes: Bytes,
        held: Option<Held>,
    ) -> Result<(), StreamError> {
        let input = self.inputs.get(&place).ok_or(StreamError::NoInput(place))?;
        let size = u32::try_from(bytes.len().saturating_add(PIECE)).unwrap_or(UNREAD).min(UNREAD);
        let room = Arc::clone(&self.room).acquire_many_owned(size).await.ok();
        let chunks = input.chunks.lock().unwrap_or_else(PoisonError::into_inner);
        let chunks = chunks.as_ref().ok_or(StreamError::Closed(place))?;
        // Nobody takes it: the program has ended, or does not read any more.
        drop(chunks.send(Chunk { bytes, _room: room, _held: held }));
        Ok(())
    }

    /// Ends an input. A terminal's does not end by that: there it is a character of the input, 4 in the usual state.
    ///
    /// # Errors
    /// The place is no `streamIn`, or was closed.
    pub(crate) fn close(&self, place: Place) -> Result<(), StreamError> {
        let input = self.inputs.get(&place).ok_or(StreamError::NoInput(place))?;
        let chunks = input.chunks.lock().unwrap_or_else(PoisonError::into_inner).take();
        chunks.map(drop).ok_or(StreamError::Closed(place))
    }

    /// Sets the size of the terminal that this input is typed into.
    ///
    /// # Errors
    /// The place is no `streamIn`, or that of a command without a terminal.
    pub(crate) fn resize(&self, place: Place, size: TerminalSize) -> Result<(), StreamError> {
        let input = self.inputs.get(&place).ok_or(StreamError::NoInput(place))?;
        let sizes = input.size.as_ref().ok_or(StreamError::NoTerminal(place))?;
        sizes.send_replace(Some(size));
        Ok(())
    }

    /// Kills the programs. The results follow, as of programs that were killed.
    pub(crate) fn cancel(&self) {
        self.cancel.cancel();
    }
}

/// The programs' side of a request's streams. When it is dropped, the programs are dead.
#[derive(Debug)]
pub(crate) struct Streams {
    inputs: Mutex<BTreeMap<Place, ProgramInput>>,
    outputs: mpsc::Sender<StreamOutput>,
    dead: CancellationToken,
    _dead: DropGuard,
}

/// What comes out of an [`Input`].
#[derive(Debug)]
struct ProgramInput {
    chunks: mpsc::UnboundedReceiver<Chunk>,
    size: Option<watch::Receiver<Option<TerminalSize>>>,
}

/// Both sides of every input that a request names.
fn connect(
    request: &Request,
    outputs: mpsc::Sender<StreamOutput>,
    cancel: CancellationToken,
) -> (StreamInput, Streams) {
    let (mut ours, mut theirs) = (BTreeMap::new(), BTreeMap::new());
    for (index, command) in request.commands.iter().enumerate() {
        let is_input = |file: &Option<File>| *file == Some(File::StreamIn);
        for fd in command.files.iter().enumerate().filter(|(_, file)| is_input(file)).map(|(fd, _)| fd) {
            let (to, chunks) = mpsc::unbounded_channel();
            let (sizes, size) = command.tty.then(|| watch::channel(None)).unzip();
            let place = Place { index, fd };
            ours.insert(place, Input { chunks: Mutex::new(Some(to)), size: sizes });
            theirs.insert(place, ProgramInput { chunks, size });
        }
    }
    let room = Arc::new(Semaphore::new(usize::try_from(UNREAD).unwrap_or(Semaphore::MAX_PERMITS)));
    let dead = CancellationToken::new();
    let streams =
        Streams { inputs: Mutex::new(theirs), outputs, dead: dead.clone(), _dead: dead.drop_guard() };
    (StreamInput { inputs: Arc::new(ours), room, cancel }, streams)
}

/// The streams of one command, by descriptor; of a request without streams there are none.
#[derive(Debug, Clone, Copy)]
pub(super) struct CommandStreams<'a> {
    pub(super) streams: Option<&'a Streams>,
    /// Of the command.
    pub(super) index: usize,
}

impl CommandStreams<'_> {
    /// Opens a `streamIn`: the program's end of a pipe.
    ///
    /// # Errors
    /// As pipe(2), or `NotFound`.
    pub(super) fn input(self, fd: usize) -> io::Result<OwnedFd> {
        let (streams, place) = self.at(fd)?;
        let input = streams.take(place)?;
        let (reader, writer) = pipes::pipe()?;
        tokio::spawn(until(streams.dead.clone(), feed(input.chunks, pipes::sender(writer)?)));
        Ok(reader)
    }

    /// Opens a `streamOut`: the program's end of a pipe.
    ///
    /// # Errors
    /// As pipe(2), or `NotFound`.
    pub(super) fn output(self, fd: usize) -> io::Result<OwnedFd> {
        let (reader, writer) = pipes::pipe()?;
        self.show(fd, pipes::receiver(reader)?)?;
        Ok(writer)
    }

    /// Sends what comes from here to the client, as of this `streamOut`.
    ///
    /// # Errors
    /// `NotFound`.
    pub(super) fn show(self, fd: usize, from: impl AsyncRead + Unpin + Send + 'static) -> io::Result<()> {
        let (streams, place) = self.at(fd)?;
        tokio::spawn(fetch(from, place, streams.outputs.clone(), streams.dead.clone()));
        Ok(())
    }

    /// Types this `streamIn` into a terminal, which has the size that the client sets.
    ///
    /// # Errors
    /// `NotFound`.
    pub(super) fn type_into(self, fd: usize, terminal: TerminalMaster) -> io::Result<()> {
        let (streams, place) = self.at(fd)?;
        let ProgramInput { chunks, size } = streams.take(place)?;
        if let Some(size) = size {
            tokio::spawn(until(streams.dead.clone(), resize(size, terminal.clone())));
        }
        tokio::spawn(until(streams.dead.clone(), feed(chunks, terminal)));
        Ok(())
    }

    fn at(&self, fd: usize) -> io::Result<(&Streams, Place)> {
        let place = Place { index: self.index, fd };
        self.streams.map(|streams| (streams, place)).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Streams {
    fn take(&self, place: Place) -> io::Result<ProgramInput> {
        let mut inputs = self.inputs.lock().unwrap_or_else(PoisonError::into_inner);
        inputs.remove(&place).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

async fn until(dead: CancellationToken, task: impl Future<Output = ()>) {
    dead.run_until_cancelled(task).await;
}

/// Writes input until it ends, or nobody reads it any more.
async fn feed(mut chunks: mpsc::UnboundedReceiver<Chunk>, mut to: impl AsyncWrite + Unpin) {
    while let Some(chunk) = chunks.recv().await {
        if let Err(error) = to.write_all(&chunk.bytes).await {
            return tracing::debug!(%error, "a program does not read its input any more");
        }
    }
}

/// Sets sizes as they come.
async fn resize(mut sizes: watch::Receiver<Option<TerminalSize>>, terminal: TerminalMaster) {
    loop {
        let size = *sizes.borrow_and_update();
        if let Some(Err(error)) = size.map(|size| terminal.resize(size)) {
            tracing::debug!(%error, "a terminal could not be resized");
        }
        if sizes.changed().await.is_err() {
            return;
        }
    }
}

/// Sends output until it ends, or nobody fetches it any more. It ends with the programs: one that goes on is given up.
async fn fetch(
    mut from: impl AsyncRead + Unpin,
    place: Place,
    to: mpsc::Sender<StreamOutput>,
    dead: CancellationToken,
) {
    let overdue = async {
        dead.cancelled().await;
        tokio::time::sleep(DRAIN).await;
    };
    let mut overdue = std::pin::pin!(overdue);
    let mut block = BytesMut::new();
    // As much as there is room for is read: a program that floods waits for its client, not for us.
    while let Ok(permit) = to.reserve().await {
        block.reserve(BLOCK);
        let mut limited = (&mut from).take(BLOCK as u64);
        tokio::select! {
            biased;
            read = limited.read_buf(&mut block) => match read {
                Ok(0) => return,
                Err(error) => return tracing::warn!(%error, "a stream could not be read"),
                Ok(_) => permit.send(StreamOutput { place, bytes: block.split().freeze() }),
            },
            () = &mut overdue => {
                return tracing::warn!("a stream was still open when its programs were dead");
            }
        }
    }
}

#[cfg(test)]
mod tests;
