//! Memory that answers wait for.

use std::time::Duration;

use super::Problem;
use crate::account::Full;

/// How long an answer waits for the memory that it needs.
pub(super) const PATIENCE: Duration = Duration::from_secs(3);

/// What is told where there is none by then.
pub(super) fn too_many(_: Full) -> Problem {
    Problem::no_room_for_answer()
}
