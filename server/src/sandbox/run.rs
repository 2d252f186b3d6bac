//! One run, from its frames to its report: reads the output, keeps the deadline, believes nothing unchecked.

use std::pin::pin;
use std::time::Duration;

use gavel_protocol::{
    Bytes, Collect, Collected, CollectedFile, Ending, MAX_LEAVINGS, Order, Outcome, Reply, Report, RunId,
    Step, Usage,
};
use rustix::fs::FileType;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::capture::Capture;
use super::channel::{Channel, Frame, Unsent};
use super::connection::{Descriptors, Received, breach};
use super::order::{self, Expect};
use super::patience::overload;
use super::{CollectedOutput, Leaving, Ran, RunEnding, SandboxError};

/// Most programs are over by then, and what they wrote is in the pipe.
const QUIET: Duration = Duration::from_millis(3);

/// Beyond the wall limit: putting files, killing, handing out. Then the monitor is taken for dead.
const GRACE: Duration = Duration::from_secs(5);

/// How much a monitor copies in a second at least, also on a host that is overloaded. It does nothing else meanwhile, not
/// even answer.
const COPIED: u64 = 32 * 1024 * 1024;

/// From a Kill to the report.
const KILL: Duration = Duration::from_secs(5);

/// A report comes so late at most, on a host that is overloaded.
const LATEST: Duration = Duration::from_secs(60);

/// How often the monitor of a long run is pinged: a paused container says nothing.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// Pings without an answer after which a monitor is taken for dead; some may be late on a busy host.
const SILENCE: u32 = 3;

/// No honest figure is larger, and sums of smaller ones do not overflow.
const LONGEST: Duration = Duration::from_secs(7 * 24 * 3600);

/// A run that is about to be sent, and our ends of it.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) id: RunId,
    pub(super) frames: Vec<Frame>,
    pub(super) expect: Expect,
    /// Standard output, where it is captured.
    pub(super) stdout: Option<Capture>,
    /// Standard error, where it is captured for itself.
    pub(super) stderr: Option<Capture>,
}

/// Why a run has no result.
#[derive(Debug)]
pub(super) enum Failure {
    /// An error of our own, and the monitor knows nothing of the run.
    NotSent(SandboxError),
    /// An error of our own, and the monitor has reported the run's end.
    Ended(SandboxError),
    /// The monitor's state is unknown.
    Broken(SandboxError),
}

impl Failure {
    /// What has failed.
    pub(super) fn into_error(self) -> SandboxError {
        match self {
            Self::NotSent(error) | Self::Ended(error) | Self::Broken(error) => error,
        }
    }
}

/// What happened next.
enum Event {
    Frame(Received),
    Stdout(std::io::Result<()>),
    Stderr(std::io::Result<()>),
    Cancelled,
    Timer,
}

/// A run that is under way.
struct Running {
    id: RunId,
    stdout: Option<Capture>,
    stderr: Option<Capture>,
    expected: Vec<Collect>,
    collected: Vec<CollectedOutput>,
    /// What was left in the box, where that was asked for.
    leavings: Option<Vec<Leaving>>,
    /// Somebody wanted it dead: us for its output, or the caller.
    killed: bool,
    /// An error of our own, for which the run has no result.
    failed: Option<SandboxError>,
    /// The output is read while the program runs.
    reading: bool,
    deadline: Instant,
    allowed: Duration,
    /// Heartbeats since enough pings are without an answer.
    unheard: u32,
    /// By then all is copied into the sandbox, and its monitor answers.
    copied: Instant,
}

