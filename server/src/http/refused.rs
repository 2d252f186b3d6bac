//! What the HTTP server refuses by itself, before there is a request that a handler could refuse: its clients are told why in
//! the form of all other refusals, and it is logged like them.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::http::StatusCode;
use actix_web::rt::net::TcpStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

use super::error::{Kind, document};
use super::{HEAD_TIMEOUT, LAST_BYTES};

/// The longest address that there can be, in bytes.
const ADDRESS: usize = 65_534;
/// What a first line has beside the address at least: `GET `, ` HTTP/1.1` and its end.
const BESIDE: usize = 15;

/// How the answer begins that is ours to write. It is all that there is of it: it has no body.
const BEGINNINGS: [&[u8]; 2] = [b"HTTP/1.1 ", b"HTTP/1.0 "];

/// The first line of a head, as far as it has come.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct FirstLine {
    length: usize,
    ended: bool,
}

impl FirstLine {
    /// More of the head has come.
    pub(super) fn came(&mut self, bytes: &[u8]) {
        if self.ended {
            return;
        }
        let end = bytes.iter().position(|byte| *byte == b'\n');
        self.ended = end.is_some();
        self.length += end.map_or(bytes.len(), |end| end + 1);
    }
}

/// A refusal on its way. Its client is listened to for a moment longer: a connection that ends with bytes unread may take the
/// answer back.
#[derive(Debug)]
pub(super) enum Refusing {
    /// So much is left.
    Sending(Vec<u8>),
    /// All of it is sent.
    Lingering(Pin<Box<Sleep>>),
    /// There is nothing more to say.
    Over,
}

impl Refusing {
    /// Of this answer; an empty one is none.
    pub(super) fn new(answer: Vec<u8>) -> Self {
        if answer.is_empty() { Self::Over } else { Self::Sending(answer) }
    }

    pub(super) fn poll(&mut self, cx: &mut Context<'_>, connection: &mut TcpStream) -> Poll<io::Result<()>> {
        loop {
            match self {
                Self::Sending(rest) if rest.is_empty() => {
                    ready!(Pin::new(&mut *connection).poll_shutdown(cx))?;
                    *self = Self::Lingering(Box::pin(tokio::time::sleep(LAST_BYTES)));
                }
                Self::Sending(rest) => {
                    let sent = ready!(Pin::new(&mut *connection).poll_write(cx, rest))?;
                    rest.drain(..sent);
                }
                Self::Lingering(until) => {
                    if until.as_mut().poll(cx).is_pending() {
                        ready!(poll_to_end(cx, connection));
                    }
                    *self = Self::Over;
                }
                Self::Over => return Poll::Ready(Ok(())),
            }
        }
    }
}

/// Reads, and throws away, until there is nothing more.
fn poll_to_end(cx: &mut Context<'_>, connection: &mut TcpStream) -> Poll<()> {
    let mut space = [0; 4096];
    loop {
        let mut some = ReadBuf::new(&mut space);
        let read = ready!(Pin::new(&mut *connection).poll_read(cx, &mut some));
        if read.is_err() || some.filled().is_empty() {
            return Poll::Ready(());
        }
    }
}

/// The answer in place of one that the HTTP server gives by itself; none for any other. `line` is of the head that it refuses:
/// who has said nothing is told nothing.
pub(super) fn answer(theirs: &[u8], line: FirstLine, peer: Option<SocketAddr>) -> Option<Vec<u8>> {
    let status = BEGINNINGS.iter().find_map(|beginning| theirs.strip_prefix(*beginning))?.get(..3)?;
    let (kind, detail) = reason(StatusCode::from_bytes(status).ok()?, line)?;
    let status = kind.status();
    if line.length == 0 {
        // Opened ahead, and not used so far: its client may be about to use it, and would take this for the answer.
        return Some(Vec::new());
    }
    let peer = peer.map(|peer| tracing::field::display(peer.ip()));
    tracing::info!(status = status.as_u16(), peer, why = detail, "Refused with {status}");
    let body = document(kind, &detail, &[]);
    let (length, phrase) = (body.len(), status.canonical_reason().unwrap_or("Error"));
    let head = format!(
        "HTTP/1.1 {} {phrase}\r\ncontent-length: {length}\r\ncontent-type: application/problem+json\r\n\
         x-content-type-options: nosniff\r\ncache-control: no-store\r\nconnection: close\r\n\r\n",
        status.as_u16()
    );
    Some([head.as_bytes(), body.as_bytes()].concat())
}

fn reason(status: StatusCode, line: FirstLine) -> Option<(Kind, String)> {
    Some(match status {
        StatusCode::BAD_REQUEST if line.length >= ADDRESS + 1 + BESIDE => {
            let detail = format!("the address is longer than {ADDRESS} bytes, the most allowed");
            (Kind::AddressTooLong, detail)
        }
        StatusCode::BAD_REQUEST => (Kind::MalformedRequest, "this is not a request of HTTP/1.1".into()),
        StatusCode::REQUEST_TIMEOUT => {
            let detail = format!("the head of the request did not come within {} s", HEAD_TIMEOUT.as_secs());
            (Kind::SlowHead, detail)
        }
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
            let detail =
                "the head of the request is larger than 128 KiB or has more than 96 fields, the most allowed";
            (Kind::HeadTooLarge, detail.into())
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(theirs: &str, length: usize) -> Option<String> {
        let line = FirstLine { length, ended: true };
        answer(theirs.as_bytes(), line, None).map(|answer| String::from_utf8(answer).unwrap())
    }

    #[test]
    fn only_what_is_refused_before_there_is_a_request_is_answered_anew() {
        for other in ["HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 4", "", "400"] {
            assert_eq!(told(other, 100), None, "{other}");
        }
        let refused = told("HTTP/1.0 400 Bad Request\r\ncontent-length: 0\r\n\r\n", 100).unwrap();
        assert!(refused.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{refused}");
        let body = refused.split_once("\r\n\r\n").unwrap().1;
        assert!(refused.contains(&format!("content-length: {}\r\n", body.len())), "{refused}");
        assert!(body.contains("urn:gavel:problem:malformed-request"), "{body}");
    }

    #[test]
    fn the_first_line_is_measured_in_pieces_and_no_other() {
        let mut line = FirstLine::default();
        for piece in [&b"GET /"[..], b"xy HTTP/1.1\r\nHost", b": a\r\n\r\n"] {
            line.came(piece);
        }
        assert_eq!((line.length, line.ended), ("GET /xy HTTP/1.1\r\n".len(), true));
    }
}
