//! What goes into a run as a descriptor: pipes with everything in them already, and sealed memory.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::sync::Arc;

use bytes::Bytes;
use rustix::fs::{MemfdFlags, Mode, OFlags, SealFlags};
use rustix::pipe::PipeFlags;

/// A pipe holds so much without a reader (pipe(7)).
const PIPE: usize = 64 * 1024;

/// Copying more than this is left to a thread that may block.
const BLOCKING: usize = 256 * 1024;

/// Descriptors of standard input, which a program may reopen through `/proc/self/fd/0`: for reading, whoever it is.
const READABLE: Mode = Mode::from_raw_mode(0o444);

/// Standard input with these bytes in it and the end behind them.
pub(super) async fn stdin(bytes: &Arc<[u8]>) -> io::Result<OwnedFd> {
    if bytes.len() <= PIPE
        && let Some(pipe) = filled_pipe(bytes)?
    {
        return Ok(pipe);
    }
    memory(Bytes::from_owner(Arc::clone(bytes))).await
}

/// These bytes as a file that nobody can change.
pub(super) async fn memory(bytes: Bytes) -> io::Result<OwnedFd> {
    if bytes.len() <= BLOCKING {
        return sealed(&bytes);
    }
    tokio::task::spawn_blocking(move || sealed(&bytes)).await.map_err(io::Error::other)?
}

/// `None` where the kernel gave a smaller pipe, as it does to a user who has many (`pipe-user-pages-soft`).
fn filled_pipe(bytes: &[u8]) -> io::Result<Option<OwnedFd>> {
    let (reader, writer) = rustix::pipe::pipe_with(PipeFlags::CLOEXEC)?;
    rustix::fs::fchmod(&reader, READABLE)?;
    rustix::fs::fcntl_setfl(&writer, OFlags::NONBLOCK)?;
    match rustix::io::write(&writer, bytes) {
        Ok(written) if written == bytes.len() => Ok(Some(reader)),
        Ok(_) | Err(rustix::io::Errno::AGAIN) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A program gets a copy of our descriptor, and with it our right to write: the seals take it from everybody.
///
/// # Errors
/// As memfd_create(2) and write(2).
pub(crate) fn sealed(bytes: &[u8]) -> io::Result<OwnedFd> {
    let memory = rustix::fs::memfd_create("input", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
    rustix::fs::fchmod(&memory, READABLE)?;
    let mut file = File::from(memory);
    file.write_all(bytes)?;
    io::Seek::rewind(&mut file)?;
    let seals = SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL;
    rustix::fs::fcntl_add_seals(&file, seals)?;
    Ok(file.into())
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    async fn read_back(length: usize) -> (File, Vec<u8>) {
        let bytes: Arc<[u8]> = (0..length).map(|n| u8::try_from(n % 251).unwrap()).collect();
        let mut file = File::from(stdin(&bytes).await.unwrap());
        let mut read = Vec::new();
        file.read_to_end(&mut read).unwrap();
        assert!(read[..] == bytes[..], "{length} bytes came back changed");
        (file, read)
    }

    #[tokio::test]
    async fn standard_input_of_any_size_is_read_to_its_end() {
        for length in [0, 1, PIPE - 1, PIPE, PIPE + 1, BLOCKING + 1, 5 << 20] {
            read_back(length).await;
        }
    }

    #[tokio::test]
    async fn a_program_cannot_change_its_large_input() {
        let (mut file, _) = read_back(PIPE + 1).await;
        assert_eq!(file.write(b"x").unwrap_err().kind(), io::ErrorKind::PermissionDenied);
        assert!(file.set_len(0).is_err());
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o444);
    }
}
