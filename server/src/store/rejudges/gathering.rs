//! Which submissions an order concerns: found a part of the rows at a time.

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use super::orders::rejudge;
use super::{CHUNK, Rejudge, RejudgeState, Selected, Selection, settle, signed, unsigned};
use crate::store::{Store, StoreError, millis};
use crate::tokens::Sees;

/// So many rows are looked at in one query, however few of them an order concerns: others read in between.
const PART: i64 = 10_000;

/// Of which rows an order may find some: above the first number, up to the second.
type Span = (i64, i64);

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
        let (mut behind, last) = self.span(selection).await?;
        let mut selected = Selected { total: 0, impossible: 0 };
        while behind < last && selected.total <= most {
            let up_to = part(selection, behind, last);
            let left = most + 1 - selected.total;
            let some = self.selected_of(sees, selection, (behind, up_to), left).await?;
            selected.total += some.total;
            selected.impossible += some.impossible;
            behind = up_to;
        }
        Ok(selected)
    }

    /// By the index of times, which the queries of one part do not use.
    async fn span(&self, selection: &Selection) -> Result<Span, StoreError> {
        if selection.since.or(selection.until).is_none() {
            // Each end is found at once by itself; of both together SQLite looks at all rows.
            let sql = "SELECT coalesce((SELECT min(seq) FROM submissions) - 1, 0), \
                       coalesce((SELECT max(seq) FROM submissions), 0)";
            return Ok(sqlx::query_as(sql).fetch_one(&self.readers).await?);
        }
        let mut sql = QueryBuilder::new(
            "SELECT coalesce(min(seq) - 1, 0), coalesce(max(seq), 0) FROM submissions WHERE TRUE",
        );
        push_times(&mut sql, selection);
        Ok(sql.build_query_as().fetch_one(&self.readers).await?)
    }

    /// What it comes to of these rows.
    async fn selected_of(
        &self,
        sees: &Sees,
        selection: &Selection,
        (behind, up_to): Span,
        most: u64,
    ) -> Result<Selected, StoreError> {
        let mut sql = QueryBuilder::new(
            "SELECT count(*), coalesce(sum(impossible), 0) FROM (SELECT CASE WHEN problem IS NULL THEN tests IS NULL \
             ELSE NOT EXISTS (SELECT 1 FROM problems p WHERE p.id = submissions.problem AND p.removed_at IS NULL) \
             END AS impossible FROM submissions WHERE ",
        );
        push_selection(&mut sql, sees, selection);
        sql.push(" AND seq > ").push_bind(behind).push(" AND seq <= ").push_bind(up_to);
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

    /// Gathers the next submissions of an order. False where these were the last. It is written when some are found, however
    /// long they are looked for.
    ///
    /// # Errors
    /// The store's.
    pub async fn gather(&self, order: &Rejudge) -> Result<bool, StoreError> {
        let Some(ungathered) = self.ungathered_of(order).await? else { return Ok(false) };
        let found = self.next_of(&order.selection, ungathered).await?;
        let order = order.seq;
        self.writer.write(move |connection| Box::pin(add(connection, order, found))).await
    }

    /// Where an order that is not gathered stands.
    async fn ungathered_of(&self, order: &Rejudge) -> Result<Option<Ungathered>, StoreError> {
        let sql =
            "SELECT bound, gathered, sees_all, token FROM rejudges WHERE seq = $1 AND state = 'gathering'";
        let Some(row) = sqlx::query(sql).bind(order.seq).fetch_optional(&self.readers).await? else {
            return Ok(None);
        };
        let (bound, gathered): (i64, i64) = (row.try_get("bound")?, row.try_get("gathered")?);
        // What was removed, or is of other times, needs no look.
        let (first, last) = match gathered {
            0 => self.span(&order.selection).await?,
            _ => (gathered, bound),
        };
        Ok(Some(Ungathered { sees: sees(&row)?, behind: first, last: bound.min(last), bound }))
    }

    async fn next_of(&self, selection: &Selection, ungathered: Ungathered) -> Result<Found, StoreError> {
        let Ungathered { sees, mut behind, last, bound } = ungathered;
        while behind < last {
            let up_to = part(selection, behind, last);
            let mut sql = QueryBuilder::new("SELECT seq FROM submissions WHERE ");
            push_selection(&mut sql, &sees, selection);
            sql.push(" AND seq > ").push_bind(behind).push(" AND seq <= ").push_bind(up_to);
            sql.push(" ORDER BY seq LIMIT ").push_bind(CHUNK);
            let seqs: Vec<i64> = sql.build_query_scalar().fetch_all(&self.readers).await?;
            match seqs.last() {
                Some(&newest) if signed(seqs.len()) == CHUNK => {
                    return Ok(Found { seqs, up_to: newest, more: true });
                }
                Some(_) => return Ok(Found { seqs, up_to, more: up_to < last }),
                None => behind = up_to,
            }
        }
        Ok(Found { seqs: Vec::new(), up_to: bound, more: false })
    }
}

