//! How long a monitor is waited for. On a host where a hundred programs want each core, one that is not heard of has not had
//! its turn: it is not dead, and a program that merely eats CPU must not fail others, nor itself, by an error of ours.

use std::sync::OnceLock;
use std::time::Duration;

use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout};

use crate::cpus;

/// Up to so many that run or want to run for each core are usual.
const USUAL: u32 = 4;
/// However many there are, nobody is waited for longer than so many times as usual.
const MOST: u32 = 20;

/// How many times as long as usual things may take on this host now: 1 unless it is overloaded.
pub(super) fn overload() -> u32 {
    #[cfg(test)]
    return injected::overload();
    #[cfg(not(test))]
    std::fs::read_to_string("/proc/loadavg").map_or(1, |loadavg| times(&loadavg, cores()))
}

/// Waits for so long as is usual, and while the host is overloaded for longer.
pub(super) async fn patiently<T>(usual: Duration, what: impl Future<Output = T>) -> Result<T, Elapsed> {
    let mut what = std::pin::pin!(what);
    let begun = Instant::now();
    loop {
        match timeout(usual, &mut what).await {
            Err(_) if begun.elapsed() < usual * overload() => {}
            ended => return ended,
        }
    }
}

#[cfg_attr(test, expect(dead_code, reason = "tests say how loaded the host is"))]
fn cores() -> u32 {
    static CORES: OnceLock<u32> = OnceLock::new();
    *CORES.get_or_init(|| cpus::online().map_or(1, |cpus| u32::try_from(cpus.len()).unwrap_or(u32::MAX)))
}

/// By `/proc/loadavg`, as proc(5) has it: the mean of the last minute, or those that run or want to at this moment,
/// whichever is more. In a container it is the host's.
fn times(loadavg: &str, cores: u32) -> u32 {
    let mut fields = loadavg.split_whitespace();
    let mean = fields.next().and_then(|mean| mean.split('.').next()?.parse().ok()).unwrap_or(0);
    let now = fields.nth(2).and_then(|running| running.split('/').next()?.parse().ok()).unwrap_or(0);
    (mean.max(now) / cores.max(1) / USUAL).clamp(1, MOST)
}

#[cfg(test)]
pub(super) mod injected {
    use std::cell::Cell;

    thread_local!(static OVERLOAD: Cell<u32> = const { Cell::new(1) });

    pub(in crate::sandbox) fn overload() -> u32 {
        OVERLOAD.get()
    }

    /// For what this thread does from now on.
    pub(in crate::sandbox) fn set(overload: u32) {
        OVERLOAD.set(overload);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_host_with_many_more_than_its_cores_is_overloaded_and_patience_is_bounded() {
        assert_eq!(times("0.00 0.00 0.00 1/80 7\n", 2), 1);
        assert_eq!(times("9.90 3.00 1.00 3/80 7\n", 2), 1);
        assert_eq!(times("137.08 60.00 20.00 3/900 7\n", 2), 17);
        assert_eq!(times("1.00 1.00 1.00 160/900 7\n", 2), 20);
        assert_eq!(times("99999.00 1.00 1.00 1/900 7\n", 1), 20);
        assert_eq!(times("64.00 1.00 1.00 64/900 7\n", 64), 1);
        assert_eq!((times("", 2), times("x y z v/w", 2)), (1, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_late_is_waited_for_while_the_host_is_overloaded_and_never_for_ever() {
        let second = Duration::from_secs(1);
        let late = || tokio::time::sleep(5 * second / 2);
        assert!(patiently(second, late()).await.is_err());
        injected::set(3);
        assert!(patiently(second, late()).await.is_ok());
        let begun = Instant::now();
        assert!(patiently(second, std::future::pending::<()>()).await.is_err());
        assert_eq!(begun.elapsed(), 3 * second);
    }
}
