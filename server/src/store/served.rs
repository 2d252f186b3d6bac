//! Which attempts have got a sandbox, noted in a small file: where a server was killed, the next one knows by it who may have
//! been the cause, and who only waited.
//!
//! Nothing is awaited and nothing flushed: what was written outlives the process in the kernel's memory. A power cut loses
//! it, and then nobody counts as served.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use crate::submission::SubmissionId;

/// Beside the database.
const FILE: &str = "served";
/// A note: the submission's id and the number of the attempt.
const NOTE: usize = 20;
/// So many attempts are noted at one time; a host that judges more is larger than any there is.
const MOST: usize = 4096;

/// The notes of this server, and what the one before has left.
#[derive(Debug, Clone)]
pub struct Served(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// None where it cannot be opened.
    file: Option<File>,
    /// Attempts that an earlier server has left.
    left: HashMap<SubmissionId, u32>,
    /// Places of the file that have a note of ours.
    taken: Mutex<Vec<bool>>,
    failed: AtomicBool,
}

/// Says of an attempt that it has got a sandbox, until it is dropped.
#[derive(Debug)]
pub struct Note {
    served: Served,
    place: usize,
}

impl Served {
    /// The notes in a directory. Where there are none to be had, nobody counts as served.
    pub(super) fn open(directory: &Path) -> Self {
        let path = directory.join(FILE);
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let read = opened.and_then(|file| Ok((read(&file)?, file)));
        let (left, file) = match read {
            Ok((left, file)) => (left, Some(file)),
            Err(error) => {
                tracing::warn!(%error, "{} cannot be used: attempts are not counted where the server dies", path.display());
                (HashMap::new(), None)
            }
        };
        Self(Arc::new(Inner { file, left, taken: Mutex::default(), failed: AtomicBool::new(false) }))
    }

    /// Had this attempt a sandbox when an earlier server died?
    pub(super) fn had(&self, id: SubmissionId, attempt: u32) -> bool {
        self.0.left.get(&id) == Some(&attempt)
    }

    /// Notes that an attempt has a sandbox; none where as many are noted as can be.
    pub fn note(&self, id: SubmissionId, attempt: u32) -> Option<Note> {
        let place = self.take_place()?;
        self.write(place, &bytes(id, attempt));
        Some(Note { served: self.clone(), place })
    }

    fn take_place(&self) -> Option<usize> {
        let mut taken = self.taken();
        let place = taken.iter().position(|taken| !taken).unwrap_or(taken.len());
        if place == MOST {
            return None;
        }
        if place == taken.len() {
            taken.push(true);
        } else {
            taken[place] = true;
        }
        Some(place)
    }

    fn write(&self, place: usize, note: &[u8; NOTE]) {
        let Some(file) = &self.0.file else { return };
        if let Err(error) = file.write_all_at(note, (place * NOTE) as u64)
            && !self.0.failed.swap(true, Ordering::Relaxed)
        {
            tracing::warn!(%error, "It cannot be noted who has a sandbox: attempts are not counted where the server dies");
        }
    }

    fn taken(&self) -> MutexGuard<'_, Vec<bool>> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        // While the place is still ours: the next one may write to it at once.
        self.served.write(self.place, &[0; NOTE]);
        self.served.taken()[self.place] = false;
    }
}

fn bytes(id: SubmissionId, attempt: u32) -> [u8; NOTE] {
    let mut note = [0; NOTE];
    note[..16].copy_from_slice(id.as_bytes());
    note[16..].copy_from_slice(&attempt.to_le_bytes());
    note
}

/// Whatever else is in the file names no attempt that is under way, and says nothing.
fn read(file: &File) -> io::Result<HashMap<SubmissionId, u32>> {
    let mut content = vec![0; NOTE * MOST];
    let mut length = 0;
    while length < content.len() {
        match file.read_at(&mut content[length..], length as u64)? {
            0 => break,
            read => length += read,
        }
    }
    let mut served = HashMap::new();
    // Of servers that died before there may be notes still, of attempts before.
    for (id, attempt) in content[..length].chunks_exact(NOTE).filter_map(parse) {
        served.entry(id).and_modify(|known: &mut u32| *known = attempt.max(*known)).or_insert(attempt);
    }
    Ok(served)
}

fn parse(note: &[u8]) -> Option<(SubmissionId, u32)> {
    let (id, attempt) = note.split_at_checked(16)?;
    let id = Uuid::from_slice(id).ok()?;
    (!id.is_nil()).then_some((id, u32::from_le_bytes(attempt.try_into().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_a_sandbox_when_the_server_dies_is_known_to_the_next_and_nobody_else() {
        let directory = tempfile::tempdir().unwrap();
        let [served, ended, other] = [Uuid::new_v4(), Uuid::new_v4(), Uuid::new_v4()];
        let notes = Served::open(directory.path());
        let ends = notes.note(ended, 1);
        let _kept = notes.note(served, 3);
        drop(ends);
        let next = Served::open(directory.path());
        assert!(next.had(served, 3));
        assert!(!next.had(served, 4) && !next.had(ended, 1) && !next.had(other, 1));
    }

    #[test]
    fn of_notes_of_several_attempts_the_last_one_counts_whichever_place_it_has() {
        let directory = tempfile::tempdir().unwrap();
        let [other, again] = [Uuid::new_v4(), Uuid::new_v4()];
        let first = Served::open(directory.path());
        let _kept = [first.note(other, 1), first.note(again, 1)];
        let second = Served::open(directory.path());
        let _kept = second.note(again, 2);
        let third = Served::open(directory.path());
        assert!(third.had(again, 2) && !third.had(again, 1));
    }

    #[test]
    fn a_place_is_used_again_and_no_more_are_taken_than_are_read() {
        let directory = tempfile::tempdir().unwrap();
        let notes = Served::open(directory.path());
        for _ in 0..3 * MOST {
            notes.note(Uuid::new_v4(), 1).unwrap();
        }
        let length = || std::fs::metadata(directory.path().join(FILE)).unwrap().len();
        assert_eq!(length(), NOTE as u64);
        let last = Uuid::new_v4();
        let mut kept: Vec<_> = (1..MOST).map(|_| notes.note(Uuid::new_v4(), 1).unwrap()).collect();
        kept.push(notes.note(last, 7).unwrap());
        assert!(notes.note(Uuid::new_v4(), 1).is_none());
        assert!(Served::open(directory.path()).had(last, 7));
    }

    #[test]
    fn what_is_no_note_says_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(FILE);
        let id = Uuid::new_v4();
        let torn = &bytes(id, 1)[..NOTE - 1];
        for content in [torn, &[0xff; 3 * NOTE + 7], &[0; NOTE], &vec![7; 2 * NOTE * MOST]] {
            std::fs::write(&path, content).unwrap();
            let notes = Served::open(directory.path());
            assert!(!notes.had(id, 1) && !notes.had(Uuid::nil(), 0));
            let _kept = notes.note(id, 2).unwrap();
            assert!(Served::open(directory.path()).had(id, 2));
        }
    }

    #[test]
    fn without_a_file_nobody_counts_as_served() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join(FILE)).unwrap();
        let notes = Served::open(directory.path());
        let id = Uuid::new_v4();
        let _kept = notes.note(id, 1).unwrap();
        assert!(!Served::open(directory.path()).had(id, 1));
    }
}
