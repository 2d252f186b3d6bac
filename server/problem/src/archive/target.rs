//! The folder that an archive is unpacked into: which entries it takes, and how they are written.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::Bounds;
use super::name::{self, Name};
use super::stop::Stop;
use crate::package;
use crate::report::{Place, Report};

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
    /// What is never made, told as this.
    Refused(&'static str),
}

/// A file that may be written.
#[derive(Debug, Clone)]
pub(super) struct Admitted {
    /// Path in the archive.
    pub(super) path: String,
    pub(super) executable: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    Folder,
    File,
}

pub(super) struct Target<'a> {
    pub(super) report: Report,
    into: &'a Path,
    bounds: &'a Bounds,
    /// All that is below the folder, folders that no entry names too.
    known: HashMap<String, Known>,
    entries: usize,
    junk: usize,
    buffer: Vec<u8>,
}

impl<'a> Target<'a> {
    /// # Errors
    /// The folder cannot be read, or is not empty.
    pub(super) fn new(into: &'a Path, bounds: &'a Bounds) -> io::Result<Self> {
        if fs::read_dir(into)?.next().is_some() {
            return Err(ErrorKind::DirectoryNotEmpty.into());
        }
        let buffer = vec![0; BUFFER];
        Ok(Self {
            report: Report::default(),
            into,
            bounds,
            known: HashMap::new(),
            entries: 0,
            junk: 0,
            buffer,
        })
    }

    /// Whether there is no fault as yet; after one nothing more is written, but faults are still looked for.
    pub(super) fn is_sound(&self) -> bool {
        self.report.is_sound()
    }

    pub(super) fn fault(&self, path: &str, what: impl Into<String>) {
        self.report.fault(Place::file(path), what);
    }

    /// Counts an entry and takes note of its name; the file to write if it is one. What is refused is a fault.
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
            Entry::Refused(what) => Err(format!("is {what}: only files and folders are taken")),
            Entry::File { executable } if !is_folder => {
                self.take_file(&path, size).map(|()| Some(executable))
            }
            Entry::Folder | Entry::File { .. } => self.take_folder(&path, size).map(|()| None),
        };
        match taken {
            Ok(executable) => executable.map(|executable| Admitted { path, executable }),
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
        if let Some((folder, _)) = path.rsplit_once('/') {
            self.know_folders(folder)?;
        }
        match self.known.insert(path.to_owned(), Known::File) {
            None => Ok(()),
            Some(Known::File) => Err("is there twice".to_owned()),
            Some(Known::Folder) => Err("is a file and a folder".to_owned()),
        }
    }

    /// The folder at the path and all above it.
    fn know_folders(&mut self, path: &str) -> Result<(), String> {
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        for folder in ends.map(|end| &path[..end]).filter(|folder| !folder.is_empty()) {
            match self.known.get(folder) {
                Some(Known::Folder) => {}
                Some(Known::File) => return Err(format!("{folder} is a file and a folder")),
                None => {
                    self.known.insert(folder.to_owned(), Known::Folder);
                }
            }
        }
        Ok(())
    }

    /// Writes a file; how many bytes it has.
    ///
    /// # Errors
    /// The content cannot be read or the file not be written.
    pub(super) fn write(&mut self, file: &Admitted, content: &mut impl Read) -> Result<u64, Stop> {
        let mut made = self.create(file)?;
        copy(&file.path, content, &mut made, &mut self.buffer)
    }

    /// Reads what is not written.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn skip(&mut self, path: &str, content: &mut impl Read) -> Result<u64, Stop> {
        copy(path, content, &mut io::sink(), &mut self.buffer)
    }

    fn create(&self, file: &Admitted) -> io::Result<File> {
        let path = self.into.join(&file.path);
        let mut options = File::options();
        options.write(true).create_new(true).mode(if file.executable { 0o755 } else { 0o644 });
        match (options.open(&path), path.parent()) {
            (Err(error), Some(folder)) if error.kind() == ErrorKind::NotFound => {
                fs::create_dir_all(folder)?;
                options.open(&path)
            }
            (opened, _) => opened,
        }
    }

    /// What is left to do when all is written: folders that hold nothing, notes, and the one folder that
    /// holds all.
    ///
    /// # Errors
    /// There is no file at all, or the disk's error.
    pub(super) fn finish(&self) -> Result<(), Stop> {
        if !self.is_sound() {
            return Ok(());
        }
        if !self.known.values().any(|known| *known == Known::File) {
            return Err(Stop::archive("holds no file"));
        }
        self.note_junk();
        self.make_folders()?;
        Ok(self.strip()?)
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

    /// The folder that holds all and is not the format's own.
    fn only_folder(&self) -> Option<&str> {
        let mut tops = self.known.iter().filter(|(path, _)| !path.contains('/'));
        let (top, known) = tops.next()?;
        let is_one = tops.next().is_none() && *known == Known::Folder;
        let is_package = self.known.contains_key(&format!("{top}/problem.yaml"));
        (is_one && (is_package || !package::KNOWN.contains(&top.as_str()))).then_some(top)
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
