//! Orders to judge submissions again: give one, see how far it has come, end it.

use actix_web::http::header;
use actix_web::web::{Data, Json, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::described::VerdictName;
use super::object::Object;
use super::query::{self, OutcomesQuery, PagesQuery};
use super::submissions::{self, find, parse_id};
use super::view::{maybe_time, time};
use super::wire::{self, check_problem_id};
use super::{Api, Problem, object};
use crate::access::Caller;
use crate::content::BlobId;
use crate::http::Budget;
use crate::http::error::fails;
use crate::http::prefix::prefix;
use crate::judge::Verdict;
use crate::rejudges::OrderError;
use crate::store::{Rejudge, RejudgeId, RejudgeOutcome, RejudgeState, Selected, Selection, Tally};
use crate::submission::SubmissionId;
use crate::tokens::{Sees, SeesProblems};

/// Most bytes of an order.
const BODY: u64 = 256 * 1024;
/// Most submissions that an order names one by one.
const NAMED: usize = 1000;

/// What is to be judged again: judged submissions of which all is true that is said. One of `submissions`, `problem`, `user`,
/// `since` and `until` is needed.
#[derive(Debug, Default, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = NewRejudge)]
pub(super) struct Asked {
    /// Their ids.
    #[schema(value_type = Vec<String>, max_items = 1000)]
    submissions: Vec<String>,
    /// Id of the problem that they were judged by.
    problem: Option<String>,
    /// The version of the problem to judge by; the newest without it.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    version: Option<String>,
    /// Whose they are.
    user: Option<String>,
    /// Id of their language.
    language: Option<String>,
    /// The verdict that they have.
    #[schema(value_type = Option<VerdictName>)]
    verdict: Option<Verdict>,
    /// Accepted then or later.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<DateTime<Utc>>,
    /// Accepted before then.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<DateTime<Utc>>,
    /// Nothing is judged: tell how many it would be.
    dry_run: bool,
}

/// An order, as it is listed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Order)]
pub(super) struct OrderView {
    #[schema(value_type = String, format = Uuid)]
    id: RejudgeId,
    /// `gathering`, `running`, `done` or `cancelled`.
    #[schema(value_type = String)]
    state: RejudgeState,
    /// What was asked for.
    #[schema(value_type = Object)]
    selection: Selection,
    /// Submissions; while they are gathered, those so far.
    total: u64,
    #[serde(serialize_with = "time")]
    #[schema(value_type = String, format = DateTime)]
    created_at: DateTime<Utc>,
    #[serde(serialize_with = "maybe_time")]
    #[schema(value_type = Option<String>, format = DateTime)]
    finished_at: Option<DateTime<Utc>>,
}

/// An order, and what became of it so far.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Rejudge)]
pub(super) struct RejudgeView {
    #[serde(flatten)]
    order: OrderView,
    waiting: u64,
    running: u64,
    done: u64,
    /// Those that cannot be judged again.
    failed: u64,
    /// Those that were not judged before it was cancelled.
    cancelled: u64,
    /// Of those that are done, whose verdict is another one.
    changed: u64,
    /// Of those that are done.
    verdicts: Vec<VerdictsView>,
}

/// So many had the one verdict and have the other.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VerdictChange)]
struct VerdictsView {
    #[schema(value_type = VerdictName)]
    before: Verdict,
    #[schema(value_type = VerdictName)]
    after: Verdict,
    submissions: u64,
}

/// What an order would come to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DryRun)]
struct DryView {
    dry_run: bool,
    total: u64,
    /// Of these the inputs, or the problem, are not there any more.
    impossible: u64,
}

/// A page of orders, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Orders)]
pub(super) struct OrdersView {
    rejudges: Vec<OrderView>,
    /// `cursor` of the next page; null on the last.
    next_cursor: Option<String>,
}

/// A page of what became of the submissions of an order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Outcomes)]
pub(super) struct OutcomesView {
    submissions: Vec<OutcomeView>,
    /// `cursor` of the next page; null on the last.
    next_cursor: Option<String>,
}

/// What became of a submission of an order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Outcome)]
struct OutcomeView {
    #[schema(value_type = String, format = Uuid)]
    id: SubmissionId,
    user: Option<String>,
    /// `waiting`, `running`, `done`, `failed` or `cancelled`.
    state: String,
    #[schema(value_type = Option<VerdictName>)]
    before: Option<Verdict>,
    #[schema(value_type = Option<VerdictName>)]
    after: Option<Verdict>,
    /// Tests that came to something else.
    tests_changed: u32,
    /// Why it cannot be judged again.
    reason: Option<String>,
}

/// Has submissions judged again.
///
/// Behind all that somebody waits for. The judgements that they have stay until there are new ones.
#[utoipa::path(
    post,
    path = "/api/v1/rejudges",
    operation_id = "createRejudge",
    tag = "rejudges",
    request_body = Asked,
    responses(
        (status = 200, description = "Nothing is judged: `dry_run`.", body = DryView),
        (
            status = 202,
            description = "It is stored, and will be done.",
            body = RejudgeView,
            headers(("Location" = String, description = "Its address."))
        ),
        fails::InvalidField,
        fails::Conflict,
        fails::Unavailable
    )
)]
pub(super) async fn create(
    api: Data<Api>,
    caller: Caller,
    budget: Data<Budget>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    query::expect_none(request.query_string())?;
    // Its part of the account is held until the order is stored.
    let body = budget.read_up_to(&request, payload, BODY).await?;
    let (selection, dry_run) = selection(&api, &body.bytes)?;
    let sees = caller.sees();
    check_version(&api, &caller.sees_problems(), &selection).await?;
    if dry_run {
        let Selected { total, impossible } = api.rejudges.count(&sees, &selection).await?;
        return Ok(HttpResponse::Ok().json(DryView { dry_run: true, total, impossible }));
    }
    ordered(&api, &sees, &request, &selection).await
}

