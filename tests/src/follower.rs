//! Follows all submissions of a service, also while it is started anew.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::task::JoinHandle;

use crate::Client;
use crate::environment::patience;

/// The end of a submission, as it was told.
#[derive(Debug, Clone)]
struct End {
    number: i64,
    submission: String,
    verdict: String,
}

/// What a follower was told so far, by the last id of which it comes again.
#[derive(Debug, Default)]
struct Told {
    last: Option<i64>,
    ends: Vec<End>,
}

/// Somebody who follows, until this is dropped.
#[derive(Debug)]
pub struct Follower {
    told: Arc<Mutex<Told>>,
    task: JoinHandle<()>,
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Follower {
    /// Follows from now on.
    ///
    /// # Panics
    /// When the service does not let it in time.
    pub async fn start(client: &Client) -> Self {
        let told = Arc::new(Mutex::default());
        let task = tokio::spawn(follow(client.clone(), Arc::clone(&told)));
        let follower = Self { told, task };
        follower.until("it has begun", |told| told.last.is_some()).await;
        follower
    }

    /// It was told of each of these, of none twice, in the order of their numbers.
    ///
    /// # Panics
    /// When it was not.
    pub async fn was_told_of_each_once(&self, accepted: &BTreeMap<String, &str>) {
        let has = |told: &Told, id: &String| told.ends.iter().any(|end| end.submission == *id);
        self.until("all were told", |told| accepted.keys().all(|id| has(told, id))).await;
        let ends = lock(&self.told).ends.clone();
        assert!(ends.windows(2).all(|pair| pair[0].number < pair[1].number), "{ends:?}");
        let mut seen = BTreeMap::new();
        for end in &ends {
            let before = seen.insert(&end.submission, end);
            assert!(before.is_none(), "{end:?} came twice: {before:?}");
            if let Some(verdict) = accepted.get(&end.submission) {
                assert_eq!(end.verdict, *verdict, "{end:?}");
            }
        }
    }

    async fn until(&self, what: &str, so: impl Fn(&Told) -> bool) {
        let deadline = Instant::now() + patience(Duration::from_secs(30));
        while !so(&lock(&self.told)) {
            assert!(Instant::now() < deadline, "waited for: {what}; {:?}", lock(&self.told));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn lock(told: &Mutex<Told>) -> MutexGuard<'_, Told> {
    told.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn follow(client: Client, told: Arc<Mutex<Told>>) {
    loop {
        let last = lock(&told).last;
        if let Ok(mut response) = client.events(last).await {
            let mut text = Vec::new();
            while let Ok(Some(piece)) = response.chunk().await {
                text.extend_from_slice(&piece);
                while let Some(end) = text.windows(2).position(|bytes| bytes == b"\n\n") {
                    let event: Vec<u8> = text.drain(..end + 2).collect();
                    note(&String::from_utf8_lossy(&event), &mut lock(&told));
                }
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn note(event: &str, told: &mut Told) {
    let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name));
    let Some(number) = field("id: ").and_then(|id| id.parse().ok()) else { return };
    told.last = Some(number);
    if field("event: ") == Some("end") {
        let data: Value =
            field("data: ").and_then(|data| serde_json::from_str(data).ok()).unwrap_or_default();
        let text = |name: &str| data[name].as_str().unwrap_or_default().to_owned();
        told.ends.push(End { number, submission: text("submission"), verdict: text("verdict") });
    }
}
