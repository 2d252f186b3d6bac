//! Pipes between commands, relays on the way, and readers of outputs.

use std::collections::HashMap;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use rustix::fs::Mode;
use rustix::pipe::PipeFlags;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::pipe::{Receiver, Sender};
use tokio::task::JoinHandle;

use super::request::PipeMap;
use super::slot::End;

/// What a pipe holds.
const BLOCK: usize = 64 * 1024;

/// Once the programs are dead their outputs end at once; a reader that goes on is given up.
pub(super) const DRAIN: Duration = Duration::from_secs(5);

/// The ends of pipes that one command has to get.
#[derive(Debug, Default)]
pub(super) struct Pipes {
    ends: HashMap<(usize, bool), OwnedFd>,
}

impl Pipes {
    /// An end, handed over.
    ///
    /// # Errors
    /// `NotFound` when it was never this command's.
    pub(super) fn take(&mut self, pipe: usize, end: End) -> io::Result<Arc<OwnedFd>> {
        let end = self.ends.remove(&(pipe, end == End::Write));
        end.map(Arc::new).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// Closes what was not handed over.
    pub(super) fn close(&mut self) {
        self.ends.clear();
    }
}

/// A pipe with a relay in the middle, and what is to be told of what passed.
#[derive(Debug)]
pub(super) struct Relay {
    /// The command whose output passes.
    pub(super) writer: usize,
    /// The name of what is kept; empty = nothing is.
    pub(super) name: String,
    task: JoinHandle<Vec<u8>>,
}

impl Relay {
    /// What was kept of what passed, once the programs are dead.
    pub(super) async fn finish(self) -> Vec<u8> {
        finished(self.task).await
    }
}

/// Makes the pipes of a request: the ends for each command, and the relays.
///
/// # Errors
/// As pipe(2).
pub(super) fn make(maps: &[PipeMap], commands: usize) -> io::Result<(Vec<Pipes>, Vec<Relay>)> {
    let mut pipes: Vec<Pipes> = (0..commands).map(|_| Pipes::default()).collect();
    let mut relays = Vec::new();
    for (number, map) in maps.iter().enumerate() {
        let (reader, writer) = if map.proxy {
            let (inner_reader, writer) = pipe()?;
            let (reader, inner_writer) = pipe()?;
            relays.push(relay(map, inner_reader, inner_writer)?);
            (reader, writer)
        } else {
            pipe()?
        };
        for (end, is_write, descriptor) in [(map.input, true, writer), (map.output, false, reader)] {
            let owner = usize::try_from(end.index).ok().and_then(|index| pipes.get_mut(index));
            let owner = owner.ok_or(io::ErrorKind::InvalidInput)?;
            owner.ends.insert((number, is_write), descriptor);
        }
    }
    Ok((pipes, relays))
}

/// A pipe whose ends a program of another uid may reopen through `/proc/self/fd`: what is read, and what is written.
///
/// # Errors
/// As pipe(2).
pub(super) fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let (reader, writer) = rustix::pipe::pipe_with(PipeFlags::CLOEXEC)?;
    rustix::fs::fchmod(&writer, Mode::from_raw_mode(0o666))?;
    Ok((reader, writer))
}

fn relay(map: &PipeMap, from: OwnedFd, to: OwnedFd) -> io::Result<Relay> {
    let keep = match map.name.is_empty() {
        true => 0,
        false => usize::try_from(map.max).unwrap_or(0),
    };
    let (from, to) = (receiver(from)?, sender(to)?);
    let task = tokio::spawn(pass(from, Some(to), keep));
    let writer = usize::try_from(map.input.index).unwrap_or(usize::MAX);
    Ok(Relay { writer, name: map.name.clone(), task })
}

/// Reads the output of a program up to a number of bytes; what is more is read and dropped.
#[derive(Debug)]
pub(super) struct PipeReader(JoinHandle<Vec<u8>>);

impl PipeReader {
    /// A pipe: the program's end, and the reader of the other.
    ///
    /// # Errors
    /// As pipe(2).
    pub(super) fn start(keep: usize) -> io::Result<(OwnedFd, Self)> {
        let (reader, writer) = pipe()?;
        Ok((writer, Self::of(receiver(reader)?, keep)))
    }

    /// A reader of anything that ends once its programs are dead.
    pub(super) fn of(from: impl AsyncRead + Unpin + Send + 'static, keep: usize) -> Self {
        Self(tokio::spawn(pass(from, None, keep)))
    }

