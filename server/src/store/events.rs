//! What ended submissions, by numbers: told again to whoever was away. A row has nothing of anybody: what is told of a
//! submission is read with its row, and goes with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection, SqlitePool};

use super::rows::verdict;
use super::{Store, StoreError, parse_id, references, time};
use crate::events::About;
use crate::judge::Verdict;
use crate::tokens::Sees;

/// So many numbers are looked through at one time, whoever sees how few of them.
const LOOKED_AT: i64 = 5000;
/// Removed in one transaction, so that no other write waits long.
const CHUNK: i64 = 1000;

/// How a submission came to have what it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It was judged.
    Done,
    /// It was cancelled.
    Cancelled,
    /// It was judged again.
    Rejudged,
}

/// An end.
#[derive(Debug, Clone, PartialEq)]
pub struct End {
    /// Its number.
    pub number: i64,
    /// The submission.
    pub about: About,
    /// How it ended.
    pub ending: Ending,
    /// Of the judgement.
    pub verdict: Option<Verdict>,
    /// The verdict before, where it was judged again.
    pub before: Option<Verdict>,
    /// The judgement's number.
    pub judgement: Option<u32>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Which ends somebody wants to know.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Those that are seen.
    pub sees: Sees,
    /// Of this user.
    pub user: Option<String>,
    /// Judged by this problem.
    pub problem: Option<String>,
    /// Whose reference has each of these texts.
    pub reference: BTreeMap<String, String>,
}

impl Wanted {
    /// Is this one of them?
    pub fn has(&self, about: &About) -> bool {
        self.sees.has(about.token.as_deref())
            && self.user.as_ref().is_none_or(|user| about.user.as_ref() == Some(user))
            && self.problem.as_ref().is_none_or(|problem| about.problem.as_ref() == Some(problem))
            && self.reference.iter().all(|(name, text)| about.reference.get(name) == Some(text))
    }
}

/// Some ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Ends {
    /// In the order of their numbers.
    pub ends: Vec<End>,
    /// All up to this number were looked at.
    pub looked_at: i64,
}

impl Ending {
    fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Rejudged => "rejudged",
        }
    }

    fn parse(text: &str) -> Self {
        match text {
            "cancelled" => Self::Cancelled,
            "rejudged" => Self::Rejudged,
            _ => Self::Done,
        }
    }
}

impl Store {
    /// The highest number of an end that was removed, and that of the last that there was.
    ///
    /// # Errors
    /// The store's.
    pub async fn ends_kept(&self) -> Result<(i64, i64), StoreError> {
        let removed =
            sqlx::query_scalar("SELECT number FROM events_removed").fetch_one(&self.readers).await?;
        Ok((removed, last(&self.readers).await?))
    }

    /// The next ends that are wanted, at most so many, behind one number and up to another.
    ///
    /// # Errors
    /// The store's.
    pub async fn ends(
        &self,
        wanted: &Wanted,
        behind: i64,
        up_to: i64,
        limit: usize,
    ) -> Result<Ends, StoreError> {
        let up_to = up_to.min(behind.saturating_add(LOOKED_AT));
        let rows = query(wanted, (behind, up_to), limit).build().fetch_all(&self.readers).await?;
        let ends = rows.iter().map(ended).collect::<Result<Vec<_>, _>>()?;
        let is_full = ends.len() >= limit;
        let looked_at = ends.last().filter(|_| is_full).map_or(up_to, |end| end.number);
        Ok(Ends { ends, looked_at })
    }

    /// Forgets the ends of submissions that are not there any more, oldest first, and those before this time.
    pub(super) async fn forget_ends(&self, before: i64) -> Result<(), StoreError> {
        loop {
            let gone = self.writer.write(move |connection| {
                Box::pin(async move {
                    let sql = "DELETE FROM events WHERE number IN (SELECT number FROM (SELECT number, seq, at FROM events \
                               ORDER BY number LIMIT $2) WHERE at < $1 OR seq NOT IN (SELECT seq FROM submissions))";
                    let gone = sqlx::query(sql).bind(before).bind(CHUNK).execute(connection).await?;
                    Ok(gone.rows_affected())
                })
            });
            if gone.await? == 0 {
                return Ok(());
            }
        }
    }
}

