//! Answers in go-judge's form.

use actix_web::HttpResponse;
use actix_web::http::header;

use super::json::answer;
use super::sending::Sending;
use crate::gojudge::answer::CommandResult;
use crate::gojudge::refusal::Refusal;

/// Seconds after which what is taken now may be free.
const RETRY_AFTER: u32 = 2;

/// What came of a request.
pub(super) fn answered(outcome: Result<Vec<CommandResult>, Refusal>) -> HttpResponse {
    match outcome {
        Ok(results) => {
            let answer = answer::results(results);
            match answer.as_one() {
                Some(json) => HttpResponse::Ok().content_type(JSON).body(json),
                None => HttpResponse::Ok().content_type(JSON).body(Sending(answer)),
            }
        }
        Err(refusal) => refused(&refusal),
    }
}

/// A refusal, in its form.
pub(super) fn refused(refusal: &Refusal) -> HttpResponse {
    match refusal {
        Refusal::Bad(text) => json_body(HttpResponse::BadRequest(), answer::text(text)),
        Refusal::Failed(text) => json_body(HttpResponse::InternalServerError(), answer::text(text)),
        Refusal::Busy(text) => {
            let mut response = HttpResponse::ServiceUnavailable();
            response.insert_header((header::RETRY_AFTER, RETRY_AFTER));
            json_body(response, answer::text(text))
        }
    }
}

const JSON: &str = "application/json; charset=utf-8";

/// Its JSON.
pub(super) fn json_body(mut response: actix_web::HttpResponseBuilder, body: Vec<u8>) -> HttpResponse {
    response.content_type(JSON).body(body)
}