    /// What was kept, once the program is dead.
    pub(super) async fn finish(self) -> Vec<u8> {
        finished(self.0).await
    }
}

async fn finished(mut task: JoinHandle<Vec<u8>>) -> Vec<u8> {
    match tokio::time::timeout(DRAIN, &mut task).await {
        Ok(kept) => kept.unwrap_or_default(),
        Err(_) => {
            task.abort();
            tracing::warn!("a pipe was still open when its programs were dead");
            Vec::new()
        }
    }
}

/// Moves what comes until it ends, and keeps the first bytes. When the far end is gone the rest is dropped, so that the
/// writer comes to its own end, as with go-judge's relays.
async fn pass(mut from: impl AsyncRead + Unpin, mut to: Option<Sender>, keep: usize) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut block = vec![0; BLOCK];
    loop {
        let length = match from.read(&mut block).await {
            Ok(0) | Err(_) => return kept,
            Ok(length) => length,
        };
        let room = keep - kept.len();
        kept.extend_from_slice(&block[..length.min(room)]);
        if let Some(sender) = &mut to
            && sender.write_all(&block[..length]).await.is_err()
        {
            to = None;
        }
    }
}

/// Our end of a pipe that a program writes.
///
/// # Errors
/// As ioctl(2).
pub(super) fn receiver(descriptor: OwnedFd) -> io::Result<Receiver> {
    rustix::io::ioctl_fionbio(&descriptor, true)?;
    Receiver::from_owned_fd(descriptor)
}

/// Our end of a pipe that a program reads.
///
/// # Errors
/// As ioctl(2).
pub(super) fn sender(descriptor: OwnedFd) -> io::Result<Sender> {
    rustix::io::ioctl_fionbio(&descriptor, true)?;
    Sender::from_owned_fd(descriptor)
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::{Read, Write};

    use super::super::request::PipeEnd;
    use super::*;

    fn map(proxy: bool, name: &str, max: i64) -> PipeMap {
        let end = |index, fd| PipeEnd { index, fd };
        PipeMap { input: end(0, 1), output: end(1, 0), name: name.into(), max, proxy }
    }

    fn file(pipes: &mut Pipes, end: End) -> File {
        File::from(Arc::into_inner(pipes.take(0, end).unwrap()).unwrap())
    }

    #[tokio::test]
    async fn a_plain_pipe_connects_the_two() {
        let (mut pipes, relays) = make(&[map(false, "", 0)], 2).unwrap();
        file(&mut pipes[0], End::Write).write_all(b"hi").unwrap();
        let mut text = String::new();
        file(&mut pipes[1], End::Read).read_to_string(&mut text).unwrap();
        assert_eq!((text.as_str(), relays.len()), ("hi", 0));
    }

    #[tokio::test]
    async fn a_relay_passes_all_and_keeps_as_much_as_was_asked() {
        let (mut pipes, mut relays) = make(&[map(true, "talk", 2)], 2).unwrap();
        let (mut writer, mut reader) = (file(&mut pipes[0], End::Write), file(&mut pipes[1], End::Read));
        let reading = tokio::task::spawn_blocking(move || {
            let mut text = String::new();
            reader.read_to_string(&mut text).map(|_| text)
        });
        tokio::task::spawn_blocking(move || writer.write_all(b"hello")).await.unwrap().unwrap();
        assert_eq!(reading.await.unwrap().unwrap(), "hello");
        assert_eq!(relays.remove(0).finish().await, b"he");
    }

    #[tokio::test]
    async fn a_writer_outlives_its_reader_behind_a_relay() {
        let (mut pipes, mut relays) = make(&[map(true, "", 0)], 2).unwrap();
        drop(file(&mut pipes[1], End::Read));
        let mut writer = file(&mut pipes[0], End::Write);
        let writing = tokio::task::spawn_blocking(move || writer.write_all(&vec![0; 1_000_000]));
        tokio::time::timeout(Duration::from_secs(10), writing).await.unwrap().unwrap().unwrap();
        assert_eq!(relays.remove(0).finish().await, b"");
    }

    #[tokio::test]
    async fn a_reader_keeps_the_first_bytes_and_drops_the_rest() {
        let (writer, reader) = PipeReader::start(3).unwrap();
        let mut writer = File::from(writer);
        tokio::task::spawn_blocking(move || writer.write_all(&[b'a'; 300_000])).await.unwrap().unwrap();
        assert_eq!(reader.finish().await, b"aaa");
    }
}
