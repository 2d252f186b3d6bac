//! Every request has an id: the client's, or one of ours. It is in the answer and in every line logged meanwhile.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use tracing::Instrument;

const NAME: HeaderName = HeaderName::from_static("x-request-id");
/// A UUID has 36; trace ids of other systems are not much longer.
const LONGEST: usize = 128;

/// Reads or makes the id, and puts it into the span and the answer.
pub(super) async fn attach(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = given(request.headers()).unwrap_or_else(own);
    let span = tracing::info_span!("request", id, method = %request.method(), path = request.path());
    let value = HeaderValue::from_str(&id);
    let add = |headers: &mut HeaderMap| {
        // What `given` lets through and what `own` makes are values of headers.
        if let Ok(value) = value {
            headers.insert(NAME, value);
        }
    };
    match next.call(request).instrument(span.clone()).await {
        Ok(mut answered) => {
            span.in_scope(|| tracing::debug!(status = answered.status().as_u16(), "Answered"));
            add(answered.headers_mut());
            Ok(answered)
        }
        Err(error) => {
            let mut response = error.as_response_error().error_response();
            add(response.headers_mut());
            span.in_scope(|| tracing::debug!(status = response.status().as_u16(), "Refused"));
            Err(InternalError::from_response(error, response).into())
        }
    }
}

/// The client's, if it can stand in a log and in a header.
fn given(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(NAME)?.to_str().ok()?;
    let is_sane = |c: char| c.is_ascii_alphanumeric() || "-_.:/+=".contains(c);
    (!id.is_empty() && id.len() <= LONGEST && id.chars().all(is_sane)).then(|| id.to_owned())
}

fn own() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}
