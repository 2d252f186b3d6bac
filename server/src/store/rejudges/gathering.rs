//! Which submissions an order concerns: found a part of the rows at a time.

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use super::orders::rejudge;
use super::{CHUNK, Rejudge, RejudgeState, Selected, Selection, settle, signed, unsigned};
use crate::store::{Store, StoreError, millis};
use crate::tokens::Sees;

/// So many rows are looked at in one transaction, however few of them an order concerns: others write and read in between.
const PART: i64 = 10_000;

impl Store {
    /// What a selection comes to now, of what is seen; it is not counted further than to one more than `most`.
    ///
    /// # Errors
    /// The store's.
    pub async fn selected(
        &self,
        sees: &Sees,
        selection: &Selection,
        most: u64,
    ) -> Result<Selected, StoreError> {
        let sql = "SELECT coalesce(min(seq) - 1, 0), coalesce(max(seq), 0) FROM submissions";
        let (mut behind, last): (i64, i64) = sqlx::query_as(sql).fetch_one(&self.readers).await?;
        let mut selected = Selected { total: 0, impossible: 0 };
        while behind < last && selected.total <= most {
            let some = self.selected_of(sees, selection, behind, most + 1 - selected.total).await?;
            selected.total += some.total;
            selected.impossible += some.impossible;
            behind += PART;
        }
        Ok(selected)
    }

    /// The same of the rows of one part.
    async fn selected_of(
        &self,
        sees: &Sees,
        selection: &Selection,
        behind: i64,
        most: u64,
    ) -> Result<Selected, StoreError> {
        let mut sql = QueryBuilder::new(
            "SELECT count(*), coalesce(sum(impossible), 0) FROM (SELECT CASE WHEN problem IS NULL THEN tests IS NULL \
             ELSE NOT EXISTS (SELECT 1 FROM problems p WHERE p.id = submissions.problem AND p.removed_at IS NULL) \
             END AS impossible FROM submissions WHERE ",
        );
        push_selection(&mut sql, sees, selection);
        sql.push(" AND seq > ").push_bind(behind).push(" AND seq <= ").push_bind(behind + PART);
        sql.push(" LIMIT ").push_bind(i64::try_from(most).unwrap_or(i64::MAX)).push(")");
        let row = sql.build().fetch_one(&self.readers).await?;
        let number = |at: usize| Ok::<_, sqlx::Error>(unsigned(row.try_get(at)?));
        Ok(Selected { total: number(0)?, impossible: number(1)? })
    }

    /// Orders whose submissions are still to be gathered.
    ///
    /// # Errors
    /// The store's.
    pub async fn ungathered(&self) -> Result<Vec<Rejudge>, StoreError> {
        let sql = "SELECT seq, id, state, selection, total, created_at, finished_at FROM rejudges \
                   WHERE state = 'gathering' ORDER BY seq";
        sqlx::query(sql).fetch_all(&self.readers).await?.iter().map(rejudge).collect()
    }

    /// Gathers the next submissions of an order. False where these were the last.
    ///
    /// # Errors
    /// The store's.
    pub async fn gather(&self, order: &Rejudge) -> Result<bool, StoreError> {
        let (seq, selection) = (order.seq, order.selection.clone());
        self.writer.write(move |connection| Box::pin(gather(connection, seq, selection))).await
    }
}

async fn gather(
    connection: &mut SqliteConnection,
    order: i64,
    selection: Selection,
) -> Result<bool, sqlx::Error> {
    let sql = "SELECT bound, gathered, sees_all, token FROM rejudges WHERE seq = $1 AND state = 'gathering'";
    let Some(row) = sqlx::query(sql).bind(order).fetch_optional(&mut *connection).await? else {
        return Ok(false);
    };
    let (bound, gathered): (i64, i64) = (row.try_get("bound")?, row.try_get("gathered")?);
    // What was removed needs no look.
    let first = sqlx::query_scalar("SELECT coalesce(min(seq), 0) FROM submissions");
    let first: i64 = first.fetch_one(&mut *connection).await?;
    let gathered = gathered.max(first - 1);
    let up_to = bound.min(gathered.saturating_add(PART));
    let mut sql = QueryBuilder::new("SELECT seq FROM submissions WHERE ");
    push_selection(&mut sql, &sees(&row)?, &selection);
    sql.push(" AND seq > ").push_bind(gathered).push(" AND seq <= ").push_bind(up_to);
    sql.push(" ORDER BY seq LIMIT ").push_bind(CHUNK);
    let found: Vec<i64> = sql.build_query_scalar().fetch_all(&mut *connection).await?;
    for seq in &found {
        let sql = "INSERT INTO rejudge_items (rejudge, seq, state) VALUES ($1, $2, 'waiting')";
        sqlx::query(sql).bind(order).bind(seq).execute(&mut *connection).await?;
    }
    let is_full = signed(found.len()) == CHUNK;
    let gathered = found.last().copied().filter(|_| is_full).unwrap_or(up_to);
    let more = gathered < bound;
    let state = if more { RejudgeState::Gathering } else { RejudgeState::Running };
    let sql = "UPDATE rejudges SET state = $2, gathered = $3, total = total + $4 WHERE seq = $1";
    let update = sqlx::query(sql).bind(order).bind(state.as_str());
    let update = update.bind(gathered).bind(signed(found.len()));
    update.execute(&mut *connection).await?;
    settle(connection, order).await?;
    Ok(more)
}

fn push_selection(sql: &mut QueryBuilder<Sqlite>, sees: &Sees, selection: &Selection) {
    let Selection { submissions, problem, user, language, verdict, since, until, version: _ } = selection;
    sql.push("state = 'done'");
    sees.push(sql);
    if !submissions.is_empty() {
        let mut among = sql.push(" AND id IN (").separated(", ");
        for id in submissions {
            among.push_bind(id.to_string());
        }
        sql.push(")");
    }
    if let Some(problem) = problem {
        sql.push(" AND problem = ").push_bind(problem.clone());
    }
    if let Some(user) = user {
        sql.push(" AND client = ").push_bind(user.clone());
    }
    if let Some(language) = language {
        sql.push(" AND language = ").push_bind(language.clone());
    }
    if let Some(verdict) = verdict {
        sql.push(" AND verdict = ").push_bind(verdict.as_str());
    }
    if let Some(since) = since {
        sql.push(" AND created_at >= ").push_bind(millis(*since));
    }
    if let Some(until) = until {
        sql.push(" AND created_at < ").push_bind(millis(*until));
    }
}

/// Whose submissions an order may concern.
fn sees(row: &SqliteRow) -> Result<Sees, sqlx::Error> {
    let (all, token): (bool, Option<&str>) = (row.try_get("sees_all")?, row.try_get("token")?);
    Ok(if all { Sees::Everything } else { Sees::Own(token.map(Into::into)) })
}
