//! Submissions: accept, show, list, cancel.

use std::time::Duration;

use actix_web::body::BodyStream;
use actix_web::http::header::ContentType;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Json, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use futures_util::StreamExt;
use serde::Serialize;
use utoipa::ToSchema;

use super::described::Accepted;
use super::elsewhere::Parts;
use super::memory::{PATIENCE, too_many};
use super::query::{self, ListQuery};
use super::receive::{Received, receive};
use super::view::{Shown, SubmissionView};
use super::wire::{AskedProblem, NewSubmission};
use super::{Api, Problem, digest};
use crate::access::Caller;
use crate::account::{Held, Purpose, UNCOUNTED};
use crate::blocking::{QUICK, computed};
use crate::http::Budget;
use crate::http::error::fails;
use crate::http::peer::Peer;
use crate::http::prefix::prefix;
use crate::http::taken::{Pieces, Taken};
use crate::http::uploads::Uploads;
use crate::problems;
use crate::store::Cancelled;
use crate::submission::{Submission, SubmissionId};
use crate::submissions::{Listed, Wanted};
use crate::tokens::Sees;

/// Submits a program.
///
/// Once this is answered with 200 or 202 the submission ends with exactly one judgement, whatever happens to the server.
#[utoipa::path(
    post,
    path = "/api/v1/submissions",
    operation_id = "createSubmission",
    tag = "submissions",
    params((
        "Idempotency-Key" = Option<String>,
        Header,
        pattern = "^[!-~]([ -~]{0,253}[!-~])?$",
        description = "For 24 hours the same request under the same key is the same submission."
    )),
    request_body = NewSubmission,
    responses(
        (status = 200, description = "It was waited for, and is judged.", body = SubmissionView),
        (
            status = 202,
            description = "It is stored, and will be judged.",
            body = Accepted,
            headers(("Location" = String, description = "Its address.")),
            links(
                ("it" = (operation_id = "getSubmission", parameters(("id" = "$response.body#/id")))),
                ("events" = (operation_id = "followSubmission", parameters(("id" = "$response.body#/id")))),
                ("cancel" = (operation_id = "cancelSubmission", parameters(("id" = "$response.body#/id"))))
            )
        ),
        fails::InvalidField,
        fails::UnsupportedMediaType,
        fails::LanguageNotInstalled,
        fails::IdempotencyKeyReused,
        fails::Throttled,
        fails::UserQueueFull,
        fails::TokenQueueFull,
        fails::LanguageUnavailable,
        fails::QueueFull,
        fails::Unavailable
    )
)]
pub(super) async fn create(
    api: Data<Api>,
    caller: Caller,
    budget: Data<Budget>,
    uploads: Data<Uploads>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    if api.submissions.is_closing() {
        return Err(crate::queue::Refusal::Stopping.into());
    }
    query::expect_none(request.query_string())?;
    let key = idempotency_key(&request)?.map(|key| of_caller(&caller, key));
    let parts = api.clone().into_inner();
    let received = receive(parts, key.as_deref(), &budget, &uploads, &request, payload).await?;
    let Received { mut submission, asked, wait } = received;
    submission.token = caller.name();
    let (key, sees) = (key.map(|key| (key, digest::of(&submission, &asked))), caller.sees());
    let id = match submitted(&api, &caller, submission, asked.problem.as_ref(), key.clone()).await {
        Ok(id) => id,
        // What was accepted is not refused when it comes again, whatever has changed since.
        Err(why) => match key {
            Some((key, digest)) => api.store.repeated(&key, digest).await?.ok_or(why)?,
            None => return Err(why),
        },
    };
    let location = format!("{}/api/v1/submissions/{id}", prefix(&request));
    let patience = api.config.http.max_wait;
    let loaded = if wait { awaited(&api, &caller, id, patience).await } else { load(&api, &sees, id).await };
    let view = match loaded {
        Ok(view) => view,
        Err(why) => return Ok(accepted(id, location, &why)),
    };
    let status = if wait && view.shown.is_final() { StatusCode::OK } else { StatusCode::ACCEPTED };
    let mut response = HttpResponse::build(status);
    response.insert_header((header::LOCATION, location));
    answer(&api, view, response, &request).await
}

/// Submits what can be judged here, and has room.
async fn submitted(
    api: &Api,
    caller: &Caller,
    mut submission: Submission,
    asked: Option<&AskedProblem>,
    key: Option<(String, [u8; 32])>,
) -> Result<SubmissionId, Problem> {
    fitted(api, caller, &mut submission, asked).await?;
    let id = api.submissions.submit(submission, key).await?;
    // The one line that has both ids: the request's is in its span.
    tracing::info!(submission.id = %id, "Accepted submission {id}");
    Ok(id)
}

