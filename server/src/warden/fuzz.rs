//! For fuzzers: what the warden's socket takes.

use crate::slots::Verb;

/// A line as a verb.
pub(crate) fn parse(line: &[u8]) -> Result<Verb, String> {
    super::listener::parse(line)
}
