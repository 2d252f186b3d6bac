//! How long a test will probably take: as it did before, else by what there is to read.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::content::{BlobId, Content};

/// Tests that are remembered.
const REMEMBERED: u64 = 100_000;
/// Of a test that is not known.
const UNKNOWN: Duration = Duration::from_millis(30);
/// And for each MiB of its input.
const A_MIB: Duration = Duration::from_millis(30);

/// No test takes so long.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// What is known of tests.
#[derive(Debug)]
pub(super) struct Expected {
    /// How long programs of a language took on an input.
    seen: moka::sync::Cache<(BlobId, String), Duration>,
    /// Something was noted since it was written.
    has_news: AtomicBool,
}

impl Default for Expected {
    fn default() -> Self {
        Self { seen: moka::sync::Cache::new(REMEMBERED), has_news: AtomicBool::new(false) }
    }
}

/// How long a test will probably take, on a node as quick as they are on the average.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Length {
    /// So long.
    pub(super) time: Duration,
    /// It did before; else that is a guess.
    pub(super) is_seen: bool,
}

impl Expected {
    /// How long a program of a language takes on this input.
    pub(super) fn of(&self, language: &str, input: &Content) -> Length {
        let guess = || {
            let mibs = u32::try_from(input.size() >> 20).unwrap_or(u32::MAX);
            UNKNOWN + A_MIB.saturating_mul(mibs)
        };
        let seen = self.seen.get(&(input.hash(), language.to_owned()));
        Length { time: seen.unwrap_or_else(guess), is_seen: seen.is_some() }
    }

    /// One has taken so long.
    pub(super) fn note(&self, language: &str, input: &Content, took: Duration) {
        let key = (input.hash(), language.to_owned());
        let before = self.seen.get(&key).unwrap_or(took);
        self.seen.insert(key, (before * 3 + took) / 4);
        self.has_news.store(true, Ordering::Relaxed);
    }

    /// What was [written](Self::written) before. What was seen since counts more.
    pub(super) fn read(&self, text: &str) {
        for (key, took) in text.lines().filter_map(read) {
            if !self.seen.contains_key(&key) {
                self.seen.insert(key, took);
            }
        }
    }

    /// Something was noted since it was written.
    pub(super) fn has_news(&self) -> bool {
        self.has_news.load(Ordering::Relaxed)
    }

    /// All that was seen, as text.
    pub(super) fn written(&self) -> String {
        self.has_news.store(false, Ordering::Relaxed);
        let line = |(key, took): (Arc<(BlobId, String)>, Duration)| {
            let (hash, language) = &*key;
            format!("{hash} {} {language}\n", took.as_micros())
        };
        self.seen.iter().map(line).collect()
    }

    /// Nothing of it is known any more.
    pub(super) fn forget(&self) {
        // One by one: what is invalidated as a whole goes when it is next looked at.
        self.seen.iter().for_each(|(key, _)| self.seen.invalidate(&*key));
        self.has_news.store(true, Ordering::Relaxed);
    }
}

/// A line of what was written; none where that is not one.
fn read(line: &str) -> Option<((BlobId, String), Duration)> {
    let mut words = line.splitn(3, ' ');
    let hash = words.next()?.parse().ok()?;
    let took = Duration::from_micros(words.next()?.parse().ok()?);
    let language = words.next()?.to_owned();
    (took <= LONGEST).then_some(((hash, language), took))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_counts_more_than_a_guess() {
        let (expected, input) = (Expected::default(), Content::from("1 2\n"));
        let guess = Length { time: UNKNOWN, is_seen: false };
        let seen = |millis| Length { time: Duration::from_millis(millis), is_seen: true };
        assert_eq!(expected.of("c17", &input), guess);
        for _ in 0..8 {
            expected.note("c17", &input, Duration::from_millis(800));
        }
        assert_eq!(expected.of("c17", &input), seen(800));
        assert_eq!(expected.of("python3", &input), guess, "another language is not as fast");
        expected.note("c17", &input, Duration::ZERO);
        assert_eq!(expected.of("c17", &input), seen(600), "once is no habit");
    }

    #[test]
    fn what_was_written_is_read_after_a_restart_and_nothing_else_is() {
        let (before, after, input) = (Expected::default(), Expected::default(), Content::from("1 2\n"));
        assert!(!before.has_news());
        before.note("c17", &input, Duration::from_micros(1234));
        assert!(before.has_news());
        let written = before.written();
        assert!(!before.has_news());
        after.note("go", &input, Duration::from_millis(7));
        let hash = input.hash();
        let day = LONGEST.as_micros() + 1;
        for nonsense in ["", "rubbish", &format!("{hash} x c17"), &format!("{hash} {day} rust"), "7 7 7"] {
            after.read(nonsense);
        }
        after.read(&format!("{written}{hash} 9 go\n"));
        let seen = |micros| Length { time: Duration::from_micros(micros), is_seen: true };
        assert_eq!(after.of("c17", &input), seen(1234));
        assert_eq!(after.of("go", &input), seen(7000), "that was seen since");
        assert!(!after.of("rust", &input).is_seen);
        after.forget();
        assert!(after.has_news() && !after.of("c17", &input).is_seen);
        assert_eq!(after.written(), "");
    }
}
