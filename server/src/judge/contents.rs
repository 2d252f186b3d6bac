//! What a judging is made of, opened where it is.

use std::io;
use std::sync::Arc;

use bytes::Bytes;

use super::JudgeError;
use crate::blobs::{Blobs, ContentReader};
use crate::content::Content;
use crate::sandbox::{Input, PutContent, Wire};

/// A program's standard input. One with a file of its own is that very file, which is read-only and has an offset for
/// this run alone.
pub(super) fn input(content: &Content, blobs: &Blobs) -> Result<Input, JudgeError> {
    Ok(match content {
        content if content.is_empty() => Input::Empty,
        Content::Inline(bytes) => Input::Bytes(Arc::clone(bytes)),
        Content::Piece(piece) => Input::Bytes(blobs.bytes(piece).map_err(broken)?),
        Content::Blob(blob) => {
            Input::Wire(Wire::Descriptor(Arc::new(blobs.open_blob(blob.id).map_err(broken)?.into())))
        }
    })
}

/// What a file in the box is made of.
pub(super) fn file(content: &Content, blobs: &Blobs) -> Result<PutContent, JudgeError> {
    Ok(match content {
        Content::Inline(bytes) => PutContent::Bytes(Bytes::from_owner(Arc::clone(bytes))),
        Content::Piece(piece) => PutContent::Bytes(Bytes::from_owner(blobs.bytes(piece).map_err(broken)?)),
        Content::Blob(blob) => {
            PutContent::Descriptor(Arc::new(blobs.open_blob(blob.id).map_err(broken)?.into()))
        }
    })
}

/// A reader of an answer.
pub(super) fn reader(content: &Content, blobs: &Blobs) -> Result<ContentReader, JudgeError> {
    blobs.reader(content).map_err(broken)
}

/// What is gone will not come back by another attempt.
pub(super) fn broken(why: impl Into<io::Error>) -> JudgeError {
    let source = why.into();
    match source.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof => JudgeError::Missing { source },
        _ => JudgeError::Workspace { doing: "read what the submission is made of", source },
    }
}
