//! Named tokens: make one, see what there is, give one a new secret, revoke it.

use std::sync::LazyLock;
use std::time::Duration;

use actix_web::web::{Data, Json, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::described::ScopeName;
use super::object::Object;
use super::view::maybe_time;
use super::{Api, Problem, object, query};
use crate::access::Caller;
use crate::http::Budget;
use crate::http::error::fails;
use crate::http::prefix::prefix;
use crate::tokens::{self, Change, NewToken, PRIORITY, Scope, Secret, Token, TokenError};

/// Most bytes of a request.
const BODY: u64 = 16 * 1024;
/// How long an old secret is valid beside the new one, where nothing is said.
const KEEP_OLD: Duration = Duration::from_secs(24 * 60 * 60);
/// The longest.
const KEEP_OLD_MAX: Duration = Duration::from_secs(30 * 24 * 60 * 60);

static SCOPES: LazyLock<String> = LazyLock::new(|| format!("one of `{}`", Scope::NAMES.join("`, `")));

/// A token that is to be made.
#[derive(Debug, Default, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewToken)]
pub(super) struct Asked {
    /// What it is to be called; submissions that come with it have this name.
    #[schema(pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    name: String,
    /// What it may be used for; none that its maker has not got.
    #[schema(value_type = Vec<ScopeName>, min_items = 1)]
    scopes: Vec<Scope>,
    /// Most of its submissions that wait, over all its users; as many as the queue takes without it.
    #[schema(minimum = 1, maximum = 1_000_000)]
    quota: Option<usize>,
    /// Its turns in the queue for each turn of a token of priority 1.
    #[schema(minimum = 1, maximum = 16, default = 4)]
    priority: Option<u32>,
    /// When it ends; never without it.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<DateTime<Utc>>,
}

/// How a token is rotated.
#[derive(Debug, Default, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Rotation)]
pub(super) struct Rotation {
    /// Seconds for which the secret that it has is valid still; 0: not at all.
    #[schema(minimum = 0, maximum = 2_592_000, default = 86_400)]
    keep_old_s: Option<u64>,
}

/// What is to be another one of a token; what is not there stays as it is.
#[derive(Debug, Default, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TokenChange)]
pub(super) struct Changes {
    /// What it may be used for; none that who changes it has not got.
    #[schema(value_type = Option<Vec<ScopeName>>, min_items = 1)]
    scopes: Option<Vec<Scope>>,
    /// Most of its submissions that wait, from the next one on; null: as many as the queue takes.
    #[schema(value_type = Option<usize>, minimum = 1, maximum = 1_000_000)]
    quota: Option<Option<usize>>,
    /// Its turns in the queue for each turn of a token of priority 1.
    #[schema(minimum = 1, maximum = 16)]
    priority: Option<u32>,
    /// When it ends; null: never.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Option<DateTime<Utc>>>,
}

/// A token.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Token)]
pub(super) struct TokenView {
    name: String,
    #[schema(value_type = Vec<ScopeName>)]
    scopes: Vec<Scope>,
    /// Most of its submissions that wait; null: as many as the queue takes.
    quota: Option<usize>,
    priority: u32,
    /// It stands in the settings, and is changed there.
    of_settings: bool,
    /// Null where it stands in the settings.
    #[serde(serialize_with = "maybe_time")]
    #[schema(value_type = Option<String>, format = DateTime)]
    created_at: Option<DateTime<Utc>>,
    #[serde(serialize_with = "maybe_time")]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<DateTime<Utc>>,
    /// To the minute, where the server was killed.
    #[serde(serialize_with = "maybe_time")]
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<DateTime<Utc>>,
    /// The newest first; a second one while clients get the new one.
    secrets: Vec<SecretView>,
}

/// That there is a secret; what it is nobody knows here.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TokenSecret)]
struct SecretView {
    #[serde(serialize_with = "maybe_time")]
    #[schema(value_type = Option<String>, format = DateTime)]
    created_at: Option<DateTime<Utc>>,
    /// When it ends, where it does before the token.
    #[serde(serialize_with = "maybe_time")]
    #[schema(value_type = Option<String>, format = DateTime)]
    ends_at: Option<DateTime<Utc>>,
}

/// A token with its secret, which is told this once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TokenWithSecret)]
pub(super) struct MadeView {
    #[serde(flatten)]
    token: TokenView,
    /// What clients send: `Authorization: Bearer …`.
    secret: String,
}

/// All named tokens.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Tokens)]
pub(super) struct TokensView {
    tokens: Vec<TokenView>,
}

/// Lists the named tokens, by their names.
#[utoipa::path(
    get,
    path = "/api/v1/tokens",
    operation_id = "listTokens",
    tag = "tokens",
    responses((status = 200, description = "All of them.", body = TokensView), fails::InvalidField)
)]
pub(super) async fn list(api: Data<Api>, request: HttpRequest) -> Result<Json<TokensView>, Problem> {
    query::expect_none(request.query_string())?;
    let mut tokens: Vec<_> = api.access.tokens().all().iter().map(|token| TokenView::of(token)).collect();
    tokens.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(Json(TokensView { tokens }))
}

