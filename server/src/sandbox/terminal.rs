//! Pseudo-terminals: the program gets one end on its descriptors, and we read, write and resize the other.
//!
//! The terminal is the server's, in its own devpts: programs can open none by themselves, because the kernel counts
//! terminals over the whole host.

use std::io;
use std::os::fd::OwnedFd;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use rustix::fs::Mode;
use rustix::io::Errno;
use rustix::pty::OpenptFlags;
use rustix::termios::Winsize;
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};

use crate::descriptors::watch;

/// A new terminal, in the kernel's usual state: echo on, lines are edited, `\n` goes out as `\r\n`, no size.
#[derive(Debug)]
pub struct Terminal {
    master: TerminalMaster,
    slave: Arc<OwnedFd>,
}

/// Our end. What is written is the program's input, as if typed; what is read is its output, and the echo. The output
/// ends (a read of 0 bytes) when nobody holds the program's end any more, neither the program nor a [`Terminal`].
#[derive(Debug, Clone)]
pub struct TerminalMaster(Arc<AsyncFd<OwnedFd>>);

/// The size of a terminal, as ioctl_tty(2) has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TerminalSize {
    /// Lines.
    pub rows: u16,
    /// Characters of a line.
    pub columns: u16,
    /// Width in pixels; 0 = not known.
    pub x: u16,
    /// Height in pixels; 0 = not known.
    pub y: u16,
}

impl Terminal {
    /// Opens one. In a task of tokio's.
    ///
    /// # Errors
    /// As posix_openpt(3): the kernel has no more (`kernel.pty.max`), or we have no more descriptors.
    pub fn open() -> io::Result<Self> {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let master = rustix::pty::openpt(flags)?;
        rustix::pty::grantpt(&master)?;
        rustix::pty::unlockpt(&master)?;
        let slave = rustix::pty::ioctl_tiocgptpeer(&master, flags)?;
        // Whoever the program is, it may reopen its end through `/proc/self/fd`; nobody else sees our devpts.
        rustix::fs::fchmod(&slave, Mode::from_raw_mode(0o666))?;
        rustix::io::ioctl_fionbio(&master, true)?;
        let master = TerminalMaster(Arc::new(watch(master, Interest::READABLE | Interest::WRITABLE)?));
        Ok(Self { master, slave: Arc::new(slave) })
    }

    /// The program's end, for its descriptors.
    pub fn slave(&self) -> Arc<OwnedFd> {
        Arc::clone(&self.slave)
    }

    /// Our end.
    pub fn master(&self) -> TerminalMaster {
        self.master.clone()
    }
}

impl TerminalMaster {
    /// Sets the terminal's size; the program in its foreground gets SIGWINCH where that is another than before.
    ///
    /// # Errors
    /// As ioctl_tty(2).
    pub fn resize(&self, size: TerminalSize) -> io::Result<()> {
        let TerminalSize { rows, columns, x, y } = size;
        let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: x, ws_ypixel: y };
        Ok(rustix::termios::tcsetwinsize(self.0.get_ref(), size)?)
    }

    /// Writes what the kernel takes at once, and tells how much that was.
    ///
    /// # Errors
    /// As write(2), but not for want of room.
    pub fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        match rustix::io::retry_on_intr(|| rustix::io::write(self.0.get_ref(), bytes)) {
            Err(Errno::AGAIN) => Ok(0),
            written => Ok(written?),
        }
    }
}

impl AsyncRead for TerminalMaster {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        loop {
            let mut guard = ready!(self.0.poll_read_ready(cx))?;
            let room = into.initialize_unfilled();
            match guard.try_io(|master| Ok(rustix::io::read(master, &mut *room)?)) {
                Ok(Ok(length)) => {
                    into.advance(length);
                    return Poll::Ready(Ok(()));
                }
                // So the kernel says that nobody holds the other end, once all that was written there is read.
                Ok(Err(error)) if error.raw_os_error() == Some(Errno::IO.raw_os_error()) => {
                    return Poll::Ready(Ok(()));
                }
                Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(Err(error)) => return Poll::Ready(Err(error)),
                Err(_would_block) => {}
            }
        }
    }
}

impl AsyncWrite for TerminalMaster {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        loop {
            let mut guard = ready!(self.0.poll_write_ready(cx))?;
            match guard.try_io(|master| Ok(rustix::io::write(master, bytes)?)) {
                Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(written) => return Poll::Ready(written),
                Err(_would_block) => {}
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    /// A terminal's input has no end of its own: that is a character, 4 in the usual state.
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    fn file(slave: &Arc<OwnedFd>) -> std::fs::File {
        slave.try_clone().unwrap().into()
    }

    #[tokio::test]
    async fn what_is_typed_is_read_and_echoed_and_output_ends_with_the_last_holder() {
        let terminal = Terminal::open().unwrap();
        let (mut master, mut program) = (terminal.master(), file(&terminal.slave()));
        drop(terminal);
        master.write_all(b"abc\n").await.unwrap();
        let program = tokio::task::spawn_blocking(move || {
            let mut line = [0; 16];
            let length = program.read(&mut line).unwrap();
            program.write_all(b"got ").unwrap();
            program.write_all(&line[..length]).unwrap();
        });
        let mut output = String::new();
        master.read_to_string(&mut output).await.unwrap();
        program.await.unwrap();
        assert_eq!(output, "abc\r\ngot abc\r\n");
    }

    #[tokio::test]
    async fn nothing_of_much_output_is_lost_at_its_end() {
        let terminal = Terminal::open().unwrap();
        let (mut master, mut program) = (terminal.master(), file(&terminal.slave()));
        drop(terminal);
        let program = tokio::task::spawn_blocking(move || program.write_all(&[b'x'; 300_000]).unwrap());
        let mut output = Vec::new();
        master.read_to_end(&mut output).await.unwrap();
        program.await.unwrap();
        assert_eq!(output.len(), 300_000);
    }

    #[tokio::test]
    async fn the_program_sees_the_size_that_was_set() {
        let terminal = Terminal::open().unwrap();
        let size = TerminalSize { rows: 24, columns: 80, x: 1, y: 2 };
        terminal.master().resize(size).unwrap();
        let seen = rustix::termios::tcgetwinsize(terminal.slave()).unwrap();
        assert_eq!((seen.ws_row, seen.ws_col, seen.ws_xpixel, seen.ws_ypixel), (24, 80, 1, 2));
    }
}
