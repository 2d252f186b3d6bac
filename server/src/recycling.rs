//! Recycles all sandboxes at the times of a schedule.

use std::sync::Arc;
use std::time::Duration;

use chrono::Local;

use crate::operations::Operations;
use crate::schedule::Schedule;

/// Never sleeps longer at a time, so that a changed clock is noticed.
const NAP: Duration = Duration::from_secs(30);

/// Recycles at each time of the schedule, for as long as the server runs.
pub(crate) async fn watch(schedule: Schedule, operations: Arc<dyn Operations>) {
    let mut since = Local::now();
    loop {
        tokio::time::sleep(NAP).await;
        let now = Local::now();
        if schedule.is_due(&since, &now) {
            let sandboxes = operations.recycle().sandboxes;
            tracing::info!(sandboxes, "Recycling {sandboxes} sandboxes, as scheduled");
        }
        since = now;
    }
}
