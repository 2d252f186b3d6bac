//! The description of all APIs (OpenAPI 3.1), made from what stands beside the handlers, and a page that shows it. Both are
//! for everybody: they tell what this server takes, and nothing of anybody who uses it.

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};
use utoipa::OpenApi;

mod answers;
mod page;
#[cfg(test)]
mod tests;

use super::etag::is_known;
use super::prefix::prefix;
use super::{api, gojudge, health, session, ui};
use crate::config::Config;
use crate::language::Languages;
use crate::version::VERSION;

/// What belongs to no API.
#[derive(OpenApi)]
#[openapi(paths(health::alive, health::ready, health::version, health::metrics, description, page, style))]
struct Service;

const ABOUT: &str = "A judge service: programs are compiled and run in sandboxes, and judged.\n\n\
    Times are milliseconds, sizes bytes. Where GET is answered, so is HEAD, but for events. Every answer has an \
    `X-Request-Id`: the request's own, where it sends one. Errors are problems of RFC 9457; what each operation may \
    answer is listed with it.";

const TAGS: [(&str, &str); 9] = [
    ("submissions", "Programs to be judged."),
    ("rejudges", "Submissions that are judged again."),
    ("problems", "Packages that submissions are judged by."),
    ("languages", "What can be compiled and run."),
    ("users", "Those whose programs are judged: their strikes, and their data."),
    ("operations", "For operators."),
    ("tokens", "Named tokens, each with scopes and a part of the queue."),
    ("service", "The server itself."),
    (
        gojudge::TAG,
        "go-judge's API, with its form of errors: at and below its paths, what is no route of its is answered as by it.",
    ),
];

/// The whole description of a server with these settings.
pub(super) fn document(config: &Config, languages: &Languages) -> Value {
    let mut described =
        Service::openapi().merge_from(api::Native::openapi()).merge_from(ui::PageApi::openapi());
    described.merge(session::SessionApi::openapi());
    if config.gojudge.enabled {
        described.merge(gojudge::GoJudgeApi::openapi());
    }
    let mut document = serde_json::to_value(described).unwrap_or_default();
    document["info"] = json!({
        "title": "Gavel",
        "version": VERSION,
        "description": ABOUT,
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    });
    let is_shown = |(name, _): &&(&str, &str)| config.gojudge.enabled || *name != gojudge::TAG;
    document["tags"] =
        TAGS.iter().filter(is_shown).map(|(name, what)| json!({"name": name, "description": what})).collect();
    ui::describe(&mut document);
    api::describe(&mut document, config, languages);
    answers::describe(&mut document, config);
    if config.gojudge.enabled {
        gojudge::describe(&mut document);
    }
    document
}

/// The description as it is sent.
#[derive(Debug)]
pub(super) struct Description {
    /// Up to the address of the server, and what follows it.
    parts: [String; 2],
    page: String,
}

/// Stands for the path below which a proxy serves us.
const PREFIX: &str = "{prefix}";

impl Description {
    /// Of a server with these settings.
    pub(super) fn new(config: &Config, languages: &Languages) -> Self {
        let mut document = document(config, languages);
        document["servers"] = json!([{"url": PREFIX}]);
        let page = page::page(&document);
        let json = document.to_string();
        let (before, behind) = json.split_once(PREFIX).unwrap_or((&json, ""));
        Self { parts: [before, behind].map(str::to_owned), page }
    }

    /// For clients that find us below this path.
    fn below(&self, prefix: &str) -> String {
        self.parts.join(if prefix.is_empty() { "/" } else { prefix })
    }
}

/// Describes all of this.
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "description",
    tag = "service",
    responses(
        (
            status = 200,
            description = "This description.",
            body = Object,
            headers(("ETag" = String, description = "Changes with what is described."))
        ),
        (status = 304, description = "It is still that of `If-None-Match`.")
    )
)]
pub(super) async fn description(description: Data<Description>, request: HttpRequest) -> HttpResponse {
    cached(&request, "application/json", description.below(prefix(&request)))
}

/// Shows it to people.
#[utoipa::path(
    get,
    path = "/docs",
    operation_id = "page",
    tag = "service",
    responses(
        (status = 200, description = "A page without scripts.", body = String, content_type = "text/html"),
        (status = 304, description = "It is still that of `If-None-Match`.")
    )
)]
pub(super) async fn page(description: Data<Description>, request: HttpRequest) -> HttpResponse {
    let mut response = cached(&request, "text/html; charset=utf-8", description.page.clone());
    let policy = HeaderValue::from_static(page::POLICY);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// Hands out what that page looks like.
#[utoipa::path(
    get,
    path = "/docs/style.css",
    operation_id = "style",
    tag = "service",
    responses(
        (status = 200, description = "A style sheet.", body = String, content_type = "text/css"),
        (status = 304, description = "It is still that of `If-None-Match`.")
    )
)]
pub(super) async fn style(request: HttpRequest) -> HttpResponse {
    cached(&request, "text/css; charset=utf-8", page::STYLE.to_owned())
}

/// An answer that clients may keep, and ask for again.
fn cached(request: &HttpRequest, content_type: &str, body: String) -> HttpResponse {
    let tag = format!("\"{}\"", &blake3::hash(body.as_bytes()).to_hex()[..16]);
    let is_known = is_known(request.headers(), &tag);
    let mut response = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((header::ETAG, tag)).insert_header((header::CACHE_CONTROL, "no-cache"));
    response.insert_header((header::VARY, "X-Forwarded-Prefix"));
    if is_known { response.finish() } else { response.content_type(content_type).body(body) }
}
