//! The directories a program may write, and putting files there before it starts.

use std::ffi::CStr;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use gavel_protocol::{BoxFile, Content};
use rustix::fs::{AtFlags, FileType, Mode, OFlags, ResolveFlags};
use rustix::io::Errno;

use crate::entries::next;

/// Where programs may write. They are emptied after every run.
#[derive(Debug)]
pub(crate) struct Boxes {
    /// The first is the one that relative paths mean.
    directories: Vec<Directory>,
}

/// One of them.
#[derive(Debug)]
pub(crate) struct Directory {
    /// Its absolute path, without a slash at the end.
    pub(crate) path: String,
    /// Open for reading.
    pub(crate) descriptor: OwnedFd,
}

impl Boxes {
    /// Opens the directories; all but the first may be missing.
    ///
    /// # Errors
    /// When the first is missing or one cannot be opened.
    pub(crate) fn open(paths: &[String]) -> io::Result<Self> {
        let mut directories = Vec::new();
        for path in paths {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            match rustix::fs::open(path.as_str(), flags, Mode::empty()) {
                Ok(descriptor) => directories.push(Directory { path: path.clone(), descriptor }),
                Err(Errno::NOENT) if !directories.is_empty() => {}
                Err(errno) => {
                    return Err(io::Error::new(io::Error::from(errno).kind(), format!("{path}: {errno}")));
                }
            }
        }
        Ok(Self { directories })
    }

    /// All of them.
    pub(crate) fn directories(&self) -> &[Directory] {
        &self.directories
    }

    /// The names of the regular files in the first of them, where they are UTF-8; no more than this.
    pub(crate) fn file_names(&self, most: usize) -> Vec<String> {
        let mut names = Vec::new();
        let Some(Directory { descriptor, .. }) = self.directories.first() else { return names };
        let note = |name: &CStr| {
            if is_file(descriptor, name) {
                names.extend(name.to_str().ok().map(str::to_owned));
            }
            (names.len() >= most).then_some(())
        };
        // What cannot be read cannot be handed out either.
        let _ = next(descriptor, note);
        names
    }

    /// Opens a path of the box; no symbolic link is followed.
    ///
    /// # Errors
    /// As openat2(2); EINVAL for a path that is not in the box.
    pub(crate) fn open_beneath(&self, path: &str, flags: OFlags, mode: Mode) -> Result<OwnedFd, Errno> {
        let (directory, rest) = self.locate(path)?;
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
        rustix::fs::openat2(directory, rest, flags | OFlags::CLOEXEC | OFlags::NOCTTY, mode, resolve)
    }

    /// Opens any path of the container, relative ones from the box, as the container's root sees them. Symbolic links
    /// to directories are followed, one at the end is not.
    ///
    /// # Errors
    /// As openat2(2); EACCES for what is not a file of a disk or of memory: `/proc/self` would be the monitor's.
    pub(crate) fn open_anywhere(&self, path: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
        let directory = self.directories.first().map_or("/", |directory| directory.path.as_str());
        let absolute = if path.starts_with('/') { path.to_owned() } else { format!("{directory}/{path}") };
        let root = rustix::fs::open("/", OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
        let resolve = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
        let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NOCTTY;
        let file = rustix::fs::openat2(&root, absolute, flags, Mode::empty(), resolve)?;
        if KERNEL_FILE_SYSTEMS.contains(&rustix::fs::fstatfs(&file)?.f_type) {
            Err(Errno::ACCESS)
        } else {
            Ok(file)
        }
    }

    /// Lets the owner of a file in the box read it. For whoever acts as the program's user, who might do it himself: what a
    /// link on the way leads to is changed only where that is his, too.
    ///
    /// # Errors
    /// As fchmodat(2); EINVAL for a path that is not in the box.
    pub(crate) fn let_owner_read(&self, path: &str) -> Result<(), Errno> {
        let (directory, rest) = self.locate(path)?;
        rustix::fs::chmodat(directory, rest, Mode::RUSR | Mode::WUSR, AtFlags::empty())
    }

    /// Opens a file for a program to write, made with mode 0777 where there is none. One that was put there before is
    /// written over from its beginning, as with go-judge: it is not emptied.
    ///
    /// # Errors
    /// As openat2(2).
    pub(crate) fn open_for_writing(&self, path: &str) -> Result<OwnedFd, Errno> {
        let made = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL;
        match self.open_beneath(path, made, Mode::from_raw_mode(0o777)) {
            // Its mode is its owner's to change, who may be the program.
            Err(Errno::EXIST) => self.open_beneath(path, OFlags::RDWR, Mode::empty()),
            made => made,
        }
    }

    /// Puts a file into the box, below directories that are made where they are missing; not for a link, as go-judge has
    /// it. `descriptors` are those of its frame.
    ///
    /// # Errors
    /// As open(2), write(2) and so on; EBADF for a descriptor that is not there.
    pub(crate) fn put(&self, file: &BoxFile, descriptors: &[OwnedFd]) -> Result<(), Errno> {
        let (directory, rest) = self.locate(&file.path)?;
        let (parents, name) = rest.rsplit_once('/').unwrap_or(("", rest));
        if name == "." {
            return Err(Errno::INVAL);
        }
        let mut made: Option<OwnedFd> = None;
        for part in parents.split('/').filter(|part| !part.is_empty()) {
            let parent = made.as_ref().map_or(directory, AsFd::as_fd);
            made = Some(match file.content {
                Content::Symlink(_) => enter(parent, part)?,
                _ => enter_or_make(parent, part)?,
            });
        }
        put_into(made.as_ref().map_or(directory, AsFd::as_fd), name, file, descriptors)
    }

    /// The box's directory that a path lies in, and the path from there.
    fn locate<'p>(&self, path: &'p str) -> Result<(BorrowedFd<'_>, &'p str), Errno> {
        let (directory, rest) = if path.starts_with('/') {
            self.directories
                .iter()
                .find_map(|directory| {
                    let rest = path.strip_prefix(directory.path.as_str())?.strip_prefix('/')?;
                    Some((Some(directory), rest))
                })
                .ok_or(Errno::INVAL)?
        } else {
            (self.directories.first(), path)
        };
        let sound =
            !rest.is_empty() && !rest.starts_with('/') && !rest.ends_with('/') && !rest.contains('\0');
        match directory {
            Some(directory) if sound && rest.split('/').all(|part| part != "..") => {
                Ok((directory.descriptor.as_fd(), rest))
            }
            _ => Err(Errno::INVAL),
        }
    }
}

