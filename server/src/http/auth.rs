//! Lets requests through to handlers, or not, by [`Access`](crate::access::Access).

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, web};

use super::{Api, Problem};
use crate::access::Role;

/// Lets backends and operators through, and notes which it is.
pub(super) async fn backend(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let role = api(&request)?.access.role(request.request())?;
    request.extensions_mut().insert(role);
    next.call(request).await
}

/// As [`backend`], but a scraper inside a network may use any `Host`: there is nothing of users in the metrics.
pub(super) async fn metrics(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    api(&request)?.access.check_metrics(request.request())?;
    next.call(request).await
}

/// Stops whoever is not an operator.
pub(super) fn operator_only(request: &HttpRequest) -> Result<(), Problem> {
    if request.extensions().get::<Role>() == Some(&Role::Operator) {
        return Ok(());
    }
    Err(Problem::Forbidden("this needs the operator's token (`http.admin_token`)".into()))
}

fn api(request: &ServiceRequest) -> Result<&web::Data<Api>, Problem> {
    let missing = || Problem::NotFound("the server is not set up".into());
    request.app_data::<web::Data<Api>>().ok_or_else(missing)
}
