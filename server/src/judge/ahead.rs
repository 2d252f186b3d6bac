//! The first test case of a program that is its sources: it is run while these are checked, if there is room for it. What it
//! did counts only where the check finds nothing; else nobody hears of it. Where its end shows that the check would find nothing,
//! there is none.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::{MaybeDone, maybe_done};

use super::ending::{OwnEnd, ProgramEnd};
use super::executor::{CompileJob, Compiled, Executor, Facts};
use super::judgement::Compilation;
use super::{Judge, JudgeError, Progress, Task};
use crate::language::Language;
use crate::submission::{Isolation, SELF_TEST};

/// So long a run that may show that no check is needed has the machine for itself, and as long as its runtime may take to start: one that
/// takes longer ends no later for the check that is made beside it.
const HEAD_START: Duration = Duration::from_millis(50);

/// What a run did that was ahead of its turn, until its turn comes.
#[derive(Debug, Default)]
pub(super) struct Ahead(Mutex<Option<Facts>>);

impl Ahead {
    /// What this test case did, if it was run; once.
    pub(super) fn take(&self, index: u32) -> Option<Facts> {
        if index == 0 { self.0.lock().unwrap_or_else(PoisonError::into_inner).take() } else { None }
    }

    fn put(&self, facts: Option<Facts>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = facts;
    }
}

impl<E: Executor> Judge<E> {
    /// Compiles the sources, or checks them.
    pub(super) async fn compiled(
        &self,
        job: &CompileJob<'_>,
        task: Task<'_>,
        total: usize,
    ) -> Result<Compiled, JudgeError> {
        let language = job.language;
        if total == 0 || !may_be_ahead(task, language) {
            return self.executor.compile(job, task.cancel).await;
        }
        let needless = task.cancel.child_token();
        let first = self.case_job(task, language, 0);
        let mut running = pin!(maybe_done(self.executor.run_case_if_free(&first, &needless)));
        let head_start = language.allowance.time_extra.max(HEAD_START);
        if shows_by_itself(task, language) && ended_well(&mut running, head_start).await {
            task.ahead.put(running.take_output().flatten().transpose()?);
            return Ok(Compiled::Checked(Compilation { ok: true, ..Compilation::default() }));
        }
        let checking = async {
            let checked = self.executor.compile(job, task.cancel).await;
            match checked {
                // Whoever waits is not told of a check for as long as the first test takes.
                Ok(Compiled::Checked(_)) => (task.progress)(Progress::Running { done: 0 }),
                _ => needless.cancel(),
            }
            checked
        };
        let (checked, ()) = tokio::join!(checking, running.as_mut());
        let checked = checked?;
        if matches!(checked, Compiled::Checked(_)) {
            task.ahead.put(running.take_output().flatten().transpose()?);
        }
        Ok(checked)
    }
}

/// What a run came to, if there was room for one.
type Ran = Option<Result<Facts, JudgeError>>;

/// Whether the run ends within this time, and with exit status 0.
async fn ended_well<F: Future<Output = Ran>>(running: &mut Pin<&mut MaybeDone<F>>, time: Duration) -> bool {
    let is_over = tokio::time::timeout(time, running.as_mut()).await.is_ok();
    is_over
        && running.as_mut().output_mut().is_some_and(|ran| matches!(ran, Some(Ok(facts)) if is_well(facts)))
}

fn is_well(facts: &Facts) -> bool {
    facts.end == ProgramEnd::ByItself(OwnEnd::Exited { code: 0 })
}

/// A run that ends well shows that nothing is wrong with the sources: there is one, of which the runtime has read all before it
/// began. The self-test is there to see whether checks work.
fn shows_by_itself(task: Task<'_>, language: &Language) -> bool {
    language.reads_first && task.sources.len() == 1 && task.submission.user.as_deref() != Some(SELF_TEST)
}

/// The check leaves nothing that a run needs, no validator has a part in the first test, and nothing else is to go first.
fn may_be_ahead(task: Task<'_>, language: &Language) -> bool {
    language.artefact.is_none()
        && task.submission.isolation != Isolation::Fresh
        && task.courtesy.is_none()
        && task
            .problem
            .is_none_or(|problem| problem.manifest.validators.is_empty() && !problem.judges_sources(0))
}