fn put_into(
    parent: BorrowedFd<'_>,
    name: &str,
    file: &BoxFile,
    descriptors: &[OwnedFd],
) -> Result<(), Errno> {
    let mode = Mode::from_raw_mode(file.mode & 0o1777);
    match &file.content {
        Content::Inline(bytes) => write_all(&create(parent, name, mode)?, bytes),
        Content::Descriptor(source) => {
            let source = descriptors.get(usize::from(source.0)).ok_or(Errno::BADF)?;
            copy(source, &create(parent, name, mode)?)
        }
        Content::Symlink(target) => rustix::fs::symlinkat(target.as_str(), parent, name),
    }
}

fn enter_or_make(parent: BorrowedFd<'_>, part: &str) -> Result<OwnedFd, Errno> {
    match enter(parent, part) {
        Err(Errno::NOENT) => {
            rustix::fs::mkdirat(parent, part, Mode::from_raw_mode(0o777))?;
            enter(parent, part)
        }
        entered => entered,
    }
}

fn enter(parent: BorrowedFd<'_>, part: &str) -> Result<OwnedFd, Errno> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    rustix::fs::openat(parent, part, flags, Mode::empty())
}

/// A new file has its mode from the start (the monitor has no umask); one that was put there before is emptied.
fn create(parent: BorrowedFd<'_>, name: &str, mode: Mode) -> Result<OwnedFd, Errno> {
    let flags = OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    match rustix::fs::openat(parent, name, flags | OFlags::CREATE | OFlags::EXCL, mode) {
        Err(Errno::EXIST) => {}
        made => return made,
    }
    let file = rustix::fs::openat(parent, name, flags | OFlags::TRUNC, Mode::empty())?;
    rustix::fs::fchmod(&file, mode)?;
    Ok(file)
}

fn write_all(file: &OwnedFd, mut bytes: &[u8]) -> Result<(), Errno> {
    while !bytes.is_empty() {
        let written = rustix::io::retry_on_intr(|| rustix::io::write(file, bytes))?;
        bytes = &bytes[written..];
    }
    Ok(())
}

/// procfs, sysfs, both cgroup file systems, devpts and mqueue, by statfs(2).
const KERNEL_FILE_SYSTEMS: [rustix::fs::FsWord; 6] =
    [0x9fa0, 0x6265_6572, 0x0027_e0eb, 0x6367_7270, 0x1cd1, 0x1980_0202];

/// How much is copied at a time.
const BLOCK: usize = 64 * 1024;

fn copy(source: &OwnedFd, target: &OwnedFd) -> Result<(), Errno> {
    let mut buffer = vec![0; BLOCK];
    let mut offset = 0u64;
    loop {
        let read = rustix::io::retry_on_intr(|| rustix::io::pread(source, &mut *buffer, offset))?;
        if read == 0 {
            return Ok(());
        }
        write_all(target, &buffer[..read])?;
        offset += u64::try_from(read).unwrap_or(u64::MAX);
    }
}

fn is_file(directory: &OwnedFd, name: &CStr) -> bool {
    let found = rustix::fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW);
    found.is_ok_and(|found| FileType::from_raw_mode(found.st_mode) == FileType::RegularFile)
}
