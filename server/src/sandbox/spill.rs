//! A file for the output of a program that is longer than what may be in memory. It is written where waiting for the disk
//! holds nobody up, one part after the other.

use std::io::{self, Write as _};

use tokio::task::JoinHandle;

use crate::blobs::{BlobWriter, Blobs};
use crate::content::Blob;
use crate::store::room;

/// How often it is looked whether the disk has room for more.
const LOOKED: u64 = 8 << 20;

/// The file, where there is one.
#[derive(Debug)]
pub(super) struct Spill {
    blobs: Blobs,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Nothing was written.
    Empty,
    /// Something is being written.
    Writing(JoinHandle<io::Result<Box<BlobWriter>>>),
    /// What was to be written is.
    Idle(Box<BlobWriter>),
    /// Writing has failed.
    Failed,
}

impl Spill {
    pub(super) fn new(blobs: Blobs) -> Self {
        Self { blobs, state: State::Empty }
    }

    /// Writes a part; the first one is behind this head. What was written before has to be [settled](Self::settle).
    pub(super) fn write(&mut self, head: &[u8], part: &[u8]) -> io::Result<()> {
        let writer = match std::mem::replace(&mut self.state, State::Failed) {
            State::Empty => None,
            State::Idle(writer) => Some(writer),
            State::Writing(_) | State::Failed => return Err(failed()),
        };
        let blobs = self.blobs.clone();
        let begun = if writer.is_none() { head } else { &[] };
        let bytes = [begun, part].concat();
        let writing = move || {
            let writer = writer.map_or_else(|| blobs.write_passing().map(Box::new), Ok)?;
            written(&blobs, writer, &bytes)
        };
        self.state = State::Writing(tokio::task::spawn_blocking(writing));
        Ok(())
    }

    /// Waits until all is written. Who stops waiting may wait again.
    pub(super) async fn settle(&mut self) -> io::Result<()> {
        let State::Writing(writing) = &mut self.state else { return Ok(()) };
        let written = writing.await;
        self.state = State::Failed;
        self.state = State::Idle(written.map_err(io::Error::other)??);
        Ok(())
    }

    /// The file as others can read it.
    pub(super) async fn finish(mut self) -> io::Result<Option<Blob>> {
        self.settle().await?;
        match self.state {
            State::Empty => Ok(None),
            State::Idle(writer) => crate::blocking::on_disk(move || writer.finish()).await.map(Some),
            State::Writing(_) | State::Failed => Err(failed()),
        }
    }
}

fn failed() -> io::Error {
    io::Error::other("the output could not be written to the disk")
}

/// The last of a disk is for what was accepted before.
fn written(blobs: &Blobs, mut writer: Box<BlobWriter>, bytes: &[u8]) -> io::Result<Box<BlobWriter>> {
    let before = writer.size();
    let after = before + bytes.len() as u64;
    if (before == 0 || before / LOOKED != after / LOOKED) && !room::is_there_for(LOOKED, blobs.directory())? {
        return Err(no_room(before));
    }
    writer.write_all(bytes)?;
    Ok(writer)
}

/// Where there is none for the beginning others have it: that passes, and is waited for. What had room, and took it, would take it
/// whenever it is run again.
fn no_room(before: u64) -> io::Error {
    if before == 0 {
        io::ErrorKind::StorageFull.into()
    } else {
        io::Error::other("it is more than the disk has room for")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_that_others_have_is_waited_for_and_what_takes_all_of_it_is_not_run_for_ever() {
        assert_eq!(no_room(0).kind(), io::ErrorKind::StorageFull);
        for before in [1, LOOKED] {
            assert_eq!(no_room(before).kind(), io::ErrorKind::Other);
        }
    }
}
