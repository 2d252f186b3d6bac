//! `copyOutDir`: the files that a command leaves in its box, written below a directory of the server.
//!
//! Nothing gets out of that directory: names of the request are walked part by part, no symbolic link is followed, and
//! a file takes the place of what has its name, whatever that is.

use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Component, Path, PathBuf};

use gavel_protocol::{Bytes, MAX_LEAVINGS};
use rustix::fs::{AtFlags, Mode, OFlags};

use super::answer::{FileError, FileErrorKind};
use super::go_error;
use super::refusal::Refusal;
use crate::copy;
use crate::sandbox::Leaving;
use crate::store::room;

/// Where a command's files go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    base: PathBuf,
    /// Plain names, at least one.
    below: PathBuf,
    /// As the request names it.
    name: String,
}

impl Target {
    /// What a request means by a name: relative to the base, or absolute and below it. None where the request names
    /// nothing or nothing is configured: then go-judge's newer versions do nothing either.
    ///
    /// # Errors
    /// A name that leads elsewhere.
    pub(super) fn of(name: &str, base: Option<&Path>) -> Result<Option<Self>, Refusal> {
        let Some(base) = base.filter(|_| !name.is_empty()) else { return Ok(None) };
        let path = Path::new(name);
        let below = path.strip_prefix(base).unwrap_or(path);
        let plain = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
        let below: PathBuf = if below.components().all(plain) {
            below.components().filter(|part| *part != Component::CurDir).collect()
        } else {
            PathBuf::new()
        };
        if below.as_os_str().is_empty() || name.contains('\0') {
            let base = base.display();
            return Err(Refusal::Bad(format!("copyOutDir ({name}) is not a directory below ({base})")));
        }
        Ok(Some(Self { base: base.to_owned(), below, name: name.to_owned() }))
    }

    /// Writes the files, no more bytes than this in all; a directory that is not there is made. Blocks.
    ///
    /// # Errors
    /// What is told to the client. Files that were written before stay.
    pub(super) fn write(&self, files: &[Leaving], most: Bytes) -> Result<(), FileError> {
        let total: u64 = files.iter().map(|file| file.size.get()).fold(0, u64::saturating_add);
        if files.len() > MAX_LEAVINGS || total > most.get() {
            let (count, most) = (files.len(), most.get());
            let size =
                format!("copyout: {count} files of {total} bytes exceed limit ({MAX_LEAVINGS}, {most})");
            return Err(self.error(FileErrorKind::CopyOutSizeExceeded, size));
        }
        let directory = self.open().map_err(|error| {
            self.error(FileErrorKind::CopyOutCreateFile, format!("open {}: {error}", self.name))
        })?;
        self.check_room(total)?;
        files.iter().try_for_each(|file| {
            replace(&directory, file).map_err(|error| {
                let why = go_error::text(&error);
                self.error(FileErrorKind::CopyOutCopyContent, format!("copyout: write {}: {why}", file.name))
            })
        })
    }

    /// The last of the disk is for what was accepted already.
    fn check_room(&self, bytes: u64) -> Result<(), FileError> {
        let why = match room::is_there_for(bytes, &self.base) {
            Ok(true) => return Ok(()),
            Ok(false) => "the disk has no room for it".to_owned(),
            Err(error) => go_error::text(&error),
        };
        Err(self.error(FileErrorKind::CopyOutCopyContent, format!("copyout: write {}: {why}", self.name)))
    }

    fn error(&self, kind: FileErrorKind, message: String) -> FileError {
        FileError { name: self.name.clone(), kind, message }
    }

    /// Opens the directory, part by part.
    fn open(&self) -> Result<OwnedFd, String> {
        let text = |errno: rustix::io::Errno| go_error::errno_text(errno.raw_os_error());
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let mut directory = rustix::fs::open(&self.base, flags, Mode::empty()).map_err(text)?;
        for part in &self.below {
            match rustix::fs::mkdirat(&directory, part, Mode::from_raw_mode(0o777)) {
                Ok(()) | Err(rustix::io::Errno::EXIST) => {}
                Err(errno) => return Err(text(errno)),
            }
            directory = rustix::fs::openat(&directory, part, flags | OFlags::NOFOLLOW, Mode::empty())
                .map_err(text)?;
        }
        Ok(directory)
    }
}

