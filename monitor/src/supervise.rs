//! One run from its start to the death of its last process: watches the clocks, kills, reaps, and says how it went.

use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use gavel_protocol::{Bytes, Ending, Limit, Limits, Outcome, Usage};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::cgroup::{Counted, Leaf, Touched, page};
use crate::channel::ChannelError;
use crate::child::{self, Child};
use crate::held_up::{Decision, HeldUp, NoCore};
use crate::notices::Notices;
use crate::seccomp::NOTICED;
use crate::spawn::{Reaped, reap};

/// Who may interrupt a run.
pub(crate) trait Interrupts {
    /// Readable when there is something to say.
    fn descriptor(&self) -> Option<BorrowedFd<'_>>;

    /// Called when it is readable; true = kill the run.
    ///
    /// # Errors
    /// When the conversation cannot go on.
    fn heard(&mut self) -> Result<bool, ChannelError>;
}

/// Tells of dead children through a descriptor. Blocks SIGCHLD for the life of the process.
#[derive(Debug)]
pub(crate) struct Deaths(SignalFd);

impl Deaths {
    /// Once, at the start.
    ///
    /// # Errors
    /// As signalfd(2).
    pub(crate) fn new() -> std::io::Result<Self> {
        let mut mask = SigSet::empty();
        mask.add(Signal::SIGCHLD);
        mask.thread_block()?;
        Ok(Self(SignalFd::with_flags(&mask, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)?))
    }

    fn forget(&self) {
        while matches!(self.0.read_signal(), Ok(Some(_))) {}
    }
}

/// How a run went.
#[derive(Debug)]
pub(crate) struct Supervised {
    /// For the report.
    pub(crate) outcome: Outcome,
    /// It has failed as who met the limit of files' sizes may fail, and for which there may be another cause: the outcome says that
    /// there is.
    pub(crate) is_file_size_doubtful: bool,
    /// Something would not die.
    pub(crate) survivors: Option<String>,
}

/// Sees a run through to its end.
///
/// # Errors
/// When the conversation with the server cannot go on, and when the container or the host had no memory for a program
/// within its limit; whatever was started is dead all the same.
pub(crate) fn supervise(
    child: Child,
    leaf: &Leaf,
    (limits, no_core): (&Limits, NoCore),
    (deaths, notices): (&Deaths, &Notices),
    interrupts: &mut impl Interrupts,
) -> Result<Supervised, ChannelError> {
    let (started, strangers) = (began(child), Used::default());
    // Where nobody can notice anything, anybody may have.
    let noticed = notices.descriptor().is_none();
    let held_up = HeldUp::new(limits, no_core);
    let mut watch =
        Watch { child, leaf, deaths, notices, limits, started, held_up, main: None, strangers, noticed };
    let cause = watch.until_the_end(interrupts);
    let ended = Instant::now();
    // Who has failed once has no more to say.
    let mut killing = Killing { interrupts: cause.is_ok().then_some(interrupts), failed: None };
    let survivors = watch.kill_everything(&mut killing);
    killing.failed.map_or(Ok(()), Err)?;
    let cause = cause?;
    let is_file_size_doubtful = cause.is_none() && watch.may_have_met_file_size();
    let outcome = watch.outcome(cause, ended);
    match outcome {
        // It is not the program's fault, and what it would have done nobody knows.
        Outcome::Finished { usage, .. } if usage.oom && !leaf.has_hit_its_limit() => {
            Err(ChannelError::Starved)
        }
        _ => Ok(Supervised { outcome, is_file_size_doubtful, survivors }),
    }
}

/// When the program's time began: the time to exec is not its own.
fn began(child: Child) -> Instant {
    let now = Instant::now();
    let since = child.started.and_then(|started| child::now().checked_sub(started)).unwrap_or_default();
    now.checked_sub(since).unwrap_or(now)
}

/// Why the watching ended, where it was not the program's own doing.
type Cause = Option<Ending>;

/// What a wait ended with.
#[derive(Debug, Default, Clone, Copy)]
struct Heard {
    word: bool,
    alarm: bool,
}

