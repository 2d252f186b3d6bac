//! The API over HTTP, in process, with a stand-in for judging.

#![expect(clippy::unwrap_used, reason = "a helper of tests may panic like a test")]

mod access;
mod answers;
mod bench;
mod bounds;
mod browsers;
mod cancel;
mod conformance;
mod described;
mod durability;
mod errors;
mod ffi;
mod following;
mod full_disk;
mod gojudge;
mod gojudge_files;
mod grpc;
mod grpc_stream;
mod large;
mod operations;
mod private;
mod problems;
mod proxy;
mod reading;
mod rejudge;
mod repeated;
mod request_ids;
mod session;
mod shell;
mod slow_disk;
mod socket;
mod standin;
mod stopping;
mod stream;
mod submissions;
mod telemetry;
mod throttled;
mod tokens;
mod turns;
mod user_data;
mod ws;
