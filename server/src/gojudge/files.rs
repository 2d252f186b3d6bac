//! The file store behind `/file`, `fileId` and `copyOutCached`: named contents under random ids, bounded in size and age.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use gavel_protocol::Bytes;
use tempfile::NamedTempFile;

use crate::account::{Account, Held, Purpose};
use crate::copy;
use crate::store::room;

/// What an entry of a list takes beside its texts: those of two texts, and of their allocations.
const OF_ENTRY: usize = 80;

/// Longest name of a file, in bytes.
const MAX_NAME: usize = 1024;

/// What a file takes in memory beside its name: its id and its places in tables.
const ENTRY: u64 = 256;

/// Contents that requests share. They are gone when the server starts anew, as in go-judge without `-dir`.
#[derive(Debug)]
pub(crate) struct FileStore {
    directory: PathBuf,
    capacity: Bytes,
    /// A file that nobody has used for so long is removed.
    timeout: Option<Duration>,
    ids: Ids,
    entries: Mutex<Entries>,
}

/// What ids of files look like: base32 of random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ids {
    /// 16 characters, 80 bits: nobody guesses another's file.
    Long,
    /// 8 characters, as go-judge's, for clients that take no others.
    Short,
}

#[derive(Debug)]
struct Entries {
    by_id: HashMap<String, Entry>,
    /// Bytes of all contents, also of those that are being written.
    total: u64,
    /// What names and ids take in memory.
    held: Held,
}

#[derive(Debug)]
struct Entry {
    name: String,
    size: u64,
    used: Instant,
}

/// A file that is being stored. Dropped before its [end](Incoming::finish), it leaves nothing.
#[derive(Debug)]
pub(crate) struct Incoming {
    store: Arc<FileStore>,
    name: String,
    file: NamedTempFile,
    /// Bytes that it has of the store.
    size: u64,
}

/// A stored file, opened.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) name: String,
    pub(crate) file: File,
}

