//! The judgements of a submission, where it was judged more than once.

use std::sync::Arc;

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::described::VerdictName;
use super::submissions::{Loaded, answer, find, no_such, parse_id, room};
use super::view::{ProblemView, Shown, SubmissionView, SummaryView, time};
use super::{Api, Problem, query};
use crate::access::Caller;
use crate::account::Held;
use crate::blocking::computed;
use crate::http::error::fails;
use crate::http::peer::Peer;
use crate::http::taken::{Pieces, Taken};
use crate::judge::{TestResult, Verdict};
use crate::store::{Numbered, changes};
use crate::submission::{ProblemRef, SubmissionId};
use crate::submissions::Standing;
use crate::tokens::Sees;

/// The judgements of a submission, the newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Judgements)]
struct JudgementsView {
    judgements: Vec<NumberedView>,
}

/// A judgement among those of its submission.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NumberedJudgement)]
struct NumberedView {
    /// 1 = the first.
    number: u32,
    newest: bool,
    #[serde(serialize_with = "time")]
    #[schema(value_type = String, format = DateTime)]
    judged_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    problem: Option<ProblemView>,
    /// Id of the compiler's image, or of the programs' where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    image: Option<String>,
    #[schema(value_type = VerdictName)]
    verdict: Verdict,
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    score: Option<f64>,
    summary: SummaryView,
    /// Against the judgement before it, where that is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    changes: Option<Vec<ChangeView>>,
}

/// A test that came to something else.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Change)]
struct ChangeView {
    index: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    name: Option<Arc<str>>,
    before: Option<ResultView>,
    after: Option<ResultView>,
}

/// What a test came to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChangedResult)]
struct ResultView {
    #[schema(value_type = VerdictName)]
    verdict: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    score: Option<f64>,
    cpu_ms: f64,
    memory_bytes: u64,
}

/// Tells all judgements of a submission, and what changed between them.
#[utoipa::path(
    get,
    path = "/api/v1/submissions/{id}/judgements",
    operation_id = "listJudgements",
    tag = "submissions",
    params(("id" = Uuid, Path, description = "Its id.")),
    responses(
        (status = 200, description = "Those that are kept.", body = JudgementsView),
        fails::InvalidField,
        fails::NotFound,
        fails::Unavailable
    )
)]
pub(super) async fn list(
    api: Data<Api>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    query::expect_none(request.query_string())?;
    let id = parse_id(&id)?;
    let mut held = room_of_all(&api, &caller.sees(), id).await?;
    let problem = api.submissions.get(id).await?.and_then(|standing| standing.record.problem);
    let judgements = api.store.judgements(id).await?;
    let telling = computed(move || {
        serde_json::to_string(&JudgementsView { judgements: views(&judgements, problem.as_ref()) })
    });
    let json = telling.await.map_err(|_lost| Problem::Failed)?.map_err(|_| Problem::Failed)?;
    held.shrink_to(json.len() as u64);
    let mut response = HttpResponse::Ok();
    response.content_type(actix_web::http::header::ContentType::json());
    Ok(response.body(Taken::new(Pieces(json.into()), Some(held), Peer::of(&request))))
}

/// Shows a submission as it was with one of its judgements.
#[utoipa::path(
    get,
    path = "/api/v1/submissions/{id}/judgements/{number}",
    operation_id = "getJudgement",
    tag = "submissions",
    params(
        ("id" = Uuid, Path, description = "Its id."),
        ("number" = u32, Path, description = "The judgement's; 1 = the first.")
    ),
    responses(
        (status = 200, description = "The submission.", body = SubmissionView),
        fails::InvalidField,
        fails::NotFound,
        fails::Unavailable
    )
)]
pub(super) async fn get(
    api: Data<Api>,
    caller: Caller,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    query::expect_none(request.query_string())?;
    let (id, number) = path.into_inner();
    let id = parse_id(&id)?;
    let held = room_of_all(&api, &caller.sees(), id).await?;
    let Some(standing) = api.submissions.get(id).await? else { return Err(no_such(&id.to_string())) };
    let judgements = api.store.judgements(id).await?;
    let newest = judgements.first().map(|one| one.number);
    let wanted = query::digits::<u32>(&number);
    let found = judgements.into_iter().find(|one| Some(one.number) == wanted);
    let missing =
        || format!("submission `{id}` has no judgement `{}`, or not any more", number.escape_default());
    let found = found.ok_or_else(|| Problem::NotFound(missing()))?;
    let show = if Some(found.number) == newest { Shown::new } else { Shown::older };
    answer(&api, Loaded::new(show(with(standing, found)), held), HttpResponse::Ok(), &request).await
}

/// What all judgements of a submission have of the account while they are looked at.
async fn room_of_all(api: &Api, sees: &Sees, id: SubmissionId) -> Result<Held, Problem> {
    find(api, sees, id).await?;
    room(api, api.store.size_of_judgements(id).await?.unwrap_or(0)).await
}

fn with(mut standing: Standing, one: Numbered) -> Standing {
    let record = &mut standing.record;
    record.verdict = Some(one.judgement.verdict);
    if one.number > 1 {
        record.rejudged_at = Some(one.judged_at);
    } else {
        record.rejudged_at = None;
    }
    if let (Some(problem), Some(version)) = (&mut record.problem, one.version) {
        problem.version = version;
    }
    record.judgement = Some(one.judgement);
    standing
}

fn views(judgements: &[Numbered], problem: Option<&ProblemRef>) -> Vec<NumberedView> {
    let of = |(at, one): (usize, &Numbered)| {
        let before = judgements.get(at + 1).filter(|before| before.number + 1 == one.number);
        let Numbered { number, judged_at, version, judgement } = one;
        let problem = problem.zip(version.as_ref());
        let problem = problem.map(|(problem, version)| ProblemRef { version: *version, ..problem.clone() });
        NumberedView {
            number: *number,
            newest: at == 0,
            judged_at: *judged_at,
            problem: problem.map(ProblemView::from),
            image: judgement.image.clone(),
            verdict: judgement.verdict,
            reason: judgement.reason.clone(),
            score: judgement.score,
            summary: judgement.summary.into(),
            changes: before.map(|before| changed(before, one)),
        }
    };
    judgements.iter().enumerate().map(of).collect()
}

fn changed(before: &Numbered, after: &Numbered) -> Vec<ChangeView> {
    let changes = changes(&before.judgement, &after.judgement).into_iter();
    let view = |change: crate::store::Change<'_>| {
        let test = change.after.or(change.before)?;
        Some(ChangeView {
            index: test.index,
            name: test.name.clone(),
            before: change.before.map(ResultView::of),
            after: change.after.map(ResultView::of),
        })
    };
    changes.filter_map(view).collect()
}

impl ResultView {
    fn of(test: &TestResult) -> Self {
        let cpu_ms = super::view::millis(test.cpu);
        Self { verdict: test.verdict, score: test.score, cpu_ms, memory_bytes: test.memory.get() }
    }
}
