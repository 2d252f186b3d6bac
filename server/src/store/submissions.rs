//! The life of a submission in the store. Each step is a compare-and-set, so there is one judgement at most.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::events::{self, next_end};
use super::refs::{self, Ref};
use super::rows::{JudgementRow, ProgramRow, RequestRow, TestRow, verdict};
use super::strikes::strike;
use super::writer::Extent;
use super::{Record, Served, Store, StoreError, StoredState, Written, millis, parse_id, time};
use super::{problems, references};
use crate::blocking::{QUICK, computed};
use crate::content::{BlobId, Content};
use crate::events::About;
use crate::judge::Judgement;
use crate::submission::{Footprint, ProblemRef, Submission, SubmissionId};
use crate::throttle::Struck;
use crate::tokens::Sees;

/// How long an idempotency key is remembered.
const IDEMPOTENCY_WINDOW_MS: i64 = 24 * 60 * 60 * 1000;

/// How digests of requests are made; another number where they are made in another way.
const DIGEST_FORM: u8 = 2;

/// A judgement up to this size, in bytes of its row, is told to those who wait without being read back: what the tests of most
/// exercises come to.
const TOLD_AT_ONCE: usize = 16 * 1024;

/// A larger judgement comes from an earlier version, with all outputs and texts of any length in it, or from a server that
/// allows very many tests.
const LARGE_ROW: u32 = 4 * 1024 * 1024;

/// What is stored of a new submission.
#[derive(Debug, Clone)]
pub struct NewRecord {
    /// The submission.
    pub submission: Arc<Submission>,
    /// When it was accepted.
    pub created_at: DateTime<Utc>,
    /// The client's idempotency key and the digest of what it asked for.
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
    /// Another request came before under the same key, and made this submission.
    KeyReused(SubmissionId),
    /// The version of the problem is not offered any more; nothing is stored.
    NoProblem,
}

/// What came of storing a new submission, and the submission itself: the files that it names are claimed until the
/// row is on disk, whoever still waits for that.
#[derive(Debug)]
pub struct Insertion {
    /// What came of it.
    pub inserted: Inserted,
    _claims: Arc<Submission>,
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
    /// What it is known by.
    pub about: About,
    /// Its language.
    pub language: String,
    /// When it was accepted.
    pub created_at: DateTime<Utc>,
    /// What it takes on the disk.
    pub footprint: Footprint,
    /// An earlier version has stored it, all in one row.
    pub is_old: bool,
    /// An attempt was begun by a server that died before there was a sandbox for it.
    pub is_lost: bool,
}

/// An attempt that has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begun {
    /// Its number.
    pub attempt: u32,
    /// So often a server died before there was a sandbox for one: those have no numbers.
    pub lost: u32,
}

/// A judgement that was stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    /// When it was.
    pub at: DateTime<Utc>,
    /// What it takes in its row, in bytes.
    pub size: u64,
    /// As it is read back, where that is small: whoever waits for it need not read it.
    pub judgement: Option<Judgement>,
}

/// A submission in the forms of its row.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) program: Vec<u8>,
    pub(super) tests: Vec<u8>,
    pub(super) reference: Option<String>,
    pub(super) refs: BTreeSet<Ref>,
}

impl Stored {
    pub(super) fn of(submission: &Submission) -> Result<Self, StoreError> {
        let tests: Vec<_> = submission.tests.iter().map(TestRow::of).collect();
        Ok(Self {
            program: serde_json::to_vec(&ProgramRow::of(submission))?,
            tests: serde_json::to_vec(&tests)?,
            reference: references::to_column(&submission.reference)?,
            refs: refs::of_submission(submission),
        })
    }

    /// Most are one row of one table.
    fn extent(&self, new: &NewRecord) -> Extent {
        let is_looked_up = new.idempotency.is_some() || new.submission.problem.is_some();
        let is_row = !is_looked_up && new.submission.reference.is_empty() && self.refs.is_empty();
        if is_row { Extent::Statement } else { Extent::Several }
    }
}