/// Has a submission judged again.
#[utoipa::path(
    post,
    path = "/api/v1/submissions/{id}/rejudge",
    operation_id = "rejudgeSubmission",
    tag = "rejudges",
    params(
        ("id" = Uuid, Path, description = "Its id."),
        ("version" = Option<String>, Query, pattern = "^[0-9a-f]{64}$", description = "Of its problem; the newest without it.")
    ),
    responses(
        (
            status = 202,
            description = "It is stored, and will be done.",
            body = RejudgeView,
            headers(("Location" = String, description = "The order's address."))
        ),
        fails::InvalidField,
        fails::NotFound,
        fails::Conflict,
        fails::Unavailable
    )
)]
pub(super) async fn one(
    api: Data<Api>,
    caller: Caller,
    budget: Data<Budget>,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let version = query::version(request.query_string())?.map(|version| version.to_string());
    let (id, sees) = (parse_id(&id)?, caller.sees());
    find(&api, &sees, id).await?;
    expect_nothing(&budget.read_up_to(&request, payload, BODY).await?.bytes)?;
    if let Some(version) = &version {
        check_version_for(&api, &caller, id, version).await?;
    }
    let selection = Selection { submissions: vec![id], version, ..Selection::default() };
    match api.rejudges.count(&sees, &selection).await? {
        Selected { total: 0, .. } => {
            Err(Problem::Conflict(format!("submission `{id}` has no judgement yet, or was cancelled")))
        }
        Selected { impossible: 1.., .. } => Err(Problem::Conflict(format!(
            "submission `{id}` cannot be judged again: its inputs, or its problem, are not there any more"
        ))),
        Selected { .. } => ordered(&api, &sees, &request, &selection).await,
    }
}

async fn ordered(
    api: &Api,
    sees: &Sees,
    request: &HttpRequest,
    selection: &Selection,
) -> Result<HttpResponse, Problem> {
    let id = api.rejudges.order(sees, selection).await?;
    tracing::info!("An operator has ordered submissions to be judged again: order {id}");
    let mut response = HttpResponse::Accepted();
    response.insert_header((header::LOCATION, format!("{}/api/v1/rejudges/{id}", prefix(request))));
    Ok(response.json(shown(api, sees, id).await?))
}

/// Lists orders to judge again, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/rejudges",
    operation_id = "listRejudges",
    tag = "rejudges",
    params(PagesQuery),
    responses(
        (status = 200, description = "A page of them.", body = OrdersView),
        fails::InvalidField,
        fails::Unavailable
    )
)]
pub(super) async fn list(
    api: Data<Api>,
    caller: Caller,
    request: HttpRequest,
) -> Result<Json<OrdersView>, Problem> {
    let PagesQuery { limit, before } = PagesQuery::parse(request.query_string())?;
    let found = api.rejudges.list(&caller.sees(), before, limit + 1).await?;
    let (orders, next_cursor) = query::page(found, limit, |order| order.seq);
    Ok(Json(OrdersView { rejudges: orders.into_iter().map(OrderView::from).collect(), next_cursor }))
}

