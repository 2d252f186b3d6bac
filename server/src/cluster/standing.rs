//! How the broker stands, as operators and the readiness of a coordinator are told.

use std::sync::{Mutex, PoisonError};

use gavel_protocol::Bytes;

use super::streams::Sizes;

/// The last that is known of it.
#[derive(Debug, Default)]
pub(super) struct Standing(Mutex<Last>);

#[derive(Debug, Default)]
struct Last {
    /// Why nothing can go over it.
    trouble: Option<String>,
    /// What is less than it should be.
    note: Option<String>,
    /// What it keeps of what tasks are made of, once that is known.
    room: Option<Bytes>,
}

impl Standing {
    /// It has all that must be there, and streams of these sizes. What is to be told of them, where that is news.
    pub(super) fn note_sizes(&self, sizes: Sizes) -> Option<String> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let note = sizes.note();
        let is_news = note != last.note;
        *last = Last { trouble: None, note: note.clone(), room: Some(sizes.inputs()) };
        note.filter(|_| is_news)
    }

    /// It has not. True where that is news.
    pub(super) fn note_trouble(&self, why: &str) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let trouble = format!("the broker is not prepared: {why}");
        let is_news = last.trouble.as_deref() != Some(&*trouble);
        last.trouble = Some(trouble);
        is_news
    }

    /// Why nothing can go over it.
    pub(super) fn trouble(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).trouble.clone()
    }

    /// How much it keeps of what tasks are made of, as far as that is known.
    pub(super) fn room(&self) -> Option<Bytes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).room
    }

    /// What is less than it should be.
    pub(super) fn note(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).note.clone()
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
        assert_eq!(standing.trouble().unwrap(), "the broker is not prepared: no answer");
        assert_eq!(standing.room(), None);
        assert_eq!(standing.note_sizes(Sizes::of(Bytes::mib(1024))), None);
        assert_eq!(standing.room(), Some(Bytes::mib(768)));
        assert_eq!((standing.trouble(), standing.note()), (None, None));
    }
}
