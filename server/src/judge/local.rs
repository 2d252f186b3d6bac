//! Carries out the parts of a judging on this machine, in its sandboxes.

use std::sync::Arc;
use std::time::Duration;

use gavel_protocol::Bytes;
use tokio::sync::{Mutex, Semaphore};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::artefacts::Artefacts;
use super::dialogue::{self, Dialogue};
use super::ending::ProgramEnd;
use super::executor::{CaseJob, CompileJob, Compiled, Executor, Facts, Room};
use super::{JudgeError, LEASE_PATIENCE, Progress, run};
use crate::account::{Account, Held, Purpose};
use crate::blobs::Blobs;
use crate::language::Language;
use crate::sandbox::{Lease, Profile, Ran, SandboxError, Sandboxes};
use crate::submission::{Isolation, RunLimits};

/// Compiles and runs in the sandboxes it was given.
#[derive(Debug)]
pub struct Local<S> {
    pub(super) sandboxes: S,
    pub(super) artefacts: Arc<Artefacts>,
    pub(super) blobs: Blobs,
    account: Account,
    /// Programs and validators that talk with each other: no more of them than there are sandboxes for both, so that none
    /// waits with one in hand for one that another such has.
    pairs: Semaphore,
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
        let pairs = Semaphore::new(at_once / 2);
        Self { sandboxes, artefacts: Arc::new(artefacts), blobs, account, pairs, largest, at_once }
    }

    async fn lease(&self, job: &CaseJob<'_>) -> Result<S::Lease, JudgeError> {
        let whose = job.whose;
        let profile = Profile::of_runs(job.language);
        Ok(self.sandboxes.lease(&profile, whose.isolation, whose.user, LEASE_PATIENCE).await?)
    }

    /// A sandbox, and memory for what a run in it may write. Nobody waits for memory with a sandbox in hand: others have
    /// that meanwhile.
    async fn place(&self, job: &CaseJob<'_>, bytes: u64) -> Result<Place<S::Lease>, JudgeError> {
        let lease = self.lease(job).await?;
        if let Ok(room) = self.account.take(Purpose::Judging, bytes, Duration::ZERO).await {
            return Ok(Place { lease, room });
        }
        drop(lease);
        let room = self.account.take(Purpose::Judging, bytes, LEASE_PATIENCE).await;
        let room = room.map_err(|_full| SandboxError::Busy { waited: LEASE_PATIENCE })?;
        Ok(Place { lease: self.lease(job).await?, room })
    }
}

/// What is read of the standard error of each of two that talk with each other.
const MOST_ERRORS: Bytes = Bytes::mib(1);

/// Where a case is run.
#[derive(Debug)]
pub struct Place<L> {
    lease: L,
    /// Memory for what the program writes, until it is kept.
    room: Held,
}

/// The most that a client may allow a program to write to a stream, where a server has this account: a test can have that
/// much, and a third of it for its other stream.
pub(crate) fn most_output(account: &Account) -> Bytes {
    Bytes(account.most(Purpose::Judging) / 4 * 3)
}

/// The most that is read of standard output and of standard error: as much as each may be, and of the latter no more than
/// there can be room for beside the former.
fn outputs(limits: &RunLimits, account: &Account, beside: Bytes) -> [Bytes; 2] {
    let most = account.most(Purpose::Judging).saturating_sub(beside.get());
    let stdout = limits.output.min(most_output(account)).min(Bytes(most));
    [stdout, limits.output.min(Bytes(most - stdout.get()))]
}

