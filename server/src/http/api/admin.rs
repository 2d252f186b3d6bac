//! What operators do.

use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{SecondsFormat, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Api, Problem, query};
use crate::doctor::{self, Finding};
use crate::http::error::fails;
use crate::operations::Recycled;
use crate::sandbox::SandboxStatus;
use crate::telemetry::day::{DayView, today};

/// Users that are told of at one time.
const MOST: usize = 200;

/// Replaces every sandbox; none is taken away in the middle of a run.
#[utoipa::path(
    post,
    path = "/api/v1/admin/recycle",
    operation_id = "recycle",
    tag = "operations",
    responses((status = 200, description = "What it concerns.", body = Recycled), fails::InvalidField)
)]
pub(super) async fn recycle(api: Data<Api>, request: HttpRequest) -> Result<Json<Recycled>, Problem> {
    query::expect_none(request.query_string())?;
    let recycled = api.operations.recycle();
    tracing::info!(sandboxes = recycled.sandboxes, "An operator had all sandboxes recycled");
    Ok(Json(recycled))
}

/// Has the server take no new submissions: what it has taken it judges.
///
/// `/readyz` then tells whoever shares requests out that this server is not to get any. It holds until the server stops.
#[utoipa::path(
    post,
    path = "/api/v1/admin/drain",
    operation_id = "drain",
    tag = "operations",
    responses((status = 204, description = "It takes nothing new."), fails::InvalidField)
)]
pub(super) async fn drain(api: Data<Api>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    set_drained(&api, &request, true)
}

/// Has the server take submissions again.
#[utoipa::path(
    post,
    path = "/api/v1/admin/undrain",
    operation_id = "undrain",
    tag = "operations",
    responses((status = 204, description = "It takes what comes."), fails::InvalidField)
)]
pub(super) async fn undrain(api: Data<Api>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    set_drained(&api, &request, false)
}

/// Of a server as a whole: whoever names a node or anything else behind the `?` means something else.
fn set_drained(api: &Api, request: &HttpRequest, drained: bool) -> Result<HttpResponse, Problem> {
    query::expect_none(request.query_string())?;
    api.queue.drain(drained);
    tracing::info!(drained, "An operator had this server drained, or no longer");
    Ok(HttpResponse::NoContent().finish())
}

/// What was looked at.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Findings)]
pub(super) struct FindingsView {
    /// There is no problem among them.
    healthy: bool,
    findings: Vec<Finding>,
}

/// Looks at what the server itself sees of its host and its settings, as `gavel doctor` does, which sees the engine, too.
#[utoipa::path(
    get,
    path = "/api/v1/admin/findings",
    operation_id = "listFindings",
    tag = "operations",
    responses((status = 200, description = "What came of it.", body = FindingsView))
)]
pub(super) async fn findings(api: Data<Api>) -> Json<FindingsView> {
    let mut findings = doctor::examine(&api.config);
    findings.extend(doctor::nodes::examine(&api.operations.nodes()));
    Json(FindingsView { healthy: doctor::is_healthy(&findings), findings })
}

/// Tells what happened in the last day, in parts of ten minutes, of this server alone. What came in the last minute before a server was killed is not in it.
#[utoipa::path(
    get,
    path = "/api/v1/admin/figures",
    operation_id = "getFigures",
    tag = "operations",
    responses((status = 200, description = "The day.", body = DayView))
)]
pub(super) async fn figures() -> Json<DayView> {
    Json(today().view(Utc::now()))
}

/// All sandboxes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Sandboxes)]
pub(super) struct SandboxesView {
    sandboxes: Vec<SandboxStatus>,
}

/// Lists the sandboxes, and what each does.
#[utoipa::path(
    get,
    path = "/api/v1/admin/sandboxes",
    operation_id = "listSandboxes",
    tag = "operations",
    responses((status = 200, description = "All of them.", body = SandboxesView))
)]
pub(super) async fn sandboxes(api: Data<Api>) -> Json<SandboxesView> {
    Json(SandboxesView { sandboxes: api.operations.sandboxes() })
}

/// Users whose submissions are refused at the moment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ThrottledUsers)]
pub(super) struct ThrottledView {
    /// Those who wait longest first.
    #[schema(max_items = 200)]
    users: Vec<CoolingView>,
}

/// One of them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ThrottledUser)]
struct CoolingView {
    user: String,
    /// The named token that the user's submissions come with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    token: Option<String>,
    /// Until then.
    #[schema(format = DateTime)]
    until: Option<String>,
    /// Cool-downs since the last day without a strike.
    cool_downs: u32,
}

/// Lists users whose submissions are refused because too many of their programs exceeded their time limit.
#[utoipa::path(
    get,
    path = "/api/v1/admin/throttled",
    operation_id = "listThrottled",
    tag = "operations",
    responses((status = 200, description = "The 200 who wait longest.", body = ThrottledView))
)]
pub(super) async fn throttled(api: Data<Api>) -> Json<ThrottledView> {
    let cooling = api.throttle.cooling(Utc::now(), MOST);
    let users = cooling.into_iter().map(|(person, strikes)| {
        // As `submission::person` has put them together.
        let (token, user) =
            person.split_once('\n').map_or((None, person.as_str()), |(token, user)| (Some(token), user));
        CoolingView {
            user: user.to_owned(),
            token: token.map(str::to_owned),
            until: strikes.until.map(|until| until.to_rfc3339_opts(SecondsFormat::Millis, true)),
            cool_downs: strikes.cool_downs,
        }
    });
    Json(ThrottledView { users: users.collect() })
}
