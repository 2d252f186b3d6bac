//! Contents that tasks of this node have needed: fetched once, checked by their hash, kept while there is room. After a
//! restart nothing of it is trusted, and all is gone.

use std::fs::{self, File};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::Arc;

use gavel_protocol::Bytes;
use moka::policy::EvictionPolicy;
use moka::sync::Cache as Moka;
use tempfile::NamedTempFile;
use tokio::sync::Mutex;

use crate::blobs::Blobs;
use crate::blocking::on_disk;
use crate::cluster::objects::{ObjectError, Objects, Place};
use crate::cluster::wire::Parcel;
use crate::content::{Blob, BlobId, Content};

/// Those who want the same at one time wait for the first of them; so many different ones are fetched together.
const LOCKS: usize = 64;
/// Longest content that is fetched: inputs are no longer.
const LONGEST: u64 = 16 << 30;

/// The contents.
#[derive(Debug)]
pub(super) struct Cache {
    objects: Objects,
    blobs: Blobs,
    folder: PathBuf,
    largest: Bytes,
    /// A blob stays while anybody has a copy of this: who uses one that was pushed out has one.
    contents: Moka<BlobId, Blob>,
    /// Files without a name, which are gone when they are closed.
    programs: Moka<BlobId, Arc<OwnedFd>>,
    fetching: Vec<Mutex<()>>,
}

impl Cache {
    pub(super) fn new(objects: Objects, blobs: Blobs, folder: PathBuf, size: Bytes, largest: Bytes) -> Self {
        let half = Bytes(size.get() / 2);
        let contents = bounded(half, |blob: &Blob| blob.size);
        let programs = bounded(half, |file: &Arc<OwnedFd>| {
            rustix::fs::fstat(file).map_or(1, |stat| u64::try_from(stat.st_size).unwrap_or(0))
        });
        let fetching = std::iter::repeat_with(Mutex::default).take(LOCKS).collect();
        Self { objects, blobs, folder, largest, contents, programs, fetching }
    }

    fn lock(&self, hash: BlobId) -> &Mutex<()> {
        &self.fetching[usize::from(hash.as_bytes()[0]) % LOCKS]
    }

    /// A content that came with a task.
    pub(super) async fn content(&self, parcel: &Parcel) -> Result<Content, ObjectError> {
        let hash = match parcel {
            Parcel::Here(bytes) => return Ok(Content::from(bytes.as_slice())),
            Parcel::Object { hash, .. } => *hash,
        };
        if let Some(blob) = self.contents.get(&hash) {
            return Ok(Content::Blob(blob));
        }
        let _only = self.lock(hash).lock().await;
        if let Some(blob) = self.contents.get(&hash) {
            return Ok(Content::Blob(blob));
        }
        let blob =
            self.objects.fetch_blob(&Place::Inputs, parcel.clone(), LONGEST, (&self.blobs, false)).await?;
        self.contents.insert(hash, blob.clone());
        Ok(Content::Blob(blob))
    }

    /// A program that came with a task, to be executed.
    pub(super) async fn program(&self, parcel: &Parcel) -> Result<(BlobId, Arc<OwnedFd>), ObjectError> {
        let hash = match parcel {
            Parcel::Here(bytes) => BlobId::of(bytes),
            Parcel::Object { hash, .. } => *hash,
        };
        if let Some(program) = self.programs.get(&hash) {
            return Ok((hash, program));
        }
        let _only = self.lock(hash).lock().await;
        if let Some(program) = self.programs.get(&hash) {
            return Ok((hash, program));
        }
        let folder = self.folder.clone();
        let file = on_disk(move || NamedTempFile::new_in(folder)).await?;
        // Never whole in memory: as many are fetched at one time as there are slots.
        let file = self.objects.fetch_into(&Place::Inputs, parcel.clone(), self.largest.get(), file).await?;
        let program = Arc::new(on_disk(move || executable(file)).await?);
        self.programs.insert(hash, Arc::clone(&program));
        Ok((hash, program))
    }

    /// Keeps nothing of what it has. What is in use stays until it is not.
    pub(super) fn forget(&self) {
        self.contents.invalidate_all();
        self.programs.invalidate_all();
        self.tidy();
    }

    /// Lets go of what it does not keep. By itself it does so when it is used, which may not be for days.
    pub(super) fn tidy(&self) {
        self.contents.run_pending_tasks();
        self.programs.run_pending_tasks();
    }

    /// One that was compiled here is needed next, most likely.
    pub(super) fn keep_program(&self, hash: BlobId, program: &Arc<OwnedFd>) {
        self.programs.insert(hash, Arc::clone(program));
    }
}

/// What has so much room; what was not used for longest makes room for what is new. (By itself the cache would rather keep what was
/// used often, and a new submission's program never was.)
fn bounded<V: Clone + Send + Sync + 'static>(
    room: Bytes,
    size: impl Fn(&V) -> u64 + Send + Sync + 'static,
) -> Moka<BlobId, V> {
    // In KiB: a weight is no larger than 4 Gi.
    let weigher = move |_: &BlobId, value: &V| kib(size(value));
    let bounded = Moka::builder().max_capacity(room.get() / 1024).weigher(weigher);
    bounded.eviction_policy(EvictionPolicy::lru()).build()
}

