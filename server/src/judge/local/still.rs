//! Notices that this process stood still while it waited for something, as when its container is frozen or its machine is moved:
//! nobody read what programs wrote meanwhile, and clocks went on.

use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant, timeout};

/// How often it is looked.
const EVERY: Duration = Duration::from_millis(500);
/// Longer than it takes a busy machine to come round to us.
const STILL: Duration = Duration::from_secs(3);

/// What it comes to, and whether we stood still before that.
pub(super) async fn noticed<T>(waited_for: impl Future<Output = T>) -> (T, bool) {
    let mut waited_for = pin!(waited_for);
    let (mut looked, mut stood_still) = (Instant::now(), false);
    loop {
        let come = timeout(EVERY, &mut waited_for).await;
        stood_still |= looked.elapsed() >= STILL;
        looked = Instant::now();
        if let Ok(come) = come {
            return (come, stood_still);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_only_waits_for_long_does_not_stand_still() {
        assert_eq!(noticed(async { 7 }).await, (7, false));
        assert_eq!(noticed(tokio::time::sleep(20 * STILL)).await, ((), false));
        assert_eq!(noticed(tokio::time::advance(STILL)).await, ((), true));
        let later = async {
            tokio::time::advance(STILL).await;
            tokio::time::sleep(STILL).await;
        };
        assert_eq!(noticed(later).await, ((), true), "it is not forgotten");
    }
}
