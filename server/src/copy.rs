//! Copies what comes out of sandboxes.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;

/// Bytes copied at a time.
pub(crate) const BLOCK: usize = 256 * 1024;

/// Hands over the first `size` bytes part by part, or as many as there are, by position: the file comes from a sandbox, so that
/// its offset and its end are not trusted. How many there were.
///
/// # Errors
/// As pread(2), and those of `take`.
pub(crate) fn parts(
    from: &File,
    size: u64,
    mut take: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<u64> {
    let mut buffer = vec![0; BLOCK.min(usize::try_from(size).unwrap_or(BLOCK))];
    let mut offset = 0;
    while offset < size {
        let want = buffer.len().min(usize::try_from(size - offset).unwrap_or(usize::MAX));
        let got = from.read_at(&mut buffer[..want], offset)?;
        if got == 0 {
            break;
        }
        take(&buffer[..got])?;
        offset += got as u64;
    }
    Ok(offset)
}

/// Copies exactly the first `size` bytes, as [`parts`].
///
/// # Errors
/// As pread(2) and the writer's; `UnexpectedEof` when there are fewer.
pub(crate) fn exactly(from: &File, to: &mut impl Write, size: u64) -> io::Result<()> {
    if parts(from, size, |part| to.write_all(part))? < size {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file became shorter"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_handed_over_than_was_asked_for_and_what_is_missing_is_told() {
        let mut file = tempfile::tempfile().unwrap();
        let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(2 * BLOCK + 7).collect();
        file.write_all(&bytes).unwrap();
        for size in [0, 1, BLOCK, BLOCK + 1, bytes.len(), bytes.len() + 1] {
            let (mut copied, there) = (Vec::new(), size.min(bytes.len()));
            let read = parts(&file, size as u64, |part| copied.write_all(part)).unwrap();
            assert!(read == there as u64 && copied == bytes[..there], "{size}");
            let mut copied = Vec::new();
            assert_eq!(exactly(&file, &mut copied, size as u64).is_ok(), there == size);
        }
    }
}
