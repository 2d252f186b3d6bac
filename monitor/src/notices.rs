//! Notices who sends a signal that the kernel sends at a limit, too. A dead process's status does not tell one from the other.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;

use crate::seccomp::{Init, Pass, filter};
use crate::spawn::{install_filter, install_noticing_filter, let_pass};

/// The first kernel that lets a noticed call pass (SECCOMP_USER_NOTIF_FLAG_CONTINUE).
const FIRST: (u32, u32) = (5, 5);

/// What this process, its children and their programs are under from now on: the filter, and who listens to it.
#[derive(Debug)]
pub(crate) struct Notices(Option<OwnedFd>);

impl Notices {
    /// Puts this process under the filter, for good, with a pass for what it alone may do. Where nobody can listen, nothing is
    /// noticed.
    ///
    /// # Errors
    /// As seccomp(2).
    pub(crate) fn install(pass: Pass, init: Init) -> Result<Self, Errno> {
        if version(rustix::system::uname().release().to_str().unwrap_or_default()) >= Some(FIRST)
            && let Ok(listener) = install_noticing_filter(&filter(true, pass, init))
        {
            return Ok(Self(Some(listener)));
        }
        install_filter(&filter(false, pass, init))?;
        Ok(Self(None))
    }

    /// Readable while a call waits.
    pub(crate) fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.0.as_ref().map(AsFd::as_fd)
    }

    /// Lets the call that waits pass. False where its caller has died meanwhile.
    pub(crate) fn let_pass(&self) -> bool {
        self.descriptor().is_some_and(|listener| let_pass(listener).is_ok())
    }
}

/// The first two numbers of a kernel's release.
fn version(release: &str) -> Option<(u32, u32)> {
    let mut numbers = release.split(|byte: char| !byte.is_ascii_digit()).map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernels_are_compared_by_number() {
        assert_eq!(version("6.18.44-fc-v669"), Some((6, 18)));
        assert_eq!(version("5.10.0-28-amd64"), Some((5, 10)));
        assert_eq!(version("6.1-rc3"), Some((6, 1)));
        assert_eq!(version("odd"), None);
        assert!(version("5.4.0-150-generic") < Some(FIRST) && version("10.0") > Some(FIRST));
        assert!(version("odd") < Some(FIRST));
    }
}
