//! Turns an ending, a usage and the limits into a verdict and the sentence that explains it.

use std::time::Duration;

use gavel_protocol::{Bytes, Usage};

use super::ending::{Cap, OwnEnd, ProgramEnd};
use super::judgement::Verdict;
use crate::submission::RunLimits;

/// How the reason begins where a signal ended a program.
pub(crate) const KILLED: &str = "killed by ";

/// What a run is worth before anyone looks at what it printed; `None` = nothing against it.
///
/// Measured usage comes before the way the program ended: one that crashed because it was out of memory is over its
/// memory limit, whatever signal it died of. Memory comes before time, as in go-judge.
pub(crate) fn from_run(end: ProgramEnd, usage: &Usage, limits: &RunLimits) -> Option<(Verdict, String)> {
    let measured = measured(usage, limits);
    let own = match (end, measured) {
        (ProgramEnd::Killed(over), measured) => {
            return Some(exceeded(measured.map_or(over, |measured| measured.min(over)), usage, limits));
        }
        (ProgramEnd::ByItself(_), Some(over)) => return Some(exceeded(over, usage, limits)),
        (ProgramEnd::ByItself(own), None) => own,
    };
    if usage.file_size_reached {
        let reason = format!("wrote a file larger than the {} allowed", limits.file);
        return Some((Verdict::OutputLimitExceeded, reason));
    }
    failed(own, usage, limits)
}

/// The name of a signal, `SIGSEGV`, or `SIG35` where it has none.
pub(crate) fn signal_name(signal: i32) -> String {
    match nix::sys::signal::Signal::try_from(signal) {
        Ok(known) => known.as_str().to_owned(),
        Err(_) => format!("SIG{signal}"),
    }
}

/// What the figures alone say that it took too much of.
fn measured(usage: &Usage, limits: &RunLimits) -> Option<Cap> {
    let over = [
        (Cap::Memory, usage.oom || usage.memory > limits.memory),
        (Cap::CpuTime, usage.cpu_time() > limits.cpu),
        (Cap::WallTime, usage.wall_time > limits.wall),
    ];
    over.into_iter().find_map(|(cap, is_over)| is_over.then_some(cap))
}

fn exceeded(cap: Cap, usage: &Usage, limits: &RunLimits) -> (Verdict, String) {
    match cap {
        Cap::Memory => {
            (Verdict::MemoryLimitExceeded, format!("used more than the {} of memory allowed", limits.memory))
        }
        Cap::CpuTime => {
            let (used, allowed) = (over(usage.cpu_time(), limits.cpu), whole(limits.cpu));
            (Verdict::TimeLimitExceeded, format!("used {used} of {allowed} CPU"))
        }
        Cap::WallTime => {
            let (took, allowed) = (over(usage.wall_time, limits.wall), whole(limits.wall));
            (Verdict::TimeLimitExceeded, format!("ran for {took} of {allowed} on the clock"))
        }
        Cap::Output => {
            let reason = format!("wrote more than the {} of output allowed", limits.output);
            (Verdict::OutputLimitExceeded, reason)
        }
    }
}

fn failed(end: OwnEnd, usage: &Usage, limits: &RunLimits) -> Option<(Verdict, String)> {
    let reason = match end {
        OwnEnd::Exited { code: 0 } => return None,
        OwnEnd::Exited { code } => format!("exited with status {code}"),
        OwnEnd::Signaled { signal: nix::libc::SIGSEGV } if may_have_filled_its_stack(usage, limits) => {
            format!(
                "{KILLED}SIGSEGV: perhaps an endless or too deep recursion, for which the stack of {} is too small",
                limits.stack
            )
        }
        OwnEnd::Signaled { signal } => format!("{KILLED}{}{}", signal_name(signal), meaning(signal)),
        // That is the program's fault: the linker made it from its source.
        OwnEnd::NotExecuted { errno } => format!("could not be started: {}", error_text(errno)),
    };
    Some((Verdict::RuntimeError, reason))
}

/// It has had nearly as much memory as its stack may take. Where it had less, the stack cannot have been full of calls.
fn may_have_filled_its_stack(usage: &Usage, limits: &RunLimits) -> bool {
    let full = limits.stack.get();
    usage.memory.get() >= full - full / 16
}

