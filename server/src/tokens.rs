//! Named tokens: who comes with one may do what its scopes say, sees what came with it, and has its own part of the queue.
//! Some stand in the settings, others are made while the server serves; all are in memory, for every request to be looked at.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use tokio_util::sync::CancellationToken;

mod secret;
mod sees;

pub use secret::{Digest, Secret};
pub use sees::{Sees, SeesProblems};

pub use crate::scope::{Scope, Scopes};
pub use crate::token_rules::{
    Change, NAME_MAX, NewToken, PRIORITIES, PRIORITY, QUOTA_MAX, Wrong, check_name,
};

use crate::config::TokenConfig;
use crate::store::{Store, StoreError};

/// Most tokens that are made by API: each request is compared with all.
pub const MOST: usize = 256;

/// A named token.
#[derive(Debug)]
pub struct Token {
    /// What it is called; what came with it has this name.
    pub name: Arc<str>,
    /// What it may be used for.
    pub scopes: Scopes,
    /// Most of its submissions that wait, over all its users; none: as many as the queue takes.
    pub quota: Option<usize>,
    /// Its turns in the queue for each turn of a token of priority 1.
    pub priority: u32,
    /// When it was made; none: it stands in the settings.
    pub created_at: Option<DateTime<Utc>>,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// Its secrets, the newest first; a second one while the token is rotated.
    pub secrets: Vec<Valid>,
    /// When it was used last, in milliseconds since 1970; 0 = never.
    used: AtomicI64,
    /// It is revoked, or has changed: whoever came with it and stays must come again.
    gone: CancellationToken,
}

/// A secret that is valid, as far as it is known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Valid {
    /// What comes is compared with.
    pub digest: Digest,
    /// When it was made; none: it stands in the settings.
    pub created_at: Option<DateTime<Utc>>,
    /// When it ends, where it does.
    pub ends_at: Option<DateTime<Utc>>,
}

/// What a token has of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Most submissions that wait.
    pub quota: Option<usize>,
    /// Turns for each turn of a token of priority 1.
    pub priority: u32,
}

/// Why a token was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// There is one of this name.
    #[error("there is a token `{0}`")]
    Taken(String),
    /// It stands in the settings.
    #[error("token `{0}` stands in the settings, and is changed there")]
    OfSettings(String),
    /// Whoever asks has not got this scope of its.
    #[error("nobody gets a secret or a token with a scope that he has not got, such as `{0}`")]
    Beyond(Scope),
    /// The change was given up, for the server stops.
    #[error("the server stops")]
    Stopping,
    /// So many are there.
    #[error("there are {MOST} tokens, the most there may be: revoke those that nobody uses")]
    TooMany,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A secret that was given.
#[derive(Debug)]
pub(crate) enum Found {
    /// It is valid, until then where it ends.
    Valid(Arc<Token>, Option<DateTime<Utc>>),
    /// It was, or its token was.
    Ended,
}

/// All named tokens. Copies are of the same ones.
#[derive(Debug, Clone, Default)]
pub struct Tokens(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    table: RwLock<Arc<Vec<Arc<Token>>>>,
    /// One change at a time.
    changing: tokio::sync::Mutex<()>,
}

impl Token {
    /// When it was used last.
    pub fn used_at(&self) -> Option<DateTime<Utc>> {
        let millis = self.used.load(Ordering::Relaxed);
        if millis == 0 { None } else { DateTime::from_timestamp_millis(millis) }
    }

    /// It is used now.
    fn note_use(&self, now: DateTime<Utc>) {
        self.used.fetch_max(now.timestamp_millis(), Ordering::Relaxed);
    }

    /// It may be used no more.
    pub fn has_ended(&self, now: DateTime<Utc>) -> bool {
        self.gone.is_cancelled() || self.expires_at.is_some_and(|end| end <= now)
    }

    /// Completes when it is revoked or changed.
    pub async fn gone(&self) {
        self.gone.cancelled().await;
    }

    /// It stands in the settings.
    pub fn is_of_settings(&self) -> bool {
        self.created_at.is_none()
    }

    /// The one that stands in the settings.
    fn configured(config: &TokenConfig) -> Self {
        let valid =
            |secret: &String, ends_at| Valid { digest: Digest::of(secret), created_at: None, ends_at };
        let newest = config.secret.iter().map(|secret| valid(secret, None));
        let previous = config.previous_secret.iter().map(|secret| valid(secret, config.previous_until));
        Self {
            name: config.name.as_str().into(),
            scopes: config.scopes.iter().copied().collect(),
            quota: config.quota,
            priority: config.priority.unwrap_or(PRIORITY),
            created_at: None,
            expires_at: config.expires_at,
            secrets: newest.chain(previous).collect(),
            used: AtomicI64::default(),
            gone: CancellationToken::new(),
        }
    }

    /// One that was made by API.
    pub(crate) fn stored(new: NewToken, created_at: DateTime<Utc>, secrets: Vec<Valid>) -> Self {
        let NewToken { name, scopes, quota, priority, expires_at } = new;
        Self {
            name: name.into(),
            scopes,
            quota,
            priority,
            created_at: Some(created_at),
            expires_at,
            secrets,
            used: AtomicI64::default(),
            gone: CancellationToken::new(),
        }
    }

