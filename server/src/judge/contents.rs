//! What a judging is made of, opened where it is.

use std::collections::BTreeSet;
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
/// package of a few KiB may have sources of hundreds of MiB.
const LOOKED_AT: u64 = 4 * 1024 * 1024;

/// Those of these sources that are looked at; the others are handed on unread. The smallest ones have the room: what people write
/// is small, whatever a problem puts beside it.
pub(super) fn looked_at<'f>(files: impl Iterator<Item = (&'f String, &'f Content)>) -> BTreeSet<&'f str> {
    let mut by_size: Vec<_> = files.map(|(name, content)| (content.size(), name.as_str())).collect();
    by_size.sort_unstable();
    let mut room = LOOKED_AT;
    let fit = by_size.into_iter().map_while(|(size, name)| {
        room = room.checked_sub(size)?;
        Some(name)
    });
    fit.collect()
}

/// A source in the box, plain. It is in memory for that.
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::judge::test_support::blobs;

    #[tokio::test]
    async fn a_source_is_made_plain_and_one_that_is_plain_stays_where_it_is() {
        let (blobs, _directory) = blobs();
        for (text, is_copied) in [("a\r\n", true), ("a \n", false)] {
            let mut writer = blobs.write_passing().unwrap();
            writer.write_all(&text.as_bytes().repeat(1 << 16)).unwrap();
            let content = Content::Blob(writer.finish().unwrap());
            let put = source(&content, &blobs).await.unwrap();
            assert_eq!(matches!(put, PutContent::Bytes(_)), is_copied, "{text:?}");
        }
    }

    #[test]
    fn what_is_small_is_looked_at_first_whatever_is_called_before_it_and_nothing_huge_is() {
        let (blobs, _directory) = blobs();
        let of_size = |size: u64| {
            let mut writer = blobs.write_passing().unwrap();
            writer.write_all(&vec![b'a'; usize::try_from(size).unwrap()]).unwrap();
            Content::Blob(writer.finish().unwrap())
        };
        let files = BTreeMap::from([
            ("a_table.h".to_owned(), of_size(LOOKED_AT - 10)),
            ("b_huge.h".to_owned(), of_size(LOOKED_AT + 1)),
            ("main.cpp".to_owned(), Content::from("int main(){}")),
            ("z.h".to_owned(), Content::from("x")),
        ]);
        assert_eq!(looked_at(files.iter()), BTreeSet::from(["main.cpp", "z.h"]));
        let few = files.iter().filter(|(name, _)| *name != "main.cpp");
        assert_eq!(looked_at(few), BTreeSet::from(["a_table.h", "z.h"]));
    }
}
