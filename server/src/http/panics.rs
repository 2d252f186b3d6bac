//! A request over which a handler panics is answered, as one over which the server failed: its client is not left with a
//! connection that ends without a word. What is sent bit by bit can only be cut off by then.

use std::panic::AssertUnwindSafe;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use futures_util::FutureExt;

use super::error::Problem;
use crate::watched::said;

/// Turns a panic into [`Problem::Failed`], and logs what it said within the request's span.
///
/// # Errors
/// Those of what comes next, and that one.
pub(super) async fn told(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    // Calling, too, and not only what that gives: extractors may panic before there is anything to wait for. What a handler
    // leaves half done is its own, the rest is behind locks and channels, whose users see to a panic themselves.
    AssertUnwindSafe(async { next.call(request).await }).catch_unwind().await.unwrap_or_else(|panic| {
        tracing::error!("The server panicked over this request: {}", said(&*panic));
        Err(Problem::Failed.into())
    })
}

#[cfg(test)]
mod tests {
    use actix_web::http::StatusCode;
    use actix_web::middleware::from_fn;
    use actix_web::test::TestRequest;
    use actix_web::{App, HttpRequest, HttpResponse, web};

    use super::*;
    use crate::telemetry::tests::logged;

    async fn panics(request: HttpRequest, body: web::Bytes) -> HttpResponse {
        panic!("over {} bytes at {}", body.len(), request.path())
    }

    #[actix_web::test]
    async fn a_panic_over_a_request_is_answered_and_logged() {
        let app = App::new().wrap(from_fn(told)).route("/there", web::post().to(panics));
        let app = actix_web::test::init_service(app).await;
        let log = logged(async {
            for body in ["1234", "12"] {
                let request = TestRequest::post().uri("/there").set_payload(body).to_request();
                let answered = actix_web::test::try_call_service(&app, request).await;
                let Err(refused) = answered else { panic!("it was served") };
                let answer = refused.error_response();
                assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
                assert_eq!(answer.headers().get("content-type").unwrap(), "application/problem+json");
            }
        })
        .await;
        assert!(log.contains("over 4 bytes at /there") && log.contains("over 2 bytes at /there"), "{log}");
    }
}
