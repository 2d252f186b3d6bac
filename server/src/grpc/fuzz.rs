//! For fuzzers: messages on their way to requests.

use super::messages::Messages;
use crate::gojudge::request::Request;

/// The request of a message, where it is one.
pub(crate) fn converted(message: gavel_rpc::Request) -> Option<Request> {
    super::request::converted(message).ok().map(|(_id, request)| request)
}

/// Messages begin where they begin, however their body is cut.
pub(crate) fn begun(body: &[u8]) {
    let whole = Messages::default().begun(body);
    let size = 1 + usize::from(body.first().copied().unwrap_or(0));
    let mut messages = Messages::default();
    let cut: Vec<usize> = body.chunks(size).flat_map(|part| messages.begun(part)).collect();
    assert_eq!(whole, cut);
}
