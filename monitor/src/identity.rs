//! Acting as the program's user for a moment.
//!
//! The monitor is uid 0 without DAC_OVERRIDE, so it needs the program's uid to open and remove what the program left.
//! It changes its own identity instead of starting a process for it: that cannot fail for want of processes.

use rustix::io::Errno;
use rustix::thread::Uid;

/// The real uid meanwhile, which no program may have: kill(2) asks for the real and saved uid of its target, so a program
/// cannot reach the monitor, and a `kill(-1)` of the monitor reaches the program's processes only.
pub(crate) const SHIELD: u32 = 65_531;

/// Does something with the program's uid as effective uid, without any capability.
///
/// # Errors
/// As setresuid(2) and as `action`.
pub(crate) fn act_as<T>(uid: u32, action: impl FnOnce() -> Result<T, Errno>) -> Result<T, Errno> {
    let (root, shield, user) = (Uid::from_raw(0), Uid::from_raw(SHIELD), Uid::from_raw(uid));
    rustix::thread::set_thread_res_uid(shield, user, root)?;
    let done = action();
    match rustix::thread::set_thread_res_uid(root, root, root) {
        Ok(()) => done,
        // With another identity than its own the monitor is of no use; the server replaces the container.
        Err(errno) => crate::give_up(&format!("cannot become root again: {errno}")),
    }
}
