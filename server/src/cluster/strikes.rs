//! Strikes of users, as coordinators of one broker tell each other of them: each keeps its own count, by what has happened at all of
//! them.
//!
//! What happens is noted in the transaction that stores its judgement, and published from there, at least once and in its order, under
//! a number. Whoever hears it stores what follows from it together with that number, and drops what comes again. So nothing is
//! read from the broker to be changed and written back, and nothing counts twice, whoever dies in between.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream;
use chrono::Utc;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::broker::{Broker, BrokerError};
use super::names;
use super::pulls::Pulls;
use crate::store::{Heard, Store, StoreError, Untold};
use crate::throttle::{News, Throttle, Turn};

/// Before something is tried again.
const PAUSE: Duration = Duration::from_secs(1);
/// What is not told by then is looked for again, whether anybody has said that there is something.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Read from the store at one time.
const TOGETHER: u32 = 64;
/// Asked of the broker at one time.
const AT_ONCE: usize = 256;

/// The exchange of strikes with other coordinators. Copies are of the same one.
#[derive(Debug, Clone)]
pub struct SharedStrikes {
    broker: Broker,
    name: String,
    /// Held while something is told: what was read of a user is with the broker, or is not told, when the user's data have gone.
    telling: Arc<Mutex<()>>,
}

/// What one coordinator tells.
#[derive(Debug, Serialize, Deserialize)]
struct Message {
    protocol: u32,
    /// The start of the server that it is of.
    epoch: String,
    /// Its number there.
    number: u64,
    news: News,
}

/// Another form of message would have another number.
const PROTOCOL: u32 = 1;
/// Longest name of a start.
const LONGEST_EPOCH: usize = 64;

