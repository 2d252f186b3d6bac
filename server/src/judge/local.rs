//! Carries out the parts of a judging on this machine, in its sandboxes.

mod pair;
mod still;

use std::sync::Arc;
use std::time::Duration;

use gavel_protocol::{Bytes, Ending, Limit};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::artefacts::Artefacts;
use super::dialogue::Dialogue;
use super::ending::ProgramEnd;
use super::executor::{CaseJob, CompileJob, Compiled, Executor, Facts, Room};
use super::{JudgeError, LEASE_PATIENCE, Progress, files, output, run};
use crate::account::{Account, Held, Purpose};
use crate::blobs::Blobs;
use crate::language::Language;
use crate::live::{LiveOutputs, Shown, Stream};
use crate::sandbox::{Captured, Lease, Output, Profile, Ran, RunEnding, SandboxError, Sandboxes};
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
    /// Of the disk what outputs may take together that are too long for the memory, in units.
    space: Arc<Semaphore>,
    /// All of that. Settings may have become smaller since a submission was accepted: it has all there is, and the disk itself
    /// is looked at while it writes.
    all_space: u32,
    /// The largest program that is taken.
    pub(super) largest: Bytes,
    /// Programs are kept, to be found when the same is compiled again.
    pub(super) keeps: bool,
    at_once: usize,
    live: LiveOutputs,
}

impl<S: Sandboxes> Local<S> {
    /// Keeps compiled programs, none larger than `largest`, in these artefacts, finds contents in these blobs, and has
    /// memory for what programs write on this account, and so much of the disk for what of it is long. Cases of one
    /// submission run `at_once` at a time.
    pub fn new(
        sandboxes: S,
        artefacts: Artefacts,
        blobs: Blobs,
        account: Account,
        on_disk: Bytes,
        largest: Bytes,
        at_once: usize,
    ) -> Self {
        let pairs = Semaphore::new(at_once / 2);
        let all_space = u32::try_from(on_disk.get() / UNIT).unwrap_or(u32::MAX);
        let space = Arc::new(Semaphore::new(all_space as usize));
        let artefacts = Arc::new(artefacts);
        let live = LiveOutputs::default();
        let keeps = true;
        Self { sandboxes, artefacts, blobs, account, pairs, space, all_space, largest, keeps, at_once, live }
    }

    /// Keeps no program for another time: whose it is, and when that user is forgotten, is known elsewhere.
    #[must_use]
    pub fn forgetful(mut self) -> Self {
        self.keeps = false;
        self
    }

    /// The compiled programs.
    pub fn artefacts(&self) -> Arc<Artefacts> {
        Arc::clone(&self.artefacts)
    }

    /// What the programs write that run.
    pub fn live(&self) -> LiveOutputs {
        self.live.clone()
    }

    async fn lease(&self, job: &CaseJob<'_>) -> Result<S::Lease, JudgeError> {
        let whose = job.whose;
        let profile = Profile::of_runs(job.language);
        Ok(self.sandboxes.lease(&profile, whose.isolation, whose.user, LEASE_PATIENCE).await?)
    }

    async fn space(&self, units: u32) -> Result<OwnedSemaphorePermit, JudgeError> {
        let space = Arc::clone(&self.space).acquire_many_owned(units);
        let space = tokio::time::timeout(LEASE_PATIENCE, space).await;
        let space = space.map_err(|_elapsed| SandboxError::Busy { waited: LEASE_PATIENCE })?;
        Ok(space.map_err(|_closed| SandboxError::Stopping)?)
    }

    /// A sandbox, and memory and disk for what a run in it may write. Nobody waits for memory with a sandbox in hand: others
    /// have that meanwhile.
    async fn place(&self, job: &CaseJob<'_>, wanted: Wanted) -> Result<Place<S::Lease>, JudgeError> {
        let Wanted { memory, disk } = wanted;
        let space = match disk.min(self.all_space) {
            0 => None,
            units => Some(self.space(units).await?),
        };
        let lease = self.lease(job).await?;
        if let Ok(room) = self.account.take(Purpose::Judging, memory, Duration::ZERO).await {
            return Ok(Place { lease, room, space });
        }
        drop(lease);
        let room = self.account.take(Purpose::Judging, memory, LEASE_PATIENCE).await;
        let room = room.map_err(|_full| SandboxError::Busy { waited: LEASE_PATIENCE })?;
        Ok(Place { lease: self.lease(job).await?, room, space })
    }

