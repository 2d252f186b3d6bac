//! Which files rows name.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures_util::TryStreamExt as _;
use sqlx::{Row, SqliteConnection, SqlitePool};

use crate::content::{BlobId, Content};
use crate::judge::{Judgement, TestResult};
use crate::submission::{Submission, TestCase};

/// What a file is to a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Kept with the judgement.
    Source,
    /// An input or an answer: gone once finished.
    Test,
    /// What a program wrote: of the judgement.
    Output,
}

/// A file that a row names.
pub(super) type Ref = (Kind, BlobId, u64);

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Test => "test",
            Self::Output => "output",
        }
    }
}

/// The files of a submission, each once.
pub(super) fn of_submission(submission: &Submission) -> BTreeSet<Ref> {
    let sources = submission.files.values().filter_map(named(Kind::Source));
    let tests = submission.tests.iter().flat_map(TestCase::contents).filter_map(named(Kind::Test));
    sources.chain(tests).collect()
}

/// The files of a judgement, each once.
pub(super) fn of_judgement(judgement: &Judgement) -> BTreeSet<Ref> {
    let outputs = judgement.tests.iter().flat_map(TestResult::contents);
    outputs.filter_map(named(Kind::Output)).collect()
}

fn named(kind: Kind) -> impl Fn(&Content) -> Option<Ref> {
    move |content| content.blob().map(|blob| (kind, blob.id, blob.size))
}

/// Adds what a row names.
pub(super) async fn add(
    connection: &mut SqliteConnection,
    seq: i64,
    refs: BTreeSet<Ref>,
) -> Result<(), sqlx::Error> {
    for (kind, id, size) in refs {
        let sql = "INSERT INTO refs (seq, kind, hash, size) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (seq, kind, hash) DO NOTHING";
        sqlx::query(sql)
            .bind(seq)
            .bind(kind.as_str())
            .bind(id.as_bytes().as_slice())
            .bind(i64::try_from(size).unwrap_or(i64::MAX))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Drops what a row names as inputs and answers, and returns it.
pub(super) async fn drop_tests(
    connection: &mut SqliteConnection,
    seq: i64,
) -> Result<Vec<BlobId>, sqlx::Error> {
    drop_kind(connection, seq, Kind::Test.as_str()).await
}

async fn drop_kind(
    connection: &mut SqliteConnection,
    seq: i64,
    kind: &str,
) -> Result<Vec<BlobId>, sqlx::Error> {
    let sql = "DELETE FROM refs WHERE seq = $1 AND kind = $2 RETURNING hash";
    let rows = sqlx::query(sql).bind(seq).bind(kind).fetch_all(connection).await?;
    rows.iter().filter_map(|row| id(row, "hash").transpose()).collect()
}

/// The outputs of the judgement that a submission has are those of an older one from now on.
pub(super) async fn age_outputs(
    connection: &mut SqliteConnection,
    seq: i64,
    number: i64,
) -> Result<(), sqlx::Error> {
    let sql = "UPDATE refs SET kind = $3 WHERE seq = $1 AND kind = $2";
    let update = sqlx::query(sql).bind(seq).bind(Kind::Output.as_str()).bind(older(number));
    update.execute(connection).await.map(drop)
}

/// Drops the outputs of an older judgement, and returns them.
pub(super) async fn drop_older(
    connection: &mut SqliteConnection,
    seq: i64,
    number: i64,
) -> Result<Vec<BlobId>, sqlx::Error> {
    drop_kind(connection, seq, &older(number)).await
}

/// What the outputs of an older judgement are called.
fn older(number: i64) -> String {
    format!("{} {number}", Kind::Output.as_str())
}

/// Drops all that the row of a removed submission names, and returns it, with the sizes.
pub(super) async fn drop_all(
    connection: &mut SqliteConnection,
    seq: i64,
) -> Result<Vec<(BlobId, u64)>, sqlx::Error> {
    let sql = "DELETE FROM refs WHERE seq = $1 RETURNING hash, size";
    sized(&sqlx::query(sql).bind(seq).fetch_all(connection).await?)
}

/// As [`drop_tests`], with the sizes.
pub(super) async fn drop_tests_sized(
    connection: &mut SqliteConnection,
    seq: i64,
) -> Result<Vec<(BlobId, u64)>, sqlx::Error> {
    let sql = "DELETE FROM refs WHERE seq = $1 AND kind = $2 RETURNING hash, size";
    sized(&sqlx::query(sql).bind(seq).bind(Kind::Test.as_str()).fetch_all(connection).await?)
}

fn sized(rows: &[sqlx::sqlite::SqliteRow]) -> Result<Vec<(BlobId, u64)>, sqlx::Error> {
    let mut dropped = Vec::new();
    for row in rows {
        let size: i64 = row.try_get("size")?;
        dropped.extend(id(row, "hash")?.map(|id| (id, u64::try_from(size).unwrap_or(0))));
    }
    Ok(dropped)
}

/// Bytes of those of these files, dropped just now, that no finished submission names.
pub(super) async fn of_no_finished(
    connection: &mut SqliteConnection,
    dropped: &BTreeMap<BlobId, u64>,
) -> Result<u64, sqlx::Error> {
    let mut bytes = 0;
    for (id, size) in dropped {
        let sql = "SELECT 1 FROM refs r JOIN submissions s ON s.seq = r.seq \
                   WHERE r.hash = $1 AND s.finished_at IS NOT NULL LIMIT 1";
        let named = sqlx::query(sql).bind(id.as_bytes().as_slice()).fetch_optional(&mut *connection).await?;
        bytes += if named.is_none() { *size } else { 0 };
    }
    Ok(bytes)
}

/// Of what waits, which is little, and not of all files that there are: SQLite leaves the tables of a `CROSS JOIN` as they stand.
pub(super) const OF_UNFINISHED: &str = "SELECT r.seq, r.hash, r.size FROM submissions s CROSS JOIN refs r ON r.seq = s.seq \
    WHERE s.state IN ('queued', 'running')";

/// The files of all submissions that are not finished, by row, each once. Of their names there may be many: in memory they are as small as
/// they can be.
pub(super) async fn of_unfinished(
    readers: &SqlitePool,
) -> Result<HashMap<i64, Vec<(BlobId, u64)>>, sqlx::Error> {
    let mut files = HashMap::<i64, Vec<_>>::new();
    let mut rows = sqlx::query(OF_UNFINISHED).fetch(readers);
    while let Some(row) = rows.try_next().await? {
        let size: i64 = row.try_get("size")?;
        if let Some(id) = id(&row, "hash")? {
            let size = u64::try_from(size).unwrap_or(0);
            files.entry(row.try_get("seq")?).or_default().push((id, size));
        }
    }
    for named in files.values_mut() {
        named.sort_unstable();
        named.dedup();
        named.shrink_to_fit();
    }
    Ok(files)
}

/// Bytes of the files that finished submissions name.
pub(super) async fn kept(readers: &SqlitePool) -> Result<u64, sqlx::Error> {
    let sql = "SELECT coalesce(sum(size), 0) FROM (SELECT r.hash, max(r.size) AS size FROM refs r \
               JOIN submissions s ON s.seq = r.seq WHERE s.finished_at IS NOT NULL GROUP BY r.hash)";
    let kept: i64 = sqlx::query_scalar(sql).fetch_one(readers).await?;
    Ok(u64::try_from(kept).unwrap_or(0))
}

pub(super) fn id(row: &sqlx::sqlite::SqliteRow, column: &str) -> Result<Option<BlobId>, sqlx::Error> {
    Ok(BlobId::from_slice(row.try_get(column)?))
}
