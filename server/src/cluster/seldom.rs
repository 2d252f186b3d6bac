//! What others can provoke at will is told now and then: who sends nonsense again and again is not to fill the log.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// It is told of no more often than that.
const EVERY: Duration = Duration::from_secs(10);

/// When it was last told of.
#[derive(Debug, Default)]
pub(super) struct Seldom(Mutex<Option<Instant>>);

impl Seldom {
    /// It is time to tell of it again, which whoever asks then does.
    pub(super) fn is_time(&self) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_time = told.is_none_or(|told| told.elapsed() > EVERY);
        if is_time {
            *told = Some(Instant::now());
        }
        is_time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_once_and_then_not_for_a_time() {
        let seldom = Seldom::default();
        let told = (0..1000).filter(|_| seldom.is_time()).count();
        assert_eq!(told, 1);
        *seldom.0.lock().unwrap() = Instant::now().checked_sub(EVERY + Duration::from_millis(1));
        assert!(seldom.is_time() && !seldom.is_time());
    }
}
