//! The last day's figures outlive the server: what the charts show is not gone with a restart.

use std::time::Duration;

use crate::store::{Store, StoreError};
use crate::telemetry::day::today;

/// How often they are stored; what came later is lost to a server that is killed.
const EVERY: Duration = Duration::from_secs(60);

/// Goes on with what earlier starts have stored.
///
/// # Errors
/// The store's.
pub(super) async fn load(store: &Store) -> Result<(), StoreError> {
    let stored = store.day().await?;
    today().restore(&stored);
    Ok(())
}

/// Stores them again and again.
pub(super) async fn keep(store: Store) {
    loop {
        tokio::time::sleep(EVERY).await;
        save(&store).await;
    }
}

/// Stores what has changed. What cannot be stored is told, and tried again with the next time: nobody waits for it.
pub(super) async fn save(store: &Store) {
    let (changed, first) = {
        let day = today();
        (day.changed(), day.first().unwrap_or_default())
    };
    let parts = changed.iter().map(|part| (part.number, part.figures.clone())).collect();
    match store.put_day(parts, first).await {
        Ok(()) => today().stored(&changed),
        Err(why) => tracing::error!(error = %why, "Failed to store the figures of the last day"),
    }
}
