//! Contents as files, each under the hash of its bytes: written once, read only, shared by all who name it.
//!
//! A file is whole and on disk before its name exists. It goes when no row of the database names it and nobody who has
//! just made it holds a claim; what a crash has left goes after the next start.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tempfile::{NamedTempFile, TempDir};
use tokio::sync::mpsc;

mod packer;

pub use packer::{Growing, Packer, SMALL};

use crate::content::{Blob, BlobId, Claim, Content, Piece};
use crate::stamp::{self, Stamp};

/// What is being written is here, and is nothing after a restart.
const INCOMING: &str = "incoming";
/// Where earlier versions put what was being written when they died.
const LEFT: &str = "left-";
/// Everybody may read, nobody may write: a program gets this very file as its standard input.
const READ_ONLY: u32 = 0o444;

/// The directory of blobs.
#[derive(Debug, Clone)]
pub struct Blobs(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    directory: PathBuf,
    table: Mutex<Table>,
    /// A removal has ended.
    removed: Condvar,
    /// Names that may have become nobody's.
    orphans: mpsc::UnboundedSender<BlobId>,
}

#[derive(Debug, Default)]
struct Table {
    /// How many hold a claim.
    claimed: HashMap<BlobId, usize>,
    /// About to be removed, unless somebody claims them before.
    marked: HashSet<BlobId>,
    /// Being removed: who claims one waits for that, and makes it anew.
    leaving: HashSet<BlobId>,
    /// Directories of which it is known that they are on disk.
    lasting: HashSet<PathBuf>,
    /// Files that this process has written or held against their names, as they were then.
    sound: HashMap<BlobId, Stamp>,
}

impl Blobs {
    /// Opens the directory, and makes it where it is missing. What was being written when an earlier server died is
    /// removed first, so that a disk that it has filled has room for whatever else a start needs. Names that may have
    /// become nobody's come out of the receiver; see [`Self::mark`].
    ///
    /// # Errors
    /// What the disk says.
    pub(crate) fn open(directory: &Path) -> io::Result<(Self, mpsc::UnboundedReceiver<BlobId>)> {
        let incoming = directory.join(INCOMING);
        fs::create_dir_all(directory)?;
        remove_leftovers(directory)?;
        // No new one where there is one: on a full disk there is no room for it.
        fs::create_dir_all(&incoming)?;
        let (orphans, receiver) = mpsc::unbounded_channel();
        let (table, removed) = (Mutex::default(), Condvar::new());
        let shared = Shared { directory: directory.to_owned(), table, removed, orphans };
        Ok((Self(Arc::new(shared)), receiver))
    }

    /// Begins a blob.
    ///
    /// # Errors
    /// What the disk says.
    pub fn write(&self) -> io::Result<BlobWriter> {
        self.writer(Some(blake3::Hasher::new()))
    }

    /// Begins one that is gone with the last claim on it, and after a crash: it is not waited for until it is on the disk,
    /// and its name tells nothing of its bytes. For what is large, needed now and never again.
    ///
    /// # Errors
    /// What the disk says.
    pub(crate) fn write_passing(&self) -> io::Result<BlobWriter> {
        self.writer(None)
    }

    fn writer(&self, hasher: Option<blake3::Hasher>) -> io::Result<BlobWriter> {
        let file = Unnamed(Some(NamedTempFile::new_in(self.0.directory.join(INCOMING))?));
        Ok(BlobWriter { blobs: self.clone(), file, hasher, size: 0 })
    }

    /// Where they are.
    pub(crate) fn directory(&self) -> &Path {
        &self.0.directory
    }

    /// A file and, beside it, a folder for what is taken in before it becomes blobs: on the same disk, and gone when they
    /// are dropped or, at the latest, with the next start.
    ///
    /// # Errors
    /// What the disk says.
    pub(crate) fn incoming_file(&self) -> io::Result<File> {
        tempfile::tempfile_in(self.0.directory.join(INCOMING))
    }