    /// As [`Self::place`], if there is one at this moment.
    fn free_place(&self, job: &CaseJob<'_>, Wanted { memory, disk }: Wanted) -> Option<Place<S::Lease>> {
        let space = match disk.min(self.all_space) {
            0 => None,
            units => Some(Arc::clone(&self.space).try_acquire_many_owned(units).ok()?),
        };
        let room = self.account.try_take(Purpose::Judging, memory).ok()?;
        let (profile, whose) = (Profile::of_runs(job.language), job.whose);
        let lease = self.sandboxes.lease_if_free(&profile, whose.isolation, whose.user)?;
        Some(Place { lease, room, space })
    }

    /// Runs a case in this place, of which the session keeps what it may use again. Where there is none, room for what was written
    /// stays with that.
    async fn run_in(
        &self,
        place: Place<S::Lease>,
        job: &CaseJob<'_>,
        (head, beside): (Bytes, Bytes),
        session: Option<&Mutex<Option<Place<S::Lease>>>>,
        cancel: &CancellationToken,
    ) -> Result<Facts, JudgeError> {
        let Place { mut lease, mut room, mut space } = place;
        let shown = shown(job, &self.live);
        let mut ran = self.ran(&mut lease, job, head, shown.as_ref(), cancel).await?;
        drop(shown);
        let no_output = output::take(job, &mut ran, head, &self.blobs).await?;
        if let Some(session) = session.filter(|_| job.whose.isolation == Isolation::Fresh) {
            // What this case wrote is kept before the next begins, which has the same memory.
            let kept = std::mem::replace(&mut room, self.account.open(Purpose::Judging));
            *session.lock().await = Some(Place { lease, room: kept, space: space.take() });
        } else {
            room.shrink_to((ran.stdout.head.len() + ran.stderr.head.len()) as u64 + beside.get());
            left_to_others(&mut space, [&ran.stdout, &ran.stderr], self::beside(job));
        }
        Ok(Facts { no_output, ..facts(job, ran, (room, space), &self.blobs).await? })
    }

    /// Runs a case's program, and once more where it has run out of time while we stood still: it waited for us to read.
    async fn ran(
        &self,
        lease: &mut S::Lease,
        job: &CaseJob<'_>,
        head: Bytes,
        shown: Option<&Shown>,
        cancel: &CancellationToken,
    ) -> Result<Ran, JudgeError> {
        // Boxed, as it is large and would be a part of all that awaits it.
        let running = Box::pin(self.ran_once(lease, job, head, shown, cancel));
        let (ran, stood_still) = still::noticed(running).await;
        let ran = ran?;
        if !stood_still || ran.ending != OUT_OF_TIME {
            return Ok(ran);
        }
        tracing::warn!(
            test = job.index,
            "The server stood still while a program ran out of time: it runs again"
        );
        drop(ran);
        Box::pin(self.ran_once(lease, job, head, shown, cancel)).await
    }

    async fn ran_once(
        &self,
        lease: &mut S::Lease,
        job: &CaseJob<'_>,
        head: Bytes,
        shown: Option<&Shown>,
        cancel: &CancellationToken,
    ) -> Result<Ran, JudgeError> {
        let outputs =
            [Stream::Stdout, Stream::Stderr].map(|stream| tapped(self.output(job, head), shown, stream));
        let program = run::program(job, outputs, &self.blobs).await?;
        job.whose.progress.tell(Progress::Served);
        let span = tracing::info_span!("run", test = job.index, sandbox = lease.name());
        Ok(joined(lease.run(program, cancel).instrument(span).await?))
    }
}

/// A program was killed for the time that it took by the clock.
const OUT_OF_TIME: RunEnding = RunEnding::Ended(Ending::Killed { over: Limit::WallTime });

/// Where a case is run.
#[derive(Debug)]
pub struct Place<L> {
    lease: L,
    /// Memory for what the program writes, until it is kept.
    room: Held,
    /// The same of the disk, where it may be long.
    space: Option<OwnedSemaphorePermit>,
}

impl<L> Place<L> {
    /// There is so much room.
    fn is_enough(&self, wanted: Wanted, all_space: u32) -> bool {
        let space = self.space.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        self.room.bytes() >= wanted.memory && space >= wanted.disk.min(all_space) as usize
    }
}

