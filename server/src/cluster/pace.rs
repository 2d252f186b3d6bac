//! How quick a node was at its work in the last minutes, by what the same tests took wherever they ran.

use std::time::{Duration, Instant};

/// After so long what was seen counts for half.
const HALVED_IN: Duration = Duration::from_secs(120);
/// Less than that says nothing.
const ENOUGH: Duration = Duration::from_secs(1);
/// No node is so much slower or quicker than others.
const BOUNDS: [f64; 2] = [0.01, 100.0];

/// What a node was seen to do. Both in seconds, of which old ones count for less.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pace {
    /// What it took elsewhere and before.
    expected: f64,
    /// What it took.
    took: f64,
    /// When it was last seen.
    at: Option<Instant>,
}

impl Pace {
    /// A test has taken so long.
    pub(super) fn note(&mut self, expected: Duration, took: Duration, now: Instant) {
        let kept = self.kept(now);
        self.expected = self.expected * kept + expected.as_secs_f64();
        self.took = self.took * kept + took.as_secs_f64();
        self.at = Some(now);
    }

    /// How many times as quick as others it was; none where little was seen lately.
    pub(super) fn factor(&self, now: Instant) -> Option<f64> {
        let [least, most] = BOUNDS;
        let is_enough = self.took * self.kept(now) >= ENOUGH.as_secs_f64();
        is_enough.then(|| (self.expected / self.took).clamp(least, most))
    }

    /// What is left of what was seen.
    fn kept(&self, now: Instant) -> f64 {
        let since = self.at.map_or(Duration::ZERO, |at| now.saturating_duration_since(at));
        0.5_f64.powf(since.div_duration_f64(HALVED_IN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_was_seen_in_the_last_minutes() {
        let (mut pace, began) = (Pace::default(), Instant::now());
        let (short, long) = (Duration::from_millis(400), Duration::from_millis(800));
        pace.note(short, long, began);
        assert_eq!(pace.factor(began), None, "one test is no habit");
        pace.note(short, long, began);
        assert_eq!(pace.factor(began), Some(0.5));
        // A neighbour has gone, and the node is as quick as the others.
        let mut now = began;
        for _ in 0..60 {
            now += Duration::from_secs(10);
            pace.note(long, long, now);
        }
        let factor = pace.factor(now).unwrap();
        assert!((0.95..=1.0).contains(&factor), "{factor}");
        assert_eq!(pace.factor(now + 10 * HALVED_IN), None, "that is long ago");
    }

    #[test]
    fn no_node_is_without_weight_or_has_all_of_it() {
        let now = Instant::now();
        let factor = |expected, took| {
            let mut pace = Pace::default();
            pace.note(Duration::from_secs(expected), Duration::from_secs(took), now);
            pace.factor(now)
        };
        assert_eq!([factor(0, 9), factor(9999, 1)], [Some(0.01), Some(100.0)]);
    }
}
