//! When to recycle all sandboxes: a cron expression in local time.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Local, TimeZone};
use croner::Cron;
use croner::errors::CronError;

use crate::operations::Operations;

/// Never sleeps longer at a time, so that a changed clock is noticed.
const NAP: Duration = Duration::from_secs(30);

/// Reads a cron expression of five fields.
///
/// # Errors
/// What is wrong with it.
pub fn parse(pattern: &str) -> Result<Cron, CronError> {
    pattern.parse()
}

/// Recycles at each time of the schedule, for as long as the server runs.
pub(crate) async fn watch(schedule: Cron, operations: Arc<dyn Operations>) {
    let mut since = Local::now();
    loop {
        tokio::time::sleep(NAP).await;
        let now = Local::now();
        if is_due(&schedule, &since, &now) {
            let sandboxes = operations.recycle().sandboxes;
            tracing::info!(sandboxes, "Recycling {sandboxes} sandboxes, as scheduled");
        }
        since = now;
    }
}

/// Does a time of the schedule lie after `since` and not after `now`? Several count as one; a clock that was turned
/// back recycles nothing twice.
fn is_due<Tz: TimeZone>(schedule: &Cron, since: &DateTime<Tz>, now: &DateTime<Tz>) -> bool {
    since < now && schedule.find_next_occurrence(since, false).is_ok_and(|next| next <= *now)
}

#[cfg(test)]
mod tests {
    use chrono::Utc;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_time_of_the_schedule_is_due_once() {
        let nightly = parse("0 4 * * *").unwrap();
        assert!(!is_due(&nightly, &at("2026-03-01T03:58:00Z"), &at("2026-03-01T03:59:59Z")));
        assert!(is_due(&nightly, &at("2026-03-01T03:59:59Z"), &at("2026-03-01T04:00:00Z")));
        assert!(!is_due(&nightly, &at("2026-03-01T04:00:00Z"), &at("2026-03-01T04:00:30Z")));
    }

    #[test]
    fn times_that_were_slept_through_count_as_one() {
        let nightly = parse("0 4 * * *").unwrap();
        assert!(is_due(&nightly, &at("2026-03-01T03:00:00Z"), &at("2026-03-05T12:00:00Z")));
        assert!(!is_due(&nightly, &at("2026-03-05T12:00:00Z"), &at("2026-03-01T03:00:00Z")));
    }

    #[test]
    fn what_is_no_schedule_is_refused() {
        for pattern in ["", "every day", "61 * * * *", "* * * *"] {
            assert!(parse(pattern).is_err(), "{pattern}");
        }
    }
}