/// Leaves to others what was set aside for long outputs and is not needed for these.
/// `beside` those something may take.
fn left_to_others(space: &mut Option<OwnedSemaphorePermit>, outputs: [&Captured; 2], beside: u32) {
    let long = outputs.iter().filter_map(|output| output.whole.as_ref());
    let taken = long.map(|blob| blob.size.div_ceil(UNIT)).sum::<u64>().saturating_add(beside.into());
    let taken = usize::try_from(taken).unwrap_or(usize::MAX);
    let surplus = |space: &mut OwnedSemaphorePermit| space.split(space.num_permits().saturating_sub(taken));
    drop(space.as_mut().and_then(surplus));
}

/// What is set aside for outputs: bytes of memory, units of the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wanted {
    memory: u64,
    disk: u32,
}

/// What the disk is counted in.
const UNIT: u64 = 1 << 20;
/// Of each stream so much is in memory; what is longer is a file.
pub(crate) const IN_MEMORY: Bytes = Bytes::mib(1);

/// The most that a client may allow a program to write to a stream, where outputs may take so much of the disk together: each
/// test has two streams.
pub(crate) fn most_output(on_disk: Bytes) -> Bytes {
    Bytes(on_disk.get() / 2 / UNIT * UNIT).max(IN_MEMORY)
}

/// Of each stream of a run the beginning that may be in memory.
fn head(limits: &RunLimits, account: &Account, beside: Bytes) -> Bytes {
    let most = account.most(Purpose::Judging).saturating_sub(beside.get()) / 2;
    limits.output.min(IN_MEMORY).min(Bytes(most))
}

/// What is set aside for both streams.
fn wanted(limits: &RunLimits, head: Bytes, beside: Bytes) -> Wanted {
    let units = if limits.output > head { limits.output.get().div_ceil(UNIT) * 2 } else { 0 };
    Wanted { memory: head.get() * 2 + beside.get(), disk: u32::try_from(units).unwrap_or(u32::MAX) }
}

/// What a run may leave on the disk beside its outputs: files that are handed back, and what looks at its output leaves.
fn beside(job: &CaseJob<'_>) -> u32 {
    let Room::Own { left, .. } = job.room else { return 0 };
    let handed =
        units(job.handed.most).saturating_mul(u32::try_from(job.handed.names.len()).unwrap_or(u32::MAX));
    handed.saturating_add(units(left))
}

fn units(bytes: Bytes) -> u32 {
    u32::try_from(bytes.get().div_ceil(UNIT)).unwrap_or(u32::MAX)
}

impl<S: Sandboxes> Executor for Local<S> {
    /// The sandbox of a submission that must have one for itself, between two of its cases.
    type Session = Option<Mutex<Option<Place<S::Lease>>>>;

    fn session(&self) -> Self::Session {
        Some(Mutex::default())
    }

    async fn compile(
        &self,
        job: &CompileJob<'_>,
        cancel: &CancellationToken,
    ) -> Result<Compiled, JudgeError> {
        self.compile_here(job, cancel).await
    }

    /// Each case waits for a sandbox anew, so that a submission of many tests does not keep others waiting for longer
    /// than one run; what the session is left with of a fresh sandbox serves its next case.
    async fn run_case(
        &self,
        job: &CaseJob<'_>,
        session: &Self::Session,
        cancel: &CancellationToken,
    ) -> Result<Facts, JudgeError> {
        let (own, beside) = match job.room {
            Room::Own { beside, .. } => (true, beside),
            Room::Others => (false, Bytes(0)),
        };
        let head = head(job.limits, &self.account, beside);
        let mut wanted = if own { wanted(job.limits, head, beside) } else { Wanted { memory: 0, disk: 0 } };
        wanted.disk = wanted.disk.saturating_add(self::beside(job));
        // Another test may have other limits.
        let kept = match session {
            Some(session) => session.lock().await.take(),
            None => None,
        };
        let kept = kept.filter(|place| place.is_enough(wanted, self.all_space));
        let place = match kept {
            Some(place) => place,
            // Who does not need the run any more does not wait for a place to have it in.
            None => tokio::select! {
                biased;
                () = cancel.cancelled() => return Err(JudgeError::Cancelled),
                place = self.place(job, wanted) => place?,
            },
        };
        self.run_in(place, job, (head, beside), session.as_ref(), cancel).await
    }

    async fn run_case_if_free(
        &self,
        job: &CaseJob<'_>,
        cancel: &CancellationToken,
    ) -> Option<Result<Facts, JudgeError>> {
        let head = head(job.limits, &self.account, Bytes(0));
        let mut wanted = wanted(job.limits, head, Bytes(0));
        wanted.disk = wanted.disk.saturating_add(beside(job));
        let place = self.free_place(job, wanted)?;
        Some(self.run_in(place, job, (head, Bytes(0)), None, cancel).await)
    }

