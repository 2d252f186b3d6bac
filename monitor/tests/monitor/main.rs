//! Tests of the real monitor, run as the server runs it but without Docker. They need root, as the monitor does.

#![expect(clippy::unwrap_used, reason = "what is unexpected here fails the test")]

mod common;
mod conversation;
mod filter;
mod hostile;
mod limits;
