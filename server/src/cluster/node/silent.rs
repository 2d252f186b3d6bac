//! Coordinators that do not answer, as one whose machine stands still. The broker has their tasks nevertheless, and hands them out again
//! and again: to ask for each whether it is still wanted would take the sandboxes from coordinators that do answer.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::MOST_COORDINATORS;

/// One that has not answered for so long, whatever it was asked, does not: a busy one is late now and then.
const SILENT_AFTER: Duration = Duration::from_secs(10);
/// How often one is asked that does not answer.
const ASKED_EVERY: Duration = Duration::from_secs(5);

/// Those that have not answered when they were last asked.
#[derive(Debug, Default)]
pub(super) struct Silent(Mutex<HashMap<String, Unanswered>>);

#[derive(Debug)]
struct Unanswered {
    since: Instant,
    asked: Instant,
}

impl Silent {
    /// It answers, as far as is known, or is to be asked once more.
    pub(super) fn may_be_asked(&self, coordinator: &str, now: Instant) -> bool {
        let mut silent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(Unanswered { since, asked }) = silent.get_mut(coordinator) else { return true };
        let is_past = |when: Instant, span| now.saturating_duration_since(when) >= span;
        if is_past(*asked, SILENT_AFTER + ASKED_EVERY) {
            // It had nothing to be asked about, and may have been there all the time.
            *since = now;
        }
        let is_time = !is_past(*since, SILENT_AFTER) || is_past(*asked, ASKED_EVERY);
        if is_time {
            *asked = now;
        }
        is_time
    }

    /// It has answered.
    pub(super) fn answers(&self, coordinator: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(coordinator);
    }

    /// It has not, by now.
    pub(super) fn does_not_answer(&self, coordinator: &str, now: Instant) {
        let mut silent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if silent.len() < MOST_COORDINATORS && !silent.contains_key(coordinator) {
            silent.insert(coordinator.to_owned(), Unanswered { since: now, asked: now });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_does_not_answer_is_asked_now_and_then_and_keeps_no_other_waiting() {
        let (silent, began) = (Silent::default(), Instant::now());
        let asked = |after: Duration| silent.may_be_asked("frozen", began + after);
        assert!(asked(Duration::ZERO) && asked(Duration::ZERO), "it answers, as far as is known");
        silent.does_not_answer("frozen", began);
        let moment = Duration::from_secs(1);
        assert!(asked(SILENT_AFTER - moment) && asked(SILENT_AFTER - moment), "it may be busy");
        silent.does_not_answer("frozen", began + SILENT_AFTER);
        assert!(!asked(SILENT_AFTER) && silent.may_be_asked("other", began + SILENT_AFTER));
        assert!(asked(SILENT_AFTER + ASKED_EVERY), "it may be back");
        assert!(!asked(SILENT_AFTER + ASKED_EVERY + moment), "it is being asked");
        let later = SILENT_AFTER * 100;
        assert!(asked(later) && asked(later + moment), "it was not asked for long");
        silent.answers("frozen");
        assert!(asked(later + 2 * SILENT_AFTER) && asked(later + 2 * SILENT_AFTER), "it has answered");
        for number in 0..2 * MOST_COORDINATORS {
            silent.does_not_answer(&number.to_string(), began);
        }
        assert_eq!(silent.0.lock().unwrap().len(), MOST_COORDINATORS, "no more are known");
    }
}
