//! Turns an ending, a usage and the limits into a verdict and the sentence that explains it.

use std::time::Duration;

use gavel_protocol::{Bytes, Ending, Limit, Step, Usage};

use super::judgement::Verdict;
use crate::sandbox::RunEnding;
use crate::submission::RunLimits;

/// What a run is worth before anyone looks at what it printed; `None` = nothing against it.
///
/// Measured usage comes before the way the program ended: one that crashed because it was out of memory is over its
/// memory limit, whatever signal it died of. Memory comes before time, as in go-judge.
pub(crate) fn from_run(ending: RunEnding, usage: &Usage, limits: &RunLimits) -> Option<(Verdict, String)> {
    over_memory(ending, usage, limits)
        .or_else(|| over_time(ending, usage, limits))
        .or_else(|| over_output(ending, usage, limits))
        .or_else(|| failed(ending))
}

/// The name of a signal, `SIGSEGV`, or `SIG35` where it has none.
pub(crate) fn signal_name(signal: i32) -> String {
    match nix::sys::signal::Signal::try_from(signal) {
        Ok(known) => known.as_str().to_owned(),
        Err(_) => format!("SIG{signal}"),
    }
}

fn over_memory(ending: RunEnding, usage: &Usage, limits: &RunLimits) -> Option<(Verdict, String)> {
    let killed = ending == RunEnding::Ended(Ending::Killed { over: Limit::Memory });
    (killed || usage.oom || usage.memory > limits.memory).then(|| {
        (Verdict::MemoryLimitExceeded, format!("used more than the {} of memory allowed", limits.memory))
    })
}

fn over_time(ending: RunEnding, usage: &Usage, limits: &RunLimits) -> Option<(Verdict, String)> {
    let killed = match ending {
        RunEnding::Ended(Ending::Killed { over }) => Some(over),
        _ => None,
    };
    let reason = if killed == Some(Limit::CpuTime) || usage.cpu_time() > limits.cpu {
        format!("used {} of {} CPU", over(usage.cpu_time(), limits.cpu), seconds(limits.cpu))
    } else if killed == Some(Limit::WallTime) || usage.wall_time > limits.wall {
        format!("ran for {} of {} on the clock", over(usage.wall_time, limits.wall), seconds(limits.wall))
    } else {
        return None;
    };
    Some((Verdict::TimeLimitExceeded, reason))
}

fn over_output(ending: RunEnding, usage: &Usage, limits: &RunLimits) -> Option<(Verdict, String)> {
    let reason = if ending == RunEnding::OutputExceeded {
        format!("wrote more than the {} of output allowed", limits.output)
    } else if usage.file_size_reached {
        format!("wrote a file larger than the {} allowed", limits.file)
    } else {
        return None;
    };
    Some((Verdict::OutputLimitExceeded, reason))
}

fn failed(ending: RunEnding) -> Option<(Verdict, String)> {
    let failure = match ending {
        RunEnding::Ended(Ending::Exited { code: 0 }) => return None,
        RunEnding::Ended(Ending::Exited { code }) => {
            (Verdict::RuntimeError, format!("exited with status {code}"))
        }
        RunEnding::Ended(Ending::Signaled { signal }) => {
            (Verdict::RuntimeError, format!("killed by {}{}", signal_name(signal), meaning(signal)))
        }
        // A program that the kernel will not execute is the program's fault: the linker made it from its source.
        RunEnding::NotStarted { step: Step::Exec, errno } => {
            (Verdict::RuntimeError, format!("could not be started: {}", error_text(errno)))
        }
        RunEnding::NotStarted { step, errno } => {
            (Verdict::InternalError, format!("the sandbox failed at {step}: {}", error_text(errno)))
        }
        RunEnding::Ended(Ending::Killed { .. } | Ending::Cancelled)
        | RunEnding::OutputExceeded
        | RunEnding::NotPut { .. } => {
            (Verdict::InternalError, "the run was ended without a reason of its own".to_owned())
        }
    };
    Some(failure)
}

/// What a signal usually means to the person who wrote the program.
fn meaning(signal: i32) -> &'static str {
    match signal {
        nix::libc::SIGSEGV => ": invalid memory access",
        nix::libc::SIGBUS => ": memory access beyond a file or misaligned",
        nix::libc::SIGFPE => ": division by zero or another arithmetic error",
        nix::libc::SIGABRT => ": abort, a failed assertion or an uncaught exception",
        nix::libc::SIGILL => ": invalid instruction",
        nix::libc::SIGSYS => ": forbidden system call",
        nix::libc::SIGPIPE => ": wrote to a closed pipe",
        nix::libc::SIGKILL => ": killed itself, or the system ran out of a resource",
        _ => "",
    }
}

fn error_text(errno: i32) -> String {
    nix::errno::Errno::from_raw(errno).desc().to_lowercase()
}

