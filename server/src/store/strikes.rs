//! The throttle's memory, and what coordinators of a cluster have told each other of it.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::{Row, SqliteConnection};
use tokio::sync::Notify;
use uuid::Uuid;

use super::{Store, StoreError, millis, time};
use crate::throttle::{News, Strikes, Struck};

/// Whether others are told of strikes.
#[derive(Debug, Clone, Default)]
pub(super) struct Telling(Option<Arc<Told>>);

#[derive(Debug)]
struct Told {
    /// This start of the server. A database that was put back to an earlier state counts from an earlier number: the others would
    /// take what comes then for what they have.
    epoch: String,
    noted: Notify,
}

impl Telling {
    /// They are told, as of a new start.
    pub(super) fn start() -> Self {
        Self(Some(Arc::new(Told { epoch: Uuid::new_v4().to_string(), noted: Notify::new() })))
    }

    pub(super) fn epoch(&self) -> Option<String> {
        self.0.as_ref().map(|told| told.epoch.clone())
    }

    /// There is something to be told, on the disk.
    pub(super) fn wake(&self) {
        if let Some(told) = &self.0 {
            told.noted.notify_one();
        }
    }
}

/// What other coordinators are to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untold {
    /// The start of the server that has noted it.
    pub epoch: String,
    /// Its number: each start counts on.
    pub number: u64,
    /// What has happened, written.
    pub news: String,
}

/// Where something stands that was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// The start of the coordinator that has told it.
    pub epoch: String,
    /// Its number there.
    pub number: u64,
    /// The stream that it was read from.
    pub stream: String,
    /// Its number in that.
    pub sequence: u64,
}

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

    /// Stores a user's strikes that follow from no judgement, as when they are forgiven.
    ///
    /// # Errors
    /// The store's.
    pub async fn strike(&self, struck: Struck) -> Result<(), StoreError> {
        let epoch = self.telling.epoch();
        let written = self
            .writer
            .write(move |connection| Box::pin(async move { strike(connection, &struck, epoch).await }));
        written.await?;
        self.telling.wake();
        Ok(())
    }

    /// Forgets the strikes of users who have had none since, and what is of no use to anybody by then.
    ///
    /// # Errors
    /// The store's.
    pub async fn forget_strikes(&self, before: DateTime<Utc>) -> Result<(), StoreError> {
        let before = millis(before);
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    for sql in [
                        "DELETE FROM throttle WHERE last_strike < $1 AND until < $1",
                        "DELETE FROM strikes_untold WHERE at < $1",
                    ] {
                        sqlx::query(sql).bind(before).execute(&mut *connection).await?;
                    }
                    Ok(())
                })
            })
            .await
    }
}

/// What a cluster's coordinators tell each other.
impl Store {
    /// Completes when there is something to be told that was not there before.
    pub async fn strikes_to_tell(&self) {
        match &self.telling.0 {
            Some(told) => told.noted.notified().await,
            None => std::future::pending().await,
        }
    }

    /// What is to be told, in its order; of much the first.
    ///
    /// # Errors
    /// The store's.
    pub async fn untold_strikes(&self, most: u32) -> Result<Vec<Untold>, StoreError> {
        let sql = "SELECT number, epoch, news FROM strikes_untold ORDER BY number LIMIT $1";
        let rows =
            sqlx::query_as::<_, (i64, String, String)>(sql).bind(most).fetch_all(&self.readers).await?;
        let untold = |(number, epoch, news)| Untold { epoch, number: unsigned(number), news };
        Ok(rows.into_iter().map(untold).collect())
    }

    /// That is told, and all before it.
    ///
    /// # Errors
    /// The store's.
    pub async fn told_strikes(&self, last: u64) -> Result<(), StoreError> {
        let last = signed(last);
        let telling = self.writer.write(move |connection| {
            Box::pin(async move {
                let sql = "DELETE FROM strikes_untold WHERE number <= $1";
                sqlx::query(sql).bind(last).execute(connection).await.map(drop)
            })
        });
        telling.await
    }

