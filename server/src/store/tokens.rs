//! Named tokens that were made by API: digests of their secrets, and when each was used last.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::{Store, StoreError, millis, time};
use crate::tokens::{Digest, NewToken, Scope, Token, Valid};

impl Store {
    /// All that are stored.
    ///
    /// # Errors
    /// The store's.
    pub async fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        let sql = "SELECT name, digest, created_at, ends_at FROM token_secrets ORDER BY rowid";
        let mut secrets = HashMap::<String, Vec<Valid>>::new();
        for row in sqlx::query(sql).fetch_all(&self.readers).await? {
            secrets.entry(row.try_get("name")?).or_default().push(valid(&row)?);
        }
        let sql = "SELECT name, scopes, quota, priority, created_at, expires_at FROM tokens ORDER BY name";
        let rows = sqlx::query(sql).fetch_all(&self.readers).await?;
        let of = |row: &SqliteRow| {
            let new = token(row)?;
            let secrets = secrets.remove(&new.name).unwrap_or_default();
            Ok(Token::stored(new, time(row.try_get("created_at")?), secrets))
        };
        rows.iter().map(of).collect()
    }

    /// Keeps a token in the place of the one of its name, with its secrets alone.
    ///
    /// # Errors
    /// The store's; then nothing has changed.
    pub async fn put_token(&self, token: &Token) -> Result<(), StoreError> {
        self.check_room()?;
        let row = TokenRow::of(token);
        self.writer.write(move |connection| Box::pin(put(connection, row))).await
    }

    /// Lets go of a token; what there is of its users is found by its name still. False where none is stored.
    ///
    /// # Errors
    /// The store's; then it is there still.
    pub async fn drop_token(&self, name: &str) -> Result<bool, StoreError> {
        let name = name.to_owned();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let sql = "DELETE FROM tokens WHERE name = $1";
                    let gone = sqlx::query(sql).bind(&name).execute(&mut *connection).await?.rows_affected();
                    for sql in [
                        "DELETE FROM token_secrets WHERE name = $1",
                        "INSERT OR REPLACE INTO token_uses (name, used_at) VALUES ($1, 0)",
                    ] {
                        sqlx::query(sql).bind(&name).execute(&mut *connection).await?;
                    }
                    Ok(gone > 0)
                })
            })
            .await
    }

    /// When tokens were used last, as far as that was stored.
    ///
    /// # Errors
    /// The store's.
    pub async fn token_uses(&self) -> Result<Vec<(String, DateTime<Utc>)>, StoreError> {
        let rows = sqlx::query("SELECT name, used_at FROM token_uses WHERE used_at > 0")
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(|row| Ok((row.try_get("name")?, time(row.try_get("used_at")?)))).collect()
    }

    /// Stores when tokens were used last, of those that were used since it was stored.
    ///
    /// # Errors
    /// The store's.
    pub async fn put_token_uses(&self, uses: Vec<(String, DateTime<Utc>)>) -> Result<(), StoreError> {
        let known: HashMap<_, _> = self.token_uses().await?.into_iter().collect();
        let is_newer = |(name, at): &(String, DateTime<Utc>)| known.get(name).is_none_or(|known| known < at);
        let uses: Vec<_> = uses.into_iter().filter(is_newer).collect();
        if uses.is_empty() {
            return Ok(());
        }
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    for (name, at) in uses {
                        let sql = "INSERT INTO token_uses (name, used_at) VALUES ($1, $2) \
                                   ON CONFLICT (name) DO UPDATE SET used_at = $2";
                        sqlx::query(sql).bind(name).bind(millis(at)).execute(&mut *connection).await?;
                    }
                    Ok(())
                })
            })
            .await
    }
}

/// A token in the form of its row.
struct TokenRow {
    name: String,
    scopes: String,
    quota: Option<i64>,
    priority: u32,
    created_at: i64,
    expires_at: Option<i64>,
    secrets: Vec<Valid>,
}

impl TokenRow {
    fn of(token: &Token) -> Self {
        Self {
            name: token.name.to_string(),
            scopes: token.scopes.to_string(),
            quota: token.quota.map(|quota| i64::try_from(quota).unwrap_or(i64::MAX)),
            priority: token.priority,
            created_at: token.created_at.map_or(0, millis),
            expires_at: token.expires_at.map(millis),
            secrets: token.secrets.clone(),
        }
    }
}

async fn put(connection: &mut SqliteConnection, row: TokenRow) -> Result<(), sqlx::Error> {
    let sql = "INSERT INTO tokens (name, scopes, quota, priority, created_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (name) DO UPDATE \
               SET scopes = $2, quota = $3, priority = $4, created_at = $5, expires_at = $6";
    let put = sqlx::query(sql).bind(&row.name).bind(row.scopes).bind(row.quota).bind(row.priority);
    put.bind(row.created_at).bind(row.expires_at).execute(&mut *connection).await?;
    sqlx::query("DELETE FROM token_secrets WHERE name = $1")
        .bind(&row.name)
        .execute(&mut *connection)
        .await?;
    for secret in row.secrets {
        let sql = "INSERT INTO token_secrets (digest, name, created_at, ends_at) VALUES ($1, $2, $3, $4)";
        let put = sqlx::query(sql).bind(secret.digest.as_bytes().to_vec()).bind(&row.name);
        let put = put.bind(secret.created_at.map_or(0, millis)).bind(secret.ends_at.map(millis));
        put.execute(&mut *connection).await?;
    }
    Ok(())
}

fn token(row: &SqliteRow) -> Result<NewToken, sqlx::Error> {
    let (scopes, quota): (&str, Option<i64>) = (row.try_get("scopes")?, row.try_get("quota")?);
    let expires_at: Option<i64> = row.try_get("expires_at")?;
    Ok(NewToken {
        name: row.try_get("name")?,
        // What a later version has written and this one does not know, it does not grant.
        scopes: scopes.split(' ').filter_map(Scope::parse).collect(),
        quota: quota.map(|quota| usize::try_from(quota).unwrap_or(0)),
        priority: row.try_get("priority")?,
        expires_at: expires_at.map(time),
    })
}

fn valid(row: &SqliteRow) -> Result<Valid, sqlx::Error> {
    let digest: &[u8] = row.try_get("digest")?;
    let digest = digest.try_into().map_err(|why| sqlx::Error::Decode(Box::new(why)))?;
    let ends_at: Option<i64> = row.try_get("ends_at")?;
    Ok(Valid {
        digest: Digest::stored(digest),
        created_at: Some(time(row.try_get("created_at")?)),
        ends_at: ends_at.map(time),
    })
}
