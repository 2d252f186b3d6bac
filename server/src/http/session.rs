//! Sign-in of the web page. A browser that has shown a token is given a cookie, which no script can read and which it sends
//! to nobody else; requests of our own pages that come with it are taken as if they had the token.

use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::cookie::time::Duration as CookieDuration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::{Data, ServiceConfig};
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, web};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use super::error::fails;
use super::prefix::prefix;
use super::{Api, Problem, approach, get, resource};
use crate::access::Caller;
use crate::sessions::{Session, Sessions};
use crate::tokens::Scope;

/// Pages of ours send it with what changes something: a form of another site cannot.
const OWN_PAGE: HeaderName = HeaderName::from_static("gavel-page");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// A proxy in front tells how it was asked. Whoever makes it up changes a cookie of their own.
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The routes of it.
pub(super) fn routes(app: &mut ServiceConfig) {
    app.service(
        resource("/api/v1/session", "DELETE, GET, HEAD, POST")
            .route(get().to(show))
            .route(web::post().to(begin))
            .route(web::delete().to(end)),
    );
}

/// What is described of it.
#[derive(OpenApi)]
#[openapi(paths(show, begin, end))]
pub(super) struct SessionApi;

/// Puts the token of a session in the place of the cookie, where one of our own pages sends it.
pub(super) async fn as_token(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if let Some((value, session)) = found(request.request()) {
        request.headers_mut().insert(header::AUTHORIZATION, value);
        request.extensions_mut().insert(session);
    }
    next.call(request).await
}

fn found(request: &HttpRequest) -> Option<(HeaderValue, Session)> {
    let api = request.app_data::<Data<Api>>()?;
    let sessions = request.app_data::<Data<Sessions>>()?;
    if request.headers().contains_key(header::AUTHORIZATION) {
        return None;
    }
    let secret = sent(request, api)?;
    let session = sessions.find(&secret, Utc::now())?;
    if !is_of_our_page(request.method(), request.headers()) {
        return None;
    }
    let mut value = HeaderValue::from_str(&format!("Bearer {}", session.token)).ok()?;
    value.set_sensitive(true);
    Some((value, session))
}

/// Cookies come with whatever a browser sends here, whoever has it do so: other sites' pages and forms, and other ports of this
/// host, which are the same site to it. It says which page a request comes from.
fn is_of_our_page(method: &Method, headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let is_own_site = match text(&FETCH_SITE) {
        // Typed, or a bookmark: nobody's page has it done.
        Some("none") => method.is_safe(),
        Some(site) => site == "same-origin",
        // Browsers leave it out where a name is not trustworthy by itself (http, not loopback), and older ones always.
        None => true,
    };
    let is_own_origin = text(&header::ORIGIN).is_none_or(|origin| {
        let origin = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        origin.is_some() && origin == text(&header::HOST)
    });
    is_own_site && is_own_origin && (method.is_safe() && !is_upgrade(headers) || is_marked(headers))
}

/// A websocket cannot have headers of a page's own, but always has its origin.
fn is_marked(headers: &HeaderMap) -> bool {
    headers.contains_key(OWN_PAGE) || is_upgrade(headers) && headers.contains_key(header::ORIGIN)
}

fn is_upgrade(headers: &HeaderMap) -> bool {
    headers.contains_key(header::UPGRADE)
}

/// Who somebody is here.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
struct SessionView {
    /// The named token that it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    token: Option<Arc<str>>,
    /// What one may do: names of scopes.
    scopes: Vec<&'static str>,
    /// It rests on a session, which can be ended.
    signed_in: bool,
    /// When that ends by itself: the session, its token, or the secret that was shown, whichever is first.
    #[schema(value_type = Option<String>, format = DateTime)]
    ends_at: Option<String>,
}

impl SessionView {
    /// Of a session that ends then, where there is one.
    fn new(caller: &Caller, session: Option<DateTime<Utc>>) -> Self {
        let ends = [session, caller.ends_at()].into_iter().flatten().min();
        let ends_at = ends.map(|ends| ends.to_rfc3339_opts(SecondsFormat::Secs, true));
        let scopes = caller.scopes().iter().map(Scope::name).collect();
        Self { token: caller.name(), scopes, signed_in: session.is_some(), ends_at }
    }
}

/// Tells who one is here.
#[utoipa::path(
    get,
    path = "/api/v1/session",
    operation_id = "showSession",
    tag = "service",
    responses((status = 200, description = "Somebody who may call.", body = SessionView))
)]
async fn show(api: Data<Api>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let caller = api.access.caller(&approach(&request))?;
    let ends = request.extensions().get::<Session>().map(|session| session.ends);
    Ok(HttpResponse::Ok().json(SessionView::new(&caller, ends)))
}

