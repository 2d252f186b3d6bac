//! Is it alive, is it able to serve, what is it, how does it do.

use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Api, approach, gojudge};
use crate::readiness::Report;
use crate::version::{COMMIT, VERSION};

/// Tells that the process answers.
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "healthz",
    tag = "service",
    responses((status = 200, description = "It does.", body = Alive))
)]
pub(super) async fn alive() -> Json<Alive> {
    Json(Alive { status: "ok" })
}

/// A sign of life.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Alive {
    status: &'static str,
}

/// Tells whether a submission would be judged now. Why not, and how the pool stands, is told to those who may call.
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "readyz",
    tag = "service",
    responses(
        (status = 200, description = "It would.", body = Report),
        (status = 503, description = "It would not.", body = Report)
    )
)]
pub(super) async fn ready(api: Data<Api>, request: HttpRequest) -> HttpResponse {
    let report = api.readiness.report(&api.queue, &api.store, &*api.operations).await;
    let mut response = if report.ready { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    if api.access.is_known(&approach(&request)) {
        response.json(report)
    } else {
        response.json(Ready { ready: report.ready })
    }
}

#[derive(Debug, Serialize)]
struct Ready {
    ready: bool,
}

/// Tells the version: ours, and what go-judge's clients look for.
#[utoipa::path(
    get,
    path = "/version",
    operation_id = "version",
    tag = "service",
    responses((status = 200, description = "Name, version, and the commit that it is made from.", body = VersionView))
)]
pub(super) async fn version(api: Data<Api>) -> Json<VersionView> {
    let gojudge = api.gojudge.as_ref().map(|_| gojudge::version());
    Json(VersionView { gojudge, name: "gavel", version: VERSION, commit: COMMIT, api: "v1" })
}

/// What this is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServiceVersion)]
pub(super) struct VersionView {
    /// For go-judge's clients.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object)]
    gojudge: Option<serde_json::Value>,
    name: &'static str,
    version: &'static str,
    /// What it is made from.
    commit: &'static str,
    /// Of the native API.
    api: &'static str,
}

/// Answers the metrics, for Prometheus.
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "metrics",
    tag = "service",
    responses((status = 200, description = "Prometheus' text format.", body = String, content_type = "text/plain"))
)]
pub(super) async fn metrics(api: Data<Api>) -> HttpResponse {
    let (waiting, running) = api.queue.depth();
    crate::telemetry::depth(waiting, running);
    crate::telemetry::pool(&api.operations.status());
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(api.metrics.render())
}
