//! The routes of go-judge.

use actix_files::NamedFile;
use actix_multipart::Multipart;
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ContentDisposition, DispositionParam, DispositionType};
use actix_web::middleware::{Next, from_fn};
use actix_web::{Error, HttpRequest, HttpResponse, web};
use futures_util::TryStreamExt;
use serde_json::json;

use super::body::Budget;
use super::{Api, Problem, gojudge_stream, gojudge_ws};
use crate::gojudge::answer::CommandResult;
use crate::gojudge::command::Refusal;
use crate::gojudge::{GoJudge, answer, go_error, request};

/// What go-judge's clients look for in a version: the one whose contract this is.
const CONTRACT: &str = "v1.12.2";

/// All routes but `/version`, which both APIs have.
pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(web::resource("/config").route(web::get().to(config)))
        .service(web::resource("/run").wrap(from_fn(access)).route(web::post().to(run)))
        .service(web::resource("/ws").wrap(from_fn(access)).route(web::get().to(gojudge_ws::ws)))
        .service(web::resource("/stream").wrap(from_fn(access)).route(web::get().to(gojudge_stream::stream)))
        .service(
            web::resource("/file")
                .wrap(from_fn(access))
                .route(web::get().to(list))
                .route(web::post().to(upload)),
        )
        .service(
            web::resource("/file/{id}")
                .wrap(from_fn(access))
                .route(web::get().to(download))
                .route(web::delete().to(remove)),
        );
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
    let checked = api.map(|api| api.access.check_gojudge(request.request()));
    let refusal = match checked {
        Some(Ok(())) => return Ok(next.call(request).await?.map_into_left_body()),
        Some(Err(Problem::Forbidden(why))) => json_body(HttpResponse::Forbidden(), answer::text(&why)),
        Some(Err(_)) | None => HttpResponse::Unauthorized().finish(),
    };
    Ok(request.into_response(refusal).map_into_right_body())
}

async fn run(
    gojudge: web::Data<GoJudge>,
    budget: web::Data<Budget>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let body = budget.read(&request, payload).await?;
    Ok(match request::decode(&body.bytes) {
        Ok(decoded) if decoded.commands.is_empty() => refused(&Refusal::Bad("no cmd provided".to_owned())),
        // A client that goes away drops this, and the run with it.
        Ok(decoded) => answered(gojudge.run(decoded).await),
        Err(error) => refused(&Refusal::Bad(error)),
    })
}

fn answered(outcome: Result<Vec<CommandResult>, Refusal>) -> HttpResponse {
    match outcome {
        Ok(results) => json_body(HttpResponse::Ok(), answer::results(&results)),
        Err(refusal) => refused(&refusal),
    }
}

fn refused(refusal: &Refusal) -> HttpResponse {
    match refusal {
        Refusal::Bad(text) => json_body(HttpResponse::BadRequest(), answer::text(text)),
        Refusal::Failed(text) => json_body(HttpResponse::InternalServerError(), answer::text(text)),
    }
}

fn json_body(mut response: actix_web::HttpResponseBuilder, body: Vec<u8>) -> HttpResponse {
    response.content_type("application/json; charset=utf-8").body(body)
}

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
    match api.operations.status().tier.as_deref() {
        Some("cgroup v2") => 2,
        Some("cgroup v1") => 1,
        _ => 0,
    }
}

async fn list(gojudge: web::Data<GoJudge>) -> HttpResponse {
    let files = gojudge.files().list();
    let entries = files.iter().map(|(id, name)| (id.as_str(), name.as_str()));
    json_body(HttpResponse::Ok(), answer::map(entries))
}

/// The field `file` of a form; only the last part of its file name counts.
async fn upload(gojudge: web::Data<GoJudge>, form: Multipart) -> HttpResponse {
    match uploaded(form).await {
        Ok(Some((name, content))) => {
            let stored = tokio::task::spawn_blocking(move || gojudge.files().add(&name, &content)).await;
            match stored.unwrap_or_else(|panic| Err(std::io::Error::other(panic))) {
                Ok(id) => json_body(HttpResponse::Ok(), answer::text(&id)),
                Err(error) => refused(&Refusal::Failed(go_error::text(&error))),
            }
        }
        Ok(None) | Err(_) => HttpResponse::BadRequest().finish(),
    }
}

/// The field `file` of a form: the last part of its file name, and its content; none where there is no such field.
pub(crate) async fn uploaded(mut form: Multipart) -> Result<Option<(String, Vec<u8>)>, Error> {
    while let Some(mut field) = form.try_next().await? {
        let is_file = field.name() == Some("file");
        let name = field.content_disposition().and_then(|disposition| disposition.get_filename());
        let name = name.and_then(|name| name.rsplit(['/', '\\']).next()).unwrap_or_default().to_owned();
        let mut content = Vec::new();
        while let Some(chunk) = field.try_next().await? {
            if is_file {
                content.extend_from_slice(&chunk);
            }
        }
        if is_file {
            return Ok((!name.is_empty()).then_some((name, content)));
        }
    }
    Ok(None)
}

async fn download(gojudge: web::Data<GoJudge>, id: web::Path<String>, request: HttpRequest) -> HttpResponse {
    let Ok(stored) = gojudge.files().open(&id) else { return HttpResponse::NotFound().finish() };
    let named = NamedFile::from_file(stored.file, &stored.name);
    let Ok(named) = named else { return HttpResponse::NotFound().finish() };
    let attachment = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(stored.name)],
    };
    named.use_etag(false).set_content_disposition(attachment).into_response(&request)
}

async fn remove(gojudge: web::Data<GoJudge>, id: web::Path<String>) -> HttpResponse {
    match gojudge.files().remove(&id) {
        Ok(true) => HttpResponse::Ok().finish(),
        Ok(false) => HttpResponse::NotFound().finish(),
        Err(error) => refused(&Refusal::Failed(go_error::text(&error))),
    }
}