/// An order of which some rows are still to be looked at.
struct Ungathered {
    sees: Sees,
    behind: i64,
    last: i64,
    /// The newest submission that was there when it was given.
    bound: i64,
}

/// Submissions for an order.
struct Found {
    seqs: Vec<i64>,
    /// No more are up to this one.
    up_to: i64,
    /// There may be more above.
    more: bool,
}

/// The end of what one query looks at. What is found by its id needs no parts.
fn part(selection: &Selection, behind: i64, last: i64) -> i64 {
    if selection.submissions.is_empty() { last.min(behind.saturating_add(PART)) } else { last }
}

async fn add(connection: &mut SqliteConnection, order: i64, found: Found) -> Result<bool, sqlx::Error> {
    let Found { seqs, up_to, more } = found;
    let state = if more { RejudgeState::Gathering } else { RejudgeState::Running };
    let sql = "UPDATE rejudges SET state = $2, gathered = $3 WHERE seq = $1 AND state = 'gathering'";
    let update = sqlx::query(sql).bind(order).bind(state.as_str()).bind(up_to);
    if update.execute(&mut *connection).await?.rows_affected() == 0 {
        return Ok(false);
    }
    let mut added = 0;
    for seq in &seqs {
        // One that was removed since it was found is not judged.
        let sql = "INSERT INTO rejudge_items (rejudge, seq, state) \
                   SELECT $1, seq, 'waiting' FROM submissions WHERE seq = $2";
        added += sqlx::query(sql).bind(order).bind(seq).execute(&mut *connection).await?.rows_affected();
    }
    let sql = "UPDATE rejudges SET total = total + $2 WHERE seq = $1";
    sqlx::query(sql).bind(order).bind(added.cast_signed()).execute(&mut *connection).await?;
    settle(connection, order).await?;
    Ok(more)
}

fn push_selection(sql: &mut QueryBuilder<Sqlite>, sees: &Sees, selection: &Selection) {
    let Selection { submissions, problem, user, language, verdict, since: _, until: _, version: _ } =
        selection;
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
    push_times(sql, selection);
}

fn push_times(sql: &mut QueryBuilder<Sqlite>, selection: &Selection) {
    if let Some(since) = selection.since {
        sql.push(" AND created_at >= ").push_bind(millis(since));
    }
    if let Some(until) = selection.until {
        sql.push(" AND created_at < ").push_bind(millis(until));
    }
}

/// Whose submissions an order may concern.
fn sees(row: &SqliteRow) -> Result<Sees, sqlx::Error> {
    let (all, token): (bool, Option<&str>) = (row.try_get("sees_all")?, row.try_get("token")?);
    Ok(if all { Sees::Everything } else { Sees::Own(token.map(Into::into)) })
}