/// Sends a run and waits for its report.
pub(super) async fn run(
    name: &str,
    channel: &mut Channel,
    sent: Sent,
    cancel: &CancellationToken,
) -> Result<Ran, Failure> {
    let Sent { id, frames, expect, stdout, stderr } = sent;
    let sending = channel.send(frames).await;
    let mut running = match sending {
        Ok(()) => Running { stdout, stderr, ..Running::new(id, expect) },
        Err(Unsent::Theirs(error)) => return Err(Failure::Broken(error)),
        Err(Unsent::Ours { error, begun: false }) => return Err(Failure::NotSent(error)),
        Err(Unsent::Ours { error, begun: true }) => {
            channel.order(id, order::forget()).await.map_err(Failure::Broken)?;
            Running { failed: Some(error), ..Running::new(id, expect.of_nothing()) }
        }
    };
    let report = running.report(channel, cancel).await.map_err(Failure::Broken)?;
    if !report.detail.is_empty() {
        tracing::info!(sandbox = name, detail = %report.detail.escape_debug(), "the monitor remarks");
    }
    running.finish(*report, channel).await
}

impl Running {
    /// A run whose output nobody wants to have.
    fn new(id: RunId, expect: Expect) -> Self {
        let copying = Duration::from_secs(expect.copied / COPIED);
        let allowed = expect.wall.saturating_add(GRACE).saturating_add(copying);
        let now = Instant::now();
        Self {
            id,
            stdout: None,
            stderr: None,
            expected: expect.collect,
            collected: Vec::new(),
            leavings: expect.leavings.then(Vec::new),
            killed: false,
            failed: None,
            reading: false,
            deadline: now.checked_add(allowed).unwrap_or(now + LONGEST),
            allowed,
            unheard: 0,
            copied: now + copying.min(LONGEST),
        }
    }

    /// Serves the run until its report comes.
    async fn report(
        &mut self,
        channel: &mut Channel,
        cancel: &CancellationToken,
    ) -> Result<Box<Report>, SandboxError> {
        let mut timer = pin!(sleep_until((Instant::now() + QUIET).min(self.deadline)));
        let mut cancelled = pin!(cancel.cancelled());
        loop {
            let [first, second] = &mut channel.scratch;
            let event = tokio::select! {
                biased;
                received = channel.connection.receive() => Event::Frame(received?),
                read = read(&mut self.stdout, first), if self.reading => Event::Stdout(read),
                read = read(&mut self.stderr, second), if self.reading => Event::Stderr(read),
                () = &mut cancelled, if !self.killed => Event::Cancelled,
                () = &mut timer => Event::Timer,
            };
            match event {
                Event::Frame(received) => {
                    if let Some(report) = self.frame(received, &mut channel.pongs_due)? {
                        return Ok(report);
                    }
                    self.unheard = 0;
                }
                Event::Stdout(read) | Event::Stderr(read) => {
                    if let Err(error) = read {
                        self.give_up(error);
                    }
                    if (self.is_exceeded() || self.failed.is_some()) && !self.killed {
                        self.kill(channel).await?;
                        timer.as_mut().reset(self.deadline);
                    }
                }
                Event::Cancelled => {
                    self.kill(channel).await?;
                    timer.as_mut().reset(self.deadline);
                }
                Event::Timer => timer.as_mut().reset(self.tick(channel).await?),
            }
            // Frames and output come before the clock in this loop, so that a flood of them would hide the deadline.
            if self.is_overdue(Instant::now()) {
                return Err(SandboxError::Overdue(self.allowed));
            }
        }
    }

    /// The timer has fired; when it is to fire next.
    async fn tick(&mut self, channel: &mut Channel) -> Result<Instant, SandboxError> {
        let now = Instant::now();
        if channel.pongs_due >= SILENCE {
            self.unheard += 1;
            if self.unheard > SILENCE * (overload() - 1) {
                return Err(SandboxError::Died("its monitor has fallen silent".into()));
            }
        } else if self.reading && now >= self.copied {
            channel.order(self.id, Order::Ping).await?;
            channel.pongs_due += 1;
        }
        self.reading = true;
        let next = now + HEARTBEAT;
        Ok(if now < self.deadline { next.min(self.deadline) } else { next })
    }

