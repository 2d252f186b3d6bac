//! The connection to the broker, and what there must be at it.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::stream::RawMessageErrorKind;
use async_nats::jetstream::{self, Context, ContextBuilder};
use async_nats::{Client, ConnectOptions, Event};
use gavel_protocol::Bytes;
use tokio::sync::watch;
use uuid::Uuid;

use super::names;
use super::seldom::Seldom;
use super::streams::{self, Sizes};
use crate::config::ClusterConfig;

/// A task whose node has been silent for so long is another's.
pub(super) const SILENCE: Duration = Duration::from_secs(5);
/// Longest wait for the broker's answer to one request.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// Pulls that wait at a consumer: one of each node, or of a few.
const MOST_PULLS: i64 = 65_536;
/// A consumer that nobody reads by for so long goes: longer than a pull waits.
const UNREAD: Duration = Duration::from_secs(60);
/// Tasks of one consumer that nodes are at.
const MOST_PENDING: i64 = 65_536;

/// Why the broker does not serve.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// It cannot be reached, or does not let us in.
    #[error("the broker at {url} cannot be reached")]
    Connect {
        /// Its address.
        url: String,
        /// Why.
        source: async_nats::ConnectError,
    },
    /// A request failed.
    #[error("the broker failed to {doing}")]
    Failed {
        /// What was asked.
        doing: &'static str,
        /// Why.
        source: async_nats::Error,
    },
    /// A request took too long.
    #[error("the broker did not {doing} within {PATIENCE:?}")]
    Slow {
        /// What was asked.
        doing: &'static str,
    },
}

impl BrokerError {
    pub(super) fn of(doing: &'static str) -> impl FnOnce(Box<dyn std::error::Error + Send + Sync>) -> Self {
        move |source| Self::Failed { doing, source }
    }
}

/// A connection to the broker. Copies are of the same one.
#[derive(Debug, Clone)]
pub struct Broker {
    client: Client,
    jetstream: Context,
    replicas: usize,
    /// Counts connections.
    connections: watch::Receiver<u64>,
}

impl Broker {
    /// Connects under this name; tries again and again where the broker is not there yet.
    ///
    /// # Errors
    /// When the settings cannot be used: an address or a certificate.
    pub async fn connect(settings: &ClusterConfig, url: &str, name: &str) -> Result<Self, BrokerError> {
        let (made, connections) = watch::channel(0_u64);
        let (made, refused) = (Arc::new(made), Seldom::default());
        let mut options = ConnectOptions::new()
            .name(name)
            .retry_on_initial_connect()
            .ping_interval(Duration::from_secs(2))
            .connection_timeout(PATIENCE)
            .request_timeout(Some(PATIENCE))
            // Of each its own, so that answers to one are read by nobody else.
            .custom_inbox_prefix(names::inbox(name))
            .reconnect_delay_callback(pause)
            .event_callback(move |event| {
                told(&event, &refused);
                if matches!(event, Event::Connected) {
                    made.send_modify(|connections| *connections += 1);
                }
                std::future::ready(())
            });
        if let Some(token) = &settings.token {
            options = options.token(token.clone());
        }
        if let Some(seed) = &settings.nkey {
            options = options.nkey(seed.clone());
        }
        if let Some(ca) = &settings.ca {
            options = options.add_root_certificates(ca.clone());
        }
        let urls: Vec<String> = url.split(',').map(|one| one.trim().to_owned()).collect();
        let client = options.connect(urls).await;
        let client = client.map_err(|source| BrokerError::Connect { url: url.to_owned(), source })?;
        let jetstream = ContextBuilder::new().timeout(PATIENCE).ack_timeout(PATIENCE).build(client.clone());
        let replicas = usize::try_from(settings.replicas).unwrap_or(1);
        Ok(Self { client, jetstream, replicas, connections })
    }

    /// What is not kept: questions and their answers.
    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Changes whenever there is a new connection.
    pub(super) fn connections(&self) -> watch::Receiver<u64> {
        self.connections.clone()
    }

    /// There is a connection.
    pub fn is_connected(&self) -> bool {
        self.client.connection_state() == async_nats::connection::State::Connected
    }

    /// Makes the streams that are missing, as large as they may be; returns how large that is.
    ///
    /// # Errors
    /// When the broker does not.
    pub(super) async fn prepare(&self, objects: Bytes) -> Result<Sizes, BrokerError> {
        let made = streams::make(&self.jetstream, self.replicas, objects).await;
        made.map_err(|why| BrokerError::of("make a stream")(why.into()))
    }

