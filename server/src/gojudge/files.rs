//! The file store behind `/file`, `fileId` and `copyOutCached`: named contents under random ids, bounded in size and age.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use gavel_protocol::Bytes;
use tempfile::NamedTempFile;

use crate::copy;

/// Contents that requests share. They are gone when the server starts anew, as in go-judge without `-dir`.
#[derive(Debug)]
pub(crate) struct FileStore {
    directory: PathBuf,
    capacity: Bytes,
    /// A file that nobody has used for so long is removed.
    timeout: Option<Duration>,
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    by_id: HashMap<String, Entry>,
    total: u64,
}

#[derive(Debug)]
struct Entry {
    name: String,
    size: u64,
    used: Instant,
}

/// A stored file, opened.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) name: String,
    pub(crate) file: File,
}

impl FileStore {
    /// Uses this directory for itself: what is in it is removed.
    ///
    /// # Errors
    /// What the disk says.
    pub(crate) fn new(directory: PathBuf, capacity: Bytes, timeout: Option<Duration>) -> io::Result<Self> {
        match fs::remove_dir_all(&directory) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        fs::create_dir_all(&directory)?;
        Ok(Self { directory, capacity, timeout, entries: Mutex::default() })
    }

    /// Stores these bytes and returns their id.
    ///
    /// # Errors
    /// `StorageFull` when the store would be over its size; else what the disk says.
    pub(crate) fn add(&self, name: &str, content: &[u8]) -> io::Result<String> {
        self.store(name, content.len() as u64, |file| file.write_all(content))
    }

    /// Stores the first `size` bytes of a sandbox's descriptor and returns their id.
    ///
    /// # Errors
    /// As [`FileStore::add`]; `UnexpectedEof` when there are fewer.
    pub(crate) fn add_from(&self, name: &str, from: &OwnedFd, size: Bytes) -> io::Result<String> {
        let from = File::from(from.try_clone()?);
        self.store(name, size.get(), |file| copy::exactly(&from, file, size.get()))
    }

    /// Opens a file for reading, and counts that as a use.
    ///
    /// # Errors
    /// `NotFound`; else what the disk says.
    pub(crate) fn open(&self, id: &str) -> io::Result<Stored> {
        let mut entries = self.entries();
        let entry = entries.by_id.get_mut(id).ok_or(io::ErrorKind::NotFound)?;
        entry.used = Instant::now();
        let file = File::open(self.directory.join(id))?;
        Ok(Stored { name: entry.name.clone(), file })
    }

    /// Removes a file; `false` = there is none of this id.
    ///
    /// # Errors
    /// What the disk says.
    pub(crate) fn remove(&self, id: &str) -> io::Result<bool> {
        let mut entries = self.entries();
        let Some(entry) = entries.by_id.remove(id) else { return Ok(false) };
        entries.total -= entry.size;
        fs::remove_file(self.directory.join(id))?;
        Ok(true)
    }

    /// Where the contents are.
    pub(crate) fn directory(&self) -> &std::path::Path {
        &self.directory
    }

    /// Ids and names of all files, by id.
    pub(crate) fn list(&self) -> Vec<(String, String)> {
        let entries = self.entries();
        let mut list: Vec<_> =
            entries.by_id.iter().map(|(id, entry)| (id.clone(), entry.name.clone())).collect();
        list.sort();
        list
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

    /// The place is taken before the bytes are written, so that uploads at one time do not overfill the store together.
    fn store(
        &self,
        name: &str,
        size: u64,
        write: impl FnOnce(&mut File) -> io::Result<()>,
    ) -> io::Result<String> {
        self.take(size)?;
        let id = new_id();
        let stored = NamedTempFile::new_in(&self.directory).and_then(|mut file| {
            write(file.as_file_mut())?;
            file.persist(self.directory.join(&id))?;
            Ok(())
        });
        let mut entries = self.entries();
        match stored {
            Ok(()) => {
                let entry = Entry { name: name.to_owned(), size, used: Instant::now() };
                entries.by_id.insert(id.clone(), entry);
                Ok(id)
            }
            Err(error) => {
                entries.total -= size;
                Err(error)
            }
        }
    }

    fn take(&self, size: u64) -> io::Result<()> {
        let mut entries = self.entries();
        let total = entries.total.saturating_add(size);
        if total > self.capacity.get() {
            let text = format!("the file store is full: {} are allowed", self.capacity);
            return Err(io::Error::new(io::ErrorKind::StorageFull, text));
        }
        entries.total = total;
        Ok(())
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        // Nothing that can panic happens while the lock is held half-way through a change.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// 80 random bits in base32: nobody guesses another's file.
fn new_id() -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let random = uuid::Uuid::new_v4().into_bytes();
    // Six bits of a version 4 UUID are fixed: bytes 6 and 8 are left out.
    let free = random.iter().enumerate().filter(|(at, _)| !matches!(at, 6 | 8)).map(|(_, byte)| byte);
    let bits = free.take(10).fold(0u128, |bits, &byte| bits << 8 | u128::from(byte));
    (0..16)
        .map(|place| char::from(ALPHABET[usize::try_from(bits >> (5 * place) & 31).unwrap_or(0)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn store(capacity: u64, timeout: Option<Duration>) -> (FileStore, tempfile::TempDir) {
        let directory = tempfile::tempdir().unwrap();
        let store = FileStore::new(directory.path().join("files"), Bytes(capacity), timeout).unwrap();
        (store, directory)
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
        FileStore::new(path.clone(), Bytes(100), None).unwrap();
        assert_eq!(fs::read_dir(path).unwrap().count(), 0);
    }
}
