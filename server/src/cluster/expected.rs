//! How long a test will probably take: as it did before, else by what there is to read.

use std::time::Duration;

use crate::content::{BlobId, Content};

/// Tests that are remembered.
const REMEMBERED: u64 = 100_000;
/// Of a test that is not known.
const UNKNOWN: Duration = Duration::from_millis(30);
/// And for each MiB of its input.
const A_MIB: Duration = Duration::from_millis(30);

/// What is known of tests.
#[derive(Debug)]
pub(super) struct Expected(moka::sync::Cache<(BlobId, String), Duration>);

impl Default for Expected {
    fn default() -> Self {
        Self(moka::sync::Cache::new(REMEMBERED))
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
        let seen = self.0.get(&(input.hash(), language.to_owned()));
        Length { time: seen.unwrap_or_else(guess), is_seen: seen.is_some() }
    }

    /// One has taken so long.
    pub(super) fn note(&self, language: &str, input: &Content, took: Duration) {
        let key = (input.hash(), language.to_owned());
        let before = self.0.get(&key).unwrap_or(took);
        self.0.insert(key, (before * 3 + took) / 4);
    }
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
}
