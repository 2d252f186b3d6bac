//! The life of a submission in the store. Each step is a compare-and-set, so there is one judgement at most.

use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::strikes::put_strikes;
use super::{Record, Store, StoreError, StoredState, Written, millis, time};
use crate::judge::{Judgement, Verdict};
use crate::submission::{Submission, SubmissionId};
use crate::throttle::Strikes;

/// How long an idempotency key is remembered.
const IDEMPOTENCY_WINDOW_MS: i64 = 24 * 60 * 60 * 1000;

/// What is stored of a new submission.
#[derive(Debug, Clone)]
pub struct NewRecord {
    /// The submission.
    pub submission: std::sync::Arc<Submission>,
    /// When it was accepted.
    pub created_at: DateTime<Utc>,
    /// The client's idempotency key and the digest of the request's body.
    pub idempotency: Option<(String, [u8; 32])>,
    /// Its first attempt begins at once.
    pub begun: bool,
}

/// What came of storing a new submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inserted {
    /// It is on disk.
    New,
    /// The same request came before under the same key; this is its submission.
    Repeated(SubmissionId),
    /// Another request came before under the same key.
    KeyReused,
}

/// What came of cancelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancelled {
    /// It is cancelled now.
    Now,
    /// It was finished before.
    Finished,
    /// There is none of this id.
    Unknown,
}

/// A submission that waits for its judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// Its name.
    pub id: SubmissionId,
    /// Whose it is.
    pub user: Option<String>,
    /// Its language.
    pub language: String,
    /// When it was accepted.
    pub created_at: DateTime<Utc>,
    /// Bytes of what is stored of it.
    pub size: u64,
}

impl Store {
    /// Stores a new submission: once the result has settled, it is on disk.
    ///
    /// # Errors
    /// The store's.
    pub async fn insert(&self, new: NewRecord) -> Result<Written<Inserted>, StoreError> {
        let request = serde_json::to_vec(&*new.submission)?;
        self.writer.hand_over(move |connection| Box::pin(insert(connection, new, request))).await
    }

    /// Begins an attempt: raises and returns its number; none where the submission is not waiting.
    ///
    /// # Errors
    /// The store's.
    pub async fn begin(&self, id: SubmissionId) -> Result<Option<u32>, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let sql = "UPDATE submissions SET state = 'running', attempt = attempt + 1 \
                               WHERE id = $1 AND state = 'queued' RETURNING attempt";
                    sqlx::query_scalar(sql).bind(id.to_string()).fetch_optional(connection).await
                })
            })
            .await
    }

    /// What a client asked for; none once it is finished.
    ///
    /// # Errors
    /// The store's.
    pub async fn request(&self, id: SubmissionId) -> Result<Option<Submission>, StoreError> {
        let sql = "SELECT request FROM submissions WHERE id = $1 AND request IS NOT NULL";
        let request: Option<Vec<u8>> =
            sqlx::query_scalar(sql).bind(id.to_string()).fetch_optional(&self.readers).await?;
        Ok(request.map(|json| serde_json::from_slice(&json)).transpose()?)
    }

    /// Ends an attempt with a judgement, and stores the strikes that follow from it. False where the attempt is not
    /// the current one any more: then nothing is changed.
    ///
    /// # Errors
    /// The store's.
    pub async fn finish(
        &self,
        id: SubmissionId,
        attempt: u32,
        judgement: &Judgement,
        strikes: Option<(String, Strikes)>,
    ) -> Result<bool, StoreError> {
        let json = serde_json::to_vec(judgement)?;
        let verdict = verdict_name(judgement.verdict);
        let now = millis(Utc::now());
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let sql = "UPDATE submissions SET state = 'done', verdict = $3, judgement = $4, finished_at = $5, \
                               request = NULL WHERE id = $1 AND attempt = $2 AND state = 'running'";
                    let done = sqlx::query(sql)
                        .bind(id.to_string())
                        .bind(attempt)
                        .bind(verdict)
                        .bind(json)
                        .bind(now)
                        .execute(&mut *connection)
                        .await?
                        .rows_affected()
                        == 1;
                    if let (true, Some((user, strikes))) = (done, strikes) {
                        put_strikes(connection, &user, strikes).await?;
                    }
                    Ok(done)
                })
            })
            .await
    }

    /// Puts a running submission back into the queue. `uncounted`: the attempt never got to run it.
    ///
    /// # Errors
    /// The store's.
    pub async fn requeue(&self, id: SubmissionId, attempt: u32, uncounted: bool) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let sql = "UPDATE submissions SET state = 'queued', attempt = attempt - $3 \
                               WHERE id = $1 AND attempt = $2 AND state = 'running'";
                    let back = i64::from(uncounted);
                    sqlx::query(sql)
                        .bind(id.to_string())
                        .bind(attempt)
                        .bind(back)
                        .execute(connection)
                        .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Cancels a submission that is not finished.
    ///
    /// # Errors
    /// The store's.
    pub async fn cancel(&self, id: SubmissionId) -> Result<Cancelled, StoreError> {
        let now = millis(Utc::now());
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let sql = "UPDATE submissions SET state = 'cancelled', finished_at = $2, request = NULL \
                               WHERE id = $1 AND state IN ('queued', 'running')";
                    let id = id.to_string();
                    let update = sqlx::query(sql).bind(&id).bind(now).execute(&mut *connection).await?;
                    if update.rows_affected() == 1 {
                        return Ok(Cancelled::Now);
                    }
                    let known = sqlx::query("SELECT 1 FROM submissions WHERE id = $1").bind(&id);
                    let known = known.fetch_optional(connection).await?.is_some();
                    Ok(if known { Cancelled::Finished } else { Cancelled::Unknown })
                })
            })
            .await
    }

    /// A submission, with its judgement once there is one.
    ///
    /// # Errors
    /// The store's.
    pub async fn get(&self, id: SubmissionId) -> Result<Option<Record>, StoreError> {
        let sql = "SELECT id, client, language, state, verdict, created_at, finished_at, judgement \
                   FROM submissions WHERE id = $1";
        let Some(row) = sqlx::query(sql).bind(id.to_string()).fetch_optional(&self.readers).await? else {
            return Ok(None);
        };
        let mut record = record(&row)?;
        let judgement: Option<Vec<u8>> = row.try_get("judgement")?;
        record.judgement = judgement.map(|json| serde_json::from_slice(&json)).transpose()?;
        Ok(Some(record))
    }

    /// Puts what was running when the server died back into the queue, and returns all that waits, oldest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn restore(&self) -> Result<Vec<Unfinished>, StoreError> {
        self.writer
            .write(|connection| {
                Box::pin(async move {
                    let sql = "UPDATE submissions SET state = 'queued' WHERE state = 'running'";
                    sqlx::query(sql).execute(&mut *connection).await?;
                    Ok(())
                })
            })
            .await?;
        let sql = "SELECT id, client, language, created_at, length(request) AS size FROM submissions \
             WHERE state = 'queued' ORDER BY seq";
        let rows = sqlx::query(sql).fetch_all(&self.readers).await?;
        rows.iter().map(unfinished).collect()
    }
}

