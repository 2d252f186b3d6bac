//! Which scope each route needs: one table of all of them.

use actix_web::http::Method;

use super::Problem;
use crate::access::Caller;
use crate::tokens::Scope;

/// What a route needs of whoever calls it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Needs {
    /// Some scope beside that of scrapers.
    Any,
    /// This one.
    One(Scope),
    /// Both.
    Both(Scope, Scope),
}

use Needs::{Any, Both, One};
use Scope::{Metrics, Operate, Problems, Read, ReadAll, Submit};

/// By method and path. What else a path takes, and what is nowhere, is answered to whoever has any token.
pub(super) const ROUTES: &[(&str, &str, Needs)] = &[
    ("GET", "/api/v1/submissions", One(Read)),
    ("POST", "/api/v1/submissions", One(Submit)),
    ("GET", "/api/v1/submissions/{id}", One(Read)),
    ("DELETE", "/api/v1/submissions/{id}", One(Submit)),
    ("GET", "/api/v1/submissions/{id}/events", One(Read)),
    ("GET", "/api/v1/submissions/{id}/files/{test}/{name}", One(Read)),
    ("GET", "/api/v1/submissions/{id}/sources", One(Read)),
    ("GET", "/api/v1/submissions/{id}/judgements", One(Read)),
    ("GET", "/api/v1/submissions/{id}/judgements/{number}", One(Read)),
    ("POST", "/api/v1/submissions/{id}/rejudge", One(Operate)),
    ("GET", "/api/v1/rejudges", One(Operate)),
    ("POST", "/api/v1/rejudges", One(Operate)),
    ("GET", "/api/v1/rejudges/{id}", One(Operate)),
    ("DELETE", "/api/v1/rejudges/{id}", One(Operate)),
    ("GET", "/api/v1/rejudges/{id}/submissions", One(Operate)),
    ("GET", "/api/v1/events", One(Read)),
    ("GET", "/api/v1/languages", Any),
    ("GET", "/api/v1/problems", One(Read)),
    ("GET", "/api/v1/problems/{id}", One(Read)),
    ("PUT", "/api/v1/problems/{id}", One(Problems)),
    ("DELETE", "/api/v1/problems/{id}", One(Problems)),
    ("GET", "/api/v1/problems/{id}/versions", One(Read)),
    ("GET", "/api/v1/problems/{id}/samples", One(Read)),
    ("GET", "/api/v1/problems/{id}/statement", One(Read)),
    ("GET", "/api/v1/problems/{id}/attachments/{name}", One(Read)),
    ("GET", "/api/v1/users/{user}/throttle", One(Read)),
    ("DELETE", "/api/v1/users/{user}/throttle", One(Operate)),
    ("DELETE", "/api/v1/users/{user}/data", One(Operate)),
    ("POST", "/api/v1/admin/recycle", One(Operate)),
    ("POST", "/api/v1/admin/drain", One(Operate)),
    ("POST", "/api/v1/admin/undrain", One(Operate)),
    ("GET", "/api/v1/admin/findings", One(Operate)),
    ("GET", "/api/v1/admin/figures", One(Operate)),
    ("GET", "/api/v1/admin/sandboxes", One(Operate)),
    ("GET", "/api/v1/admin/throttled", Both(Operate, ReadAll)),
    ("GET", "/api/v1/nodes", Any),
    ("POST", "/api/v1/nodes/{name}/drain", One(Operate)),
    ("POST", "/api/v1/nodes/{name}/undrain", One(Operate)),
    // Whoever makes tokens may make one that sees everything.
    ("GET", "/api/v1/tokens", Both(Operate, ReadAll)),
    ("POST", "/api/v1/tokens", Both(Operate, ReadAll)),
    ("GET", "/api/v1/tokens/{token}", Both(Operate, ReadAll)),
    ("PATCH", "/api/v1/tokens/{token}", Both(Operate, ReadAll)),
    ("DELETE", "/api/v1/tokens/{token}", Both(Operate, ReadAll)),
    ("POST", "/api/v1/tokens/{token}/rotate", Both(Operate, ReadAll)),
    // These are let through elsewhere (`access.rs`): some need no token in some networks.
    ("GET", "/metrics", One(Metrics)),
    ("POST", "/run", One(Submit)),
    ("GET", "/file", One(Submit)),
    ("POST", "/file", One(Submit)),
    ("GET", "/file/{id}", One(Submit)),
    ("DELETE", "/file/{id}", One(Submit)),
    ("GET", "/ws", One(Submit)),
    ("GET", "/stream", One(Submit)),
];

impl Needs {
    /// The scopes, each of which is needed; none: any will do.
    pub(super) fn scopes(self) -> Vec<Scope> {
        match self {
            Any => Vec::new(),
            One(scope) => vec![scope],
            Both(one, other) => vec![one, other],
        }
    }
}

/// What a request needs. None where the path takes no such method.
pub(super) fn needed(method: &str, path: &str) -> Option<Needs> {
    let method = if method == "HEAD" { "GET" } else { method };
    let found = ROUTES.iter().find(|(known, route, _)| *known == method && *route == path);
    found.map(|(_, _, needs)| *needs)
}

/// May this caller use the route of this pattern?
///
/// # Errors
/// The scope that is missing.
pub(super) fn check(method: &Method, pattern: Option<&str>, caller: &Caller) -> Result<(), Problem> {
    let Some(pattern) = pattern else { return Ok(()) };
    // What follows a name says what it may be like.
    let path = pattern.replace(":.+}", "}");
    if !ROUTES.iter().any(|(_, route, _)| *route == path) {
        // A test looks that there is none.
        tracing::error!("It is not known which scope {path} needs");
        return Err(Problem::Failed);
    }
    match needed(method.as_str(), &path) {
        Some(Any) if caller.is_scraper() => caller.needs(Read)?,
        Some(needs) => needs.scopes().into_iter().try_for_each(|scope| caller.needs(scope))?,
        None => {}
    }
    Ok(())
}
