//! Copies what comes out of sandboxes.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;

/// Bytes copied at a time.
const BLOCK: usize = 256 * 1024;

/// Copies exactly the first `size` bytes, by position: the file comes from a sandbox, so that its offset and its end
/// are not trusted.
///
/// # Errors
/// As pread(2) and the writer's; `UnexpectedEof` when there are fewer.
pub(crate) fn exactly(from: &File, to: &mut impl Write, size: u64) -> io::Result<()> {
    let mut buffer = vec![0; BLOCK.min(usize::try_from(size).unwrap_or(BLOCK))];
    let mut offset = 0;
    while offset < size {
        let want = buffer.len().min(usize::try_from(size - offset).unwrap_or(usize::MAX));
        let got = from.read_at(&mut buffer[..want], offset)?;
        if got == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file became shorter"));
        }
        to.write_all(&buffer[..got])?;
        offset += got as u64;
    }
    Ok(())
}
