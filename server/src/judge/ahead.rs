//! The first test case of a program that is its sources: it is run while these are checked, if there is room for it. What it
//! did counts only where the check finds nothing; else nobody hears of it.

use std::sync::{Mutex, PoisonError};

use super::executor::{CompileJob, Compiled, Executor, Facts};
use super::{Judge, JudgeError, Task};
use crate::submission::Isolation;

/// What a run did that was ahead of its turn, until its turn comes.
#[derive(Debug, Default)]
pub(super) struct Ahead(Mutex<Option<Facts>>);

impl Ahead {
    /// What this test case did, if it was run; once.
    pub(super) fn take(&self, index: u32) -> Option<Facts> {
        if index == 0 { self.0.lock().unwrap_or_else(PoisonError::into_inner).take() } else { None }
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
        if total == 0 || !may_be_ahead(task) {
            return self.executor.compile(job, task.cancel).await;
        }
        let needless = task.cancel.child_token();
        let first = self.case_job(task, 0);
        let checking = async {
            let checked = self.executor.compile(job, task.cancel).await;
            if !matches!(checked, Ok(Compiled::Checked(_))) {
                needless.cancel();
            }
            checked
        };
        let (checked, ran) = tokio::join!(checking, self.executor.run_case_if_free(&first, &needless));
        let checked = checked?;
        if matches!(checked, Compiled::Checked(_)) {
            *task.ahead.0.lock().unwrap_or_else(PoisonError::into_inner) = ran.transpose()?;
        }
        Ok(checked)
    }
}

/// The check leaves nothing that a run needs, no validator has a part in the run, and nothing else is to go first.
fn may_be_ahead(task: Task<'_>) -> bool {
    task.language.artefact.is_none()
        && task.submission.isolation != Isolation::Fresh
        && task.courtesy.is_none()
        && task.problem.is_none_or(|problem| problem.manifest.validators.is_empty())
}
