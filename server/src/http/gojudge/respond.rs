//! Answers in go-judge's form.

use actix_web::HttpResponse;

use crate::gojudge::answer::{self, CommandResult};
use crate::gojudge::refusal::Refusal;
use crate::gojudge::room::Held;
use crate::http::keeping::Keeping;

/// What came of a request.
pub(super) fn answered(outcome: Result<Vec<CommandResult>, Refusal>) -> HttpResponse {
    match outcome {
        Ok(results) => {
            let json = answer::results(&results);
            let rooms = results.into_iter().filter_map(|result| result.room);
            let rooms: Vec<_> = rooms.map(Held::once_written).collect();
            match rooms.is_empty() {
                true => json_body(HttpResponse::Ok(), json),
                // Only when this client has taken its contents, however slow it is, is there room for others'.
                false => HttpResponse::Ok().content_type(JSON).body(Keeping::new(json, rooms)),
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
    }
}

const JSON: &str = "application/json; charset=utf-8";

/// Its JSON.
pub(super) fn json_body(mut response: actix_web::HttpResponseBuilder, body: Vec<u8>) -> HttpResponse {
    response.content_type(JSON).body(body)
}
