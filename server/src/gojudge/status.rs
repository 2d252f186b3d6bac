//! go-judge's order of deciding a status: `envexec/run_single.go` and `worker/worker.go` of v1.12.2, later rules over
//! earlier ones.

use std::time::Duration;

use gavel_protocol::{Bytes, Ending, Limit, Usage};

use super::answer::Status;

const SIGKILL: i32 = 9;
const SIGXCPU: i32 = 24;
const SIGXFSZ: i32 = 25;
const SIGSYS: i32 = 31;

/// How often go-judge looks at the clocks (`-time-limit-checker-interval`). A program that ends before the next look
/// is not killed, so limits are enforced at the first multiple that is not below them.
pub(super) const TICK: Duration = Duration::from_millis(100);

/// The limits of a command that its status depends on, as they were asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub(super) cpu: Duration,
    /// Zero = not given.
    pub(super) clock: Duration,
    pub(super) memory: Bytes,
}

/// What went wrong with the files of a command, in the order of its weight.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Files {
    #[default]
    Fine,
    /// A collector was over its maximum.
    OverMaximum,
    /// A file could not be taken out.
    Failed,
}

/// The status of a command that was started, and its `exitStatus`.
pub(super) fn decide(ending: Ending, usage: &Usage, asked: Asked, files: Files) -> (Status, i32) {
    let (mut status, exit_status) = by_ending(ending);
    if status == Status::Accepted {
        status = match files {
            Files::Fine => Status::Accepted,
            Files::OverMaximum => Status::OutputLimitExceeded,
            Files::Failed => Status::FileError,
        };
    }
    if usage.cpu_time() > asked.cpu {
        status = Status::TimeLimitExceeded;
    }
    let out_of_memory =
        usage.memory > asked.memory || matches!(ending, Ending::Killed { over: Limit::Memory });
    if out_of_memory {
        status = Status::MemoryLimitExceeded;
    }
    let by_itself = usage.cpu_time() < asked.cpu && usage.wall_time < asked.clock;
    if status == Status::TimeLimitExceeded && exit_status != 0 && by_itself {
        status = Status::Signalled;
    }
    (status, exit_status)
}

/// The limit at which a clock kills: the first look that finds the limit passed.
pub(super) fn enforced(limit: Duration) -> Duration {
    let ticks = limit.as_nanos().div_ceil(TICK.as_nanos()).max(1);
    let nanos = ticks.saturating_mul(TICK.as_nanos());
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

fn by_ending(ending: Ending) -> (Status, i32) {
    match ending {
        Ending::Exited { code: 0 } => (Status::Accepted, 0),
        Ending::Exited { code } => (Status::NonzeroExit, code),
        Ending::Signaled { signal: SIGXFSZ } => (Status::OutputLimitExceeded, SIGXFSZ),
        Ending::Signaled { signal: SIGSYS } => (Status::DangerousSyscall, SIGSYS),
        Ending::Signaled { signal: signal @ (SIGKILL | SIGXCPU) } => (Status::TimeLimitExceeded, signal),
        Ending::Signaled { signal } => (Status::Signalled, signal),
        Ending::Killed { .. } | Ending::Cancelled => (Status::TimeLimitExceeded, SIGKILL),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const ASKED: Asked = Asked { cpu: SECOND, clock: Duration::ZERO, memory: Bytes::mib(100) };

    fn used(cpu: Duration, wall: Duration, memory: Bytes) -> Usage {
        Usage { cpu_user: cpu, wall_time: wall, memory, ..Usage::default() }
    }

    fn small() -> Usage {
        used(Duration::from_millis(1), Duration::from_millis(2), Bytes::kib(256))
    }

    fn status(ending: Ending, asked: Asked) -> (Status, i32) {
        decide(ending, &small(), asked, Files::Fine)
    }

    #[test]
    fn plain_endings() {
        assert_eq!(status(Ending::Exited { code: 0 }, ASKED), (Status::Accepted, 0));
        assert_eq!(status(Ending::Exited { code: 200 }, ASKED), (Status::NonzeroExit, 200));
        assert_eq!(status(Ending::Signaled { signal: 13 }, ASKED), (Status::Signalled, 13));
        assert_eq!(status(Ending::Signaled { signal: 31 }, ASKED), (Status::DangerousSyscall, 31));
        assert_eq!(status(Ending::Signaled { signal: 25 }, ASKED), (Status::OutputLimitExceeded, 25));
    }

    #[test]
    fn a_sigkill_is_a_time_limit_unless_a_clock_limit_says_otherwise() {
        let killed = Ending::Signaled { signal: 9 };
        assert_eq!(status(killed, ASKED), (Status::TimeLimitExceeded, 9));
        let clocked = Asked { clock: Duration::from_secs(5), ..ASKED };
        assert_eq!(status(killed, clocked), (Status::Signalled, 9));
        assert_eq!(status(Ending::Signaled { signal: 24 }, clocked), (Status::Signalled, 24));
    }

    #[test]
    fn no_cpu_limit_is_always_a_time_limit_and_keeps_the_exit_status() {
        let asked = Asked { cpu: Duration::ZERO, clock: SECOND, ..ASKED };
        assert_eq!(status(Ending::Exited { code: 0 }, asked), (Status::TimeLimitExceeded, 0));
    }

    #[test]
    fn memory_beats_time_and_time_beats_files() {
        let exit = Ending::Exited { code: 0 };
        let slow = used(2 * SECOND, 2 * SECOND, Bytes::kib(1));
        assert_eq!(decide(exit, &slow, ASKED, Files::OverMaximum), (Status::TimeLimitExceeded, 0));
        let greedy = used(2 * SECOND, 2 * SECOND, Bytes::mib(101));
        assert_eq!(decide(exit, &greedy, ASKED, Files::Fine), (Status::MemoryLimitExceeded, 0));
    }

    #[test]
    fn files_count_only_for_a_program_that_did_well() {
        let decide = |code, files| decide(Ending::Exited { code }, &small(), ASKED, files).0;
        assert_eq!(decide(0, Files::OverMaximum), Status::OutputLimitExceeded);
        assert_eq!(decide(0, Files::Failed), Status::FileError);
        assert_eq!(decide(1, Files::Failed), Status::NonzeroExit);
    }

    #[test]
    fn clocks_kill_at_the_first_look_that_is_not_below_the_limit() {
        let ms = Duration::from_millis;
        assert_eq!(enforced(Duration::ZERO), ms(100));
        assert_eq!(enforced(ms(10)), ms(100));
        assert_eq!(enforced(ms(300)), ms(300));
        assert_eq!(enforced(ms(301)), ms(400));
        assert_eq!(enforced(Duration::MAX), Duration::from_nanos(u64::MAX));
    }
}