impl FileStore {
    /// Uses this directory for itself: what is in it is removed. What the names of files take in memory is on the
    /// account.
    ///
    /// # Errors
    /// What the disk says.
    pub(crate) fn new(
        directory: PathBuf,
        capacity: Bytes,
        timeout: Option<Duration>,
        account: &Account,
    ) -> io::Result<Self> {
        // For us alone, since the files in it are for everybody. Not made anew where it is there: a full disk would not
        // have it.
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&directory)?;
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o700))?;
        for entry in fs::read_dir(&directory)? {
            let entry = entry?;
            let is_directory = entry.file_type()?.is_dir();
            if is_directory { fs::remove_dir_all(entry.path())? } else { fs::remove_file(entry.path())? }
        }
        let held = account.open(Purpose::Kept);
        let entries = Mutex::new(Entries { by_id: HashMap::new(), total: 0, held });
        Ok(Self { directory, capacity, timeout, ids: Ids::Long, entries })
    }

    /// The same with other ids.
    pub(crate) fn with_ids(self, ids: Ids) -> Self {
        Self { ids, ..self }
    }

    /// Begins to store a file of this name.
    ///
    /// # Errors
    /// `InvalidInput` for a name that is too long; else what the disk says.
    pub(crate) fn incoming(self: &Arc<Self>, name: &str) -> io::Result<Incoming> {
        if name.len() > MAX_NAME {
            let text = format!("the name of a file is {} bytes long: {MAX_NAME} are allowed", name.len());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        self.check_room(0)?;
        // Not in the words of the library, which name the server's path.
        let file = NamedTempFile::new_in(&self.directory).map_err(|error| io::Error::from(error.kind()))?;
        // A program that has it as a descriptor may open it again by /proc/self/fd, whoever it is, and read it.
        file.as_file().set_permissions(fs::Permissions::from_mode(0o444))?;
        Ok(Incoming { store: Arc::clone(self), name: name.to_owned(), file, size: 0 })
    }

    /// Stores these bytes and returns their id.
    ///
    /// # Errors
    /// As of [`FileStore::incoming`] and [`Incoming`].
    pub(crate) fn add(self: &Arc<Self>, name: &str, content: &[u8]) -> io::Result<String> {
        let mut incoming = self.incoming(name)?;
        incoming.write(content)?;
        incoming.finish()
    }

    /// Stores the first `size` bytes of a sandbox's descriptor and returns their id.
    ///
    /// # Errors
    /// As [`FileStore::add`]; `UnexpectedEof` when there are fewer.
    pub(crate) fn add_from(self: &Arc<Self>, name: &str, from: &OwnedFd, size: Bytes) -> io::Result<String> {
        let from = File::from(from.try_clone()?);
        let mut incoming = self.incoming(name)?;
        incoming.take(size.get())?;
        copy::exactly(&from, incoming.file.as_file_mut(), size.get())?;
        incoming.finish()
    }

    /// Opens a file for reading, and counts that as a use.
    ///
    /// # Errors
    /// `NotFound`; else what the disk says.
    pub(crate) fn open(&self, id: &str) -> io::Result<Stored> {
        let name = {
            let mut entries = self.entries();
            let entry = entries.by_id.get_mut(id).ok_or(io::ErrorKind::NotFound)?;
            entry.used = Instant::now();
            entry.name.clone()
        };
        Ok(Stored { name, file: File::open(self.directory.join(id))? })
    }

    /// Removes a file; `false` = there is none of this id.
    ///
    /// # Errors
    /// What the disk says.
    pub(crate) fn remove(&self, id: &str) -> io::Result<bool> {
        // Taken away first: of two that remove it, one does. Its size is free when the disk has it.
        let Some(entry) = self.entries().by_id.remove(id) else { return Ok(false) };
        let removed = fs::remove_file(self.directory.join(id));
        let mut entries = self.entries();
        match removed {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                entries.by_id.insert(id.to_owned(), entry);
                return Err(error);
            }
            _ => {}
        }
        entries.total -= entry.size;
        let left = entries.held.bytes() - cost(&entry.name);
        entries.held.shrink_to(left);
        Ok(true)
    }

    /// Where the contents are.
    pub(crate) fn directory(&self) -> &std::path::Path {
        &self.directory
    }

    /// Ids and names of all files, by id.
    pub(crate) fn list(&self) -> Vec<(String, String)> {
        let mut list: Vec<_> = {
            let entries = self.entries();
            entries.by_id.iter().map(|(id, entry)| (id.clone(), entry.name.clone())).collect()
        };
        list.sort();
        list
    }

    /// What that list takes in memory, in bytes.
    pub(crate) fn size_of_list(&self) -> u64 {
        let of = |(id, entry): (&String, &Entry)| id.len() + entry.name.len() + OF_ENTRY;
        self.entries().by_id.iter().map(of).sum::<usize>() as u64
    }

    /// Removes what nobody has used for longer than the timeout.
    ///
    /// # Errors
    /// What the disk says.
    pub(crate) fn sweep(&self) -> io::Result<()> {
        let Some(timeout) = self.timeout else { return Ok(()) };
        let old: Vec<String> = {
            let entries = self.entries();
            let is_old = |(_, entry): &(&String, &Entry)| entry.used.elapsed() > timeout;
            entries.by_id.iter().filter(is_old).map(|(id, _)| id.clone()).collect()
        };
        for id in old {
            self.remove(&id)?;
        }
        Ok(())
    }

    /// The last of the disk is for what was accepted already.
    fn check_room(&self, bytes: u64) -> io::Result<()> {
        if room::is_there_for(bytes, &self.directory)? {
            Ok(())
        } else {
            Err(full("the disk has no room for it"))
        }
    }

    /// An id that no file has: short ones may meet.
    fn free_id(&self) -> String {
        loop {
            let id = self.ids.random();
            if !self.entries().by_id.contains_key(&id) {
                return id;
            }
        }
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        // Nothing that can panic happens while the lock is held half-way through a change.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Incoming {
    /// Adds these bytes. Their place is taken before they are written, so that files that come at one time do not
    /// overfill the store together.
    ///
    /// # Errors
    /// `StorageFull` when the store would be over its size, or the disk too full; else what the disk says.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.take(bytes.len() as u64)?;
        self.file.write_all(bytes)
    }

    /// Makes it a file of the store; its id.
    ///
    /// # Errors
    /// `StorageFull` when there are too many names; else what the disk says.
    pub(crate) fn finish(mut self) -> io::Result<String> {
        let (id, cost) = (self.store.free_id(), cost(&self.name));
        self.store.entries().held.try_grow(cost).map_err(|_| full("its files are too many"))?;
        if let Err(error) = self.rename(&id) {
            let mut entries = self.store.entries();
            let left = entries.held.bytes() - cost;
            entries.held.shrink_to(left);
            return Err(error);
        }
        let entry = Entry {
            name: std::mem::take(&mut self.name),
            size: std::mem::take(&mut self.size),
            used: Instant::now(),
        };
        self.store.entries().by_id.insert(id.clone(), entry);
        Ok(id)
    }

    /// Gives the file its name; where that fails, dropping it removes it.
    fn rename(&self, id: &str) -> io::Result<()> {
        fs::rename(self.file.path(), self.store.directory.join(id))
    }

    fn take(&mut self, size: u64) -> io::Result<()> {
        self.store.check_room(size)?;
        let mut entries = self.store.entries();
        let total = entries.total.saturating_add(size);
        if total > self.store.capacity.get() {
            return Err(full(&format!("{} are allowed", self.store.capacity)));
        }
        entries.total = total;
        self.size += size;
        Ok(())
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        self.store.entries().total -= self.size;
    }
}

