//! A command's terminal: what is typed into it, and what is kept of what it shows.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use bytes::Bytes;
use tokio::io::AsyncWriteExt;
use tokio_util::task::AbortOnDropHandle;

use super::kept::Kept;
use super::pipes::PipeReader;
use super::refusal::Refusal;
use super::slot::{Collector, Slot};
use super::stream::CommandStreams;
use crate::account::Held;
use crate::sandbox::{Terminal, TerminalMaster};

/// What the ends of a command's terminal are for on our side.
#[derive(Debug, Default)]
pub(super) struct TerminalUse {
    /// What is typed into it.
    input: Option<Typed>,
    /// The `streamOut` that gets all it shows; without one the first collector gets it.
    output: Option<usize>,
}

/// Where the input of a terminal comes from.
#[derive(Debug)]
enum Typed {
    Content(Bytes),
    /// The `streamIn` of this descriptor.
    Stream(usize),
}

/// Puts a terminal in the place of every content, collector and stream. The input, of which there may be one, is what
/// is to be typed. The first `streamOut`, else the first collector, gets all that the terminal shows, and the others
/// nothing.
///
/// # Errors
/// In go-judge's words.
pub(super) fn replace(slots: &mut [Slot], collectors: &mut Vec<Collector>) -> Result<TerminalUse, Refusal> {
    let mut terminal = TerminalUse::default();
    for (fd, slot) in slots.iter_mut().enumerate() {
        let input = match slot {
            Slot::Content(content) => Some(Typed::Content(content.clone())),
            Slot::StreamIn => Some(Typed::Stream(fd)),
            Slot::StreamOut => {
                terminal.output.get_or_insert(fd);
                None
            }
            Slot::BoxFile(_) | Slot::Pipe(_) => None,
            Slot::Open(_) | Slot::Mapped { .. } | Slot::Terminal => continue,
        };
        if input.is_some() && terminal.input.is_some() {
            return Err(Refusal::Failed("tty: multiple input not allowed".to_owned()));
        }
        terminal.input = terminal.input.or(input);
        *slot = Slot::Terminal;
    }
    collectors.truncate(1);
    collectors.iter_mut().for_each(|collector| collector.pipe = true);
    Ok(terminal)
}

/// The terminal of a command that is about to run. All it shows is read, so that no program waits for us; unless the
/// client fetches it.
#[derive(Debug)]
pub(super) struct CommandTerminal {
    slave: Arc<OwnedFd>,
    shown: Shown,
    /// Of input that the kernel did not take at once.
    _typing: Option<AbortOnDropHandle<()>>,
}

/// Where what a terminal shows goes.
#[derive(Debug)]
enum Shown {
    /// To a reader of ours.
    Read(PipeReader),
    /// To the client; nothing is kept.
    Fetched(Kept),
}

impl CommandTerminal {
    /// Opens one, types the input into it and keeps the first bytes of what it shows, or sends them to the client.
    /// Typing does not close it: as with any terminal, the input's end is a character of the input, and a program that
    /// waits for one waits.
    ///
    /// # Errors
    /// As [`Terminal::open`].
    pub(super) fn start(terminal: TerminalUse, streams: CommandStreams<'_>, keep: Kept) -> io::Result<Self> {
        let TerminalUse { input, output } = terminal;
        let terminal = Terminal::open()?;
        let shown = match output {
            Some(fd) => streams.show(fd, terminal.master()).map(|()| Shown::Fetched(keep))?,
            None => Shown::Read(PipeReader::of(terminal.master(), keep)),
        };
        let mut rest = None;
        match input {
            Some(Typed::Content(mut input)) => {
                // Before there is a program: one that ends at once finds it typed all the same.
                let _typed = input.split_to(terminal.master().try_write(&input)?);
                rest = (!input.is_empty()).then(|| tokio::spawn(type_in(terminal.master(), input)));
            }
            Some(Typed::Stream(fd)) => streams.type_into(fd, terminal.master())?,
            None => {}
        }
        let typing = rest.map(AbortOnDropHandle::new);
        Ok(Self { slave: terminal.slave(), shown, _typing: typing })
    }

    /// The program's end.
    pub(super) fn slave(&self) -> &Arc<OwnedFd> {
        &self.slave
    }

    /// What was kept, once the program is dead; none where there was no room for it.
    pub(super) async fn finish(self) -> Option<(Vec<u8>, Held)> {
        // The output ends with the last who holds this.
        drop(self.slave);
        match self.shown {
            Shown::Read(reader) => reader.finish().await,
            Shown::Fetched(nothing) => nothing.finish(),
        }
    }
}

/// A program need not read what was typed: that it is gone is no error.
async fn type_in(mut master: TerminalMaster, input: Bytes) {
    if let Err(error) = master.write_all(&input).await {
        tracing::debug!(%error, "a program ended before it had read all that was typed");
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::time::Duration;

    use super::*;
    use crate::account::Account;

    /// What is kept when this is typed and a program does that.
    async fn kept(input: &[u8], keep: usize, program: impl FnOnce(std::fs::File) + Send + 'static) -> String {
        let input = Some(Typed::Content(Bytes::copy_from_slice(input)));
        let none = CommandStreams { streams: None, index: 0 };
        let keep = Kept::new(&Account::new(gavel_protocol::Bytes::mib(16)), keep, 4096);
        let terminal = CommandTerminal::start(TerminalUse { input, output: None }, none, keep).unwrap();
        let slave = terminal.slave().try_clone().unwrap();
        tokio::task::spawn_blocking(move || program(slave.into())).await.unwrap();
        let kept = tokio::time::timeout(Duration::from_secs(10), terminal.finish()).await.unwrap();
        String::from_utf8(kept.unwrap().0).unwrap()
    }

    #[tokio::test]
    async fn input_is_echoed_and_output_kept_up_to_its_end() {
        let shown = kept(b"abc\n", 100, |mut slave| {
            let mut line = [0; 16];
            let length = slave.read(&mut line).unwrap();
            slave.write_all(&line[..length]).unwrap();
        });
        assert_eq!(shown.await, "abc\r\nabc\r\n");
    }

    #[tokio::test]
    async fn a_program_may_show_more_than_is_kept() {
        let shown = kept(b"", 3, |mut slave| slave.write_all(&[b'x'; 300_000]).unwrap());
        assert_eq!(shown.await, "xxx");
    }

    #[tokio::test]
    async fn a_program_may_leave_input_unread() {
        let typed = b"a long line of input\n".repeat(50_000);
        let shown = kept(&typed, 6, |mut slave| {
            slave.read_exact(&mut [0; 16]).unwrap();
        });
        assert_eq!(shown.await, "a long");
    }
}
