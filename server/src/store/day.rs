//! The figures of the last day, which operators look at after a restart as well.

use sqlx::Row as _;

use super::{Store, StoreError};

impl Store {
    /// The parts of the day that are stored, the oldest first: their numbers, and what is told of each, as JSON.
    ///
    /// # Errors
    /// The store's.
    pub async fn day(&self) -> Result<Vec<(i64, String)>, StoreError> {
        let sql = "SELECT number, figures FROM day_parts ORDER BY number";
        let rows = sqlx::query(sql).fetch_all(&self.readers).await?;
        rows.iter().map(|row| Ok((row.try_get("number")?, row.try_get("figures")?))).collect()
    }

    /// Stores parts of the day in the place of those of their numbers, and forgets all before `first` and behind the last of them.
    ///
    /// # Errors
    /// The store's; then nothing has changed.
    pub async fn put_day(&self, parts: Vec<(i64, String)>, first: i64) -> Result<(), StoreError> {
        let Some(last) = parts.iter().map(|(number, _)| *number).max() else { return Ok(()) };
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    for (number, figures) in parts {
                        let sql = "INSERT OR REPLACE INTO day_parts (number, figures) VALUES ($1, $2)";
                        sqlx::query(sql).bind(number).bind(figures).execute(&mut *connection).await?;
                    }
                    let sql = "DELETE FROM day_parts WHERE number < $1 OR number > $2";
                    sqlx::query(sql).bind(first).bind(last).execute(connection).await?;
                    Ok(())
                })
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_day_is_stored_and_what_is_older_or_of_a_clock_that_was_ahead_is_forgotten() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        let store = Store::open(&path.join("gavel.db"), &path.join("blobs")).await.unwrap();
        assert!(store.day().await.unwrap().is_empty());
        let of = |numbers: &[i64]| numbers.iter().map(|n| (*n, format!("{{\"n\":{n}}}"))).collect::<Vec<_>>();
        store.put_day(of(&[900, 1, 2]), 0).await.unwrap();
        store.put_day(of(&[2, 3]), 2).await.unwrap();
        assert_eq!(store.day().await.unwrap(), of(&[2, 3]));
        store.put_day(Vec::new(), 3).await.unwrap();
        assert_eq!(store.day().await.unwrap(), of(&[2, 3]), "nothing has happened");
    }
}
