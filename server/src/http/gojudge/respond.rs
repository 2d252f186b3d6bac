//! Answers in go-judge's form.

use actix_web::HttpResponse;
use actix_web::http::header;

use super::json::answer;
use super::sending::Sending;
use crate::account::{Account, Purpose, UNCOUNTED};
use crate::gojudge::answer::CommandResult;
use crate::gojudge::refusal::Refusal;
use crate::http::peer::Peer;
use crate::http::taken::{Pieces, Taken};

/// Seconds after which what is taken now may be free.
const RETRY_AFTER: u32 = 2;

/// What came of a request, for the client on the other end. What of it is written already is on the account too.
pub(super) fn answered(
    outcome: Result<Vec<CommandResult>, Refusal>,
    account: &Account,
    peer: Option<Peer>,
) -> HttpResponse {
    let taken = outcome.and_then(|results| {
        let answer = answer::results(results);
        let held = account.try_take(Purpose::Outputs, answer.written())?;
        Ok((answer, held))
    });
    let (mut answer, held) = match taken {
        Ok(taken) => taken,
        Err(refusal) => return refused(&refusal),
    };
    let mut response = HttpResponse::Ok();
    response.content_type(JSON);
    match answer.as_one() {
        Some(json) if held.bytes() <= UNCOUNTED => response.body(json),
        Some(json) => response.body(Taken::new(Pieces(json), Some(held), peer)),
        None => response.body(Taken::new(Sending(answer), Some(held), peer)),
    }
}

/// A refusal, in its form.
pub(super) fn refused(refusal: &Refusal) -> HttpResponse {
    match refusal {
        Refusal::Bad(text) | Refusal::TooMuch(text) => {
            json_body(HttpResponse::BadRequest(), answer::text(text))
        }
        Refusal::Failed(text) => json_body(HttpResponse::InternalServerError(), answer::text(text)),
        Refusal::Busy(text) => {
            let mut response = HttpResponse::ServiceUnavailable();
            response.insert_header((header::RETRY_AFTER, RETRY_AFTER));
            json_body(response, answer::text(text))
        }
    }
}

pub(super) const JSON: &str = "application/json; charset=utf-8";

/// Its JSON.
pub(super) fn json_body(mut response: actix_web::HttpResponseBuilder, body: Vec<u8>) -> HttpResponse {
    response.content_type(JSON).body(body)
}
