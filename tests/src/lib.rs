//! What the end-to-end tests share: a client, the programs of `submissions/`, and looks behind the service's back.
//!
//! The service under test is a running one, named by the environment (see [`environment`]). Nothing here skips: a
//! service that cannot be reached fails the test.

#![forbid(unsafe_code)]

pub mod alone;
pub mod bench;
pub mod broker;
pub mod client;
pub mod cluster;
pub mod docker;
pub mod endless;
pub mod environment;
pub mod expectation;
pub mod follower;
pub mod gojudge;
pub mod grpc;
pub mod header;
pub mod images;
pub mod instance;
pub mod leftovers;
pub mod nats;
pub mod package;
pub mod programs;
pub mod request;
pub mod websocket;
pub mod wire;

pub use client::Client;
pub use expectation::Expectation;
pub use header::TestProgram;
pub use package::Package;
pub use request::{Limits, Request};
pub use wire::Answer;
