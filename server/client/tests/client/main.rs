//! The commands against a stand-in for a server, and the binary that has nothing but them.

#![expect(clippy::unwrap_used, reason = "what is unexpected here fails the test")]

mod binary;
mod problem;
mod rejudge;
mod stand_in;
mod submissions;
mod submit;
mod token;
