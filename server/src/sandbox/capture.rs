//! Reads a program's output up to a cap; what is more is dropped, or reason to end the run.

use std::io;
use std::os::fd::OwnedFd;

use rustix::fs::{Mode, OFlags};
use rustix::pipe::PipeFlags;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::Captured;
use super::spill::Spill;
use crate::blobs::Blobs;
use crate::descriptors::watch;
use crate::live::Tap;

/// More than a pipe can hold (`fs.pipe-max-size` is 1 MiB unless root raised it).
const LARGEST_PIPE: u64 = 16 << 20;

/// The reading end of a program's standard output or error.
#[derive(Debug)]
pub(super) struct Capture {
    reader: Reader,
    head: usize,
    tail: usize,
    kill: bool,
    captured: Captured,
    /// Where what is longer than the head goes.
    spill: Option<Spill>,
    /// Bytes in all that may come.
    most: u64,
    /// Who looks on while the program runs. What is there once it is dead is told otherwise.
    tap: Option<Tap>,
    open: bool,
}

/// Most programs are over before anybody has to read: their pipe is then never registered for events.
#[derive(Debug)]
enum Reader {
    Plain(Option<OwnedFd>),
    Watched(AsyncFd<OwnedFd>),
}

impl Capture {
    /// A pipe: the program's end, and ours. The program may reopen its end through `/proc/self/fd/1`, whoever it is.
    pub(super) fn new(head: usize, tail: usize, kill: bool) -> io::Result<(OwnedFd, Self)> {
        let (reader, writer) = rustix::pipe::pipe_with(PipeFlags::CLOEXEC)?;
        rustix::fs::fchmod(&writer, Mode::from_raw_mode(0o666))?;
        rustix::fs::fcntl_setfl(&reader, OFlags::NONBLOCK)?;
        let reader = Reader::Plain(Some(reader));
        let tail = if kill { 0 } else { tail };
        let captured = Captured::default();
        let most = u64::try_from(head).unwrap_or(u64::MAX);
        Ok((writer, Self { reader, head, tail, kill, captured, spill: None, most, tap: None, open: true }))
    }

    /// What is longer than the head goes to a file, up to so many bytes in all.
    pub(super) fn spilling(self, most: u64, blobs: Blobs) -> Self {
        Self { spill: Some(Spill::new(blobs)), most, ..self }
    }

    /// What is read while the program runs can be looked at.
    pub(super) fn tapped(self, tap: Tap) -> Self {
        Self { tap: Some(tap), ..self }
    }

    /// One that cannot be read, nor registered for events.
    #[cfg(test)]
    pub(super) fn broken() -> Self {
        let reader = Reader::Plain(Some(std::fs::File::open("/").unwrap().into()));
        let captured = Captured::default();
        Self { reader, head: 0, tail: 0, kill: true, captured, spill: None, most: 0, tap: None, open: true }
    }

    /// The program may still write.
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// More was written than may be, and the run is to end for it.
    pub(super) fn is_exceeded(&self) -> bool {
        self.kill && self.captured.total > self.most
    }

    /// Waits until there is something and reads it. Loses nothing where nobody waits for it to the end.
    pub(super) async fn read(&mut self, scratch: &mut [u8]) -> io::Result<()> {
        self.settle().await?;
        if let Reader::Plain(reader) = &mut self.reader
            && let Some(reader) = reader.take()
        {
            self.reader = Reader::Watched(watch(reader, Interest::READABLE)?);
        }
        let Reader::Watched(reader) = &self.reader else { return Ok(()) };
        let read = |reader: &OwnedFd| Ok(rustix::io::read(reader, &mut *scratch)?);
        let length = reader.async_io(Interest::READABLE, read).await?;
        if let Some(tap) = &self.tap {
            tap.write(&scratch[..length]);
        }
        self.take(&scratch[..length])
    }

    /// What was read before is in its file.
    async fn settle(&mut self) -> io::Result<()> {
        match &mut self.spill {
            Some(spill) => spill.settle().await,
            None => Ok(()),
        }
    }

