//! Time on the clock that a validator takes in a dialogue is not the program's: one that was killed for it talks again, and has more.
//! Programs that keep their validators waiting are killed as soon as ever, and so are validators that do not end when their programs
//! have, unless they are at work: then they talk again, and have all the time that they may take.

use std::time::Duration;

use super::dialogue::Dialogue;
use super::executor::{CaseJob, Executor, Facts};
use super::judgement::Verdict;
use super::validator::{Call, Finding, Occasion, Validator};
use super::verdict::monitor_limits;
use super::{Cap, Judge, JudgeError, ProgramEnd, Task};
use crate::submission::RunLimits;

/// A validator that takes less than this part of a program's time on the clock makes no difference to it.
const NOTABLE: u32 = 4;

/// A validator whose program has ended waits for nothing any more: by then it has said what there is to say, or is at work, or has
/// not even begun where the machine is very busy.
const LONG_ENOUGH: Duration = Duration::from_secs(10);
/// The least for one that was at work then.
const LONG: Duration = Duration::from_secs(30);
/// One that has used less than this part of that was not at work, however busy the machine is.
const IDLE: u32 = 20;

/// What a validator is held to that talks with a program: it waits for it, too, for as long as that may take where it is held
/// up and the validator is not.
fn limits_of_partner(validator: RunLimits, program: &RunLimits) -> RunLimits {
    RunLimits { wall: validator.wall.saturating_add(monitor_limits(program).longest()), ..validator }
}

/// For how long a validator with these limits may go on when the program that it talks with has ended.
pub(super) fn left_to_partner(partner: &RunLimits, program: &RunLimits) -> Duration {
    partner.wall.saturating_sub(monitor_limits(program).longest())
}

/// What is told of a validator that did not end by itself.
pub(super) fn of_partner(validator: &Validator<'_>, said: &Facts, finding: Finding) -> Finding {
    let is_late = finding.verdict == Verdict::JudgeError && said.end == ProgramEnd::Killed(Cap::WallTime);
    if is_late { validator.outlives(finding) } else { finding }
}

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
        let most = task.allowed.run.wall.max(LONG);
        let (mut given, mut patience) = (Duration::ZERO, LONG_ENOUGH);
        loop {
            let limits = RunLimits { wall: job.limits.wall.saturating_add(given), ..*job.limits };
            let of_partner = limits_of_partner(RunLimits { wall: patience, ..task.allowed.run }, &limits);
            let program = CaseJob { limits: &limits, ..*job };
            let partner = CaseJob { limits: &of_partner, ..call.job(validator, task.allowed) };
            let mut dialogue = self.executor.run_pair(&program, &partner, task.cancel).await?;
            if let Some(more) = more(&dialogue, job.limits, given, task.allowed.run.cpu) {
                given = more;
                continue;
            }
            if patience < most && is_at_work(&dialogue.validator, patience, task.allowed.run.cpu) {
                patience = most;
                continue;
            }
            let taken = dialogue.validator.usage.cpu_time().min(given);
            let usage = &mut dialogue.program.usage;
            usage.wall_time = usage.wall_time.saturating_sub(taken);
            return Ok(dialogue);
        }
    }
}

/// A validator that was ended when its program had, and would have used more of the CPU time that it may.
fn is_at_work(validator: &Facts, patience: Duration, most: Duration) -> bool {
    let taken = validator.usage.cpu_time();
    validator.end == ProgramEnd::Killed(Cap::WallTime) && taken >= patience / IDLE && taken < most
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::test_support::LIMITS;

    #[test]
    fn a_validator_outwaits_a_program_that_is_held_up() {
        let [validator, program] =
            [1, 2].map(|seconds| RunLimits { wall: Duration::from_secs(seconds), ..LIMITS });
        let longest = 2 * (1 + gavel_protocol::Limits::MOST_HELD_UP);
        let partner = limits_of_partner(validator, &program);
        assert_eq!(partner, RunLimits { wall: Duration::from_secs(1 + u64::from(longest)), ..validator });
        assert_eq!(left_to_partner(&partner, &program), validator.wall);
    }
}