/// A file that can be executed: nobody has it open for writing, and it has no name.
fn executable(file: NamedTempFile) -> io::Result<OwnedFd> {
    file.as_file().set_permissions(fs::Permissions::from_mode(0o555))?;
    let program = File::open(file.path())?;
    file.close()?;
    Ok(program.into())
}

fn kib(size: u64) -> u32 {
    u32::try_from(size.div_ceil(1024)).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::cluster::fake_broker::connected;
    use crate::judge::test_support::blobs;

    /// A content of a KiB.
    fn page(number: u8) -> Vec<u8> {
        vec![number; 1024]
    }

    fn parcel(bytes: &[u8]) -> Parcel {
        Parcel::Object { hash: BlobId::of(bytes), size: bytes.len() as u64 }
    }

    /// A cache with this much room for contents, and for programs, whose broker has page `n` under the hash of page `n`, but for one.
    async fn cache(room: Bytes, wrong: Option<u8>) -> (Cache, tempfile::TempDir) {
        let of_subject = move |subject: &str| {
            let of_page = |number: &u8| subject.contains(&BlobId::of(&page(*number)).to_string());
            let number = (0..=u8::MAX).find(of_page)?;
            Some(page(if wrong == Some(number) { number.wrapping_add(1) } else { number }))
        };
        let objects = Objects::new(connected(of_subject).await, Place::Outputs("test".to_owned()));
        let (blobs, folder) = blobs();
        let programs = folder.path().join("programs");
        fs::create_dir(&programs).unwrap();
        (Cache::new(objects, blobs, programs, Bytes(2 * room.get()), Bytes::mib(1)), folder)
    }

    #[tokio::test]
    async fn what_was_not_used_for_longest_makes_room_for_what_is_new() {
        const PAGES: u8 = 8;
        let (cache, _folder) = cache(Bytes::kib(u64::from(PAGES)), None).await;
        // Each of them often, so that a new one is the one that was used least.
        for number in (0..PAGES).cycle().take(64) {
            cache.content(&parcel(&page(number))).await.unwrap();
            cache.program(&parcel(&page(number))).await.unwrap();
        }
        for number in [0, PAGES] {
            cache.content(&parcel(&page(number))).await.unwrap();
            cache.program(&parcel(&page(number))).await.unwrap();
        }
        cache.contents.run_pending_tasks();
        cache.programs.run_pending_tasks();
        for (number, is_there) in [(0, true), (1, false), (2, true), (PAGES, true)] {
            let hash = BlobId::of(&page(number));
            let held = [cache.contents.contains_key(&hash), cache.programs.contains_key(&hash)];
            assert_eq!(held, [is_there; 2], "{number}");
        }
    }

    #[tokio::test]
    async fn what_is_not_what_its_hash_says_is_not_kept() {
        let (cache, folder) = cache(Bytes::kib(8), Some(3)).await;
        for _ in 0..2 {
            let content = cache.content(&parcel(&page(3))).await;
            assert!(matches!(content, Err(ObjectError::Other(_))), "{content:?}");
            let program = cache.program(&parcel(&page(3))).await;
            assert!(matches!(program, Err(ObjectError::Other(_))), "{program:?}");
        }
        cache.content(&parcel(&page(4))).await.unwrap();
        let hash = BlobId::of(&page(3));
        assert!(!cache.contents.contains_key(&hash) && !cache.programs.contains_key(&hash));
        assert_eq!(fs::read_dir(folder.path().join("programs")).unwrap().count(), 0);
    }

    #[test]
    fn a_program_is_executable_and_has_no_name() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = NamedTempFile::new_in(&folder).unwrap();
        file.write_all(b"#!/bin/sh\n").unwrap();
        let program = executable(file).unwrap();
        let stat = rustix::fs::fstat(&program).unwrap();
        assert_eq!((stat.st_mode & 0o7777, stat.st_nlink, stat.st_size), (0o555, 0, 10));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    /// Also where nobody uses the cache any more.
    #[tokio::test]
    async fn what_is_forgotten_goes_from_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let (blobs, mut orphans) = Blobs::open(folder.path()).unwrap();
        let objects = Objects::new(connected(|_| None).await, Place::Outputs("node".to_owned()));
        let programs = folder.path().to_owned();
        let cache = Cache::new(objects, blobs.clone(), programs, Bytes::mib(1), Bytes::mib(1));
        let mut writer = blobs.write().unwrap();
        writer.write_all(b"somebody's input").unwrap();
        let blob = writer.finish().unwrap();
        let id = blob.id;
        cache.contents.insert(id, blob);
        cache.forget();
        for _ in 0..1000 {
            if orphans.try_recv() == Ok(id) {
                return;
            }
            // With each sign of life.
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            cache.tidy();
        }
        panic!("it is kept");
    }
}