    /// Reads what is there: all, once the program is dead. Not for ever, should somebody else hold the pipe.
    pub(super) async fn drain(&mut self, scratch: &mut [u8]) -> io::Result<()> {
        let most = self.captured.total + LARGEST_PIPE;
        while self.open && self.captured.total < most {
            self.settle().await?;
            let read = match &self.reader {
                Reader::Plain(Some(reader)) => rustix::io::read(reader, &mut *scratch),
                Reader::Plain(None) => return Ok(()),
                Reader::Watched(reader) => rustix::io::read(reader.get_ref(), &mut *scratch),
            };
            match read {
                Ok(length) => self.take(&scratch[..length])?,
                Err(rustix::io::Errno::AGAIN) => return self.settle().await,
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.settle().await
    }

    /// What is in a file can be read from now on; nothing is captured any more.
    pub(super) async fn close(&mut self) -> io::Result<()> {
        if let Some(spill) = self.spill.take() {
            self.captured.whole = spill.finish().await?;
        }
        Ok(())
    }

    /// What was captured.
    pub(super) fn finish(mut self) -> Captured {
        let surplus = self.captured.tail.len().saturating_sub(self.tail);
        self.captured.tail.drain(..surplus);
        self.captured
    }

    fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            self.open = false;
            return Ok(());
        }
        self.captured.total += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let room = self.head - self.captured.head.len();
        let (head, rest) = bytes.split_at(room.min(bytes.len()));
        if let Some(spill) = &mut self.spill
            && !rest.is_empty()
        {
            let before = self.captured.total - bytes.len() as u64;
            let wanted = usize::try_from(self.most.saturating_sub(before)).unwrap_or(usize::MAX);
            spill.write(&self.captured.head, &bytes[..wanted.min(bytes.len())])?;
        }
        self.captured.head.extend_from_slice(head);
        if self.tail > 0 && !rest.is_empty() {
            self.keep_tail(rest);
        }
        Ok(())
    }

