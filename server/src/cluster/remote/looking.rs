//! What programs write on nodes while they run, for whoever looks at it here: where each test is, and what its node tells of it.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::StreamExt as _;

use super::Shared;
use super::service::subscribed;
use crate::cluster::names;
use crate::cluster::wire::{Control, Shown};
use crate::live::{self, LiveOutputs, Piece};
use crate::submission::SubmissionId;

/// How often nodes are asked.
const EVERY: Duration = Duration::from_millis(500);
/// Who has not looked for so long does so no more: it is done ten times a second.
const LOOKED_WITHIN: Duration = Duration::from_secs(2);

/// The tests that nodes are at.
#[derive(Debug)]
pub(super) struct Looking {
    live: LiveOutputs,
    /// By submission and test.
    tests: Mutex<HashMap<SubmissionId, BTreeMap<u32, There>>>,
    entered: AtomicU64,
}

/// Where a test is.
#[derive(Debug)]
struct There {
    /// No other has this number.
    number: u64,
    node: String,
    /// The run that is shown, as the node tells it from its beginning.
    run: Option<(Told, live::Shown)>,
}

/// The number of a run on its node, and of the telling of it.
type Told = (u64, u64);

/// A node is at a test, until this is dropped.
#[derive(Debug)]
pub(super) struct At<'a> {
    looking: &'a Looking,
    submission: SubmissionId,
    test: u32,
    number: u64,
}

impl Looking {
    /// Of nothing yet; what nodes tell is seen there.
    pub(super) fn new(live: LiveOutputs) -> Self {
        Self { live, tests: Mutex::default(), entered: AtomicU64::default() }
    }

    /// A node begins a test whose output may be told.
    pub(super) fn enter(&self, (submission, test): (SubmissionId, u32), node: &str) -> At<'_> {
        let number = self.entered.fetch_add(1, Ordering::Relaxed);
        let there = There { number, node: node.to_owned(), run: None };
        self.tests().entry(submission).or_default().insert(test, there);
        At { looking: self, submission, test, number }
    }

    /// The submissions at which somebody looks, with the node of the first test of each.
    fn wanted(&self) -> Vec<(SubmissionId, String)> {
        let looked_at = self.live.looked_at(LOOKED_WITHIN);
        let tests = self.tests();
        let first = |id: &SubmissionId| Some(tests.get(id)?.first_key_value()?.1.node.clone());
        looked_at.iter().filter_map(|id| Some((*id, first(id)?))).collect()
    }

    /// A node has told what a program has written. Of a test that it is not at it has nothing to tell.
    fn hear(&self, node: &str, shown: &Shown) {
        let mut tests = self.tests();
        let Some(tests) = tests.get_mut(&shown.submission) else { return };
        for Piece { test, stream, missed, text } in &shown.pieces {
            let Some(there) = tests.get_mut(test).filter(|there| there.node == node) else { continue };
            let told = (shown.run, shown.telling);
            let run = there.run.take().filter(|(run, _)| *run == told);
            let run = run.unwrap_or_else(|| (told, self.live.begin(shown.submission, *test)));
            let tap = run.1.tap(*stream);
            tap.miss(*missed);
            tap.write(text.as_bytes());
            there.run = Some(run);
        }
    }

    fn tests(&self) -> MutexGuard<'_, HashMap<SubmissionId, BTreeMap<u32, There>>> {
        self.tests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for At<'_> {
    /// Another node may be at it by now.
    fn drop(&mut self) {
        let mut all = self.looking.tests();
        let Some(tests) = all.get_mut(&self.submission) else { return };
        if tests.get(&self.test).is_some_and(|there| there.number == self.number) {
            tests.remove(&self.test);
        }
        if tests.is_empty() {
            all.remove(&self.submission);
        }
    }
}

/// Asks nodes for what somebody looks at here, for ever.
pub(super) async fn ask(shared: Arc<Shared>) {
    loop {
        tokio::time::sleep(EVERY).await;
        for (submission, node) in shared.looking.wanted() {
            // What runs on the coordinator's own machine is there to be seen.
            if node != shared.name && shared.nodes.shows(&node) {
                shared.order(&node, Control::Look { coordinator: shared.name.clone(), submission });
            }
        }
    }
}

/// Hears what they tell, for ever.
pub(super) async fn hear(shared: Arc<Shared>) {
    let mut heard = subscribed(&shared, names::shown(&shared.name, "*")).await;
    while let Some(message) = heard.next().await {
        let is_said = !names::is_handed_out(&message);
        let node = names::sender(&message.subject).filter(|_| is_said);
        if let (Some(node), Ok(shown)) = (node, serde_json::from_slice(&message.payload)) {
            shared.looking.hear(node, &shown);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::{Seen, Stream};

    fn told(submission: SubmissionId, run: u64, test: u32, text: &str) -> Shown {
        let piece = Piece { test, stream: Stream::Stdout, missed: 0, text: text.to_owned() };
        Shown { submission, run, telling: 0, pieces: vec![piece] }
    }

    fn looked(live: &LiveOutputs, id: SubmissionId, seen: &mut Seen) -> Vec<(u32, String)> {
        live.look(id, seen).into_iter().map(|piece| (piece.test, piece.text)).collect()
    }

    #[test]
    fn what_a_node_tells_of_a_test_that_it_is_at_is_seen_here() {
        let (live, id, mut seen) = (LiveOutputs::default(), SubmissionId::new_v4(), Seen::default());
        let looking = Looking::new(live.clone());
        let [first, second] = [3, 1].map(|test| looking.enter((id, test), "node-a"));
        assert!(looking.wanted().is_empty(), "nobody looks");
        assert!(looked(&live, id, &mut seen).is_empty());
        assert_eq!(looking.wanted(), [(id, "node-a".to_owned())]);
        looking.hear("node-a", &told(id, 7, 3, "one "));
        looking.hear("node-a", &told(id, 7, 3, "two"));
        assert_eq!(looked(&live, id, &mut seen), [(3, "one two".to_owned())]);
        looking.hear("node-a", &told(id, 8, 3, "again"));
        assert_eq!(looked(&live, id, &mut seen), [(3, "again".to_owned())], "another run of it");
        let from_its_beginning = Shown { telling: 1, ..told(id, 8, 3, "again and on") };
        looking.hear("node-a", &from_its_beginning);
        assert_eq!(looked(&live, id, &mut Seen::default()), [(3, "again and on".to_owned())], "not twice");
        drop((first, second));
        looking.hear("node-a", &told(id, 8, 3, "late"));
        assert!(looked(&live, id, &mut seen).is_empty() && looking.tests().is_empty());
    }

    #[test]
    fn a_node_tells_nothing_of_what_it_is_not_at() {
        let (live, id, mut seen) = (LiveOutputs::default(), SubmissionId::new_v4(), Seen::default());
        let looking = Looking::new(live.clone());
        let fell_silent = looking.enter((id, 0), "node-a");
        let _now = looking.enter((id, 0), "node-b");
        drop(fell_silent);
        looking.hear("node-a", &told(id, 1, 0, "the one that fell silent"));
        looking.hear("node-b", &told(id, 1, 9, "a hidden test"));
        looking.hear("node-b", &told(SubmissionId::new_v4(), 1, 0, "another's"));
        assert!(looked(&live, id, &mut seen).is_empty());
        looking.hear("node-b", &told(id, 1, 0, "own"));
        assert_eq!(looked(&live, id, &mut seen), [(0, "own".to_owned())]);
    }
}