impl Store {
    /// Stores a new submission: once the result has settled, it is on disk.
    ///
    /// # Errors
    /// The store's.
    pub async fn insert(&self, new: NewRecord) -> Result<Written<Insertion>, StoreError> {
        let stored = Stored::of(&new.submission)?;
        let extent = stored.extent(&new);
        self.writer.hand_over(extent, move |connection| Box::pin(insert(connection, new, stored))).await
    }

    /// The submission that the same request made before under this idempotency key.
    ///
    /// # Errors
    /// The store's.
    pub async fn repeated(&self, key: &str, digest: [u8; 32]) -> Result<Option<SubmissionId>, StoreError> {
        let now = millis(Utc::now());
        let sql = "SELECT i.digest, i.id FROM idempotency i JOIN submissions s ON s.id = i.id \
                   WHERE i.idempotency_key = $1 AND i.created_at > $2";
        let before = sqlx::query(sql).bind(key).bind(now - IDEMPOTENCY_WINDOW_MS);
        let Some(row) = before.fetch_optional(&self.readers).await? else { return Ok(None) };
        let is_same = is_same(row.try_get(0)?, &digest);
        Ok(is_same.then(|| parse_id(&row, 1)).transpose()?)
    }

    /// A submission was made under this idempotency key, whatever it asked for.
    ///
    /// # Errors
    /// The store's.
    pub async fn knows_key(&self, key: &str) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM idempotency WHERE idempotency_key = $1 AND created_at > $2";
        let known = sqlx::query(sql).bind(key).bind(millis(Utc::now()) - IDEMPOTENCY_WINDOW_MS);
        Ok(known.fetch_optional(&self.readers).await?.is_some())
    }

    /// Begins an attempt: raises and returns its number; none where the submission is finished. That no other attempt
    /// is under way is for the caller to know. It takes the place, and the number, of one that `is_lost`, as
    /// [`Unfinished::is_lost`].
    ///
    /// # Errors
    /// The store's.
    pub async fn begin(&self, id: SubmissionId, is_lost: bool) -> Result<Option<Begun>, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    // What ran when an earlier server died is `running` still.
                    let sql = "UPDATE submissions SET state = 'running', attempt = attempt + 1 - $2, lost = lost + $2 \
                               WHERE id = $1 AND state IN ('queued', 'running') RETURNING attempt, lost";
                    let begin = sqlx::query(sql).bind(id.to_string()).bind(i64::from(is_lost));
                    let Some(row) = begin.fetch_optional(connection).await? else { return Ok(None) };
                    Ok(Some(Begun { attempt: row.try_get("attempt")?, lost: row.try_get("lost")? }))
                })
            })
            .await
    }

    /// What a client asked for; none once it is finished.
    ///
    /// # Errors
    /// The store's.
    pub async fn request(&self, id: SubmissionId) -> Result<Option<Submission>, StoreError> {
        let sql = "SELECT client, token, reference, language, program, tests, problem, problem_version FROM submissions \
                   WHERE id = $1 AND tests IS NOT NULL AND finished_at IS NULL";
        let Some(row) = sqlx::query(sql).bind(id.to_string()).fetch_optional(&self.readers).await? else {
            return Ok(None);
        };
        request(id, &row).map(Some)
    }

    /// What a client asked for whose submission is judged; none where that is not there any more, or not all of it.
    ///
    /// # Errors
    /// The store's.
    pub async fn judged_request(&self, id: SubmissionId) -> Result<Option<Submission>, StoreError> {
        let sql = "SELECT client, token, reference, language, program, coalesce(tests, CAST('[]' AS BLOB)) AS tests, problem, \
                   problem_version FROM submissions WHERE id = $1 AND state = 'done' AND program IS NOT NULL \
                   AND (tests IS NOT NULL OR problem IS NOT NULL)";
        let found = sqlx::query(sql).bind(id.to_string()).fetch_optional(&self.readers).await?;
        found.map(|row| request(id, &row)).transpose()
    }

    /// The sources of a submission, whether it is judged or not; none where they are not there any more.
    ///
    /// # Errors
    /// The store's.
    pub async fn sources(&self, id: SubmissionId) -> Result<Option<BTreeMap<String, Content>>, StoreError> {
        let sql = "SELECT client, token, reference, language, program, coalesce(tests, CAST('[]' AS BLOB)) AS tests, problem, \
                   problem_version FROM submissions WHERE id = $1 AND program IS NOT NULL";
        let found = sqlx::query(sql).bind(id.to_string()).fetch_optional(&self.readers).await?;
        found.map(|row| request(id, &row).map(|submission| submission.files)).transpose()
    }

    /// Ends an attempt with a judgement, and stores the strikes that follow from it. None where the attempt is not
    /// the current one any more: then nothing is changed. `has_files`: the submission names files.
    ///
    /// # Errors
    /// The store's.
    pub async fn finish(
        &self,
        id: SubmissionId,
        attempt: u32,
        judgement: &Judgement,
        struck: Option<Struck>,
        has_files: bool,
    ) -> Result<Option<Finished>, StoreError> {
        let ended = Ended::of(id, judgement)?;
        let told = ended.finished()?;
        let (size, keeps_tests) = (ended.size(), self.keeps_tests);
        let extent = ended.extent(struck.is_some() || has_files);
        let (telling, tells) = (self.telling.clone(), struck.is_some());
        let finished = self.end_judged(id, extent, size, move |connection| {
            Box::pin(async move {
                let sql = concat!(
                    "UPDATE submissions SET state = 'done', verdict = $3, judgement = $4, finished_at = $5, ended = ",
                    next_end!(),
                    ", tests = CASE WHEN $6 AND problem IS NULL THEN tests END \
                     WHERE id = $1 AND attempt = $2 AND state = 'running' RETURNING seq, ended"
                );
                let done = sqlx::query_as(sql)
                    .bind(ended.id)
                    .bind(attempt)
                    .bind(ended.verdict)
                    .bind(ended.judgement)
                    .bind(ended.now)
                    .bind(keeps_tests)
                    // To its end, as an `Extent::Statement` must be.
                    .fetch_all(&mut *connection)
                    .await?;
                let Some((seq, number)) = done.first().copied() else { return Ok((None, Vec::new())) };
                if let Some(struck) = struck {
                    strike(connection, &struck, telling.epoch()).await?;
                }
                refs::add(connection, seq, ended.refs).await?;
                let drops = has_files && !keeps_tests;
                let gone = if drops { refs::drop_tests(connection, seq).await? } else { Vec::new() };
                Ok((Some(number), gone))
            })
        });
        let is_done = finished.await?;
        if is_done && tells {
            self.telling.wake();
        }
        Ok(is_done.then_some(told))
    }

    /// As [`Self::end`], with a judgement that takes so many bytes of what all judgements may have.
    pub(super) async fn end_judged<F>(
        &self,
        id: SubmissionId,
        extent: Extent,
        size: u64,
        ending: F,
    ) -> Result<bool, StoreError>
    where
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<EndedAs, sqlx::Error>>
            + Send
            + 'static,
    {
        let done = self.end(id, extent, ending).await?;
        if done {
            self.room.grown(size);
        }
        Ok(done)
    }

    /// Ends a submission by a write that tells under which number, if it has, and which files it names no more. Whoever
    /// follows is told once it is on disk. True where it has ended.
    pub(super) async fn end<F>(&self, id: SubmissionId, extent: Extent, ending: F) -> Result<bool, StoreError>
    where
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<EndedAs, sqlx::Error>>
            + Send
            + 'static,
    {
        let events = self.events.clone();
        let tell = move |(number, _): &EndedAs| {
            if let Some(number) = number {
                events.ended(id, *number);
            }
        };
        let (number, gone) = self.writer.write_and_tell(extent, ending, tell).await?;
        self.blobs.suspect(gone);
        Ok(number.is_some())
    }

    /// Ends a submission with this judgement, whatever it is at.
    ///
    /// # Errors
    /// The store's.
    pub async fn give_up(&self, id: SubmissionId, judgement: &Judgement) -> Result<(), StoreError> {
        let ended = Ended::of(id, judgement)?;
        let given_up = self.end_judged(id, Extent::Several, ended.size(), move |connection| {
            Box::pin(async move {
                let sql = concat!(
                    "UPDATE submissions SET state = 'done', verdict = $2, judgement = $3, finished_at = $4, ended = ",
                    next_end!(),
                    ", tests = NULL, request = NULL WHERE id = $1 AND finished_at IS NULL RETURNING seq, ended"
                );
                let done = sqlx::query_as(sql)
                    .bind(ended.id)
                    .bind(ended.verdict)
                    .bind(ended.judgement)
                    .bind(ended.now)
                    .fetch_optional(&mut *connection)
                    .await?;
                let Some((seq, number)) = done else { return Ok((None, Vec::new())) };
                Ok((Some(number), refs::drop_tests(connection, seq).await?))
            })
        });
        given_up.await.map(drop)
    }

    /// Puts a running submission back into the queue. `uncounted`: the attempt found no sandbox and does not count.
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

    /// Cancels a submission that is not finished, of those that are seen.
    ///
    /// # Errors
    /// The store's.
    pub async fn cancel(&self, sees: &Sees, id: SubmissionId) -> Result<Cancelled, StoreError> {
        let (now, (all, token)) = (millis(Utc::now()), sees.columns());
        let cancelled = self.end(id, Extent::Several, move |connection| {
            Box::pin(async move {
                let sql = concat!(
                    "UPDATE submissions SET state = 'cancelled', finished_at = $2, ended = ",
                    next_end!(),
                    ", tests = NULL, request = NULL \
                     WHERE id = $1 AND state IN ('queued', 'running') AND ($3 OR token IS $4) RETURNING seq, ended"
                );
                let cancel = sqlx::query_as(sql).bind(id.to_string()).bind(now).bind(all).bind(token);
                let Some((seq, number)) = cancel.fetch_optional(&mut *connection).await? else {
                    return Ok((None, Vec::new()));
                };
                Ok((Some(number), refs::drop_tests(connection, seq).await?))
            })
        });
        if cancelled.await? {
            return Ok(Cancelled::Now);
        }
        let is_known = self.size(sees, id).await?.is_some();
        Ok(if is_known { Cancelled::Finished } else { Cancelled::Unknown })
    }

    /// What a submission's judgement takes in its row, in bytes: 0 while there is none. None where there is no submission
    /// that is seen.
    ///
    /// # Errors
    /// The store's.
    pub async fn size(&self, sees: &Sees, id: SubmissionId) -> Result<Option<u64>, StoreError> {
        let sql =
            "SELECT coalesce(length(judgement), 0) FROM submissions WHERE id = $1 AND ($2 OR token IS $3)";
        let (all, token) = sees.columns();
        let size = sqlx::query_scalar(sql).bind(id.to_string()).bind(all).bind(token);
        let size: Option<i64> = size.fetch_optional(&self.readers).await?;
        Ok(size.map(|size| u64::try_from(size).unwrap_or(0)))
    }

    /// A submission, with its judgement once there is one.
    ///
    /// # Errors
    /// The store's.
    pub async fn get(&self, id: SubmissionId) -> Result<Option<Record>, StoreError> {
        let Some((record, size)) = self.get_up_to(&Sees::Everything, id, LARGE_ROW).await? else {
            return Ok(None);
        };
        if record.judgement.is_some() || size == 0 {
            return Ok(Some(record));
        }
        Ok(Some(Record { judgement: self.large_judgement(id).await?, ..record }))
    }

    /// A submission that is seen, with its judgement where that takes no more than `most` bytes in its row; and what it takes, 0
    /// while there is none.
    ///
    /// # Errors
    /// The store's.
    pub async fn get_up_to(
        &self,
        sees: &Sees,
        id: SubmissionId,
        most: u32,
    ) -> Result<Option<(Record, u64)>, StoreError> {
        let sql = "SELECT id, client, token, reference, language, state, verdict, created_at, finished_at, judged_at, \
                   problem, problem_version, EXISTS (SELECT 1 FROM rejudge_items i WHERE i.seq = submissions.seq \
                   AND i.state IN ('waiting', 'running')) AS awaits, problem IS NOT NULL AND NOT EXISTS (SELECT 1 \
                   FROM problems p WHERE p.id = submissions.problem AND p.removed_at IS NULL) AS problem_removed, \
                   coalesce(length(judgement), 0) AS size, \
                   CASE WHEN length(judgement) <= $2 THEN judgement END AS judgement \
                   FROM submissions WHERE id = $1 AND ($3 OR token IS $4)";
        let (all, token) = sees.columns();
        let get = sqlx::query(sql).bind(id.to_string()).bind(most).bind(all).bind(token);
        let get = get.fetch_optional(&self.readers);
        let Some(row) = get.await? else { return Ok(None) };
        let mut record = record(&row)?;
        let size: i64 = row.try_get("size")?;
        let judgement: Option<Vec<u8>> = row.try_get("judgement")?;
        drop(row);
        record.judgement = match judgement {
            Some(long) if long.len() > QUICK => Some(computed(move || parse_judgement(&long)).await??),
            short => short.as_deref().map(parse_judgement).transpose()?,
        };
        Ok(Some((record, u64::try_from(size).unwrap_or(0))))
    }

    /// All that waits for a judgement, oldest first, with what ran when the server died. What cannot be read ends with
    /// an InternalError, now or at a later start, and keeps nothing else from being judged. Writes nothing else: the disk
    /// may be full.
    ///
    /// # Errors
    /// The store's, where it cannot be read.
    pub async fn restore(&self) -> Result<Vec<Unfinished>, StoreError> {
        let mut files = refs::of_unfinished(&self.readers).await?;
        let sql = "SELECT seq, id, client, token, reference, problem, language, created_at, request IS NOT NULL AS is_old, \
                   state = 'running' AS was_begun, attempt, \
                   coalesce(length(request), length(program) + length(tests), 0) AS size \
                   FROM submissions WHERE state IN ('queued', 'running') ORDER BY seq";
        let mut restored = Vec::new();
        for row in sqlx::query(sql).fetch_all(&self.readers).await? {
            let seq: i64 = row.try_get("seq")?;
            let files = files.remove(&seq).unwrap_or_default();
            match unfinished(&row, files, &self.served) {
                Ok(one) => restored.push(one),
                Err(why) => self.end_unreadable(seq, &why).await,
            }
        }
        Ok(restored)
    }

    /// Ends a submission whose row makes no sense.
    async fn end_unreadable(&self, seq: i64, why: &StoreError) {
        tracing::error!(error = %why, seq, "A submission in the store cannot be read; it ends with an InternalError");
        if let Err(error) = self.try_to_end_unreadable(seq, why).await {
            tracing::error!(%error, seq, "It could not be ended; the next start tries again");
        }
    }

    async fn try_to_end_unreadable(&self, seq: i64, why: &StoreError) -> Result<(), StoreError> {
        let judgement = Judgement::internal_error(why.to_string(), 0);
        let Ended { verdict, judgement, now, .. } = Ended::of(SubmissionId::nil(), &judgement)?;
        // Its id may be what makes no sense; nothing of it is live yet.
        let ended = self.end(SubmissionId::nil(), Extent::Several, move |connection| {
            Box::pin(async move {
                let sql = concat!(
                    "UPDATE submissions SET state = 'done', verdict = $2, judgement = $3, finished_at = $4, ended = ",
                    next_end!(),
                    " WHERE seq = $1 RETURNING ended"
                );
                let update = sqlx::query_scalar(sql).bind(seq).bind(verdict).bind(judgement).bind(now);
                Ok((update.fetch_optional(&mut *connection).await?, Vec::new()))
            })
        });
        ended.await.map(drop)
    }
}