/// Why nothing is exchanged at the moment.
#[derive(Debug, thiserror::Error)]
enum NotShared {
    #[error(transparent)]
    Broker(#[from] BrokerError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("what is to be told cannot be written")]
    Written(#[from] serde_json::Error),
}

impl Message {
    /// What was noted, as it is told.
    fn of(Untold { epoch, number, news }: Untold) -> serde_json::Result<Self> {
        Ok(Self { protocol: PROTOCOL, epoch, number, news: serde_json::from_str(&news)? })
    }

    /// As it was told; none where no coordinator tells such.
    fn read(payload: &[u8]) -> Option<Self> {
        let told: Self = serde_json::from_slice(payload).ok()?;
        let is_possible = told.protocol == PROTOCOL && told.epoch.len() <= LONGEST_EPOCH && told.number > 0;
        (is_possible && told.news.is_possible()).then_some(told)
    }
}

impl SharedStrikes {
    /// With the others at this broker, to whom we are known by this name.
    pub fn new(broker: Broker, name: String) -> Self {
        Self { broker, name, telling: Arc::default() }
    }

    /// Tells the others what is noted in the store; never ends.
    pub async fn tell(self, store: Store) {
        loop {
            let pause = match self.tell_all(&store).await {
                Ok(()) => LOOK_EVERY,
                Err(why) => {
                    tracing::warn!("Strikes are not told yet: {}", crate::telemetry::chain(&why));
                    PAUSE
                }
            };
            drop(tokio::time::timeout(pause, store.strikes_to_tell()).await);
        }
    }

    async fn tell_all(&self, store: &Store) -> Result<(), NotShared> {
        loop {
            let _telling = self.telling.lock().await;
            let untold = store.untold_strikes(TOGETHER).await?;
            let Some(last) = untold.last().map(|untold| untold.number) else { return Ok(()) };
            for untold in untold {
                let message = Message::of(untold)?;
                let id = format!("{}/{}", message.epoch, message.number);
                let message = serde_json::to_vec(&message)?;
                // Each before the next: whoever hears a later one has heard all before it.
                self.broker.publish(names::strikes(&self.name), id, message.into()).await?;
            }
            store.told_strikes(last).await?;
        }
    }

    /// Counts what others have told; never ends.
    pub async fn hear(self, store: Store, throttle: Arc<Throttle>) {
        loop {
            if let Err(why) = self.hear_all(&store, &throttle).await {
                tracing::debug!("Strikes are not heard: {}", crate::telemetry::chain(&why));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Counts what comes until the connection is another, or the broker does not serve.
    async fn hear_all(&self, store: &Store, throttle: &Throttle) -> Result<(), NotShared> {
        let connections = self.broker.connections();
        let connection = *connections.borrow();
        let (stream, last) = self.broker.found(names::STRIKES).await?;
        // One that ends before that has lost the rest, as in a power cut, and goes on from there.
        let read = Some(store.read_strikes(&stream).await?).filter(|read| *read <= last).unwrap_or(0);
        let pulls = Pulls::new(&self.broker, self.broker.read(names::STRIKES, read + 1).await?);
        while let Some(mut pull) = pulls.pull(AT_ONCE).await {
            while let Some(message) = pull.next().await {
                self.heard(&message, &stream, (store, throttle)).await?;
            }
            if pull.is_broken() || *connections.borrow() != connection {
                break;
            }
        }
        Ok(())
    }

    /// Counts what a message tells, once.
    async fn heard(
        &self,
        message: &jetstream::Message,
        stream: &str,
        (store, throttle): (&Store, &Throttle),
    ) -> Result<(), NotShared> {
        let info = message.info().map_err(BrokerError::of("tell what it has sent"))?;
        let Some(Message { epoch, number, news, .. }) = Message::read(&message.payload) else {
            tracing::error!("A strike makes no sense, and does not count");
            return Ok(());
        };
        let heard = Heard { epoch, number, stream: stream.to_owned(), sequence: info.stream_sequence };
        count(heard, news, store, throttle).await?;
        Ok(())
    }

    /// Removes what this coordinator has told. What others have of it they have counted, or do not any more.
    ///
    /// # Errors
    /// When the broker does not.
    pub(super) async fn forget(&self) -> Result<(), BrokerError> {
        let _telling = self.telling.lock().await;
        self.broker.empty_of(names::STRIKES, names::strikes(&self.name)).await
    }
}

/// Counts what was heard, unless it counts already: it comes twice where somebody died at the wrong moment, and what this coordinator
/// has told comes back.
async fn count(heard: Heard, news: News, store: &Store, throttle: &Throttle) -> Result<(), StoreError> {
    let is_new = store.heard_strikes(&heard.epoch).await? < heard.number;
    let turn = if is_new { throttle.hear(news, Utc::now()).await } else { None };
    store.hear_strike(heard, turn.as_ref().map(Turn::struck)).await?;
    turn.into_iter().for_each(Turn::take_over);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::config::Config;
    use crate::judge::Verdict;
    use crate::throttle::Happened;

    /// A coordinator as far as strikes go.
    struct Coordinator {
        store: Store,
        throttle: Throttle,
        directory: tempfile::TempDir,
    }

    impl Coordinator {
        async fn start() -> Self {
            Self::at(tempfile::tempdir().unwrap()).await
        }

        async fn at(directory: tempfile::TempDir) -> Self {
            let path = directory.path();
            let store = Store::open(&path.join("gavel.sqlite"), &path.join("blobs")).await.unwrap();
            let store = store.telling_strikes();
            let throttle = Throttle::new(Config::default().throttle, store.strikes().await.unwrap());
            Self { store, throttle, directory }
        }

        async fn restarted(self) -> Self {
            Self::at(self.directory).await
        }

        /// A submission of somebody runs out of time here.
        async fn strike(&self, user: &str) {
            let turn = self.throttle.count(user, Verdict::TimeLimitExceeded, Utc::now()).await.unwrap();
            self.store.strike(turn.struck()).await.unwrap();
            turn.take_over();
        }

        /// What it has to tell, as the broker would have it.
        async fn told(&self) -> Vec<Message> {
            let untold = self.store.untold_strikes(TOGETHER).await.unwrap();
            untold.into_iter().map(|untold| Message::of(untold).unwrap()).collect()
        }

        async fn hears(&self, told: &[Message]) {
            for (Message { epoch, number, news, .. }, sequence) in told.iter().zip(1..) {
                let heard = Heard { epoch: epoch.clone(), number: *number, stream: "s".into(), sequence };
                count(heard, news.clone(), &self.store, &self.throttle).await.unwrap();
            }
        }

        fn strikes(&self, user: &str) -> u32 {
            self.throttle.of(user, Utc::now()).in_a_row
        }
    }

    #[tokio::test]
    async fn strikes_at_one_coordinator_count_at_another_once_also_after_a_restart() {
        let (here, there) = (Coordinator::start().await, Coordinator::start().await);
        for _ in 0..3 {
            here.strike("alice").await;
        }
        let told = here.told().await;
        // What comes again, and what comes back, counts already.
        for _ in 0..2 {
            there.hears(&told).await;
            here.hears(&told).await;
        }
        there.strike("alice").await;
        assert_eq!([here.strikes("alice"), there.strikes("alice")], [3, 4]);
        let there = there.restarted().await;
        assert_eq!((there.strikes("alice"), there.store.read_strikes("s").await.unwrap()), (4, 3));
        there.hears(&told).await;
        assert_eq!(there.strikes("alice"), 4);
        // What it had noted and not told is there still, behind a number of its earlier start.
        there.strike("alice").await;
        assert!(there.throttle.of("alice", Utc::now()).remaining(Utc::now()).is_some(), "five in a row");
        let told = there.told().await;
        assert!(told.len() == 2 && told[0].epoch != told[1].epoch && told[0].number < told[1].number);
        here.hears(&told).await;
        assert!(here.throttle.of("alice", Utc::now()).remaining(Utc::now()).is_some());
    }

    #[tokio::test]
    async fn what_was_told_is_told_no_more_and_numbers_are_not_used_again() {
        let here = Coordinator::start().await;
        here.strike("alice").await;
        let first = here.told().await.remove(0).number;
        here.store.told_strikes(first).await.unwrap();
        assert!(here.told().await.is_empty());
        here.strike("alice").await;
        assert_eq!(here.told().await.remove(0).number, first + 1);
    }

    #[tokio::test]
    async fn what_a_coordinator_has_lost_it_hears_again_from_the_broker() {
        let (before, now) = (Coordinator::start().await, Coordinator::start().await);
        before.strike("alice").await;
        now.hears(&before.told().await).await;
        assert_eq!(now.strikes("alice"), 1, "its database is another than that of its earlier start");
    }

    #[tokio::test]
    async fn who_shares_with_nobody_notes_nothing_to_be_told() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        let store = Store::open(&path.join("gavel.sqlite"), &path.join("blobs")).await.unwrap();
        let throttle = Throttle::new(Config::default().throttle, HashMap::new());
        let turn = throttle.count("alice", Verdict::TimeLimitExceeded, Utc::now()).await.unwrap();
        store.strike(turn.struck()).await.unwrap();
        assert_eq!(store.strikes().await.unwrap().len(), 1);
        assert!(store.untold_strikes(TOGETHER).await.unwrap().is_empty());
    }

    #[test]
    fn what_no_coordinator_tells_is_not_read() {
        let told = |protocol, epoch: &str, number, person: &str| {
            let news = News { person: person.to_owned(), what: Happened::TimedOut, at: Utc::now() };
            let message = Message { protocol, epoch: epoch.to_owned(), number, news };
            Message::read(&serde_json::to_vec(&message).unwrap()).is_some()
        };
        assert!(told(PROTOCOL, "e", 1, "alice"));
        assert!(!told(PROTOCOL + 1, "e", 1, "alice") && !told(PROTOCOL, "e", 0, "alice"));
        assert!(!told(PROTOCOL, &"e".repeat(65), 1, "alice") && !told(PROTOCOL, "e", 1, ""));
        assert!(!told(PROTOCOL, "e", 1, &"a".repeat(1025)) && Message::read(b"rubbish").is_none());
    }
}
