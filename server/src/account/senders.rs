//! Who sends what is held for requests. One sender may have all that there is, as long as nobody else lacks room: behind a
//! proxy all come from one address. Once another has found none, each has a part at most for a while, so that who floods us
//! keeps nobody out.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::network::network;

/// For so long after somebody has found no room others leave some.
const REMEMBERED: Duration = Duration::from_secs(600);

/// What is held of something by each sender. Copies are of the same.
#[derive(Debug, Clone)]
pub(crate) struct Senders(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// All that there is.
    all: u64,
    /// The most of one, where another lacks room.
    part: u64,
    state: Mutex<State>,
    freed: Notify,
}

#[derive(Debug, Default)]
struct State {
    held: HashMap<IpAddr, u64>,
    /// The last two who found no room, and when.
    lacking: [Option<(IpAddr, Instant)>; 2],
}

impl State {
    fn note_lack(&mut self, sender: IpAddr) {
        let now = Some((sender, Instant::now()));
        if self.lacking[0].is_some_and(|(last, _)| last != sender) {
            self.lacking[1] = self.lacking[0];
        }
        self.lacking[0] = now;
    }

    fn others_lack(&self, sender: IpAddr) -> bool {
        self.lacking.iter().flatten().any(|(other, when)| *other != sender && when.elapsed() < REMEMBERED)
    }
}

impl Senders {
    /// Of so much, of which one has at most half where another lacks room.
    pub(crate) fn new(all: u64) -> Self {
        let part = (all / 2).max(1);
        Self(Arc::new(Shared { all, part, state: Mutex::default(), freed: Notify::new() }))
    }

    /// Nothing yet, of what this sender will have.
    pub(crate) fn part(&self, sender: IpAddr) -> Part {
        Part { senders: self.clone(), sender: network(sender), held: 0 }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one request of a sender has, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Part {
    senders: Senders,
    sender: IpAddr,
    held: u64,
}

impl Part {
    /// Has so much more, if the sender may.
    pub(crate) fn try_grow(&mut self, more: u64) -> bool {
        let mut state = self.senders.state();
        let has = state.held.get(&self.sender).copied().unwrap_or(0);
        let Shared { all, part, .. } = *self.senders.0;
        let most = if has + more > part && state.others_lack(self.sender) { part } else { all };
        if has + more > most {
            return false;
        }
        if more > 0 {
            state.held.insert(self.sender, has + more);
        }
        self.held += more;
        true
    }

    /// Has so much more as soon as the sender may, if that is before the deadline.
    pub(crate) async fn grow(&mut self, more: u64, deadline: Instant) -> bool {
        loop {
            let senders = self.senders.clone();
            let freed = senders.0.freed.notified();
            tokio::pin!(freed);
            freed.as_mut().enable();
            if self.try_grow(more) {
                return true;
            }
            if tokio::time::timeout_at(deadline, freed).await.is_err() {
                return false;
            }
        }
    }

    /// The sender has more than its part though another lacks room: it had all before.
    pub(crate) fn is_in_the_way(&self) -> bool {
        let state = self.senders.state();
        let has = state.held.get(&self.sender).copied().unwrap_or(0);
        has > self.senders.0.part && state.others_lack(self.sender)
    }

    /// There was no room: others leave some from now on.
    pub(crate) fn note_lack(&self) {
        self.senders.state().note_lack(self.sender);
    }

    /// Gives back what is more than this.
    pub(crate) fn shrink_to(&mut self, held: u64) {
        let surplus = self.held.saturating_sub(held);
        if surplus == 0 {
            return;
        }
        self.held -= surplus;
        let mut state = self.senders.state();
        let left = state.held.get(&self.sender).map_or(0, |has| has.saturating_sub(surplus));
        match left {
            0 => drop(state.held.remove(&self.sender)),
            left => drop(state.held.insert(self.sender, left)),
        }
        drop(state);
        self.senders.0.freed.notify_waiters();
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.shrink_to(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(last: u8) -> IpAddr {
        [10, 0, 0, last].into()
    }

    #[tokio::test(start_paused = true)]
    async fn one_has_all_until_another_lacks_room_and_again_when_that_is_long_ago() {
        let senders = Senders::new(8);
        let mut first = senders.part(sender(1));
        first.note_lack();
        assert!(first.try_grow(8), "its own want keeps nobody small");
        assert!(!first.try_grow(1));
        let mut other = senders.part(sender(2));
        other.note_lack();
        assert!(!senders.part(sender(1)).try_grow(1) && !first.try_grow(1));
        assert!(first.is_in_the_way() && !other.is_in_the_way());
        first.shrink_to(4);
        assert!(!first.is_in_the_way());
        first.shrink_to(3);
        assert!(first.try_grow(1) && !first.try_grow(1));
        assert!(other.try_grow(4) && !other.try_grow(1), "the first lacked room too");
        tokio::time::sleep(REMEMBERED).await;
        assert!(first.try_grow(4) && other.try_grow(4));
        drop((first, other));
        assert!(senders.state().held.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn who_may_not_have_more_waits_until_it_may_or_it_takes_too_long() {
        let senders = Senders::new(8);
        let (mut first, mut second) = (senders.part(sender(1)), senders.part(sender(1)));
        assert!(first.try_grow(6));
        senders.part(sender(2)).note_lack();
        let deadline = Instant::now() + Duration::from_secs(3);
        assert!(!second.grow(2, deadline).await);
        assert_eq!(Instant::now(), deadline);
        let waiting = tokio::spawn(async move { second.grow(2, deadline + Duration::from_secs(3)).await });
        tokio::time::sleep(Duration::from_secs(1)).await;
        first.shrink_to(2);
        assert!(waiting.await.unwrap());
    }
}
