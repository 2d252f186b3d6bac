//! The names that a site has for its submissions, by which it finds them.

use std::collections::BTreeMap;

use sqlx::SqliteConnection;

/// What is kept of a reference in its submission's row: nothing where there is none.
pub(super) fn to_column(reference: &BTreeMap<String, String>) -> Result<Option<String>, serde_json::Error> {
    if reference.is_empty() { Ok(None) } else { serde_json::to_string(reference).map(Some) }
}

/// Reads it again.
pub(super) fn of_column(column: Option<&str>) -> Result<BTreeMap<String, String>, serde_json::Error> {
    column.map(serde_json::from_str).transpose().map(Option::unwrap_or_default)
}

/// Notes by what a new row can be found.
pub(super) async fn add(
    connection: &mut SqliteConnection,
    seq: i64,
    reference: &BTreeMap<String, String>,
) -> Result<(), sqlx::Error> {
    for (name, value) in reference {
        let sql = "INSERT INTO reference_parts (seq, name, value) VALUES ($1, $2, $3)";
        sqlx::query(sql).bind(seq).bind(name).bind(value).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Forgets by what a removed row could be found.
pub(super) async fn drop_all(connection: &mut SqliteConnection, seq: i64) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM reference_parts WHERE seq = $1").bind(seq).execute(connection).await.map(drop)
}
