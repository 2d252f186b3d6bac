//! What timeouts of a user cost, as pure rules.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::Happened;
use crate::config::ThrottleConfig;

/// So far ahead of now a strike may be that has happened: clocks are set right a little at a time.
const AHEAD: TimeDelta = TimeDelta::minutes(1);

/// What is known of a user who timed out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Strikes {
    /// TimeLimitExceeded in a row, since the last cool-down.
    pub in_a_row: u32,
    /// Cool-downs since the last long time without a strike.
    pub cool_downs: u32,
    /// End of the latest cool-down.
    pub until: Option<DateTime<Utc>>,
    /// The latest TimeLimitExceeded.
    pub last_strike: Option<DateTime<Utc>>,
}

impl Strikes {
    /// What a verdict, or whatever else happens, makes of it.
    ///
    /// Every verdict but TimeLimitExceeded ends the row, also InternalError: in doubt for the user. A timeout during a
    /// cool-down comes from a submission accepted before it, and does not lengthen it.
    #[must_use]
    pub fn after(self, what: impl Into<Happened>, now: DateTime<Utc>, policy: &ThrottleConfig) -> Self {
        let current = self.forgotten(now, policy);
        match what.into() {
            Happened::TimedOut if current.remaining(now).is_some() || policy.strikes == 0 => current,
            Happened::TimedOut => current.strike(now, policy),
            Happened::Ended => Self { in_a_row: 0, ..current },
            Happened::Forgiven => Self::default(),
        }
    }

    /// How long the user still has to wait. Who was struck while the clock was far ahead would wait until it is there again, and does
    /// not.
    pub fn remaining(&self, now: DateTime<Utc>) -> Option<Duration> {
        let left = self.cool_down_at(now)?.signed_duration_since(now).to_std().ok()?;
        (!left.is_zero()).then_some(left)
    }

    /// End of the latest cool-down, where the clock was not far ahead of now when that began.
    fn cool_down_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let was_ahead = self.last_strike.is_some_and(|last| last.signed_duration_since(now) > AHEAD);
        self.until.filter(|_| !was_ahead)
    }

    fn strike(self, now: DateTime<Utc>, policy: &ThrottleConfig) -> Self {
        // A cool-down that is not waited for goes with the strike that tells so.
        let until = self.cool_down_at(now);
        let struck =
            Self { in_a_row: self.in_a_row.saturating_add(1), last_strike: Some(now), until, ..self };
        if struck.in_a_row < policy.strikes {
            return struck;
        }
        let until = now.checked_add_signed(span(cool_down(self.cool_downs, policy)));
        Self { in_a_row: 0, cool_downs: self.cool_downs.saturating_add(1), until, ..struck }
    }

    /// What is left of it: nothing, where the latest is long ago.
    pub(super) fn forgotten(self, now: DateTime<Utc>, policy: &ThrottleConfig) -> Self {
        let quiet = |last: DateTime<Utc>| now.signed_duration_since(last) >= span(policy.forget);
        if self.last_strike.is_some_and(quiet) { Self::default() } else { self }
    }
}

/// The cool-down that follows `before` others.
fn cool_down(before: u32, policy: &ThrottleConfig) -> Duration {
    let doubled = policy.cool_down.saturating_mul(2u32.saturating_pow(before));
    doubled.min(policy.cool_down_max)
}

fn span(duration: Duration) -> chrono::TimeDelta {
    chrono::TimeDelta::from_std(duration).unwrap_or(chrono::TimeDelta::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Verdict;

    fn policy() -> ThrottleConfig {
        crate::config::Config::default().throttle
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn timeouts(mut strikes: Strikes, count: u32, time: i64) -> Strikes {
        for _ in 0..count {
            strikes = strikes.after(Verdict::TimeLimitExceeded, at(time), &policy());
        }
        strikes
    }

    #[test]
    fn four_timeouts_are_free_and_the_fifth_costs_a_minute() {
        let four = timeouts(Strikes::default(), 4, 0);
        assert_eq!(four.remaining(at(0)), None);
        let five = timeouts(four, 1, 0);
        assert_eq!(five.remaining(at(0)), Some(Duration::from_secs(60)));
        assert_eq!(five.remaining(at(59)), Some(Duration::from_secs(1)));
        assert_eq!(five.remaining(at(60)), None);
    }

    #[test]
    fn any_other_verdict_in_between_resets_the_count() {
        for verdict in [Verdict::Accepted, Verdict::CompileError, Verdict::MemoryLimitExceeded] {
            let reset = timeouts(Strikes::default(), 4, 0).after(verdict, at(1), &policy());
            assert_eq!(timeouts(reset, 4, 2).remaining(at(2)), None, "{verdict:?}");
        }
    }

    #[test]
    fn our_own_failure_ends_the_row_as_any_other_verdict() {
        let none = timeouts(Strikes::default(), 4, 0).after(Verdict::InternalError, at(1), &policy());
        assert_eq!(none.remaining(at(1)), None);
        assert_eq!(timeouts(none, 4, 2).remaining(at(2)), None);
        assert!(timeouts(none, 5, 2).remaining(at(2)).is_some());
    }

    #[test]
    fn cool_downs_double_up_to_an_hour() {
        let (mut strikes, mut time, mut waits) = (Strikes::default(), 0, Vec::new());
        for _ in 0..9 {
            strikes = timeouts(strikes, 5, time);
            let wait = strikes.remaining(at(time)).unwrap().as_secs();
            waits.push(wait);
            time += i64::try_from(wait).unwrap();
        }
        assert_eq!(waits, [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]);
    }

    #[test]
    fn a_day_without_a_strike_starts_over() {
        let twice = timeouts(timeouts(Strikes::default(), 5, 0), 5, 60);
        assert_eq!(twice.remaining(at(60)), Some(Duration::from_secs(120)));
        let day = 24 * 60 * 60;
        assert_eq!(timeouts(twice, 5, 59 + day).remaining(at(59 + day)), Some(Duration::from_secs(240)));
        assert_eq!(timeouts(twice, 5, 60 + day).remaining(at(60 + day)), Some(Duration::from_secs(60)));
    }

    #[test]
    fn timeouts_during_a_cool_down_do_not_lengthen_it() {
        let cooling = timeouts(Strikes::default(), 5, 0);
        assert_eq!(timeouts(cooling, 20, 30), cooling);
    }

    #[test]
    fn a_clock_that_was_ahead_keeps_nobody_waiting() {
        let day = 24 * 60 * 60;
        let struck = timeouts(Strikes::default(), 5, day);
        assert_eq!(struck.remaining(at(0)), None);
        // It is set right by little.
        assert_eq!(struck.remaining(at(day - 30)), Some(Duration::from_secs(90)));
        assert_eq!(timeouts(struck, 1, 0).remaining(at(0)), None, "the next brings none back");
        let again = timeouts(struck, 5, 0);
        assert_eq!(again.remaining(at(0)), Some(Duration::from_secs(120)));
    }

    #[test]
    fn zero_strikes_turn_it_off() {
        let off = ThrottleConfig { strikes: 0, ..policy() };
        let mut strikes = Strikes::default();
        for _ in 0..100 {
            strikes = strikes.after(Verdict::TimeLimitExceeded, at(0), &off);
        }
        assert_eq!(strikes.remaining(at(0)), None);
    }
}
