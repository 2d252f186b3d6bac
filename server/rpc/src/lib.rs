//! The go-judge API over gRPC, made from `executor.proto`: messages, a trait for servers, a client.

#![forbid(unsafe_code)]

pub mod bounded;

tonic::include_proto!("pb");

/// `executor.proto` and what it imports, as reflection hands them out.
pub const DESCRIPTION: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/executor.bin"));
