//! What a run needs of its sandbox: the connection, and room to read output into.

use std::os::fd::AsFd;

use gavel_protocol::{FrameError, Order, RunId};

use super::SandboxError;
use super::connection::Connection;
use super::order::{Message, Passed};

/// Bytes read from a pipe at once: what a pipe holds.
const SCRATCH: usize = 64 * 1024;

/// An encoded frame, and what goes beside it.
#[derive(Debug)]
pub(super) struct Frame {
    bytes: Vec<u8>,
    descriptors: Vec<Passed>,
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

    /// Sends frames and closes our copies of what went with them.
    pub(super) async fn send(&mut self, frames: Vec<Frame>) -> Result<(), SandboxError> {
        for Frame { bytes, descriptors } in frames {
            let mut open = Vec::with_capacity(descriptors.len());
            for descriptor in descriptors {
                open.push(descriptor.open().await?);
            }
            let borrowed: Vec<_> = open.iter().map(AsFd::as_fd).collect();
            self.connection.send(&bytes, &borrowed).await?;
        }
        Ok(())
    }

    /// Sends a small order without descriptors.
    pub(super) async fn order(&mut self, run: RunId, order: Order) -> Result<(), SandboxError> {
        self.connection.order(run, order).await
    }
}
