//! For fuzzers: what clients of go-judge send in JSON.

use super::json::request::{SocketMessage, decode, decode_message, decode_resize, decode_streaming};
use crate::gojudge::fuzz::prepared;
use crate::gojudge::request::{Request, weight};

/// A request, a message of `/ws`, a new size.
pub(crate) fn gojudge(body: &[u8]) {
    let request = decode(body);
    match (&request, decode_message(body)) {
        (Ok(request), Ok(SocketMessage::Run(same))) => assert_eq!(*request, same),
        (_, Ok(SocketMessage::Cancel(_)) | Err(_)) => {}
        (Err(why), Ok(SocketMessage::Run(_))) => panic!("a message, and yet no request: {why}"),
    }
    drop(decode_resize(body));
    request.iter().for_each(weighs_enough);
    request.iter().for_each(prepared);
    // The same, but for the files that are streams there.
    let streaming = decode_streaming(body);
    assert_eq!(streaming.is_ok(), request.is_ok());
    streaming.iter().for_each(prepared);
}

/// It is a request.
#[cfg(test)]
pub(crate) fn is_understood(body: &[u8]) -> bool {
    decode(body).is_ok()
}

/// What is parsed of a request takes no more than what it is weighed as.
fn weighs_enough(request: &Request) {
    let texts = request.commands.iter().map(|command| command.args.len() + command.env.len() + 1);
    let least = weight(texts.sum::<usize>() + request.pipes.len());
    assert!(least <= request.weight, "{} for {least}", request.weight);
}
