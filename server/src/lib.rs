//! Gavel's server and warden, as a library so that tests can start parts of it in process.
//!
//! A submission's way: `http → queue → judge → sandbox`, and return values carry everything back.
//! `warden` is the other process: the only one that talks to Docker.

#![forbid(unsafe_code)]

pub mod access;
pub mod account;
mod alone;
pub mod blobs;
mod blocking;
pub mod cli;
pub mod cluster;
pub mod config;
pub mod connections;
pub mod content;
mod copy;
mod cpus;
mod descriptors;
pub mod doctor;
pub mod events;
pub mod figures;
#[cfg(any(test, feature = "fuzz"))]
pub mod fuzz;
pub mod gojudge;
pub mod grpc;
pub mod http;
pub mod judge;
pub mod language;
mod listeners;
pub mod live;
mod network;
pub mod operations;
mod pace;
pub mod problem;
pub mod problems;
mod proxy;
pub mod queue;
pub mod readiness;
pub mod recycling;
pub mod rejudges;
pub mod sandbox;
pub mod schedule;
mod scope;
mod self_test;
pub mod server;
mod sessions;
mod shares;
mod signals;
pub mod slots;
mod stamp;
pub mod store;
pub mod submission;
pub mod submissions;
pub mod telemetry;
pub mod throttle;
mod token_rules;
pub mod tokens;
pub mod user_data;
mod version;
pub mod warden;
mod watched;
pub mod workspace;