/// Makes a named token. Its secret is told in the answer, and never again.
#[utoipa::path(
    post,
    path = "/api/v1/tokens",
    operation_id = "createToken",
    tag = "tokens",
    request_body = Asked,
    responses(
        (
            status = 201,
            description = "It may be used from now on.",
            body = MadeView,
            headers(("Location" = String, description = "Its address."))
        ),
        fails::InvalidField,
        fails::Conflict,
        fails::Unavailable
    )
)]
pub(super) async fn create(
    api: Data<Api>,
    caller: Caller,
    budget: Data<Budget>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    query::expect_none(request.query_string())?;
    let body = budget.read_up_to(&request, payload, BODY).await?;
    let new = asked(&body.bytes)?;
    if let Some(scope) = new.scopes.beyond(caller.scopes()) {
        let why = format!("nobody gives a scope that he has not got himself, such as `{scope}`");
        return Err(Problem::Forbidden(why));
    }
    let (token, secret) = api.access.tokens().create(&api.store, new).await?;
    tracing::info!(by = caller.sender(), is = %token.nature(), "Token `{}` was made", token.name);
    let location = format!("{}/api/v1/tokens/{}", prefix(&request), token.name);
    let mut response = HttpResponse::Created();
    response.insert_header((actix_web::http::header::LOCATION, location));
    Ok(told(response, &token, secret))
}

/// Shows a named token.
#[utoipa::path(
    get,
    path = "/api/v1/tokens/{token}",
    operation_id = "getToken",
    tag = "tokens",
    params(("token" = String, Path, description = "Its name.")),
    responses((status = 200, description = "As it is.", body = TokenView), fails::InvalidField, fails::NotFound)
)]
pub(super) async fn get(
    api: Data<Api>,
    name: Path<String>,
    request: HttpRequest,
) -> Result<Json<TokenView>, Problem> {
    query::expect_none(request.query_string())?;
    let token = api.access.tokens().get(&name).ok_or_else(|| no_such(&name))?;
    Ok(Json(TokenView::of(&token)))
}

/// Changes what a named token may be used for, its quota, its priority or its end. Its secrets stay as they are. What is
/// open for clients that came with it is closed: they come again.
#[utoipa::path(
    patch,
    path = "/api/v1/tokens/{token}",
    operation_id = "changeToken",
    tag = "tokens",
    params(("token" = String, Path, description = "Its name.")),
    request_body = Changes,
    responses(
        (status = 200, description = "As it is from now on.", body = TokenView),
        fails::InvalidField,
        fails::NotFound,
        fails::Conflict,
        fails::Unavailable
    )
)]
pub(super) async fn change(
    api: Data<Api>,
    caller: Caller,
    budget: Data<Budget>,
    name: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<Json<TokenView>, Problem> {
    query::expect_none(request.query_string())?;
    let body = budget.read_up_to(&request, payload, BODY).await?;
    let change = changes(&body.bytes)?;
    let changed = api.access.tokens().change(&api.store, &name, caller.scopes(), change).await?;
    let [was, is] = changed.ok_or_else(|| no_such(&name))?;
    tracing::info!(by = caller.sender(), was = %was.nature(), is = %is.nature(), "Token `{}` was changed", is.name);
    Ok(Json(TokenView::of(&is)))
}

/// Gives a named token a new secret, which is told in the answer. The one that it has stays valid for a while.
#[utoipa::path(
    post,
    path = "/api/v1/tokens/{token}/rotate",
    operation_id = "rotateToken",
    tag = "tokens",
    params(("token" = String, Path, description = "Its name.")),
    request_body = Option<Rotation>,
    responses(
        (status = 200, description = "The token with its new secret.", body = MadeView),
        fails::InvalidField,
        fails::NotFound,
        fails::Conflict,
        fails::Unavailable
    )
)]
pub(super) async fn rotate(
    api: Data<Api>,
    caller: Caller,
    budget: Data<Budget>,
    name: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    query::expect_none(request.query_string())?;
    let body = budget.read_up_to(&request, payload, BODY).await?;
    let keep = kept(&body.bytes)?;
    let until = Utc::now() + keep;
    let rotated = api.access.tokens().rotate(&api.store, &name, caller.scopes(), until).await?;
    let (token, secret) = rotated.ok_or_else(|| no_such(&name))?;
    tracing::info!(by = caller.sender(), old_until = %until, "Token `{}` has a new secret", token.name);
    Ok(told(HttpResponse::Ok(), &token, secret))
}

