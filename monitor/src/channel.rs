//! The conversation with the server: frames, their order and their bounds.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::time::{Duration, Instant};

use gavel_protocol::{Envelope, FrameError, MAX_FRAME, Order, Reply, RunId, VERSION, decode, encode, socket};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};

/// A frame waits at most so long until the kernel has room for it, and so long between two attempts.
const NO_ROOM: Duration = Duration::from_secs(2);
const AGAIN: Duration = Duration::from_millis(1);

/// Why a conversation cannot go on. The monitor then ends, and its container with it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChannelError {
    /// The socket failed.
    #[error("the socket to the server failed: {0}")]
    Socket(#[from] io::Error),
    /// The server sent what is not of this protocol.
    #[error("the server sent a bad frame: {0}")]
    Frame(#[from] FrameError),
    /// What the proof of cleanliness reads cannot be opened.
    #[error("what the proof of cleanliness reads cannot be opened: {0}")]
    Proof(#[from] rustix::io::Errno),
    /// The server's frames do not count up.
    #[error("the server's frame {found} came where {expected} was due")]
    Sequence {
        /// The number it should have had.
        expected: u64,
        /// The number it had.
        found: u64,
    },
    /// The server went away during a run.
    #[error("the server is gone")]
    Gone,
    /// The container or the host ran out of memory; that this connection ends tells the server to try elsewhere.
    #[error(
        "the kernel killed a program that was within its memory limit: the container or the host has too little"
    )]
    Starved,
    /// Others than the program had the cores; that this connection ends tells the server to try elsewhere.
    #[error(
        "a program that was within its limits had no core for {} times its time on the clock: the host has too few for what runs on it",
        gavel_protocol::Limits::MOST_HELD_UP
    )]
    TooBusy,
    /// An order that does not belong here.
    #[error("the server sent {0} out of turn")]
    OutOfTurn(&'static str),
    /// The server wants programs to run as root.
    #[error("the server asked for uid {uid} and gid {gid}, of which neither may be 0")]
    Root {
        /// The uid asked for.
        uid: u32,
        /// The gid asked for.
        gid: u32,
    },
    /// The server wants programs to have the uid that keeps the monitor out of their reach.
    #[error("the server asked for uid {0}, which is the monitor's own")]
    Shield(u32),
}

/// An order with what came beside it.
#[derive(Debug)]
pub(crate) struct Received {
    /// The run it belongs to.
    pub(crate) run: RunId,
    /// The order.
    pub(crate) order: Order,
    /// Its descriptors.
    pub(crate) descriptors: Vec<OwnedFd>,
}

/// The connection to the server.
#[derive(Debug)]
pub(crate) struct Channel {
    socket: OwnedFd,
    buffer: Vec<u8>,
    sent: u64,
    received: u64,
}

impl Channel {
    /// Connects to the server's socket.
    ///
    /// # Errors
    /// As socket(2) and connect(2).
    pub(crate) fn connect(path: &Path) -> io::Result<Self> {
        let flags = SocketFlags::CLOEXEC;
        let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?;
        rustix::net::connect(&socket, &SocketAddrUnix::new(path)?)?;
        Ok(Self { socket, buffer: vec![0; MAX_FRAME], sent: 0, received: 0 })
    }

    /// Sends one frame.
    ///
    /// # Errors
    /// When it does not fit or the server is gone.
    pub(crate) fn send(
        &mut self,
        run: RunId,
        reply: Reply,
        descriptors: &[BorrowedFd<'_>],
    ) -> Result<(), ChannelError> {
        let frame = encode(&Envelope { version: VERSION, run, sequence: self.sent, message: reply })?;
        let patience = Instant::now() + NO_ROOM;
        loop {
            match socket::send(&self.socket, &frame, descriptors) {
                Err(error) if passes(&error) && Instant::now() < patience => std::thread::sleep(AGAIN),
                sent => break sent?,
            }
        }
        self.sent += 1;
        Ok(())
    }

    /// A frame is there, or the end.
    ///
    /// # Errors
    /// As poll(2).
    pub(crate) fn is_readable(&self) -> Result<bool, ChannelError> {
        let mut socket = [PollFd::from_borrowed_fd(self.socket.as_fd(), PollFlags::IN)];
        let ready =
            rustix::io::retry_on_intr(|| poll(&mut socket, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })));
        Ok(ready.map_err(io::Error::from)? > 0)
    }

    /// Waits for one frame; None when the server is gone.
    ///
    /// # Errors
    /// When the frame is not the next one of this protocol.
    pub(crate) fn receive(&mut self) -> Result<Option<Received>, ChannelError> {
        let packet = match socket::receive(&self.socket, &mut self.buffer) {
            Ok(packet) if packet.length == 0 => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Ok(None),
            received => received?,
        };
        let envelope: Envelope<Order> = decode(&self.buffer[..packet.length])?;
        if envelope.sequence != self.received {
            return Err(ChannelError::Sequence { expected: self.received, found: envelope.sequence });
        }
        self.received += 1;
        Ok(Some(Received { run: envelope.run, order: envelope.message, descriptors: packet.descriptors }))
    }
}

/// As many descriptors are on their way, from all monitors together, as this process may have open (unix(7)), which is over when the
/// server has read; or the kernel has no memory for a packet at the moment.
fn passes(error: &io::Error) -> bool {
    matches!(Errno::from_io_error(error), Some(Errno::TOOMANYREFS | Errno::NOBUFS | Errno::NOMEM))
}

impl AsFd for Channel {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_kernel_has_no_room_for_now_is_sent_again_and_nothing_else_is() {
        for errno in [Errno::TOOMANYREFS, Errno::NOBUFS, Errno::NOMEM] {
            assert!(passes(&errno.into()), "{errno}");
        }
        for errno in [Errno::PIPE, Errno::CONNRESET, Errno::BADF] {
            assert!(!passes(&errno.into()), "{errno}");
        }
    }
}