    /// Moves the tail's bytes once in a while, not for every read: of them there are never more than twice as many.
    fn keep_tail(&mut self, bytes: &[u8]) {
        let (tail, last) = (&mut self.captured.tail, &bytes[bytes.len().saturating_sub(self.tail)..]);
        let together = tail.len() + last.len();
        if together > 2 * self.tail {
            tail.drain(..tail.len().min(together - self.tail));
        }
        tail.extend_from_slice(last);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use futures_util::FutureExt;
    use proptest::prelude::*;

    use super::*;
    use crate::live::{LiveOutputs, Seen, Stream};
    use crate::submission::SubmissionId;

    /// What a capture keeps of these writes.
    fn keep(writes: &[&[u8]], head: usize, tail: usize, kill: bool) -> (Captured, bool) {
        let (writer, mut capture) = Capture::new(head, tail, kill).unwrap();
        let mut writer = std::fs::File::from(writer);
        let mut scratch = [0; 16];
        for bytes in writes {
            writer.write_all(bytes).unwrap();
            capture.drain(&mut scratch).now_or_never().unwrap().unwrap();
        }
        drop(writer);
        capture.drain(&mut scratch).now_or_never().unwrap().unwrap();
        assert!(!capture.is_open());
        let exceeded = capture.is_exceeded();
        (capture.finish(), exceeded)
    }

    #[test]
    fn output_up_to_the_cap_is_kept_whole() {
        let (captured, exceeded) = keep(&[b"abc", b"de"], 5, 0, true);
        assert_eq!((captured.head.as_slice(), captured.total, exceeded), (&b"abcde"[..], 5, false));
    }

    #[test]
    fn one_byte_more_than_the_cap_is_too_much() {
        let (captured, exceeded) = keep(&[b"abcdef"], 5, 0, true);
        assert_eq!((captured.head.as_slice(), captured.total, exceeded), (&b"abcde"[..], 6, true));
    }

    #[test]
    fn a_log_keeps_its_head_and_its_tail() {
        let (captured, exceeded) = keep(&[b"0123456789", b"0123456789", b"xyz"], 4, 5, false);
        assert_eq!(captured.head, b"0123");
        assert_eq!(captured.tail, b"89xyz");
        assert_eq!((captured.total, exceeded), (23, false));
    }

    #[tokio::test]
    async fn output_is_read_while_the_program_writes() {
        let (writer, mut capture) = Capture::new(1 << 20, 0, true).unwrap();
        let program = std::thread::spawn(move || std::fs::File::from(writer).write_all(&[7; 300_000]));
        let mut scratch = vec![0; 65536];
        while capture.is_open() {
            tokio::time::timeout(std::time::Duration::from_secs(5), capture.read(&mut scratch))
                .await
                .unwrap()
                .unwrap();
        }
        program.join().unwrap().unwrap();
        assert_eq!(capture.finish().total, 300_000);
    }

    #[tokio::test]
    async fn what_is_read_while_the_program_runs_can_be_looked_at_and_no_more_is_copied_once_it_is_dead() {
        let (outputs, id, mut seen) = (LiveOutputs::default(), SubmissionId::new_v4(), Seen::default());
        let shown = outputs.begin(id, 0);
        let (writer, capture) = Capture::new(2, 0, true).unwrap();
        let mut capture = capture.tapped(shown.tap(Stream::Stdout));
        let (mut writer, mut scratch) = (std::fs::File::from(writer), [0; 16]);
        writer.write_all(b"hello").unwrap();
        capture.read(&mut scratch).await.unwrap();
        let text = outputs.look(id, &mut seen).remove(0).text;
        assert_eq!((text.as_str(), capture.is_exceeded()), ("hello", true));
        writer.write_all(b"the rest").unwrap();
        drop(writer);
        capture.drain(&mut scratch).await.unwrap();
        assert_eq!(outputs.look(id, &mut seen), []);
        assert_eq!(capture.finish().total, 13);
    }

    #[tokio::test]
    async fn what_is_longer_than_the_head_is_whole_in_a_file_and_no_more_of_it_than_may_be() {
        let directory = tempfile::tempdir().unwrap();
        let (blobs, _orphans) = Blobs::open(directory.path()).unwrap();
        for (length, most) in
            [(9u64, 1000u64), (10, 1000), (11, 1000), (200_000, 200_000), (200_001, 200_000)]
        {
            let (writer, capture) = Capture::new(10, 0, true).unwrap();
            let mut capture = capture.spilling(most, blobs.clone());
            let bytes: Vec<u8> = (0..=250).cycle().take(usize::try_from(length).unwrap()).collect();
            let sent = bytes.clone();
            let program = std::thread::spawn(move || std::fs::File::from(writer).write_all(&sent));
            let mut scratch = vec![0; 4096];
            while capture.is_open() {
                // Who reads is disturbed all the time.
                let soon = std::time::Duration::from_micros(1);
                drop(tokio::time::timeout(soon, capture.read(&mut scratch)).await.map(Result::unwrap));
            }
            program.join().unwrap().unwrap();
            capture.drain(&mut scratch).await.unwrap();
            capture.close().await.unwrap();
            assert_eq!(capture.is_exceeded(), length > most);
            let captured = capture.finish();
            assert_eq!((captured.total, captured.head), (length, bytes[..bytes.len().min(10)].to_vec()));
            assert_eq!(captured.whole.is_some(), length > 10);
            let Some(whole) = captured.whole else { continue };
            let mut kept = Vec::new();
            std::io::Read::read_to_end(&mut blobs.open_blob(&whole).unwrap(), &mut kept).unwrap();
            let most = usize::try_from(most.min(length)).unwrap();
            assert!(kept == bytes[..most] && whole.size == most as u64, "{length} of {most}");
        }
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_written_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        let (blobs, _orphans) = Blobs::open(directory.path()).unwrap();
        drop(directory);
        let (writer, capture) = Capture::new(1, 0, true).unwrap();
        let mut capture = capture.spilling(100, blobs);
        std::fs::File::from(writer).write_all(b"abc").unwrap();
        assert!(capture.drain(&mut [0; 16]).await.is_err());
        assert!(capture.close().await.is_err(), "and it is no empty one");
    }

    proptest! {
        #[test]
        fn head_and_tail_are_the_ends_of_what_was_written(
            bytes in proptest::collection::vec(any::<u8>(), 0..400), head in 0usize..50, tail in 0usize..50, cut in 1usize..90,
        ) {
            let writes: Vec<&[u8]> = bytes.chunks(cut).collect();
            let (captured, _) = keep(&writes, head, tail, false);
            let (expected, rest) = bytes.split_at(head.min(bytes.len()));
            prop_assert_eq!(&captured.head[..], expected);
            prop_assert_eq!(&captured.tail[..], &rest[rest.len().saturating_sub(tail)..]);
        }
    }
}
