//! Contents as files, each under the hash of its bytes: written once, read only, shared by all who name it.
//!
//! A file is whole and on disk before its name exists. It goes when no row of the database names it and nobody who has
//! just made it holds a claim; what a crash has left goes after the next start.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tempfile::NamedTempFile;
use tokio::sync::mpsc;

mod packer;

pub use packer::{Growing, Packer, SMALL};

use crate::content::{Blob, BlobId, Claim, Content, Piece};

/// What is being written is here, and is nothing after a restart.
const INCOMING: &str = "incoming";
/// What was being written when a server before us died.
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
    /// Names that may have become nobody's.
    orphans: mpsc::UnboundedSender<BlobId>,
}

#[derive(Debug, Default)]
struct Table {
    /// How many hold a claim.
    claimed: HashMap<BlobId, usize>,
    /// About to be removed, unless somebody claims them before.
    marked: HashSet<BlobId>,
}

impl Blobs {
    /// Opens the directory, and makes it where it is missing. Names that may have become nobody's come out of the
    /// receiver; see [`Self::mark`].
    ///
    /// # Errors
    /// What the disk says.
    pub(crate) fn open(directory: &Path) -> io::Result<(Self, mpsc::UnboundedReceiver<BlobId>)> {
        let incoming = directory.join(INCOMING);
        if incoming.exists() {
            fs::rename(&incoming, directory.join(format!("{LEFT}{}", uuid::Uuid::new_v4().simple())))?;
        }
        fs::create_dir_all(&incoming)?;
        let (orphans, receiver) = mpsc::unbounded_channel();
        let shared = Shared { directory: directory.to_owned(), table: Mutex::default(), orphans };
        Ok((Self(Arc::new(shared)), receiver))
    }

    /// Begins a blob.
    ///
    /// # Errors
    /// What the disk says.
    pub fn write(&self) -> io::Result<BlobWriter> {
        let file = NamedTempFile::new_in(self.0.directory.join(INCOMING))?;
        Ok(BlobWriter { blobs: self.clone(), file, hasher: blake3::Hasher::new(), size: 0 })
    }

    /// Opens a blob for reading, with an offset of its own.
    ///
    /// # Errors
    /// What the disk says.
    pub fn open_blob(&self, id: BlobId) -> io::Result<File> {
        File::open(self.path(id))
    }

    /// A reader of some content, wherever it is. Takes little memory.
    ///
    /// # Errors
    /// What the disk says.
    pub fn reader(&self, content: &Content) -> io::Result<ContentReader> {
        Ok(match content {
            Content::Inline(bytes) => ContentReader::Inline { bytes: Arc::clone(bytes), at: 0 },
            Content::Blob(blob) => ContentReader::part(self.open_blob(blob.id)?, 0, blob.size),
            Content::Piece(piece) => {
                ContentReader::part(self.open_blob(piece.pack.id)?, piece.offset, piece.size)
            }
        })
    }

    /// Reads the bytes of a piece into memory: pieces are small.
    ///
    /// # Errors
    /// What the disk says; `UnexpectedEof` where the file is too short.
    pub fn bytes(&self, piece: &Piece) -> io::Result<Arc<[u8]>> {
        let mut bytes = vec![0; usize::try_from(piece.size).map_err(io::Error::other)?];
        self.open_blob(piece.pack.id)?.read_exact_at(&mut bytes, piece.offset)?;
        Ok(bytes.into())
    }

    /// First half of removing a blob: whoever claims it from now on keeps it. False where somebody does already.
    ///
    /// Between the halves the caller looks whether any row names it: a row is only written while its writer holds a
    /// claim, so that none can appear unseen.
    pub(crate) fn mark(&self, id: BlobId) -> bool {
        let mut table = self.table();
        !table.claimed.contains_key(&id) && table.marked.insert(id)
    }

    /// A row names it: it stays.
    pub(crate) fn unmark(&self, id: BlobId) {
        self.table().marked.remove(&id);
    }

    /// Second half: removes it, unless it was claimed meanwhile.
    ///
    /// # Errors
    /// What the disk says.
    pub(crate) fn remove_marked(&self, id: BlobId) -> io::Result<()> {
        let mut table = self.table();
        if !table.marked.remove(&id) {
            return Ok(());
        }
        match fs::remove_file(self.path(id)) {
            Err(why) if why.kind() != io::ErrorKind::NotFound => Err(why),
            _ => Ok(()),
        }
    }

    /// Has it looked at soon whether anybody still names these.
    pub(crate) fn suspect(&self, ids: impl IntoIterator<Item = BlobId>) {
        // The receiver ends with the store.
        ids.into_iter().all(|id| self.0.orphans.send(id).is_ok());
    }

    /// Removes what was being written when an earlier server died, and suspects all that is there.
    ///
    /// # Errors
    /// What the disk says.
    pub(crate) fn sweep(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.0.directory)? {
            let entry = entry?;
            let name = entry.file_name();
            if name.to_string_lossy().starts_with(LEFT) {
                fs::remove_dir_all(entry.path())?;
            } else if name != INCOMING && entry.file_type()?.is_dir() {
                let names = fs::read_dir(entry.path())?.map(|file| Ok(file?.file_name()));
                let names: Vec<_> = names.collect::<io::Result<_>>()?;
                self.suspect(names.iter().filter_map(|name| name.to_str()?.parse().ok()));
            }
        }
        Ok(())
    }

    fn claim(&self, id: BlobId) -> Claim {
        let mut table = self.table();
        *table.claimed.entry(id).or_default() += 1;
        table.marked.remove(&id);
        drop(table);
        Claim::new(Arc::new(Guard { blobs: self.clone(), id }))
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
    file: NamedTempFile,
    hasher: blake3::Hasher,
    size: u64,
}

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
        let id = BlobId::from(self.hasher.finalize());
        // From here on nobody removes it.
        let claim = self.blobs.claim(id);
        let path = self.blobs.path(id);
        if !path.try_exists()? {
            let parent = path.parent().unwrap_or(&path);
            make_directory(parent)?;
            self.file.as_file().set_permissions(fs::Permissions::from_mode(READ_ONLY))?;
            self.file.as_file().sync_data()?;
            drop(self.file.persist(&path)?);
            sync_directory(parent)?;
        }
        Ok(Blob { id, size: self.size, claim })
    }
}

impl Write for BlobWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
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
    Part {
        /// Open for reading.
        file: File,
        /// Where the next byte is.
        offset: u64,
        /// Where the part ends.
        end: u64,
    },
}

impl ContentReader {
    fn part(file: File, offset: u64, size: u64) -> Self {
        Self::Part { file, offset, end: offset + size }
    }
}

impl Read for ContentReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Inline { bytes, at } => {
                let read = (&bytes[*at..]).read(buffer)?;
                *at += read;
                Ok(read)
            }
            Self::Part { file, offset, end } => {
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

/// Makes a directory that is on disk, if there is none.
fn make_directory(path: &Path) -> io::Result<()> {
    match fs::create_dir(path) {
        Ok(()) => path.parent().map_or(Ok(()), sync_directory),
        Err(why) if why.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(why) => Err(why),
    }
}

fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        blobs.open_blob(one.id).unwrap().read_to_string(&mut read).unwrap();
        assert_eq!(read, "input");
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
        let (next, mut orphans) = Blobs::open(directory.path()).unwrap();
        next.sweep().unwrap();
        assert_eq!(files(directory.path()).len(), 1);
        assert_eq!(orphans.try_recv().unwrap(), kept.id);
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