/// Shows an order, and what became of it so far.
#[utoipa::path(
    get,
    path = "/api/v1/rejudges/{id}",
    operation_id = "getRejudge",
    tag = "rejudges",
    params(("id" = Uuid, Path, description = "Its id.")),
    responses(
        (status = 200, description = "As it stands.", body = RejudgeView),
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
) -> Result<Json<RejudgeView>, Problem> {
    query::expect_none(request.query_string())?;
    Ok(Json(shown(&api, &caller.sees(), parse(&id)?).await?))
}

/// Tells what became of the submissions of an order.
#[utoipa::path(
    get,
    path = "/api/v1/rejudges/{id}/submissions",
    operation_id = "listOutcomes",
    tag = "rejudges",
    params(("id" = Uuid, Path, description = "Its id."), OutcomesQuery),
    responses(
        (status = 200, description = "A page of them.", body = OutcomesView),
        fails::InvalidField,
        fails::NotFound,
        fails::Unavailable
    )
)]
pub(super) async fn outcomes(
    api: Data<Api>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
) -> Result<Json<OutcomesView>, Problem> {
    let OutcomesQuery { which, limit, behind } = OutcomesQuery::parse(request.query_string())?;
    let (order, _) = api.rejudges.get(&caller.sees(), parse(&id)?).await?.ok_or_else(|| no_such(&id))?;
    let found = api.rejudges.outcomes(&order, which, behind, limit + 1).await?;
    let (found, next_cursor) = query::page(found, limit, |outcome| outcome.seq);
    Ok(Json(OutcomesView { submissions: found.into_iter().map(OutcomeView::from).collect(), next_cursor }))
}

/// Ends an order: what is judged by then stays judged.
#[utoipa::path(
    delete,
    path = "/api/v1/rejudges/{id}",
    operation_id = "cancelRejudge",
    tag = "rejudges",
    params(("id" = Uuid, Path, description = "Its id.")),
    responses(
        (status = 200, description = "As it stands now.", body = RejudgeView),
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
) -> Result<Json<RejudgeView>, Problem> {
    query::expect_none(request.query_string())?;
    let (parsed, sees) = (parse(&id)?, caller.sees());
    if !api.rejudges.cancel(&sees, parsed).await? {
        return Err(no_such(&id));
    }
    Ok(Json(shown(&api, &sees, parsed).await?))
}

async fn shown(api: &Api, sees: &Sees, id: RejudgeId) -> Result<RejudgeView, Problem> {
    let (order, tally) = api.rejudges.get(sees, id).await?.ok_or_else(|| no_such(&id.to_string()))?;
    Ok(RejudgeView::new(order, tally))
}

impl Asked {
    fn of(body: &mut Object<'_>) -> Self {
        Self {
            submissions: body.take_row("submissions", "a text").unwrap_or_default(),
            problem: body.take("problem", "a text"),
            version: body.take("version", "a text"),
            user: body.take("user", "a text"),
            language: body.take("language", "a text"),
            verdict: body.take("verdict", "a verdict"),
            since: body.take("since", object::TIME),
            until: body.take("until", object::TIME),
            dry_run: body.take("dry_run", "true or false").unwrap_or_default(),
        }
    }

    /// Something of it says which submissions are meant.
    fn names_some(&self) -> bool {
        let Self { submissions, problem, user, since, until, .. } = self;
        !submissions.is_empty() || problem.is_some() || user.is_some() || since.is_some() || until.is_some()
    }
}

/// What was asked for, once it makes sense; and whether nothing is to be judged.
fn selection(api: &Api, json: &[u8]) -> Result<(Selection, bool), Problem> {
    let mut body = Object::read(json)?;
    let asked = Asked::of(&mut body);
    if !asked.names_some() && body.is_right() {
        body.refuse("submissions", "name submissions, a `problem`, a `user`, or a time (`since`, `until`)");
    }
    let Asked { submissions, problem, version, user, language, verdict, since, until, dry_run } = asked;
    let submissions = ids(&submissions, &mut body);
    if let Some(Err(why)) = problem.as_deref().map(check_problem_id) {
        body.refuse("problem", why);
    }
    match (version.as_deref().map(str::parse::<BlobId>), &problem) {
        (Some(Err(_)), _) => body.refuse("version", "a version has 64 hexadecimal digits"),
        (Some(Ok(_)), None) => body.refuse("version", "is of a `problem`, which is missing"),
        _ => {}
    }
    if let (Some(since), Some(until)) = (since, until)
        && since >= until
    {
        body.refuse("until", "is not later than `since`");
    }
    if let Some(language) = language.as_ref().filter(|id| api.languages.get(id).is_none()) {
        body.refuse("language", format!("there is no language `{}`", wire::shown(language)));
    }
    body.end()?;
    Ok((Selection { submissions, problem, user, language, verdict, since, until, version }, dry_run))
}

