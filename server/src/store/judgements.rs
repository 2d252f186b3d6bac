//! Judgements whose place later ones have taken, and how that comes about.

use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::rejudges::{Item, settle};
use super::submissions::{Ended, parse_judgement};
use super::writer::Extent;
use super::{Store, StoreError, events, problems, refs, time};
use crate::blocking::elsewhere;
use crate::content::BlobId;
use crate::judge::{Judgement, TestResult};
use crate::submission::SubmissionId;

/// A judgement among those of its submission.
#[derive(Debug, Clone, PartialEq)]
pub struct Numbered {
    /// 1 = the first.
    pub number: u32,
    /// When it came.
    pub judged_at: DateTime<Utc>,
    /// The version of the problem that it is by.
    pub version: Option<BlobId>,
    /// The judgement.
    pub judgement: Judgement,
}

/// A test that came to something else.
#[derive(Debug, Clone, PartialEq)]
pub struct Change<'a> {
    /// The test as it was; none where there was none.
    pub before: Option<&'a TestResult>,
    /// The test as it is; none where there is none.
    pub after: Option<&'a TestResult>,
}

/// The tests of which a later judgement says something else than the one before: another verdict, or another score. Tests
/// are the same where their names are, or their places where they have no names.
pub fn changes<'a>(before: &'a Judgement, after: &'a Judgement) -> Vec<Change<'a>> {
    let key = |test: &TestResult| (test.name.clone(), test.name.is_none().then_some(test.index));
    let mut gone: std::collections::HashMap<_, _> =
        before.tests.iter().map(|test| (key(test), test)).collect();
    let mut changes = Vec::new();
    for test in &after.tests {
        let was = gone.remove(&key(test));
        let same = was.is_some_and(|was| was.verdict == test.verdict && was.score == test.score);
        if !same {
            changes.push(Change { before: was, after: Some(test) });
        }
    }
    // In the order in which they were run.
    let missing = before.tests.iter().filter(|test| gone.contains_key(&key(test)));
    changes.extend(missing.map(|test| Change { before: Some(test), after: None }));
    changes
}

impl Store {
    /// Ends an attempt to judge a submission again: this judgement is its newest, and the one that it had is kept among its
    /// older ones, of which so many stay. False where the attempt is not the current one any more: then nothing is changed.
    ///
    /// # Errors
    /// The store's.
    pub async fn finish_item(
        &self,
        item: &Item,
        judgement: &Judgement,
        version: Option<BlobId>,
        keep: u32,
    ) -> Result<bool, StoreError> {
        let ended = Ended::of(item.id, judgement)?;
        let size = ended.size();
        let changed = match self.newest(item.id).await {
            Ok(Some(before)) => changes(&before, judgement).len(),
            Ok(None) => 0,
            // It would never be read, however often that is tried, and is one more reason for this one.
            Err(why @ StoreError::Unreadable(_)) => {
                tracing::warn!(error = %why, "The judgement of submission {} before this one cannot be read", item.id);
                judgement.tests.len()
            }
            Err(why) => return Err(why),
        };
        let changed = i64::try_from(changed).unwrap_or(i64::MAX);
        let (item, version) = (item.clone(), version.map(|version| version.to_string()));
        let finished = self.end_judged(item.id, Extent::Several, size, move |connection| {
            Box::pin(async move {
                let sql = "UPDATE rejudge_items SET state = 'done', after = $4, changed = $5, \
                           before = (SELECT verdict FROM submissions s WHERE s.seq = rejudge_items.seq) \
                           WHERE rejudge = $1 AND seq = $2 AND attempt = $3 AND state = 'running' RETURNING before";
                let update = sqlx::query_scalar(sql).bind(item.rejudge).bind(item.seq).bind(item.attempt);
                let update = update.bind(ended.verdict).bind(changed);
                let update: sqlx::query::QueryScalar<'_, _, Option<String>, _> = update;
                let Some(before) = update.fetch_optional(&mut *connection).await? else {
                    return Ok((None, Vec::new()));
                };
                let now = ended.now;
                let gone = replace(connection, item.seq, ended, version, keep).await?;
                settle(connection, item.rejudge).await?;
                let number = events::note_again(connection, item.seq, before.as_deref(), now).await?;
                Ok((Some(number), gone))
            })
        });
        finished.await
    }

    async fn newest(&self, id: SubmissionId) -> Result<Option<Judgement>, StoreError> {
        Ok(self.get(id).await?.and_then(|record| record.judgement))
    }

    /// Bytes of all judgements of a submission in their rows. None where there is no submission.
    ///
    /// # Errors
    /// The store's.
    pub async fn size_of_judgements(&self, id: SubmissionId) -> Result<Option<u64>, StoreError> {
        let sql = "SELECT coalesce(length(judgement), 0) + coalesce((SELECT sum(length(j.judgement)) FROM judgements j \
                   WHERE j.seq = submissions.seq), 0) FROM submissions WHERE id = $1";
        let size: Option<i64> =
            sqlx::query_scalar(sql).bind(id.to_string()).fetch_optional(&self.readers).await?;
        Ok(size.map(|size| u64::try_from(size).unwrap_or(0)))
    }

