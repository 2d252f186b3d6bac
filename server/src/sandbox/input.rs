//! What goes into a run as a descriptor: sealed memory, which is a regular file to a program.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;

use bytes::Bytes;
use rustix::fs::{MemfdFlags, Mode, SealFlags};

use crate::blocking;

/// Descriptors of standard input, which a program may reopen through `/proc/self/fd/0`: for reading, whoever it is.
const READABLE: Mode = Mode::from_raw_mode(0o444);

/// Copying more than this is left to a thread that may wait.
const BLOCKING: usize = 256 * 1024;

/// These bytes as a file that nobody can change; as [`sealed`], and never long on the thread that asks for it.
///
/// # Errors
/// As [`sealed`].
pub(crate) async fn memory(bytes: Bytes) -> io::Result<OwnedFd> {
    if bytes.len() <= BLOCKING {
        return sealed(&bytes);
    }
    blocking::on_disk(move || sealed(&bytes)).await
}

/// A program gets a copy of our descriptor, and with it our right to write: the seals take it from everybody.
///
/// # Errors
/// As memfd_create(2) and write(2).
pub(crate) fn sealed(bytes: &[u8]) -> io::Result<OwnedFd> {
    let memory = rustix::fs::memfd_create("input", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
    rustix::fs::fchmod(&memory, READABLE)?;
    let file = File::from(memory);
    // Not by its offset, where the program is to begin.
    file.write_all_at(bytes, 0)?;
    let seals = SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL;
    rustix::fs::fcntl_add_seals(&file, seals)?;
    Ok(file.into())
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Seek, Write};
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::blocking::tests::with_others_busy;

    async fn read_back(length: usize) -> (File, Vec<u8>) {
        let bytes: Bytes = (0..length).map(|n| u8::try_from(n % 251).unwrap()).collect();
        let mut file = File::from(memory(bytes.clone()).await.unwrap());
        let mut read = Vec::new();
        file.read_to_end(&mut read).unwrap();
        assert!(read[..] == bytes[..], "{length} bytes came back changed");
        (file, read)
    }

    #[tokio::test]
    async fn an_input_of_any_size_is_a_regular_file_that_begins_at_its_start() {
        for length in [0, 1, 65_535, 65_536, 65_537, BLOCKING + 1, 5 << 20] {
            let (mut file, _) = read_back(length).await;
            let about = file.metadata().unwrap();
            assert!(about.is_file());
            assert_eq!(about.len(), length as u64);
            assert_eq!(file.rewind().and_then(|()| file.stream_position()).unwrap(), 0);
        }
    }

    #[test]
    fn a_large_one_is_copied_where_nobody_waits() {
        for (length, elsewhere) in [(1000, false), (BLOCKING + 1, true)] {
            let (made, waited) = with_others_busy(|| memory(vec![0; length].into()));
            assert_eq!((made.is_ok(), waited), (true, elsewhere), "{length}");
        }
    }

    #[tokio::test]
    async fn a_program_cannot_change_its_input() {
        for length in [0, 6, 80_000] {
            let (mut file, _) = read_back(length).await;
            assert_eq!(file.write(b"x").unwrap_err().kind(), io::ErrorKind::PermissionDenied);
            assert!(file.set_len(length as u64 + 1).is_err());
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o444);
        }
    }
}
