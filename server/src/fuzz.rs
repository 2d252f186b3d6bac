//! The parsers of whatever comes from outside, as functions of bytes that panic where one does not hold what it promises.
//! `make fuzz` has a fuzzer call them for as long as one likes; `make test` calls them with some thousand changes of each of
//! a few examples. Not part of the product.

use gavel_protocol::{Envelope, MAX_FRAME, Order, Reply, VERSION, decode, encode};
use gavel_rpc::StreamRequest;
use prost::Message;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use self::packages::packages;
use crate::gojudge::fuzz::prepared;
use crate::grpc::fuzz::{begun, converted};
use crate::http::fuzz;
use crate::warden::fuzz::parse;

#[cfg(test)]
mod changes;
mod packages;

/// Tries to find bytes that one of our parsers cannot stand.
pub type Target = fn(&[u8]);

/// All of them, by the names of their folders in `tests/fuzz/corpus`.
pub const TARGETS: [(&str, Target); 6] = [
    ("frames", frames),
    ("verbs", verbs),
    ("submissions", submissions),
    ("gojudge", gojudge),
    ("grpc", grpc),
    ("packages", packages),
];

/// What a monitor that was taken over may send, and what one is sent. The version is put before it, so that examples
/// outlive it.
pub fn frames(bytes: &[u8]) {
    let version = if VERSION < 0x80 { vec![VERSION.to_le_bytes()[0]] } else { Vec::new() };
    let frame = [&version, bytes].concat();
    comes_back::<Order>(&frame);
    comes_back::<Reply>(&frame);
}

/// Whatever is understood can be said again, and is then the same.
fn comes_back<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(frame: &[u8]) {
    let Ok(envelope) = decode::<T>(frame) else { return };
    assert!(frame.len() <= MAX_FRAME, "a frame was longer than frames are");
    let again: Result<Envelope<T>, _> = encode(&envelope).and_then(|again| decode(&again));
    assert_eq!(again.ok().as_ref(), Some(&envelope));
}

/// What the warden is asked.
pub fn verbs(line: &[u8]) {
    let Ok(verb) = parse(line) else { return };
    assert!(line.trim_ascii().starts_with(b"{"), "no object, and yet a verb");
    let again = serde_json::to_vec(&verb).map(|mut line| {
        line.push(b'\n');
        parse(&line)
    });
    assert_eq!(again.ok(), Some(Ok(verb)));
}

/// New submissions.
pub fn submissions(body: &[u8]) {
    fuzz::submissions(body);
}

/// What comes in go-judge's JSON: a request, a message of `/ws`, a new size.
pub fn gojudge(body: &[u8]) {
    fuzz::gojudge(body);
}

/// What comes over gRPC: requests, messages of streams, and where messages begin in a body.
pub fn grpc(body: &[u8]) {
    begun(body);
    if let Ok(request) = gavel_rpc::Request::decode(body) {
        assert_eq!(gavel_rpc::Request::decode(&*request.encode_to_vec()).ok().as_ref(), Some(&request));
        converted(request).iter().for_each(prepared);
    }
    drop(StreamRequest::decode(body));
}
