//! Watches idle sandboxes: a container may be removed or paused while nobody uses it, and all grow old.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::bank::Bank;

/// How often idle sandboxes are looked at.
const TICK: Duration = Duration::from_millis(250);

/// A monitor that has said nothing for so long is pinged.
const PING_EVERY: Duration = Duration::from_secs(2);

/// An idle monitor answers in a tenth of a millisecond; on a host that is overloaded in so long, or never.
pub(super) const PING: Duration = Duration::from_secs(3);

/// Looks after the idle sandboxes of a bank, for ever. While one is waited for that says nothing, for as long as `ping`, all
/// else goes on.
pub(super) async fn watch(bank: Arc<Bank>, ping: Duration) {
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut asked = FuturesUnordered::new();
    loop {
        tokio::select! {
            Some((place, sandbox, answer)) = asked.next() => bank.pinged(place, sandbox, answer),
            _ = ticks.tick() => {
                bank.tick();
                asked.extend(bank.take_silent(PING_EVERY).into_iter().map(async |(place, mut sandbox)| {
                    let answer = sandbox.ping(ping).await;
                    (place, sandbox, answer)
                }));
            }
        }
    }
}
