//! Pages of submissions, newest first.

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite};

use super::submissions::record;
use super::{Record, Store, StoreError, StoredState};
use crate::judge::Verdict;
use crate::tokens::Sees;

/// Which submissions to list.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Of this user.
    pub user: Option<String>,
    /// In one of these states; none = in any.
    pub states: Vec<StoredState>,
    /// With this verdict.
    pub verdict: Option<Verdict>,
    /// In this language.
    pub language: Option<String>,
    /// Whose site calls them so: each of these names has this text.
    pub reference: Vec<(String, String)>,
    /// Judged by this problem.
    pub problem: Option<String>,
    /// Older than the page that ended here.
    pub before: Option<i64>,
    /// Of those that are seen.
    pub sees: Sees,
}

impl Filter {
    /// All that are seen.
    pub fn of(sees: Sees) -> Self {
        Self {
            user: None,
            states: Vec::new(),
            verdict: None,
            language: None,
            reference: Vec::new(),
            problem: None,
            before: None,
            sees,
        }
    }

    /// How many conditions a submission must meet.
    fn conditions(&self) -> usize {
        let Self { user, states, verdict, language, reference, problem, before: _, sees } = self;
        let named = [user.is_some(), language.is_some(), problem.is_some(), verdict.is_some()];
        let others = [!states.is_empty(), *sees != Sees::Everything];
        named.into_iter().chain(others).map(usize::from).sum::<usize>() + reference.len()
    }
}

/// Some submissions, without their judgements.
#[derive(Debug, Clone)]
pub struct Page {
    /// The submissions, newest first, each with [`Filter::before`] of those behind it.
    pub records: Vec<(i64, Record)>,
    /// [`Filter::before`] of what was not looked at, where there is any: there may be others of them.
    pub next: Option<i64>,
}

/// So many rows are looked at in one call, however few of them are wanted: who asks for what is rare keeps no reader from others.
const LOOKED_AT: i64 = 5000;