    /// Its report should have come by now, and would have on a host that is not overloaded.
    fn is_overdue(&self, now: Instant) -> bool {
        now >= self.deadline && now >= self.deadline + (KILL * (overload() - 1)).min(LATEST)
    }

    /// Tells the monitor to end the run, once.
    async fn kill(&mut self, channel: &mut Channel) -> Result<(), SandboxError> {
        self.killed = true;
        self.deadline = self.deadline.min(self.copied.max(Instant::now()) + KILL);
        channel.order(self.id, Order::Kill).await
    }

    /// Reads no more.
    fn give_up(&mut self, source: std::io::Error) {
        self.failed.get_or_insert(SandboxError::Io { doing: "read the output", source });
        (self.stdout, self.stderr) = (None, None);
    }

    fn is_exceeded(&self) -> bool {
        [&self.stdout, &self.stderr].into_iter().flatten().any(Capture::is_exceeded)
    }

    /// Takes a frame; the report ends the run.
    fn frame(
        &mut self,
        received: Received,
        pongs_due: &mut u32,
    ) -> Result<Option<Box<Report>>, SandboxError> {
        if received.run != self.id {
            return Err(breach(format!(
                "run {} was expected, a frame of {} came",
                self.id.0, received.run.0
            )));
        }
        let mut descriptors = Descriptors::new(received.descriptors);
        match received.reply {
            // They would be no news, and could come without end.
            Reply::Leavings(found) if found.is_empty() => Err(breach("a frame has nothing in it")),
            Reply::Collected(collected) if collected.is_empty() => Err(breach("a frame has nothing in it")),
            Reply::Leavings(found) => {
                self.take_leavings(found, &mut descriptors)?;
                descriptors.finish()?;
                Ok(None)
            }
            Reply::Collected(collected) => {
                self.collect(collected, &mut descriptors)?;
                descriptors.finish()?;
                Ok(None)
            }
            Reply::Report(mut report) => {
                self.collect(std::mem::take(&mut report.collected), &mut descriptors)?;
                descriptors.finish()?;
                Ok(Some(report))
            }
            Reply::Pong if *pongs_due > 0 => {
                *pongs_due -= 1;
                descriptors.finish()?;
                Ok(None)
            }
            Reply::Hello(_) | Reply::Clean(_) | Reply::Pong => Err(breach("a frame came out of turn")),
        }
    }

    fn take_leavings(
        &mut self,
        found: Vec<Collected>,
        descriptors: &mut Descriptors,
    ) -> Result<(), SandboxError> {
        let leavings = self.leavings.as_mut().ok_or_else(|| breach("nobody asked for what was left"))?;
        for Collected { path: name, file } in found {
            let one_part = !name.is_empty() && !name.contains(['/', '\0']) && name != "." && name != "..";
            if leavings.len() > MAX_LEAVINGS || !one_part {
                return Err(breach("what was left cannot have been"));
            }
            match checked(file, Bytes(u64::MAX), descriptors)? {
                CollectedOutput::File { descriptor, size } => {
                    leavings.push(Leaving { name, descriptor, size });
                }
                _ => return Err(breach("something else than a file was left")),
            }
        }
        Ok(())
    }

    fn collect(
        &mut self,
        collected: Vec<Collected>,
        descriptors: &mut Descriptors,
    ) -> Result<(), SandboxError> {
        for one in collected {
            let Some(expected) = self.expected.get(self.collected.len()) else {
                return Err(breach("more files came than were asked for"));
            };
            if expected.path != one.path {
                return Err(breach("a file came that was not asked for"));
            }
            let max = if expected.truncate { Bytes(u64::MAX) } else { expected.max };
            let output = checked(one.file, max, descriptors)?;
            self.collected.push(output);
        }
        Ok(())
    }

    /// Makes the result of a report and of what was read.
    async fn finish(mut self, report: Report, channel: &mut Channel) -> Result<Ran, Failure> {
        if let Err(error) = self.drain(channel).await {
            self.give_up(error);
        }
        match self.failed.take() {
            Some(error) => Err(Failure::Ended(error)),
            None => self.result(report).map_err(Failure::Broken),
        }
    }