    /// Makes the consumer that those share who take what goes to a subject. It goes when nobody has taken anything for as
    /// long as it is to be kept, where that is said.
    ///
    /// # Errors
    /// When the broker does not.
    pub(super) async fn share(
        &self,
        stream: &str,
        name: &str,
        subject: String,
        keep: Option<Duration>,
    ) -> Result<Puller, BrokerError> {
        let consumer = pull::Config {
            durable_name: Some(name.to_owned()),
            filter_subject: subject,
            ack_policy: AckPolicy::Explicit,
            ack_wait: SILENCE,
            // Who counts is the coordinator: it knows what was begun.
            max_deliver: -1,
            max_ack_pending: MOST_PENDING,
            max_waiting: MOST_PULLS,
            inactive_threshold: keep.unwrap_or_default(),
            ..pull::Config::default()
        };
        let made = self.jetstream.create_consumer_on_stream(consumer, stream).await;
        made.map_err(|why| BrokerError::of("make a consumer")(why.into()))
    }

    /// The consumer of this name, where there is one.
    ///
    /// # Errors
    /// When there is none, or the broker fails.
    pub(super) async fn puller(&self, stream: &str, name: &str) -> Result<Puller, BrokerError> {
        let found = self.jetstream.get_consumer_from_stream(name, stream).await;
        found.map_err(|why| BrokerError::of("find a consumer")(why.into()))
    }

    /// Makes a consumer that reads what a stream has from this number on, and what comes. It goes when nobody reads.
    ///
    /// # Errors
    /// When the broker does not.
    pub(super) async fn read(&self, stream: &str, first: u64) -> Result<Puller, BrokerError> {
        let consumer = pull::Config {
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: first },
            ack_policy: AckPolicy::None,
            inactive_threshold: UNREAD,
            ..pull::Config::default()
        };
        let made = self.jetstream.create_consumer_on_stream(consumer, stream).await;
        made.map_err(|why| BrokerError::of("make a consumer")(why.into()))
    }

    /// Which stream it is that has this name, as another has taken its place where the broker has lost it, and the number of the last
    /// that it has.
    ///
    /// # Errors
    /// When there is none, or the broker fails.
    pub(super) async fn found(&self, stream: &str) -> Result<(String, u64), BrokerError> {
        let found = self.jetstream.get_stream(stream).await;
        let found = found.map_err(|why| BrokerError::of("find a stream")(why.into()))?;
        let info = found.cached_info();
        Ok((info.created.to_string(), info.state.last_sequence))
    }

    /// Publishes something that is kept, once: a second message of the same id is dropped. Returns its
    /// number in the stream.
    ///
    /// # Errors
    /// When the broker has not said that it keeps it.
    pub(super) async fn publish(
        &self,
        subject: String,
        id: String,
        message: bytes::Bytes,
    ) -> Result<u64, BrokerError> {
        let message = jetstream::message::PublishMessage::build().payload(message).message_id(id);
        self.acknowledged(subject, message).await
    }

    /// Publishes something that is kept, in the place of what the subject had. Returns its number in the stream.
    ///
    /// # Errors
    /// When the broker has not said that it keeps it.
    pub(super) async fn keep(&self, subject: String, message: bytes::Bytes) -> Result<u64, BrokerError> {
        let message = jetstream::message::PublishMessage::build().payload(message);
        self.acknowledged(subject, message).await
    }

    /// As [`Self::keep`], where what the subject has is of this number, 0 where it has nothing; none where something else is there by now.
    ///
    /// # Errors
    /// When the broker has not said that it keeps it.
    pub(super) async fn keep_behind(
        &self,
        subject: String,
        message: bytes::Bytes,
        last: u64,
    ) -> Result<Option<u64>, BrokerError> {
        let message = jetstream::message::PublishMessage::build().payload(message);
        let message = message.expected_last_subject_sequence(last);
        let sent = self.jetstream.send_publish(subject, message).await;
        match sent.map_err(|why| BrokerError::of("take a message")(why.into()))?.await {
            Ok(kept) => Ok(Some(kept.sequence)),
            Err(why) if why.kind() == PublishErrorKind::WrongLastSequence => Ok(None),
            Err(why) => Err(BrokerError::of("keep a message")(why.into())),
        }
    }

    async fn acknowledged(
        &self,
        subject: String,
        message: jetstream::message::PublishMessage,
    ) -> Result<u64, BrokerError> {
        let sent = self.jetstream.send_publish(subject, message).await;
        let kept = sent.map_err(|why| BrokerError::of("take a message")(why.into()))?.await;
        Ok(kept.map_err(|why| BrokerError::of("keep a message")(why.into()))?.sequence)
    }

    /// What a stream has under this number.
    ///
    /// # Errors
    /// When the broker does not tell.
    pub(super) async fn kept(
        &self,
        stream: &str,
        sequence: u64,
    ) -> Result<Option<bytes::Bytes>, BrokerError> {
        let found = self.jetstream.get_stream_no_info(stream).await;
        let found = found.map_err(|why| BrokerError::of("open a stream")(why.into()))?;
        match found.get_raw_message(sequence).await {
            Ok(message) => Ok(Some(message.payload)),
            Err(why) if why.kind() == RawMessageErrorKind::NoMessageFound => Ok(None),
            Err(why) => Err(BrokerError::of("look for a message")(why.into())),
        }
    }

    /// The last that a stream has of a subject, with its number.
    ///
    /// # Errors
    /// When the broker does not tell.
    pub(super) async fn last(
        &self,
        stream: &str,
        subject: &str,
    ) -> Result<Option<(u64, bytes::Bytes)>, BrokerError> {
        let found = self.jetstream.get_stream_no_info(stream).await;
        let found = found.map_err(|why| BrokerError::of("open a stream")(why.into()))?;
        match found.get_last_raw_message_by_subject(subject).await {
            Ok(message) => Ok(Some((message.sequence, message.payload))),
            Err(why) if why.kind() == RawMessageErrorKind::NoMessageFound => Ok(None),
            Err(why) => Err(BrokerError::of("look for a message")(why.into())),
        }
    }

    /// Removes a message of a stream.
    ///
    /// # Errors
    /// When the broker does not.
    pub(super) async fn remove(&self, stream: &str, sequence: u64) -> Result<(), BrokerError> {
        let found = self.jetstream.get_stream_no_info(stream).await;
        let found = found.map_err(|why| BrokerError::of("open a stream")(why.into()))?;
        let removed = found.delete_message(sequence).await;
        removed.map(drop).map_err(|why| BrokerError::of("remove a message")(why.into()))
    }

    /// Removes what a stream has of a subject.
    ///
    /// # Errors
    /// When the broker does not.
    pub(super) async fn empty_of(&self, stream: &str, subject: String) -> Result<(), BrokerError> {
        let found = self.jetstream.get_stream_no_info(stream).await;
        let found = found.map_err(|why| BrokerError::of("open a stream")(why.into()))?;
        let emptied = found.purge().filter(subject).await;
        emptied.map(drop).map_err(|why| BrokerError::of("empty a stream")(why.into()))
    }

    /// Removes all messages of a stream.
    ///
    /// # Errors
    /// When the broker does not.
    pub(super) async fn empty(&self, stream: &str) -> Result<(), BrokerError> {
        let found = self.jetstream.get_stream_no_info(stream).await;
        let found = found.map_err(|why| BrokerError::of("open a stream")(why.into()))?;
        let emptied = found.purge().await;
        emptied.map(drop).map_err(|why| BrokerError::of("empty a stream")(why.into()))
    }
}

