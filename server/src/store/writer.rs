//! The one connection that writes. Writes that arrive together share a transaction, and so one fsync.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sqlx::SqliteConnection;
use tokio::sync::{mpsc, oneshot};

use super::StoreError;
use super::room::Room;

/// Most writes in one transaction.
const BATCH: usize = 128;
/// Writes that may wait; more make their senders wait.
const BACKLOG: usize = 1024;

/// A handle on the writing task.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    sender: mpsc::Sender<Write>,
}

/// What a caller wants written.
struct Write {
    action: Action,
    extent: Extent,
}

/// Writes. Gets the connection, or why there is no transaction to write in.
type Action =
    Box<dyn for<'c> FnOnce(Result<&'c mut SqliteConnection, StoreError>) -> BoxFuture<'c, Performed> + Send>;

/// How much a write is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// One statement, stepped to its end, and nothing behind it that fails: all of it counts or nothing, in a transaction and
    /// without. Of one that is left in the middle nobody would hear that it could not be committed.
    Statement,
    /// Several, of which all count or none.
    Several,
}

/// A write that was tried, before the transaction ends.
struct Performed {
    failure: Option<StoreError>,
    /// Answers the caller, once it is known what became of the transaction.
    settle: Box<dyn FnOnce(Result<(), StoreError>) + Send>,
}

impl Writer {
    pub(super) fn start(connection: SqliteConnection, room: Room) -> Self {
        let (sender, receiver) = mpsc::channel(BACKLOG);
        tokio::spawn(run_or_abort(connection, room, receiver));
        Self { sender }
    }

    /// Runs `action` inside a transaction and returns once it is on disk.
    pub(super) async fn write<T, F>(&self, action: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, sqlx::Error>> + Send + 'static,
    {
        self.hand_over(Extent::Several, action).await?.settled().await
    }

    /// As [`Self::write`]. Once it is on disk `told` is told of the result, whether anybody still waits or not, and before
    /// it is of any that was written later.
    pub(super) async fn write_and_tell<T, F>(
        &self,
        extent: Extent,
        action: F,
        told: impl FnOnce(&T) + Send + 'static,
    ) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, sqlx::Error>> + Send + 'static,
    {
        self.hand_over_and_tell(extent, action, told).await?.settled().await
    }

    /// Hands `action` over: whatever is handed over later is written later, or together with it.
    pub(super) async fn hand_over<T, F>(&self, extent: Extent, action: F) -> Result<Written<T>, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, sqlx::Error>> + Send + 'static,
    {
        self.hand_over_and_tell(extent, action, |_| ()).await
    }

    async fn hand_over_and_tell<T, F>(
        &self,
        extent: Extent,
        action: F,
        told: impl FnOnce(&T) + Send + 'static,
    ) -> Result<Written<T>, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, sqlx::Error>> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let action: Action = Box::new(move |turn| {
            Box::pin(async move {
                let result = match turn {
                    Ok(connection) => action(connection).await.map_err(StoreError::from),
                    Err(why) => Err(why),
                };
                let failure = result.as_ref().err().cloned();
                // Whoever asked may have gone away; the write stands all the same.
                let settle = move |ended: Result<(), StoreError>| {
                    let outcome = ended.and(result);
                    if let Ok(done) = &outcome {
                        told(done);
                    }
                    drop(reply.send(outcome));
                };
                Performed { failure, settle: Box::new(settle) }
            })
        });
        self.sender.send(Write { action, extent }).await.map_err(|_| StoreError::Closed)?;
        Ok(Written(answer))
    }
}

/// A write on its way to the disk.
#[derive(Debug)]
pub struct Written<T>(oneshot::Receiver<Result<T, StoreError>>);

impl<T> Written<T> {
    /// Returns once it is on disk.
    ///
    /// # Errors
    /// The store's; then nothing was written.
    pub async fn settled(self) -> Result<T, StoreError> {
        self.0.await.map_err(|_| StoreError::Closed)?
    }
}

/// Without the writer nothing can be accepted or finished any more: a process that goes on would only look alive.
async fn run_or_abort(connection: SqliteConnection, room: Room, receiver: mpsc::Receiver<Write>) {
    if AssertUnwindSafe(run(connection, room, receiver)).catch_unwind().await.is_err() {
        tracing::error!("The store's writer panicked: ending the process, so that it is started anew");
        std::process::abort();
    }
}

