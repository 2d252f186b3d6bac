//! Why unpacking goes no further.

use std::io;

use crate::report::{Fault, Place};

/// Unpacking ends here.
#[derive(Debug)]
pub(super) enum Stop {
    /// By the archive's fault.
    Fault(Fault),
    /// By the disk's.
    Io(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Stop {
    /// A fault of the archive as a whole.
    pub(super) fn archive(what: impl Into<String>) -> Self {
        Self::entry("", what)
    }

    /// A fault of an entry.
    pub(super) fn entry(path: &str, what: impl Into<String>) -> Self {
        Self::Fault(Fault { place: Place::file(path), what: what.into() })
    }

    /// What a reader of the archive says: the disk's error where the system named it, otherwise a fault.
    ///
    /// That a place is no valid one is the system's error too, but it was the archive that named the place.
    pub(super) fn broken(path: &str, error: io::Error) -> Self {
        match error.kind() {
            kind if error.raw_os_error().is_some() && kind != io::ErrorKind::InvalidInput => Self::Io(error),
            io::ErrorKind::UnexpectedEof => Self::entry(path, CUT),
            // By which entry it becomes too large does not matter.
            io::ErrorKind::QuotaExceeded => Self::archive(error.to_string()),
            _ => Self::entry(path, format!("is broken: {error}")),
        }
    }
}

/// What is said of an archive that ends too early.
pub(super) const CUT: &str = "ends too early: was the archive cut off?";