    /// As [`Self::incoming_file`].
    ///
    /// # Errors
    /// What the disk says.
    pub(crate) fn incoming_folder(&self) -> io::Result<TempDir> {
        TempDir::new_in(self.0.directory.join(INCOMING))
    }

    /// Opens a blob for reading, with an offset of its own. A file that this process has not seen yet, or that was changed
    /// since, is held against its name: with what a disk or a restored backup has damaged nobody is judged.
    ///
    /// # Errors
    /// What the disk says; `InvalidData` for a file that is damaged.
    pub fn open_blob(&self, blob: &Blob) -> io::Result<File> {
        let (mut file, stamp) = stamp::open(&self.path(blob.id))?;
        if self.table().sound.get(&blob.id) == Some(&stamp) {
            return Ok(file);
        }
        if stamp.size() != blob.size {
            return Err(stamp::damaged(&format!("it has {} bytes and had {}", stamp.size(), blob.size)));
        }
        if BlobId::from(stamp::hash(&file)?) != blob.id {
            return Err(stamp::damaged("it has other bytes than it had"));
        }
        file.rewind()?;
        self.table().sound.insert(blob.id, stamp);
        Ok(file)
    }

    /// It is there, whole or not.
    pub(crate) fn has(&self, id: BlobId) -> bool {
        self.path(id).exists()
    }

    /// A reader of some content, wherever it is. Takes little memory: pieces are small.
    ///
    /// # Errors
    /// What the disk says; `InvalidData` for a file that is damaged.
    pub fn reader(&self, content: &Content) -> io::Result<ContentReader> {
        Ok(match content {
            Content::Inline(bytes) => ContentReader::Inline { bytes: Arc::clone(bytes), at: 0 },
            Content::Piece(piece) => ContentReader::Inline { bytes: self.bytes(piece)?, at: 0 },
            Content::Blob(blob) => {
                ContentReader::File { file: self.open_blob(blob)?, offset: 0, end: blob.size }
            }
        })
    }

    /// Reads the bytes of a piece into memory: pieces are small.
    ///
    /// # Errors
    /// What the disk says; `InvalidData` where the file is damaged.
    pub fn bytes(&self, piece: &Piece) -> io::Result<Arc<[u8]>> {
        let mut bytes = vec![0; usize::try_from(piece.size).map_err(io::Error::other)?];
        let (file, _) = stamp::open(&self.path(piece.pack.id))?;
        file.read_exact_at(&mut bytes, piece.offset)?;
        if BlobId::of(&bytes) != piece.hash {
            return Err(stamp::damaged("it has other bytes than it had"));
        }
        Ok(bytes.into())
    }

    /// First half of removing a blob: whoever claims it from now on keeps it. False where somebody does already.
    ///
    /// Between the halves the caller looks whether any row names it: a row is only written while its writer holds a
    /// claim, so that none can appear unseen.
    pub(crate) fn mark(&self, id: BlobId) -> bool {
        let mut table = self.table();
        !table.claimed.contains_key(&id) && !table.leaving.contains(&id) && table.marked.insert(id)
    }

    /// A row names it: it stays.
    pub(crate) fn unmark(&self, id: BlobId) {
        self.table().marked.remove(&id);
    }

    /// Second half: removes it, unless it was claimed meanwhile. Takes as long as the disk does, for which only those wait
    /// who claim this one.
    ///
    /// # Errors
    /// What the disk says.
    pub(crate) fn remove_marked(&self, id: BlobId) -> io::Result<()> {
        self.remove_marked_by(id, |path| fs::remove_file(path))
    }

    fn remove_marked_by(&self, id: BlobId, remove: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
        {
            let mut table = self.table();
            if !table.marked.remove(&id) {
                return Ok(());
            }
            table.leaving.insert(id);
        }
        let removed = remove(&self.path(id));
        let mut table = self.table();
        table.leaving.remove(&id);
        table.sound.remove(&id);
        drop(table);
        self.0.removed.notify_all();
        match removed {
            Err(why) if why.kind() != io::ErrorKind::NotFound => Err(why),
            _ => Ok(()),
        }
    }

