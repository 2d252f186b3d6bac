//! Limits that the kernel enforces on each process by itself.

use std::time::Duration;

use gavel_protocol::Limits;
use rustix::process::{Resource, Rlimit};

/// What the program's process is to set, in order.
pub(crate) fn of(limits: &Limits) -> Vec<(Resource, Rlimit)> {
    // Soft below hard: the overrun shows as SIGXCPU, not as one more SIGKILL.
    let cpu = backup_of_cpu(limits.cpu_time);
    let mut rlimits = vec![
        (Resource::Cpu, Rlimit { current: Some(cpu), maximum: Some(cpu.saturating_add(1)) }),
        both(Resource::Stack, limits.stack.get()),
        both(Resource::Fsize, limits.file_size.get()),
        both(Resource::Nofile, limits.open_files.into()),
        both(Resource::Nproc, limits.processes.into()),
        both(Resource::Core, limits.core.get()),
        both(Resource::Memlock, 0),
        both(Resource::Msgqueue, 0),
    ];
    rlimits.extend(limits.address_space.map(|size| both(Resource::As, size.get())));
    rlimits.extend(limits.data.map(|size| both(Resource::Data, size.get())));
    rlimits
}

/// RLIMIT_CPU counts one process by the ticks of the clock, which on a busy host makes it a fifth more than what it had, and it knows
/// whole seconds only: it backs up the exact check, and must not come before that.
fn backup_of_cpu(limit: Duration) -> u64 {
    let roughly = limit.saturating_add(limit / 2);
    roughly.saturating_add(Duration::from_nanos(999_999_999)).as_secs().saturating_add(1)
}

fn both(resource: Resource, limit: u64) -> (Resource, Rlimit) {
    (resource, Rlimit { current: Some(limit), maximum: Some(limit) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_own_clock_does_not_come_before_the_exact_one() {
        let backup = |millis| backup_of_cpu(Duration::from_millis(millis));
        assert_eq!([backup(1), backup(1000), backup(10_000), backup(10_001)], [2, 3, 16, 17]);
        assert_eq!(backup_of_cpu(Duration::MAX), u64::MAX);
    }
}
