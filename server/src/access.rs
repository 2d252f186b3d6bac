//! Who may call: bearer tokens; without one, only requests that no foreign web page can have made. go-judge's clients
//! send no token: those of `gojudge.open_networks` need none for its routes.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use ipnet::IpNet;

use crate::config::Config;
use crate::network::network;
use crate::sessions::Session;
use crate::tokens::{Digest, Found, Scope, Scopes, Sees, SeesProblems, Token, Tokens};

/// The rules, made from `[http]` and `gojudge.open_networks`.
#[derive(Debug)]
pub struct Access {
    /// Nobody may call without a token.
    is_closed: bool,
    token: Option<Digest>,
    admin_token: Option<Digest>,
    metrics_token: Option<Digest>,
    tokens: Tokens,
    hosts: Vec<String>,
    origins: Vec<String>,
    open_networks: Vec<IpNet>,
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

/// Why somebody may not call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Denied {
    /// No or a wrong token.
    #[error("{0}")]
    Unauthorized(&'static str),
    /// A right token that does not suffice, or a foreign page.
    #[error("{0}")]
    Forbidden(String),
}

/// What tells who sends a request, whatever that comes by.
#[derive(Debug, Clone, Default)]
pub(crate) struct Approach<'a> {
    /// The address of the socket.
    pub(crate) peer: Option<IpAddr>,
    /// `Authorization`; empty where what was sent is no text.
    pub(crate) authorization: Option<&'a str>,
    /// The name by which the server was called; empty where none was said.
    pub(crate) host: &'a str,
    /// The page that a browser sends it from; empty where what was sent is no text.
    pub(crate) origin: Option<&'a str>,
    /// The session of the page that it comes with.
    pub(crate) session: Option<Session>,
}

/// Somebody who may call.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    who: Who,
    scopes: Scopes,
    /// The session of the page that it came with.
    session: Option<Session>,
}

/// With what somebody came.
#[derive(Debug, Clone)]
enum Who {
    /// With a named token, by a secret that ends then.
    Named(Arc<Token>, Option<DateTime<Utc>>),
    /// With one of the three of the settings, or with none.
    Unnamed,
}

/// The clock of the host is looked at again after so long.
const LOOK_AT_CLOCK: Duration = Duration::from_secs(30);

/// Backends submit, read, and keep problems.
const BACKEND: [Scope; 4] = [Scope::Submit, Scope::Read, Scope::Problems, Scope::Metrics];

impl Caller {
    fn backend() -> Self {
        Self::unnamed(BACKEND.into_iter().collect())
    }

    fn operator() -> Self {
        Self::unnamed(Scopes::all())
    }

    fn scraper() -> Self {
        Self::unnamed([Scope::Metrics].into_iter().collect())
    }

    fn unnamed(scopes: Scopes) -> Self {
        Self { who: Who::Unnamed, scopes, session: None }
    }

    fn named(token: Arc<Token>, ends_at: Option<DateTime<Utc>>) -> Self {
        let scopes = token.scopes;
        Self { who: Who::Named(token, ends_at), scopes, session: None }
    }

    /// As it came, where that was with a session.
    fn with(self, session: Option<Session>) -> Self {
        Self { session, ..self }
    }

    /// May it do this?
    ///
    /// # Errors
    /// The scope that it would need.
    pub(crate) fn needs(&self, scope: Scope) -> Result<(), Denied> {
        if self.scopes.has(scope) { Ok(()) } else { Err(Denied::Forbidden(lacking(scope))) }
    }

    /// It may know what is not for those who submit.
    pub(crate) fn keeps_problems(&self) -> bool {
        self.scopes.keep_problems()
    }

    /// It may read the metrics and nothing else.
    pub(crate) fn is_scraper(&self) -> bool {
        self.scopes.iter().all(|scope| scope == Scope::Metrics)
    }

    /// What it may do.
    pub(crate) fn scopes(&self) -> Scopes {
        self.scopes
    }

    /// The named token that it came with.
    pub(crate) fn token(&self) -> Option<&Arc<Token>> {
        match &self.who {
            Who::Named(token, _) => Some(token),
            Who::Unnamed => None,
        }
    }

    /// The name of that token: what it sends has it.
    pub(crate) fn name(&self) -> Option<Arc<str>> {
        self.token().map(|token| Arc::clone(&token.name))
    }

    /// What it may see.
    pub(crate) fn sees(&self) -> Sees {
        if self.scopes.has(Scope::ReadAll) { Sees::Everything } else { Sees::Own(self.name()) }
    }

    /// Which problems it may see.
    pub(crate) fn sees_problems(&self) -> SeesProblems {
        SeesProblems { of: self.sees(), private: self.keeps_problems() }
    }