/// Revokes a named token at once. What came with it keeps its name.
#[utoipa::path(
    delete,
    path = "/api/v1/tokens/{token}",
    operation_id = "revokeToken",
    tag = "tokens",
    params(("token" = String, Path, description = "Its name.")),
    responses(
        (status = 204, description = "It is of no more use."),
        fails::InvalidField,
        fails::NotFound,
        fails::Conflict,
        fails::Unavailable
    )
)]
pub(super) async fn revoke(
    api: Data<Api>,
    caller: Caller,
    name: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    query::expect_none(request.query_string())?;
    if !api.access.tokens().revoke(&api.store, &name).await? {
        return Err(no_such(&name));
    }
    tracing::info!(by = caller.sender(), "Token `{}` was revoked", *name);
    Ok(HttpResponse::NoContent().finish())
}

fn asked(json: &[u8]) -> Result<NewToken, Problem> {
    let mut body = Object::read(json)?;
    let Asked { name, scopes, quota, priority, expires_at } = Asked::of(&mut body);
    let scopes = scopes.into_iter().collect();
    let new = NewToken { name, scopes, quota, priority: priority.unwrap_or(PRIORITY), expires_at };
    new.wrong().into_iter().for_each(|(field, why)| body.refuse(field, why));
    body.end()?;
    Ok(new)
}

fn changes(json: &[u8]) -> Result<Change, Problem> {
    let mut body = Object::read(json)?;
    let Changes { scopes, quota, priority, expires_at } = Changes::of(&mut body);
    let scopes = scopes.map(|scopes| scopes.into_iter().collect());
    let change = Change { scopes, quota, priority, expires_at };
    change.wrong().into_iter().for_each(|(field, why)| body.refuse(field, why));
    body.end()?;
    Ok(change)
}

/// How long the old secret is valid still.
fn kept(json: &[u8]) -> Result<TimeDelta, Problem> {
    let mut body = match json.trim_ascii() {
        b"" | b"null" => Object::read(b"{}")?,
        json => Object::read(json)?,
    };
    let Rotation { keep_old_s } = Rotation { keep_old_s: body.whole("keep_old_s") };
    let keep = keep_old_s.map_or(KEEP_OLD, Duration::from_secs);
    let within = Some(keep).filter(|keep| *keep <= KEEP_OLD_MAX);
    let keep = within.and_then(|keep| TimeDelta::from_std(keep).ok());
    if keep.is_none() {
        body.refuse("keep_old_s", format!("allowed is 0 to {}", KEEP_OLD_MAX.as_secs()));
    }
    body.end()?;
    Ok(keep.unwrap_or_default())
}

fn told(mut response: actix_web::HttpResponseBuilder, token: &Token, secret: Secret) -> HttpResponse {
    response.json(MadeView { token: TokenView::of(token), secret: secret.told() })
}

fn no_such(name: &str) -> Problem {
    Problem::NotFound(format!("there is no token `{}`", name.escape_default()))
}

impl Asked {
    fn of(body: &mut Object<'_>) -> Self {
        let (name, scopes) = (body.take("name", "a text"), body.take_row("scopes", &SCOPES));
        Self {
            name: body.need("name", name),
            scopes: body.need("scopes", scopes),
            quota: body.whole("quota"),
            priority: body.whole("priority"),
            expires_at: body.take("expires_at", object::TIME),
        }
    }
}

impl Changes {
    fn of(body: &mut Object<'_>) -> Self {
        Self {
            scopes: body.take_row("scopes", &SCOPES),
            quota: body.whole_or_null("quota"),
            priority: body.whole("priority"),
            expires_at: body.take_or_null("expires_at", object::TIME),
        }
    }
}

impl TokenView {
    fn of(token: &Token) -> Self {
        let now = Utc::now();
        let valid = token.secrets.iter().filter(|secret| secret.ends_at.is_none_or(|end| end > now));
        let secrets = valid.map(|tokens::Valid { created_at, ends_at, .. }| SecretView {
            created_at: *created_at,
            ends_at: *ends_at,
        });
        Self {
            name: token.name.to_string(),
            scopes: token.scopes.iter().collect(),
            quota: token.quota,
            priority: token.priority,
            of_settings: token.is_of_settings(),
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used_at: token.used_at(),
            secrets: secrets.collect(),
        }
    }
}

impl From<TokenError> for Problem {
    fn from(why: TokenError) -> Self {
        match why {
            TokenError::Store(why) => why.into(),
            TokenError::Beyond(_) => Self::Forbidden(why.to_string()),
            TokenError::Stopping => Self::Failed,
            why => Self::Conflict(why.to_string()),
        }
    }
}