    /// Has it looked at soon whether anybody still names these.
    pub(crate) fn suspect(&self, ids: impl IntoIterator<Item = BlobId>) {
        // The receiver ends with the store.
        ids.into_iter().all(|id| self.0.orphans.send(id).is_ok());
    }

    /// Suspects all that is there.
    ///
    /// # Errors
    /// What the disk says.
    pub(crate) fn sweep(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.0.directory)? {
            let entry = entry?;
            if entry.file_name() != INCOMING && entry.file_type()?.is_dir() {
                let names = fs::read_dir(entry.path())?.map(|file| Ok(file?.file_name()));
                let names: Vec<_> = names.collect::<io::Result<_>>()?;
                self.suspect(names.iter().filter_map(|name| name.to_str()?.parse().ok()));
            }
        }
        Ok(())
    }

    /// Waits while it is being removed, so that only a thread that may wait asks for one.
    fn claim(&self, id: BlobId) -> Claim {
        let waited = self.0.removed.wait_while(self.table(), |table| table.leaving.contains(&id));
        let mut table = waited.unwrap_or_else(PoisonError::into_inner);
        *table.claimed.entry(id).or_default() += 1;
        table.marked.remove(&id);
        drop(table);
        Claim::new(Arc::new(Guard { blobs: self.clone(), id }))
    }

    /// Its bytes are there already. A file that is damaged is told of, and is to be written anew.
    fn holds(&self, blob: &Blob) -> io::Result<bool> {
        match self.open_blob(blob) {
            Ok(_) => Ok(true),
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(why) if why.kind() == io::ErrorKind::InvalidData => {
                tracing::warn!(error = %why, "{} is written anew", self.path(blob.id).display());
                Ok(false)
            }
            Err(other) => Err(other),
        }
    }

    /// Makes a directory, if there is none; when this returns it is on disk, whoever has made it.
    fn make_directory(&self, path: &Path) -> io::Result<()> {
        if self.table().lasting.contains(path) {
            return Ok(());
        }
        match fs::create_dir(path) {
            Err(why) if why.kind() != io::ErrorKind::AlreadyExists => return Err(why),
            _ => sync_directory(&self.0.directory)?,
        }
        self.table().lasting.insert(path.to_owned());
        Ok(())
    }

    fn path(&self, id: BlobId) -> PathBuf {
        let name = id.to_string();
        self.0.directory.join(&name[..2]).join(name)
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody holds a claim.
struct Guard {
    blobs: Blobs,
    id: BlobId,
}

impl Drop for Guard {
    fn drop(&mut self) {
        let mut table = self.blobs.table();
        let Some(count) = table.claimed.get_mut(&self.id) else { return };
        *count -= 1;
        if *count == 0 {
            table.claimed.remove(&self.id);
            drop(table);
            self.blobs.suspect([self.id]);
        }
    }
}

/// A blob in the making; dropped before its end it leaves nothing.
#[derive(Debug)]
pub struct BlobWriter {
    blobs: Blobs,
    file: Unnamed,
    /// None: it is a passing one.
    hasher: Option<blake3::Hasher>,
    size: u64,
}

/// A file that goes when it is dropped: on a thread that may wait for the disk, where there are such.
#[derive(Debug)]
struct Unnamed(Option<NamedTempFile>);

impl BlobWriter {
    /// Bytes so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Puts it on disk under its name. Where the same bytes are there already, nothing is kept twice.
    ///
    /// # Errors
    /// What the disk says; then nothing is left of it.
    pub fn finish(self) -> io::Result<Blob> {
        let Some(hasher) = &self.hasher else { return self.finish_passing() };
        let id = BlobId::from(hasher.finalize());
        // From here on nobody removes it.
        let blob = Blob { id, size: self.size, claim: self.blobs.claim(id) };
        let path = self.blobs.path(id);
        let parent = path.parent().unwrap_or(&path);
        if !self.blobs.holds(&blob)? {
            self.blobs.make_directory(parent)?;
            let stamp = self.file.persist(&path, true)?;
            self.blobs.table().sound.insert(id, stamp);
        }
        // Also where it is there already: whoever has just made it may not have come so far, or failed.
        sync_directory(parent)?;
        Ok(blob)
    }

    fn finish_passing(self) -> io::Result<Blob> {
        let id = BlobId::of(uuid::Uuid::new_v4().as_bytes());
        let claim = self.blobs.claim(id);
        let path = self.blobs.path(id);
        self.blobs.make_directory(path.parent().unwrap_or(&path))?;
        let stamp = self.file.persist(&path, false)?;
        // Its name tells nothing of its bytes.
        self.blobs.table().sound.insert(id, stamp);
        Ok(Blob { id, size: self.size, claim })
    }
}

impl Unnamed {
    /// Gives it a name, once its bytes are on disk where they are to last.
    fn persist(mut self, path: &Path, lasting: bool) -> io::Result<Stamp> {
        let file = self.0.take().ok_or(io::ErrorKind::NotFound)?;
        file.as_file().set_permissions(fs::Permissions::from_mode(READ_ONLY))?;
        if lasting {
            file.as_file().sync_data()?;
        }
        Stamp::of(file.persist(path)?)
    }

    fn file(&mut self) -> io::Result<&mut NamedTempFile> {
        self.0.as_mut().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Drop for Unnamed {
    fn drop(&mut self) {
        let Some(file) = self.0.take() else { return };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            // To remove much takes long, and a runtime that ends drops it all the same.
            drop(runtime.spawn_blocking(move || drop(file)));
        }
    }
}

impl Write for BlobWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.file()?.write(bytes)?;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(&bytes[..written]);
        }
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.file()?.flush()
    }
}

