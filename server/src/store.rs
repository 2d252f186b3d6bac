//! What outlives the server: submissions, judgements, idempotency keys and strikes, in SQLite.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Row as _, SqlitePool};

mod collector;
mod convert;
mod day;
mod error;
mod events;
mod judgements;
mod list;
mod problems;
mod references;
mod refs;
mod rejudges;
mod retention;
pub(crate) mod room;
mod rows;
mod served;
mod steady;
mod strikes;
mod submissions;
mod tokens;
mod user_data;
mod writer;

pub use convert::Converted;

pub use error::StoreError;
pub use events::{End, Ending, Ends, Wanted as EndsWanted};
pub use judgements::{Change, Numbered, changes};
pub use list::{Filter, Page};
pub use problems::{Listed as ListedProblem, Push};
pub use rejudges::{
    Item as RejudgeItem, Outcome as RejudgeOutcome, Outcomes as RejudgeOutcomes, Rejudge, RejudgeId,
    RejudgeState, Selected, Selection, Tally,
};
pub use retention::Retention;
use room::Room;
pub use served::{Note, Served};
use steady::Steady;
use strikes::Telling;
pub use strikes::{Heard, Untold};
pub use submissions::{Begun, Cancelled, Finished, Inserted, Insertion, NewRecord, Unfinished};
pub use user_data::Forgotten;
use user_data::Leaving;
use writer::Writer;
pub use writer::Written;

use crate::blobs::Blobs;
use crate::events::Events;
use crate::judge::{Judgement, Verdict};
use crate::submission::{ProblemRef, SubmissionId};

/// Connections that read.
const READERS: u32 = 4;
/// What the write-ahead log is cut to once all of it is in the database.
const LOG_KEPT: &str = "8388608";
/// From what all connections together have in memory on, caches give way to what statements set aside. It is no limit that anything
/// fails at: rows of earlier versions may be as large, and the indices of a migration.
/// <https://sqlite.org/pragma.html#pragma_soft_heap_limit>
const MUCH_MEMORY: &str = "67108864";

/// The database, open.
#[derive(Debug, Clone)]
pub struct Store {
    readers: SqlitePool,
    writer: Writer,
    blobs: Blobs,
    room: Room,
    served: Served,
    leaving: Leaving,
    events: Events,
    telling: Telling,
    steady: Steady,
    /// Inputs and answers stay for a while when a submission is judged.
    keeps_tests: bool,
    /// Rows of earlier versions may be large: one is read at a time.
    one_large_row: Arc<tokio::sync::Mutex<()>>,
}

/// Where a submission has got to, as far as the store knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoredState {
    /// Waiting.
    Queued,
    /// An attempt is under way.
    Running,
    /// There is a judgement.
    Done,
    /// There will be none.
    Cancelled,
}

/// A submission as the store knows it, without its sources.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Its name.
    pub id: SubmissionId,
    /// Whose it is.
    pub user: Option<String>,
    /// The named token that it came with.
    pub token: Option<String>,
    /// What the site calls it.
    pub reference: BTreeMap<String, String>,
    /// Its language.
    pub language: String,
    /// What it is judged by, where that is a problem.
    pub problem: Option<ProblemRef>,
    /// No version of that is offered any more.
    pub is_problem_removed: bool,
    /// Where it has got to.
    pub state: StoredState,
    /// Of the judgement.
    pub verdict: Option<Verdict>,
    /// When it was accepted.
    pub created_at: DateTime<Utc>,
    /// When it was judged or cancelled; where it was judged again, the first time.
    pub finished_at: Option<DateTime<Utc>>,
    /// When it was judged for the last time, where that is not the first.
    pub rejudged_at: Option<DateTime<Utc>>,
    /// It is to be judged again: until then it has the judgement that it had.
    pub is_awaiting_rejudge: bool,
    /// Missing in lists, and until it is done.
    pub judgement: Option<Judgement>,
}

