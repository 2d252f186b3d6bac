//! The folder that an archive is unpacked into: which entries it takes, and how they are written.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::Bounds;
use super::link::{self, Known, Link, Names};
use super::name::{self, Name};
use super::stop::Stop;
use crate::report::{Place, Report};
use crate::{bounds, package};

/// Bytes that are copied at once.
const BUFFER: usize = 64 * 1024;

/// What an archive says that an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    Folder,
    /// A folder nevertheless where its name ends with `/`.
    File {
        executable: bool,
    },
    /// Its size is that of its target, which is what is written.
    Link(link::Kind),
    /// What is never made, told as this.
    Refused(&'static str),
}

/// A file or a link that may be written.
#[derive(Debug, Clone)]
pub(super) struct Admitted {
    /// Path in the archive.
    pub(super) path: String,
    what: What,
}

#[derive(Debug, Clone, Copy)]
enum What {
    File { executable: bool },
    Link(link::Kind),
}

/// A file that takes the place of a link.
struct Copied {
    path: String,
    /// Path of the file that is copied.
    from: String,
}

pub(super) struct Target<'a> {
    pub(super) report: Report,
    into: &'a Path,
    bounds: &'a Bounds,
    /// All that is below the folder, folders that no entry names too.
    known: Names,
    entries: usize,
    junk: usize,
    buffer: Vec<u8>,
    /// Is there room for so many bytes?
    room: &'a dyn Fn(u64) -> io::Result<()>,
}

/// A file that is written where there is room.
struct Roomy<'a> {
    file: File,
    room: &'a dyn Fn(u64) -> io::Result<()>,
}