    async fn run_pair(
        &self,
        program: &CaseJob<'_>,
        validator: &CaseJob<'_>,
        cancel: &CancellationToken,
    ) -> Result<Dialogue, JudgeError> {
        // It is large, and would be a part of all that awaits it.
        Box::pin(self.pair(program, validator, cancel)).await
    }

    async fn version(
        &self,
        language: &Language,
        limits: &RunLimits,
        cancel: &CancellationToken,
    ) -> Result<Option<String>, JudgeError> {
        self.version_here(language, limits, cancel).await
    }

    fn image(&self, profile: &Profile) -> Option<String> {
        self.sandboxes.image(profile).map(|image| image.to_string())
    }

    fn at_once(&self) -> usize {
        self.at_once
    }
}

impl<S> Local<S> {
    /// Of a stream, of which this is in memory.
    fn output(&self, job: &CaseJob<'_>, head: Bytes) -> Output {
        if job.cuts {
            return cut(head);
        }
        let most = job.limits.output;
        if most <= head {
            return capture(head);
        }
        Output::Spill { head: bytes(head), most: most.get(), blobs: self.blobs.clone() }
    }
}

/// A run of a submission's program can be looked at where what it writes will be told.
fn shown(job: &CaseJob<'_>, live: &LiveOutputs) -> Option<Shown> {
    let submission = job.whose.submission.filter(|_| job.is_told)?;
    Some(live.begin(submission, job.index))
}

fn tapped(output: Output, shown: Option<&Shown>, stream: Stream) -> Output {
    match shown {
        Some(shown) => Output::Tapped(Box::new(output), shown.tap(stream)),
        None => output,
    }
}

/// So much of a stream, and no more, is in memory.
fn capture(head: Bytes) -> Output {
    Output::Capture { head: bytes(head), tail: 0, kill: true }
}

/// Of a stream its beginning and its end are kept, however long it is, in so much memory: the end needs twice its room while it
/// is not yet the end.
fn cut(most: Bytes) -> Output {
    let most = bytes(most);
    let end = most / 5;
    Output::Capture { head: most - 2 * end, tail: end.saturating_sub(LEFT_OUT.len()), kill: false }
}

/// Where something was dropped between the beginning and the end of a stream.
const LEFT_OUT: &str = "\n[...]\n";

/// A run with the end of each stream behind its beginning.
fn joined(mut ran: Ran) -> Ran {
    for stream in [&mut ran.stdout, &mut ran.stderr] {
        let tail = std::mem::take(&mut stream.tail);
        if stream.total > (stream.head.len() + tail.len()) as u64 && !tail.is_empty() {
            stream.head.extend_from_slice(LEFT_OUT.as_bytes());
            // However little it was: what is told is not all.
            stream.total = stream.total.max((stream.head.len() + tail.len() + 1) as u64);
        }
        stream.head.extend(tail);
    }
    ran
}

fn bytes(bytes: Bytes) -> usize {
    usize::try_from(bytes.get()).unwrap_or(usize::MAX)
}