/// What a signal usually means to the person who wrote the program.
fn meaning(signal: i32) -> &'static str {
    match signal {
        // No page of a frame that does not fit was touched: memory says nothing of it.
        nix::libc::SIGSEGV => ": invalid memory access, or local variables that are too large for the stack",
        nix::libc::SIGBUS => ": memory access beyond a file or misaligned",
        nix::libc::SIGFPE => ": division by zero or another arithmetic error",
        nix::libc::SIGABRT => ": abort, a failed assertion or an uncaught exception",
        // GCC leaves nothing else of `10 / a` where it sees that `a` is 0.
        nix::libc::SIGILL => {
            ": invalid instruction, which compilers put where a division by 0 or the use of a null pointer is certain"
        }
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

/// A limit as it was asked for.
fn whole(limit: Duration) -> String {
    match limit.subsec_micros() % 10_000 {
        0 => seconds(limit),
        _ => format!("{} s", limit.as_secs_f64()),
    }
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

    fn verdict(end: ProgramEnd, usage: Usage) -> Option<Verdict> {
        from_run(end, &usage, &LIMITS).map(|(verdict, _)| verdict)
    }

    fn reason(end: ProgramEnd, usage: Usage) -> String {
        from_run(end, &usage, &LIMITS).unwrap().1
    }

    const EXIT_0: ProgramEnd = ProgramEnd::ByItself(OwnEnd::Exited { code: 0 });
    const SEGFAULT: ProgramEnd = signaled(nix::libc::SIGSEGV);

    const fn signaled(signal: i32) -> ProgramEnd {
        ProgramEnd::ByItself(OwnEnd::Signaled { signal })
    }

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
        assert_eq!(verdict(ProgramEnd::Killed(Cap::Output), slow), Some(Verdict::TimeLimitExceeded));
        assert_eq!(
            verdict(ProgramEnd::Killed(Cap::Output), Usage { oom: true, ..slow }),
            Some(Verdict::MemoryLimitExceeded)
        );
        assert_eq!(verdict(ProgramEnd::Killed(Cap::Output), frugal()), Some(Verdict::OutputLimitExceeded));
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
        assert_eq!(reason(ProgramEnd::Killed(Cap::CpuTime), cpu), "used 1.02 s of 1.00 s CPU");
        let wall = Usage { wall_time: Duration::from_millis(4010), ..frugal() };
        assert_eq!(reason(ProgramEnd::Killed(Cap::WallTime), wall), "ran for 4.01 s of 4.00 s on the clock");
    }

    #[test]
    fn a_limit_is_told_with_all_its_digits() {
        for (micros, told) in
            [(500, "0.0005 s"), (1_234_000, "1.234 s"), (250_000, "0.25 s"), (4_000_000, "4.00 s")]
        {
            assert_eq!(whole(Duration::from_micros(micros)), told);
        }
        assert_eq!(over(Duration::from_micros(1000), Duration::from_micros(500)), "0.0010 s");
    }

    #[test]
    fn failures_are_told_in_words() {
        let access =
            "killed by SIGSEGV: invalid memory access, or local variables that are too large for the stack";
        assert_eq!(reason(SEGFAULT, frugal()), access);
        assert_eq!(
            reason(ProgramEnd::ByItself(OwnEnd::Exited { code: 3 }), frugal()),
            "exited with status 3"
        );
        assert_eq!(reason(signaled(40), frugal()), "killed by SIG40");
        assert!(reason(signaled(nix::libc::SIGILL), frugal()).contains("a division by 0"));
    }

    #[test]
    fn an_invalid_access_of_who_had_a_stackful_of_memory_may_be_an_endless_recursion() {
        let limits = RunLimits { stack: Bytes::mib(8), ..LIMITS };
        let told =
            |memory, signal| from_run(signaled(signal), &Usage { memory, ..frugal() }, &limits).unwrap().1;
        assert!(told(Bytes::mib(8), nix::libc::SIGSEGV).contains("recursion, for which the stack of 8 MiB"));
        assert!(
            told(Bytes(7_870_000), nix::libc::SIGSEGV).contains("recursion"),
            "its last frame was a large one"
        );
        for (memory, signal) in [(Bytes::mib(7), nix::libc::SIGSEGV), (Bytes::mib(8), nix::libc::SIGFPE)] {
            assert!(!told(memory, signal).contains("recursion"), "{memory}");
        }
    }

    #[test]
    fn a_signal_of_a_limit_is_a_verdict_of_that_limit_only_where_it_was_reached() {
        let killed = signaled;
        let grown = Usage { file_size_reached: true, ..frugal() };
        assert_eq!(reason(killed(25), grown), "wrote a file larger than the 64 MiB allowed");
        for (signal, name) in [(25, "SIGXFSZ"), (24, "SIGXCPU")] {
            assert_eq!(verdict(killed(signal), frugal()), Some(Verdict::RuntimeError));
            assert!(reason(killed(signal), frugal()).starts_with(&format!("killed by {name}")));
        }
    }

    #[test]
    fn a_program_that_the_kernel_does_not_execute_is_a_runtime_error() {
        let end = ProgramEnd::ByItself(OwnEnd::NotExecuted { errno: nix::libc::ENOEXEC });
        assert_eq!(verdict(end, Usage::default()), Some(Verdict::RuntimeError));
        assert_eq!(reason(end, Usage::default()), "could not be started: exec format error");
    }

    /// Every end, with every figure over its limit or not.
    #[test]
    fn a_killed_program_has_always_a_verdict_of_a_limit() {
        for cap in [Cap::Memory, Cap::CpuTime, Cap::WallTime, Cap::Output] {
            for over in 0..16 {
                let time =
                    |bit: u32, limit: Duration| if over & bit == 0 { Duration::ZERO } else { limit * 2 };
                let usage = Usage {
                    oom: over & 1 != 0,
                    cpu_user: time(2, LIMITS.cpu),
                    wall_time: time(4, LIMITS.wall),
                    file_size_reached: over & 8 != 0,
                    ..frugal()
                };
                let expected = match cap {
                    _ if usage.oom => Verdict::MemoryLimitExceeded,
                    Cap::Memory => Verdict::MemoryLimitExceeded,
                    _ if over & 6 != 0 => Verdict::TimeLimitExceeded,
                    Cap::CpuTime | Cap::WallTime => Verdict::TimeLimitExceeded,
                    Cap::Output => Verdict::OutputLimitExceeded,
                };
                assert_eq!(verdict(ProgramEnd::Killed(cap), usage), Some(expected), "{cap:?} {usage:?}");
            }
        }
    }
}
