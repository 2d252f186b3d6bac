//! What go-judge answers at its paths where it has no route: not found, or a slash too many.

use actix_web::http::{Method, StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};

/// Paths at or below those of go-judge. What is none of theirs is the native API's to refuse.
pub(super) const BELOW: &str = "/{route:config|file|run|stream|version|ws}/{rest:.*}";

/// Wherever go-judge has no route, be it for the method.
pub(super) async fn not_found() -> HttpResponse {
    HttpResponse::NotFound().content_type("text/plain").body("404 page not found")
}

/// Below its paths: with a slash behind one, a redirection to it.
pub(super) async fn below(request: HttpRequest) -> HttpResponse {
    let route = request.path().strip_suffix('/').filter(|path| is_route(request.method(), path));
    let Some(path) = route else { return not_found().await };
    let location = match request.query_string() {
        "" => path.to_owned(),
        query => format!("{path}?{query}"),
    };
    let status = match *request.method() {
        Method::GET => StatusCode::MOVED_PERMANENTLY,
        _ => StatusCode::TEMPORARY_REDIRECT,
    };
    HttpResponse::build(status).insert_header((header::LOCATION, location)).finish()
}

fn is_route(method: &Method, path: &str) -> bool {
    let is_file = path.strip_prefix("/file/").is_some_and(|id| !id.is_empty() && !id.contains('/'));
    match *method {
        Method::GET => is_file || ["/config", "/file", "/stream", "/version", "/ws"].contains(&path),
        Method::POST => ["/file", "/run"].contains(&path),
        Method::DELETE => is_file,
        _ => false,
    }
}