impl<S: Sandboxes> Executor for Local<S> {
    /// The sandbox of a submission that must have one for itself, between two of its cases.
    type Session = Mutex<Option<Place<S::Lease>>>;

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
        let (own, beside) = match job.room {
            Room::Own { beside } => (true, beside),
            Room::Others => (false, Bytes(0)),
        };
        let outputs @ [stdout, stderr] = outputs(job.limits, &self.account, beside);
        let reserved = if own { stdout.get() + stderr.get() + beside.get() } else { 0 };
        let kept = session.lock().await.take();
        let place = match kept {
            Some(place) => place,
            // Who does not need the run any more does not wait for a place to have it in.
            None => tokio::select! {
                biased;
                () = cancel.cancelled() => return Err(JudgeError::Cancelled),
                place = self.place(job, reserved) => place?,
            },
        };
        let Place { mut lease, mut room } = place;
        let span = tracing::info_span!("run", test = job.index, sandbox = lease.name());
        let program = run::program(job, outputs, &self.blobs).await?;
        job.whose.progress.tell(Progress::Served);
        let ran = lease.run(program, cancel).instrument(span).await?;
        if job.whose.isolation == Isolation::Fresh {
            // What this case wrote is kept before the next begins, which has the same memory.
            let place =
                Place { lease, room: std::mem::replace(&mut room, self.account.open(Purpose::Judging)) };
            *session.lock().await = Some(place);
        } else {
            room.shrink_to((ran.stdout.head.len() + ran.stderr.head.len()) as u64 + beside.get());
        }
        facts(job, ran, room).await
    }

    async fn run_pair(
        &self,
        program: &CaseJob<'_>,
        validator: &CaseJob<'_>,
        cancel: &CancellationToken,
    ) -> Result<Dialogue, JudgeError> {
        if self.at_once < 2 {
            return Err(SandboxError::TooMany { count: 2, most: self.at_once }.into());
        }
        // Memory first, then the right to two sandboxes, then those: who waits for one of these holds what nobody ahead of it
        // waits for.
        let outputs = [program, validator].map(|job| job.limits.output.min(MOST_ERRORS));
        let bytes = outputs.iter().map(|output| output.get()).sum();
        let room = self.account.take(Purpose::Judging, bytes, LEASE_PATIENCE).await;
        let mut room = room.map_err(|_full| SandboxError::Busy { waited: LEASE_PATIENCE })?;
        let leases = async {
            let pair = self.pairs.acquire().await.map_err(|_closed| SandboxError::Stopping)?;
            Ok::<_, JudgeError>((self.lease(validator).await?, self.lease(program).await?, pair))
        };
        let (mut validators, mut programs, _pair) = tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(JudgeError::Cancelled),
            leases = leases => leases?,
        };
        let [of_program, of_validator] = outputs.map(|output| [Bytes(0), output]);
        let mut program_run = run::program(program, of_program, &self.blobs).await?;
        let mut validator_run = run::program(validator, of_validator, &self.blobs).await?;
        let passing = dialogue::connect(&mut program_run, &mut validator_run);
        let passing = passing
            .map_err(|source| SandboxError::Io { doing: "connect a program and a validator", source })?;
        program.whose.progress.tell(Progress::Served);
        // Where one cannot be run to its end, the other need not.
        let both = cancel.child_token();
        let _end = both.clone().drop_guard();
        let span = tracing::info_span!("dialogue", test = program.index, sandbox = programs.name());
        let running = async {
            let (program_ran, validator_ran, first) = tokio::join!(
                ended(programs.run(program_run, &both), &both),
                ended(validators.run(validator_run, &both), &both),
                passing.pass(),
            );
            Ok::<_, JudgeError>((program_ran?, validator_ran?, first))
        };
        let (program_ran, validator_ran, first) = running.instrument(span).await?;
        room.shrink_to((program_ran.stderr.head.len() + validator_ran.stderr.head.len()) as u64);
        let validator_room = self.account.open(Purpose::Judging);
        Ok(Dialogue {
            program: facts(program, program_ran, room).await?,
            validator: facts(validator, validator_ran, validator_room).await?,
            first,
        })
    }

    async fn version(
        &self,
        language: &Language,
        limits: &RunLimits,
        cancel: &CancellationToken,
    ) -> Result<Option<String>, JudgeError> {
        self.version_here(language, limits, cancel).await
    }

    fn at_once(&self) -> usize {
        self.at_once
    }
}

/// What a run did.
async fn facts(job: &CaseJob<'_>, ran: Ran, room: Held) -> Result<Facts, JudgeError> {
    let end = ProgramEnd::of(ran.ending)?;
    let collected =
        if ran.collected.is_empty() { Vec::new() } else { run::collected(job, ran.collected).await? };
    Ok(Facts { end, usage: ran.usage, stdout: ran.stdout, stderr: ran.stderr, collected, room })
}

/// A run that takes its partner with it where it fails.
async fn ended(
    run: impl Future<Output = Result<Ran, SandboxError>>,
    both: &CancellationToken,
) -> Result<Ran, SandboxError> {
    let ran = run.await;
    if ran.is_err() {
        both.cancel();
    }
    ran
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::test_support::LIMITS;

    #[test]
    fn what_is_read_of_both_streams_is_never_more_than_there_is_room_for() {
        let account = Account::new(Bytes::mib(16));
        let of = |output: Bytes| outputs(&RunLimits { output, ..LIMITS }, &account, Bytes(0)).map(Bytes::get);
        assert_eq!(of(Bytes::mib(1)), [1 << 20; 2]);
        assert_eq!(of(Bytes::mib(2)), [2 << 20, 1 << 20]);
        let [stdout, stderr] = of(Bytes::mib(64));
        assert_eq!((stdout, stdout + stderr), (most_output(&account).get(), account.share(Purpose::Judging)));
    }
}