impl Store {
    /// Opens the database and the directory of blobs, makes them where they are missing, and brings them up to date.
    ///
    /// # Errors
    /// Whatever SQLite and the disk say, and a database of a later version.
    pub async fn open(path: &Path, blobs: &Path) -> Result<Self, StoreError> {
        let directory = path.parent().unwrap_or(path);
        let room = Room::of(directory);
        // First what gives room: the database may need some to be opened.
        let (blobs, suspects) = Blobs::open(blobs).map_err(|why| StoreError::open_blobs(blobs, why))?;
        room.give_up_reserve();
        let options = options(path);
        let failed = |source| StoreError::open(path, source);
        let is_new = std::fs::metadata(path).map_or(true, |file| file.len() == 0);
        let first =
            if is_new { options.clone().auto_vacuum(SqliteAutoVacuum::Incremental) } else { options.clone() };
        // What is deleted is overwritten: it is some user's.
        let first = first.pragma("secure_delete", "ON");
        let mut connection = first.connect().await.map_err(failed)?;
        let migrated = sqlx::migrate!("./migrations").run(&mut connection).await;
        migrated.map_err(|source| StoreError::migrate(path, source))?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .test_before_acquire(false)
            .connect_with(options)
            .await;
        let readers = readers.map_err(failed)?;
        let events = Events::behind(events::last(&readers).await?);
        tokio::spawn(collector::collect(blobs.clone(), readers.clone(), suspects));
        let writer = Writer::start(connection, room.clone());
        let store = Self {
            readers,
            writer,
            blobs,
            room,
            served: Served::open(directory),
            leaving: Leaving::default(),
            events,
            telling: Telling::default(),
            steady: Steady::default(),
            keeps_tests: false,
            one_large_row: Arc::default(),
        };
        store.sweep();
        Ok(store)
    }

    /// The same store, which keeps inputs and answers of judged submissions, or not, until [`Self::purge`] removes them.
    #[must_use]
    pub fn keeping_tests(self, keeps_tests: bool) -> Self {
        Self { keeps_tests, ..self }
    }

    /// The same store, which notes what other coordinators are to be told of strikes, as of this start of the server.
    #[must_use]
    pub fn telling_strikes(self) -> Self {
        Self { telling: Telling::start(), ..self }
    }

    /// What happens to submissions.
    pub fn events(&self) -> &Events {
        &self.events
    }

    /// Contents that are files.
    pub fn blobs(&self) -> &Blobs {
        &self.blobs
    }

    /// Where it is noted which attempts have got a sandbox.
    pub fn served(&self) -> &Served {
        &self.served
    }

    /// Is there room on the disk for anything new?
    ///
    /// # Errors
    /// [`StoreError::NoRoom`].
    pub fn check_room(&self) -> Result<(), StoreError> {
        self.room.check()
    }

    /// Completes when something was refused for want of room, or when much has come in since the last [`Self::purge`].
    pub async fn wants_room(&self) {
        self.room.is_wanted().await;
    }

    /// Looks, in the background, for blobs that a server that died has left, and sets room aside.
    fn sweep(&self) {
        let (blobs, room) = (self.blobs.clone(), self.room.clone());
        tokio::task::spawn_blocking(move || {
            if let Err(error) = room.set_aside() {
                tracing::warn!(%error, "Failed to set room aside for a disk that is full");
            }
            if let Err(error) = blobs.sweep() {
                tracing::warn!(%error, "Failed to look for blobs that nobody names; the next start tries again");
            }
        });
    }

    /// Writes and commits nothing of worth: is the store writable, and would it take a submission?
    ///
    /// # Errors
    /// Why it is not.
    pub async fn probe(&self) -> Result<(), StoreError> {
        self.check_room()?;
        self.writer
            .write(|connection| {
                Box::pin(async move {
                    sqlx::query("PRAGMA user_version = 1").execute(connection).await?;
                    Ok(())
                })
            })
            .await
    }
}

/// Of every connection, also of those that only read: nothing of it is written to the database once that is there. What
/// is for a new database only is not among them: it would be written again by each connection, to a full disk as well.
fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5))
        // Rows are small, and so is what a statement sets aside; `/tmp` is small, too, and need not be there.
        .pragma("temp_store", "MEMORY")
        .pragma("soft_heap_limit", MUCH_MEMORY)
        .pragma("journal_size_limit", LOG_KEPT)
        .disable_statement_logging()
}

impl StoredState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }

    fn parse(text: &str) -> Self {
        match text {
            "running" => Self::Running,
            "done" => Self::Done,
            "cancelled" => Self::Cancelled,
            _ => Self::Queued,
        }
    }
}

fn millis(time: DateTime<Utc>) -> i64 {
    time.timestamp_millis()
}

fn time(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}

fn parse_id<I: sqlx::ColumnIndex<SqliteRow>>(
    row: &SqliteRow,
    column: I,
) -> Result<SubmissionId, sqlx::Error> {
    let text: String = row.try_get(column)?;
    text.parse().map_err(|why: uuid::Error| sqlx::Error::Decode(Box::new(why)))
}

#[cfg(test)]
mod tests;
