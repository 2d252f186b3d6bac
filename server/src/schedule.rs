//! When something is to be done: a cron expression in local time.

use std::fmt::{self, Display};

use chrono::{DateTime, TimeZone};
use croner::Cron;
use serde::{Deserialize, Serialize};

/// A cron expression of five fields.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Schedule {
    pattern: String,
    cron: Cron,
}

/// What is no schedule.
#[derive(Debug, thiserror::Error)]
#[error("`{pattern}` is not a schedule such as \"0 4 * * *\": {why}")]
pub struct NoSchedule {
    pattern: String,
    why: croner::errors::CronError,
}

impl Schedule {
    /// Does one of its times lie after `since` and not after `now`? Several count as one; a clock that was turned back
    /// makes nothing due twice.
    pub(crate) fn is_due<Tz: TimeZone>(&self, since: &DateTime<Tz>, now: &DateTime<Tz>) -> bool {
        since < now && self.cron.find_next_occurrence(since, false).is_ok_and(|next| next <= *now)
    }
}

impl TryFrom<String> for Schedule {
    type Error = NoSchedule;

    fn try_from(pattern: String) -> Result<Self, NoSchedule> {
        match pattern.parse() {
            Ok(cron) => Ok(Self { pattern, cron }),
            Err(why) => Err(NoSchedule { pattern, why }),
        }
    }
}

impl From<Schedule> for String {
    fn from(schedule: Schedule) -> Self {
        schedule.pattern
    }
}

impl PartialEq for Schedule {
    fn eq(&self, other: &Self) -> bool {
        self.pattern == other.pattern
    }
}

impl Display for Schedule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.pattern)
    }
}

#[cfg(test)]
mod tests {
    use chrono::Utc;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn nightly() -> Schedule {
        Schedule::try_from("0 4 * * *".to_owned()).unwrap()
    }

    #[test]
    fn a_time_of_the_schedule_is_due_once() {
        assert!(!nightly().is_due(&at("2026-03-01T03:58:00Z"), &at("2026-03-01T03:59:59Z")));
        assert!(nightly().is_due(&at("2026-03-01T03:59:59Z"), &at("2026-03-01T04:00:00Z")));
        assert!(!nightly().is_due(&at("2026-03-01T04:00:00Z"), &at("2026-03-01T04:00:30Z")));
    }

    #[test]
    fn times_that_were_slept_through_count_as_one() {
        assert!(nightly().is_due(&at("2026-03-01T03:00:00Z"), &at("2026-03-05T12:00:00Z")));
        assert!(!nightly().is_due(&at("2026-03-05T12:00:00Z"), &at("2026-03-01T03:00:00Z")));
    }

    #[test]
    fn what_is_no_schedule_is_refused() {
        for pattern in ["", "every day", "61 * * * *", "* * * *"] {
            assert!(Schedule::try_from(pattern.to_owned()).is_err(), "{pattern}");
        }
    }
}
