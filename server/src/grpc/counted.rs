//! The body of a call, whose data something looks at as it passes.

use std::pin::Pin;
use std::task::{Context, Poll};

use http_body::{Frame, SizeHint};
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::Bytes;

/// A body that ends where `count` refuses its next piece. What `count` holds is held until the body is gone.
pub(super) fn counted(
    body: Body,
    count: impl FnMut(&[u8]) -> Result<(), Status> + Send + Unpin + 'static,
) -> Body {
    Body::new(Counted { body, count })
}

struct Counted<F> {
    body: Body,
    count: F,
}

impl<F: FnMut(&[u8]) -> Result<(), Status> + Unpin> http_body::Body for Counted<F> {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(data) = frame.data_ref()
            && let Err(status) = (self.count)(data)
        {
            return Poll::Ready(Some(Err(status)));
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
