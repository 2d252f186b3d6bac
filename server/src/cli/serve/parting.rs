//! How long a stop may wait for what runs, whoever runs it.

use std::sync::OnceLock;
use std::time::Duration;

use tokio::time::Instant;

/// Time that several may wait, one after the other, and in all no longer than one.
#[derive(Debug)]
pub(super) struct Parting {
    whole: Duration,
    begun: OnceLock<Instant>,
}

impl Parting {
    /// Of so much time, which nobody waits yet.
    pub(super) fn new(whole: Duration) -> Self {
        Self { whole, begun: OnceLock::new() }
    }

    /// It runs from now on.
    pub(super) fn begin(&self) {
        self.begun.get_or_init(Instant::now);
    }

    /// What is left of it; all where it has not begun.
    pub(super) fn left(&self) -> Duration {
        let passed = self.begun.get().map_or(Duration::ZERO, Instant::elapsed);
        self.whole.saturating_sub(passed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::queue::CANCEL_PATIENCE;
    use crate::{grpc, http, sandbox};

    #[tokio::test(start_paused = true)]
    async fn who_waits_after_another_has_what_that_one_has_left() {
        let parting = Parting::new(Duration::from_secs(30));
        tokio::time::advance(Duration::from_secs(100)).await;
        assert_eq!(parting.left(), Duration::from_secs(30));
        parting.begin();
        tokio::time::advance(Duration::from_secs(12)).await;
        parting.begin();
        assert_eq!(parting.left(), Duration::from_secs(18));
        tokio::time::advance(Duration::from_secs(100)).await;
        assert_eq!(parting.left(), Duration::ZERO);
    }

    /// Docker kills what has not stopped by then.
    #[test]
    fn a_stop_ends_before_the_patience_of_compose_does() {
        let compose = std::fs::read_to_string("../compose.yaml").unwrap();
        let (_, patience) = compose.split_once("${GAVEL_STOP_PATIENCE:-").unwrap();
        let (seconds, _) = patience.split_once("s}").unwrap();
        let patience = Duration::from_secs(seconds.parse().unwrap());
        let answers = Duration::from_secs(http::PARTING).max(grpc::PARTING);
        let longest = Config::default().queue.drain + CANCEL_PATIENCE + answers + sandbox::CLOSE;
        assert!(longest + Duration::from_secs(5) <= patience, "{longest:?} of {patience:?}");
    }
}