/// What reaped processes used.
#[derive(Debug, Default, Clone, Copy)]
struct Used {
    user: Duration,
    system: Duration,
    max_rss_kib: u64,
    faults: u64,
}

impl Used {
    fn add(&mut self, reaped: &Reaped) {
        self.user += reaped.user;
        self.system += reaped.system;
        self.max_rss_kib = self.max_rss_kib.max(reaped.max_rss_kib);
        self.faults = self.faults.saturating_add(reaped.faults);
    }

    fn touched(&self) -> Touched {
        Touched { faults: self.faults, resident: Bytes::kib(self.max_rss_kib).get() }
    }
}

/// Whom to listen to while everything is killed, which may take seconds where there is much for the kernel to free.
struct Killing<'a, I> {
    interrupts: Option<&'a mut I>,
    failed: Option<ChannelError>,
}

impl<I: Interrupts> Killing<'_, I> {
    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.interrupts.as_ref()?.descriptor()
    }

    /// Answers whoever asks whether anybody is there. To be killed is no news.
    fn hear(&mut self) {
        self.failed = self.interrupts.as_mut().and_then(|interrupts| interrupts.heard().err());
        if self.failed.is_some() {
            self.interrupts = None;
        }
    }
}

struct Watch<'a> {
    child: Child,
    leaf: &'a Leaf,
    deaths: &'a Deaths,
    notices: &'a Notices,
    limits: &'a Limits,
    started: Instant,
    held_up: HeldUp,
    main: Option<Reaped>,
    strangers: Used,
    /// A process of the run may have sent [`NOTICED`], or had it sent.
    noticed: bool,
}

