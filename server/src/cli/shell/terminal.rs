//! The local terminal.

use std::io::{self, IsTerminal, Read};
use std::os::fd::AsFd;

use nix::sys::termios::{SetArg, Termios, cfmakeraw, tcgetattr, tcsetattr};
use rustix::termios::{Winsize, tcgetwinsize};
use tokio::io::{AsyncWriteExt, stderr, stdout};

/// Bytes read at one time.
const BLOCK: usize = 16 * 1024;

/// Is a terminal at both ends: one that shows what is typed into it?
pub(super) fn is_ours() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// The size of the terminal; None where it has none.
pub(super) fn size() -> Option<Winsize> {
    tcgetwinsize(io::stdin().as_fd()).ok().filter(|size| size.ws_row > 0 && size.ws_col > 0)
}

/// The next of what is typed or piped in; None at its end.
pub(super) fn read_block() -> Option<Vec<u8>> {
    let mut block = vec![0; BLOCK];
    loop {
        match io::stdin().lock().read(&mut block) {
            Ok(0) => return None,
            Ok(length) => {
                block.truncate(length);
                return Some(block);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // A terminal that was closed has no more input.
            Err(_) => return None,
        }
    }
}

/// Writes output of the command's descriptor 1 or 2 to ours.
///
/// # Errors
/// As write(2).
pub(super) async fn show(fd: u8, bytes: &[u8]) -> io::Result<()> {
    if fd == 2 {
        stderr().write_all(bytes).await?;
        return stderr().flush().await;
    }
    let mut stdout = stdout();
    stdout.write_all(bytes).await?;
    stdout.flush().await
}

/// Until it is dropped, every key goes to the command as it is, and nothing is echoed here.
#[derive(Debug)]
pub(super) struct RawMode {
    before: Termios,
}

impl RawMode {
    /// Switches the terminal of standard input.
    ///
    /// # Errors
    /// As tcsetattr(3).
    pub(super) fn enter() -> io::Result<Self> {
        let stdin = io::stdin();
        let before = tcgetattr(&stdin)?;
        let mut raw = before.clone();
        cfmakeraw(&mut raw);
        tcsetattr(&stdin, SetArg::TCSADRAIN, &raw)?;
        Ok(Self { before })
    }
}

impl Drop for RawMode {
    fn drop(&mut self) {
        // TCSANOW: a terminal that takes no more output must not keep us.
        if let Err(error) = tcsetattr(io::stdin(), SetArg::TCSANOW, &self.before) {
            eprintln!("gavel: the terminal could not be restored ({error}): run `stty sane`");
        }
    }
}