    /// The same with other secrets.
    fn with_secrets(&self, secrets: Vec<Valid>) -> Self {
        Self {
            name: Arc::clone(&self.name),
            secrets,
            used: AtomicI64::new(self.used.load(Ordering::Relaxed)),
            gone: CancellationToken::new(),
            ..*self
        }
    }

    /// The same with these changes.
    fn changed(&self, change: Change) -> Self {
        Self {
            scopes: change.scopes.unwrap_or(self.scopes),
            quota: change.quota.unwrap_or(self.quota),
            priority: change.priority.unwrap_or(self.priority),
            expires_at: change.expires_at.unwrap_or(self.expires_at),
            ..self.with_secrets(self.secrets.clone())
        }
    }

    /// With a new secret, beside which the newest of the old ones is valid until then.
    fn rotated(&self, digest: Digest, old_until: DateTime<Utc>) -> Self {
        let now = Utc::now();
        let mut secrets = vec![Valid { digest, created_at: Some(now), ends_at: None }];
        if old_until > now {
            let old = self.secrets.first().cloned();
            secrets.extend(old.map(|old| Valid { ends_at: Some(old_until), ..old }));
        }
        self.with_secrets(secrets)
    }

    /// What it is beside its name and secrets, in a line for the log.
    pub fn nature(&self) -> String {
        let quota = self.quota.map_or_else(|| "none".to_owned(), |quota| quota.to_string());
        let end = self.expires_at.map_or_else(|| "never".to_owned(), |end| end.to_rfc3339());
        format!("scopes {}, quota {quota}, priority {}, ends {end}", self.scopes, self.priority)
    }
}

impl Tokens {
    /// Those of the settings.
    pub fn new(configured: &[TokenConfig]) -> Self {
        let tokens = Self::default();
        tokens.set(configured.iter().map(|config| Arc::new(Token::configured(config))).collect());
        tokens
    }

    /// Beside these, those that are stored; one of the settings takes the place of a stored one of its name.
    ///
    /// # Errors
    /// The store's.
    pub async fn load(&self, store: &Store) -> Result<(), StoreError> {
        let mut table = self.all().as_ref().clone();
        for token in store.tokens().await? {
            if table.iter().any(|known| known.name == token.name) {
                tracing::warn!(
                    "Token `{}` stands in the settings, which count: the one that is stored does not",
                    token.name
                );
            } else {
                table.push(Arc::new(token));
            }
        }
        let uses: HashMap<String, DateTime<Utc>> = store.token_uses().await?.into_iter().collect();
        for token in &table {
            if let Some(used_at) = uses.get(&*token.name) {
                token.note_use(*used_at);
            }
        }
        self.set(table);
        Ok(())
    }

