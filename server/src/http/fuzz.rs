//! For fuzzers: what comes over HTTP.

pub(crate) use super::api::fuzz::submissions;
pub(crate) use super::gojudge::fuzz::gojudge;
#[cfg(test)]
pub(crate) use super::gojudge::fuzz::is_understood;
