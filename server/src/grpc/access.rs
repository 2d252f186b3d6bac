//! Who may call: the same as over HTTP.

use std::sync::Arc;

use tonic::service::Interceptor;
use tonic::{Extensions, Request, Status};

use super::incoming::Link;
use crate::access::{self, Access, Approach, Caller, Denied};

/// Looks at each call before its message is read.
#[derive(Debug, Clone)]
pub(super) struct Guard(Arc<Access>);

impl Guard {
    /// By these rules.
    pub(super) fn new(access: Arc<Access>) -> Self {
        Self(access)
    }
}

/// Who makes a call, as [`Access::sender`] tells.
#[derive(Debug, Clone)]
pub(super) struct Sender(pub(super) String);

impl Sender {
    /// Of a call that the guard has let through.
    pub(super) fn of<T>(request: &Request<T>) -> String {
        Self::within(request.extensions())
    }

    /// Of one with these extensions.
    pub(super) fn within(extensions: &Extensions) -> String {
        extensions.get::<Self>().map(|sender| sender.0.clone()).unwrap_or_default()
    }
}

/// Whose token a call came with.
#[derive(Clone)]
struct Owner(Option<Caller>);

/// Completes when whoever makes a call that the guard has let through may call no more.
pub(super) fn ended(extensions: &Extensions) -> impl Future<Output = ()> + Send + use<> {
    access::ended(extensions.get::<Owner>().and_then(|owner| owner.0.clone()))
}

impl Interceptor for Guard {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let given = request.metadata().get("authorization").map(|value| value.to_str().unwrap_or_default());
        let peer = request.extensions().get::<Link>().and_then(Link::peer).map(|address| address.ip());
        let approach = Approach { peer, authorization: given, ..Approach::default() };
        self.0.admits(&approach).map_err(|why| match why {
            Denied::Forbidden(why) => Status::permission_denied(why),
            why => Status::unauthenticated(why.to_string()),
        })?;
        // No client of gRPC has a web page behind it. Browsers do not speak HTTP/2 without TLS, but a proxy may.
        if given.is_none() && request.metadata().contains_key("origin") {
            return Err(Status::permission_denied("web pages need a bearer token"));
        }
        let sender = Sender(self.0.sender(&approach));
        let owner = Owner(self.0.owner(given));
        request.extensions_mut().insert(sender);
        request.extensions_mut().insert(owner);
        Ok(request)
    }
}