/// The number of an end, where there is one, and the files that the submission names no more.
pub(super) type EndedAs = (Option<i64>, Vec<BlobId>);

/// A judgement in the forms of its row.
pub(super) struct Ended {
    id: String,
    pub(super) verdict: &'static str,
    pub(super) judgement: Vec<u8>,
    pub(super) now: i64,
    pub(super) refs: BTreeSet<Ref>,
}

impl Ended {
    pub(super) fn of(id: SubmissionId, judgement: &Judgement) -> Result<Self, StoreError> {
        Ok(Self {
            id: id.to_string(),
            verdict: judgement.verdict.as_str(),
            judgement: serde_json::to_vec(&JudgementRow::of(judgement))?,
            now: millis(Utc::now()),
            refs: refs::of_judgement(judgement),
        })
    }

    /// What is told of it once it is stored.
    fn finished(&self) -> Result<Finished, StoreError> {
        let is_small = self.judgement.len() <= TOLD_AT_ONCE;
        Ok(Finished {
            at: time(self.now),
            size: self.judgement.len() as u64,
            judgement: is_small.then(|| parse_judgement(&self.judgement)).transpose()?,
        })
    }

    /// Most are one row of one table. `more`: there is something else to write.
    fn extent(&self, more: bool) -> Extent {
        if self.refs.is_empty() && !more { Extent::Statement } else { Extent::Several }
    }

