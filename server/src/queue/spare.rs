//! Time that those who wait for a judgement have no use for: what nobody waits for is judged then.

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::{Queue, Shared, USERS};
use crate::judge::Courtesy;

/// A queue that is never idle lets one through so often, so that it comes to an end some time.
const AT_LEAST_EVERY: Duration = Duration::from_secs(5);
/// And a test of that so often.
const TEST_EVERY: Duration = Duration::from_secs(2);

/// The right to judge something behind all that waits and runs, until it is dropped.
#[derive(Debug)]
pub struct Spare(Arc<Shared>);

impl Queue {
    /// Waits for spare time: until nothing waits or runs, and less is judged behind that than there are sandboxes. None
    /// where the server is stopping.
    pub async fn spare(&self) -> Option<Spare> {
        let shared = &self.shared;
        loop {
            // Listens before it looks.
            let mut idle = pin!(shared.idle.notified());
            idle.as_mut().enable();
            if shared.closing.is_cancelled() {
                return None;
            }
            if shared.take_spare(Instant::now()) {
                return Some(Spare(Arc::clone(shared)));
            }
            tokio::select! {
                () = idle => {}
                () = tokio::time::sleep(AT_LEAST_EVERY) => {}
                () = shared.closing.cancelled() => return None,
            }
        }
    }
}

impl Shared {
    fn take_spare(&self, now: Instant) -> bool {
        let mut state = self.state();
        let most = (state.workers / USERS).max(1);
        let waited = state.last_behind.is_none_or(|last| now.duration_since(last) >= AT_LEAST_EVERY);
        let may = if state.is_idle() { state.behind < most } else { state.behind == 0 && waited };
        if may {
            state.behind += 1;
            state.last_behind = Some(now);
        }
        may
    }

    async fn idle(&self) {
        let mut idle = pin!(self.idle.notified());
        idle.as_mut().enable();
        if !self.state().is_idle() {
            idle.await;
        }
    }
}

impl Courtesy for Spare {
    fn wait(&self) -> BoxFuture<'_, ()> {
        async move { drop(tokio::time::timeout(TEST_EVERY, self.0.idle()).await) }.boxed()
    }
}

impl Drop for Spare {
    fn drop(&mut self) {
        self.0.state().behind -= 1;
        self.0.idle.notify_waiters();
    }
}
