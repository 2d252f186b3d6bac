//! Memory for the contents of answers. A program chooses how much it writes; a hole in a file costs it nothing, and each
//! of its zeros is six characters of an answer.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::time::Duration;

use gavel_protocol::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::answer;

/// What all answers at one time may take together: the server has 1 GiB, unless it is given more.
const ALL: Bytes = Bytes::mib(384);
/// Contents up to this size are not counted.
const SMALL: Bytes = Bytes::mib(1);
/// How long an answer waits for others to be sent. Meanwhile its command has its turn still.
const PATIENCE: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub(super) struct Room {
    kib: Arc<Semaphore>,
}

/// A part of the room, given back when its last copy is dropped.
#[derive(Debug, Clone)]
pub(crate) struct Held(Arc<OwnedSemaphorePermit>);

impl Held {
    /// What an answer needs that is written, until it is sent: of [`of_bytes`] no more than half.
    pub(crate) fn once_written(self) -> Self {
        match Arc::try_unwrap(self.0) {
            Ok(mut all) => {
                let half = all.split(all.num_permits() / 2);
                drop(half);
                Self(Arc::new(all))
            }
            Err(shared) => Self(shared),
        }
    }
}

impl Room {
    pub(super) fn new() -> Self {
        Self { kib: Arc::new(Semaphore::new(usize::try_from(ALL.get() / 1024).unwrap_or(usize::MAX))) }
    }

    /// Waits for a part; none where there is never so much, or none in time.
    pub(super) async fn take(&self, bytes: u64) -> Option<Held> {
        if bytes > ALL.get() {
            return None;
        }
        let kib = u32::try_from(bytes.div_ceil(1024)).ok()?;
        let taking = Arc::clone(&self.kib).acquire_many_owned(kib);
        let permit = tokio::time::timeout(PATIENCE, taking).await.ok()?.ok()?;
        Some(Held(Arc::new(permit)))
    }
}

/// Whether a content of this size counts.
pub(super) fn counts(size: u64) -> bool {
    size > SMALL.get()
}

/// What the first `size` bytes of a file take: as they are, written into an answer, and on their way to the client. What
/// is more than there is room for is not read to its end.
///
/// # Errors
/// As pread(2).
pub(super) fn of_file(descriptor: &OwnedFd, size: Bytes) -> io::Result<u64> {
    if !counts(size.get()) {
        return Ok(0);
    }
    let file = File::from(descriptor.try_clone()?);
    let mut block = vec![0; 64 * 1024];
    let (mut at, mut room) = (0, 0);
    while at < size.get() && room <= ALL.get() {
        let length = usize::try_from(size.get() - at).map_or(block.len(), |left| left.min(block.len()));
        file.read_exact_at(&mut block[..length], at)?;
        at += length as u64;
        room += of_bytes(&block[..length]);
    }
    Ok(room)
}

/// As [`of_file`], for what is in memory already.
pub(super) fn of_bytes(bytes: &[u8]) -> u64 {
    (bytes.len() + 2 * answer::written(bytes)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sparse(size: Bytes) -> OwnedFd {
        let file = tempfile::tempfile().unwrap();
        file.set_len(size.get()).unwrap();
        file.into()
    }

    #[test]
    fn what_has_to_be_escaped_takes_more() {
        assert_eq!(of_bytes(b"text"), 4 + 2 * 4);
        assert_eq!(of_bytes("\n\"".as_bytes()), 2 + 2 * 4);
        assert_eq!(of_bytes("\0<\u{2028}".as_bytes()), 5 + 2 * 18);
        assert_eq!(of_bytes("ü".as_bytes()), 2 + 2 * 2);
        assert_eq!(of_bytes(b"\xff\xff"), 2 + 2 * 12);
    }

    #[test]
    fn small_files_are_not_counted_and_large_ones_not_read_to_their_end() {
        assert_eq!(of_file(&sparse(SMALL), SMALL).unwrap(), 0);
        let (size, zeros) = (Bytes::mib(8), Bytes::mib(8 * 13));
        assert_eq!(of_file(&sparse(size), size).unwrap(), zeros.get());
        let huge = Bytes::mib(1 << 20);
        assert!(of_file(&sparse(Bytes::mib(8 << 10)), huge).unwrap() > ALL.get());
    }

    #[tokio::test(start_paused = true)]
    async fn there_is_room_again_when_an_answer_is_gone() {
        let room = Room::new();
        assert!(room.take(ALL.get() + 1).await.is_none());
        let first = room.take(ALL.get()).await.unwrap();
        let copy = first.clone();
        assert!(room.take(1).await.is_none());
        drop(copy);
        let written = first.once_written();
        let second = room.take(ALL.get() / 2).await.unwrap();
        assert!(room.take(1).await.is_none());
        drop((written, second));
        assert!(room.take(ALL.get()).await.is_some());
    }
}
