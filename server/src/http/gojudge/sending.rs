//! An answer that is written as its client takes it.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;

use super::json::Answer;

/// Handed over piece by piece: the HTTP server asks for more only when most of that is on its way. What the answer holds
/// goes with the last piece, or with the connection.
pub(super) struct Sending(pub(super) Answer);

impl MessageBody for Sending {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        Poll::Ready(self.0.next_piece().map(Ok))
    }
}
