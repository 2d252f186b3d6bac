//! Pipes between commands, relays on the way, and readers of outputs.

use std::collections::HashMap;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use rustix::fs::Mode;
use rustix::pipe::PipeFlags;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::pipe::{Receiver, Sender};
use tokio::task::JoinHandle;

use super::kept::Kept;
use super::request::PipeMap;
use super::slot::End;
use crate::account::{Account, Held};

/// Most that is read at one time: what a pipe holds.
const BLOCK: usize = 64 * 1024;
/// All readers of a request have no more than this for what they read, unless they are very many: a block is no smaller
/// than a page.
const BLOCKS: usize = 1024 * 1024;
const SMALLEST: usize = 4096;

/// What each of so many readers of a request reads at one time.
pub(super) fn block(readers: usize) -> usize {
    (BLOCKS / readers.max(1)).clamp(SMALLEST, BLOCK)
}

/// Once the programs are dead their outputs end at once; a reader that goes on is given up.
pub(super) const DRAIN: Duration = Duration::from_secs(5);

/// The ends of pipes that one command has to get.
#[derive(Debug, Default)]
pub(super) struct Pipes {
    ends: HashMap<(usize, End), OwnedFd>,
}

impl Pipes {
    /// An end, handed over.
    ///
    /// # Errors
    /// `NotFound` when it was never this command's.
    pub(super) fn take(&mut self, pipe: usize, end: End) -> io::Result<Arc<OwnedFd>> {
        let end = self.ends.remove(&(pipe, end));
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
    /// Most that is kept, as it was asked for.
    max: i64,
    reader: PipeReader,
}

/// What a relay has kept.
#[derive(Debug)]
pub(super) struct Relayed {
    pub(super) writer: usize,
    pub(super) name: String,
    /// The maximum was negative: whatever passed is over it.
    pub(super) is_over: bool,
    /// None where there was no room for it.
    pub(super) kept: Option<(Vec<u8>, Held)>,
}

impl Relay {
    /// What was kept of what passed, once the programs are dead: all come to their end, or are given up, at one time.
    pub(super) async fn finish_all(relays: Vec<Self>) -> Vec<Relayed> {
        join_all(relays.into_iter().map(Self::finish)).await
    }

    async fn finish(self) -> Relayed {
        let Self { writer, name, max, reader } = self;
        Relayed { writer, name, is_over: max < 0, kept: reader.finish().await }
    }
}

/// What relays keep: on this account, `most` bytes at most, read by blocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Keep<'a> {
    pub(super) account: &'a Account,
    pub(super) most: usize,
    pub(super) block: usize,
}

