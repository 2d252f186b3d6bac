//! A body that keeps something until the client has taken it.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;

/// What is handed over at a time. The HTTP server asks for more only when most of that is on its way.
const PIECE: usize = 64 * 1024;

/// Handed over piece by piece. What is kept goes with the last one, or with the connection.
pub(super) struct Keeping<T> {
    bytes: Bytes,
    _kept: T,
}

impl<T> Keeping<T> {
    /// Of these bytes.
    pub(super) fn new(bytes: impl Into<Bytes>, kept: T) -> Self {
        Self { bytes: bytes.into(), _kept: kept }
    }
}

impl<T: Unpin> MessageBody for Keeping<T> {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.bytes.len() as u64)
    }

    fn poll_next(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        let length = self.bytes.len().min(PIECE);
        let piece = self.bytes.split_to(length);
        Poll::Ready((length > 0).then_some(Ok(piece)))
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::rc::Rc;

    use super::*;

    #[tokio::test]
    async fn all_comes_in_its_order_and_what_is_kept_goes_last() {
        let kept = Rc::new(());
        let all: Vec<u8> = (0..200_000_u32).flat_map(u32::to_be_bytes).collect();
        let mut body = Box::pin(Keeping::new(all.clone(), Rc::clone(&kept)));
        assert!(matches!(body.size(), BodySize::Sized(800_000)));
        let mut got = Vec::new();
        while let Some(Ok(piece)) = poll_fn(|cx| body.as_mut().poll_next(cx)).await {
            assert_eq!(Rc::strong_count(&kept), 2);
            got.extend_from_slice(&piece);
        }
        assert!(got == all);
        drop(body);
        assert_eq!(Rc::strong_count(&kept), 1);
    }
}