/// Sees that a submission can be judged here, and gives it the limits of its problem.
async fn fitted(
    api: &Api,
    caller: &Caller,
    submission: &mut Submission,
    asked: Option<&AskedProblem>,
) -> Result<(), Problem> {
    api.queue.check_open()?;
    api.readiness.check(&submission.language, &api.operations.status())?;
    if let Some(asked) = asked {
        let problem = super::problems::judged_by(api, caller, asked, submission).await?;
        problems::fit(submission, &problem, &api.languages, &api.config.limits);
    }
    Ok(())
}

/// What is stored is told, though it cannot be read back at the moment: who took it for refused would send it again.
fn accepted(id: SubmissionId, location: String, why: &Problem) -> HttpResponse {
    tracing::warn!(submission.id = %id, error = %why, "An accepted submission cannot be read at the moment");
    let known = serde_json::json!({"id": id.to_string(), "state": "queued"});
    HttpResponse::Accepted().insert_header((header::LOCATION, location)).json(known)
}

/// Shows a submission.
#[utoipa::path(
    get,
    path = "/api/v1/submissions/{id}",
    operation_id = "getSubmission",
    tag = "submissions",
    params(
        ("id" = Uuid, Path, description = "Its id."),
        (
            "wait" = Option<u32>,
            Query,
            description = "Hold the answer until the submission is final, for at most so many seconds (`30`, or `30s`)."
        )
    ),
    responses(
        (status = 200, description = "As it stands.", body = SubmissionView),
        fails::InvalidField,
        fails::NotFound,
        fails::Unavailable
    )
)]
pub(super) async fn get(
    api: Data<Api>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let wait = query::wait(request.query_string(), api.config.http.max_wait)?;
    let id = parse_id(&id)?;
    let view = match wait {
        Some(patience) => awaited(&api, &caller, id, patience).await?,
        None => load(&api, &caller.sees(), id).await?,
    };
    answer(&api, view, HttpResponse::Ok(), &request).await
}

/// Cancels a submission; what is finished stays as it is.
#[utoipa::path(
    delete,
    path = "/api/v1/submissions/{id}",
    operation_id = "cancelSubmission",
    tag = "submissions",
    params(("id" = Uuid, Path, description = "Its id.")),
    responses(
        (status = 200, description = "As it stands now.", body = SubmissionView),
        fails::InvalidField,
        fails::NotFound,
        fails::Unavailable
    )
)]
pub(super) async fn cancel(
    api: Data<Api>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    query::expect_none(request.query_string())?;
    let (parsed, sees) = (parse_id(&id)?, caller.sees());
    match api.submissions.cancel(&sees, parsed).await? {
        Cancelled::Unknown => Err(no_such(&id)),
        Cancelled::Now | Cancelled::Finished => {
            answer(&api, load(&api, &sees, parsed).await?, HttpResponse::Ok(), &request).await
        }
    }
}

/// A submission as an answer; one with large outputs is sent as they are read.
pub(super) async fn answer(
    api: &Api,
    view: Loaded,
    mut response: HttpResponseBuilder,
    request: &HttpRequest,
) -> Result<HttpResponse, Problem> {
    response.content_type(ContentType::json());
    let (parts, held) = view.parts().await?;
    Ok(match parts.whole() {
        Some(json) if held.bytes() <= UNCOUNTED => response.body(json),
        Some(json) => response.body(Taken::new(Pieces(json), Some(held), Peer::of(request))),
        None => {
            let stream = parts.stream(api.submissions.blobs().clone(), "", "");
            response.body(Taken::new(BodyStream::new(stream.boxed_local()), Some(held), Peer::of(request)))
        }
    })
}

/// A page of submissions, newest first, without their judgements but for the verdicts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Submissions)]
pub(super) struct ListView {
    submissions: Vec<SubmissionView>,
    /// `cursor` of the next page; null on the last.
    next_cursor: Option<String>,
}

/// Lists submissions, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/submissions",
    operation_id = "listSubmissions",
    tag = "submissions",
    params(ListQuery),
    responses(
        (status = 200, description = "A page of them.", body = ListView),
        fails::InvalidField,
        fails::Unavailable
    )
)]
pub(super) async fn list(
    api: Data<Api>,
    caller: Caller,
    request: HttpRequest,
) -> Result<Json<ListView>, Problem> {
    let ListQuery { user, state, verdict, language, problem, reference, limit, before } =
        ListQuery::parse(request.query_string())?;
    let (state, sees) = (state.map(Into::into), caller.sees());
    let wanted = Wanted { user, state, verdict, language, problem, reference, before, sees };
    let Listed { submissions, next } = api.submissions.list(wanted, limit).await?;
    Ok(Json(ListView {
        submissions: submissions.into_iter().map(SubmissionView::from).collect(),
        next_cursor: next.map(|next| next.to_string()),
    }))
}

/// A submission as it stands now, and what it has of the account.
pub(super) struct Loaded {
    shown: Shown,
    held: Held,
}

