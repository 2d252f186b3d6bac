//! Tests of the real monitor, run as the server runs it but without Docker. They need root, as the monitor does.

#![expect(clippy::unwrap_used, reason = "what is unexpected here fails the test")]

mod by_hand;
mod common;
mod conversation;
#[cfg(target_arch = "x86_64")]
mod filter;
mod hostile;
mod in_flight;
mod limits;
mod memory;
mod neighbours;
mod objects;
mod signals;
mod terminal;