async fn insert(
    connection: &mut SqliteConnection,
    new: NewRecord,
    request: Vec<u8>,
) -> Result<Inserted, sqlx::Error> {
    let NewRecord { submission, created_at, idempotency, begun } = new;
    let (id, now) = (submission.id.to_string(), millis(created_at));
    if let Some((key, digest)) = idempotency {
        let sql = "SELECT i.digest, i.id FROM idempotency i JOIN submissions s ON s.id = i.id \
                   WHERE i.idempotency_key = $1 AND i.created_at > $2";
        let before = sqlx::query(sql).bind(&key).bind(now - IDEMPOTENCY_WINDOW_MS);
        if let Some(row) = before.fetch_optional(&mut *connection).await? {
            let known: Vec<u8> = row.try_get(0)?;
            return Ok(if known == digest {
                Inserted::Repeated(parse_id(&row, 1)?)
            } else {
                Inserted::KeyReused
            });
        }
        let sql = "INSERT INTO idempotency (idempotency_key, digest, id, created_at) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (idempotency_key) DO UPDATE SET digest = $2, id = $3, created_at = $4";
        let insert = sqlx::query(sql).bind(&key).bind(digest.to_vec()).bind(&id).bind(now);
        insert.execute(&mut *connection).await?;
    }
    let sql = "INSERT INTO submissions (id, client, language, state, attempt, created_at, request) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let state = if begun { StoredState::Running } else { StoredState::Queued };
    sqlx::query(sql)
        .bind(&id)
        .bind(&submission.user)
        .bind(&submission.language)
        .bind(state.as_str())
        .bind(i64::from(begun))
        .bind(now)
        .bind(request)
        .execute(connection)
        .await?;
    Ok(Inserted::New)
}

pub(super) fn record(row: &SqliteRow) -> Result<Record, StoreError> {
    let state: String = row.try_get("state")?;
    let verdict: Option<String> = row.try_get("verdict")?;
    let finished_at: Option<i64> = row.try_get("finished_at")?;
    Ok(Record {
        id: parse_id(row, "id")?,
        user: row.try_get("client")?,
        language: row.try_get("language")?,
        state: StoredState::parse(&state),
        verdict: verdict.map(|name| serde_json::from_value(name.into())).transpose()?,
        created_at: time(row.try_get("created_at")?),
        finished_at: finished_at.map(time),
        judgement: None,
    })
}

fn unfinished(row: &SqliteRow) -> Result<Unfinished, StoreError> {
    Ok(Unfinished {
        id: parse_id(row, "id")?,
        user: row.try_get("client")?,
        language: row.try_get("language")?,
        created_at: time(row.try_get("created_at")?),
        size: row.try_get::<Option<i64>, _>("size")?.and_then(|size| size.try_into().ok()).unwrap_or(0),
    })
}

fn parse_id<I: sqlx::ColumnIndex<SqliteRow>>(
    row: &SqliteRow,
    column: I,
) -> Result<SubmissionId, sqlx::Error> {
    let text: String = row.try_get(column)?;
    text.parse().map_err(|why: uuid::Error| sqlx::Error::Decode(Box::new(why)))
}

/// As the wire has it.
pub(super) fn verdict_name(verdict: Verdict) -> String {
    format!("{verdict:?}")
}