/// What a run did.
async fn facts(
    job: &CaseJob<'_>,
    mut ran: Ran,
    (room, space): (Held, Option<OwnedSemaphorePermit>),
    blobs: &Blobs,
) -> Result<Facts, JudgeError> {
    let end = ProgramEnd::of(ran.ending)?;
    let files =
        if job.handed.names.is_empty() { Vec::new() } else { files::take(job, &mut ran, blobs).await? };
    let collected =
        if ran.collected.is_empty() { Vec::new() } else { run::collected(job, ran.collected).await? };
    let Ran { usage, stdout, stderr, leavings, .. } = ran;
    let (machine, no_output) = (None, None);
    Ok(Facts { end, usage, machine, stdout, no_output, stderr, collected, files, leavings, room, space })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::test_support::LIMITS;

    #[tokio::test]
    async fn of_what_was_set_aside_on_the_disk_there_is_left_what_is_taken() {
        let directory = tempfile::tempdir().unwrap();
        let (blobs, _orphans) = Blobs::open(directory.path()).unwrap();
        let mut long = blobs.write_passing().unwrap();
        std::io::Write::write_all(&mut long, &[7; 3 << 19]).unwrap();
        let long = Captured { whole: Some(long.finish().unwrap()), ..Captured::default() };
        let all = Arc::new(Semaphore::new(64));
        for (outputs, free) in [([&Captured::default(), &long], 62), ([&Captured::default(); 2], 64)] {
            let mut space = Some(Arc::clone(&all).acquire_many_owned(64).await.unwrap());
            left_to_others(&mut space, outputs, 0);
            assert_eq!(all.available_permits(), free);
            left_to_others(&mut space, outputs, 5);
            assert_eq!(all.available_permits(), free, "what is gone does not come back");
        }
        assert_eq!(all.available_permits(), 64);
        let mut space = Some(Arc::clone(&all).acquire_many_owned(64).await.unwrap());
        left_to_others(&mut space, [&Captured::default(), &long], 5);
        assert_eq!(all.available_permits(), 57, "what is left beside outputs is not given back");
        left_to_others(&mut None, [&long; 2], 5);
    }

    #[test]
    fn what_is_cut_is_no_longer_than_it_may_be_and_is_told_as_cut() {
        let stream = |head: &str, tail: &str, total| {
            let [head, tail] = [head, tail].map(|text| text.as_bytes().to_vec());
            let stdout = Captured { head, tail, total, whole: None };
            let Captured { head, tail, total, .. } =
                joined(Ran { stdout, ..crate::judge::test_support::printed("") }).stdout;
            assert!(tail.is_empty());
            let is_cut = total > head.len() as u64;
            (String::from_utf8(head).unwrap(), is_cut)
        };
        assert_eq!(stream("first", "", 5), ("first".to_owned(), false));
        assert_eq!(stream("first", "last", 9), ("firstlast".to_owned(), false));
        for total in [10, 1 << 30] {
            assert_eq!(stream("first", "last", total), ("first\n[...]\nlast".to_owned(), true));
        }
        for most in [0, 1, 20, 100 << 10] {
            let Output::Capture { head, tail, kill: false } = cut(Bytes(most)) else { panic!("it is ended") };
            let marked = if tail > 0 { LEFT_OUT.len() } else { 0 };
            assert!(head + 2 * tail + marked <= usize::try_from(most).unwrap(), "{most}: {head} and {tail}");
        }
    }

    #[tokio::test]
    async fn a_place_with_less_room_than_a_test_needs_is_not_used_for_it() {
        let (account, all) = (Account::new(Bytes::mib(64)), Arc::new(Semaphore::new(64)));
        let room = account.try_take(Purpose::Judging, 4096).unwrap();
        let space = Some(Arc::clone(&all).acquire_many_owned(8).await.unwrap());
        let mut place = Place { lease: (), room, space };
        assert!(place.is_enough(Wanted { memory: 4096, disk: 8 }, 64));
        assert!(place.is_enough(Wanted { memory: 4096, disk: 9 }, 8), "there is no more");
        assert!(!place.is_enough(Wanted { memory: 4097, disk: 8 }, 64));
        assert!(!place.is_enough(Wanted { memory: 4096, disk: 9 }, 64));
        place.space = None;
        assert!(!place.is_enough(Wanted { memory: 1, disk: 1 }, 64));
    }

    #[test]
    fn however_much_a_program_may_write_little_of_it_is_in_memory_and_the_rest_has_room_on_the_disk() {
        let account = Account::new(Bytes::mib(16));
        let of = |output: Bytes, beside: Bytes| {
            let limits = RunLimits { output, ..LIMITS };
            let head = head(&limits, &account, beside);
            (head.get(), wanted(&limits, head, beside))
        };
        let of_small = |output: Bytes| of(output, Bytes(0));
        assert_eq!(of_small(Bytes::kib(64)), (64 << 10, Wanted { memory: 128 << 10, disk: 0 }));
        assert_eq!(of_small(Bytes::mib(1)), (1 << 20, Wanted { memory: 2 << 20, disk: 0 }));
        assert_eq!(of_small(Bytes::mib(8)), (1 << 20, Wanted { memory: 2 << 20, disk: 16 }));
        assert_eq!(of_small(Bytes::mib(1024)), (1 << 20, Wanted { memory: 2 << 20, disk: 2048 }));
        let (_, wanted) = of(Bytes::mib(1), Bytes::mib(2));
        assert_eq!(wanted, Wanted { memory: account.share(Purpose::Judging), disk: 2 });
        for on_disk in [Bytes(0), Bytes::mib(5), Bytes::mib(4096)] {
            let most = most_output(on_disk);
            let (_, wanted) = of_small(most);
            assert!(u64::from(wanted.disk) * UNIT <= on_disk.get(), "{most}");
        }
    }
}
