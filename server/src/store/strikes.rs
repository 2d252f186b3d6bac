//! The throttle's memory.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::{Row, SqliteConnection};

use super::{Store, StoreError, millis, time};
use crate::throttle::Strikes;

impl Store {
    /// Every user with strikes.
    ///
    /// # Errors
    /// The store's.
    pub async fn strikes(&self) -> Result<HashMap<String, Strikes>, StoreError> {
        let sql = "SELECT client, strikes, cool_downs, until, last_strike FROM throttle";
        let rows = sqlx::query(sql).fetch_all(&self.readers).await?;
        rows.iter()
            .map(|row| {
                let strikes = Strikes {
                    in_a_row: row.try_get("strikes")?,
                    cool_downs: row.try_get("cool_downs")?,
                    until: Some(row.try_get("until")?).filter(|until| *until != 0).map(time),
                    last_strike: Some(row.try_get("last_strike")?).filter(|last| *last != 0).map(time),
                };
                Ok((row.try_get("client")?, strikes))
            })
            .collect()
    }

    /// Forgets a user's strikes.
    ///
    /// # Errors
    /// The store's.
    pub async fn clear_strikes(&self, user: &str) -> Result<(), StoreError> {
        let user = user.to_owned();
        self.writer
            .write(move |connection| {
                Box::pin(async move { put_strikes(connection, &user, Strikes::default()).await })
            })
            .await
    }
}

impl Store {
    /// Forgets the strikes of users who have had none since.
    ///
    /// # Errors
    /// The store's.
    pub async fn forget_strikes(&self, before: DateTime<Utc>) -> Result<(), StoreError> {
        let before = millis(before);
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let sql = "DELETE FROM throttle WHERE last_strike < $1 AND until < $1";
                    sqlx::query(sql).bind(before).execute(connection).await.map(drop)
                })
            })
            .await
    }
}

/// Stores a user's strikes; none at all need no row.
pub(super) async fn put_strikes(
    connection: &mut SqliteConnection,
    user: &str,
    strikes: Strikes,
) -> Result<(), sqlx::Error> {
    if strikes == Strikes::default() {
        sqlx::query("DELETE FROM throttle WHERE client = $1").bind(user).execute(connection).await?;
        return Ok(());
    }
    let sql = "INSERT INTO throttle (client, strikes, cool_downs, until, last_strike) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (client) DO UPDATE SET strikes = $2, cool_downs = $3, until = $4, last_strike = $5";
    let Strikes { in_a_row, cool_downs, until, last_strike } = strikes;
    sqlx::query(sql)
        .bind(user)
        .bind(in_a_row)
        .bind(cool_downs)
        .bind(until.map_or(0, millis))
        .bind(last_strike.map_or(0, millis))
        .execute(connection)
        .await?;
    Ok(())
}
