//! Takes nodes of the container out of programs' hands: terminals count against the whole host, message queues outlive
//! their makers. A run that is to have a terminal gets one of the server's.

use std::fs::{self, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

const CLOSED: [(&str, u32); 2] = [("/dev/pts/ptmx", 0o600), ("/dev/mqueue", 0)];

/// Number of the host's own PID namespace: PROC_PID_INIT_INO of `include/linux/proc_ns.h`.
const HOSTS_OWN: u64 = 0xEFFF_FFFC;

/// Changes the nodes' modes, in a container only. Sentences about what could not be done; empty = all is well.
pub(crate) fn close() -> Vec<String> {
    match fs::metadata("/proc/self/ns/pid") {
        // Run by hand on a host, where the nodes are everybody's.
        Ok(namespace) if namespace.ino() == HOSTS_OWN => Vec::new(),
        Ok(_) => CLOSED.iter().filter_map(|&(path, mode)| set_mode(path, mode)).collect(),
        Err(error) => vec![format!("/proc does not tell the PID namespace: {error}")],
    }
}

fn set_mode(path: &str, mode: u32) -> Option<String> {
    match fs::set_permissions(path, Permissions::from_mode(mode)) {
        Ok(()) => None,
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => Some(format!("{path} stays open to programs: {error}")),
    }
}