async fn run(mut connection: SqliteConnection, room: Room, mut receiver: mpsc::Receiver<Write>) {
    let mut batch = Vec::with_capacity(BATCH);
    while receiver.recv_many(&mut batch, BATCH).await > 0 {
        let writes = batch.len();
        let written = match batch.as_slice() {
            [Write { extent: Extent::Statement, .. }] => by_itself(&mut connection, &mut batch).await,
            _ => transact(&mut connection, &mut batch).await,
        };
        let Err(why) = written else { continue };
        tracing::error!(error = %why, writes, "Failed to write to the store");
        if why.is_full() {
            room.give_up_reserve();
            // A log that cannot grow any more is emptied by nobody else: only a write that succeeds does so.
            drop(execute(&mut connection, "PRAGMA wal_checkpoint(TRUNCATE)").await);
        }
    }
}

/// A statement that nobody else writes beside, without a `BEGIN` and a `COMMIT`: each is a turn of the connection's thread.
async fn by_itself(connection: &mut SqliteConnection, batch: &mut Vec<Write>) -> Result<(), StoreError> {
    let mut failure = None;
    for write in batch.drain(..) {
        let Some(performed) = perform(connection, write).await else { continue };
        failure = performed.failure;
        (performed.settle)(Ok(()));
    }
    failure.map_or(Ok(()), Err)
}

/// All of a batch in one transaction, and the answers to those who wait. Fails where any write has.
///
/// Not through [`sqlx::Transaction`]: SQLite ends a transaction by itself when the disk is full, which sqlx's count of
/// open ones does not survive.
async fn transact(connection: &mut SqliteConnection, batch: &mut Vec<Write>) -> Result<(), StoreError> {
    let alone = batch.len() == 1;
    let mut standing = execute(connection, "BEGIN IMMEDIATE").await;
    let mut performed = Vec::with_capacity(batch.len());
    for write in batch.drain(..) {
        let one = match &standing {
            Err(why) => Some((write.action)(Err(why.clone())).await),
            Ok(()) if alone => perform(connection, write).await,
            Ok(()) => {
                let (one, outcome) = perform_apart(connection, write).await;
                standing = outcome;
                one
            }
        };
        performed.extend(one);
    }
    let failure = performed.iter().find_map(|one| one.failure.clone());
    let nothing = alone && (performed.is_empty() || failure.is_some());
    let ended = match standing {
        Ok(()) if nothing => Ok(()),
        Ok(()) => execute(connection, "COMMIT").await,
        lost => lost,
    };
    if nothing || ended.is_err() {
        // Fails where SQLite has done so by itself.
        drop(execute(connection, "ROLLBACK").await);
    }
    for one in performed {
        (one.settle)(ended.clone());
    }
    ended.and(failure.map_or(Ok(()), Err))
}

/// None where the write panicked.
async fn perform(connection: &mut SqliteConnection, write: Write) -> Option<Performed> {
    let performed = AssertUnwindSafe((write.action)(Ok(connection))).catch_unwind().await;
    performed.inspect_err(|_| tracing::error!("A write to the store panicked; nothing of it is kept")).ok()
}

/// A write among others: where it fails nothing of it stays, and the others go on. Fails when the whole transaction
/// is no more.
async fn perform_apart(
    connection: &mut SqliteConnection,
    write: Write,
) -> (Option<Performed>, Result<(), StoreError>) {
    match write.extent {
        Extent::Statement => perform_statement(connection, write).await,
        Extent::Several => perform_several(connection, write).await,
    }
}

async fn perform_statement(
    connection: &mut SqliteConnection,
    write: Write,
) -> (Option<Performed>, Result<(), StoreError>) {
    let performed = perform(connection, write).await;
    let failure = performed.as_ref().and_then(|one| one.failure.clone());
    let outcome = match failure {
        Some(why) => still_stands(connection).await.then_some(()).ok_or(why),
        None => Ok(()),
    };
    (performed, outcome)
}

/// Whether the transaction is there after a failure. Where it is not, another one is: what is written until the end is part of none
/// that counts.
async fn still_stands(connection: &mut SqliteConnection) -> bool {
    // None begins within another. Where it fails for anything else, for the disk as the write before it, that tells nothing.
    execute(connection, "BEGIN IMMEDIATE").await.is_err_and(|why| why.is_of_the_statement())
}

async fn perform_several(
    connection: &mut SqliteConnection,
    write: Write,
) -> (Option<Performed>, Result<(), StoreError>) {
    if let Err(why) = execute(connection, "SAVEPOINT one").await {
        return (Some((write.action)(Err(why.clone())).await), Err(why));
    }
    let performed = perform(connection, write).await;
    let failed = performed.as_ref().is_none_or(|one| one.failure.is_some());
    let mut outcome = Ok(());
    if failed {
        outcome = execute(connection, "ROLLBACK TO one").await;
    }
    if outcome.is_ok() {
        outcome = execute(connection, "RELEASE one").await;
    }
    (performed, outcome)
}

async fn execute(connection: &mut SqliteConnection, sql: &'static str) -> Result<(), StoreError> {
    sqlx::query(sql).execute(connection).await.map(drop).map_err(StoreError::from)
}
