//! Has a program and a validator talk with each other, in two sandboxes.

use std::pin::pin;
use std::time::Duration;

use gavel_protocol::{Bytes, Ending, Limit};
use tokio::sync::{OwnedSemaphorePermit, SemaphorePermit};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::{Local, beside, cut, facts, joined, shown, tapped};
use crate::account::{Held, Purpose};
use crate::judge::dialogue::{self, Dialogue, Passing};
use crate::judge::executor::CaseJob;
use crate::judge::patience::left_to_partner;
use crate::judge::transcript::{self, Side, Transcript};
use crate::judge::{JudgeError, LEASE_PATIENCE, Progress, run};
use crate::live::Stream;
use crate::sandbox::{Lease, Output, Program, Ran, RunEnding, SandboxError, Sandboxes};

/// What is kept of the standard error of each of two that talk with each other.
const MOST_ERRORS: Bytes = Bytes::mib(1);

/// What both have said is passed on by then, when both are dead. Not waited for for ever, should somebody else hold their pipes.
const PASSED_ON: Duration = Duration::from_secs(30);

/// What two need that talk with each other.
struct Places<'a, L> {
    programs: L,
    validators: L,
    /// Memory for what both write beside the dialogue, and for a record of that.
    room: Held,
    /// The same of the disk, for files that the program hands back.
    space: Option<OwnedSemaphorePermit>,
    _right: SemaphorePermit<'a>,
}

impl<S: Sandboxes> Local<S> {
    pub(super) async fn pair(
        &self,
        program: &CaseJob<'_>,
        validator: &CaseJob<'_>,
        cancel: &CancellationToken,
    ) -> Result<Dialogue, JudgeError> {
        if self.at_once < 2 {
            return Err(SandboxError::TooMany { count: 2, most: self.at_once }.into());
        }
        let errors = [program, validator].map(|job| job.limits.output.min(MOST_ERRORS));
        let placing = self.places([program, validator], errors);
        // Who does not need what they say any more does not wait for what they need.
        let mut places = cancel.run_until_cancelled(placing).await.ok_or(JudgeError::Cancelled)??;
        let [of_program, of_validator] = errors.map(|most| [Output::Discard, cut(most)]);
        let shown = shown(program, &self.live);
        // What it writes the validator reads; what both say is seen in the transcript.
        let [no_stdout, stderr] = of_program;
        let of_program = [no_stdout, tapped(stderr, shown.as_ref(), Stream::Stderr)];
        let mut program_run = run::program(program, of_program, &self.blobs).await?;
        let mut validator_run = run::program(validator, of_validator, &self.blobs).await?;
        let passing = dialogue::connect(&mut program_run, &mut validator_run);
        let passing = passing
            .map_err(|source| SandboxError::Io { doing: "connect a program and a validator", source })?;
        program.whose.progress.tell(Progress::Served);
        let heard = shown.as_ref().map(|shown| shown.tap(Stream::Transcript));
        let transcript = program.is_told.then(|| Transcript::begin(heard));
        let span = tracing::info_span!("dialogue", test = program.index, sandbox = places.programs.name());
        let talk = Talk {
            programs: (&mut places.programs, program_run),
            validators: (&mut places.validators, validator_run),
            patience: left_to_partner(validator.limits, program.limits),
        };
        let (ran, first) = talk.hold(passing, transcript.as_ref(), cancel).instrument(span).await?;
        drop(shown);
        let transcript = transcript.map(Transcript::text);
        let [program_ran, validator_ran] = ran.map(joined);
        let told = transcript.as_ref().map_or(0, String::len);
        let Places { mut room, space, .. } = places;
        room.shrink_to((program_ran.stderr.head.len() + validator_ran.stderr.head.len() + told) as u64);
        let validator_room = self.account.open(Purpose::Judging);
        Ok(Dialogue {
            program: facts(program, program_ran, (room, space), &self.blobs).await?,
            validator: facts(validator, validator_ran, (validator_room, None), &self.blobs).await?,
            first,
            transcript,
        })
    }

