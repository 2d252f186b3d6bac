//! What a server answers by gRPC, on the account as it comes: a message is read when there is room for it, and for what is
//! made of it.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::future::BoxFuture;
use http_body::{Frame, SizeHint};
use tonic::body::Body;
use tonic::codegen::{Bytes, Service, http};
use tonic::transport::{Channel, Error};
use tonic::{Extensions, Status};

use crate::account::{Account, Full, Held, Purpose};
use crate::grpc::Messages;

/// A message is there as what was read of it, as its JSON, in which contents are a third longer, and as the content that is
/// just being written.
pub(super) const TIMES: u64 = 4;
/// Short names take more than they came in.
const TIMES_OF_LIST: u64 = 24;
/// The call that is answered with such names.
const LIST: &str = "/pb.Executor/FileList";
/// How long an answer waits for its part of the account.
const PATIENCE: Duration = Duration::from_secs(3);

/// Calls a server, whose answers are on the account.
#[derive(Debug, Clone)]
pub(super) struct Accounted {
    channel: Channel,
    account: Account,
}

/// What an answer has of the account: with it as long as nobody takes it.
#[derive(Debug, Clone)]
struct Part(Arc<Mutex<Option<Held>>>);

/// What is held for the answer that has these extensions, to be kept as long as the answer.
pub(super) fn held(extensions: &Extensions) -> Option<Held> {
    extensions.get::<Part>().and_then(|part| part.held().take())
}

impl Part {
    fn held(&self) -> MutexGuard<'_, Option<Held>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Accounted {
    /// What is called on this channel.
    pub(super) fn new(channel: Channel, account: Account) -> Self {
        Self { channel, account }
    }
}

impl Service<http::Request<Body>> for Accounted {
    type Response = http::Response<Body>;
    type Error = Error;
    type Future = BoxFuture<'static, Result<Self::Response, Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Service::<http::Request<Body>>::poll_ready(&mut self.channel, context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let times = if request.uri().path() == LIST { TIMES_OF_LIST } else { TIMES };
        let part = Part(Arc::new(Mutex::new(Some(self.account.open(Purpose::Outputs)))));
        let answering = Service::call(&mut self.channel, request);
        Box::pin(async move {
            let mut response = answering.await?;
            response.extensions_mut().insert(part.clone());
            Ok(response.map(|body| Body::new(Coming::new(body, part, times))))
        })
    }
}

/// An answer on its way.
struct Coming {
    body: Body,
    messages: Messages,
    part: Part,
    times: u64,
    /// Room is waited for.
    growing: Option<BoxFuture<'static, Result<Held, Full>>>,
    /// What has come, and goes on once there is room.
    frame: Option<Frame<Bytes>>,
}

impl Coming {
    fn new(body: Body, part: Part, times: u64) -> Self {
        Self { body, messages: Messages::default(), part, times, growing: None, frame: None }
    }

    /// Goes on with this once there is room for the messages that begin in it. None of them is read before.
    fn came(&mut self, frame: Frame<Bytes>) {
        let begun = frame.data_ref().map(|data| self.messages.begun(data)).unwrap_or_default();
        self.frame = Some(frame);
        let more = begun.into_iter().map(|size| size as u64).sum::<u64>().saturating_mul(self.times);
        // Nobody takes it before the message is there.
        if let Some(mut held) = self.part.held().take() {
            let grown = async move { held.grow(more, PATIENCE).await.map(|()| held) };
            self.growing = Some(Box::pin(grown));
        }
    }
}

impl http_body::Body for Coming {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        loop {
            if let Some(growing) = &mut self.growing {
                let grown = ready!(growing.as_mut().poll(cx));
                self.growing = None;
                match grown {
                    Ok(held) => *self.part.held() = Some(held),
                    Err(full) => {
                        return Poll::Ready(Some(Err(Status::resource_exhausted(full.to_string()))));
                    }
                }
            }
            if let Some(frame) = self.frame.take() {
                return Poll::Ready(Some(Ok(frame)));
            }
            match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => self.came(frame),
                ended => return Poll::Ready(ended),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.frame.is_none() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use futures_util::FutureExt;
    use gavel_protocol::Bytes as Size;
    use http_body::Body as _;

    use super::*;

    struct One(Option<Bytes>);

    impl http_body::Body for One {
        type Data = Bytes;
        type Error = Status;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _cx: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
            Poll::Ready(self.0.take().map(|bytes| Ok(Frame::data(bytes))))
        }
    }

    /// An answer of which the head of a message of a MiB has come.
    fn coming(account: &Account) -> (Coming, Part) {
        let part = Part(Arc::new(Mutex::new(Some(account.open(Purpose::Outputs)))));
        let body = Body::new(One(Some(Bytes::from_static(&[0, 0, 16, 0, 0]))));
        (Coming::new(body, part.clone(), TIMES), part)
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_is_read_when_there_is_room_for_it_and_what_is_made_of_it() {
        let account = Account::new(Size::mib(16));
        let others = account.try_take(Purpose::Outputs, 6 << 20).unwrap();
        let (mut coming, part) = coming(&account);
        let mut next = Box::pin(poll_fn(|cx| Pin::new(&mut coming).poll_frame(cx)));
        assert!(next.as_mut().now_or_never().is_none());
        drop(others);
        assert!(next.await.unwrap().unwrap().is_data());
        assert_eq!(account.held(), Size::mib(TIMES));
        drop(coming);
        assert_eq!(account.held(), Size::mib(TIMES), "it is kept as long as the answer");
        let mut extensions = Extensions::new();
        extensions.insert(part);
        drop((held(&extensions), extensions));
        assert_eq!(account.held(), Size(0));
    }

    #[tokio::test(start_paused = true)]
    async fn one_for_which_there_is_no_room_in_time_is_refused_and_holds_nothing() {
        let account = Account::new(Size::mib(16));
        let _others = account.try_take(Purpose::Outputs, 6 << 20).unwrap();
        let (mut coming, _part) = coming(&account);
        let refused = poll_fn(|cx| Pin::new(&mut coming).poll_frame(cx)).await.unwrap().unwrap_err();
        assert_eq!(refused.code(), tonic::Code::ResourceExhausted);
        assert_eq!(account.held(), Size::mib(6));
    }
}