/// Looks at these numbers in their order, and never first at all submissions of a user or a problem, of which there may be many more:
/// SQLite leaves the tables of a `CROSS JOIN` as they stand.
fn query(wanted: &Wanted, (behind, up_to): (i64, i64), limit: usize) -> QueryBuilder<Sqlite> {
    let mut sql = QueryBuilder::<Sqlite>::new(
        "SELECT e.number, e.kind, e.verdict, e.before, e.judgement, e.at, s.id, s.client, s.token, s.reference, \
         s.problem FROM events e CROSS JOIN submissions s ON s.seq = e.seq WHERE e.number > ",
    );
    sql.push_bind(behind).push(" AND e.number <= ").push_bind(up_to);
    let Wanted { sees, user, problem, reference } = wanted;
    if let Sees::Own(token) = sees {
        sql.push(" AND s.token IS ").push_bind(token.as_deref());
    }
    if let Some(user) = user {
        sql.push(" AND s.client = ").push_bind(user);
    }
    if let Some(problem) = problem {
        sql.push(" AND s.problem = ").push_bind(problem);
    }
    for (name, value) in reference {
        // Not looked for by its index: the numbers are few.
        sql.push(" AND EXISTS (SELECT 1 FROM reference_parts r WHERE r.seq = e.seq AND r.name = ")
            .push_bind(name);
        sql.push(" AND r.value = ").push_bind(value).push(")");
    }
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    sql.push(" ORDER BY e.number LIMIT ").push_bind(most);
    sql
}

/// The number of the last end that there was.
pub(super) async fn last(readers: &SqlitePool) -> Result<i64, StoreError> {
    let sql = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0)";
    Ok(sqlx::query_scalar(sql).fetch_one(readers).await?)
}

/// The number of the next end, in SQL. A statement that gives it to `ended` of a submission's row notes the end, by a trigger, with
/// the row's state, verdict and time.
macro_rules! next_end {
    () => {
        "(SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0) + 1)"
    };
}
pub(super) use next_end;

/// Notes that a submission was judged again, in the transaction of that: it has the judgement by now. Returns the end's number.
pub(super) async fn note_again(
    connection: &mut SqliteConnection,
    seq: i64,
    before: Option<&str>,
    at: i64,
) -> Result<i64, sqlx::Error> {
    let sql = "INSERT INTO events (seq, kind, verdict, before, judgement, at) \
               SELECT seq, $2, verdict, $3, judgements, $4 FROM submissions WHERE seq = $1";
    let note = sqlx::query(sql).bind(seq).bind(Ending::Rejudged.as_str()).bind(before).bind(at);
    Ok(note.execute(connection).await?.last_insert_rowid())
}

fn ended(row: &SqliteRow) -> Result<End, StoreError> {
    let maybe = |column: &str| -> Result<Option<Verdict>, StoreError> {
        let name: Option<&str> = row.try_get(column)?;
        Ok(name.map(verdict).transpose()?)
    };
    Ok(End {
        number: row.try_get("number")?,
        about: about(row)?,
        ending: Ending::parse(row.try_get("kind")?),
        verdict: maybe("verdict")?,
        before: maybe("before")?,
        judgement: row.try_get("judgement")?,
        at: time(row.try_get("at")?),
    })
}

/// What a submission is known by.
pub(super) fn about(row: &SqliteRow) -> Result<About, StoreError> {
    Ok(About {
        id: parse_id(row, "id")?,
        token: row.try_get::<Option<&str>, _>("token")?.map(Arc::from),
        user: row.try_get("client")?,
        reference: references::of_column(row.try_get("reference")?)?,
        problem: row.try_get("problem")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn ends_are_looked_for_by_their_numbers_whichever_are_wanted() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        let store = Store::open(&path.join("db"), &path.join("blobs")).await.unwrap();
        let all = Wanted { sees: Sees::Everything, user: None, problem: None, reference: BTreeMap::new() };
        let reference = BTreeMap::from([("course".to_owned(), "cs101".to_owned())]);
        for wanted in [
            Wanted { user: Some("alice".into()), ..all.clone() },
            Wanted { problem: Some("sums".into()), ..all.clone() },
            Wanted { sees: Sees::Own(Some("cs101".into())), ..all.clone() },
            Wanted { reference, ..all.clone() },
            all,
        ] {
            let explain = format!("EXPLAIN QUERY PLAN {}", query(&wanted, (7, 9), 50).into_sql().as_str());
            let plan = sqlx::query(sqlx::AssertSqlSafe(explain)).fetch_all(&store.readers).await.unwrap();
            let steps: Vec<String> = plan.iter().map(|row| row.get("detail")).collect();
            assert!(steps[0].contains("SEARCH e USING INTEGER PRIMARY KEY"), "{wanted:?}: {steps:?}");
            assert!(!steps.iter().any(|step| step.contains("ORDER BY")), "{wanted:?}: {steps:?}");
        }
    }
}
