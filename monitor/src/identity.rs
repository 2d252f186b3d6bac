//! Acting as the program's user for a moment.
//!
//! The monitor is uid 0 without DAC_OVERRIDE, so it needs the program's uid to open and remove what the program left.
//! It changes its own identity instead of starting a process for it: that cannot fail for want of processes.

use rustix::io::Errno;
use rustix::thread::Uid;

/// The real uid meanwhile, which no program may have: kill(2) asks for the real and saved uid of its target, so a program
/// cannot reach the monitor, and a `kill(-1)` of the monitor reaches the program's processes only.
pub(crate) const SHIELD: u32 = 65_531;

/// Where another monitor may be in the same PID namespace, each has a real uid of its own, this and its PID: `kill(-1)`
/// compares the real uid of who calls it, too.
const OWN_SHIELDS: u32 = 0x4000_0000;

/// The most that a PID can be, from the kernel's threads.h.
const PIDS: u32 = 0x40_0000;

/// Whether programs may not have this uid, since a monitor may.
pub(crate) fn is_shield(uid: u32) -> bool {
    uid == SHIELD || (OWN_SHIELDS..=OWN_SHIELDS + PIDS).contains(&uid)
}

/// Does something with the program's uid as effective uid, without any capability.
///
/// # Errors
/// As setresuid(2) and as `action`.
pub(crate) fn act_as<T>(uid: u32, action: impl FnOnce() -> Result<T, Errno>) -> Result<T, Errno> {
    become_shielded(uid)?;
    let done = action();
    let root = Uid::from_raw(0);
    match rustix::thread::set_thread_res_uid(root, root, root) {
        Ok(()) => done,
        // With another identity than its own the monitor is of no use; the server replaces the container.
        Err(errno) => crate::give_up(&format!("cannot become root again: {errno}")),
    }
}

fn become_shielded(uid: u32) -> Result<(), Errno> {
    let (root, user) = (Uid::from_raw(0), Uid::from_raw(uid));
    let become_behind = |shield| rustix::thread::set_thread_res_uid(Uid::from_raw(shield), user, root);
    match std::process::id() {
        // Alone in its PID namespace.
        1 => become_behind(SHIELD),
        pid => match become_behind(OWN_SHIELDS + pid) {
            // A user namespace has fewer uids.
            Err(Errno::INVAL) => become_behind(SHIELD),
            became => became,
        },
    }
}
