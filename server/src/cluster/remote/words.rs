//! What coordinators of one broker tell each other: the last word on each node, and how much work they have.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_nats::jetstream;
use futures_util::StreamExt as _;

use super::Shared;
use super::service::{prepare, subscribed};
use crate::cluster::broker::BrokerError;
use crate::cluster::names;
use crate::cluster::peers;
use crate::cluster::pulls::Pulls;
use crate::cluster::words::Word;

/// Before something is tried again.
const PAUSE: Duration = Duration::from_secs(1);
/// Words that are read at one time.
const AT_ONCE: usize = 256;

/// Hears what is said of nodes, here or elsewhere, and what was said before, for ever.
pub(super) async fn hear(shared: Arc<Shared>) {
    loop {
        prepare(&shared).await;
        if let Err(why) = shared.hear_words().await {
            tracing::debug!("What is said of nodes is not heard: {}", crate::telemetry::chain(&why));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Tells others, for ever, how much work there is, while there is some.
pub(super) async fn tell_busy(shared: Arc<Shared>) {
    let subject = names::busy(&shared.name);
    loop {
        tokio::time::sleep(peers::EVERY).await;
        let wants = shared.wants();
        if wants > 0
            && let Err(why) = shared.broker.client().publish(subject.clone(), wants.to_string().into()).await
        {
            tracing::debug!("Others are not told that there is work: {why}");
        }
    }
}

/// Hears of others that have work, for ever.
pub(super) async fn hear_busy(shared: Arc<Shared>) {
    let mut heard = subscribed(&shared, names::busy("*")).await;
    while let Some(message) = heard.next().await {
        let is_said = !names::is_handed_out(&message);
        let other = names::sender(&message.subject).filter(|name| is_said && *name != shared.name);
        let wants = serde_json::from_slice::<u32>(&message.payload).ok();
        if let Some((name, wants)) = other.zip(wants) {
            shared.peers.heard(name, usize::try_from(wants).unwrap_or(usize::MAX), Instant::now());
        }
    }
}

impl Shared {
    /// So many tasks would be out if there were no others: those that are, and no end of them while something waits that a node can do.
    pub(super) fn wants(&self) -> u32 {
        let state = self.state();
        let out = u32::try_from(state.desk.len()).unwrap_or(u32::MAX);
        if state.line.has(|needs| self.nodes.can(needs)) { u32::MAX } else { out }
    }

    /// Hears words until the connection is another, or the broker does not serve. It has one of each node, the last.
    async fn hear_words(self: &Arc<Self>) -> Result<(), BrokerError> {
        let connections = self.broker.connections();
        let connection = *connections.borrow();
        let (stream, last) = self.broker.found(names::WORDS).await?;
        self.nodes.begin_words(&stream);
        let pulls = Pulls::new(&self.broker, self.broker.read(names::WORDS, 1).await?);
        let mut are_read = last == 0;
        if are_read {
            self.restore_words().await?;
        }
        while let Some(mut pull) = pulls.pull(AT_ONCE).await {
            while let Some(message) = pull.next().await {
                let number = self.heard_word(&message);
                if !are_read && number.is_some_and(|number| number >= last) {
                    are_read = true;
                    self.restore_words().await?;
                }
            }
            if pull.is_broken() || *connections.borrow() != connection {
                break;
            }
        }
        Ok(())
    }

    /// A word has come. Its number at the broker, where it has one.
    fn heard_word(self: &Arc<Self>, message: &jetstream::Message) -> Option<u64> {
        let said = names::sender(&message.subject).zip(Word::read(&message.payload));
        let number = message.info().ok().map(|info| info.stream_sequence);
        match said.zip(number) {
            Some(((node, word), number)) => {
                self.nodes.hear_word(node, number, word);
                self.remind(node);
                self.moved.notify_one();
            }
            None => tracing::error!("A word on a node makes no sense: {}", message.subject),
        }
        number
    }

    /// Says again what the broker has lost of words, with its disk or in a power cut.
    async fn restore_words(&self) -> Result<(), BrokerError> {
        for (node, word, last) in self.nodes.lost_words() {
            let message = match word.written() {
                Ok(message) => bytes::Bytes::from(message),
                Err(why) => {
                    tracing::error!(node, "A word on a node cannot be written: {why}");
                    continue;
                }
            };
            let _one = self.keeping.lock().await;
            // Where something else is there by now, another has said it, or something since.
            if self.broker.keep_behind(names::word(&node), message, last).await?.is_some() {
                tracing::warn!(node, "The broker has lost whether a node is drained: it is told again");
            }
        }
        Ok(())
    }

    /// Says the last word on a node, here at once, and to others by way of the broker.
    pub(super) fn say(self: &Arc<Self>, node: &str, word: Word) {
        self.nodes.say(node, word.clone());
        self.remind(node);
        let (this, node) = (Arc::clone(self), node.to_owned());
        tokio::spawn(async move { this.keep(&node, &word).await });
    }

    /// Has the broker keep a word, for as long as it is the last of ours.
    async fn keep(self: &Arc<Self>, node: &str, word: &Word) {
        let message = match word.written() {
            Ok(message) => bytes::Bytes::from(message),
            Err(why) => return tracing::error!(node, "A word on a node cannot be written: {why}"),
        };
        let mut is_again = false;
        loop {
            match self.keep_once(node, word, message.clone(), is_again).await {
                Ok(()) => return,
                Err(why) => tracing::warn!(
                    node,
                    "Others do not know yet whether it is drained: {}",
                    crate::telemetry::chain(&why)
                ),
            }
            tokio::time::sleep(PAUSE).await;
            is_again = true;
        }
    }

    /// Tells the broker a word, where it is still to have it. One after the other: of two on a node it has the later one last.
    async fn keep_once(
        self: &Arc<Self>,
        node: &str,
        word: &Word,
        message: bytes::Bytes,
        is_again: bool,
    ) -> Result<(), BrokerError> {
        let _one = self.keeping.lock().await;
        if self.nodes.is_unkept(node, word) {
            let number = if is_again {
                self.kept_again(node, word, message).await?
            } else {
                Some(self.broker.keep(names::word(node), message).await?)
            };
            if let Some(number) = number {
                self.nodes.kept(node, word, number);
            }
            // Another server may have said something else behind it.
            self.remind(node);
        }
        Ok(())
    }

    /// Tells the broker a word once more, where it does not have it: it may, and not have been heard to say so. Then what others have said
    /// behind it is not to be undone. The number that it has there; none where there is nothing to be told any more.
    async fn kept_again(
        &self,
        node: &str,
        word: &Word,
        message: bytes::Bytes,
    ) -> Result<Option<u64>, BrokerError> {
        let subject = names::word(node);
        loop {
            let there = self.broker.last(names::WORDS, &subject).await?;
            let there = there.map(|(number, said)| (number, Word::read(&said)));
            let Some(last) = self.nodes.place_of(node, word, there) else { return Ok(None) };
            let kept = self.broker.keep_behind(subject.clone(), message.clone(), last).await?;
            if kept.is_some() {
                return Ok(kept);
            }
        }
    }
}