    /// It may call no more.
    pub(crate) fn has_ended(&self, now: DateTime<Utc>) -> bool {
        let is_over = self.ends_at().is_some_and(|end| end <= now);
        let is_closed = self.session.as_ref().is_some_and(|session| session.closed.is_cancelled());
        is_over || is_closed || self.token().is_some_and(|token| token.has_ended(now))
    }

    /// When that is so by the clock: the time of its token, of the secret it came with, or of its session is over.
    pub(crate) fn ends_at(&self) -> Option<DateTime<Utc>> {
        let of_token = match &self.who {
            Who::Named(token, secret) => [token.expires_at, *secret],
            Who::Unnamed => [None; 2],
        };
        let of_session = self.session.as_ref().map(|session| session.ends);
        of_token.into_iter().chain([of_session]).flatten().min()
    }

    /// Completes when it may call no more: its token is revoked or changed, the time of it, of its secret or of its session is
    /// over, or the session is.
    pub(crate) async fn ended(&self) {
        let gone = self.token().map(|token| token.gone());
        let closed = self.session.as_ref().map(|session| session.closed.cancelled());
        tokio::select! {
            () = where_any(gone) => {}
            () = where_any(closed) => {}
            () = until(self.ends_at()) => {}
        }
    }

    /// Who it is among those that send commands.
    pub(crate) fn sender(&self) -> String {
        match self.token() {
            Some(token) => format!("token {}", token.name),
            None if self.scopes.has(Scope::Operate) => "the operators".to_owned(),
            None => "the backends".to_owned(),
        }
    }
}

/// Completes when this caller may call no more; never where there is none.
pub(crate) async fn ended(caller: Option<Caller>) {
    where_any(caller.as_ref().map(Caller::ended)).await;
}

/// Completes with this, and never where there is none.
async fn where_any(ending: Option<impl Future<Output = ()>>) {
    match ending {
        Some(ending) => ending.await,
        None => std::future::pending().await,
    }
}

/// Until this time by the clock of the host, which somebody may set meanwhile.
async fn until(time: Option<DateTime<Utc>>) {
    let Some(time) = time else { return std::future::pending().await };
    while let Some(left) = (time - Utc::now()).to_std().ok().filter(|left| !left.is_zero()) {
        tokio::time::sleep(left.min(LOOK_AT_CLOCK)).await;
    }
}

/// What is told to whoever has not this scope.
fn lacking(scope: Scope) -> String {
    let hint = match scope {
        Scope::Operate => "; the operator's token (`http.admin_token`) has it",
        _ => "",
    };
    format!("this needs a token with the scope `{scope}`{hint}")
}

impl Access {
    /// Reads the rules.
    ///
    /// # Errors
    /// No token, and no leave to do without.
    pub fn new(config: &Config) -> Result<Self, AccessError> {
        let http = &config.http;
        let digest = |token: &Option<String>| token.as_deref().map(Digest::of);
        let has_token = http.token.is_some() || !http.tokens.is_empty();
        if !has_token && !http.allow_unauthenticated {
            return Err(AccessError::NoToken);
        }
        Ok(Self {
            is_closed: has_token,
            token: digest(&http.token),
            admin_token: digest(&http.admin_token),
            metrics_token: digest(&http.metrics_token),
            tokens: Tokens::new(&http.tokens),
            hosts: http.allowed_hosts.clone(),
            origins: http.allowed_origins.clone(),
            open_networks: config.gojudge.open_networks.clone(),
        })
    }

    /// The named tokens.
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// Is a client at this address of a network that needs no token for the go-judge API? The address must be the
    /// socket's: a header that names another (`X-Forwarded-For`) is anybody's to write.
    pub(crate) fn is_open(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.open_networks.iter().any(|network| network.contains(&peer))
    }

    /// May this client use the go-judge API where there are no HTTP headers but this one? As over HTTP: a token that is
    /// sent must be right, and without one only clients of open networks may, or anybody while there is none.
    ///
    /// # Errors
    /// What to answer.
    pub(crate) fn admits(&self, approach: &Approach<'_>) -> Result<(), Denied> {
        let Approach { peer, authorization, .. } = approach;
        let wrong = Denied::Unauthorized("the bearer token is missing or wrong");
        match authorization {
            Some(value) => self.caller_of(token_of(value).ok_or(wrong)?)?.needs(Scope::Submit),
            None if !self.is_closed || peer.is_some_and(|peer| self.is_open(peer)) => Ok(()),
            None => Err(wrong),
        }
    }

