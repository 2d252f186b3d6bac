//! What a run needs of its sandbox: the connection, and room to read output into.

use std::os::fd::AsFd;

use gavel_protocol::{FrameError, Order, RunId};

use super::SandboxError;
use super::connection::Connection;
use super::order::{Message, Open, Passed};

/// Bytes read from a pipe at once: what a pipe holds.
const SCRATCH: usize = 64 * 1024;

/// An encoded frame, and what goes beside it.
#[derive(Debug)]
pub(super) struct Frame {
    bytes: Vec<u8>,
    descriptors: Vec<Passed>,
}

/// Why not all frames were sent.
#[derive(Debug)]
pub(super) enum Unsent {
    /// An error of our own. The monitor has nothing of the run, or waits for the rest of it.
    Ours {
        /// The error.
        error: SandboxError,
        /// The monitor has frames of the run.
        begun: bool,
    },
    /// The connection failed.
    Theirs(SandboxError),
}

/// A way to a monitor.
#[derive(Debug)]
pub(super) struct Channel {
    pub(super) connection: Connection,
    /// For reading standard output and standard error.
    pub(super) scratch: [Box<[u8]>; 2],
    /// Pings of a long run that are still to be answered.
    pub(super) pongs_due: u32,
}

impl Channel {
    pub(super) fn new(connection: Connection) -> Self {
        Self { connection, scratch: [(); 2].map(|()| vec![0; SCRATCH].into_boxed_slice()), pongs_due: 0 }
    }

    /// Encodes the orders of a run as the next frames. Where one does not fit, the connection stays as it was.
    pub(super) fn encode(&mut self, run: RunId, messages: Vec<Message>) -> Result<Vec<Frame>, FrameError> {
        let before = self.connection.sent();
        let encoded = messages
            .into_iter()
            .map(|Message { order, descriptors }| {
                Ok(Frame { bytes: self.connection.encode(run, order)?, descriptors })
            })
            .collect();
        if Result::is_err(&encoded) {
            self.connection.unsend(before);
        }
        encoded
    }

    /// Sends frames and closes our copies of what went with them. Where what goes with one cannot be opened, it and those after
    /// it are not sent, and the connection stays as it was before them.
    pub(super) async fn send(&mut self, frames: Vec<Frame>) -> Result<(), Unsent> {
        let first = self.connection.sent() - u64::try_from(frames.len()).unwrap_or(u64::MAX);
        for (sent, Frame { bytes, descriptors }) in (0..).zip(frames) {
            let open = match open(descriptors).await {
                Ok(open) => open,
                Err(error) => {
                    self.connection.unsend(first + sent);
                    return Err(Unsent::Ours { error, begun: sent > 0 });
                }
            };
            let borrowed: Vec<_> = open.iter().map(AsFd::as_fd).collect();
            self.connection.send(&bytes, &borrowed).await.map_err(Unsent::Theirs)?;
        }
        Ok(())
    }

    /// Sends a small order without descriptors.
    pub(super) async fn order(&mut self, run: RunId, order: Order) -> Result<(), SandboxError> {
        self.connection.order(run, order).await
    }
}

async fn open(descriptors: Vec<Passed>) -> Result<Vec<Open>, SandboxError> {
    let mut open = Vec::with_capacity(descriptors.len());
    for descriptor in descriptors {
        open.push(descriptor.open().await?);
    }
    Ok(open)
}
