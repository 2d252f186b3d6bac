//! Limits that the kernel enforces on each process by itself.

use std::time::Duration;

use gavel_protocol::Limits;
use rustix::process::{Resource, Rlimit};

/// What the program's process is to set, in order.
pub(crate) fn of(limits: &Limits) -> Vec<(Resource, Rlimit)> {
    // RLIMIT_CPU counts whole seconds of one process, so it only backs up the exact check. Soft below hard: the
    // overrun shows as SIGXCPU, not as one more SIGKILL.
    let cpu = limits.cpu_time.saturating_add(Duration::from_nanos(999_999_999)).as_secs().saturating_add(1);
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

fn both(resource: Resource, limit: u64) -> (Resource, Rlimit) {
    (resource, Rlimit { current: Some(limit), maximum: Some(limit) })
}
