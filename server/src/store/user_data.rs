//! Removes all that there is of a user, so that neither the database nor a blob has anything of it afterwards.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::Utc;
use sqlx::{ConnectOptions, Row, SqliteConnection};

use super::strikes::{drop_untold, put_strikes};
use super::{Store, StoreError, collector, judgements, millis, parse_id, references, refs, rejudges};
use crate::blocking::on_disk;
use crate::content::BlobId;
use crate::submission::{SubmissionId, person};
use crate::throttle::Strikes;
use crate::tokens::Sees;

/// Submissions removed in one transaction, so that no other write waits long.
const CHUNK: usize = 100;
/// How often, and how many times, it is looked whether all is gone from the disk.
const EVERY: Duration = Duration::from_millis(100);
const TIMES: u32 = 100;
/// Longer no other write waits for the log to be emptied.
const LOCKED_FOR: Duration = Duration::from_millis(50);

/// What of a user has gone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Submissions, each with its judgements, its sources and what it wrote.
    pub submissions: Vec<SubmissionId>,
    /// Idempotency keys.
    pub keys: u64,
    /// Orders to judge this user's submissions again.
    pub orders: u64,
}

impl Store {
    /// Submissions of a user that are not finished, of those that are seen.
    ///
    /// # Errors
    /// The store's.
    pub async fn unfinished_of(&self, sees: &Sees, user: &str) -> Result<Vec<SubmissionId>, StoreError> {
        let sql = "SELECT id FROM submissions WHERE client = $1 AND state IN ('queued', 'running') \
                   AND ($2 OR token IS $3)";
        let (all, token) = sees.columns();
        let rows = sqlx::query(sql).bind(user).bind(all).bind(token).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(|row| parse_id(row, "id")).collect::<Result<_, _>>()?)
    }

    /// The user among those of all tokens, once for each token that is seen; in the order of their names.
    ///
    /// # Errors
    /// The store's.
    pub async fn persons(&self, sees: &Sees, user: &str) -> Result<Vec<String>, StoreError> {
        let own = match sees {
            Sees::Own(token) => return Ok(vec![person(token.as_deref(), user)]),
            Sees::Everything => [None],
        };
        // Also those of which nothing is left but strikes or compiled programs.
        let sql = "SELECT token FROM submissions WHERE client = $1 AND token IS NOT NULL \
                   UNION SELECT name FROM tokens UNION SELECT name FROM token_uses";
        let tokens: Vec<Option<String>> = sqlx::query_scalar(sql).bind(user).fetch_all(&self.readers).await?;
        let all = own.into_iter().chain(tokens);
        Ok(all.map(|token| person(token.as_deref(), user)).collect::<BTreeSet<_>>().into_iter().collect())
    }

    /// Removes the rows of a user, as far as they are seen: those of finished submissions with all that belongs to them, and
    /// the strikes of these [`Self::persons`]. Tells
    /// `gone` of the submissions as soon as they have gone. Their files go by and by: see [`Self::until_forgotten`].
    ///
    /// # Errors
    /// The store's; then some of it may have gone, and another time removes the rest.
    pub async fn forget_user(
        &self,
        sees: &Sees,
        user: &str,
        persons: &[String],
        gone: impl Fn(&[SubmissionId]),
    ) -> Result<Forgotten, StoreError> {
        let (name, seen) = (user.to_owned(), sees.clone());
        let forgetting = self.writer.write(move |connection| Box::pin(forget_keys(connection, name, seen)));
        let (seqs, keys) = forgetting.await?;
        let mut forgotten = Forgotten { keys, ..Forgotten::default() };
        for seqs in seqs.chunks(CHUNK) {
            let seqs = seqs.to_vec();
            let chunk = self.writer.write(move |connection| Box::pin(forget(connection, seqs))).await?;
            self.leaving.add(user, &chunk.named);
            self.blobs.suspect(chunk.named);
            gone(&chunk.submissions);
            forgotten.submissions.extend(chunk.submissions);
        }
        let (name, seen, persons) = (user.to_owned(), sees.clone(), persons.to_vec());
        let orders =
            self.writer.write(move |connection| Box::pin(forget_rest(connection, name, seen, persons)));
        forgotten.orders = orders.await?;
        Ok(forgotten)
    }

    /// Waits until nothing is on the disk any more of what [`Self::forget_user`] has removed, also when that was an earlier
    /// call that failed or for which nobody has waited.
    ///
    /// # Errors
    /// The store's, and that it takes too long.
    pub async fn until_forgotten(&self, user: &str) -> Result<(), StoreError> {
        self.wipe().await?;
        let files = self.leaving.of(user);
        // Where the disk has failed nobody would look at them again.
        self.blobs.suspect(files.iter().copied());
        self.until_gone(files.iter().copied().collect()).await?;
        self.leaving.have_gone(user, &files);
        Ok(())
    }

    /// Rows that are deleted are overwritten; this takes them out of the log, too, and lets no free page stay that an earlier
    /// version has left.
    async fn wipe(&self) -> Result<(), StoreError> {
        self.give_back_all().await?;
        // While it waits for those who read, nobody can write: it tries for a moment only, and again later.
        let options = self.readers.connect_options().as_ref().clone().busy_timeout(LOCKED_FOR);
        let mut connection = options.connect().await?;
        for _ in 0..TIMES {
            let checkpoint =
                sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut connection).await?;
            if checkpoint.try_get::<i64, _>(0)? == 0 {
                return Ok(());
            }
            tokio::time::sleep(EVERY).await;
        }
        Err(StoreError::Blob(Arc::new(std::io::ErrorKind::TimedOut.into())))
    }

    /// Waits until those of these blobs have gone that nobody names.
    async fn until_gone(&self, mut files: Vec<BlobId>) -> Result<(), StoreError> {
        for _ in 0..TIMES {
            let mut left = Vec::new();
            for id in files {
                if !collector::is_named(&self.readers, id).await? {
                    left.push(id);
                }
            }
            let blobs = self.blobs.clone();
            files =
                on_disk(move || Ok(left.into_iter().filter(|id| blobs.has(*id)).collect::<Vec<_>>())).await?;
            if files.is_empty() {
                return Ok(());
            }
            tokio::time::sleep(EVERY).await;
        }
        Err(StoreError::Blob(Arc::new(std::io::ErrorKind::TimedOut.into())))
    }
}

