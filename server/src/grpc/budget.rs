//! Messages on the account of memory. As over HTTP, what a call has sent counts until it is answered.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tonic::body::Body;
use tonic::codegen::{BoxFuture, Service, http};
use tonic::server::NamedService;

use super::access::Sender;
use super::counted::counted;
use super::incoming::Link;
use super::kept::{Kept, keeping};
use super::memory::{cost, grow};
use super::streams::Streams;
use crate::account::{Account, Purpose};

/// A service whose calls are on the account.
#[derive(Debug, Clone)]
pub(super) struct Budgeted<S> {
    service: S,
    account: Account,
    streams: Streams,
    /// The path of the call that has streams.
    stream: &'static str,
}

impl<S> Budgeted<S> {
    /// With so many calls at one time that have streams.
    pub(super) fn new(service: S, account: Account, streams: usize, stream: &'static str) -> Self {
        let streams = Streams::new(streams, account.clone());
        Self { service, account, streams, stream }
    }
}

impl<S> Budgeted<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    fn call_with_streams(
        &mut self,
        request: http::Request<Body>,
        kept: Kept,
    ) -> BoxFuture<S::Response, Infallible> {
        let call = match self.streams.admit(&Sender::within(request.extensions())) {
            Ok(call) => call,
            Err(refused) => return Box::pin(async { Ok(refused.into_http()) }),
        };
        let answering = self.service.call(request.map(|body| call.counted(body)));
        Box::pin(async move { Ok(answering.await?.map(|body| keeping(call.keeping(body), kept))) })
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

    fn call(&mut self, mut request: http::Request<Body>) -> Self::Future {
        let kept = Kept::new(&self.account, Link::of(request.extensions()));
        request.extensions_mut().insert(kept.clone());
        if request.uri().path() == self.stream {
            return self.call_with_streams(request, kept);
        }
        let held = Arc::new(Mutex::new(self.account.open(Purpose::Requests)));
        let count = {
            let held = Arc::clone(&held);
            move |data: &[u8]| {
                let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
                let bytes = held.bytes() + cost(data.len());
                grow(&mut held, bytes)
            }
        };
        let answering = self.service.call(request.map(|body| counted(body, count)));
        Box::pin(async move {
            let answered = answering.await;
            drop(held);
            Ok(answered?.map(|body| keeping(body, kept)))
        })
    }
}
