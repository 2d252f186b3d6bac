//! The API over HTTP, in process, with a stand-in for judging.

#![expect(clippy::unwrap_used, reason = "a helper of tests may panic like a test")]

mod bench;
mod cancel;
mod stopping;
mod submissions;
