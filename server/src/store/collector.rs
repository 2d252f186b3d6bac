//! Removes blobs that no row names any more.

use std::io;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use sqlx::SqlitePool;
use tokio::sync::mpsc::UnboundedReceiver;

use super::StoreError;
use crate::blobs::Blobs;
use crate::content::BlobId;
use crate::watched::said;

/// Looks at every suspected blob, for as long as the store lives.
pub(super) async fn collect(blobs: Blobs, readers: SqlitePool, mut suspects: UnboundedReceiver<BlobId>) {
    while let Some(id) = suspects.recv().await {
        let looked = AssertUnwindSafe(look_at(&blobs, &readers, id)).catch_unwind().await;
        let outcome = looked.unwrap_or_else(|panic| Err(io::Error::other(said(&*panic)).into()));
        if let Err(why) = outcome {
            blobs.unmark(id);
            tracing::warn!(error = %why, blob = %id, "Failed to remove a blob; the next start tries again");
        }
    }
}

async fn look_at(blobs: &Blobs, readers: &SqlitePool, id: BlobId) -> Result<(), StoreError> {
    if !blobs.mark(id) {
        return Ok(());
    }
    if is_named(readers, id).await? {
        blobs.unmark(id);
        return Ok(());
    }
    let blobs = blobs.clone();
    let removing = tokio::task::spawn_blocking(move || blobs.remove_marked(id));
    removing.await.map_err(|_| StoreError::Closed)?.map_err(StoreError::from)
}

pub(super) async fn is_named(readers: &SqlitePool, id: BlobId) -> Result<bool, StoreError> {
    let sql =
        "SELECT 1 FROM refs WHERE hash = $1 UNION ALL SELECT 1 FROM problem_refs WHERE hash = $1 LIMIT 1";
    let found = sqlx::query(sql).bind(id.as_bytes().as_slice()).fetch_optional(readers).await?;
    Ok(found.is_some())
}