/// Somebody who takes from a stream.
pub(super) type Puller = jetstream::consumer::Consumer<pull::Config>;

/// Before it is tried again to reach the broker: not at one moment by thousands of nodes, since a broker that was started anew has to shake
/// hands with each.
fn pause(attempts: usize) -> Duration {
    let attempts = u32::try_from(attempts.min(6)).unwrap_or(6);
    let longest = Duration::from_millis(20) * 2_u32.pow(attempts);
    let random = u32::try_from(Uuid::new_v4().as_u128() % 1024).unwrap_or(0);
    longest / 2 + longest / 2048 * random
}

/// `refused` is of what the broker refuses: somebody may ask for it again and again.
fn told(event: &Event, refused: &Seldom) {
    match event {
        Event::Connected => tracing::info!("Connected to the broker"),
        Event::Disconnected => tracing::warn!("The broker is away"),
        Event::ClientError(why) => tracing::warn!("The broker cannot be reached: {why}"),
        Event::ServerError(why) if refused.is_time() => {
            tracing::error!("The broker refused something: {why}");
        }
        other => tracing::debug!("The broker's connection: {other}"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn those_that_a_broker_has_lost_do_not_come_back_at_one_moment() {
        let pauses: BTreeSet<Duration> = (0..64).map(|_| pause(9)).collect();
        let [least, most] = [640, 1280].map(Duration::from_millis);
        assert!(pauses.iter().all(|pause| (least..=most).contains(pause)), "{pauses:?}");
        assert!(pauses.len() > 16, "{pauses:?}");
        assert!(pause(0) <= Duration::from_millis(20));
    }
}
