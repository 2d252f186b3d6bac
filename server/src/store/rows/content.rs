//! Contents in rows: as text where they are short, else where they are.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::RowError;
use crate::content::{Blob, BlobId, Claim, Content, Piece};

/// A content: text where it is UTF-8, else base64; or where it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(in crate::store) enum ContentRow {
    Text(String),
    Binary { base64: String },
    Blob { blob: String, size: u64 },
    Piece { pack: String, pack_size: u64, offset: u64, size: u64, hash: String },
}

impl ContentRow {
    pub(in crate::store) fn of(content: &Content) -> Self {
        match content {
            Content::Inline(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => Self::Text(text.to_owned()),
                Err(_) => Self::Binary { base64: STANDARD.encode(bytes) },
            },
            Content::Blob(blob) => Self::Blob { blob: blob.id.to_string(), size: blob.size },
            Content::Piece(Piece { pack, offset, size, hash }) => Self::Piece {
                pack: pack.id.to_string(),
                pack_size: pack.size,
                offset: *offset,
                size: *size,
                hash: hash.to_string(),
            },
        }
    }

    pub(in crate::store) fn content(self) -> Result<Content, RowError> {
        Ok(match self {
            Self::Text(text) => text.into_bytes().into(),
            Self::Binary { base64 } => STANDARD.decode(base64)?.into(),
            Self::Blob { blob, size } => Content::Blob(stored(&blob, size)?),
            Self::Piece { pack, pack_size, offset, size, hash } => {
                let pack = stored(&pack, pack_size)?;
                Content::Piece(Piece { pack, offset, size, hash: hash.parse()? })
            }
        })
    }
}

/// The row names it, so that it needs no claim.
fn stored(id: &str, size: u64) -> Result<Blob, RowError> {
    Ok(Blob { id: id.parse::<BlobId>()?, size, claim: Claim::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_content_comes_back() {
        let pack = Blob { id: BlobId::of(b"pack"), size: 100, claim: Claim::default() };
        let piece = Piece { pack: pack.clone(), offset: 3, size: 9, hash: BlobId::of(b"piece") };
        let binary = Content::from(vec![0xff, 0]);
        for content in ["text".into(), "".into(), binary, Content::Blob(pack), Content::Piece(piece)] {
            let json = serde_json::to_string(&ContentRow::of(&content)).unwrap();
            let row: ContentRow = serde_json::from_str(&json).unwrap();
            assert_eq!(row.content().unwrap(), content, "{json}");
        }
    }
}
