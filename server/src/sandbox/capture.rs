//! Reads a program's output up to a cap; what is more is dropped, or reason to end the run.

use std::io;
use std::os::fd::OwnedFd;

use rustix::fs::{Mode, OFlags};
use rustix::pipe::PipeFlags;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::Captured;
use crate::descriptors::watch;

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
        Ok((writer, Self { reader, head, tail, kill, captured: Captured::default(), open: true }))
    }

    /// One that cannot be read, nor registered for events.
    #[cfg(test)]
    pub(super) fn broken() -> Self {
        let reader = Reader::Plain(Some(std::fs::File::open("/").unwrap().into()));
        Self { reader, head: 0, tail: 0, kill: true, captured: Captured::default(), open: true }
    }

    /// The program may still write.
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// More was written than may be, and the run is to end for it.
    pub(super) fn is_exceeded(&self) -> bool {
        self.kill && self.captured.total > u64::try_from(self.head).unwrap_or(u64::MAX)
    }

    /// Waits until there is something and reads it.
    pub(super) async fn read(&mut self, scratch: &mut [u8]) -> io::Result<()> {
        if let Reader::Plain(reader) = &mut self.reader
            && let Some(reader) = reader.take()
        {
            self.reader = Reader::Watched(watch(reader, Interest::READABLE)?);
        }
        let Reader::Watched(reader) = &self.reader else { return Ok(()) };
        let read = |reader: &OwnedFd| Ok(rustix::io::read(reader, &mut *scratch)?);
        let length = reader.async_io(Interest::READABLE, read).await?;
        self.take(&scratch[..length]);
        Ok(())
    }

    /// Reads what is there: all, once the program is dead. Not for ever, should somebody else hold the pipe.
    pub(super) fn drain(&mut self, scratch: &mut [u8]) -> io::Result<()> {
        let most = self.captured.total + LARGEST_PIPE;
        while self.open && self.captured.total < most {
            let read = match &self.reader {
                Reader::Plain(Some(reader)) => rustix::io::read(reader, &mut *scratch),
                Reader::Plain(None) => return Ok(()),
                Reader::Watched(reader) => rustix::io::read(reader.get_ref(), &mut *scratch),
            };
            match read {
                Ok(length) => self.take(&scratch[..length]),
                Err(rustix::io::Errno::AGAIN) => return Ok(()),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// What was captured.
    pub(super) fn finish(mut self) -> Captured {
        let surplus = self.captured.tail.len().saturating_sub(self.tail);
        self.captured.tail.drain(..surplus);
        self.captured
    }

    fn take(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            self.open = false;
            return;
        }
        self.captured.total += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let room = self.head - self.captured.head.len();
        let (head, rest) = bytes.split_at(room.min(bytes.len()));
        self.captured.head.extend_from_slice(head);
        if self.tail > 0 && !rest.is_empty() {
            self.keep_tail(rest);
        }
    }

    /// Moves the tail's bytes once in a while, not for every read.
    fn keep_tail(&mut self, bytes: &[u8]) {
        let tail = &mut self.captured.tail;
        tail.extend_from_slice(&bytes[bytes.len().saturating_sub(self.tail)..]);
        if tail.len() > 2 * self.tail {
            tail.drain(..tail.len() - self.tail);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;

    use super::*;

    /// What a capture keeps of these writes.
    fn keep(writes: &[&[u8]], head: usize, tail: usize, kill: bool) -> (Captured, bool) {
        let (writer, mut capture) = Capture::new(head, tail, kill).unwrap();
        let mut writer = std::fs::File::from(writer);
        let mut scratch = [0; 16];
        for bytes in writes {
            writer.write_all(bytes).unwrap();
            capture.drain(&mut scratch).unwrap();
        }
        drop(writer);
        capture.drain(&mut scratch).unwrap();
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