impl Watch<'_> {
    /// Until the main process is dead or a limit is reached.
    fn until_the_end(&mut self, interrupts: &mut impl Interrupts) -> Result<Cause, ChannelError> {
        let mut clock = CpuClock::new(self.limits, self.started);
        loop {
            let all_reaped = self.reap();
            if self.main.is_some() {
                return Ok(None);
            }
            match self.look() {
                Decision::GoOn => {}
                Decision::Over => return Ok(Some(Ending::Killed { over: Limit::WallTime })),
                Decision::TooBusy => return Err(ChannelError::TooBusy),
            }
            let Some(next) = clock.next_check(Instant::now(), || self.leaf.cpu_time(self.child.pid)) else {
                return Ok(Some(Ending::Killed { over: Limit::CpuTime }));
            };
            let until = if all_reaped { next.min(self.at(self.held_up.next_look())) } else { self.started };
            let heard = self.wait(interrupts.descriptor(), until);
            if heard.word && interrupts.heard()? {
                return Ok(Some(Ending::Cancelled));
            }
            if heard.alarm {
                return Ok(Some(Ending::Killed { over: Limit::Memory }));
            }
        }
    }

    fn at(&self, since: Duration) -> Instant {
        self.started + since.min(FOREVER)
    }

    /// Sees how long it was held up where that is due, and at its deadline what comes of it.
    fn look(&mut self) -> Decision {
        let elapsed = self.started.elapsed();
        if elapsed < self.held_up.next_look() {
            return Decision::GoOn;
        }
        let (main, most_cpu) = (self.child.pid, self.limits.cpu_time);
        // Who has had all of its CPU time is ended for that.
        let Some(seen) = self.leaf.seen(elapsed, main, most_cpu) else { return Decision::GoOn };
        self.held_up.look(seen);
        if elapsed < self.held_up.deadline() {
            Decision::GoOn
        } else {
            self.held_up.decide(elapsed, || self.leaf.ready(main, most_cpu))
        }
    }

    /// Waits for a death, a word, an alarm, a notice or the time.
    fn wait(&mut self, word: Option<BorrowedFd<'_>>, until: Instant) -> Heard {
        let left = until.saturating_duration_since(Instant::now());
        let timeout = Timespec { tv_sec: left.as_secs().cast_signed(), tv_nsec: left.subsec_nanos().into() };
        let deaths = self.deaths.0.as_fd();
        // Where there is nothing else to be heard, deaths stand in for it: what is heard there is not asked about.
        let sources = [word, self.leaf.alarm(), self.notices.descriptor()];
        let [said, alarm, notice] = sources.map(|source| source.unwrap_or(deaths));
        let mut fds = [deaths, said, alarm, notice].map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN));
        if !poll(&mut fds, Some(&timeout)).is_ok_and(|ready| ready > 0) {
            return Heard::default();
        }
        self.deaths.forget();
        let rings = |at: usize| sources[at].is_some() && !fds[at + 1].revents().is_empty();
        self.noticed |= rings(2) && self.notices.let_pass();
        Heard { word: rings(0), alarm: rings(1) }
    }

    /// False where there may be more to be reaped: whoever makes orphans as fast as they are keeps no clock from being looked at.
    fn reap(&mut self) -> bool {
        for _ in 0..REAPED_AT_ONCE {
            match reap() {
                None => return true,
                Some(reaped) if reaped.pid == self.child.pid => self.main = Some(reaped),
                Some(reaped) => self.strangers.add(&reaped),
            }
        }
        false
    }

    /// Kills until nothing is left, and listens meanwhile. What survives for [`STUBBORN`] is named.
    fn kill_everything(&mut self, killing: &mut Killing<'_, impl Interrupts>) -> Option<String> {
        let patience = Instant::now() + STUBBORN;
        loop {
            self.reap();
            if self.main.is_some() && self.leaf.is_empty() {
                return None;
            }
            let killed = self.leaf.kill();
            if Instant::now() >= patience {
                return Some(match killed {
                    Ok(()) => "processes of the run survived SIGKILL".into(),
                    Err(errno) => format!("processes of the run could not be killed: {errno}"),
                });
            }
            if self.wait(killing.descriptor(), Instant::now() + Duration::from_millis(1)).word {
                killing.hear();
            }
        }
    }

    fn outcome(self, cause: Cause, ended: Instant) -> Outcome {
        let taken = ended.saturating_duration_since(self.started).saturating_sub(self.held_up.granted());
        let mut usage = self.usage(in_time(cause, taken, self.limits));
        usage.file_size_reached = self.has_died_of_file_size() && !self.noticed;
        reconcile(&mut usage, cause, self.limits);
        let ending = match cause {
            Some(ending) => ending,
            None => self.own_ending(&usage),
        };
        Outcome::Finished { ending, usage }
    }

    fn has_died_of_file_size(&self) -> bool {
        self.main.is_some_and(|main| has_died_of(main.status, NOTICED))
    }

    /// Whether files are to be looked at to know: a signal that the program may have sent itself, or a failure, since runtimes
    /// that ignore the signal fail by an error, and shells by their children's.
    fn may_have_met_file_size(&self) -> bool {
        let has_failed = |status| libc::WIFEXITED(status) && libc::WEXITSTATUS(status) != 0;
        (self.has_died_of_file_size() && self.noticed)
            || self.main.is_some_and(|main| has_failed(main.status))
    }

    fn own_ending(&self, usage: &Usage) -> Ending {
        let status = self.main.map_or(libc::SIGKILL, |main| main.status);
        let oom_killed = has_died_of(status, libc::SIGKILL) && usage.oom;
        if oom_killed || usage.memory > self.limits.memory {
            Ending::Killed { over: Limit::Memory }
        } else if libc::WIFSIGNALED(status) {
            Ending::Signaled { signal: libc::WTERMSIG(status) }
        } else {
            Ending::Exited { code: libc::WEXITSTATUS(status) }
        }
    }

    fn usage(&self, wall_time: Duration) -> Usage {
        let mut all = self.strangers;
        if let Some(main) = &self.main {
            all.add(main);
        }
        match self.leaf.counted() {
            Some(counted) => Usage {
                cpu_user: counted.user,
                cpu_system: counted.system,
                wall_time,
                memory: self.memory(&counted, &all),
                oom: counted.oom,
                file_size_reached: false,
                processes: counted.processes,
            },
            None => Usage {
                cpu_user: all.user,
                cpu_system: all.system,
                wall_time,
                memory: Bytes::kib(all.max_rss_kib),
                oom: self.leaf.container_oom(),
                file_size_reached: false,
                processes: None,
            },
        }
    }

    /// The peak, which is above the limit where that was exceeded and nowhere else.
    fn memory(&self, counted: &Counted, all: &Used) -> Bytes {
        let (peak, limit) = (counted.memory.given(all.touched()), self.limits.memory);
        let peak = if counted.sampled { peak.max(Bytes::kib(all.max_rss_kib)) } else { peak };
        if counted.memory.is_over(limit, all.touched()) {
            peak.max(a_page_more(limit))
        } else {
            peak.min(limit)
        }
    }
}

