//! How the broker stands, as operators and the readiness of a coordinator are told.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use gavel_protocol::Bytes;

use super::streams::Sizes;

/// What it did not take is tried again within seconds, for as long as anybody wants it. After so long nothing is known any more.
const REFUSED_FOR: Duration = Duration::from_secs(30);

/// The last that is known of it.
#[derive(Debug, Default)]
pub(super) struct Standing(Mutex<Last>);

#[derive(Debug, Default)]
struct Last {
    /// Why nothing can go over it.
    trouble: Option<String>,
    /// Why it took nothing, and when: its disk may be full, which is no reason for it to hang up.
    refused: Option<(String, Instant)>,
    /// What is less than it should be.
    note: Option<String>,
    /// What it keeps of what tasks are made of, once that is known.
    room: Option<Bytes>,
}

impl Standing {
    /// It has all that must be there, and streams of these sizes. What is to be told of them, where that is news.
    pub(super) fn note_sizes(&self, sizes: Sizes) -> Option<String> {
        let mut last = self.last();
        let note = sizes.note();
        let is_news = note != last.note;
        *last = Last { trouble: None, refused: None, note: note.clone(), room: Some(sizes.inputs()) };
        note.filter(|_| is_news)
    }

    /// It has not. True where that is news.
    pub(super) fn note_trouble(&self, why: &str) -> bool {
        let mut last = self.last();
        let trouble = format!("the broker is not prepared: {why}");
        let is_news = last.trouble.as_deref() != Some(&*trouble);
        last.trouble = Some(trouble);
        is_news
    }

    /// It does not take what it is sent, though it was sent again.
    pub(super) fn note_refused(&self, why: &str, now: Instant) {
        self.last().refused = Some((format!("the broker takes nothing: {why}"), now));
    }

    /// It has taken a task.
    pub(super) fn note_taken(&self) {
        self.last().refused = None;
    }

    /// Why nothing can go over it.
    pub(super) fn trouble(&self, now: Instant) -> Option<String> {
        let last = self.last();
        let is_fresh = |at: Instant| now.saturating_duration_since(at) < REFUSED_FOR;
        let refused = last.refused.as_ref().filter(|(_, at)| is_fresh(*at)).map(|(why, _)| why);
        last.trouble.as_ref().or(refused).cloned()
    }

    /// How much it keeps of what tasks are made of, as far as that is known.
    pub(super) fn room(&self) -> Option<Bytes> {
        self.last().room
    }

    /// What is less than it should be.
    pub(super) fn note(&self) -> Option<String> {
        self.last().note.clone()
    }

    fn last(&self) -> MutexGuard<'_, Last> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_news_once_and_forgotten_when_it_is_over() {
        let standing = Standing::default();
        assert!(standing.note_trouble("no room"));
        assert!(!standing.note_trouble("no room") && standing.note_trouble("no answer"));
        let trouble = || standing.trouble(Instant::now());
        assert_eq!(trouble().unwrap(), "the broker is not prepared: no answer");
        assert_eq!(standing.room(), None);
        assert_eq!(standing.note_sizes(Sizes::of(Bytes::mib(1024))), None);
        assert_eq!(standing.room(), Some(Bytes::mib(768)));
        assert_eq!((trouble(), standing.note()), (None, None));
    }

    #[test]
    fn a_broker_that_takes_nothing_is_in_trouble_until_it_takes_a_task() {
        let (standing, now) = (Standing::default(), Instant::now());
        standing.note_refused("insufficient storage", now);
        assert_eq!(standing.trouble(now).unwrap(), "the broker takes nothing: insufficient storage");
        assert_eq!(standing.trouble(now + REFUSED_FOR), None, "nobody has tried it since");
        standing.note_taken();
        assert_eq!(standing.trouble(now), None);
    }
}
