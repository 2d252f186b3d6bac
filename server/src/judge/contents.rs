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

/// A source in the box.
pub(super) async fn source(content: &Content, blobs: &Blobs) -> Result<PutContent, JudgeError> {
    let as_it_is = file(content, blobs).await?;
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
