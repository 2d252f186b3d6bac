//! Lets requests through to handlers, or not, by [`Access`](crate::access::Access) and the scopes of routes.

use std::future::{Ready, ready};

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, web};

use super::{Api, Problem, approach, scopes};
use crate::access::Caller;

/// Lets through whoever may use the route, and notes who it is.
pub(super) async fn caller(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let caller = api(&request)?.access.caller(&approach(request.request())).map_err(Problem::from)?;
    scopes::check(request.method(), request.match_pattern().as_deref(), &caller)?;
    request.extensions_mut().insert(caller);
    next.call(request).await
}

/// As [`caller`], but a scraper inside a network may use any `Host`: there is nothing of users in the metrics.
pub(super) async fn metrics(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    api(&request)?.access.check_metrics(&approach(request.request())).map_err(Problem::from)?;
    next.call(request).await
}

/// Who was let through.
impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Self>().cloned().ok_or(Problem::Failed))
    }
}

fn api(request: &ServiceRequest) -> Result<&web::Data<Api>, Problem> {
    let missing = || Problem::NotFound("the server is not set up".into());
    request.app_data::<web::Data<Api>>().ok_or_else(missing)
}