/// A measured time beside its limit: never shown as equal to a limit that it has passed.
fn over(measured: Duration, limit: Duration) -> String {
    match seconds(measured) {
        text if text == seconds(limit) => format!("{:.4} s", measured.as_secs_f64()),
        text => text,
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

/// The limits that a monitor enforces for these.
pub(crate) fn monitor_limits(limits: &RunLimits) -> gavel_protocol::Limits {
    gavel_protocol::Limits {
        cpu_time: limits.cpu,
        wall_time: limits.wall,
        memory: limits.memory,
        stack: limits.stack,
        file_size: limits.file,
        open_files: limits.open_files,
        processes: limits.processes,
        core: Bytes(1),
        address_space: None,
        data: None,
        cpu_rate: None,
        cpus: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: RunLimits = RunLimits {
        cpu: Duration::from_secs(1),
        wall: Duration::from_secs(4),
        memory: Bytes::mib(256),
        stack: Bytes::mib(256),
        file: Bytes::mib(64),
        output: Bytes::mib(1),
        processes: 64,
        open_files: 256,
    };

    fn frugal() -> Usage {
        Usage { cpu_user: Duration::from_millis(1), memory: Bytes::mib(1), ..Usage::default() }
    }

    fn verdict(ending: RunEnding, usage: Usage) -> Option<Verdict> {
        from_run(ending, &usage, &LIMITS).map(|(verdict, _)| verdict)
    }

    fn reason(ending: RunEnding, usage: Usage) -> String {
        from_run(ending, &usage, &LIMITS).unwrap().1
    }

    const EXIT_0: RunEnding = RunEnding::Ended(Ending::Exited { code: 0 });
    const SEGFAULT: RunEnding = RunEnding::Ended(Ending::Signaled { signal: nix::libc::SIGSEGV });

    #[test]
    fn a_frugal_run_that_exits_0_has_nothing_against_it() {
        assert_eq!(verdict(EXIT_0, frugal()), None);
    }

    #[test]
    fn a_crash_over_the_memory_limit_is_a_memory_verdict() {
        let usage = Usage { memory: Bytes(LIMITS.memory.get() + 1), ..frugal() };
        assert_eq!(verdict(SEGFAULT, usage), Some(Verdict::MemoryLimitExceeded));
        assert_eq!(
            verdict(SEGFAULT, Usage { memory: LIMITS.memory, ..frugal() }),
            Some(Verdict::RuntimeError)
        );
    }

    #[test]
    fn a_child_that_was_killed_for_memory_counts_though_the_program_exits_0() {
        assert_eq!(verdict(EXIT_0, Usage { oom: true, ..frugal() }), Some(Verdict::MemoryLimitExceeded));
    }

    #[test]
    fn memory_comes_before_time_and_time_before_output() {
        let slow = Usage { cpu_user: Duration::from_secs(2), ..frugal() };
        assert_eq!(verdict(RunEnding::OutputExceeded, slow), Some(Verdict::TimeLimitExceeded));
        assert_eq!(
            verdict(RunEnding::OutputExceeded, Usage { oom: true, ..slow }),
            Some(Verdict::MemoryLimitExceeded)
        );
        assert_eq!(verdict(RunEnding::OutputExceeded, frugal()), Some(Verdict::OutputLimitExceeded));
    }

    #[test]
    fn a_program_that_finishes_just_after_the_limit_is_over_it() {
        let usage = Usage { cpu_user: Duration::from_micros(1_000_001), ..frugal() };
        assert_eq!(reason(EXIT_0, usage), "used 1.0000 s of 1.00 s CPU");
        let exact = Usage { cpu_user: LIMITS.cpu, ..frugal() };
        assert_eq!(verdict(EXIT_0, exact), None);
    }

    #[test]
    fn time_reasons_name_the_clock_that_ran_out() {
        let cpu = Usage { cpu_user: Duration::from_millis(1020), ..frugal() };
        assert_eq!(
            reason(RunEnding::Ended(Ending::Killed { over: Limit::CpuTime }), cpu),
            "used 1.02 s of 1.00 s CPU"
        );
        let wall = Usage { wall_time: Duration::from_millis(4010), ..frugal() };
        assert_eq!(
            reason(RunEnding::Ended(Ending::Killed { over: Limit::WallTime }), wall),
            "ran for 4.01 s of 4.00 s on the clock"
        );
    }

    #[test]
    fn failures_are_told_in_words() {
        assert_eq!(reason(SEGFAULT, frugal()), "killed by SIGSEGV: invalid memory access");
        assert_eq!(reason(RunEnding::Ended(Ending::Exited { code: 3 }), frugal()), "exited with status 3");
        assert_eq!(reason(RunEnding::Ended(Ending::Signaled { signal: 40 }), frugal()), "killed by SIG40");
    }

    #[test]
    fn a_signal_of_a_limit_is_a_verdict_of_that_limit_only_where_it_was_reached() {
        let killed = |signal| RunEnding::Ended(Ending::Signaled { signal });
        let grown = Usage { file_size_reached: true, ..frugal() };
        assert_eq!(reason(killed(25), grown), "wrote a file larger than the 64 MiB allowed");
        for (signal, name) in [(25, "SIGXFSZ"), (24, "SIGXCPU")] {
            assert_eq!(verdict(killed(signal), frugal()), Some(Verdict::RuntimeError));
            assert!(reason(killed(signal), frugal()).starts_with(&format!("killed by {name}")));
        }
    }

    #[test]
    fn only_a_failed_exec_is_the_programs_fault() {
        let at = |step| verdict(RunEnding::NotStarted { step, errno: nix::libc::ENOEXEC }, Usage::default());
        assert_eq!(at(Step::Exec), Some(Verdict::RuntimeError));
        assert_eq!(at(Step::JoinLeaf), Some(Verdict::InternalError));
    }
}
