//! What proves that somebody may use a token. Only its digest is kept.

use std::fmt;

use subtle::ConstantTimeEq;
use uuid::Uuid;

/// What every secret that we make begins with: searches for secrets in what is published find it.
const PREFIX: &str = "gavel_";

/// A secret that was just made. It is told once.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// One that nobody can guess: 244 random bits.
    pub(super) fn random() -> Self {
        let [one, two] = [(); 2].map(|()| Uuid::new_v4().simple());
        Self(format!("{PREFIX}{one}{two}"))
    }

    pub(super) fn digest(&self) -> Digest {
        Digest::of(&self.0)
    }

    /// The secret, for whoever asked for it.
    pub fn told(self) -> String {
        self.0
    }
}

/// It is in no log.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Of a secret only this is kept, so that comparing takes the same time for every wrong one.
#[derive(Clone, PartialEq, Eq)]
pub struct Digest(blake3::Hash);

impl Digest {
    /// That of a secret.
    pub fn of(secret: &str) -> Self {
        Self(blake3::hash(secret.as_bytes()))
    }

    /// That of bytes that were stored.
    pub fn stored(bytes: [u8; 32]) -> Self {
        Self(bytes.into())
    }

    /// To be stored.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Compares, in the same time whatever it is compared with.
    pub(crate) fn equals(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest")
    }
}
