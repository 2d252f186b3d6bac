//! The machine of a cluster that a program ran on, and by how much its limits of time were longer there.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::submission::RunLimits;

/// A node that has run a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// Its name.
    pub node: Arc<str>,
    /// By how much the limits of time were longer there.
    pub time_scale: TimeScale,
    /// The slower one on which it was late by so little that this one had it, too.
    pub first: Option<Arc<str>>,
}

/// A factor for limits of time, in thousandths: what two machines say to each other is the same to both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "u32", into = "u32")]
pub struct TimeScale(u32);

impl TimeScale {
    /// Limits are as they were asked for.
    pub const ONE: Self = Self(1000);
    /// No limit is longer than this many times what was asked for, whoever says so.
    const MOST: Self = Self(5000);

    /// So many times as long, within bounds: no limit becomes shorter. What is no number is no factor, either.
    pub fn of(factor: f64) -> Self {
        let factor = if factor.is_finite() { factor.clamp(0.0, Self::MOST.factor()) } else { 0.0 };
        // Its milliseconds are the thousandths.
        let seconds = Duration::from_secs_f64(factor) + Duration::from_micros(500);
        Self::from(u32::try_from(seconds.as_millis()).unwrap_or(0))
    }

    /// Both factors.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        Self::of(self.factor() * other.factor())
    }

    /// As a number.
    pub fn factor(self) -> f64 {
        f64::from(self.0) / 1000.0
    }

    /// A time that is so much longer.
    pub fn time(self, time: Duration) -> Duration {
        time.saturating_mul(self.0) / Self::ONE.0
    }

    /// Limits whose times are so much longer.
    pub fn limits(self, limits: &RunLimits) -> RunLimits {
        RunLimits { cpu: self.time(limits.cpu), wall: self.time(limits.wall), ..*limits }
    }
}

impl From<u32> for TimeScale {
    fn from(thousandths: u32) -> Self {
        Self(thousandths.clamp(Self::ONE.0, Self::MOST.0))
    }
}

impl From<TimeScale> for u32 {
    fn from(scale: TimeScale) -> Self {
        scale.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::test_support::LIMITS;

    #[test]
    fn limits_of_time_become_longer_within_bounds_and_no_others() {
        let double = TimeScale::of(2.0);
        let limits = double.limits(&LIMITS);
        assert_eq!((limits.cpu, limits.wall), (LIMITS.cpu * 2, LIMITS.wall * 2));
        assert_eq!(RunLimits { cpu: LIMITS.cpu, wall: LIMITS.wall, ..limits }, LIMITS);
        assert_eq!(TimeScale::of(1.2346).factor(), 1.235);
        for (odd, factor) in [(0.5, 1.0), (-1.0, 1.0), (f64::NAN, 1.0), (f64::INFINITY, 1.0), (1e9, 5.0)] {
            assert_eq!(TimeScale::of(odd).factor(), factor, "{odd}");
        }
        assert_eq!(double.times(TimeScale::of(1.1)), TimeScale::of(2.2));
        assert_eq!(TimeScale::of(4.0).times(double), TimeScale::of(5.0));
    }

    #[test]
    fn a_factor_that_others_tell_is_within_bounds() {
        let told = |text: &str| serde_json::from_str::<TimeScale>(text).unwrap();
        assert_eq!(serde_json::to_string(&TimeScale::of(1.5)).unwrap(), "1500");
        assert_eq!([told("1500"), told("0"), told("4294967295")].map(TimeScale::factor), [1.5, 1.0, 5.0]);
    }
}