    /// All of them.
    pub fn all(&self) -> Arc<Vec<Arc<Token>>> {
        Arc::clone(&self.0.table.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The one of this name.
    pub fn get(&self, name: &str) -> Option<Arc<Token>> {
        self.all().iter().find(|token| &*token.name == name).cloned()
    }

    /// What this token has of the queue; one that is there no more as any other, and so what came with none.
    pub fn terms(&self, name: Option<&str>) -> Terms {
        let token = name.and_then(|name| self.get(name));
        token.map_or(Terms { quota: None, priority: PRIORITY }, |token| Terms {
            quota: token.quota,
            priority: token.priority,
        })
    }

    /// Whose secret this is, and notes that it was used. All are compared, whichever it is.
    pub(crate) fn of(&self, given: &Digest, now: DateTime<Utc>) -> Option<Found> {
        let mut found = None;
        for token in self.all().iter() {
            for secret in &token.secrets {
                if secret.digest.equals(given) {
                    found = Some((Arc::clone(token), secret.ends_at));
                }
            }
        }
        let (token, ends_at) = found?;
        if token.has_ended(now) || ends_at.is_some_and(|end| end <= now) {
            return Some(Found::Ended);
        }
        token.note_use(now);
        Some(Found::Valid(token, ends_at))
    }

    /// Makes a token. Its secret is told here and nowhere else.
    ///
    /// # Errors
    /// Any [`TokenError`]; then there is none.
    pub async fn create(&self, store: &Store, new: NewToken) -> Result<(Arc<Token>, Secret), TokenError> {
        let (tokens, store) = (self.clone(), store.clone());
        whole(async move { tokens.create_now(&store, new).await }).await
    }

    async fn create_now(&self, store: &Store, new: NewToken) -> Result<(Arc<Token>, Secret), TokenError> {
        let _one = self.0.changing.lock().await;
        if self.get(&new.name).is_some() {
            return Err(TokenError::Taken(new.name));
        }
        if self.all().iter().filter(|token| !token.is_of_settings()).count() >= MOST {
            return Err(TokenError::TooMany);
        }
        let (secret, now) = (Secret::random(), Utc::now());
        let valid = Valid { digest: secret.digest(), created_at: Some(now), ends_at: None };
        let token = Arc::new(Token::stored(new, now, vec![valid]));
        store.put_token(&token).await?;
        let mut table = self.all().as_ref().clone();
        table.push(Arc::clone(&token));
        self.set(table);
        Ok((token, secret))
    }

    /// Gives a token that has no scope but these a new secret; the one that it has is valid until then, and older ones no
    /// more. None where there is no such token.
    ///
    /// # Errors
    /// Any [`TokenError`]; then nothing has changed.
    pub async fn rotate(
        &self,
        store: &Store,
        name: &str,
        within: Scopes,
        old_until: DateTime<Utc>,
    ) -> Result<Option<(Arc<Token>, Secret)>, TokenError> {
        let secret = Secret::random();
        let digest = secret.digest();
        let becomes = move |token: &Token| Ok(token.rotated(digest, old_until));
        let rotated = self.put_in_place(store, name, within, becomes).await?;
        Ok(rotated.map(|[_, token]| (token, secret)))
    }

    /// Changes what a token that has no scope but these may be used for and what it has, to no more than these; its secrets are
    /// the same. What it was and what it is; none where there is no such token.
    ///
    /// # Errors
    /// Any [`TokenError`]; then nothing has changed.
    pub async fn change(
        &self,
        store: &Store,
        name: &str,
        within: Scopes,
        change: Change,
    ) -> Result<Option<[Arc<Token>; 2]>, TokenError> {
        let becomes = move |token: &Token| {
            let changed = token.changed(change);
            changed.scopes.beyond(within).map_or(Ok(changed), |scope| Err(TokenError::Beyond(scope)))
        };
        self.put_in_place(store, name, within, becomes).await
    }

    /// Puts what becomes of a token in its place, of all changes one at a time. What it was and what it is; none where there is no
    /// such token.
    async fn put_in_place(
        &self,
        store: &Store,
        name: &str,
        within: Scopes,
        becomes: impl FnOnce(&Token) -> Result<Token, TokenError> + Send + 'static,
    ) -> Result<Option<[Arc<Token>; 2]>, TokenError> {
        let (tokens, store, name) = (self.clone(), store.clone(), name.to_owned());
        whole(async move {
            let _one = tokens.0.changing.lock().await;
            let Some(token) = tokens.changeable(&name, within)? else { return Ok(None) };
            let changed = Arc::new(becomes(&token)?);
            store.put_token(&changed).await?;
            tokens.replace(&token, Some(Arc::clone(&changed)));
            Ok(Some([token, changed]))
        })
        .await
    }

    /// A token that somebody who has these scopes may change.
    fn changeable(&self, name: &str, within: Scopes) -> Result<Option<Arc<Token>>, TokenError> {
        let Some(token) = self.get(name) else { return Ok(None) };
        if let Some(scope) = token.scopes.beyond(within) {
            return Err(TokenError::Beyond(scope));
        }
        if token.is_of_settings() { Err(TokenError::OfSettings(name.to_owned())) } else { Ok(Some(token)) }
    }

    /// Revokes a token; what came with it keeps its name. False where there is none. Where one of the settings has its
    /// name, it is the stored one that goes.
    ///
    /// # Errors
    /// Any [`TokenError`]; then it is valid still.
    pub async fn revoke(&self, store: &Store, name: &str) -> Result<bool, TokenError> {
        let (tokens, store, name) = (self.clone(), store.clone(), name.to_owned());
        whole(async move { tokens.revoke_now(&store, &name).await }).await
    }

    async fn revoke_now(&self, store: &Store, name: &str) -> Result<bool, TokenError> {
        let _one = self.0.changing.lock().await;
        let Some(token) = self.get(name) else { return Ok(false) };
        let was_stored = store.drop_token(name).await?;
        if !token.is_of_settings() {
            self.replace(&token, None);
        } else if !was_stored {
            return Err(TokenError::OfSettings(name.to_owned()));
        }
        Ok(true)
    }

    /// Has it stored when tokens were used last.
    ///
    /// # Errors
    /// The store's.
    pub async fn save_uses(&self, store: &Store) -> Result<(), StoreError> {
        let used = |token: &Arc<Token>| Some((token.name.to_string(), token.used_at()?));
        store.put_token_uses(self.all().iter().filter_map(used).collect()).await
    }

    fn replace(&self, old: &Arc<Token>, new: Option<Arc<Token>>) {
        let mut table = self.all().as_ref().clone();
        table.retain(|token| !Arc::ptr_eq(token, old));
        table.extend(new);
        self.set(table);
        old.gone.cancel();
    }

    fn set(&self, table: Vec<Arc<Token>>) {
        *self.0.table.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(table);
    }
}

/// Store and memory change together, whether somebody waits for it to the end or not.
async fn whole<T: Send + 'static>(
    change: impl Future<Output = Result<T, TokenError>> + Send + 'static,
) -> Result<T, TokenError> {
    tokio::spawn(change).await.unwrap_or(Err(TokenError::Stopping))
}

#[cfg(test)]
mod tests;
