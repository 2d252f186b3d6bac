//! Carries out the parts of a judging on this machine, in its sandboxes.

use std::sync::Arc;

use gavel_protocol::Bytes;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::artefacts::Artefacts;
use super::ending::ProgramEnd;
use super::executor::{CaseJob, CompileJob, Compiled, Executor, Facts};
use super::{JudgeError, LEASE_PATIENCE, run};
use crate::account::{Account, Held, Purpose};
use crate::blobs::Blobs;
use crate::sandbox::{Lease, Profile, SandboxError, Sandboxes};
use crate::submission::{Isolation, RunLimits};

/// Compiles and runs in the sandboxes it was given.
#[derive(Debug)]
pub struct Local<S> {
    pub(super) sandboxes: S,
    pub(super) artefacts: Arc<Artefacts>,
    pub(super) blobs: Blobs,
    account: Account,
    /// The largest program that is taken.
    pub(super) largest: Bytes,
    at_once: usize,
}

impl<S: Sandboxes> Local<S> {
    /// Keeps compiled programs, none larger than `largest`, in these artefacts, finds contents in these blobs, and has
    /// memory for what programs write on this account. Cases of one submission run `at_once` at a time.
    pub fn new(
        sandboxes: S,
        artefacts: Artefacts,
        blobs: Blobs,
        account: Account,
        largest: Bytes,
        at_once: usize,
    ) -> Self {
        Self { sandboxes, artefacts: Arc::new(artefacts), blobs, account, largest, at_once }
    }

    /// Memory for what a run may write to both streams, until it is kept. Waits for it as for a sandbox. More than one
    /// may ever have is not counted.
    async fn room(&self, limits: &RunLimits) -> Result<Held, JudgeError> {
        let most = self.account.most(Purpose::Outputs);
        let bytes = limits.output.get().saturating_mul(2).min(most);
        let taken = self.account.take(Purpose::Outputs, bytes, LEASE_PATIENCE).await;
        taken.map_err(|_full| SandboxError::Busy { waited: LEASE_PATIENCE }.into())
    }
}

impl<S: Sandboxes> Executor for Local<S> {
    /// The sandbox of a submission that must have one for itself, between two of its cases.
    type Session = Mutex<Option<S::Lease>>;

    async fn compile(
        &self,
        job: &CompileJob<'_>,
        cancel: &CancellationToken,
    ) -> Result<Compiled, JudgeError> {
        self.compile_here(job, cancel).await
    }

    /// Each case waits for a sandbox anew, so that a submission of many tests does not keep others waiting for longer
    /// than one run; a fresh sandbox serves the whole submission.
    async fn run_case(
        &self,
        job: &CaseJob<'_>,
        session: &Self::Session,
        cancel: &CancellationToken,
    ) -> Result<Facts, JudgeError> {
        let kept = session.lock().await.take();
        let mut lease = match kept {
            Some(lease) => lease,
            None => {
                let whose = job.whose;
                let profile = Profile::of_runs(job.language);
                self.sandboxes.lease(&profile, whose.isolation, whose.user, LEASE_PATIENCE).await?
            }
        };
        // Only who has a sandbox has room, so that nobody waits for one with the other in hand.
        let room = self.room(job.limits).await?;
        let span = tracing::info_span!("run", test = job.index, sandbox = lease.name());
        let ran = lease.run(run::program(job, &self.blobs).await?, cancel).instrument(span).await?;
        if job.whose.isolation == Isolation::Fresh {
            *session.lock().await = Some(lease);
        }
        let end = ProgramEnd::of(ran.ending)?;
        Ok(Facts { end, usage: ran.usage, stdout: ran.stdout, stderr: ran.stderr, room })
    }

    fn at_once(&self) -> usize {
        self.at_once
    }
}
