//! What a judging is made of, opened where it is.

use std::io::{self, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::sync::Arc;

use bytes::Bytes;

use super::{JudgeError, text};
use crate::blobs::{Blobs, ContentReader, SMALL};
use crate::blocking::on_disk;
use crate::content::{Blob, Content, Piece};
use crate::sandbox::{Captured, Input, PutContent, Wire};

/// A program's standard input. One with a file of its own is that very file, which is read-only and has an offset for
/// this run alone.
pub(super) async fn input(content: &Content, blobs: &Blobs) -> Result<Input, JudgeError> {
    Ok(match content {
        content if content.is_empty() => Input::Empty,
        Content::Inline(bytes) => Input::Bytes(Arc::clone(bytes)),
        Content::Piece(piece) => Input::Bytes(bytes(piece, blobs).await?),
        Content::Blob(blob) => Input::Wire(Wire::Descriptor(open(blob, blobs).await?)),
    })
}

/// What a file in the box is made of.
pub(super) async fn file(content: &Content, blobs: &Blobs) -> Result<PutContent, JudgeError> {
    Ok(match content {
        Content::Inline(bytes) => PutContent::Bytes(Bytes::from_owner(Arc::clone(bytes))),
        Content::Piece(piece) => PutContent::Bytes(Bytes::from_owner(bytes(piece, blobs).await?)),
        Content::Blob(blob) => PutContent::Descriptor(open(blob, blobs).await?),
    })
}

/// So many bytes of a program's sources are looked at, all of them together, to be made plain: they are in memory for that, and a
/// package of a few KiB may have sources of hundreds of MiB. What there is behind that is handed on unread.
pub(super) const LOOKED_AT: u64 = 4 * 1024 * 1024;

/// A source in the box, plain where there is `room` for looking at it.
pub(super) async fn source(
    content: &Content,
    room: &mut u64,
    blobs: &Blobs,
) -> Result<PutContent, JudgeError> {
    let as_it_is = file(content, blobs).await?;
    let Some(left) = room.checked_sub(content.size()) else { return Ok(as_it_is) };
    *room = left;
    let whole = match &as_it_is {
        PutContent::Bytes(bytes) => bytes.clone(),
        _ => whole(content, blobs).await?,
    };
    Ok(match text::plain(&whole) {
        plain if plain.len() == whole.len() => as_it_is,
        plain => PutContent::Bytes(plain.into_owned().into()),
    })
}

/// A reader of an answer.
pub(super) async fn reader(content: &Content, blobs: &Blobs) -> Result<ContentReader, JudgeError> {
    if let Content::Inline(_) = content {
        return blobs.reader(content).map_err(broken);
    }
    let (content, blobs) = (content.clone(), blobs.clone());
    on_disk(move || blobs.reader(&content)).await.map_err(broken)
}

/// What a program wrote, as something that others can read: what is long is a file, and not once more in memory.
pub(super) async fn kept(
    Captured { head: output, whole, .. }: &mut Captured,
    blobs: &Blobs,
) -> Result<Content, JudgeError> {
    if let Some(whole) = whole {
        return Ok(Content::Blob(whole.clone()));
    }
    if output.len() <= SMALL {
        return Ok(output.as_slice().into());
    }
    let (taken, blobs) = (std::mem::take(output), blobs.clone());
    let writing = on_disk(move || {
        let mut writer = blobs.write_passing()?;
        writer.write_all(&taken)?;
        Ok((writer.finish()?, taken))
    });
    let doing = "keep what a program wrote";
    let (blob, taken) = writing.await.map_err(|source| JudgeError::Workspace { doing, source })?;
    *output = taken;
    Ok(Content::Blob(blob))
}

async fn whole(content: &Content, blobs: &Blobs) -> Result<Bytes, JudgeError> {
    let mut reader = reader(content, blobs).await?;
    let mut bytes = Vec::new();
    let reading = on_disk(move || reader.read_to_end(&mut bytes).map(|_| bytes.into()));
    reading.await.map_err(broken)
}

async fn bytes(piece: &Piece, blobs: &Blobs) -> Result<Arc<[u8]>, JudgeError> {
    let (piece, blobs) = (piece.clone(), blobs.clone());
    on_disk(move || blobs.bytes(&piece)).await.map_err(broken)
}

async fn open(blob: &Blob, blobs: &Blobs) -> Result<Arc<OwnedFd>, JudgeError> {
    let (blob, blobs) = (blob.clone(), blobs.clone());
    on_disk(move || Ok(Arc::new(blobs.open_blob(&blob)?.into()))).await.map_err(broken)
}

/// What is gone or damaged will not come back by another attempt.
pub(super) fn broken(why: impl Into<io::Error>) -> JudgeError {
    let source = why.into();
    match source.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData => {
            JudgeError::Missing { source }
        }
        _ => JudgeError::Workspace { doing: "read what the submission is made of", source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::test_support::blobs;

    #[tokio::test]
    async fn sources_are_made_plain_while_they_are_few_and_no_large_one_is_read() {
        let (blobs, _directory) = blobs();
        let written = |size: usize| {
            let mut writer = blobs.write_passing().unwrap();
            writer.write_all(&b"\r\n".repeat(size / 2)).unwrap();
            Content::Blob(writer.finish().unwrap())
        };
        let mut room = 3 << 20;
        let mut is_plain = async |content: &Content| {
            matches!(source(content, &mut room, &blobs).await.unwrap(), PutContent::Bytes(_))
        };
        let (large, small) = (written(2 << 20), written(1 << 17));
        for (content, expected) in [(&large, true), (&large, false), (&small, true), (&large, false)] {
            assert_eq!(is_plain(content).await, expected, "{} bytes", content.size());
        }
        let huge = written(usize::try_from(LOOKED_AT).unwrap() + 2);
        let handed_on = source(&huge, &mut { LOOKED_AT }, &blobs).await.unwrap();
        assert!(matches!(handed_on, PutContent::Descriptor(_)), "it is not in memory");
    }
}