/// Files of which it is not known yet that they have gone, by the user whose they were.
#[derive(Debug, Clone, Default)]
pub(super) struct Leaving(Arc<Mutex<HashMap<String, HashSet<BlobId>>>>);

impl Leaving {
    fn add(&self, user: &str, files: &[BlobId]) {
        self.table().entry(user.to_owned()).or_default().extend(files);
    }

    pub(super) fn of(&self, user: &str) -> HashSet<BlobId> {
        self.table().get(user).cloned().unwrap_or_default()
    }

    fn have_gone(&self, user: &str, files: &HashSet<BlobId>) {
        let mut table = self.table();
        let Some(left) = table.get_mut(user) else { return };
        left.retain(|file| !files.contains(file));
        if left.is_empty() {
            table.remove(user);
        }
    }

    fn table(&self) -> MutexGuard<'_, HashMap<String, HashSet<BlobId>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Chunk {
    submissions: Vec<SubmissionId>,
    named: Vec<BlobId>,
}

/// What is to go: the finished submissions of a user. Their keys have gone.
async fn forget_keys(
    connection: &mut SqliteConnection,
    user: String,
    sees: Sees,
) -> Result<(Vec<i64>, u64), sqlx::Error> {
    let (all, token) = sees.columns();
    // There is no index of this: one look for all of them.
    let sql = "DELETE FROM idempotency WHERE id IN (SELECT id FROM submissions \
               WHERE client = $1 AND finished_at IS NOT NULL AND ($2 OR token IS $3))";
    let keys = sqlx::query(sql).bind(&user).bind(all).bind(&token);
    let keys = keys.execute(&mut *connection).await?.rows_affected();
    let sql =
        "SELECT seq FROM submissions WHERE client = $1 AND finished_at IS NOT NULL AND ($2 OR token IS $3)";
    let seqs = sqlx::query_scalar(sql).bind(&user).bind(all).bind(token);
    Ok((seqs.fetch_all(connection).await?, keys))
}

async fn forget(connection: &mut SqliteConnection, seqs: Vec<i64>) -> Result<Chunk, sqlx::Error> {
    let (mut submissions, mut named) = (Vec::new(), Vec::new());
    for seq in seqs {
        references::drop_all(connection, seq).await?;
        judgements::drop_all(connection, seq).await?;
        rejudges::drop_submission(connection, seq).await?;
        named.extend(refs::drop_all(connection, seq).await?.into_iter().map(|(id, _size)| id));
        sqlx::query("DELETE FROM events WHERE seq = $1").bind(seq).execute(&mut *connection).await?;
        let sql = "DELETE FROM submissions WHERE seq = $1 RETURNING id";
        let gone = sqlx::query(sql).bind(seq).fetch_all(&mut *connection).await?;
        for row in &gone {
            submissions.push(parse_id(row, "id")?);
        }
    }
    Ok(Chunk { submissions, named })
}

async fn forget_rest(
    connection: &mut SqliteConnection,
    user: String,
    sees: Sees,
    persons: Vec<String>,
) -> Result<u64, sqlx::Error> {
    for person in persons {
        put_strikes(connection, &person, Strikes::default()).await?;
        drop_untold(connection, &person).await?;
    }
    let (all, token) = sees.columns();
    let sql = "UPDATE rejudges SET state = 'cancelled', finished_at = $2 WHERE client = $1 AND finished_at IS NULL \
               AND ($3 OR NOT sees_all AND token IS $4)";
    let cancel = sqlx::query(sql).bind(&user).bind(millis(Utc::now())).bind(all).bind(&token);
    cancel.execute(&mut *connection).await?;
    let sql = "DELETE FROM rejudges WHERE client = $1 AND ($2 OR NOT sees_all AND token IS $3) RETURNING seq";
    let orders = sqlx::query_scalar(sql).bind(&user).bind(all).bind(token);
    let orders: Vec<i64> = orders.fetch_all(&mut *connection).await?;
    rejudges::drop_items(connection, &orders).await?;
    Ok(orders.len() as u64)
}
