//! Who may call: the same as over HTTP.

use std::sync::Arc;

use tonic::service::Interceptor;
use tonic::{Request, Status};

use super::incoming::Link;
use crate::access::Access;

/// Looks at each call before its message is read.
#[derive(Debug, Clone)]
pub(super) struct Guard(Arc<Access>);

impl Guard {
    /// By these rules.
    pub(super) fn new(access: Arc<Access>) -> Self {
        Self(access)
    }
}

impl Interceptor for Guard {
    fn call(&mut self, request: Request<()>) -> Result<Request<()>, Status> {
        let given = request.metadata().get("authorization").map(|value| value.to_str().unwrap_or_default());
        let peer = request.extensions().get::<Link>().and_then(Link::peer).map(|address| address.ip());
        if !self.0.admits(peer, given) {
            return Err(Status::unauthenticated("the bearer token is missing or wrong"));
        }
        // No client of gRPC has a web page behind it. Browsers do not speak HTTP/2 without TLS, but a proxy may.
        if given.is_none() && request.metadata().contains_key("origin") {
            return Err(Status::permission_denied("web pages need a bearer token"));
        }
        Ok(request)
    }
}