    /// May the sender of this request use the routes of go-judge? A token that is sent must be right everywhere.
    ///
    /// # Errors
    /// What to answer.
    pub(crate) fn check_gojudge(&self, approach: &Approach<'_>) -> Result<(), Denied> {
        let is_open = approach.peer.is_some_and(|peer| self.is_open(peer));
        if !is_open || approach.authorization.is_some() {
            return self.caller(approach)?.needs(Scope::Submit);
        }
        // The browsers of that network are no clients of ours.
        self.check_host(approach.host, |name| is_loopback(name) || cannot_be_rebound(name))?;
        self.check_origin(approach)
    }

    /// May the sender read the metrics? A scraper inside a network may use any `Host`.
    ///
    /// # Errors
    /// What to answer.
    pub(crate) fn check_metrics(&self, approach: &Approach<'_>) -> Result<(), Denied> {
        if !self.is_closed && self.metrics_token.is_none() {
            return Ok(());
        }
        let Some(given) = approach.bearer()? else {
            return Err(Denied::Unauthorized("a bearer token is needed"));
        };
        self.caller_of(given)?.needs(Scope::Metrics)
    }

    /// Who sends this, of those who may: the same for all that come with one token, else for all of one address, or of the network that
    /// one client has.
    pub(crate) fn sender(&self, approach: &Approach<'_>) -> String {
        match (self.owner(approach.authorization), approach.peer) {
            (Some(caller), _) => caller.sender(),
            (_, Some(peer)) => network(peer).to_string(),
            (_, None) => "nobody known".to_owned(),
        }
    }

    /// Whose token is sent, if it is anybody's.
    pub(crate) fn owner(&self, authorization: Option<&str>) -> Option<Caller> {
        self.caller_of(authorization.and_then(token_of)?).ok()
    }

    /// Completes when whoever sends this request may call no more; never where it comes with neither a named token nor a session.
    pub(crate) fn ended_of(&self, approach: Approach<'_>) -> impl Future<Output = ()> + Send + use<> {
        let Approach { authorization, session, .. } = approach;
        ended(self.owner(authorization).map(|caller| caller.with(session)))
    }

    /// Is the sender one that may call at all, for more than the metrics?
    pub(crate) fn is_known(&self, approach: &Approach<'_>) -> bool {
        self.caller(approach).is_ok_and(|caller| !caller.is_scraper())
    }

    /// The sender of this request.
    ///
    /// # Errors
    /// What to answer to somebody who may do nothing.
    pub(crate) fn caller(&self, approach: &Approach<'_>) -> Result<Caller, Denied> {
        if let Some(given) = approach.bearer()? {
            return Ok(self.caller_of(given)?.with(approach.session.clone()));
        }
        if self.is_closed {
            return Err(Denied::Unauthorized("a bearer token is needed"));
        }
        self.check_host(approach.host, is_loopback)?;
        self.check_origin(approach)?;
        // Where operators have a token of their own, nobody is one without it.
        Ok(if self.admin_token.is_some() { Caller::backend() } else { Caller::operator() })
    }

    fn caller_of(&self, given: &str) -> Result<Caller, Denied> {
        let given = Digest::of(given);
        let is = |known: &Option<Digest>| known.as_ref().is_some_and(|known| known.equals(&given));
        // All are compared always: the time tells nothing.
        let unnamed = [is(&self.admin_token), is(&self.token), is(&self.metrics_token)];
        match (unnamed, self.tokens.of(&given, Utc::now())) {
            ([true, ..], _) => Ok(Caller::operator()),
            ([_, true, _], _) => Ok(Caller::backend()),
            ([.., true], _) => Ok(Caller::scraper()),
            (_, Some(Found::Valid(token, ends_at))) => Ok(Caller::named(token, ends_at)),
            (_, Some(Found::Ended)) => Err(Denied::Unauthorized("the bearer token has ended")),
            (_, None) => Err(Denied::Unauthorized("the bearer token is wrong")),
        }
    }

    /// A page of another site reaches a local judge by a name of its own (DNS rebinding).
    fn check_host(&self, host: &str, is_harmless: fn(&str) -> bool) -> Result<(), Denied> {
        let name = without_port(host);
        let listed = |known: &String| known.eq_ignore_ascii_case(host) || known.eq_ignore_ascii_case(name);
        if is_harmless(name) || self.hosts.iter().any(listed) {
            return Ok(());
        }
        Err(Denied::Forbidden(format!(
            "requests to the host `{}` are refused without a token: list it in `http.allowed_hosts`, or set \
             `http.token` and send it",
            host.escape_default()
        )))
    }