/// Reads content, wherever it is.
#[derive(Debug)]
pub enum ContentReader {
    /// From memory.
    Inline {
        /// All of it.
        bytes: Arc<[u8]>,
        /// So many are read.
        at: usize,
    },
    /// From a file.
    File {
        /// Open for reading.
        file: File,
        /// Where the next byte is.
        offset: u64,
        /// Its bytes.
        end: u64,
    },
}

impl Read for ContentReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Inline { bytes, at } => {
                let read = (&bytes[*at..]).read(buffer)?;
                *at += read;
                Ok(read)
            }
            Self::File { file, offset, end } => {
                let left = usize::try_from(*end - *offset).unwrap_or(usize::MAX);
                let wanted = buffer.len().min(left);
                let read = file.read_at(&mut buffer[..wanted], *offset)?;
                if read == 0 && wanted > 0 {
                    return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "a blob became shorter"));
                }
                *offset += read as u64;
                Ok(read)
            }
        }
    }
}

/// Removes what was being written when an earlier server died. What cannot be removed keeps nobody from starting.
fn remove_leftovers(directory: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        let removed = match name.to_str() {
            Some(INCOMING) => empty(&entry.path()),
            Some(name) if name.starts_with(LEFT) => fs::remove_dir_all(entry.path()),
            _ => Ok(()),
        };
        if let Err(error) = removed {
            tracing::warn!(%error, "Failed to remove what an earlier server was writing to {}", entry.path().display());
        }
    }
    Ok(())
}

fn empty(directory: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        // A package that was being unpacked is a folder.
        let is_folder = entry.file_type()?.is_dir();
        if is_folder { fs::remove_dir_all(entry.path())? } else { fs::remove_file(entry.path())? }
    }
    Ok(())
}

