//! Takes messages from a stream, as many as are asked for.

use std::time::Duration;

use async_nats::jetstream;
use async_nats::jetstream::consumer::pull::Batch;
use futures_util::StreamExt as _;
use tokio::sync::watch;

use super::broker::{Broker, Puller};

/// How long a pull waits at the broker: with thousands of nodes that have nothing to do most messages are of these.
pub(super) const EXPIRES: Duration = Duration::from_secs(15);
/// Before the broker is asked again.
const PAUSE: Duration = Duration::from_millis(500);

/// A consumer that is pulled from.
#[derive(Debug)]
pub(super) struct Pulls {
    broker: Broker,
    puller: Puller,
}

impl Pulls {
    pub(super) fn new(broker: &Broker, puller: Puller) -> Self {
        Self { broker: broker.clone(), puller }
    }

    /// Asks for at most so many messages. None where the broker does not take the question; then some time has passed.
    pub(super) async fn pull(&self, most: usize) -> Option<Pull> {
        let mut connections = self.broker.connections();
        connections.mark_unchanged();
        match self.puller.batch().max_messages(most).expires(EXPIRES).messages().await {
            Ok(batch) => Some(Pull { batch, connections, is_broken: false }),
            Err(why) => {
                tracing::debug!("The broker cannot be pulled from: {why}");
                tokio::time::sleep(PAUSE).await;
                None
            }
        }
    }
}

/// A question for messages. It is to be asked to its end: what the broker sends to one that nobody listens to would be lost
/// until it is sent again.
pub(super) struct Pull {
    batch: Batch,
    connections: watch::Receiver<u64>,
    is_broken: bool,
}

impl Pull {
    /// The next message; none at the end, as when the connection was lost, since the broker has forgotten us then.
    pub(super) async fn next(&mut self) -> Option<jetstream::Message> {
        let message = tokio::select! {
            biased;
            message = self.batch.next() => message?,
            _ = self.connections.changed() => return None,
        };
        match message {
            Ok(message) => Some(message),
            Err(why) => {
                tracing::debug!("A pull ended: {why}");
                self.is_broken = true;
                tokio::time::sleep(PAUSE).await;
                None
            }
        }
    }

    /// It ended for another reason than that there is nothing more: what is pulled from may be gone.
    pub(super) fn is_broken(&self) -> bool {
        self.is_broken
    }
}