/// What of a filter an index serves, in the order of the page. All else is looked at in the rows that it leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way<'a> {
    /// What waits and runs: there is never much of it.
    Unfinished,
    Reference(&'a str, &'a str),
    User(&'a str),
    Token(&'a str),
    Problem(&'a str),
    All,
}

impl Store {
    /// The next submissions, newest first: at most `limit`, and fewer where many that are not wanted lie between them.
    ///
    /// # Errors
    /// The store's.
    pub async fn list(&self, filter: &Filter, limit: usize) -> Result<Page, StoreError> {
        let floor = match floor(filter) {
            Some(mut sql) => sql.build_query_scalar().fetch_optional(&self.readers).await?,
            None => None,
        };
        let rows = query(filter, floor, limit).build().fetch_all(&self.readers).await?;
        let placed = |row| Ok((SqliteRow::try_get(row, "seq")?, record(row)?));
        let records: Vec<(i64, Record)> =
            rows.iter().take(limit).map(placed).collect::<Result<_, StoreError>>()?;
        let last = records.last().filter(|_| rows.len() > limit).map(|(seq, _)| *seq);
        Ok(Page { records, next: last.or(floor) })
    }
}

impl<'a> Way<'a> {
    fn of(filter: &'a Filter) -> Self {
        let Filter { user, states, reference, problem, sees, .. } = filter;
        let is_unfinished = |state: &StoredState| matches!(state, StoredState::Queued | StoredState::Running);
        if !states.is_empty() && states.iter().all(is_unfinished) {
            return Self::Unfinished;
        }
        match (reference.first(), user, sees, problem) {
            (Some((name, value)), ..) => Self::Reference(name, value),
            (_, Some(user), ..) => Self::User(user),
            (_, _, Sees::Own(Some(token)), _) => Self::Token(token),
            (.., Some(problem)) => Self::Problem(problem),
            _ => Self::All,
        }
    }

    /// The rows that it leads to, behind `FROM`. By name: where several would do, the one that bounds what is looked at.
    fn push(self, sql: &mut QueryBuilder<Sqlite>, range: Range) {
        match self {
            // As the index has it: a bound value is not known to be one of these.
            Self::Unfinished => {
                sql.push(
                    "submissions INDEXED BY submissions_unfinished WHERE state IN ('queued', 'running')",
                );
            }
            Self::Reference(name, value) => {
                sql.push(
                    "submissions NOT INDEXED WHERE seq IN (SELECT seq FROM reference_parts WHERE name = ",
                );
                sql.push_bind(name.to_owned()).push(" AND value = ").push_bind(value.to_owned());
                range.push(sql);
                sql.push(")");
                return;
            }
            Self::User(user) => {
                sql.push("submissions INDEXED BY submissions_client WHERE client = ")
                    .push_bind(user.to_owned());
            }
            Self::Token(token) => {
                sql.push("submissions INDEXED BY submissions_token WHERE token = ")
                    .push_bind(token.to_owned());
            }
            Self::Problem(problem) => {
                sql.push("submissions INDEXED BY submissions_problem WHERE problem = ");
                sql.push_bind(problem.to_owned());
            }
            Self::All => {
                sql.push("submissions NOT INDEXED WHERE 1 = 1");
            }
        }
        range.push(sql);
    }

    /// All that it leads to is wanted: what is read ends with the page.
    fn is_all(self, filter: &Filter) -> bool {
        match self {
            Self::Unfinished => true,
            // All of them at once would be put in order first.
            Self::Reference(..) => false,
            Self::All => filter.conditions() == 0,
            Self::User(_) | Self::Token(_) | Self::Problem(_) => filter.conditions() == 1,
        }
    }
}

/// Of the numbers of submissions: from the first, and up to the second, which is not in it.
#[derive(Debug, Clone, Copy)]
struct Range(Option<i64>, Option<i64>);

impl Range {
    fn push(self, sql: &mut QueryBuilder<Sqlite>) {
        let Self(from, before) = self;
        if let Some(from) = from {
            sql.push(" AND seq >= ").push_bind(from);
        }
        if let Some(before) = before {
            sql.push(" AND seq < ").push_bind(before);
        }
    }
}

/// Finds down to where is looked at one time; nothing where that is no question.
fn floor(filter: &Filter) -> Option<QueryBuilder<Sqlite>> {
    let way = Way::of(filter);
    if way.is_all(filter) {
        return None;
    }
    let mut sql = QueryBuilder::<Sqlite>::new("SELECT ");
    match way {
        // Of all the numbers tell it: to count rows each would be read.
        Way::All => {
            sql.push("min(coalesce(").push_bind(filter.before).push(", top), top) - ").push_bind(LOOKED_AT);
            sql.push(" AS floor FROM (SELECT (SELECT max(seq) FROM submissions) + 1 AS top) ");
            sql.push("WHERE floor > (SELECT min(seq) FROM submissions)");
            return Some(sql);
        }
        Way::Reference(name, value) => {
            sql.push("seq FROM reference_parts WHERE name = ").push_bind(name.to_owned());
            sql.push(" AND value = ").push_bind(value.to_owned());
            Range(None, filter.before).push(&mut sql);
        }
        way => {
            sql.push("seq FROM ");
            way.push(&mut sql, Range(None, filter.before));
        }
    }
    sql.push(" ORDER BY seq DESC LIMIT 1 OFFSET ").push_bind(LOOKED_AT - 1);
    Some(sql)
}

fn query(filter: &Filter, floor: Option<i64>, limit: usize) -> QueryBuilder<Sqlite> {
    let mut sql = QueryBuilder::<Sqlite>::new(
        "SELECT seq, id, client, token, reference, language, state, verdict, created_at, finished_at, judged_at, \
             problem, problem_version, EXISTS (SELECT 1 FROM rejudge_items i WHERE i.seq = submissions.seq \
             AND i.state IN ('waiting', 'running')) AS awaits, problem IS NOT NULL AND NOT EXISTS (SELECT 1 FROM problems p \
             WHERE p.id = submissions.problem AND p.removed_at IS NULL) AS problem_removed FROM ",
    );
    Way::of(filter).push(&mut sql, Range(floor, filter.before));
    let Filter { user, states, verdict, language, reference, problem, before: _, sees } = filter;
    sees.push(&mut sql);
    if let Some(user) = user {
        sql.push(" AND client = ").push_bind(user.clone());
    }
    if !states.is_empty() {
        let mut among = sql.push(" AND state IN (").separated(", ");
        for state in states {
            among.push_bind(state.as_str());
        }
        sql.push(")");
    }
    if let Some(verdict) = verdict {
        sql.push(" AND verdict = ").push_bind(verdict.as_str());
    }
    if let Some(language) = language {
        sql.push(" AND language = ").push_bind(language.clone());
    }
    if let Some(problem) = problem {
        sql.push(" AND problem = ").push_bind(problem.clone());
    }
    for (name, value) in reference {
        sql.push(" AND EXISTS (SELECT 1 FROM reference_parts r WHERE r.seq = submissions.seq AND r.name = ");
        sql.push_bind(name.clone()).push(" AND r.value = ").push_bind(value.clone()).push(")");
    }
    // One more than asked for tells whether there is another page.
    let wanted = i64::try_from(limit).unwrap_or(i64::MAX - 1);
    sql.push(" ORDER BY seq DESC LIMIT ").push_bind(wanted + 1);
    sql
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    async fn store() -> (Store, TempDir) {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("db"), &directory.path().join("blobs")).await.unwrap();
        (store, directory)
    }

    fn all() -> Filter {
        Filter::of(Sees::Everything)
    }

    fn course() -> (String, String) {
        ("course".into(), "cs101".into())
    }

    async fn plan(store: &Store, sql: QueryBuilder<Sqlite>) -> Vec<String> {
        let explain = format!("EXPLAIN QUERY PLAN {}", sql.into_sql().as_str());
        let plan = sqlx::query(sqlx::AssertSqlSafe(explain)).fetch_all(&store.readers).await.unwrap();
        plan.iter().map(|row| row.get("detail")).collect()
    }

    #[tokio::test]
    async fn each_filter_has_an_index_or_looks_at_a_part_of_the_rows() {
        let (store, _directory) = store().await;
        let state = |states: &[StoredState]| Filter { states: states.to_vec(), ..all() };
        let unfinished = "submissions_unfinished";
        for (index, filter) in [
            (unfinished, state(&[StoredState::Queued])),
            (unfinished, state(&[StoredState::Queued, StoredState::Running])),
            (unfinished, Filter { user: Some("alice".into()), ..state(&[StoredState::Running]) }),
            ("submissions_client (client=?", Filter { user: Some("alice".into()), ..all() }),
            ("submissions_token (token=?", Filter::of(Sees::Own(Some("cs101".into())))),
            ("submissions_problem (problem=?", Filter { problem: Some("sums".into()), ..all() }),
            ("reference_parts_value (name=? AND value=?", Filter { reference: vec![course()], ..all() }),
            ("rowid", all()),
            ("rowid", Filter::of(Sees::Own(None))),
            ("rowid", Filter { verdict: Some(Verdict::InternalError), ..all() }),
            ("rowid", Filter { language: Some("ada".into()), ..all() }),
            ("rowid", state(&[StoredState::Cancelled])),
        ] {
            // The second page: how far down is looked is known then.
            let filter = Filter { before: Some(7), ..filter };
            let steps = plan(&store, query(&filter, Some(1), 50)).await;
            let serves =
                |step: &String| step.contains(index) || (index == "rowid" && step.contains("PRIMARY KEY"));
            assert!(steps.iter().any(serves), "{filter:?}: {steps:?}");
            let is_sorted = steps.iter().any(|step| step.contains("ORDER BY"));
            assert!(!is_sorted, "{filter:?}: {steps:?}");
            if let Some(floor) = floor(&filter) {
                let steps = plan(&store, floor).await;
                assert!(index == "rowid" || steps.iter().any(serves), "{filter:?}: {steps:?}");
                assert!(!steps.iter().any(|step| step.contains("SCAN submissions")), "{filter:?}: {steps:?}");
            }
        }
    }

    #[tokio::test]
    async fn what_is_rare_is_found_with_a_look_at_a_part_of_the_rows_at_one_time() {
        let (store, _directory) = store().await;
        let rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000) \
                    INSERT INTO submissions (id, client, language, state, verdict, created_at, finished_at) \
                    SELECT printf('00000000-0000-4000-8000-%012d', i), 'alice', iif(i % 5500 = 3, 'ada', 'c'), 'done', \
                    'Accepted', i, i FROM n";
        let parts = "INSERT INTO reference_parts SELECT seq, 'course', 'cs101' FROM submissions";
        for sql in [rows, parts] {
            let write = store.writer.write(move |connection| {
                Box::pin(async move { sqlx::query(sql).execute(connection).await.map(drop) })
            });
            write.await.unwrap();
        }
        let ada = Filter { language: Some("ada".into()), ..all() };
        for mut filter in [
            ada.clone(),
            Filter { user: Some("alice".into()), ..ada.clone() },
            Filter { reference: vec![course()], ..ada },
        ] {
            let (mut found, mut calls) = (Vec::new(), Vec::new());
            loop {
                let page = store.list(&filter, 50).await.unwrap();
                found.extend(page.records.into_iter().map(|(seq, _)| seq));
                filter.before = page.next;
                calls.push(page.next);
                if page.next.is_none() {
                    break;
                }
            }
            assert_eq!(found, [11_003, 5503, 3], "{filter:?}");
            assert_eq!(calls, [Some(7001), Some(2001), None], "{filter:?}");
        }
        // Nobody has been given this one: it is as none.
        let far = Filter { before: Some(i64::MAX), verdict: Some(Verdict::InternalError), ..all() };
        assert_eq!(store.list(&far, 50).await.unwrap().next, Some(7001));
        let page = store.list(&Filter { reference: vec![course()], ..all() }, 50).await.unwrap();
        assert_eq!((page.records.len(), page.next), (50, Some(11_951)));
    }
}