    /// Bytes that it takes, where nobody else names its files.
    pub(super) fn size(&self) -> u64 {
        self.judgement.len() as u64 + self.refs.iter().map(|(_, _, size)| size).sum::<u64>()
    }
}

pub(super) fn parse_judgement(json: &[u8]) -> Result<Judgement, StoreError> {
    Ok(serde_json::from_slice::<JudgementRow>(json)?.judgement()?)
}

/// All of a submission as the first version kept it.
pub(super) fn parse_request(
    json: &[u8],
    id: SubmissionId,
    language: String,
    user: Option<String>,
) -> Result<Submission, StoreError> {
    Ok(serde_json::from_slice::<RequestRow>(json)?.submission(id, language, user)?)
}

async fn insert(
    connection: &mut SqliteConnection,
    new: NewRecord,
    stored: Stored,
) -> Result<Insertion, sqlx::Error> {
    let NewRecord { submission, created_at, idempotency, begun } = new;
    let done = |inserted, submission| Ok(Insertion { inserted, _claims: submission });
    let (id, now) = (submission.id.to_string(), millis(created_at));
    if let Some((key, digest)) = idempotency {
        let sql = "SELECT i.digest, i.id FROM idempotency i JOIN submissions s ON s.id = i.id \
                   WHERE i.idempotency_key = $1 AND i.created_at > $2";
        let before = sqlx::query(sql).bind(&key).bind(now - IDEMPOTENCY_WINDOW_MS);
        if let Some(row) = before.fetch_optional(&mut *connection).await? {
            let earlier = parse_id(&row, 1)?;
            let inserted = if is_same(row.try_get(0)?, &digest) {
                Inserted::Repeated(earlier)
            } else {
                Inserted::KeyReused(earlier)
            };
            return done(inserted, submission);
        }
        if !is_offered(connection, submission.problem.as_ref()).await? {
            return done(Inserted::NoProblem, submission);
        }
        let sql = "INSERT INTO idempotency (idempotency_key, digest, id, created_at) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (idempotency_key) DO UPDATE SET digest = $2, id = $3, created_at = $4";
        let noted = [&[DIGEST_FORM], digest.as_slice()].concat();
        let insert = sqlx::query(sql).bind(&key).bind(noted).bind(&id).bind(now);
        insert.execute(&mut *connection).await?;
    }
    if !is_offered(connection, submission.problem.as_ref()).await? {
        return done(Inserted::NoProblem, submission);
    }
    let sql = "INSERT INTO submissions (id, client, language, state, attempt, created_at, program, tests, reference, \
               problem, problem_version, token) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let state = if begun { StoredState::Running } else { StoredState::Queued };
    let inserted = sqlx::query(sql)
        .bind(&id)
        .bind(&submission.user)
        .bind(&submission.language)
        .bind(state.as_str())
        .bind(i64::from(begun))
        .bind(now)
        .bind(stored.program)
        .bind(stored.tests)
        .bind(stored.reference)
        .bind(submission.problem.as_ref().map(|problem| problem.id.as_str()))
        .bind(submission.problem.as_ref().map(|problem| problem.version.to_string()))
        .bind(submission.token.as_deref())
        .execute(&mut *connection)
        .await?;
    let seq = inserted.last_insert_rowid();
    references::add(connection, seq, &submission.reference).await?;
    refs::add(connection, seq, stored.refs).await?;
    done(Inserted::New, submission)
}

