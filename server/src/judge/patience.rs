//! Time on the clock that a validator takes in a dialogue is not the program's: one that was killed for it talks again, and has more.
//! Programs that keep their validators waiting are killed as soon as ever.

use std::time::Duration;

use super::dialogue::Dialogue;
use super::executor::{CaseJob, Executor};
use super::validator::{Call, Occasion, Validator};
use super::{Cap, Judge, JudgeError, ProgramEnd, Task, limits_of_partner};
use crate::submission::RunLimits;

/// A validator that takes less than this part of a program's time on the clock makes no difference to it.
const NOTABLE: u32 = 4;

impl<E: Executor> Judge<E> {
    /// Has a program talk with a validator. What the program used is without what it was given for the validator's time.
    pub(super) async fn dialogue(
        &self,
        task: Task<'_>,
        job: &CaseJob<'_>,
        validator: &Validator<'_>,
        occasion: Occasion<'_>,
    ) -> Result<Dialogue, JudgeError> {
        let call = Call::new(validator, occasion);
        let mut given = Duration::ZERO;
        loop {
            let limits = RunLimits { wall: job.limits.wall.saturating_add(given), ..*job.limits };
            let of_partner = limits_of_partner(task.allowed.run, &limits);
            let program = CaseJob { limits: &limits, ..*job };
            let partner = CaseJob { limits: &of_partner, ..call.job(validator, task.allowed) };
            let mut dialogue = self.executor.run_pair(&program, &partner, task.cancel).await?;
            if let Some(more) = more(&dialogue, job.limits, given, task.allowed.run.cpu) {
                given = more;
                continue;
            }
            let taken = dialogue.validator.usage.cpu_time().min(given);
            let usage = &mut dialogue.program.usage;
            usage.wall_time = usage.wall_time.saturating_sub(taken);
            return Ok(dialogue);
        }
    }
}

/// What a program is to be given that was killed after the time of its own and that which it was given, where it was its
/// validator who took that. No more than the CPU time that the validator may take.
fn more(dialogue: &Dialogue, limits: &RunLimits, given: Duration, most: Duration) -> Option<Duration> {
    let Dialogue { program, validator, .. } = dialogue;
    let taken = validator.usage.cpu_time();
    let own = program.usage.wall_time.saturating_sub(taken);
    let is_kept_waiting = program.end == ProgramEnd::Killed(Cap::WallTime)
        && taken >= limits.wall / NOTABLE
        && own <= program.held_to(limits).wall;
    let more = taken.max(given).saturating_mul(2).min(most);
    (is_kept_waiting && more > given).then_some(more)
}
