//! When to recycle all sandboxes: a cron expression in local time.

use croner::Cron;
use croner::errors::CronError;

/// Reads a cron expression of five fields.
///
/// # Errors
/// What is wrong with it.
pub fn parse(pattern: &str) -> Result<Cron, CronError> {
    pattern.parse()
}