/// Makes the pipes of a request: the ends for each command, and the relays.
///
/// # Errors
/// As pipe(2).
pub(super) fn make(
    maps: &[PipeMap],
    commands: usize,
    keep: Keep<'_>,
) -> io::Result<(Vec<Pipes>, Vec<Relay>)> {
    let mut pipes: Vec<Pipes> = (0..commands).map(|_| Pipes::default()).collect();
    let mut relays = Vec::new();
    for (number, map) in maps.iter().enumerate() {
        let (reader, writer) = if map.proxy {
            let (inner_reader, writer) = pipe()?;
            let (reader, inner_writer) = pipe()?;
            relays.push(relay(map, inner_reader, inner_writer, keep)?);
            (reader, writer)
        } else {
            pipe()?
        };
        for (end, which, descriptor) in [(map.input, End::Write, writer), (map.output, End::Read, reader)] {
            let owner = usize::try_from(end.index).ok().and_then(|index| pipes.get_mut(index));
            let owner = owner.ok_or(io::ErrorKind::InvalidInput)?;
            owner.ends.insert((number, which), descriptor);
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

fn relay(map: &PipeMap, from: OwnedFd, to: OwnedFd, keep: Keep<'_>) -> io::Result<Relay> {
    let Keep { account, most, block } = keep;
    let keep = if map.name.is_empty() { 0 } else { usize::try_from(map.max).unwrap_or(0).min(most) };
    let (from, to) = (receiver(from)?, sender(to)?);
    let reader = PipeReader(tokio::spawn(pass(from, Some(to), Kept::new(account, keep, block))));
    let writer = usize::try_from(map.input.index).unwrap_or(usize::MAX);
    Ok(Relay { writer, name: map.name.clone(), max: map.max, reader })
}

/// Reads the output of a program up to a number of bytes; what is more is read and dropped.
#[derive(Debug)]
pub(super) struct PipeReader(JoinHandle<Kept>);

impl PipeReader {
    /// A pipe: the program's end, and the reader of the other.
    ///
    /// # Errors
    /// As pipe(2).
    pub(super) fn start(keep: Kept) -> io::Result<(OwnedFd, Self)> {
        let (reader, writer) = pipe()?;
        Ok((writer, Self::of(receiver(reader)?, keep)))
    }

    /// A reader of anything that ends once its programs are dead.
    pub(super) fn of(from: impl AsyncRead + Unpin + Send + 'static, keep: Kept) -> Self {
        Self(tokio::spawn(pass(from, None, keep)))
    }

    /// What was kept, once the program is dead; none where there was no room for it.
    pub(super) async fn finish(self) -> Option<(Vec<u8>, Held)> {
        let mut task = self.0;
        match tokio::time::timeout(DRAIN, &mut task).await {
            Ok(kept) => kept.ok()?.finish(),
            Err(_) => {
                task.abort();
                tracing::warn!("a pipe was still open when its programs were dead");
                None
            }
        }
    }
}

/// Moves what comes until it ends, and keeps the first bytes. When the far end is gone the rest is dropped, so that the
/// writer comes to its own end, as with go-judge's relays.
async fn pass(mut from: impl AsyncRead + Unpin, mut to: Option<Sender>, mut kept: Kept) -> Kept {
    let mut block = vec![0; kept.block()];
    loop {
        let length = match from.read(&mut block).await {
            Ok(0) | Err(_) => return kept,
            Ok(length) => length,
        };
        kept.take(&block[..length]);
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

    use gavel_protocol::Bytes;

    use super::super::request::PipeEnd;
    use super::*;

    fn account() -> Account {
        Account::new(Bytes::mib(16))
    }

    fn made(map: PipeMap) -> (Vec<Pipes>, Vec<Relay>) {
        make(&[map], 2, Keep { account: &account(), most: 100, block: BLOCK }).unwrap()
    }

    async fn kept(relay: Relay) -> Vec<u8> {
        relay.finish().await.kept.unwrap().0
    }

    fn map(proxy: bool, name: &str, max: i64) -> PipeMap {
        let end = |index, fd| PipeEnd { index, fd };
        PipeMap { input: end(0, 1), output: end(1, 0), name: name.into(), max, proxy }
    }

    fn file(pipes: &mut Pipes, end: End) -> File {
        File::from(Arc::into_inner(pipes.take(0, end).unwrap()).unwrap())
    }

    #[tokio::test]
    async fn a_plain_pipe_connects_the_two() {
        let (mut pipes, relays) = made(map(false, "", 0));
        file(&mut pipes[0], End::Write).write_all(b"hi").unwrap();
        let mut text = String::new();
        file(&mut pipes[1], End::Read).read_to_string(&mut text).unwrap();
        assert_eq!((text.as_str(), relays.len()), ("hi", 0));
    }

    #[tokio::test]
    async fn a_relay_passes_all_and_keeps_as_much_as_was_asked() {
        let (mut pipes, mut relays) = made(map(true, "talk", 2));
        let (mut writer, mut reader) = (file(&mut pipes[0], End::Write), file(&mut pipes[1], End::Read));
        let reading = tokio::task::spawn_blocking(move || {
            let mut text = String::new();
            reader.read_to_string(&mut text).map(|_| text)
        });
        tokio::task::spawn_blocking(move || writer.write_all(b"hello")).await.unwrap().unwrap();
        assert_eq!(reading.await.unwrap().unwrap(), "hello");
        assert_eq!(kept(relays.remove(0)).await, b"he");
    }

    #[tokio::test]
    async fn no_relay_keeps_more_than_the_most() {
        let (mut pipes, mut relays) = made(map(true, "talk", i64::MAX));
        drop(file(&mut pipes[1], End::Read));
        let mut writer = file(&mut pipes[0], End::Write);
        tokio::task::spawn_blocking(move || writer.write_all(&[b'a'; 300_000])).await.unwrap().unwrap();
        assert_eq!(kept(relays.remove(0)).await, [b'a'; 100]);
    }

    #[tokio::test]
    async fn a_writer_outlives_its_reader_behind_a_relay() {
        let (mut pipes, mut relays) = made(map(true, "", 0));
        drop(file(&mut pipes[1], End::Read));
        let mut writer = file(&mut pipes[0], End::Write);
        let writing = tokio::task::spawn_blocking(move || writer.write_all(&vec![0; 1_000_000]));
        tokio::time::timeout(Duration::from_secs(10), writing).await.unwrap().unwrap().unwrap();
        assert_eq!(kept(relays.remove(0)).await, b"");
    }

    #[tokio::test(start_paused = true)]
    async fn relays_that_do_not_end_are_given_up_all_at_one_time() {
        let maps: Vec<_> = (0..5).map(|_| map(true, "talk", 9)).collect();
        let keep = Keep { account: &account(), most: 100, block: BLOCK };
        let (_both_ends_stay_open, relays) = make(&maps, 2, keep).unwrap();
        let begun = tokio::time::Instant::now();
        let relayed = Relay::finish_all(relays).await;
        assert!(begun.elapsed() < DRAIN * 2, "{:?}", begun.elapsed());
        assert_eq!(relayed.iter().filter(|one| one.kept.is_none()).count(), 5);
    }

    #[tokio::test]
    async fn a_reader_keeps_the_first_bytes_and_drops_the_rest() {
        let (writer, reader) = PipeReader::start(Kept::new(&account(), 3, block(1))).unwrap();
        let mut writer = File::from(writer);
        tokio::task::spawn_blocking(move || writer.write_all(&[b'a'; 300_000])).await.unwrap().unwrap();
        assert_eq!(reader.finish().await.unwrap().0, b"aaa");
    }
    #[test]
    fn many_readers_read_by_smaller_blocks() {
        for (readers, expected) in [(0, BLOCK), (1, BLOCK), (16, BLOCK), (64, BLOCK / 4), (100_000, SMALLEST)]
        {
            assert_eq!(block(readers), expected, "{readers}");
        }
    }
}