/// Begins a session, for the web page: the token of `Authorization` is then that of requests of our pages.
#[utoipa::path(
    post,
    path = "/api/v1/session",
    operation_id = "beginSession",
    tag = "service",
    responses(
        (
            status = 200,
            description = "It has begun.",
            body = SessionView,
            headers(("Set-Cookie" = String, description = "Ends with the browser, and by `http.session`."))
        ),
        fails::TooManyAttempts,
    )
)]
async fn begin(
    api: Data<Api>,
    sessions: Data<Sessions>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let now = Utc::now();
    let approach = approach(&request);
    let no_token = Problem::Unauthorized("a session begins with a bearer token");
    let token = approach.bearer()?.ok_or(no_token)?;
    let caller = api.access.caller(&approach).map_err(|why| wrong(&sessions, &request, why.into()))?;
    if caller.is_scraper() {
        return Err(Problem::Forbidden("whoever may read the metrics alone has no use for a page".into()));
    }
    // The cookie is overwritten: what it stood for is of no more use to anybody.
    if let Some(before) = sent(&request, &api) {
        sessions.close(&before);
    }
    let opened = sessions.open(token, now);
    let cookie = cookie(&request, &api, &opened.secret).finish();
    Ok(HttpResponse::Ok().cookie(cookie).json(SessionView::new(&caller, Some(opened.ends))))
}

/// What is answered to a wrong token. One that is right begins a session however many wrong ones came from its address: behind
/// a proxy, that is everybody's.
fn wrong(sessions: &Sessions, request: &HttpRequest, why: Problem) -> Problem {
    let (now, Some(peer)) = (Utc::now(), request.peer_addr()) else { return why };
    if let Some(retry_after) = sessions.wait(peer.ip(), now) {
        return Problem::TooManyAttempts { retry_after };
    }
    sessions.failed(peer.ip(), now);
    why
}

/// Ends the session that the cookie names, if it is one.
#[utoipa::path(
    delete,
    path = "/api/v1/session",
    operation_id = "endSession",
    tag = "service",
    responses((status = 204, description = "There is none any more."))
)]
async fn end(
    api: Data<Api>,
    sessions: Data<Sessions>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    if let Some(secret) = sent(&request, &api) {
        if !is_of_our_page(request.method(), request.headers()) {
            return Err(Problem::Unauthorized("a session is ended by its own page"));
        }
        sessions.close(&secret);
    }
    let gone = cookie(&request, &api, "").max_age(CookieDuration::ZERO).finish();
    Ok(HttpResponse::NoContent().cookie(gone).finish())
}

fn sent(request: &HttpRequest, api: &Api) -> Option<String> {
    request.cookie(&name(api)).map(|cookie| cookie.value().to_owned())
}

/// Browsers do not tell ports of a host apart: each instance has a name of its own.
fn name(api: &Api) -> String {
    format!("gavel-session-{}", api.config.sandbox.instance)
}

/// It has no end of its own, so it ends with the browser; the server knows the clock's.
fn cookie<'a>(request: &HttpRequest, api: &Api, secret: &'a str) -> actix_web::cookie::CookieBuilder<'a> {
    let proto = request.headers().get(FORWARDED_PROTO).and_then(|value| value.to_str().ok());
    Cookie::build(name(api), secret)
        .path(format!("{}/", prefix(request)))
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(proto == Some("https"))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_cookie_counts_only_for_requests_of_our_own_pages() {
        let (get, post) = (Method::GET, Method::POST);
        let [own, foreign] = [("origin", "http://judge:5050"), ("origin", "http://evil.example")];
        let marked = ("gavel-page", "1");
        let site = |value| ("sec-fetch-site", value);
        let upgrade = ("upgrade", "websocket");
        for (method, headers, expected) in [
            (&get, &[][..], true),
            (&get, &[site("same-origin")], true),
            (&get, &[site("none")], true),
            (&get, &[site("cross-site")], false),
            (&get, &[site("same-site")], false),
            (&get, &[foreign], false),
            (&get, &[("origin", "null")], false),
            (&get, &[upgrade], false),
            (&get, &[upgrade, own], true),
            (&get, &[upgrade, foreign], false),
            (&post, &[], false),
            (&post, &[own], false),
            (&post, &[own, marked], true),
            (&post, &[own, marked, site("same-origin")], true),
            (&post, &[own, marked, site("same-site")], false),
            (&post, &[marked, site("none")], false),
            (&post, &[foreign, marked], false),
        ] {
            let request = headers
                .iter()
                .fold(TestRequest::default().insert_header(("host", "judge:5050")), |request, header| {
                    request.insert_header(*header)
                });
            let request = request.to_http_request();
            assert_eq!(is_of_our_page(method, request.headers()), expected, "{method} {headers:?}");
        }
    }
}