/// What another version has noted tells nothing: whoever repeats a key most likely repeats its request.
fn is_same(known: &[u8], digest: &[u8; 32]) -> bool {
    known.first() != Some(&DIGEST_FORM) || known.len() != digest.len() + 1 || known[1..] == *digest
}

/// A problem may be removed between a look at it and now.
async fn is_offered(
    connection: &mut SqliteConnection,
    problem: Option<&ProblemRef>,
) -> Result<bool, sqlx::Error> {
    let Some(ProblemRef { id, version }) = problem else { return Ok(true) };
    let sql = "SELECT 1 FROM problems WHERE id = $1 AND version = $2 AND removed_at IS NULL";
    let found = sqlx::query(sql).bind(id).bind(version.to_string()).fetch_optional(connection).await?;
    Ok(found.is_some())
}

pub(super) fn record(row: &SqliteRow) -> Result<Record, StoreError> {
    let state: String = row.try_get("state")?;
    let name: Option<&str> = row.try_get("verdict")?;
    let finished_at: Option<i64> = row.try_get("finished_at")?;
    let judged_at: Option<i64> = row.try_get("judged_at")?;
    Ok(Record {
        id: parse_id(row, "id")?,
        user: row.try_get("client")?,
        token: row.try_get("token")?,
        reference: references::of_column(row.try_get("reference")?)?,
        language: row.try_get("language")?,
        problem: problem(row)?,
        is_problem_removed: row.try_get("problem_removed")?,
        state: StoredState::parse(&state),
        verdict: name.map(verdict).transpose()?,
        created_at: time(row.try_get("created_at")?),
        finished_at: finished_at.map(time),
        rejudged_at: judged_at.map(time),
        is_awaiting_rejudge: row.try_get("awaits")?,
        judgement: None,
    })
}