    /// The disk first, then memory, then the right to two sandboxes, then those: who waits for one of these holds what nobody
    /// ahead of it waits for.
    async fn places(
        &self,
        [program, validator]: [&CaseJob<'_>; 2],
        errors: [Bytes; 2],
    ) -> Result<Places<'_, S::Lease>, JudgeError> {
        let space = match beside(program).min(self.all_space) {
            0 => None,
            units => Some(self.space(units).await?),
        };
        let recorded = if program.is_told { transcript::LONGEST } else { 0 };
        let bytes = errors.iter().map(|most| most.get()).sum::<u64>() + recorded;
        let room = self.account.take(Purpose::Judging, bytes, LEASE_PATIENCE).await;
        let room = room.map_err(|_full| SandboxError::Busy { waited: LEASE_PATIENCE })?;
        let _right = self.pairs.acquire().await.map_err(|_closed| SandboxError::Stopping)?;
        let validators = self.lease(validator).await?;
        let programs = self.lease(program).await?;
        Ok(Places { programs, validators, room, space, _right })
    }
}

/// Both, each with its sandbox.
struct Talk<'a, L> {
    programs: (&'a mut L, Program),
    validators: (&'a mut L, Program),
    /// How long the validator may go on when the program has ended.
    patience: Duration,
}

impl<L: Lease> Talk<'_, L> {
    /// Runs both until they have ended; the program first in what is told of them, and who was the first to end.
    async fn hold(
        self,
        passing: Passing,
        transcript: Option<&Transcript>,
        cancel: &CancellationToken,
    ) -> Result<([Ran; 2], Side), JudgeError> {
        let Self { programs: (programs, program), validators: (validators, validator), patience } = self;
        // Where one cannot be run to its end, the other need not.
        let both = cancel.child_token();
        let _end = both.clone().drop_guard();
        let (alone, too_late) = (CancellationToken::new(), both.child_token());
        let talking = async {
            let ran = ended(programs.run(program, &both), &both).await;
            alone.cancel();
            ran
        };
        let waiting = async {
            alone.cancelled().await;
            tokio::time::sleep(patience).await;
        };
        let answering = ended(validators.run(validator, &too_late), &both);
        let answering = outlived(answering, waiting, &too_late);
        let mut runs = pin!(async { tokio::join!(talking, answering) });
        let mut passing = pin!(passing.pass(transcript));
        let mut passed = None;
        let (program, (validator, was_late)) = loop {
            tokio::select! {
                biased;
                ran = &mut runs => break ran,
                first = &mut passing, if passed.is_none() => passed = Some(first),
            }
        };
        // Of one that could not be run to its end the program may be there still, with its pipes, until its sandbox is removed.
        let (program, validator) = (program?, validator?);
        let first = match passed {
            Some(first) => first,
            None => tokio::time::timeout(PASSED_ON, passing).await.map_err(|_elapsed| unclosed())?,
        };
        // Who is cancelled altogether has no end of its own.
        let was_late = was_late && !both.is_cancelled();
        let validator = if was_late { killed_for_time(validator) } else { validator };
        Ok(([program, validator], first))
    }
}

fn unclosed() -> SandboxError {
    SandboxError::Died("a pipe was still open when its programs were dead".into())
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

/// A run that is ended where this comes first; and whether it was.
async fn outlived<T>(
    run: impl Future<Output = T>,
    too_late: impl Future<Output = ()>,
    end: &CancellationToken,
) -> (T, bool) {
    let mut run = pin!(run);
    tokio::select! {
        biased;
        ran = &mut run => (ran, false),
        () = too_late => {
            end.cancel();
            (run.await, true)
        }
    }
}

/// It was ended by us, and by nothing else, for the time that it took.
fn killed_for_time(ran: Ran) -> Ran {
    match ran.ending {
        RunEnding::Ended(Ending::Cancelled) => {
            Ran { ending: RunEnding::Ended(Ending::Killed { over: Limit::WallTime }), ..ran }
        }
        _ => ran,
    }
}