    /// The number of the last that counts here of what a start of a coordinator has told; 0 = none.
    ///
    /// # Errors
    /// The store's.
    pub async fn heard_strikes(&self, epoch: &str) -> Result<u64, StoreError> {
        let sql = "SELECT number FROM strikes_heard WHERE epoch = $1";
        let number = sqlx::query_scalar(sql).bind(epoch).fetch_optional(&self.readers).await?;
        Ok(number.map_or(0, unsigned))
    }

    /// How far a stream was read; 0 where it was not.
    ///
    /// # Errors
    /// The store's.
    pub async fn read_strikes(&self, stream: &str) -> Result<u64, StoreError> {
        let sql = "SELECT sequence FROM strikes_read WHERE stream = $1";
        let sequence = sqlx::query_scalar(sql).bind(stream).fetch_optional(&self.readers).await?;
        Ok(sequence.map_or(0, unsigned))
    }

    /// Something was heard, and counts: what follows from it, where anything does, is stored with the place where it stands, so that
    /// it does so once.
    ///
    /// # Errors
    /// The store's.
    pub async fn hear_strike(&self, heard: Heard, struck: Option<Struck>) -> Result<(), StoreError> {
        let hearing = self.writer.write(move |connection| {
            Box::pin(async move {
                if let Some(Struck { news, strikes }) = struck {
                    put_strikes(connection, &news.person, strikes).await?;
                }
                let Heard { epoch, number, stream, sequence } = heard;
                hear(connection, &epoch, signed(number)).await?;
                let sql = "INSERT INTO strikes_read (id, stream, sequence) VALUES (1, $1, $2) \
                           ON CONFLICT (id) DO UPDATE SET stream = $1, sequence = $2";
                sqlx::query(sql).bind(stream).bind(signed(sequence)).execute(connection).await.map(drop)
            })
        });
        hearing.await
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// Starts whose last news is so old are forgotten: the broker has nothing of them any more.
const FORGOTTEN: chrono::TimeDelta = chrono::TimeDelta::days(7);

/// Of a start of a coordinator all up to this number counts.
async fn hear(connection: &mut SqliteConnection, epoch: &str, number: i64) -> Result<(), sqlx::Error> {
    let now = Utc::now();
    let sql = "INSERT INTO strikes_heard (epoch, number, at) VALUES ($1, $2, $3) \
               ON CONFLICT (epoch) DO UPDATE SET number = max(number, $2), at = $3";
    sqlx::query(sql).bind(epoch).bind(number).bind(millis(now)).execute(&mut *connection).await?;
    let sql = "DELETE FROM strikes_heard WHERE at < $1";
    sqlx::query(sql).bind(millis(now - FORGOTTEN)).execute(connection).await.map(drop)
}

/// Stores a user's strikes, and what others are to be told of them, where they are.
pub(super) async fn strike(
    connection: &mut SqliteConnection,
    Struck { news, strikes }: &Struck,
    epoch: Option<String>,
) -> Result<(), sqlx::Error> {
    put_strikes(connection, &news.person, *strikes).await?;
    let Some(epoch) = epoch else { return Ok(()) };
    let sql = "INSERT INTO strikes_untold (epoch, client, news, at) VALUES ($1, $2, $3, $4) RETURNING number";
    let number: i64 = sqlx::query_scalar(sql)
        .bind(&epoch)
        .bind(&news.person)
        .bind(written(news)?)
        .bind(millis(news.at))
        .fetch_one(&mut *connection)
        .await?;
    // What comes back from the broker is no news here.
    hear(connection, &epoch, number).await
}

fn written(news: &News) -> Result<String, sqlx::Error> {
    serde_json::to_string(news).map_err(|why| sqlx::Error::Encode(why.into()))
}

/// What was not told of a user yet will not be.
pub(super) async fn drop_untold(connection: &mut SqliteConnection, person: &str) -> Result<(), sqlx::Error> {
    let sql = "DELETE FROM strikes_untold WHERE client = $1";
    sqlx::query(sql).bind(person).execute(connection).await.map(drop)
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