impl Write for Roomy<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (self.room)(bytes.len() as u64)?;
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl<'a> Target<'a> {
    /// # Errors
    /// The folder cannot be read, or is not empty.
    pub(super) fn new(
        into: &'a Path,
        bounds: &'a Bounds,
        room: &'a dyn Fn(u64) -> io::Result<()>,
    ) -> io::Result<Self> {
        if fs::read_dir(into)?.next().is_some() {
            return Err(ErrorKind::DirectoryNotEmpty.into());
        }
        let buffer = vec![0; BUFFER];
        let (report, known) = (Report::default(), Names::new());
        Ok(Self { report, into, bounds, known, entries: 0, junk: 0, buffer, room })
    }

    /// Whether there is no fault as yet; after one nothing more is written, but faults are still looked for.
    pub(super) fn is_sound(&self) -> bool {
        self.report.is_sound()
    }

    pub(super) fn fault(&self, path: &str, what: impl Into<String>) {
        self.report.fault(Place::file(path), what);
    }

    /// Counts an entry and takes note of its name; the file or link to write if it is one. What is refused
    /// is a fault.
    ///
    /// # Errors
    /// There are too many.
    pub(super) fn admit(&mut self, raw: &[u8], entry: Entry, size: u64) -> Result<Option<Admitted>, Stop> {
        self.count()?;
        let admitted = match name::read(raw) {
            Ok(Name::Junk) => {
                self.junk += 1;
                None
            }
            Ok(Name::Path { path, is_folder }) => self.take(path, is_folder, entry, size),
            Err(why) => {
                self.fault(&name::shown(raw), why);
                None
            }
        };
        self.check_count()?;
        Ok(admitted)
    }

    /// Counts an entry.
    ///
    /// # Errors
    /// There are too many.
    pub(super) fn count(&mut self) -> Result<(), Stop> {
        self.entries += 1;
        self.check_count()
    }

    /// How many there are is told from the list of entries, where there is one, before it is read.
    pub(super) fn check_announced(&self, entries: u64) -> Result<(), Stop> {
        if entries > self.bounds.entries as u64 { Err(self.too_many()) } else { Ok(()) }
    }

    fn check_count(&self) -> Result<(), Stop> {
        let most = self.bounds.entries;
        if self.entries > most || self.known.len() > most { Err(self.too_many()) } else { Ok(()) }
    }

    fn too_many(&self) -> Stop {
        Stop::archive(format!("more than {} entries", self.bounds.entries))
    }

    fn take(&mut self, path: String, is_folder: bool, entry: Entry, size: u64) -> Option<Admitted> {
        let taken = match entry {
            Entry::Refused(what) => {
                Err(format!("is {what}: only files, folders and links to files are taken"))
            }
            Entry::Link(_) if is_folder => Err("is a link and a folder".to_owned()),
            Entry::Link(kind) => self.take_link(&path, kind, size).map(|()| Some(What::Link(kind))),
            Entry::File { executable } if !is_folder => {
                self.take_file(&path, size).map(|()| Some(What::File { executable }))
            }
            Entry::Folder | Entry::File { .. } => self.take_folder(&path, size).map(|()| None),
        };
        match taken {
            Ok(what) => what.map(|what| Admitted { path, what }),
            Err(what) => {
                self.fault(&path, what);
                None
            }
        }
    }

    fn take_folder(&mut self, path: &str, size: u64) -> Result<(), String> {
        if size > 0 {
            return Err("is a folder with content".to_owned());
        }
        self.know_folders(path)
    }

    fn take_file(&mut self, path: &str, size: u64) -> Result<(), String> {
        if size > self.bounds.file {
            return Err(format!("has more than {} bytes", self.bounds.file));
        }
        self.know(path, Known::File)
    }

    fn take_link(&mut self, path: &str, kind: link::Kind, size: u64) -> Result<(), String> {
        if size > bounds::LINK as u64 {
            return Err(format!("is {kind} whose target is longer than {} bytes", bounds::LINK));
        }
        self.know(path, Known::Link(Link { kind, target: Vec::new() }))
    }

    /// The file or link at the path and the folders above it.
    fn know(&mut self, path: &str, known: Known) -> Result<(), String> {
        if let Some((folder, _)) = path.rsplit_once('/') {
            self.know_folders(folder)?;
        }
        let noun = known.noun();
        match self.known.insert(path.to_owned(), known) {
            None => Ok(()),
            Some(Known::Folder) => Err(format!("is a {noun} and a folder")),
            Some(Known::File | Known::Link(_)) => Err("is there twice".to_owned()),
        }
    }

    /// The folder at the path and all above it.
    fn know_folders(&mut self, path: &str) -> Result<(), String> {
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        for folder in ends.map(|end| &path[..end]).filter(|folder| !folder.is_empty()) {
            match self.known.get(folder) {
                Some(Known::Folder) => {}
                Some(other) => return Err(format!("{folder} is a {} and a folder", other.noun())),
                None => {
                    self.known.insert(folder.to_owned(), Known::Folder);
                }
            }
        }
        Ok(())
    }

    /// Writes a file, or takes note of where a link leads; how many bytes were read.
    ///
    /// # Errors
    /// The content cannot be read or the file not be written.
    pub(super) fn write(&mut self, entry: &Admitted, content: &mut impl Read) -> Result<u64, Stop> {
        match entry.what {
            What::File { executable } => self.write_file(&entry.path, executable, content),
            What::Link(kind) => self.write_link(&entry.path, kind, content),
        }
    }

    fn write_file(&mut self, path: &str, executable: bool, content: &mut impl Read) -> Result<u64, Stop> {
        let mut made = Roomy { file: self.create(path, executable)?, room: self.room };
        copy(path, content, &mut made, &mut self.buffer)
    }

    /// Nothing is made on the disk.
    fn write_link(&mut self, path: &str, kind: link::Kind, content: &mut impl Read) -> Result<u64, Stop> {
        let mut target = Vec::new();
        let read = copy(path, content, &mut target, &mut self.buffer)?;
        self.known.insert(path.to_owned(), Known::Link(Link { kind, target }));
        Ok(read)
    }

    /// Reads what is not written.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn skip(&mut self, path: &str, content: &mut impl Read) -> Result<u64, Stop> {
        copy(path, content, &mut io::sink(), &mut self.buffer)
    }

    fn create(&self, path: &str, executable: bool) -> io::Result<File> {
        let path = self.into.join(path);
        let mut options = File::options();
        options.write(true).create_new(true).mode(if executable { 0o755 } else { 0o644 });
        match (options.open(&path), path.parent()) {
            (Err(error), Some(folder)) if error.kind() == ErrorKind::NotFound => {
                fs::create_dir_all(folder)?;
                options.open(&path)
            }
            (opened, _) => opened,
        }
    }

    /// What is left to do when all is written: links, folders that hold nothing, notes, and the one folder
    /// that holds all. `left` is how many bytes there may be yet, `told` how it is told that there are more.
    ///
    /// # Errors
    /// There is no file at all, copies for links have too many bytes, or the disk's error.
    pub(super) fn finish(&mut self, left: u64, told: &str) -> Result<(), Stop> {
        // After another fault a link might miss what was refused.
        if !self.is_sound() {
            return Ok(());
        }
        let copies = self.copies();
        if !self.is_sound() {
            return Ok(());
        }
        self.write_copies(&copies, left, told)?;
        if !self.known.values().any(|known| *known == Known::File) {
            return Err(Stop::archive("holds no file"));
        }
        self.note_junk();
        self.make_folders()?;
        Ok(self.strip()?)
    }

    /// What the links are to become, in the order of their paths. One that leads nowhere is a fault.
    fn copies(&self) -> Vec<Copied> {
        let top = self.only_folder().unwrap_or_default();
        let links = link::all(&self.known).into_iter();
        links.filter_map(|(path, link)| self.copied(path, link, top)).collect()
    }

    fn copied(&self, path: &str, link: &Link, top: &str) -> Option<Copied> {
        match link::file(path, link, &self.known, top) {
            Ok(from) => Some(Copied { path: path.to_owned(), from }),
            Err(why) => {
                self.fault(path, link.told(&why));
                None
            }
        }
    }

    fn write_copies(&mut self, copies: &[Copied], mut left: u64, told: &str) -> Result<(), Stop> {
        for copied in copies {
            let mut from = File::open(self.into.join(&copied.from))?;
            let metadata = from.metadata()?;
            left = left.checked_sub(metadata.len()).ok_or_else(|| Stop::archive(told))?;
            self.write_file(&copied.path, metadata.permissions().mode() & 0o100 != 0, &mut from)?;
        }
        Ok(())
    }

    fn note_junk(&self) {
        if self.junk > 0 {
            let what = format!(
                "{} entries skipped that tools left behind (__MACOSX, .git, .svn, .DS_Store and such)",
                self.junk
            );
            self.report.note(Place::default(), what);
        }
    }

    fn make_folders(&self) -> io::Result<()> {
        let folders = self.known.iter().filter(|(_, known)| **known == Known::Folder);
        folders.map(|(path, _)| self.into.join(path)).try_for_each(fs::create_dir_all)
    }

    fn strip(&self) -> io::Result<()> {
        let Some(top) = self.only_folder() else { return Ok(()) };
        // Out of the way of something in it that has the same name.
        let aside = self.free_name(top);
        fs::rename(self.into.join(top), &aside)?;
        let held =
            fs::read_dir(&aside)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>()?;
        held.iter().try_for_each(|name| fs::rename(aside.join(name), self.into.join(name)))?;
        fs::remove_dir(&aside)
    }

    /// The folder that holds all and is not the format's own, which may be called so nevertheless where a package is in it.
    fn only_folder(&self) -> Option<&str> {
        let mut tops = self.known.iter().filter(|(path, _)| !path.contains('/'));
        let (top, known) = tops.next()?;
        let is_one = tops.next().is_none() && *known == Known::Folder;
        let is_packed = is_one && (self.is_package(top) || !package::KNOWN.contains(&top.as_str()));
        is_packed.then_some(top)
    }

    /// Whether the folder, at the top, is a package, or one of plain inputs.
    fn is_package(&self, top: &str) -> bool {
        let inner = self.known.keys().filter_map(|path| path.strip_prefix(top)?.strip_prefix('/'));
        inner.filter(|name| !name.contains('/')).any(|name| name == "problem.yaml" || name.ends_with(".in"))
    }

    /// A path in the folder whose name nothing in `top` has.
    fn free_name(&self, top: &str) -> PathBuf {
        let taken = |name: &String| self.known.contains_key(&format!("{top}/{name}"));
        let mut names = (0_u64..).map(|number| number.to_string()).skip_while(taken);
        self.into.join(names.next().unwrap_or_default())
    }
}

fn copy(path: &str, from: &mut impl Read, to: &mut impl Write, buffer: &mut [u8]) -> Result<u64, Stop> {
    let mut copied = 0;
    loop {
        match from.read(buffer) {
            Ok(0) => return Ok(copied),
            Ok(length) => {
                to.write_all(&buffer[..length])?;
                copied += length as u64;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(Stop::broken(path, error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_no_fault_of_the_package() {
        let mut full = File::options().write(true).open("/dev/full").unwrap();
        match copy("a", &mut &b"x"[..], &mut full, &mut [0; 16]) {
            Err(Stop::Io(error)) => assert_eq!(error.kind(), ErrorKind::StorageFull),
            other => panic!("{other:?}"),
        }
    }
}