/// What a run has taken by the clock. Who has ended by itself has ended in time: that this was noticed late is the host's doing.
fn in_time(cause: Cause, taken: Duration, limits: &Limits) -> Duration {
    match cause {
        None => taken.min(limits.wall_time),
        Some(_) => taken,
    }
}

fn has_died_of(status: i32, signal: i32) -> bool {
    libc::WIFSIGNALED(status) && libc::WTERMSIG(status) == signal
}

/// What a run wanted at least that was not given it.
fn a_page_more(limit: Bytes) -> Bytes {
    Bytes(limit.get().saturating_add(page()))
}

/// Has the figures agree with the limit that the run was killed over. The monitor may have been quicker to kill than the
/// kernel was to count an OOM kill; who was killed for want of memory wanted at least a page more than it was given; and the
/// clock of a process, by which CPU time is limited, counts from its fork, the leaf from the moment it was joined.
fn reconcile(usage: &mut Usage, cause: Cause, limits: &Limits) {
    usage.oom |= cause == Some(Ending::Killed { over: Limit::Memory });
    if usage.oom {
        usage.memory = usage.memory.max(a_page_more(limits.memory));
    }
    if cause == Some(Ending::Killed { over: Limit::CpuTime }) {
        usage.cpu_system += limits.cpu_time.saturating_sub(usage.cpu_time());
    }
}

/// Dead processes that are reaped before anything else is looked at.
const REAPED_AT_ONCE: u32 = 64;

/// What the clock can still add.
const FOREVER: Duration = Duration::from_secs(365 * 24 * 3600);

/// How long processes may take to die. The server waits longer for the report, which is right whether they do or not.
const STUBBORN: Duration = Duration::from_secs(4);

/// When to look at the CPU time next: never before the limit can have been reached.
#[derive(Debug)]
struct CpuClock {
    limit: Duration,
    cores: u32,
    seen: Option<Duration>,
    due: Instant,
}

impl CpuClock {
    fn new(limits: &Limits, begun: Instant) -> Self {
        let cores = rustix::thread::sched_getaffinity(None).map_or(1, |cores| cores.count());
        let cores = cores.min(limits.processes).max(1);
        // At the start it is known to be zero.
        let due = begun + (limits.cpu_time / cores).clamp(STEP, FOREVER);
        Self { limit: limits.cpu_time, cores, seen: None, due }
    }

    /// When to ask again; None when the limit is reached.
    fn next_check(&mut self, now: Instant, used: impl FnOnce() -> Duration) -> Option<Instant> {
        if self.due > now {
            return Some(self.due);
        }
        let used = used();
        let left = self.limit.checked_sub(used).filter(|left| !left.is_zero())?;
        // A program that sleeps short of its limit must not be asked every millisecond.
        let least = if self.seen == Some(used) { IDLE_STEP } else { STEP };
        self.seen = Some(used);
        self.due = now + (left / self.cores).clamp(least, FOREVER);
        Some(self.due)
    }
}

