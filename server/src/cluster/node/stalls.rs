//! Notices that this process stood still, as when its container is frozen or its machine sleeps: clocks went on meanwhile, and
//! what was measured by them says nothing of a program.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often it is looked.
const EVERY: Duration = Duration::from_millis(500);
/// Longer than it takes a busy machine to come round to us.
const STALL: Duration = Duration::from_secs(3);

/// When it last stood still.
#[derive(Debug)]
pub(super) struct Stalls(Mutex<Seen>);

#[derive(Debug)]
struct Seen {
    looked: Instant,
    stalled: Option<Instant>,
}

impl Default for Stalls {
    fn default() -> Self {
        Self(Mutex::new(Seen { looked: Instant::now(), stalled: None }))
    }
}

impl Stalls {
    /// Looks, for ever.
    pub(super) async fn watch(&self) {
        loop {
            self.look(Instant::now());
            tokio::time::sleep(EVERY).await;
        }
    }

    /// It has stood still at some time since then.
    pub(super) fn since(&self, begun: Instant) -> bool {
        self.look(Instant::now());
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.stalled.is_some_and(|stalled| stalled >= begun)
    }

    fn look(&self, now: Instant) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_duration_since(seen.looked) >= STALL {
            seen.stalled = Some(now);
        }
        seen.looked = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_measured_while_it_stood_still_is_known() {
        let (stalls, begun) = (Stalls::default(), Instant::now());
        assert!(!stalls.since(begun));
        let woken = Instant::now() + STALL;
        stalls.look(woken);
        assert!(stalls.since(begun));
        assert!(!stalls.since(woken + EVERY), "what begins afterwards is measured well");
        let (busy, begun) = (Stalls::default(), Instant::now());
        busy.look(begun + STALL / 2);
        assert!(!busy.since(begun));
    }
}