/// Writes a file under a name of its own and then gives it its name, so that nobody sees half of it.
fn replace(directory: &OwnedFd, file: &Leaving) -> std::io::Result<()> {
    let meanwhile = format!(".gavel-{}", uuid::Uuid::new_v4());
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    // As go-judge made them, whatever the program's mode was: a client wants to read them.
    let mut new: File = rustix::fs::openat(directory, &meanwhile, flags, Mode::from_raw_mode(0o777))?.into();
    let copied = file
        .descriptor
        .as_fd()
        .try_clone_to_owned()
        .and_then(|from| copy::exactly(&from.into(), &mut new, file.size.get()))
        .and_then(|()| Ok(rustix::fs::renameat(directory, &meanwhile, directory, &file.name)?));
    if copied.is_err()
        && let Err(errno) = rustix::fs::unlinkat(directory, &meanwhile, AtFlags::empty())
    {
        tracing::warn!(%errno, name = meanwhile, "a half-written file of copyOutDir stays");
    }
    copied
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn leaving(name: &str, content: &[u8]) -> Leaving {
        let descriptor = crate::sandbox::sealed(content).unwrap();
        Leaving { name: name.into(), descriptor, size: Bytes(content.len() as u64) }
    }

    fn target(name: &str, base: &Path) -> Target {
        Target::of(name, Some(base)).unwrap().unwrap()
    }

    #[test]
    fn names_are_relative_to_the_base_or_absolute_below_it() {
        let base = Path::new("/srv/out");
        for name in ["a/b", "./a//b/", "/srv/out/a/b"] {
            assert_eq!(target(name, base).below, Path::new("a/b"), "{name}");
        }
        for name in ["..", "a/../..", "/", "/etc", "/srv/out", "/srv/out2/a", ".", "a\0"] {
            assert!(matches!(Target::of(name, Some(base)), Err(Refusal::Bad(_))), "{name}");
        }
        assert_eq!(Target::of("", Some(base)).unwrap(), None);
        assert_eq!(Target::of("../x", None).unwrap(), None);
    }

    #[test]
    fn files_are_written_and_take_the_place_of_others() {
        let base = tempfile::tempdir().unwrap();
        let to = target("spj/1", base.path());
        to.write(&[leaving("a", b"old"), leaving("b", b"")], Bytes(3)).unwrap();
        to.write(&[leaving("a", b"new")], Bytes(3)).unwrap();
        let directory = base.path().join("spj/1");
        assert_eq!(std::fs::read(directory.join("a")).unwrap(), b"new");
        assert_ne!(std::fs::metadata(directory.join("a")).unwrap().permissions().mode() & 0o100, 0);
        assert_eq!(std::fs::read_dir(directory).unwrap().count(), 2);
    }

    #[test]
    fn no_link_is_followed_and_none_is_written_through() {
        let (base, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        symlink(outside.path(), base.path().join("link")).unwrap();
        let refused = target("link", base.path()).write(&[leaving("a", b"x")], Bytes(9)).unwrap_err();
        assert_eq!(refused.kind, FileErrorKind::CopyOutCreateFile);
        std::fs::create_dir(base.path().join("d")).unwrap();
        std::fs::write(outside.path().join("secret"), "kept").unwrap();
        symlink(outside.path().join("secret"), base.path().join("d/a")).unwrap();
        target("d", base.path()).write(&[leaving("a", b"x")], Bytes(9)).unwrap();
        assert_eq!(std::fs::read(outside.path().join("secret")).unwrap(), b"kept");
        assert_eq!(std::fs::read(base.path().join("d/a")).unwrap(), b"x");
        assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 1);
    }

    #[test]
    fn more_than_is_allowed_is_not_written_at_all() {
        let base = tempfile::tempdir().unwrap();
        let to = target("d", base.path());
        let refused = to.write(&[leaving("a", b"xx"), leaving("b", b"xx")], Bytes(3)).unwrap_err();
        assert_eq!(refused.kind, FileErrorKind::CopyOutSizeExceeded);
        assert!(!base.path().join("d").exists());
        let many: Vec<_> = (0..=MAX_LEAVINGS).map(|number| leaving(&number.to_string(), b"")).collect();
        assert!(to.write(&many, Bytes(3)).is_err());
    }

    #[test]
    fn what_the_disk_has_no_room_for_is_not_begun() {
        let base = tempfile::tempdir().unwrap();
        let huge = Leaving { size: Bytes(1 << 60), ..leaving("a", b"x") };
        let refused = target("d", base.path()).write(&[huge], Bytes(u64::MAX)).unwrap_err();
        assert_eq!(refused.message, "copyout: write d: the disk has no room for it");
        assert_eq!(std::fs::read_dir(base.path().join("d")).unwrap().count(), 0);
    }

    #[test]
    fn a_directory_in_the_way_is_told_and_nothing_half_written_stays() {
        let base = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(base.path().join("d/a")).unwrap();
        let refused = target("d", base.path()).write(&[leaving("a", b"x")], Bytes(9)).unwrap_err();
        assert_eq!(refused.kind, FileErrorKind::CopyOutCopyContent);
        assert_eq!(std::fs::read_dir(base.path().join("d")).unwrap().count(), 1);
    }
}
