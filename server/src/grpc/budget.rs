//! Memory for large messages, so that many at once do not fill it. As over HTTP, what a call has sent counts until it is
//! answered.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Service, http};
use tonic::server::NamedService;

use super::counted::counted;
use super::streams::Streams;
use crate::config::GrpcConfig;

/// What every call may send without asking.
pub(super) const SMALL: usize = 1024 * 1024;

/// A service whose calls share the memory for messages; those with streams share another.
#[derive(Debug, Clone)]
pub(super) struct Budgeted<S> {
    service: S,
    kib: Arc<Semaphore>,
    streams: Streams,
    /// The path of the call that has streams.
    stream: &'static str,
}

impl<S> Budgeted<S> {
    /// With memory for two messages of the largest size at a time, or more smaller ones.
    pub(super) fn new(service: S, config: &GrpcConfig, stream: &'static str) -> Self {
        let largest = usize::try_from(config.max_message.get()).unwrap_or(usize::MAX);
        let kib = (largest / 1024).saturating_mul(2).clamp(1, Semaphore::MAX_PERMITS);
        Self { service, kib: Arc::new(Semaphore::new(kib)), streams: Streams::new(config), stream }
    }
}

impl<S> Budgeted<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    fn call_with_streams(&mut self, request: http::Request<Body>) -> BoxFuture<S::Response, Infallible> {
        let call = match self.streams.admit() {
            Ok(call) => call,
            Err(refused) => return Box::pin(async { Ok(refused.into_http()) }),
        };
        let answering = self.service.call(request.map(|body| call.counted(body)));
        Box::pin(async move { Ok(answering.await?.map(|body| call.keeping(body))) })
    }
}

impl<S: NamedService> NamedService for Budgeted<S> {
    const NAME: &'static str = S::NAME;
}

impl<S> Service<http::Request<Body>> for Budgeted<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = Infallible;
    type Future = BoxFuture<S::Response, Infallible>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        if request.uri().path() == self.stream {
            return self.call_with_streams(request);
        }
        let held = Arc::new(Mutex::new(Held { kib: Arc::clone(&self.kib), bytes: 0, permits: None }));
        let count = {
            let held = Arc::clone(&held);
            move |data: &[u8]| held.lock().unwrap_or_else(PoisonError::into_inner).take(data.len())
        };
        let answering = self.service.call(request.map(|body| counted(body, count)));
        Box::pin(async move {
            let answered = answering.await;
            drop(held);
            answered
        })
    }
}

/// What a message of so many bytes has to ask for.
pub(super) fn kib(bytes: usize) -> usize {
    bytes.saturating_sub(SMALL).div_ceil(1024)
}

/// The memory that a call has taken.
struct Held {
    kib: Arc<Semaphore>,
    bytes: usize,
    permits: Option<OwnedSemaphorePermit>,
}

impl Held {
    fn take(&mut self, bytes: usize) -> Result<(), Status> {
        let more = kib(self.bytes + bytes) - kib(self.bytes);
        self.bytes += bytes;
        if more == 0 {
            return Ok(());
        }
        let too_many = |_| Status::resource_exhausted("too many large messages at once");
        let wanted = u32::try_from(more).unwrap_or(u32::MAX);
        let permits = Arc::clone(&self.kib).try_acquire_many_owned(wanted).map_err(too_many)?;
        match &mut self.permits {
            Some(held) => held.merge(permits),
            none => *none = Some(permits),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(kib: &Arc<Semaphore>) -> Held {
        Held { kib: Arc::clone(kib), bytes: 0, permits: None }
    }

    #[test]
    fn small_messages_take_nothing_and_large_ones_what_is_beyond() {
        let kib = Arc::new(Semaphore::new(100));
        let mut call = held(&kib);
        call.take(SMALL).unwrap();
        assert_eq!(kib.available_permits(), 100);
        call.take(1).unwrap();
        call.take(1023).unwrap();
        assert_eq!(kib.available_permits(), 99);
        call.take(50 * 1024).unwrap();
        assert_eq!(kib.available_permits(), 49);
        drop(call);
        assert_eq!(kib.available_permits(), 100);
    }

    #[test]
    fn what_is_too_much_for_all_is_refused_and_leaves_the_others_theirs() {
        let kib = Arc::new(Semaphore::new(100));
        let (mut first, mut second) = (held(&kib), held(&kib));
        first.take(SMALL + 80 * 1024).unwrap();
        let refused = second.take(SMALL + 30 * 1024).unwrap_err();
        assert_eq!(refused.code(), tonic::Code::ResourceExhausted);
        assert_eq!(kib.available_permits(), 20);
        drop(first);
        held(&kib).take(SMALL + 30 * 1024).unwrap();
    }
}
