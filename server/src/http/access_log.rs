//! One line for each answer, or for each refusal: `http.access_log` says which.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::web::Data;

use crate::config::AccessLog;

/// Asked again and again by those who watch the service; what they are told is in the metrics.
const WATCHED: &[&str] = &["/healthz", "/readyz", "/metrics"];

/// Logs the answer, within the span that has the request's id, method and path.
pub(super) async fn note(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let wanted = request.app_data::<Data<AccessLog>>().map_or(AccessLog::Off, |wanted| ***wanted);
    if wanted == AccessLog::Off || WATCHED.contains(&request.path()) {
        return next.call(request).await;
    }
    let (peer, begun) = (request.peer_addr(), Instant::now());
    let answered = next.call(request).await;
    let status = match &answered {
        Ok(response) => response.status(),
        Err(error) => error.as_response_error().status_code(),
    };
    if wanted == AccessLog::All || is_refusal(status) {
        log(status, peer, reason(&answered).as_deref(), begun.elapsed());
    }
    answered
}

fn is_refusal(status: StatusCode) -> bool {
    status.is_client_error() || status.is_server_error()
}

/// What a refused client is told.
fn reason(answered: &Result<ServiceResponse<impl MessageBody>, Error>) -> Option<String> {
    match answered {
        Ok(response) => response.response().error().map(ToString::to_string),
        Err(error) => Some(error.to_string()),
    }
}

fn log(status: StatusCode, peer: Option<SocketAddr>, why: Option<&str>, took: Duration) {
    let peer = peer.map(|peer| tracing::field::display(peer.ip()));
    let (ms, what) = (took.as_secs_f64() * 1000.0, if is_refusal(status) { "Refused" } else { "Answered" });
    tracing::info!(status = status.as_u16(), peer, why, ms, "{what} with {status}");
}

#[cfg(test)]
mod tests {
    use actix_web::middleware::from_fn;
    use actix_web::test::{TestRequest, call_service, init_service};
    use actix_web::{App, HttpResponse, web};

    use super::*;
    use crate::http::error;
    use crate::telemetry::tests::logged;

    /// What is logged of an answered and of a refused request.
    async fn lines(wanted: AccessLog) -> String {
        let app = App::new()
            .app_data(Data::new(wanted))
            .wrap(from_fn(note))
            .route("/there", web::get().to(HttpResponse::Ok))
            .route("/readyz", web::get().to(HttpResponse::ServiceUnavailable))
            .default_service(web::to(error::not_found));
        let app = init_service(app).await;
        logged(async {
            for path in ["/there", "/missing", "/readyz"] {
                let peer = "192.0.2.7:1234".parse().unwrap();
                call_service(&app, TestRequest::get().uri(path).peer_addr(peer).to_request()).await;
            }
        })
        .await
    }

    #[tokio::test]
    async fn a_refusal_is_logged_with_its_reason_and_its_sender() {
        let lines = lines(AccessLog::Refusals).await;
        assert_eq!(lines.lines().count(), 1, "{lines}");
        for part in
            ["\"level\":\"INFO\"", "\"status\":404", "192.0.2.7", "there is nothing at /missing", "\"ms\":"]
        {
            assert!(lines.contains(part), "{part} is not in {lines}");
        }
    }

    #[tokio::test]
    async fn all_answers_are_logged_where_that_is_wanted_or_none() {
        let lines = lines(AccessLog::All).await;
        assert!(lines.lines().count() == 2 && lines.contains("\"status\":200"), "{lines}");
        assert_eq!(self::lines(AccessLog::Off).await, "");
    }
}
