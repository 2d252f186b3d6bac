//! Tells coordinators what programs write here while they run, of submissions that somebody looks at there.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::Shared;
use crate::cluster::names;
use crate::cluster::wire::Shown;
use crate::config::is_name;
use crate::judge::Executor;
use crate::live::{LiveOutputs, Seen};
use crate::submission::SubmissionId;

/// How often it is told.
const EVERY: Duration = Duration::from_millis(200);
/// A coordinator that has not asked for so long has nobody any more who looks: it asks twice a second.
const ASKED_FOR: Duration = Duration::from_secs(3);
/// So long it is known what was told: whoever looks again soon is not told it twice.
const KNOWN_FOR: Duration = Duration::from_secs(60);
/// So many submissions are looked at in one time. Of more nothing is told.
const MOST: usize = 256;

/// Whose programs somebody looks at, and where.
#[derive(Debug, Default)]
pub(super) struct LookedAt {
    all: Mutex<HashMap<(String, SubmissionId), Looked>>,
    begun: AtomicU64,
    asked: Notify,
}

#[derive(Debug)]
struct Looked {
    until: Instant,
    seen: Seen,
    /// No other has this number.
    number: u64,
}

impl LookedAt {
    /// A coordinator asks for what a submission's programs write.
    pub(super) fn note(&self, coordinator: String, submission: SubmissionId, now: Instant) {
        // It becomes a part of a subject.
        if !is_name(&coordinator) {
            return;
        }
        let mut all = self.all();
        all.retain(|_, looked| looked.until + KNOWN_FOR > now);
        if all.len() >= MOST {
            all.retain(|_, looked| looked.until > now);
        }
        let key = (coordinator, submission);
        if all.len() < MOST || all.contains_key(&key) {
            let begin = || {
                let number = self.begun.fetch_add(1, Ordering::Relaxed);
                Looked { until: now, seen: Seen::default(), number }
            };
            let looked = all.entry(key).or_insert_with(begin);
            looked.until = now + ASKED_FOR;
        }
        self.asked.notify_one();
    }

    /// What was written since this was last asked for, and which coordinator is to be told.
    fn news(&self, live: &LiveOutputs, now: Instant) -> Vec<(String, Shown)> {
        let mut all = self.all();
        let asked = all.iter_mut().filter(|(_, looked)| looked.until > now);
        let news = asked.map(|((coordinator, submission), Looked { seen, number, .. })| {
            let pieces = live.look(*submission, seen);
            let shown = Shown { submission: *submission, run: seen.run(), telling: *number, pieces };
            (coordinator.clone(), shown)
        });
        news.filter(|(_, shown)| !shown.pieces.is_empty()).collect()
    }

    fn is_asked(&self, now: Instant) -> bool {
        self.all().values().any(|looked| looked.until > now)
    }

    fn all(&self) -> MutexGuard<'_, HashMap<(String, SubmissionId), Looked>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells it, for as long as anybody looks; never ends.
pub(super) async fn show<E: Executor>(shared: Arc<Shared<E>>) {
    loop {
        if !shared.looked_at.is_asked(Instant::now()) {
            shared.looked_at.asked.notified().await;
        }
        for (coordinator, shown) in shared.looked_at.news(&shared.live, Instant::now()) {
            let Ok(told) = serde_json::to_vec(&shown) else { continue };
            let subject = names::shown(&coordinator, &shared.name);
            if let Err(why) = shared.broker.client().publish(subject, told.into()).await {
                tracing::debug!("What a program writes was not told: {why}");
            }
        }
        tokio::time::sleep(EVERY).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::Stream;

    #[test]
    fn what_is_asked_for_is_told_until_nobody_asks_any_more() {
        let (looked_at, live, id) = (LookedAt::default(), LiveOutputs::default(), SubmissionId::new_v4());
        let now = Instant::now();
        let running = live.begin(id, 2);
        let tap = running.tap(Stream::Stdout);
        tap.write(b"one");
        assert!(looked_at.news(&live, now).is_empty(), "nobody looks");
        looked_at.note("server".into(), id, now);
        looked_at.note("not a name".into(), id, now);
        let news = looked_at.news(&live, now);
        let [(coordinator, Shown { submission, pieces, .. })] = &news[..] else { panic!("{news:?}") };
        let [piece] = &pieces[..] else { panic!("{pieces:?}") };
        assert_eq!(
            (coordinator.as_str(), *submission, piece.test, piece.text.as_str()),
            ("server", id, 2, "one")
        );
        assert!(looked_at.news(&live, now).is_empty(), "it was told");
        tap.write(b"two");
        looked_at.note("server".into(), id, now + ASKED_FOR / 2);
        assert_eq!(looked_at.news(&live, now + ASKED_FOR)[0].1.pieces[0].text, "two");
        tap.write(b"three");
        let later = now + 2 * ASKED_FOR;
        assert!(looked_at.news(&live, later).is_empty() && !looked_at.is_asked(later));
        looked_at.note("server".into(), id, later);
        let again = looked_at.news(&live, later).remove(0).1;
        assert_eq!((again.telling, again.pieces[0].text.as_str()), (0, "three"), "what was told is known");
        let much_later = later + ASKED_FOR + KNOWN_FOR;
        looked_at.note("server".into(), id, much_later);
        let again = looked_at.news(&live, much_later).remove(0).1;
        assert_eq!((again.telling, again.pieces[0].text.as_str()), (1, "onetwothree"), "from its beginning");
    }

    #[test]
    fn no_more_are_looked_at_than_there_is_room_for() {
        let (looked_at, now) = (LookedAt::default(), Instant::now());
        for _ in 0..2 * MOST {
            looked_at.note("server".into(), SubmissionId::new_v4(), now);
        }
        assert_eq!(looked_at.all().len(), MOST);
    }
}
