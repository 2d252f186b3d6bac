//! One line for each call that is refused before anything is sent, or for each call: `http.access_log` says which, as
//! over HTTP. What goes wrong later, within a stream, is told in its messages.

use std::convert::Infallible;
use std::net::IpAddr;
use std::task::{Context, Poll};
use std::time::Instant;

use tonic::body::Body;
use tonic::codegen::{BoxFuture, Service, http};
use tonic::server::NamedService;
use tonic::{Code, Status};

use super::incoming::Link;
use crate::config::AccessLog;

/// A service whose calls are logged.
#[derive(Debug, Clone)]
pub(super) struct Logged<S> {
    service: S,
    wanted: AccessLog,
}

impl<S> Logged<S> {
    /// This one, as it is wanted.
    pub(super) fn new(service: S, wanted: AccessLog) -> Self {
        Self { service, wanted }
    }
}

impl<S: NamedService> NamedService for Logged<S> {
    const NAME: &'static str = S::NAME;
}

impl<S, B> Service<http::Request<Body>> for Logged<S>
where
    S: Service<http::Request<Body>, Response = http::Response<B>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = Infallible;
    type Future = BoxFuture<S::Response, Infallible>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let call = Call {
            path: request.uri().path().to_owned(),
            peer: Link::of(request.extensions()).peer().map(|address| address.ip()),
            begun: Instant::now(),
        };
        let (wanted, answering) = (self.wanted, self.service.call(request));
        Box::pin(async move {
            let answered = answering.await;
            let status =
                answered.as_ref().ok().and_then(|response| Status::from_header_map(response.headers()));
            call.note(wanted, status.as_ref());
            answered
        })
    }
}

struct Call {
    path: String,
    peer: Option<IpAddr>,
    begun: Instant,
}

impl Call {
    /// An answer whose status comes behind its messages has none yet.
    fn note(&self, wanted: AccessLog, status: Option<&Status>) {
        let refused = status.filter(|status| status.code() != Code::Ok);
        if wanted == AccessLog::Off || (wanted == AccessLog::Refusals && refused.is_none()) {
            return;
        }
        let (path, peer) = (self.path.as_str(), self.peer.map(tracing::field::display));
        let ms = self.begun.elapsed().as_secs_f64() * 1000.0;
        match refused {
            Some(status) => {
                let (code, why) = (format!("{:?}", status.code()), status.message());
                tracing::info!(path, code, peer, why, ms, "Refused a call over gRPC with {code}");
            }
            None => tracing::info!(path, peer, ms, "Answered a call over gRPC"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use crate::telemetry::tests::logged;

    #[derive(Clone)]
    struct Answer(Code);

    impl Service<http::Request<Body>> for Answer {
        type Response = http::Response<Body>;
        type Error = Infallible;
        type Future = BoxFuture<Self::Response, Infallible>;

        fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, _request: http::Request<Body>) -> Self::Future {
            let response = match self.0 {
                Code::Ok => http::Response::new(Body::empty()),
                code => Status::new(code, "as it were").into_http(),
            };
            Box::pin(async { Ok(response) })
        }
    }

    async fn lines(wanted: AccessLog) -> String {
        logged(async {
            for code in [Code::Ok, Code::Unauthenticated] {
                let mut request = http::Request::new(Body::empty());
                *request.uri_mut() = "/pb.Executor/Exec".parse().unwrap();
                let peer: SocketAddr = "192.0.2.7:1234".parse().unwrap();
                request.extensions_mut().insert(Link::from(peer));
                Logged::new(Answer(code), wanted).call(request).await.unwrap();
            }
        })
        .await
    }

    #[tokio::test]
    async fn a_refused_call_is_logged_with_its_reason_and_its_sender() {
        let lines = lines(AccessLog::Refusals).await;
        assert_eq!(lines.lines().count(), 1, "{lines}");
        for part in ["Unauthenticated", "192.0.2.7", "as it were", "/pb.Executor/Exec", "\"ms\":"] {
            assert!(lines.contains(part), "{part} is not in {lines}");
        }
    }

    #[tokio::test]
    async fn all_calls_are_logged_where_that_is_wanted_or_none() {
        assert_eq!(lines(AccessLog::All).await.lines().count(), 2);
        assert_eq!(lines(AccessLog::Off).await, "");
    }
}