fn sync_directory(path: &Path) -> io::Result<()> {
    #[cfg(test)]
    tests::SYNCED.with_borrow_mut(|synced| synced.push(path.to_owned()));
    File::open(path)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    #[test]
    fn a_passing_one_is_read_as_others_are_and_nobodys_with_its_last_claim() {
        let (blobs, mut orphans, _directory) = blobs();
        let written = |bytes: &[u8]| {
            let mut writer = blobs.write_passing().unwrap();
            writer.write_all(bytes).unwrap();
            writer.finish().unwrap()
        };
        SYNCED.with_borrow_mut(Vec::clear);
        let (one, other) = (written(b"abc"), written(b"abc"));
        assert!(one.id != other.id && one.id != BlobId::of(b"abc"));
        assert!(SYNCED.with_borrow(|synced| synced.iter().all(|path| path == blobs.directory())));
        let mut read = String::new();
        let mut file = blobs.open_blob(&one).unwrap();
        file.read_to_string(&mut read).unwrap();
        assert_eq!((read.as_str(), file.metadata().unwrap().mode() & 0o777), ("abc", READ_ONLY));
        assert!(!blobs.mark(one.id));
        let id = one.id;
        drop(one);
        assert_eq!(orphans.try_recv().unwrap(), id);
        assert!(blobs.mark(id));
        blobs.remove_marked(id).unwrap();
        assert!(!blobs.has(id));
    }

    fn blobs() -> (Blobs, mpsc::UnboundedReceiver<BlobId>, tempfile::TempDir) {
        let directory = tempfile::tempdir().unwrap();
        let (blobs, orphans) = Blobs::open(directory.path()).unwrap();
        (blobs, orphans, directory)
    }

    fn put(blobs: &Blobs, bytes: &[u8]) -> Blob {
        let mut writer = blobs.write().unwrap();
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    fn files(directory: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
    }

    #[test]
    fn the_same_bytes_are_one_file_that_nobody_may_write() {
        let (blobs, _orphans, directory) = blobs();
        let (one, two) = (put(&blobs, b"input"), put(&blobs, b"input"));
        assert_eq!((one.id, one.size), (two.id, 5));
        let files = files(directory.path());
        assert_eq!(files.len(), 1);
        assert_eq!(fs::metadata(&files[0]).unwrap().permissions().mode() & 0o777, 0o444);
        let mut read = String::new();
        blobs.open_blob(&one).unwrap().read_to_string(&mut read).unwrap();
        assert_eq!(read, "input");
    }

    /// What befalls a disk: bytes are cut, changed, or lost with their file.
    const DAMAGES: [fn(&Path); 3] = [
        |path| overwrite(path, b"in"),
        |path| overwrite(path, b"inpuT"),
        |path| fs::remove_file(path).unwrap(),
    ];

    fn overwrite(path: &Path, bytes: &[u8]) {
        // A moment later than it was made, for the kernel's clock of files.
        std::thread::sleep(std::time::Duration::from_millis(20));
        fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
        fs::write(path, bytes).unwrap();
    }

    #[test]
    fn a_file_that_was_damaged_is_given_to_nobody_and_written_anew_where_its_bytes_come_again() {
        for (index, damage) in DAMAGES.into_iter().enumerate() {
            // Those of this process, and those that an earlier one has left.
            for restarted in [false, true] {
                let (blobs, _orphans, directory) = blobs();
                let blob = put(&blobs, b"input");
                damage(&blobs.path(blob.id));
                let blobs = if restarted { Blobs::open(directory.path()).unwrap().0 } else { blobs };
                let told = blobs.open_blob(&blob).unwrap_err();
                let expected = if index == 2 { io::ErrorKind::NotFound } else { io::ErrorKind::InvalidData };
                assert_eq!(told.kind(), expected, "{told}");
                assert_eq!(blobs.reader(&Content::Blob(blob.clone())).unwrap_err().kind(), expected);
                let again = put(&blobs, b"input");
                let mut read = String::new();
                blobs.open_blob(&again).unwrap().read_to_string(&mut read).unwrap();
                assert_eq!(read, "input");
                assert!(blobs.open_blob(&blob).is_ok(), "who had it before has it again");
            }
        }
    }

    #[test]
    fn a_piece_of_a_file_that_was_damaged_is_not_given_out() {
        let (blobs, _orphans, _directory) = blobs();
        let pack = put(&blobs, b"input");
        let piece = Piece { offset: 3, size: 2, hash: BlobId::of(b"ut"), pack };
        assert_eq!(&blobs.bytes(&piece).unwrap()[..], b"ut");
        DAMAGES[1](&blobs.path(piece.pack.id));
        assert_eq!(blobs.bytes(&piece).unwrap_err().kind(), io::ErrorKind::InvalidData);
        DAMAGES[0](&blobs.path(piece.pack.id));
        assert!(blobs.reader(&Content::Piece(piece)).is_err());
    }

    #[test]
    fn what_stands_in_a_files_place_keeps_nobody_waiting() {
        let (blobs, _orphans, _directory) = blobs();
        let blob = put(&blobs, b"input");
        fs::remove_file(blobs.path(blob.id)).unwrap();
        nix::unistd::mkfifo(&blobs.path(blob.id), nix::sys::stat::Mode::S_IRUSR).unwrap();
        assert_eq!(blobs.open_blob(&blob).unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert!(blobs.open_blob(&put(&blobs, b"input")).is_ok());
    }

    #[test]
    fn what_was_not_finished_leaves_nothing() {
        let (blobs, _orphans, directory) = blobs();
        let mut writer = blobs.write().unwrap();
        writer.write_all(&[1; 100_000]).unwrap();
        assert_eq!(files(directory.path()).len(), 1);
        drop(writer);
        assert_eq!(files(directory.path()), Vec::<PathBuf>::new());
    }

    #[test]
    fn what_a_dead_server_was_writing_goes_and_what_it_had_finished_is_suspected() {
        let (blobs, _orphans, directory) = blobs();
        let kept = put(&blobs, b"kept");
        let mut writer = blobs.write().unwrap();
        writer.write_all(b"half").unwrap();
        // A killed process does not clean up.
        std::mem::forget(writer);
        // An earlier version moved it away first.
        let left = directory.path().join("left-1");
        fs::create_dir(&left).unwrap();
        fs::write(left.join("half"), "half").unwrap();
        let incoming = fs::metadata(directory.path().join(INCOMING)).unwrap().ino();
        let (next, mut orphans) = Blobs::open(directory.path()).unwrap();
        assert_eq!(files(directory.path()).len(), 1);
        let same = fs::metadata(directory.path().join(INCOMING)).unwrap().ino();
        assert_eq!(same, incoming, "a full disk has no room for a new one");
        next.sweep().unwrap();
        assert_eq!(orphans.try_recv().unwrap(), kept.id);
    }

    thread_local! {
        /// Directories that this thread has put on disk.
        pub(super) static SYNCED: std::cell::RefCell<Vec<PathBuf>> = const { std::cell::RefCell::new(Vec::new()) };
    }

    #[test]
    fn bytes_that_are_there_already_are_given_out_only_once_their_name_is_on_disk() {
        let (blobs, _orphans, directory) = blobs();
        let path = blobs.path(BlobId::of(b"input"));
        let parent = path.parent().unwrap().to_owned();
        // Another has just made the directory, and then the file.
        fs::create_dir(&parent).unwrap();
        let _first = put(&blobs, b"input");
        assert_eq!(SYNCED.take(), [directory.path(), &parent]);
        let _second = put(&blobs, b"input");
        assert_eq!(SYNCED.take(), [parent]);
    }

    #[test]
    fn while_the_disk_removes_one_only_those_wait_who_claim_it() {
        let (blobs, mut orphans, directory) = blobs();
        let (first, other) = (put(&blobs, b"first"), put(&blobs, b"other"));
        let id = first.id;
        drop(first);
        assert_eq!(orphans.try_recv().unwrap(), id);
        assert!(blobs.mark(id));
        let (began, has_begun) = std::sync::mpsc::channel();
        let (go_on, may_go_on) = std::sync::mpsc::channel::<()>();
        let blobs = &blobs;
        std::thread::scope(|scope| {
            let removing = scope.spawn(move || {
                blobs.remove_marked_by(id, |path| {
                    began.send(()).unwrap();
                    may_go_on.recv().unwrap();
                    fs::remove_file(path)
                })
            });
            has_begun.recv().unwrap();
            let claiming = scope.spawn(|| put(blobs, b"first"));
            // Nothing that the others do waits for the disk.
            let (done, is_done) = std::sync::mpsc::channel();
            scope.spawn(move || {
                drop(other);
                drop(put(blobs, b"third"));
                assert!(!blobs.mark(id), "it leaves already");
                done.send(()).unwrap();
            });
            let others = is_done.recv_timeout(std::time::Duration::from_secs(10));
            let waited = !claiming.is_finished();
            go_on.send(()).unwrap();
            removing.join().unwrap().unwrap();
            let again = claiming.join().unwrap();
            others.unwrap();
            assert!(waited, "it was told to be there while it was being removed");
            assert!(blobs.open_blob(&again).is_ok());
            assert_eq!(files(directory.path()).len(), 3);
        });
    }

    #[test]
    fn who_claims_a_blob_has_it_whoever_removes_it_meanwhile() {
        let (blobs, _orphans, _directory) = blobs();
        let id = BlobId::of(b"shared");
        std::thread::scope(|scope| {
            let claimer = scope.spawn(|| {
                for _ in 0..200 {
                    let blob = put(&blobs, b"shared");
                    assert!(blobs.open_blob(&blob).is_ok(), "it is claimed, and gone");
                    drop(blob);
                    // The other one has a moment to find it unclaimed.
                    std::thread::yield_now();
                }
            });
            while !claimer.is_finished() {
                if blobs.mark(id) {
                    blobs.remove_marked(id).unwrap();
                }
            }
        });
    }

    #[test]
    fn a_thread_that_serves_others_does_not_remove_what_is_dropped_on_it() {
        let (blobs, _orphans, directory) = blobs();
        let (_, waited) = crate::blocking::tests::with_others_busy(|| {
            let mut writer = blobs.write().unwrap();
            writer.write_all(&[1; 100_000]).unwrap();
            drop(writer);
            let left = files(directory.path()).len();
            async move { assert_eq!(left, 1, "it was removed at once") }
        });
        assert!(!waited);
        assert_eq!(files(directory.path()), Vec::<PathBuf>::new());
    }

    #[test]
    fn a_blob_is_removed_only_where_nobody_claims_it_in_between() {
        let (blobs, mut orphans, directory) = blobs();
        let first = put(&blobs, b"shared");
        let id = first.id;
        assert!(!blobs.mark(id), "it is claimed");
        drop(first);
        assert_eq!(orphans.try_recv().unwrap(), id);
        assert!(blobs.mark(id));
        let again = put(&blobs, b"shared");
        blobs.remove_marked(id).unwrap();
        assert_eq!(files(directory.path()).len(), 1, "it was claimed again");
        drop(again);
        assert!(blobs.mark(id));
        blobs.remove_marked(id).unwrap();
        assert_eq!(files(directory.path()), Vec::<PathBuf>::new());
    }

    #[test]
    fn content_is_read_alike_wherever_it_is() {
        let (blobs, _orphans, _directory) = blobs();
        let pack = put(&blobs, b"..the content..");
        let hash = BlobId::of(b"the content");
        let piece = Piece { pack, offset: 2, size: 11, hash };
        for content in [
            Content::from(&b"the content"[..]),
            Content::Blob(put(&blobs, b"the content")),
            Content::Piece(piece.clone()),
        ] {
            let mut read = String::new();
            blobs.reader(&content).unwrap().read_to_string(&mut read).unwrap();
            assert_eq!((read.as_str(), content.hash(), content.size()), ("the content", hash, 11));
        }
        assert_eq!(&blobs.bytes(&piece).unwrap()[..], b"the content");
    }
}
