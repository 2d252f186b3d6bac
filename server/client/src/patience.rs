//! How often, and for how long, something is asked for again. Most of what we ask for may be asked for twice.

use std::time::Duration;

/// What is left of our patience with one request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    tries: u32,
    time: Duration,
    outlives_outage: bool,
    /// Where it is not known whether it was done, it is asked for again.
    repeats: bool,
}

/// What came of one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attempt {
    /// 429 or 503, which names a time to come again.
    Busy {
        /// `Retry-After`.
        again: Duration,
    },
    /// Nobody takes the connection, or a proxy in front says that nobody is behind it.
    NoServer,
    /// It broke while request or answer were under way, or a proxy in front did not wait for the answer.
    Interrupted,
}

/// A break before a connection is tried again.
const PAUSE: Duration = Duration::from_millis(500);

impl Patience {
    /// With a first request: a server that is busy is waited for, one that is not there is told at once.
    pub(crate) const USUAL: Self =
        Self { tries: 5, time: Duration::from_secs(120), outlives_outage: false, repeats: true };
    /// As that, with what would be done twice: a server that is busy has not done it, and may be asked again.
    pub(crate) const UNREPEATED: Self = Self { repeats: false, ..Self::USUAL };
    /// With a submission that has been accepted: the server may be started anew meanwhile.
    pub(crate) const LONG: Self =
        Self { tries: 120, time: Duration::from_secs(60), outlives_outage: true, repeats: true };
    /// With what is not asked for a second time.
    pub(crate) const ONCE: Self =
        Self { tries: 0, time: Duration::ZERO, outlives_outage: false, repeats: false };
    /// At the end, when somebody waits for us to go.
    pub(crate) const SHORT: Self =
        Self { tries: 1, time: Duration::from_secs(2), outlives_outage: false, repeats: true };

    /// How long to wait before the next attempt; none: it was the last one.
    pub(crate) fn after(&mut self, attempt: Attempt) -> Option<Duration> {
        let pause = match attempt {
            Attempt::Busy { again } => again,
            Attempt::NoServer if !self.outlives_outage => return None,
            Attempt::Interrupted if !self.repeats => return None,
            Attempt::NoServer | Attempt::Interrupted => PAUSE,
        };
        self.tries = self.tries.checked_sub(1)?;
        self.time = self.time.checked_sub(pause)?;
        Some(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(mut patience: Patience, attempt: Attempt) -> Vec<Duration> {
        std::iter::from_fn(|| patience.after(attempt)).collect()
    }

    #[test]
    fn tries_have_a_bound() {
        let busy = |seconds| Attempt::Busy { again: Duration::from_secs(seconds) };
        assert_eq!(all(Patience::USUAL, busy(0)).len(), 5);
        assert_eq!(all(Patience::USUAL, Attempt::Interrupted), [PAUSE; 5]);
        assert_eq!(all(Patience::LONG, Attempt::NoServer).len(), 120);
    }

    #[test]
    fn time_has_a_bound() {
        let busy = |seconds| Attempt::Busy { again: Duration::from_secs(seconds) };
        assert_eq!(all(Patience::USUAL, busy(50)).len(), 2);
        assert_eq!(all(Patience::USUAL, busy(121)).len(), 0);
        assert_eq!(all(Patience::LONG, busy(u64::MAX)).len(), 0);
    }

    #[test]
    fn a_server_that_is_not_there_is_told_at_once() {
        assert_eq!(all(Patience::USUAL, Attempt::NoServer).len(), 0);
    }

    #[test]
    fn what_would_be_done_twice_is_asked_for_again_by_who_was_refused_alone() {
        let busy = Attempt::Busy { again: Duration::from_secs(1) };
        assert_eq!(all(Patience::UNREPEATED, busy).len(), 5);
        assert_eq!(all(Patience::UNREPEATED, Attempt::Interrupted).len(), 0);
    }
}