/// A judgement is there as it is kept, as what is made of that, and as an answer, which is cut once more.
pub(super) const TIMES: u64 = 4;
/// A judgement up to this size makes an answer that is not counted.
#[expect(clippy::cast_possible_truncation, reason = "it is small")]
const SMALL: u32 = (UNCOUNTED / TIMES) as u32;
/// Loads a submission.
pub(super) async fn load(api: &Api, sees: &Sees, id: SubmissionId) -> Result<Loaded, Problem> {
    let (standing, held) = loaded(api, sees, id).await?;
    Ok(Loaded { shown: Shown::new(standing), held })
}

/// Loads a submission once it has ended, or after `patience`. One that was judged meanwhile is most likely told without being read.
async fn load_ended(api: &Api, sees: &Sees, id: SubmissionId, patience: Duration) -> Result<Loaded, Problem> {
    let Some((standing, size)) = api.submissions.wait(sees, id, patience).await else {
        return load(api, sees, id).await;
    };
    let held = room(api, size).await?;
    Ok(Loaded { shown: Shown::new(standing), held })
}

/// The same, for somebody who may call so long.
async fn awaited(
    api: &Api,
    caller: &Caller,
    id: SubmissionId,
    patience: Duration,
) -> Result<Loaded, Problem> {
    let sees = caller.sees();
    tokio::select! {
        loaded = load_ended(api, &sees, id, patience) => loaded,
        () = caller.ended() => Err(Problem::Unauthorized("the bearer token is of no more use")),
    }
}

/// A submission, and what it has of the account. Most are small enough to be read at once, whatever is free.
pub(super) async fn loaded(
    api: &Api,
    sees: &Sees,
    id: SubmissionId,
) -> Result<(crate::submissions::Standing, Held), Problem> {
    let missing = || no_such(&id.to_string());
    let (standing, size) = api.submissions.get_up_to(sees, id, SMALL).await?.ok_or_else(missing)?;
    let held = room(api, size).await?;
    if size <= SMALL.into() {
        return Ok((standing, held));
    }
    Ok((api.submissions.get(id).await?.ok_or_else(missing)?, held))
}

/// Memory for an answer that is made of so many bytes of judgements.
pub(super) async fn room(api: &Api, size: u64) -> Result<Held, Problem> {
    let size = size.saturating_mul(TIMES).min(api.account.most(Purpose::Outputs));
    api.account.take(Purpose::Outputs, size, PATIENCE).await.map_err(too_many)
}

/// Looks whether there is such a submission that is seen, and how large its judgement is. What is looked at of a submission
/// behind that need not ask again.
pub(super) async fn find(api: &Api, sees: &Sees, id: SubmissionId) -> Result<u64, Problem> {
    api.submissions.size(sees, id).await?.ok_or_else(|| no_such(&id.to_string()))
}

impl Loaded {
    /// What is shown, with what it has of the account.
    pub(super) fn new(shown: Shown, held: Held) -> Self {
        Self { shown, held }
    }

    /// The answer, and what it has of the account until its client has taken it. One that is long is made where nobody
    /// waits.
    pub(super) async fn parts(self) -> Result<(Parts, Held), Problem> {
        let Self { shown, mut held } = self;
        let parts = if held.bytes() > QUICK as u64 {
            computed(move || shown.parts()).await.map_err(|_lost| Problem::Failed)??
        } else {
            shown.parts()?
        };
        held.shrink_to(parts.in_memory());
        Ok((parts, held))
    }
}

pub(super) fn parse_id(text: &str) -> Result<SubmissionId, Problem> {
    SubmissionId::try_parse(text).map_err(|_| no_such(text))
}

pub(super) fn no_such(id: &str) -> Problem {
    Problem::NotFound(format!("there is no submission `{}`", id.escape_default()))
}

/// Each named token has keys of its own. No key has a line break in it.
fn of_caller(caller: &Caller, key: String) -> String {
    caller.name().map_or(key.clone(), |token| format!("{token}\n{key}"))
}

fn idempotency_key(request: &HttpRequest) -> Result<Option<String>, Problem> {
    let mut values = request.headers().get_all("Idempotency-Key");
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Problem::field("Idempotency-Key", "this header comes twice: which key counts?"));
    }
    let is_printable = |key: &&str| key.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    let key = value.to_str().ok().filter(|key| (1..=255).contains(&key.len())).filter(is_printable);
    key.map(|key| Some(key.to_owned()))
        .ok_or_else(|| Problem::field("Idempotency-Key", "from 1 to 255 printable ASCII characters"))
}

#[cfg(test)]
mod tests {
    use actix_web::body::MessageBody as _;

    use super::*;

    #[test]
    fn what_is_stored_and_cannot_be_read_back_is_accepted_all_the_same() {
        let id = SubmissionId::new_v4();
        let answer = accepted(id, format!("/api/v1/submissions/{id}"), &Problem::Failed);
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        assert_eq!(answer.headers().get("location").unwrap(), &format!("/api/v1/submissions/{id}"));
        let body = answer.into_body().try_into_bytes().unwrap();
        assert_eq!(body, format!("{{\"id\":\"{id}\",\"state\":\"queued\"}}"));
    }
}
