//! The bytes that submissions and judgements are made of: few by value, many as files of the blob store.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Names a blob: the BLAKE3 hash of its bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlobId([u8; 32]);

/// Bytes, wherever they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Here.
    Inline(Arc<[u8]>),
    /// A file of their own.
    Blob(Blob),
    /// A part of a file that they share with others.
    Piece(Piece),
}

/// A file of the blob store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// Its name.
    pub id: BlobId,
    /// Bytes.
    pub size: u64,
    /// Keeps it while no row names it yet.
    pub claim: Claim,
}

/// A part of a file of the blob store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The file.
    pub pack: Blob,
    /// Where the part begins.
    pub offset: u64,
    /// Its bytes.
    pub size: u64,
    /// Of the part itself.
    pub hash: BlobId,
}

/// Keeps a new blob from being collected, for as long as any copy of it lives. What the store has named by then needs
/// none, and what is read from the store has none.
#[derive(Clone, Default)]
pub struct Claim(Option<Arc<dyn Send + Sync>>);

impl Content {
    /// So many bytes.
    pub fn size(&self) -> u64 {
        match self {
            Self::Inline(bytes) => bytes.len() as u64,
            Self::Blob(blob) => blob.size,
            Self::Piece(piece) => piece.size,
        }
    }

    /// There is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.size() == 0
    }

    /// The hash of the bytes, wherever they are.
    pub fn hash(&self) -> BlobId {
        match self {
            Self::Inline(bytes) => BlobId::of(bytes),
            Self::Blob(blob) => blob.id,
            Self::Piece(piece) => piece.hash,
        }
    }

    /// The file that the bytes are in, if any.
    pub fn blob(&self) -> Option<&Blob> {
        match self {
            Self::Inline(_) => None,
            Self::Blob(blob) => Some(blob),
            Self::Piece(piece) => Some(&piece.pack),
        }
    }

    /// Bytes that are here.
    pub(crate) fn inline_size(&self) -> u64 {
        if let Self::Inline(bytes) = self { bytes.len() as u64 } else { 0 }
    }
}

impl Default for Content {
    fn default() -> Self {
        Self::Inline(Arc::default())
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Inline(bytes.into())
    }
}

impl From<&[u8]> for Content {
    fn from(bytes: &[u8]) -> Self {
        Self::Inline(bytes.into())
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::Inline(text.as_bytes().into())
    }
}

impl BlobId {
    /// The name of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        blake3::hash(bytes).into()
    }

    /// As the store keeps it.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// From what the store keeps.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        Some(Self(bytes.try_into().ok()?))
    }
}

impl From<blake3::Hash> for BlobId {
    fn from(hash: blake3::Hash) -> Self {
        Self(hash.into())
    }
}

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&blake3::Hash::from(self.0).to_hex())
    }
}

impl fmt::Debug for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for BlobId {
    type Err = blake3::HexError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        blake3::Hash::from_hex(text).map(Self::from)
    }
}

impl Claim {
    pub(crate) fn new(guard: Arc<dyn Send + Sync>) -> Self {
        Self(Some(guard))
    }
}

/// Who keeps it is no part of what a blob is.
impl PartialEq for Claim {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Claim {}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "held" } else { "-" })
    }
}
