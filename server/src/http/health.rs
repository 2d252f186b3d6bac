//! Is it alive, is it able to serve, what is it, how does it do.

use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::{Api, gojudge};
use crate::version::{COMMIT, VERSION};

/// `GET /healthz`: the process answers.
pub(super) async fn alive() -> Json<Alive> {
    Json(Alive { status: "ok" })
}

#[derive(Debug, Serialize)]
pub(super) struct Alive {
    status: &'static str,
}

/// `GET /readyz`: a submission would be judged now. Why not, and how the pool stands, is told to those who may call.
pub(super) async fn ready(api: Data<Api>, request: HttpRequest) -> HttpResponse {
    let report = api.readiness.report(&api.queue, &api.store, &*api.operations).await;
    let mut response = if report.ready { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    if api.access.is_known(&request) {
        response.json(report)
    } else {
        response.json(Ready { ready: report.ready })
    }
}

#[derive(Debug, Serialize)]
struct Ready {
    ready: bool,
}

/// `GET /version`: ours, and what go-judge's clients look for.
pub(super) async fn version(api: Data<Api>) -> Json<serde_json::Value> {
    let mut version = match api.gojudge {
        Some(_) => gojudge::version(),
        None => serde_json::json!({}),
    };
    version["name"] = "gavel".into();
    version["version"] = VERSION.into();
    version["commit"] = COMMIT.into();
    version["api"] = "v1".into();
    Json(version)
}

/// `GET /metrics`
pub(super) async fn metrics(api: Data<Api>) -> HttpResponse {
    let (waiting, running) = api.queue.depth();
    crate::telemetry::depth(waiting, running);
    crate::telemetry::pool(&api.operations.status());
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(api.metrics.render())
}