    /// All judgements of a submission, the newest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn judgements(&self, id: SubmissionId) -> Result<Vec<Numbered>, StoreError> {
        let sql = "SELECT judgements AS number, coalesce(judged_at, finished_at) AS judged_at, problem_version, judgement \
                   FROM submissions WHERE id = $1 AND judgement IS NOT NULL \
                   UNION ALL SELECT j.number, j.judged_at, j.problem_version, j.judgement \
                   FROM judgements j JOIN submissions s ON s.seq = j.seq WHERE s.id = $1 ORDER BY number DESC";
        let rows = sqlx::query(sql).bind(id.to_string()).fetch_all(&self.readers).await?;
        elsewhere(move || rows.iter().map(numbered).collect()).await?
    }

    /// Forgets older judgements of those submissions that were judged first, a few of them. Returns the bytes that went.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn forget_judgements(&self, most: i64) -> Result<u64, StoreError> {
        let forgotten = self.writer.write(move |connection| {
            Box::pin(async move {
                let sql = "DELETE FROM judgements WHERE (seq, number) IN (SELECT seq, number FROM judgements \
                           ORDER BY seq, number LIMIT $1) RETURNING seq, number, length(judgement) AS size";
                let rows = sqlx::query(sql).bind(most).fetch_all(&mut *connection).await?;
                let (mut gone, mut size) = (Vec::new(), 0_i64);
                for row in &rows {
                    size += row.try_get::<i64, _>("size")?;
                    let (seq, number) = (row.try_get("seq")?, row.try_get("number")?);
                    gone.extend(refs::drop_older(connection, seq, number).await?);
                }
                Ok((gone, size))
            })
        });
        let (gone, size) = forgotten.await?;
        self.blobs.suspect(gone);
        Ok(u64::try_from(size).unwrap_or(0))
    }
}

/// Puts a judgement in the place of the one that a submission has. Returns files that nobody may name any more.
async fn replace(
    connection: &mut SqliteConnection,
    seq: i64,
    ended: Ended,
    version: Option<String>,
    keep: u32,
) -> Result<Vec<BlobId>, sqlx::Error> {
    let sql = "INSERT INTO judgements (seq, number, verdict, judged_at, problem_version, judgement) \
               SELECT seq, judgements, verdict, coalesce(judged_at, finished_at), problem_version, judgement \
               FROM submissions WHERE seq = $1";
    sqlx::query(sql).bind(seq).execute(&mut *connection).await?;
    let sql = "UPDATE submissions SET verdict = $2, judgement = $3, judged_at = $4, judgements = judgements + 1, \
               problem_version = coalesce($5, problem_version) WHERE seq = $1 RETURNING judgements";
    let update = sqlx::query_scalar(sql).bind(seq).bind(ended.verdict).bind(ended.judgement).bind(ended.now);
    let number: i64 = update.bind(version).fetch_one(&mut *connection).await?;
    refs::age_outputs(connection, seq, number - 1).await?;
    refs::add(connection, seq, ended.refs).await?;
    let sql = "DELETE FROM judgements WHERE seq = $1 AND number < $2 RETURNING number";
    let older = sqlx::query_scalar(sql).bind(seq).bind(number - i64::from(keep));
    let mut gone = Vec::new();
    for number in older.fetch_all(&mut *connection).await? {
        gone.extend(refs::drop_older(connection, seq, number).await?);
    }
    Ok(gone)
}

/// Drops all older judgements of a submission that goes; the files go with the others that it names.
pub(super) async fn drop_all(connection: &mut SqliteConnection, seq: i64) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM judgements WHERE seq = $1").bind(seq).execute(connection).await.map(drop)
}

fn numbered(row: &SqliteRow) -> Result<Numbered, StoreError> {
    let version: Option<&str> = row.try_get("problem_version")?;
    Ok(Numbered {
        number: row.try_get("number")?,
        judged_at: time(row.try_get("judged_at")?),
        version: version.map(problems::version).transpose()?,
        judgement: parse_judgement(row.try_get("judgement")?)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Verdict;
    use crate::judge::test_support;

    fn result(index: u32, verdict: Verdict) -> TestResult {
        TestResult { index, verdict, ..test_support::result() }
    }

    #[test]
    fn tests_are_compared_by_their_names_or_else_by_their_places() {
        let judged = |tests: Vec<TestResult>| Judgement { tests, ..Judgement::empty(Verdict::Accepted) };
        let named = |name: &str, index, verdict| TestResult {
            name: Some(name.into()),
            index,
            ..result(index, verdict)
        };
        let before = judged(vec![
            named("a", 0, Verdict::Accepted),
            named("b", 1, Verdict::WrongAnswer),
            named("gone", 2, Verdict::Accepted),
        ]);
        let after = judged(vec![
            named("b", 0, Verdict::Accepted),
            named("a", 1, Verdict::Accepted),
            named("new", 2, Verdict::Accepted),
        ]);
        let told: Vec<_> = changes(&before, &after)
            .iter()
            .map(|change| {
                let name = change.after.or(change.before).unwrap().name.clone().unwrap();
                (name.to_string(), change.before.map(|one| one.verdict), change.after.map(|one| one.verdict))
            })
            .collect();
        let (good, bad) = (Some(Verdict::Accepted), Some(Verdict::WrongAnswer));
        assert_eq!(told, [("b".into(), bad, good), ("new".into(), None, good), ("gone".into(), good, None)]);
        let plain = |verdict| judged(vec![result(0, Verdict::Accepted), result(1, verdict)]);
        assert_eq!(changes(&plain(Verdict::Accepted), &plain(Verdict::RuntimeError)).len(), 1);
        assert!(changes(&plain(Verdict::Accepted), &plain(Verdict::Accepted)).is_empty());
        let scored = |score| judged(vec![TestResult { score: Some(score), ..result(0, Verdict::Accepted) }]);
        assert_eq!(changes(&scored(1.0), &scored(2.0)).len(), 1);
    }
}
