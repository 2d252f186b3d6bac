//! The connection to a monitor: whole frames, in sequence, or an error. A monitor may have been taken over.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use gavel_protocol::{Envelope, FrameError, MAX_FRAME, Order, Reply, RunId, VERSION, decode, encode, socket};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::SandboxError;
use crate::descriptors::watch;

/// A packet waits at most so long for room in the monitor's queue; a monitor that reads empties it in microseconds.
const SEND: Duration = Duration::from_secs(2);

/// Between two attempts to send into a full queue, which holds more than a usual run needs.
const FULL: Duration = Duration::from_millis(1);

/// A connected monitor.
#[derive(Debug)]
pub(super) struct Connection {
    socket: Arc<OwnedFd>,
    /// Tells of frames, on the runtime that waited for one last: a worker of the HTTP server has its own, and would
    /// otherwise be woken by another thread.
    events: Option<AsyncFd<Arc<OwnedFd>>>,
    sent: u64,
    received: u64,
    buffer: Box<[u8]>,
}

/// A reply with the descriptors that came beside it.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) run: RunId,
    pub(super) reply: Reply,
    pub(super) descriptors: Vec<OwnedFd>,
}

impl Connection {
    /// Takes a connected, non-blocking `SOCK_SEQPACKET` socket.
    pub(super) fn new(socket: OwnedFd) -> Self {
        Self {
            socket: Arc::new(socket),
            events: None,
            sent: 0,
            received: 0,
            buffer: vec![0; MAX_FRAME].into_boxed_slice(),
        }
    }

    /// Nobody waits for a frame until somebody does, on a runtime of their own.
    pub(super) fn rest(&mut self) {
        self.events = None;
    }

    /// Encodes an order as the next frame of this connection.
    ///
    /// # Errors
    /// As [`encode`]: what does not fit into a frame was the caller's to split.
    pub(super) fn encode(&mut self, run: RunId, message: Order) -> Result<Vec<u8>, FrameError> {
        let frame = encode(&Envelope { version: VERSION, run, sequence: self.sent, message })?;
        self.sent += 1;
        Ok(frame)
    }

    /// Frames encoded so far.
    pub(super) fn sent(&self) -> u64 {
        self.sent
    }

    /// Takes back frames that were encoded and will not be sent: as many stay as there were.
    pub(super) fn unsend(&mut self, sent: u64) {
        self.sent = sent;
    }

    /// Sends a frame that [`Self::encode`] made.
    pub(super) async fn send(
        &mut self,
        frame: &[u8],
        descriptors: &[BorrowedFd<'_>],
    ) -> Result<(), SandboxError> {
        let waiting = async {
            loop {
                match socket::send(&self.socket, frame, descriptors) {
                    Err(error) if passes(&error) => tokio::time::sleep(FULL).await,
                    result => return result,
                }
            }
        };
        match tokio::time::timeout(SEND, waiting).await {
            Ok(result) => result.map_err(|error| died(&error)),
            Err(_) => Err(SandboxError::Overdue(SEND)),
        }
    }

    /// Sends a small order without descriptors.
    pub(super) async fn order(&mut self, run: RunId, message: Order) -> Result<(), SandboxError> {
        let frame = self.encode(run, message).map_err(breach)?;
        self.send(&frame, &[]).await
    }

    /// Waits for the next frame. Cancel-safe: a frame is taken whole or not at all.
    pub(super) async fn receive(&mut self) -> Result<Received, SandboxError> {
        loop {
            let ready = match &self.events {
                Some(events) => Some(events.readable().await.map_err(|error| died(&error))?),
                None => None,
            };
            match socket::receive(&self.socket, &mut self.buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => match ready {
                    Some(mut ready) => ready.clear_ready(),
                    // Not for writing: an event would come for every frame that the monitor takes, in mid-run.
                    None => {
                        let events = watch(Arc::clone(&self.socket), Interest::READABLE);
                        self.events = Some(events.map_err(|error| died(&error))?);
                    }
                },
                Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(breach(error)),
                Err(error) => return Err(died(&error)),
                Ok(packet) => return self.accept(packet),
            }
        }
    }

    /// Takes a frame that has come already.
    pub(super) fn try_receive(&mut self) -> Result<Option<Received>, SandboxError> {
        match socket::receive(&self.socket, &mut self.buffer) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(breach(error)),
            Err(error) => Err(died(&error)),
            Ok(packet) => self.accept(packet).map(Some),
        }
    }

    fn accept(&mut self, packet: socket::Packet) -> Result<Received, SandboxError> {
        if packet.length == 0 {
            return Err(SandboxError::Died("its container is gone".into()));
        }
        let envelope = decode::<Reply>(&self.buffer[..packet.length]).map_err(breach)?;
        if envelope.sequence != self.received {
            let (expected, got) = (self.received, envelope.sequence);
            return Err(SandboxError::Protocol(format!("frame {expected} was expected, {got} came")));
        }
        self.received += 1;
        Ok(Received { run: envelope.run, reply: envelope.message, descriptors: packet.descriptors })
    }
}

/// Its queue is full, or as many descriptors are on their way, to all monitors together, as this process may have open
/// (unix(7)), which is over when the monitor has read; or the kernel has no memory for a packet at the moment.
fn passes(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let errno = Errno::from_io_error(error);
    matches!(errno, Some(Errno::AGAIN | Errno::TOOMANYREFS | Errno::NOBUFS | Errno::NOMEM))
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// Descriptors that came with a reply, by position, each to be taken once.
#[derive(Debug)]
pub(super) struct Descriptors(Vec<Option<OwnedFd>>);

impl Descriptors {
    pub(super) fn new(descriptors: Vec<OwnedFd>) -> Self {
        Self(descriptors.into_iter().map(Some).collect())
    }

    /// The descriptor at a position that the reply names.
    pub(super) fn take(&mut self, position: u16) -> Result<OwnedFd, SandboxError> {
        let found = self.0.get_mut(usize::from(position)).and_then(Option::take);
        found.ok_or_else(|| breach(format!("descriptor {position} is not there")))
    }

    /// Descriptors that no message names are a breach too.
    pub(super) fn finish(self) -> Result<(), SandboxError> {
        match self.0.iter().flatten().count() {
            0 => Ok(()),
            count => Err(breach(format!("{count} descriptors belong to nothing"))),
        }
    }
}

/// The far end broke the protocol.
pub(super) fn breach(what: impl std::fmt::Display) -> SandboxError {
    SandboxError::Protocol(what.to_string())
}

fn died(error: &io::Error) -> SandboxError {
    SandboxError::Died(format!("its connection failed: {error}"))
}
