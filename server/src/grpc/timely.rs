//! Requests come in time, as over HTTP: who stops in the middle of one would keep for ever what is held for it.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http_body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::{Bytes, Service, http};
use tonic::server::NamedService;

use super::messages::Messages;
use crate::pace;

/// Calls whose clients send messages when they like. Each message has its own time, and between two there is no hurry.
const WITH_STREAMS: [&str; 3] = [
    "/pb.Executor/ExecStream",
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
];

/// A service whose requests come in time, or end with `DEADLINE_EXCEEDED`.
#[derive(Debug, Clone)]
pub(super) struct Timely<S>(pub(super) S);

impl<S: NamedService> NamedService for Timely<S> {
    const NAME: &'static str = S::NAME;
}

impl<S: Service<http::Request<Body>>> Service<http::Request<Body>> for Timely<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> S::Future {
        let has_streams = WITH_STREAMS.contains(&request.uri().path());
        self.0.call(request.map(|body| Body::new(Arriving::new(body, has_streams))))
    }
}

/// The body of a request that is to come in time. What counts is the time in which its client was waited for.
struct Arriving {
    body: Body,
    /// Where messages begin, if each has its own time.
    messages: Option<Messages>,
    /// Bytes of what has its time now.
    received: u64,
    /// For how long the client was waited for.
    waited: Duration,
    /// Since when it is.
    since: Option<Instant>,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Arriving {
    fn new(body: Body, has_streams: bool) -> Self {
        let messages = has_streams.then(Messages::default);
        Self { body, messages, received: 0, waited: Duration::ZERO, since: None, alarm: None }
    }

    fn came(&mut self, bytes: &[u8]) {
        let was_at_rest = self.is_at_rest();
        let begins = self.messages.as_mut().is_some_and(|messages| !messages.begun(bytes).is_empty());
        if was_at_rest || begins {
            (self.received, self.waited) = (0, Duration::ZERO);
        }
        self.received += bytes.len() as u64;
    }

    /// The client has nothing to hurry for: it has sent whole messages.
    fn is_at_rest(&self) -> bool {
        self.messages.as_ref().is_some_and(|messages| messages.are_whole() && self.received > 0)
    }

    /// Ready when the client has been waited for too long.
    fn poll_overdue(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.is_at_rest() {
            return Poll::Pending;
        }
        let allowed = pace::time_for(self.received, pace::TO_SEND);
        let Some(left) = allowed.checked_sub(self.waited).filter(|left| !left.is_zero()) else {
            return Poll::Ready(());
        };
        let now = Instant::now();
        self.since = Some(now);
        let due = now + left;
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(due)));
        alarm.as_mut().reset(due);
        alarm.as_mut().poll(cx)
    }
}

impl http_body::Body for Arriving {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        this.waited += this.since.take().map_or(Duration::ZERO, |since| since.elapsed());
        let polled = Pin::new(&mut this.body).poll_frame(cx);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(data) = frame.data_ref() {
                    this.came(data);
                }
            }
            Poll::Ready(_) => {}
            Poll::Pending => {
                if this.poll_overdue(cx).is_ready() {
                    let late = "the request did not come in time: 10 s, and 64 KiB/s";
                    return Poll::Ready(Some(Err(Status::deadline_exceeded(late))));
                }
            }
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

#[cfg(test)]
mod tests {
    use http_body::Body as _;
    use tokio::sync::mpsc;

    use super::*;

    type Client = mpsc::UnboundedSender<Vec<u8>>;

    struct Pieces(mpsc::UnboundedReceiver<Vec<u8>>);

    impl http_body::Body for Pieces {
        type Data = Bytes;
        type Error = Status;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
            self.0.poll_recv(cx).map(|piece| Some(Ok(Frame::data(Bytes::from(piece?)))))
        }
    }

    fn request(has_streams: bool) -> (Client, Arriving) {
        let (client, pieces) = mpsc::unbounded_channel();
        (client, Arriving::new(Body::new(Pieces(pieces)), has_streams))
    }

    async fn frame(body: &mut Arriving) -> Option<Result<Frame<Bytes>, Status>> {
        std::future::poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await
    }

    /// A message of so many bytes, with its head.
    fn message(size: u32) -> Vec<u8> {
        let content = vec![7; usize::try_from(size).unwrap()];
        [&[0][..], &size.to_be_bytes(), &content].concat()
    }

    /// What comes next, and after how many seconds.
    async fn next(body: &mut Arriving) -> (Option<Result<usize, tonic::Code>>, u64) {
        let begun = Instant::now();
        let frame = frame(body).await;
        let frame = frame.map(|frame| match frame {
            Ok(frame) => Ok(frame.into_data().unwrap().len()),
            Err(status) => Err(status.code()),
        });
        (frame, begun.elapsed().as_secs())
    }

    const LATE: Option<Result<usize, tonic::Code>> = Some(Err(tonic::Code::DeadlineExceeded));

    #[tokio::test(start_paused = true)]
    async fn who_stops_in_the_middle_of_a_request_is_not_waited_for() {
        for has_streams in [false, true] {
            let (_client, mut silent) = request(has_streams);
            assert_eq!(next(&mut silent).await, (LATE, 10), "nothing has come");
            let (client, mut half) = request(has_streams);
            client.send(message(1 << 20)[..128 << 10].to_vec()).unwrap();
            assert_eq!(next(&mut half).await, (Some(Ok(128 << 10)), 0));
            assert_eq!(next(&mut half).await, (LATE, 12), "it was a half");
        }
        let (client, mut open) = request(false);
        client.send(message(9)).unwrap();
        assert_eq!(next(&mut open).await, (Some(Ok(14)), 0));
        assert_eq!(next(&mut open).await, (LATE, 10), "it does not end");
    }

    #[tokio::test(start_paused = true)]
    async fn who_sends_at_the_pace_may_send_for_long() {
        let (client, mut body) = request(false);
        tokio::spawn(async move {
            for _ in 0..60 {
                tokio::time::sleep(Duration::from_secs(1)).await;
                client.send(vec![0; 64 << 10]).unwrap();
            }
        });
        for _ in 0..60 {
            assert_eq!(next(&mut body).await.0, Some(Ok(64 << 10)));
        }
        assert_eq!(next(&mut body).await.0, None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_dribble_ends_at_the_same_time() {
        let (client, mut body) = request(false);
        tokio::spawn(async move {
            while client.send(vec![0]).is_ok() {
                tokio::time::sleep(Duration::from_secs(4)).await;
            }
        });
        let (mut last, mut seconds) = (None, 0);
        while last != LATE {
            let (came, after) = next(&mut body).await;
            (last, seconds) = (came, seconds + after);
        }
        assert_eq!(seconds, 10);
    }

    #[tokio::test(start_paused = true)]
    async fn between_messages_there_is_no_hurry_and_within_one_there_is() {
        let (client, mut body) = request(true);
        client.send(message(100)).unwrap();
        assert_eq!(next(&mut body).await, (Some(Ok(105)), 0));
        let later = tokio::time::timeout(Duration::from_secs(3600), frame(&mut body)).await;
        assert!(later.is_err());
        for _ in 0..3 {
            client.send(message(100)).unwrap();
            assert_eq!(next(&mut body).await, (Some(Ok(105)), 0));
        }
        client.send(message(100)[..50].to_vec()).unwrap();
        assert_eq!(next(&mut body).await, (Some(Ok(50)), 0));
        // Nobody waits for it meanwhile.
        tokio::time::sleep(Duration::from_secs(600)).await;
        assert_eq!(next(&mut body).await, (LATE, 10));
    }
}
