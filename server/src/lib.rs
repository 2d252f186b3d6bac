//! Gavel's server and warden, as a library so that tests can start parts of it in process.
//!
//! A submission's way: `http → queue → judge → sandbox`, and return values carry everything back.
//! `warden` is the other process: the only one that talks to Docker.

#![forbid(unsafe_code)]

pub mod config;
pub mod judge;
pub mod language;
pub mod recycling;
pub mod sandbox;
pub mod submission;
pub mod warden;
pub mod workspace;