fn full(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::StorageFull, format!("the file store is full: {why}"))
}

fn cost(name: &str) -> u64 {
    name.len() as u64 + ENTRY
}

impl Ids {
    fn random(self) -> String {
        let random = uuid::Uuid::new_v4().into_bytes();
        // Six bits of a version 4 UUID are fixed: bytes 6 and 8 are left out.
        let free = random.iter().enumerate().filter(|(at, _)| !matches!(at, 6 | 8)).map(|(_, byte)| *byte);
        data_encoding::BASE32.encode(&free.take(self.bytes()).collect::<Vec<u8>>())
    }

    fn bytes(self) -> usize {
        match self {
            Self::Long => 10,
            Self::Short => 5,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn store(capacity: u64, timeout: Option<Duration>) -> (Arc<FileStore>, tempfile::TempDir) {
        let directory = tempfile::tempdir().unwrap();
        let store = new(&directory.path().join("files"), capacity, timeout);
        (Arc::new(store), directory)
    }

    fn new(directory: &std::path::Path, capacity: u64, timeout: Option<Duration>) -> FileStore {
        let account = Account::new(Bytes::mib(1));
        FileStore::new(directory.to_owned(), Bytes(capacity), timeout, &account).unwrap()
    }

    fn read(store: &FileStore, id: &str) -> io::Result<(String, String)> {
        let mut stored = store.open(id)?;
        let mut text = String::new();
        stored.file.read_to_string(&mut text)?;
        Ok((stored.name, text))
    }

    #[test]
    fn a_file_is_there_until_it_is_removed() {
        let (store, _directory) = store(100, None);
        let id = store.add("a.txt", b"content").unwrap();
        assert_eq!(id.len(), 16);
        assert_eq!(read(&store, &id).unwrap(), ("a.txt".into(), "content".into()));
        assert_eq!(store.list(), [(id.clone(), "a.txt".to_owned())]);
        assert!(store.remove(&id).unwrap());
        assert!(!store.remove(&id).unwrap());
        assert_eq!(read(&store, &id).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn ids_are_as_short_as_those_of_go_judge_where_that_is_wanted() {
        let directory = tempfile::tempdir().unwrap();
        let store = Arc::new(new(&directory.path().join("files"), 100, None).with_ids(Ids::Short));
        let id = store.add("a.txt", b"content").unwrap();
        let is_base32 = |character: char| matches!(character, 'A'..='Z' | '2'..='7');
        assert!(id.len() == 8 && id.chars().all(is_base32), "{id}");
        assert_eq!(read(&store, &id).unwrap(), ("a.txt".into(), "content".into()));
    }

    #[test]
    fn everybody_may_read_a_file_who_has_it_and_nobody_else_gets_there() {
        let (store, directory) = store(100, None);
        let id = store.add("a", b"x").unwrap();
        let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&directory.path().join("files").join(&id)), 0o444);
        assert_eq!(mode(&directory.path().join("files")), 0o700);
    }

    #[test]
    fn only_ids_that_were_given_open_anything() {
        let (store, directory) = store(100, None);
        fs::write(directory.path().join("secret"), "x").unwrap();
        for id in ["../secret", "..", "", "/etc/passwd", "a\0b"] {
            assert_eq!(store.open(id).unwrap_err().kind(), io::ErrorKind::NotFound, "{id}");
            assert!(!store.remove(id).unwrap(), "{id}");
        }
    }

    #[test]
    fn a_full_store_refuses_and_takes_again_when_there_is_room() {
        let (store, _directory) = store(10, None);
        let id = store.add("a", b"1234567").unwrap();
        assert_eq!(store.add("b", b"1234").unwrap_err().kind(), io::ErrorKind::StorageFull);
        store.remove(&id).unwrap();
        store.add("b", b"1234").unwrap();
    }

    #[test]
    fn what_a_sandbox_hands_out_is_copied_up_to_its_size() {
        let (store, _directory) = store(1 << 20, None);
        let mut source = tempfile::tempfile().unwrap();
        source.write_all(b"output and more").unwrap();
        let source = OwnedFd::from(source);
        let id = store.add_from("out", &source, Bytes(6)).unwrap();
        assert_eq!(read(&store, &id).unwrap().1, "output");
        let short = store.add_from("out", &source, Bytes(100)).unwrap_err();
        assert_eq!(short.kind(), io::ErrorKind::UnexpectedEof);
        assert_eq!(store.entries().total, 6);
    }

    #[test]
    fn a_file_that_is_not_used_in_time_is_swept() {
        let (store, _directory) = store(100, Some(Duration::ZERO));
        store.add("a", b"x").unwrap();
        std::thread::sleep(Duration::from_millis(2));
        store.sweep().unwrap();
        assert!(store.list().is_empty());
    }

    #[test]
    fn a_new_store_starts_empty() {
        let (first, directory) = store(100, None);
        first.add("a", b"x").unwrap();
        let path = directory.path().join("files");
        new(&path, 100, None);
        assert_eq!(fs::read_dir(path).unwrap().count(), 0);
    }

    #[test]
    fn names_are_bounded_one_by_one_and_together() {
        let (store, directory) = store(100, None);
        let long = store.add(&"n".repeat(MAX_NAME + 1), b"").unwrap_err();
        assert_eq!(long.kind(), io::ErrorKind::InvalidInput);
        let name = "n".repeat(MAX_NAME);
        let mut ids = Vec::new();
        let full = loop {
            match store.add(&name, b"") {
                Ok(id) => ids.push(id),
                Err(error) => break error,
            }
        };
        assert_eq!(full.kind(), io::ErrorKind::StorageFull);
        assert!((10..100).contains(&ids.len()), "{}", ids.len());
        assert_eq!(fs::read_dir(directory.path().join("files")).unwrap().count(), ids.len());
        store.remove(&ids[0]).unwrap();
        store.add(&name, b"").unwrap();
    }

    #[test]
    fn what_is_not_stored_to_its_end_leaves_nothing() {
        let (store, directory) = store(10, None);
        let mut incoming = store.incoming("a").unwrap();
        incoming.write(b"1234567").unwrap();
        assert_eq!(store.add("b", b"1234").unwrap_err().kind(), io::ErrorKind::StorageFull);
        drop(incoming);
        store.add("b", b"1234").unwrap();
        assert_eq!(fs::read_dir(directory.path().join("files")).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_the_disk_does_not_give_up_stays_in_the_store() {
        let (store, directory) = store(10, None);
        let id = store.add("a", b"1234567").unwrap();
        let path = directory.path().join("files").join(&id);
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        store.remove(&id).unwrap_err();
        assert_eq!(store.list(), [(id, "a".to_owned())]);
        assert_eq!(store.entries().total, 7);
    }
}