    /// A browser says which page a request comes from.
    fn check_origin(&self, approach: &Approach<'_>) -> Result<(), Denied> {
        let Some(origin) = approach.origin else { return Ok(()) };
        let called = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        let own = called == Some(approach.host);
        if own || self.origins.iter().any(|known| known.eq_ignore_ascii_case(origin)) {
            return Ok(());
        }
        Err(Denied::Forbidden(format!(
            "requests from pages of `{}` are refused without a token: list it in `http.allowed_origins`, or set \
             `http.token` and send it",
            origin.escape_default()
        )))
    }
}

impl<'a> Approach<'a> {
    /// The token that it comes with.
    ///
    /// # Errors
    /// What comes in its place is none.
    pub(crate) fn bearer(&self) -> Result<Option<&'a str>, Denied> {
        let Some(value) = self.authorization else { return Ok(None) };
        let wrong = Denied::Unauthorized("the Authorization header is not `Bearer <token>`");
        token_of(value).map(Some).ok_or(wrong)
    }
}

/// The token of an `Authorization` of the form `Bearer <token>`.
fn token_of(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.chars().all(|c| c.is_ascii_digit()) && !name.is_empty() => name,
        _ => host,
    }
}

fn is_loopback(name: &str) -> bool {
    name.eq_ignore_ascii_case("localhost") || address(name).is_some_and(|address| address.is_loopback())
}

/// Addresses, and the names of containers and hosts of one's own network (`server`): no stranger can have a domain of
/// such a name lead to us.
fn cannot_be_rebound(name: &str) -> bool {
    address(name).is_some() || !name.is_empty() && !name.contains('.')
}

fn address(name: &str) -> Option<IpAddr> {
    name.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Overrides;

    fn access(networks: &str) -> Access {
        let flag = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let flags = vec![flag("http.token", "0123456789abcdef"), flag("gojudge.open_networks", networks)];
        let overrides = Overrides { file: Some("/dev/null".into()), flags, ..Overrides::default() };
        Access::new(&Config::load(&overrides).unwrap()).unwrap()
    }

    #[test]
    fn a_client_with_a_network_of_addresses_is_one_sender() {
        let access = access("fd00::/8");
        let sender = |peer: &str| {
            access.sender(&Approach { peer: Some(peer.parse().unwrap()), ..Approach::default() })
        };
        assert_eq!(sender("fd00::1"), sender("fd00::2"));
        assert_ne!(sender("fd00::1"), sender("fd00:0:0:1::1"));
        assert_eq!(sender("::ffff:10.0.0.1"), "10.0.0.1");
    }

    #[test]
    fn an_address_is_of_an_open_network_in_whatever_form_it_comes() {
        let access = access("10.1.0.0/16, 192.168.1.7, fd00::/8, ::ffff:172.16.0.0/108");
        for (peer, expected) in [
            ("10.1.255.255", true),
            ("::ffff:10.1.2.3", true),
            ("10.2.0.0", false),
            ("::ffff:10.2.0.0", false),
            ("192.168.1.7", true),
            ("192.168.1.8", false),
            ("fd12::1", true),
            ("fe80::1", false),
            ("172.31.0.1", true),
            ("172.32.0.1", false),
            ("::a01:203", false),
        ] {
            assert_eq!(access.is_open(peer.parse().unwrap()), expected, "{peer}");
        }
    }

    #[test]
    fn one_token_is_one_sender_and_without_one_each_address_is() {
        let access = access("10.0.0.0/8");
        let [one, other] = ["10.0.0.1", "10.0.0.2"].map(|peer| Some(peer.parse().unwrap()));
        let sender =
            |peer, authorization| access.sender(&Approach { peer, authorization, ..Approach::default() });
        let token = Some("Bearer 0123456789abcdef");
        assert_eq!(sender(one, token), sender(other, token));
        assert_ne!(sender(one, None), sender(other, None));
        assert_ne!(sender(one, None), sender(one, token));
        assert_eq!(sender(Some("::ffff:10.0.0.1".parse().unwrap()), None), sender(one, None));
        assert_eq!(sender(one, Some("Bearer wrong")), sender(one, None));
    }

    #[test]
    fn no_network_is_open_by_default() {
        assert!(!access("").is_open("127.0.0.1".parse().unwrap()));
    }

    #[test]
    fn a_host_name_that_a_stranger_can_own_may_be_rebound() {
        for (name, expected) in [
            ("server", true),
            ("10.0.0.1", true),
            ("[fd00::1]", true),
            ("judge.example", false),
            ("10.0.0.1.evil.example", false),
            ("", false),
        ] {
            assert_eq!(cannot_be_rebound(name), expected, "{name}");
        }
    }
}
