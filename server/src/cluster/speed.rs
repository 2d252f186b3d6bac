//! What follows from nodes' speeds: by how much limits of time are longer on a slow one, and when a program that had too little
//! time there gets it on another before that is its verdict.

use gavel_protocol::Usage;
use serde::{Deserialize, Serialize};

use crate::config::{SPEEDS, TimeScaling};
use crate::judge::{Compilation, ProgramEnd, TimeScale, Verdict, from_run};
use crate::submission::RunLimits;

/// How fast a machine is, in thousandths of one that was common when this was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Speed(u32);

/// No limit is longer than so many times what was asked for: whoever is that slow is not to judge.
const MOST_LONGER: f64 = 4.0;
/// Measuring differs by a few in a hundred: nodes that differ by no more are alike.
const ALIKE: f64 = 1.05;
/// What is over its limit by less than that may be so for the machine's sake.
const MARGIN: f64 = 1.1;

impl Speed {
    /// So many times as fast, within bounds.
    pub(crate) fn of(factor: f64) -> Self {
        let [least, most] = SPEEDS;
        let factor = if factor.is_finite() { factor.clamp(least, most) } else { 1.0 };
        let seconds = std::time::Duration::from_secs_f64(factor);
        Self(u32::try_from(seconds.as_millis()).unwrap_or(u32::MAX))
    }

    /// As a number.
    pub fn factor(self) -> f64 {
        f64::from(self.0) / 1000.0
    }

    /// A machine may be so fast.
    pub(super) fn is_possible(self) -> bool {
        let [least, most] = SPEEDS;
        (least..=most).contains(&self.factor())
    }

    /// It is slower than another by more than measuring differs.
    pub(super) fn is_below(self, other: Self) -> bool {
        other.factor() / self.factor() > ALIKE
    }
}

/// How a node is to hold programs to their limits of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Terms {
    /// By how much limits are longer there.
    pub(super) scale: TimeScale,
    /// It is slower than others: a program may go on a little beyond them, so that it is seen by how much it is late.
    pub(super) is_slow: bool,
}

impl Terms {
    /// As on the fastest.
    pub(super) const PLAIN: Self = Self { scale: TimeScale::ONE, is_slow: false };

    /// Of a node of this speed, where the fastest has that. What has not told its speed is as it was before there were any.
    pub(super) fn of(own: Option<Speed>, fastest: Option<Speed>, scaling: TimeScaling) -> Self {
        let (Some(own), Some(fastest)) = (own, fastest) else { return Self::PLAIN };
        if !own.is_below(fastest) {
            return Self::PLAIN;
        }
        let scale = match scaling {
            TimeScaling::Off => TimeScale::ONE,
            TimeScaling::Calibrated => TimeScale::of((fastest.factor() / own.factor()).min(MOST_LONGER)),
        };
        Self { scale, is_slow: true }
    }

    /// What limits of time are multiplied by where they end a program.
    pub(super) fn stretch(self) -> TimeScale {
        if self.is_slow { self.scale.times(TimeScale::of(MARGIN)) } else { self.scale }
    }

    /// A program that was to be held to these limits was so little late that a faster machine might have been in time.
    pub(super) fn is_close(self, end: ProgramEnd, usage: &Usage, asked: &RunLimits) -> bool {
        // What was ended for the time went on for as long as it could.
        let by_itself = matches!(end, ProgramEnd::ByItself(_));
        let worth = || from_run(end, usage, &self.scale.limits(asked)).map(|(verdict, _)| verdict);
        self.is_slow && by_itself && worth() == Some(Verdict::TimeLimitExceeded)
    }

    /// A compilation that came to nothing took all the time that these limits give it here, where a faster machine might have been in
    /// time.
    pub(super) fn is_out_of_time(self, compilation: &Compilation, asked: &RunLimits) -> bool {
        let limits = self.scale.limits(asked);
        let is_late = compilation.cpu >= limits.cpu || compilation.wall >= limits.wall;
        self.is_slow && !compilation.ok && is_late
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::judge::test_support::LIMITS;
    use crate::judge::{Cap, OwnEnd};

    fn terms(own: f64, fastest: f64, scaling: TimeScaling) -> Terms {
        Terms::of(Some(Speed::of(own)), Some(Speed::of(fastest)), scaling)
    }

    #[test]
    fn limits_are_longer_on_slow_nodes_within_bounds_and_only_where_that_is_wanted() {
        let factor = |own, fastest| terms(own, fastest, TimeScaling::Calibrated).scale.factor();
        assert_eq!(factor(0.5, 1.0), 2.0);
        assert_eq!(factor(0.97, 1.0), 1.0, "it is measured no better than that");
        assert_eq!(factor(0.1, 1.0), MOST_LONGER);
        assert_eq!(factor(2.0, 1.0), 1.0, "no limit becomes shorter");
        assert_eq!(terms(0.5, 1.0, TimeScaling::Off), Terms { is_slow: true, ..Terms::PLAIN });
        assert_eq!(Terms::of(None, Some(Speed::of(9.0)), TimeScaling::Calibrated), Terms::PLAIN);
    }

    #[test]
    fn a_speed_is_within_bounds() {
        assert_eq!([0.0, 1e9, f64::NAN].map(|odd| Speed::of(odd).factor()), [0.01, 100.0, 1.0]);
        assert!(Speed::of(1.0).is_possible() && !Speed(0).is_possible() && !Speed(u32::MAX).is_possible());
    }

    #[test]
    fn what_is_late_by_little_on_a_slow_node_is_close_and_what_was_ended_for_it_is_not() {
        const DONE: ProgramEnd = ProgramEnd::ByItself(OwnEnd::Exited { code: 0 });
        let slow = terms(0.5, 1.0, TimeScaling::Calibrated);
        assert_eq!(slow.stretch(), TimeScale::of(2.2));
        let used = |ms| Usage { cpu_user: Duration::from_millis(ms), ..Usage::default() };
        assert!(slow.is_close(DONE, &used(2050), &LIMITS));
        assert!(!slow.is_close(DONE, &used(1990), &LIMITS), "in time");
        assert!(!slow.is_close(ProgramEnd::Killed(Cap::CpuTime), &used(2201), &LIMITS));
        assert!(!Terms::PLAIN.is_close(DONE, &used(1050), &LIMITS), "nobody is faster");
        let memory = Usage { oom: true, ..used(2050) };
        assert!(!slow.is_close(DONE, &memory, &LIMITS), "another machine has no more memory for it");
        assert_eq!(Terms::PLAIN.stretch(), TimeScale::ONE);
    }

    #[test]
    fn a_compilation_that_took_all_its_time_on_a_slow_node_is_out_of_time() {
        let slow = terms(0.5, 1.0, TimeScaling::Calibrated);
        let of = |ok, cpu, wall| Compilation { ok, cpu, wall, ..Compilation::default() };
        let (cpu, wall, moment) = (2 * LIMITS.cpu, 2 * LIMITS.wall, Duration::from_millis(1));
        for late in [of(false, cpu, moment), of(false, moment, wall)] {
            assert!(slow.is_out_of_time(&late, &LIMITS), "{late:?}");
            assert!(!Terms::PLAIN.is_out_of_time(&late, &LIMITS), "nobody is faster");
        }
        for in_time in [of(false, cpu - moment, wall - moment), of(true, cpu, wall)] {
            assert!(!slow.is_out_of_time(&in_time, &LIMITS), "{in_time:?}");
        }
    }
}