/// What a submission is judged by, where that is a problem.
fn problem(row: &SqliteRow) -> Result<Option<ProblemRef>, StoreError> {
    let (id, version): (Option<String>, Option<&str>) =
        (row.try_get("problem")?, row.try_get("problem_version")?);
    let Some((id, version)) = id.zip(version) else { return Ok(None) };
    Ok(Some(ProblemRef { id, version: problems::version(version)? }))
}

fn request(id: SubmissionId, row: &SqliteRow) -> Result<Submission, StoreError> {
    let program: ProgramRow = serde_json::from_slice(row.try_get("program")?)?;
    let tests: Vec<TestRow> = serde_json::from_slice(row.try_get("tests")?)?;
    let reference = references::of_column(row.try_get("reference")?)?;
    let submission = program.submission(id, row.try_get("language")?, row.try_get("client")?, tests)?;
    Ok(Submission { reference, token: token(row)?, problem: problem(row)?, ..submission })
}

fn token(row: &SqliteRow) -> Result<Option<Arc<str>>, sqlx::Error> {
    Ok(row.try_get::<Option<&str>, _>("token")?.map(Arc::from))
}

fn unfinished(row: &SqliteRow, files: Vec<(BlobId, u64)>, served: &Served) -> Result<Unfinished, StoreError> {
    let id = parse_id(row, "id")?;
    let was_begun: bool = row.try_get("was_begun")?;
    let size: i64 = row.try_get("size")?;
    Ok(Unfinished {
        about: events::about(row)?,
        language: row.try_get("language")?,
        created_at: time(row.try_get("created_at")?),
        footprint: Footprint { row: size.try_into().unwrap_or(0), files },
        is_old: row.try_get("is_old")?,
        is_lost: was_begun && !served.had(id, row.try_get("attempt")?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Verdict;

    /// Each statement more is a turn of the connection's thread, and several need two for their transaction.
    #[test]
    fn an_end_with_which_nothing_else_is_written_is_one_statement() {
        let ended = Ended::of(SubmissionId::new_v4(), &Judgement::empty(Verdict::Accepted)).unwrap();
        assert_eq!((ended.extent(false), ended.extent(true)), (Extent::Statement, Extent::Several));
        let named = Ended { refs: [(refs::Kind::Output, BlobId::of(b"long"), 4)].into(), ..ended };
        assert_eq!(named.extent(false), Extent::Several);
    }
}
