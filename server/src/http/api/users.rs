//! The throttle of a user: see it, clear it. And all that there is of a user: remove it.

use std::sync::Arc;

use actix_web::web::{Data, Json, Path};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::query::UserQuery;
use super::wire::check_user_name;
use super::{Api, Problem};
use crate::access::Caller;
use crate::http::error::fails;
use crate::store::Forgotten;
use crate::submission::person;
use crate::tokens::{Scope, Sees};
use crate::user_data::Erased;

/// Whose a path is.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct OfUser {
    /// Whose.
    #[param(min_length = 1, max_length = 128, pattern = r"^[^\u0000-\u001f\u007f-\u009f]*$")]
    user: String,
}

/// A user's strikes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Throttle)]
pub(super) struct ThrottleView {
    user: String,
    /// New submissions are refused now.
    throttled: bool,
    /// Seconds until they are accepted again; 0 = now.
    retry_after_s: u64,
    /// End of the cool-down, while there is one.
    #[schema(format = DateTime)]
    until: Option<String>,
    /// TimeLimitExceeded in a row.
    strikes: u32,
    /// So many start a cool-down; 0 = never.
    strikes_allowed: u32,
    /// Cool-downs since the last day without a strike.
    cool_downs: u32,
}

/// What there was of a user, and is there no more.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Erased)]
pub(super) struct ErasedView {
    submissions: usize,
    /// Of these, those that waited or ran.
    cancelled: u64,
    idempotency_keys: u64,
    rejudges: u64,
    programs: u64,
}

/// Removes all that there is of a user.
///
/// Each named token has users of its own: with `read-all`, those of this name go of every token, or of the one that is named.
/// What waits and runs is cancelled. Once this is answered, neither the database nor a file has anything of it.
#[utoipa::path(
    delete,
    path = "/api/v1/users/{user}/data",
    operation_id = "eraseUser",
    tag = "users",
    params(OfUser, UserQuery),
    responses((status = 200, description = "It has gone.", body = ErasedView), fails::InvalidField, fails::Unavailable)
)]
pub(super) async fn erase(
    api: Data<Api>,
    caller: Caller,
    user: Path<OfUser>,
    request: HttpRequest,
) -> Result<Json<ErasedView>, Problem> {
    let user = named(user)?;
    let sees = match UserQuery::parse(request.query_string())?.token {
        Some(token) => Sees::Own(of_token(&caller, &token)?),
        None => caller.sees(),
    };
    let Erased { stored, cancelled, programs } = api.user_data.erase(&sees, &user).await?;
    let Forgotten { submissions, keys, orders } = stored;
    Ok(Json(ErasedView {
        submissions: submissions.len(),
        cancelled,
        idempotency_keys: keys,
        rejudges: orders,
        programs,
    }))
}

/// Shows how a user of the token stands with the throttle; with `read-all` also one of the token that is named.
#[utoipa::path(
    get,
    path = "/api/v1/users/{user}/throttle",
    operation_id = "getThrottle",
    tag = "users",
    params(OfUser, UserQuery),
    responses((status = 200, description = "The user's strikes.", body = ThrottleView), fails::InvalidField)
)]
pub(super) async fn throttle(
    api: Data<Api>,
    caller: Caller,
    user: Path<OfUser>,
    request: HttpRequest,
) -> Result<Json<ThrottleView>, Problem> {
    let (user, now) = (named(user)?, Utc::now());
    let token = match UserQuery::parse(request.query_string())?.token {
        Some(token) => of_token(&caller, &token)?,
        None => caller.name(),
    };
    let strikes = api.throttle.of(&person(token.as_deref(), &user), now);
    let remaining = strikes.remaining(now);
    let until = strikes.until.filter(|_| remaining.is_some());
    Ok(Json(ThrottleView {
        user,
        throttled: remaining.is_some(),
        retry_after_s: remaining.map_or(0, |left| left.as_secs() + u64::from(left.subsec_nanos() > 0)),
        until: until.map(|until| until.to_rfc3339_opts(SecondsFormat::Millis, true)),
        strikes: strikes.in_a_row,
        strikes_allowed: api.throttle.policy().strikes,
        cool_downs: strikes.cool_downs,
    }))
}

/// Forgives a user everything.
///
/// Each named token has users of its own: with `read-all`, those of this name are forgiven of every token, or of the one that is
/// named.
#[utoipa::path(
    delete,
    path = "/api/v1/users/{user}/throttle",
    operation_id = "clearThrottle",
    tag = "users",
    params(OfUser, UserQuery),
    responses((status = 204, description = "It is forgiven."), fails::InvalidField, fails::Unavailable)
)]
pub(super) async fn clear_throttle(
    api: Data<Api>,
    caller: Caller,
    user: Path<OfUser>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let user = named(user)?;
    let UserQuery { token } = UserQuery::parse(request.query_string())?;
    let only = token.map(|token| person(Some(token.as_str()).filter(|token| !token.is_empty()), &user));
    let mut persons = api.store.persons(&caller.sees(), &user).await?;
    persons.retain(|person| only.as_ref().is_none_or(|only| only == person));
    for person in persons {
        let turn = api.throttle.forgive(&person).await;
        api.store.strike(turn.struck()).await?;
        turn.take_over();
    }
    Ok(HttpResponse::NoContent().finish())
}

/// The token whose users are meant, as callers have its name: empty stands for none. What is another's is for who sees all.
fn of_token(caller: &Caller, token: &str) -> Result<Option<Arc<str>>, Problem> {
    let token: Option<Arc<str>> = Some(token).filter(|token| !token.is_empty()).map(Arc::from);
    if token != caller.name() {
        caller.needs(Scope::ReadAll)?;
    }
    Ok(token)
}

/// The user of the path; one that no submission can have is nobody.
fn named(path: Path<OfUser>) -> Result<String, Problem> {
    let OfUser { user } = path.into_inner();
    check_user_name(&user).map_err(|why| Problem::field("user", why))?;
    Ok(user)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_that_no_submission_can_have_is_refused() {
        let named = |user: &str| named(Path::from(OfUser { user: user.to_owned() }));
        for user in ["alice", "a b", "漢", &"x".repeat(128), &"漢".repeat(128)] {
            assert_eq!(named(user).unwrap(), user);
        }
        for user in ["", "\0", "a\nb", "\u{85}", &"x".repeat(129)] {
            let Err(Problem::Invalid(wrong)) = named(user) else { panic!("{user}") };
            assert_eq!(wrong[0].field, "user");
        }
    }
}
