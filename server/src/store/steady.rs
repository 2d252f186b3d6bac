//! Whether the clock goes on as time does. What it says of ages is not believed for a while after it was set forward by much: it may
//! be set back, and what was removed for its age does not come again.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// So much further, in milliseconds, the clock may be than time has passed, of which a host that slept knows less.
const LEAP: i64 = 60 * 60 * 1000;
/// So long it is not believed then.
const DOUBTED: Duration = Duration::from_secs(60 * 60);

/// The clock, as it was looked at last. Copies are of the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Steady(Arc<Mutex<Option<Looked>>>);

#[derive(Debug, Clone, Copy)]
struct Looked {
    clock: i64,
    at: Instant,
    doubted_until: Option<Instant>,
}

impl Steady {
    /// Takes note of what the clock says now, in milliseconds since 1970, and tells whether that is believed.
    pub(super) fn believes(&self, clock: i64, at: Instant) -> bool {
        let mut looked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let doubted_until = match *looked {
            Some(before) if before.is_leapt_from(clock, at) => {
                tracing::warn!(
                    "The clock was set forward by more than an hour: nothing goes for its age for an hour"
                );
                at.checked_add(DOUBTED)
            }
            Some(before) => before.doubted_until.filter(|until| at < *until),
            None => None,
        };
        *looked = Some(Looked { clock, at, doubted_until });
        doubted_until.is_none()
    }
}

impl Looked {
    fn is_leapt_from(self, clock: i64, at: Instant) -> bool {
        let passed = i64::try_from(at.saturating_duration_since(self.at).as_millis()).unwrap_or(i64::MAX);
        clock.saturating_sub(self.clock).saturating_sub(passed) > LEAP
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * LEAP;

    #[test]
    fn a_clock_that_was_set_forward_is_not_believed_for_an_hour() {
        let (steady, begun) = (Steady::default(), Instant::now());
        let after = |minutes: u64| begun + Duration::from_secs(60 * minutes);
        let clock = |minutes: i64| 1_800_000_000_000 + 60_000 * minutes;
        assert!(steady.believes(clock(0), begun), "nothing is known of what was before");
        assert!(steady.believes(clock(10), after(10)));
        assert!(steady.believes(clock(80), after(20)), "it is an hour ahead, and no more");
        assert!(!steady.believes(clock(90) + 40 * DAY, after(30)));
        assert!(!steady.believes(clock(100), after(40)), "it was set back");
        assert!(!steady.believes(clock(140), after(80)));
        assert!(steady.believes(clock(150), after(90)));
        assert!(steady.believes(clock(150) - DAY, after(91)), "what is younger than it was stays anyway");
    }
}
