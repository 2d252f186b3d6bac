//! Tests that measure, or that need most of the host.

use tokio::sync::{Mutex, MutexGuard};

/// Held by one test of a suite at a time: others at its side would take the cores that it counts on.
pub async fn alone() -> MutexGuard<'static, ()> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());
    ONE_AT_A_TIME.lock().await
}
