//! go-judge's API over HTTP: its routes on one page.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{HttpServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::{Error, HttpRequest, HttpResponse, Resource, web};
use gavel_protocol::CgroupTier;
use serde_json::json;

mod description;
mod files;
mod form;
#[cfg(any(test, feature = "fuzz"))]
pub(super) mod fuzz;
pub(super) mod json;
mod media_type;
mod missing;
mod respond;
mod sending;
mod stream;
mod ws;

pub(super) use description::{GoJudgeApi, describe};
pub(crate) use form::{Form, FormError};

use self::json::{answer, request};
use self::respond::{answered, json_body, refused};
use super::body::{Body, Budget};
use super::error::fails;
use super::peer::Peer;
use super::{Api, Problem, approach};
use crate::access::Denied;
use crate::gojudge::GoJudge;
use crate::gojudge::refusal::Refusal;
use crate::gojudge::request::Request;

/// What go-judge's clients look for in a version: the one whose contract this is.
const CONTRACT: &str = "v1.12.2";

/// What its operations are called together.
pub(super) const TAG: &str = "go-judge";

/// All routes but `/version`, which both APIs have.
pub(super) fn routes(app: &mut web::ServiceConfig) {
    let route = |path: &str| web::resource(path).default_service(web::to(missing::not_found));
    app.service(route("/config").route(web::get().to(config)))
        .service(guarded(route("/run").route(web::post().to(run))))
        .service(guarded(route("/ws").route(web::get().to(ws::ws))))
        .service(guarded(route("/stream").route(web::get().to(stream::stream))))
        .service(guarded(
            route("/file").route(web::get().to(files::list)).route(web::post().to(files::upload)),
        ))
        .service(guarded(
            route("/file/{id}").route(web::get().to(files::download)).route(web::delete().to(files::remove)),
        ))
        .service(guarded(web::resource(missing::BELOW).route(web::to(missing::below))));
}

/// For those only who may call.
fn guarded(resource: Resource) -> impl HttpServiceFactory {
    resource.wrap(from_fn(access))
}

/// What both `/version` and `/config` tell of features.
pub(super) fn features() -> serde_json::Value {
    json!({
        "copyOutOptional": true,
        "pipeProxy": true,
        "symlink": true,
        "addressSpaceLimit": true,
        "stream": true,
        "procPeak": true,
        "copyOutTruncate": true,
        "pipeProxyZeroCopy": false,
        "fixSymlinkEscape": true,
    })
}

/// go-judge's part of `/version`.
pub(super) fn version() -> serde_json::Value {
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    let mut version = features();
    version["buildVersion"] = CONTRACT.into();
    version["goVersion"] = "none".into();
    version["platform"] = architecture.into();
    version["os"] = std::env::consts::OS.into();
    version
}

/// A wrong token is answered as go-judge does: 401 and nothing more. What go-judge does not check is told in its form
/// of an error.
async fn access(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody, BoxBody>>, Error> {
    let api = request.app_data::<web::Data<Api>>().cloned();
    let checked = api.map(|api| api.access.check_gojudge(&approach(request.request())));
    let refusal = match checked {
        Some(Ok(())) => return Ok(next.call(request).await?.map_into_left_body()),
        Some(Err(Denied::Forbidden(why))) => json_body(HttpResponse::Forbidden(), answer::text(&why)),
        Some(Err(_)) | None => HttpResponse::Unauthorized().finish(),
    };
    Ok(request.into_response(refusal).map_into_right_body())
}

/// Runs commands.
#[utoipa::path(
    post,
    path = "/run",
    operation_id = "gojudgeRun",
    tag = TAG,
    request_body(content = ref("#/components/schemas/RunRequest"), content_type = "application/json"),
    responses(
        (status = 200, description = "What came of each.", body = ref("#/components/schemas/RunResults"), content_type = "application/json"),
        (status = 400, description = "What cannot be run, and why.", body = String, content_type = "application/json"),
        (status = 500, description = "It failed.", body = String, content_type = "application/json"),
        (status = 503, description = "Too much is held.", body = String, content_type = "application/json"),
        fails::MalformedBody,
        fails::SlowBody,
        fails::BodyTooLarge,
        fails::Unavailable
    )
)]
async fn run(
    gojudge: web::Data<GoJudge>,
    budget: web::Data<Budget>,
    api: web::Data<Api>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let Body { bytes, mut held } = budget.read(&request, payload).await?;
    let decoded = request::decoded(bytes, &mut held, request::decode).await;
    let answer = match decoded {
        Ok(decoded) if decoded.commands.is_empty() => refused(&Refusal::Bad("no cmd provided".to_owned())),
        // A client that goes away drops this, and the run with it.
        Ok(decoded) => {
            let sender = api.access.sender(&approach(&request));
            let outcome = gojudge.run(Request { sender, ..decoded }).await;
            answered(outcome, gojudge.account(), Peer::of(&request))
        }
        Err(refusal) => refused(&refusal),
    };
    drop(held);
    Ok(answer)
}

/// Tells what clients look for at their start.
#[utoipa::path(
    get,
    path = "/config",
    operation_id = "gojudgeConfig",
    tag = TAG,
    responses((status = 200, description = "Features, and how commands run.", body = Object))
)]
async fn config(gojudge: web::Data<GoJudge>, api: web::Data<Api>) -> HttpResponse {
    let settings = &api.config.gojudge;
    let mut config = features();
    config["fileStorePath"] = gojudge.files().directory().display().to_string().into();
    config["runnerConfig"] = json!({
        "cgroupType": cgroup_type(&api),
        "cgroupControllers": ["cpu", "cpuacct", "cpuset", "memory", "pids"],
        "mount": [],
        "symbolicLink": [],
        "maskedPaths": [],
        "hostName": "command",
        "domainName": "",
        "workDir": "/w",
        "uid": api.config.sandbox.uid_base,
        "gid": api.config.sandbox.uid_base,
        "image": settings.image,
    });
    HttpResponse::Ok().json(config)
}

/// 2, 1, or 0 where limits are enforced without cgroups.
fn cgroup_type(api: &Api) -> u8 {
    match api.operations.status().tier {
        Some(CgroupTier::V2) => 2,
        Some(CgroupTier::V1) => 1,
        Some(CgroupTier::None) | None => 0,
    }
}
