//! What a run is allowed.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A size in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bytes(pub u64);

impl Bytes {
    /// So many KiB.
    pub const fn kib(n: u64) -> Self {
        Self(n * 1024)
    }

    /// So many MiB.
    pub const fn mib(n: u64) -> Self {
        Self(n * 1024 * 1024)
    }

    /// The plain number of bytes.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Bytes {
    /// Writes the largest binary unit that keeps the number short: `256 MiB`, `1.5 KiB`, `17 B`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (unit, size) in [("GiB", 1u64 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] {
            if self.0 >= size {
                let tenths = self.0.saturating_mul(10) / size;
                return match tenths % 10 {
                    0 => write!(f, "{} {unit}", tenths / 10),
                    tenth => write!(f, "{}.{tenth} {unit}", tenths / 10),
                };
            }
        }
        write!(f, "{} B", self.0)
    }
}

/// What one run may use. The monitor enforces all of it and knows no defaults.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// User and system time of all processes of the run together.
    pub cpu_time: Duration,
    /// Time from exec to end on the monotonic clock, without that in which it was [held up](Self::MOST_HELD_UP).
    pub wall_time: Duration,
    /// Peak of all memory of the run: anonymous, tmpfs, page cache and kernel memory charged to its leaf.
    pub memory: Bytes,
    /// RLIMIT_STACK of each process.
    pub stack: Bytes,
    /// RLIMIT_FSIZE: largest file that a process may write.
    pub file_size: Bytes,
    /// RLIMIT_NOFILE of each process.
    pub open_files: u32,
    /// Processes and threads at one time.
    pub processes: u32,
    /// RLIMIT_CORE. 1 keeps a piped `core_pattern` from running; 0 does not (`fs/coredump.c`).
    pub core: Bytes,
    /// RLIMIT_AS, where asked for: it turns "memory limit exceeded" into a failed allocation.
    pub address_space: Option<Bytes>,
    /// RLIMIT_DATA, where asked for.
    pub data: Option<Bytes>,
    /// How fast CPU time is given out, where that is bounded. Needs cgroups.
    pub cpu_rate: Option<CpuRate>,
    /// The CPUs to run on, as cpuset(7) lists them (`0,2-3`), where not all. Needs cgroups.
    pub cpus: Option<String>,
}

impl Limits {
    /// Time in which a program waited for a core, since others had all of them, is not its own: it does not count as time on the
    /// clock. Where it would be more than so many times the limit, the run is given up, and nothing is said of the program.
    pub const MOST_HELD_UP: u32 = 7;

    /// The longest that a run may take by the clock, whoever has the cores.
    pub fn longest(&self) -> Duration {
        self.wall_time.saturating_add(self.most_held_up())
    }

    /// The most of it that does not count. Where the rate of CPU time is bounded, waiting for more of it is what was asked for.
    pub fn most_held_up(&self) -> Duration {
        match self.cpu_rate {
            None => self.wall_time.saturating_mul(Self::MOST_HELD_UP),
            Some(_) => Duration::ZERO,
        }
    }

    /// Nothing at all.
    pub const NOTHING: Self = Self {
        cpu_time: Duration::ZERO,
        wall_time: Duration::ZERO,
        memory: Bytes(0),
        stack: Bytes(0),
        file_size: Bytes(0),
        open_files: 0,
        processes: 0,
        core: Bytes(0),
        address_space: None,
        data: None,
        cpu_rate: None,
        cpus: None,
    };
}

/// CPU time for each period; who has used it up waits for the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CpuRate {
    /// In thousandths of one CPU.
    pub thousandths: u32,
    /// The kernel takes 1 ms to 1 s, and no quota below 1 ms.
    pub period: Duration,
}

impl CpuRate {
    /// Microseconds of CPU time for each period of so many microseconds, as the kernel is told.
    pub fn quota_and_period(self) -> (u128, u128) {
        let period = self.period.as_micros();
        (period * u128::from(self.thousandths) / 1000, period)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_share_of_each_period() {
        let rate = |thousandths| CpuRate { thousandths, period: Duration::from_millis(100) };
        assert_eq!(rate(500).quota_and_period(), (50_000, 100_000));
        assert_eq!(rate(u32::MAX).quota_and_period(), (429_496_729_500, 100_000));
    }

    #[test]
    fn sizes_read_well() {
        assert_eq!(Bytes(17).to_string(), "17 B");
        assert_eq!(Bytes(1536).to_string(), "1.5 KiB");
        assert_eq!(Bytes::mib(256).to_string(), "256 MiB");
        assert_eq!(Bytes(u64::MAX).to_string(), "1717986918.3 GiB".to_string());
    }
}
