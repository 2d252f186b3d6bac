//! The one connection that writes. Writes that arrive together share a transaction, and so one fsync.

use futures_util::future::BoxFuture;
use sqlx::SqliteConnection;
use tokio::sync::{mpsc, oneshot};

use super::StoreError;

/// Most writes in one transaction.
const BATCH: usize = 128;
/// Writes that may wait; more make their senders wait.
const BACKLOG: usize = 1024;

/// A handle on the writing task.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    sender: mpsc::Sender<Box<dyn Write>>,
}

impl Writer {
    pub(super) fn start(connection: SqliteConnection) -> Self {
        let (sender, receiver) = mpsc::channel(BACKLOG);
        tokio::spawn(run(connection, receiver));
        Self { sender }
    }

    /// Runs `action` inside a transaction and returns once it is on disk.
    pub(super) async fn write<T, F>(&self, action: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, sqlx::Error>> + Send + 'static,
    {
        self.hand_over(action).await?.settled().await
    }

    /// Hands `action` over: whatever is handed over later is written later, or together with it.
    pub(super) async fn hand_over<T, F>(&self, action: F) -> Result<Written<T>, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, sqlx::Error>> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let write = Box::new(Pending { action: Some(action), result: None, reply });
        self.sender.send(write).await.map_err(|_| StoreError::Closed)?;
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

/// A write whose result type is its own business.
trait Write: Send {
    fn perform<'c>(
        &'c mut self,
        connection: &'c mut SqliteConnection,
    ) -> BoxFuture<'c, Result<(), sqlx::Error>>;
    /// Answers whoever asked.
    fn settle(self: Box<Self>, failure: Option<StoreError>);
}

impl std::fmt::Debug for dyn Write {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Write")
    }
}

struct Pending<T, F> {
    action: Option<F>,
    result: Option<T>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Write for Pending<T, F>
where
    T: Send + 'static,
    F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, sqlx::Error>> + Send,
{
    fn perform<'c>(
        &'c mut self,
        connection: &'c mut SqliteConnection,
    ) -> BoxFuture<'c, Result<(), sqlx::Error>> {
        Box::pin(async move {
            if let Some(action) = self.action.take() {
                self.result = Some(action(connection).await?);
            }
            Ok(())
        })
    }

    fn settle(self: Box<Self>, failure: Option<StoreError>) {
        let answer = match (failure, self.result) {
            (None, Some(result)) => Ok(result),
            (Some(failure), _) => Err(failure),
            (None, None) => Err(StoreError::Closed),
        };
        // Whoever asked may have gone away; the write stands all the same.
        drop(self.reply.send(answer));
    }
}

async fn run(mut connection: SqliteConnection, mut receiver: mpsc::Receiver<Box<dyn Write>>) {
    let mut batch = Vec::with_capacity(BATCH);
    while receiver.recv_many(&mut batch, BATCH).await > 0 {
        let failure = commit(&mut connection, &mut batch).await.err().map(StoreError::from);
        if let Some(why) = &failure {
            tracing::error!(error = %why, writes = batch.len(), "failed to write to the store");
        }
        for write in batch.drain(..) {
            write.settle(failure.clone());
        }
    }
}

/// All of it, or nothing.
///
/// Not through [`sqlx::Transaction`]: SQLite ends a transaction by itself when the disk is full, which sqlx's count of
/// open ones does not survive.
async fn commit(connection: &mut SqliteConnection, batch: &mut [Box<dyn Write>]) -> Result<(), sqlx::Error> {
    let committed = attempt(connection, batch).await;
    if committed.is_err() {
        // Fails where SQLite has done so by itself.
        drop(sqlx::query("ROLLBACK").execute(&mut *connection).await);
    }
    committed
}

async fn attempt(connection: &mut SqliteConnection, batch: &mut [Box<dyn Write>]) -> Result<(), sqlx::Error> {
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await?;
    for write in batch {
        write.perform(connection).await?;
    }
    sqlx::query("COMMIT").execute(connection).await?;
    Ok(())
}