fn ids(named: &[String], body: &mut Object<'_>) -> Vec<SubmissionId> {
    if named.len() > NAMED {
        body.refuse("submissions", format!("at most {NAMED} are named one by one"));
        return Vec::new();
    }
    let mut id = |(at, id): (usize, &String)| {
        let parsed = SubmissionId::try_parse(id);
        parsed.map_err(|_| body.refuse(&format!("submissions[{at}]"), "no id of a submission")).ok()
    };
    named.iter().enumerate().filter_map(&mut id).collect()
}

/// Sees that the version to judge by is there.
async fn check_version(api: &Api, sees: &SeesProblems, selection: &Selection) -> Result<(), Problem> {
    let version = selection.version.as_deref().and_then(|version| version.parse::<BlobId>().ok());
    let (Some(problem), Some(version)) = (&selection.problem, version) else { return Ok(()) };
    if api.problems.get(sees, problem, Some(version)).await?.is_some() {
        return Ok(());
    }
    Err(Problem::field("version", format!("there is no problem `{problem}` in this version")))
}

/// Refuses a body: who names a version there would have another one judge, and not be told.
fn expect_nothing(json: &[u8]) -> Result<(), Problem> {
    match json.trim_ascii() {
        b"" | b"null" | b"{}" => Ok(()),
        _ => Err(Problem::field("body", "there is none: the version stands behind the `?`, as `?version=…`")),
    }
}

/// Sees that a submission is judged by a problem that has this version.
async fn check_version_for(
    api: &Api,
    caller: &Caller,
    id: SubmissionId,
    version: &str,
) -> Result<(), Problem> {
    let found = api.submissions.get_up_to(&caller.sees(), id, 0).await?;
    let (standing, _size) = found.ok_or_else(|| submissions::no_such(&id.to_string()))?;
    let Some(problem) = standing.record.problem else {
        return Err(Problem::field("version", "is of a problem, and this submission is judged by none"));
    };
    let (problem, version) = (Some(problem.id), Some(version.to_owned()));
    let selection = Selection { problem, version, ..Selection::default() };
    check_version(api, &caller.sees_problems(), &selection).await
}

fn parse(id: &str) -> Result<RejudgeId, Problem> {
    RejudgeId::try_parse(id).map_err(|_| no_such(id))
}

fn no_such(id: &str) -> Problem {
    Problem::NotFound(format!("there is no order `{}` to judge again", id.escape_default()))
}

impl From<Rejudge> for OrderView {
    fn from(order: Rejudge) -> Self {
        let Rejudge { seq: _, id, state, selection, total, created_at, finished_at } = order;
        Self { id, state, selection, total, created_at, finished_at }
    }
}

impl RejudgeView {
    fn new(order: Rejudge, tally: Tally) -> Self {
        let Tally { waiting, running, failed, cancelled, mut done } = tally;
        // What changed for most comes first.
        done.sort_by_key(|&(before, after, number)| (before == after, u64::MAX - number, before, after));
        let number = |which: fn(&Verdict, &Verdict) -> bool| {
            done.iter().filter(|(before, after, _)| which(before, after)).map(|(_, _, number)| number).sum()
        };
        let view = |&(before, after, submissions): &_| VerdictsView { before, after, submissions };
        Self {
            order: order.into(),
            waiting,
            running,
            done: number(|_, _| true),
            failed,
            cancelled,
            changed: number(|before, after| before != after),
            verdicts: done.iter().map(view).collect(),
        }
    }
}

impl From<RejudgeOutcome> for OutcomeView {
    fn from(outcome: RejudgeOutcome) -> Self {
        let RejudgeOutcome { seq: _, id, user, state, before, after, changed, reason } = outcome;
        Self { id, user, state, before, after, tests_changed: changed, reason }
    }
}

impl From<OrderError> for Problem {
    fn from(why: OrderError) -> Self {
        let detail = why.to_string();
        match why {
            OrderError::TooMany => Self::field("until", detail),
            OrderError::Busy => Self::Conflict(detail),
            OrderError::Store(why) => why.into(),
        }
    }
}
