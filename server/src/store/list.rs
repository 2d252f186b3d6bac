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
}

/// Some submissions, without their judgements.
#[derive(Debug, Clone)]
pub struct Page {
    /// The submissions, newest first, each with [`Filter::before`] of those behind it.
    pub records: Vec<(i64, Record)>,
    /// There are others behind them.
    pub more: bool,
}

impl Store {
    /// At most `limit` submissions, newest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn list(&self, filter: &Filter, limit: usize) -> Result<Page, StoreError> {
        let mut sql = query(filter, limit);
        let rows = sql.build().fetch_all(&self.readers).await?;
        let more = rows.len() > limit;
        let rows = &rows[..rows.len().min(limit)];
        let placed = |row| Ok((SqliteRow::try_get(row, "seq")?, record(row)?));
        Ok(Page { records: rows.iter().map(placed).collect::<Result<_, StoreError>>()?, more })
    }
}

fn query(filter: &Filter, limit: usize) -> QueryBuilder<Sqlite> {
    let mut sql = QueryBuilder::<Sqlite>::new(
        "SELECT seq, id, client, token, reference, language, state, verdict, created_at, finished_at, judged_at, \
             problem, problem_version, EXISTS (SELECT 1 FROM rejudge_items i WHERE i.seq = submissions.seq \
             AND i.state IN ('waiting', 'running')) AS awaits, problem IS NOT NULL AND NOT EXISTS (SELECT 1 FROM problems p \
             WHERE p.id = submissions.problem AND p.removed_at IS NULL) AS problem_removed FROM submissions WHERE 1 = 1",
    );
    let Filter { user, states, verdict, language, reference, problem, before, sees } = filter;
    sees.push(&mut sql);
    if let Some(user) = user {
        sql.push(" AND client = ").push_bind(user);
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
        sql.push(" AND language = ").push_bind(language);
    }
    if let Some(problem) = problem {
        sql.push(" AND problem = ").push_bind(problem);
    }
    for (name, value) in reference {
        sql.push(" AND seq IN (SELECT seq FROM reference_parts WHERE name = ").push_bind(name);
        sql.push(" AND value = ").push_bind(value).push(")");
    }
    if let Some(before) = before {
        sql.push(" AND seq < ").push_bind(before);
    }
    // One more than asked for tells whether there is another page.
    let wanted = i64::try_from(limit).unwrap_or(i64::MAX - 1);
    sql.push(" ORDER BY seq DESC LIMIT ").push_bind(wanted + 1);
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_a_token_sees_is_found_without_a_look_at_all_there_is() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("db"), &directory.path().join("blobs")).await.unwrap();
        let own = Filter::of(Sees::Own(Some("cs101".into())));
        let sql = query(&own, 50).into_sql();
        let explain = format!("EXPLAIN QUERY PLAN {}", sql.as_str());
        let plan = sqlx::query(sqlx::AssertSqlSafe(explain)).bind("cs101").bind(51);
        let plan: Vec<String> =
            plan.fetch_all(&store.readers).await.unwrap().iter().map(|row| row.get("detail")).collect();
        assert!(plan.iter().any(|step| step.contains("submissions_token")), "{plan:?}");
    }
}
