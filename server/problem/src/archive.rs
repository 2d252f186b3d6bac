//! Unpacks a package that came as zip, tar or tar.gz into a folder.
//!
//! Start at [`unpack`]. Only regular files and folders are made, each below the folder, so that nothing that
//! the archive says leads out of it. A link to a file of the archive becomes a copy of that file.

mod kind;
mod link;
mod name;
mod stop;
mod tar;
mod target;
#[cfg(test)]
mod tests;
mod zip;

use std::fmt;
use std::fs::File;
use std::io::{self, Seek as _};
use std::path::Path;

use self::kind::Kind;
pub use self::kind::media_type;
use self::stop::Stop;
use self::target::Target;
use crate::bounds;
use crate::report::{Fault, Note};

/// The most that an archive may hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounds {
    /// Entries: folders, and what is skipped, count too.
    pub entries: usize,
    /// Bytes of all files together, copies in the place of links too; of a tar whatever else is in it counts.
    pub bytes: u64,
    /// Bytes of one file.
    pub file: u64,
    /// How many times as large as the archive its files may be together.
    pub ratio: u64,
    /// Bytes of all files together up to which their ratio to the archive does not matter: a large input is
    /// often one line again and again.
    pub unrated: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            entries: bounds::ENTRIES,
            bytes: bounds::UNPACKED,
            file: bounds::UNPACKED_FILE,
            ratio: bounds::RATIO,
            unrated: bounds::UNRATED,
        }
    }
}

impl Bounds {
    /// The most bytes that an archive of this length may become, and how it is told that it becomes more.
    fn expansion(&self, length: u64) -> (u64, String) {
        let rated = self.unrated.max(length.saturating_mul(self.ratio));
        if rated < self.bytes {
            return (rated, format!("becomes more than {} times as large as it is", self.ratio));
        }
        (self.bytes, format!("holds more than {} bytes", self.bytes))
    }
}

/// Why an archive was not unpacked.
#[derive(Debug)]
pub enum Error {
    /// The archive's own faults, each with the name of the entry.
    Faults(Vec<Fault>),
    /// The archive could not be read or a file not be written, which is not the package's fault: a full disk.
    Io(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Faults(faults) => {
                let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
                f.write_str(&faults.join("; "))
            }
            Self::Io(error) => write!(f, "cannot unpack: {error}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Faults(_) => None,
            Self::Io(error) => Some(error),
        }
    }
}

/// Unpacks a zip, tar or tar.gz, told by its first bytes, into an empty folder that nobody else writes to.
///
/// Files have mode 0644, or 0755 where the archive calls them executable, less the process's umask. What
/// tools leave behind (`__MACOSX`, `.git`) is skipped with a note. Where one folder holds all, what it holds
/// is put in its place. A symbolic or hard link to a file of the archive is a copy of it; any other link is a
/// fault. The archive is read from its beginning to its end with a buffer of constant size; what is held
/// beside is a name for each entry, and a target for each link.
///
/// # Errors
/// Everything that is wrong with the archive as far as it was read, or the disk's error. What has been
/// written till then is left for the caller to remove.
pub fn unpack(archive: &mut File, into: &Path, bounds: &Bounds) -> Result<Vec<Note>, Error> {
    unpack_where(&|_| Ok(()), archive, into, bounds)
}

/// As [`unpack`], where there is room: that is asked before so many bytes are written.
///
/// # Errors
/// As those of [`unpack`], and what is said of the room.
pub fn unpack_where(
    room: &dyn Fn(u64) -> io::Result<()>,
    archive: &mut File,
    into: &Path,
    bounds: &Bounds,
) -> Result<Vec<Note>, Error> {
    let mut target = Target::new(into, bounds, room).map_err(Error::Io)?;
    match extract(archive, bounds, &mut target) {
        Ok(()) => {}
        Err(Stop::Fault(fault)) => target.report.fault(fault.place, fault.what),
        Err(Stop::Io(error)) => return Err(Error::Io(error)),
    }
    let ((), notes) = target.report.conclude(()).map_err(|refused| Error::Faults(refused.faults))?;
    Ok(notes)
}

fn extract(archive: &mut File, bounds: &Bounds, target: &mut Target<'_>) -> Result<(), Stop> {
    let kind = kind::of(archive)?;
    archive.rewind()?;
    let most = bounds.expansion(archive.metadata()?.len());
    let told = most.1.clone();
    let left = match kind {
        Kind::Zip => zip::extract(archive, most, target)?,
        Kind::Tar => tar::extract(archive, most, target)?,
        Kind::Gzip => tar::extract_compressed(archive, most, target)?,
    };
    target.finish(left, &told)
}