const STEP: Duration = Duration::from_millis(1);
const IDLE_STEP: Duration = Duration::from_millis(4);

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(limit: u64, cores: u32) -> (CpuClock, Instant) {
        let now = Instant::now();
        let limit = Duration::from_millis(limit);
        (CpuClock { limit, cores, seen: None, due: now + limit / cores }, now)
    }

    fn after(now: Instant, milliseconds: u64) -> Instant {
        now + Duration::from_millis(milliseconds)
    }

    fn used(milliseconds: u64) -> impl FnOnce() -> Duration {
        move || Duration::from_millis(milliseconds)
    }

    fn limits() -> Limits {
        Limits {
            cpu_time: Duration::from_millis(300),
            wall_time: Duration::from_secs(1),
            memory: Bytes::mib(1),
            stack: Bytes::mib(1),
            file_size: Bytes::mib(1),
            open_files: 1,
            processes: 1,
            core: Bytes(1),
            address_space: None,
            data: None,
            cpu_rate: None,
            cpus: None,
        }
    }

    fn usage_of(user: u64, system: u64) -> Usage {
        let (cpu_user, cpu_system) = (Duration::from_millis(user), Duration::from_millis(system));
        Usage { cpu_user, cpu_system, ..Usage::default() }
    }

    #[test]
    fn who_is_killed_over_the_cpu_limit_has_used_all_of_it() {
        let limits = limits();
        let reconciled = |mut usage, cause| {
            reconcile(&mut usage, cause, &limits);
            usage
        };
        let killed = |over| Some(Ending::Killed { over });
        assert_eq!(reconciled(usage_of(290, 8), killed(Limit::CpuTime)), usage_of(290, 10));
        assert_eq!(reconciled(usage_of(290, 20), killed(Limit::CpuTime)), usage_of(290, 20));
        assert_eq!(reconciled(usage_of(290, 8), None), usage_of(290, 8));
        assert_eq!(reconciled(usage_of(290, 8), killed(Limit::WallTime)), usage_of(290, 8));
    }

    #[test]
    fn who_ends_by_itself_before_it_is_killed_has_ended_in_time() {
        let (limits, late) = (limits(), Duration::from_millis(1200));
        assert_eq!(in_time(None, late, &limits), limits.wall_time);
        assert_eq!(in_time(Some(Ending::Killed { over: Limit::WallTime }), late, &limits), late);
        assert_eq!(in_time(None, late / 2, &limits), late / 2);
    }

    #[test]
    fn who_is_killed_for_want_of_memory_wanted_more_than_the_limit() {
        for (oom, cause) in [(true, None), (false, Some(Ending::Killed { over: Limit::Memory }))] {
            let mut usage = Usage { oom, memory: Bytes::kib(900), ..Usage::default() };
            reconcile(&mut usage, cause, &limits());
            assert!(usage.oom && usage.memory > limits().memory, "{usage:?}");
        }
        let mut within = Usage { memory: Bytes::kib(900), ..Usage::default() };
        reconcile(&mut within, None, &limits());
        assert_eq!(within.memory, Bytes::kib(900));
    }

    #[test]
    fn the_clock_is_not_asked_before_the_limit_can_be_reached() {
        let (mut clock, now) = clock(1000, 4);
        assert_eq!(clock.next_check(after(now, 249), || panic!("too early")), Some(after(now, 250)));
        assert_eq!(clock.next_check(after(now, 250), used(200)), Some(after(now, 450)));
    }

    #[test]
    fn the_limit_is_reached_when_all_of_it_is_used() {
        let (mut clock, now) = clock(1000, 1);
        assert_eq!(clock.next_check(after(now, 1000), used(999)), Some(after(now, 1001)));
        assert_eq!(clock.next_check(after(now, 1001), used(1000)), None);
    }

    #[test]
    fn a_program_that_sleeps_short_of_its_limit_is_asked_less_often() {
        let (mut clock, now) = clock(1000, 1);
        assert_eq!(clock.next_check(after(now, 1000), used(999)), Some(after(now, 1001)));
        assert_eq!(clock.next_check(after(now, 1001), used(999)), Some(after(now, 1005)));
    }
}
