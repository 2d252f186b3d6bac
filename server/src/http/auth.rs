//! Who may call: bearer tokens; without one, only requests that no foreign web page can have made.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, web};
use subtle::ConstantTimeEq;

use super::{Api, Problem};
use crate::config::HttpConfig;

/// The rules, made from `[http]`.
#[derive(Debug)]
pub struct Access {
    token: Option<Secret>,
    admin_token: Option<Secret>,
    hosts: Vec<String>,
    origins: Vec<String>,
}

/// Why the server must not start.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// Anybody could call.
    #[error(
        "no token is set: set `http.token` (GAVEL_HTTP__TOKEN or GAVEL_HTTP__TOKEN_FILE), or \
         `http.allow_unauthenticated = true` where only trusted programs reach the port"
    )]
    NoToken,
}

/// What a caller may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Backend,
    Operator,
}

/// Of a token only its digest is kept, so that comparing takes the same time for every wrong one.
#[derive(Debug)]
struct Secret(blake3::Hash);

impl Access {
    /// Reads the rules.
    ///
    /// # Errors
    /// No token, and no leave to do without.
    pub fn new(http: &HttpConfig) -> Result<Self, AccessError> {
        let secret = |token: &Option<String>| token.as_deref().map(Secret::new);
        if http.token.is_none() && !http.allow_unauthenticated {
            return Err(AccessError::NoToken);
        }
        Ok(Self {
            token: secret(&http.token),
            admin_token: secret(&http.admin_token),
            hosts: http.allowed_hosts.clone(),
            origins: http.allowed_origins.clone(),
        })
    }

    /// Is the sender one that may call at all?
    pub(super) fn is_known(&self, request: &HttpRequest) -> bool {
        self.role(request).is_ok()
    }

    /// What the sender of this request may do.
    fn role(&self, request: &HttpRequest) -> Result<Role, Problem> {
        if let Some(given) = bearer(request)? {
            return self.role_of(given);
        }
        if self.token.is_some() {
            return Err(Problem::Unauthorized("a bearer token is needed"));
        }
        self.check_host(request)?;
        self.check_origin(request)?;
        // Where operators have a token of their own, nobody is one without it.
        Ok(if self.admin_token.is_some() { Role::Backend } else { Role::Operator })
    }

    fn role_of(&self, given: &str) -> Result<Role, Problem> {
        let given = Secret::new(given);
        let is = |known: &Option<Secret>| known.as_ref().is_some_and(|known| known.equals(&given));
        // Both are compared always: the time tells nothing.
        match (is(&self.admin_token), is(&self.token)) {
            (true, _) => Ok(Role::Operator),
            (false, true) => Ok(Role::Backend),
            (false, false) => Err(Problem::Unauthorized("the bearer token is wrong")),
        }
    }

    /// A page of another site reaches a local judge by a name of its own (DNS rebinding).
    fn check_host(&self, request: &HttpRequest) -> Result<(), Problem> {
        let host =
            request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let name = without_port(host);
        let listed = |known: &String| known.eq_ignore_ascii_case(host) || known.eq_ignore_ascii_case(name);
        if is_loopback(name) || self.hosts.iter().any(listed) {
            return Ok(());
        }
        Err(Problem::Forbidden(format!(
            "requests to the host `{}` are refused while no token is set: list it in `http.allowed_hosts`, or set \
             `http.token`",
            host.escape_default()
        )))
    }

    /// A browser says which page a request comes from.
    fn check_origin(&self, request: &HttpRequest) -> Result<(), Problem> {
        let Some(origin) = request.headers().get(header::ORIGIN) else { return Ok(()) };
        let origin = origin.to_str().unwrap_or_default();
        let host =
            request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let own = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")) == Some(host);
        if own || self.origins.iter().any(|known| known.eq_ignore_ascii_case(origin)) {
            return Ok(());
        }
        Err(Problem::Forbidden(format!(
            "requests from pages of `{}` are refused while no token is set: list it in `http.allowed_origins`, or \
             set `http.token`",
            origin.escape_default()
        )))
    }
}

impl Secret {
    fn new(token: &str) -> Self {
        Self(blake3::hash(token.as_bytes()))
    }

    fn equals(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

/// Lets backends and operators through, and notes which it is.
pub(super) async fn backend(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let role = api(&request)?.access.role(request.request())?;
    request.extensions_mut().insert(role);
    next.call(request).await
}

/// As [`backend`], but a scraper inside a network may use any `Host`: there is nothing of users in the metrics.
pub(super) async fn metrics(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let access = &api(&request)?.access;
    if access.token.is_some() {
        access.role(request.request())?;
    }
    next.call(request).await
}

/// Stops whoever is not an operator.
pub(super) fn operator_only(request: &HttpRequest) -> Result<(), Problem> {
    if request.extensions().get::<Role>() == Some(&Role::Operator) {
        return Ok(());
    }
    Err(Problem::Forbidden("this needs the operator's token (`http.admin_token`)".into()))
}

fn api(request: &ServiceRequest) -> Result<&web::Data<Api>, Problem> {
    let missing = || Problem::NotFound("the server is not set up".into());
    request.app_data::<web::Data<Api>>().ok_or_else(missing)
}

fn bearer(request: &HttpRequest) -> Result<Option<&str>, Problem> {
    let Some(value) = request.headers().get(header::AUTHORIZATION) else { return Ok(None) };
    let wrong = Problem::Unauthorized("the Authorization header is not `Bearer <token>`");
    let Some((scheme, token)) = value.to_str().ok().and_then(|text| text.split_once(' ')) else {
        return Err(wrong);
    };
    if !scheme.eq_ignore_ascii_case("bearer") || token.trim().is_empty() {
        return Err(wrong);
    }
    Ok(Some(token.trim()))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.chars().all(|c| c.is_ascii_digit()) && !name.is_empty() => name,
        _ => host,
    }
}

fn is_loopback(name: &str) -> bool {
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || address.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}
