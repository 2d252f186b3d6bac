//! What a language's runtime needs beside the program itself: interpreters are slow, virtual machines take memory.

use std::time::Duration;

use gavel_protocol::Bytes;
use serde::{Deserialize, Serialize};

use crate::submission::{RunLimits, stack_within};

/// What a run in a language is allowed on top of the limits that its submission asks for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Allowance {
    /// CPU time and time on the clock are so many times as long.
    pub time_factor: f64,
    /// And so much longer.
    pub time_extra: Duration,
    /// Memory of the runtime itself.
    pub memory_extra: Bytes,
    /// Threads of the runtime itself.
    pub processes: u32,
}

impl Allowance {
    /// The most that times may be multiplied by.
    pub const MOST_FACTOR: f64 = 100.0;
    /// The most that may be added to times.
    pub const MOST_TIME: Duration = Duration::from_secs(60);
    /// The most that may be added to the memory.
    pub const MOST_MEMORY: Bytes = Bytes::mib(4096);
    /// The most that may be added to the processes.
    pub const MOST_PROCESSES: u32 = 1024;

    /// What is enforced for these limits in a language with this allowance, or with another that its submission asks for.
    /// Times are never longer than `most` has them, and memory is no more than the language's own allowance beyond it.
    pub fn applied(&self, own: &Self, limits: &RunLimits, most: &RunLimits) -> RunLimits {
        let memory = |limit: Bytes, extra: Bytes| Bytes(limit.get().saturating_add(extra.get()));
        RunLimits {
            cpu: self.time(limits.cpu).min(most.cpu),
            wall: self.time(limits.wall).min(most.wall),
            memory: memory(limits.memory, self.memory_extra).min(memory(most.memory, own.memory_extra)),
            stack: limits.stack.min(stack_within(limits.memory)),
            processes: limits.processes.saturating_add(self.processes),
            ..*limits
        }
    }

    fn time(&self, asked: Duration) -> Duration {
        // A factor of one changes not even a nanosecond.
        let is_one = (self.time_factor - 1.0).abs() < f64::EPSILON;
        let times = Duration::try_from_secs_f64(asked.as_secs_f64() * self.time_factor);
        let scaled = if is_one { asked } else { times.unwrap_or(Duration::MAX) };
        scaled.saturating_add(self.time_extra)
    }

    /// What is wrong with it, if anything is.
    pub(super) fn problem(&self) -> Option<String> {
        let Self { time_factor, time_extra, memory_extra, processes } = *self;
        let is_factor = time_factor > 0.0 && time_factor <= Self::MOST_FACTOR;
        let told = |key: &str, most: String| Some(format!("{key} must be at most {most}"));
        match () {
            () if !is_factor => {
                Some(format!("time_factor must be above 0 and at most {}", Self::MOST_FACTOR))
            }
            () if time_extra > Self::MOST_TIME => told("time_extra", format!("{:?}", Self::MOST_TIME)),
            () if memory_extra > Self::MOST_MEMORY => told("memory_extra", Self::MOST_MEMORY.to_string()),
            () if processes > Self::MOST_PROCESSES => told("processes", Self::MOST_PROCESSES.to_string()),
            () => None,
        }
    }
}

impl Default for Allowance {
    /// Nothing on top.
    fn default() -> Self {
        Self { time_factor: 1.0, time_extra: Duration::ZERO, memory_extra: Bytes(0), processes: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::test_support::LIMITS;

    const MOST: RunLimits =
        RunLimits { cpu: Duration::from_secs(30), wall: Duration::from_secs(120), ..LIMITS };

    const SLOW: Allowance = Allowance {
        time_factor: 2.5,
        time_extra: Duration::from_millis(200),
        memory_extra: Bytes::mib(16),
        processes: 32,
    };

    #[test]
    fn times_are_multiplied_and_the_runtimes_own_needs_are_added() {
        let applied = SLOW.applied(&SLOW, &LIMITS, &MOST);
        assert_eq!(applied.cpu, Duration::from_millis(2700));
        assert_eq!(applied.wall, Duration::from_millis(10_200));
        assert_eq!((applied.memory, applied.processes), (Bytes::mib(272), 96));
        assert_eq!((applied.stack, applied.output), (Bytes::mib(224), LIMITS.output));
    }

    #[test]
    fn nothing_on_top_changes_nothing() {
        let odd = RunLimits { cpu: Duration::from_nanos(1_234_567_891), stack: Bytes::mib(8), ..LIMITS };
        assert_eq!(Allowance::default().applied(&Allowance::default(), &odd, &MOST), odd);
    }

    #[test]
    fn no_time_is_longer_than_the_settings_allow_anybody() {
        let long = RunLimits { cpu: Duration::from_secs(20), wall: Duration::MAX, ..LIMITS };
        let applied = SLOW.applied(&SLOW, &long, &MOST);
        assert_eq!((applied.cpu, applied.wall), (MOST.cpu, MOST.wall));
    }

    #[test]
    fn no_submission_has_more_memory_than_a_container_of_its_language_has_room_for() {
        let large = RunLimits { memory: MOST.memory, ..LIMITS };
        let generous = Allowance { memory_extra: Bytes::mib(512), ..SLOW };
        let most = Bytes(MOST.memory.get() + SLOW.memory_extra.get());
        assert_eq!(generous.applied(&SLOW, &large, &MOST).memory, most);
        assert_eq!(SLOW.applied(&SLOW, &large, &MOST).memory, most);
    }

    #[test]
    fn what_is_beyond_reason_is_refused() {
        assert_eq!(SLOW.problem(), None);
        for time_factor in [0.0, -1.0, f64::NAN, f64::INFINITY, 100.5] {
            assert!(Allowance { time_factor, ..SLOW }.problem().unwrap().starts_with("time_factor"));
        }
        let problem = |beyond: Allowance| beyond.problem().unwrap();
        let long = Duration::from_secs(61);
        assert_eq!(problem(Allowance { time_extra: long, ..SLOW }), "time_extra must be at most 60s");
        assert!(problem(Allowance { memory_extra: Bytes::mib(5000), ..SLOW }).starts_with("memory_extra"));
        assert!(problem(Allowance { processes: 1025, ..SLOW }).starts_with("processes"));
    }
}
