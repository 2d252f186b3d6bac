//! The web page: one document for all its addresses, and the files that it loads. It is a client of the native API like
//! any other: here is nothing of anybody, so it is for everybody, as the description is.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::web::{Bytes, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use serde_json::{Value, json};

mod document;
mod files;

pub(super) use files::Files;

use super::encoding;
use super::etag::is_known;
use super::prefix::prefix;
use super::{Problem, get, resource};

/// Names of these files change with what is in them.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Each address of the page, and what it shows.
const PAGES: [(&str, &str, &str); 6] = [
    ("/", "webPage", "Shows the playground."),
    ("/problems", "webPageProblems", "Shows the problems."),
    ("/problems/{id}", "webPageProblem", "Shows a problem."),
    ("/submissions", "webPageSubmissions", "Shows submissions."),
    ("/submissions/{id}", "webPageSubmission", "Shows a submission."),
    ("/operations", "webPageOperations", "Shows how the service does, to operators."),
];

/// The addresses of the page and of its files.
pub(super) fn routes(app: &mut ServiceConfig) {
    app.service(resource("/", "GET, HEAD").route(get().to(page)))
        .service(resource("/problems", "GET, HEAD").route(get().to(page)))
        .service(resource("/problems/{id}", "GET, HEAD").route(get().to(page)))
        .service(resource("/submissions", "GET, HEAD").route(get().to(page)))
        .service(resource("/submissions/{id}", "GET, HEAD").route(get().to(page)))
        .service(resource("/operations", "GET, HEAD").route(get().to(page)))
        .service(resource("/assets/{name}", "GET, HEAD").route(get().to(asset)));
}

/// Describes the addresses of the page: all of them are answered by one document.
pub(super) fn describe(description: &mut Value) {
    for (path, operation, summary) in PAGES {
        let parameters =
            json!([{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}]);
        let mut described = json!({
            "operationId": operation,
            "tags": ["service"],
            "summary": summary,
            "responses": {"200": {
                "description": "The web page.",
                "content": {"text/html": {"schema": {"type": "string"}}},
            }},
        });
        if path.ends_with('}') {
            described["parameters"] = parameters;
        }
        description["paths"][path]["get"] = described;
    }
}

async fn page(files: Data<Files>, request: HttpRequest) -> HttpResponse {
    shown(HttpResponse::Ok(), &files, &request)
}

/// Where there is nothing: to whoever reads pages the document says so, with a way back.
pub(super) async fn elsewhere(files: Data<Files>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    if request.method().is_safe() && reads_pages(request.headers()) {
        return Ok(shown(HttpResponse::NotFound(), &files, &request));
    }
    super::error::not_found(request).await
}

/// As browsers ask that show what comes; scripts and other programs take anything.
fn reads_pages(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|accepted| accepted.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains("text/html"))
}

/// The document. Its nonce is for one answer: like all that says nothing else, it is kept by nobody.
fn shown(mut response: HttpResponseBuilder, files: &Files, request: &HttpRequest) -> HttpResponse {
    let document::Document { html, policy } = document::document(files.index(), prefix(request));
    response
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, policy));
    for (name, value) in document::HEADERS {
        response.insert_header((name, value));
    }
    response.body(html)
}

/// Hands out a file that the page loads.
#[utoipa::path(
    get,
    path = "/assets/{name}",
    operation_id = "webPageFile",
    tag = "service",
    params(("name" = String, Path, description = "As the page names it.")),
    responses(
        (
            status = 200,
            description = "The file: of this name there is never another one.",
            body = String,
            content_type = "application/octet-stream"
        ),
        (status = 304, description = "It is still that of `If-None-Match`."),
        super::error::fails::NotFound,
    )
)]
pub(super) async fn asset(
    files: Data<Files>,
    name: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let file = files.get(&name);
    let file =
        file.ok_or_else(|| Problem::NotFound(format!("there is no file `{}`", name.escape_default())))?;
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static(FOR_EVER)),
        (header::VARY, HeaderValue::from_static("Accept-Encoding")),
    ];
    if is_known(request.headers(), file.tag()) {
        return Ok(answer(HttpResponse::NotModified(), file.tag(), headers).finish());
    }
    let mut response = answer(HttpResponse::Ok(), file.tag(), headers);
    response.content_type(file.content_type());
    if encoding::accepts_gzip(request.headers()) {
        response.insert_header((header::CONTENT_ENCODING, "gzip"));
        return Ok(response.body(Bytes::from_static(file.compressed())));
    }
    Ok(response.body(encoding::unpacked(file.compressed())))
}

fn answer(
    mut response: HttpResponseBuilder,
    tag: &str,
    headers: [(HeaderName, HeaderValue); 2],
) -> HttpResponseBuilder {
    response.insert_header((header::ETAG, tag));
    for header in headers {
        response.insert_header(header);
    }
    response
}

/// What of it is written beside handlers.
#[derive(utoipa::OpenApi)]
#[openapi(paths(asset))]
pub(super) struct PageApi;