    /// Reads what is left of the output.
    async fn drain(&mut self, channel: &mut Channel) -> std::io::Result<()> {
        let [first, second] = &mut channel.scratch;
        for (capture, scratch) in [(&mut self.stdout, first), (&mut self.stderr, second)] {
            if let Some(capture) = capture {
                capture.drain(scratch).await?;
                capture.close().await?;
            }
        }
        Ok(())
    }

    fn result(self, report: Report) -> Result<Ran, SandboxError> {
        let exceeded = self.is_exceeded();
        let (ending, usage) = match report.outcome {
            Outcome::NotStarted { step, errno } => (not_run(step, errno, report.unput), Usage::default()),
            Outcome::Finished { ending, usage } => {
                self.check(ending, &usage)?;
                let ending = if exceeded { RunEnding::OutputExceeded } else { RunEnding::Ended(ending) };
                (ending, usage)
            }
        };
        let started = !matches!(ending, RunEnding::NotStarted { .. } | RunEnding::NotPut { .. });
        if started && self.collected.len() != self.expected.len() {
            return Err(breach("fewer files came than were asked for"));
        }
        let finish = |capture: Option<Capture>| capture.map(Capture::finish).unwrap_or_default();
        let (stdout, stderr) = (finish(self.stdout), finish(self.stderr));
        let leavings = self.leavings.unwrap_or_default();
        Ok(Ran { ending, usage, stdout, stderr, collected: self.collected, leavings })
    }

    /// Refuses what no monitor of ours would say.
    fn check(&self, ending: Ending, usage: &Usage) -> Result<(), SandboxError> {
        let possible = match ending {
            Ending::Exited { code } => (0..=255).contains(&code),
            Ending::Signaled { signal } => (1..=64).contains(&signal),
            Ending::Killed { .. } => true,
            Ending::Cancelled => self.killed,
        };
        let times = [usage.cpu_user, usage.cpu_system, usage.wall_time];
        if possible && times.iter().all(|time| *time <= LONGEST) {
            Ok(())
        } else {
            Err(breach(format!("{ending:?} with {usage:?} is impossible")))
        }
    }
}

fn not_run(step: Step, errno: i32, unput: Option<u32>) -> RunEnding {
    match (step, unput) {
        (Step::PutFile, Some(file)) => RunEnding::NotPut { file, errno },
        _ => RunEnding::NotStarted { step, errno },
    }
}

/// Reads from a capture that is open; never ready for one that is not.
async fn read(capture: &mut Option<Capture>, scratch: &mut [u8]) -> std::io::Result<()> {
    match capture {
        Some(capture) if capture.is_open() => capture.read(scratch).await,
        _ => std::future::pending().await,
    }
}

/// A received descriptor is what the monitor says it is, or it is refused.
fn checked(
    file: CollectedFile,
    max: Bytes,
    descriptors: &mut Descriptors,
) -> Result<CollectedOutput, SandboxError> {
    let (descriptor, claimed) = match file {
        CollectedFile::File { descriptor, size } => (descriptors.take(descriptor.0)?, size),
        CollectedFile::TooLarge { size } => return Ok(CollectedOutput::TooLarge(size)),
        CollectedFile::NotRegular => return Ok(CollectedOutput::NotRegular),
        CollectedFile::Failed { errno } => return Ok(CollectedOutput::Failed(errno)),
    };
    let stat = rustix::fs::fstat(&descriptor)
        .map_err(|error| SandboxError::Io { doing: "look at a received file", source: error.into() })?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(breach("a descriptor is not of a regular file"));
    }
    let size = Bytes(u64::try_from(stat.st_size).unwrap_or(u64::MAX));
    match size {
        size if size > max || claimed > max => Err(breach("a file is larger than was allowed")),
        size => Ok(CollectedOutput::File { descriptor, size }),
    }
}
