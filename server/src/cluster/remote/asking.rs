//! One part on its way: it waits in the line, is sent, begins on a node, and comes back. Whoever stops waiting takes it out,
//! wherever it is.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use gavel_protocol::Bytes;
use serde_json::value::RawValue;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{NODE_PATIENCE, Shared, not_served};
use crate::cluster::expected::Length;
use crate::cluster::line::Item;
use crate::cluster::names;
use crate::cluster::nodes::Needs;
use crate::cluster::packing::speech;
use crate::cluster::speed::Terms;
use crate::cluster::wire::{Outcome, Way, Work};
use crate::judge::{JudgeError, Progress, TimeScale, Told, Whose};
use crate::language::Language;
use crate::sandbox::Profile;
use crate::submission::{Isolation, SELF_TEST, SubmissionId};

/// How long a part that was begun may take beyond what its limits allow, and those before it in its task.
const GRACE: Duration = Duration::from_secs(120);
/// And for each MiB that its node has to fetch for it, over whatever line.
const A_MIB: Duration = Duration::from_secs(2);
/// Parts before it that may be in its task.
const BEFORE: u32 = 32;
/// What is longer has no room in a message: a broker takes a MiB.
const LONGEST_WORK: usize = 900 * 1024;
/// How often it is looked whether there is any sense in waiting.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// What is known of a part beside the work itself.
#[derive(Debug)]
pub(super) struct Ask<'a> {
    pub(super) user: Option<String>,
    pub(super) submission: Option<Uuid>,
    /// What may be in one task with it.
    pub(super) together: Option<Uuid>,
    pub(super) needs: Needs,
    pub(super) expected: Length,
    pub(super) progress: Option<Told<'a>>,
    /// The test, of which submission, whose output may be told while it runs.
    pub(super) shown: Option<(SubmissionId, u32)>,
}

/// What came of a part.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) node: String,
    pub(super) outcome: Outcome,
    /// How the node was to hold it to its limits of time.
    pub(super) terms: Terms,
}

/// What whoever waits for a part is told.
#[derive(Debug)]
pub(super) enum Event {
    /// A node begins it; limits of time are so much longer there.
    Begun {
        /// Its name.
        node: String,
        /// By so much.
        stretch: TimeScale,
    },
    /// The node has not heard that it may, and has handed it back.
    NotBegun,
    /// It is done.
    Done(Reply),
    /// It was lost before any node began it: by the broker, as with its disk, or with the node that it was dealt to.
    Vanished,
    /// It was given to so many nodes that it is not given to another.
    GivenUp(String),
}

/// A part in the line.
#[derive(Debug)]
pub(super) struct Waiting {
    /// What is to be done, as it is sent.
    pub(super) work: Box<RawValue>,
    pub(super) submission: Option<Uuid>,
    pub(super) needs: Needs,
    pub(super) avoided: Vec<String>,
    pub(super) place: Arc<Mutex<Place>>,
    pub(super) events: mpsc::UnboundedSender<Event>,
}

/// Who waits for a part that is out.
#[derive(Debug, Clone)]
pub(super) struct Waiter {
    events: mpsc::UnboundedSender<Event>,
    /// The part is out twice, and this is the second: only a result is of interest.
    is_second: bool,
}

impl Waiter {
    pub(super) fn new(events: mpsc::UnboundedSender<Event>) -> Self {
        Self { events, is_second: false }
    }

    /// The same, for a part that another node is at already.
    pub(super) fn second(self) -> Self {
        Self { is_second: true, ..self }
    }

    /// Nobody waits any more.
    pub(super) fn is_gone(&self) -> bool {
        self.events.is_closed()
    }

    /// Tells; nobody may wait any more.
    pub(super) fn tell(&self, event: Event) {
        if !self.is_second || event.is_result() {
            drop(self.events.send(event));
        }
    }
}

impl Event {
    fn is_result(&self) -> bool {
        matches!(self, Self::Done(reply) if !matches!(reply.outcome, Outcome::Failed { .. }))
    }
}

/// Where a part is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    InLine { ticket: u64 },
    Out { task: u64, part: u32 },
}

impl<'a> Ask<'a> {
    pub(super) fn of(whose: Whose<'a>, profile: &Profile, languages: &[&Language], expected: Length) -> Self {
        // A sandbox that is one submission's alone is no reason to keep its tests apart, but each waits for a new one.
        let together = whose.submission.filter(|_| whose.isolation != Isolation::Fresh);
        Self {
            user: whose.user.map(str::to_owned),
            submission: whose.submission,
            together: together.filter(|_| whose.user != Some(SELF_TEST)),
            needs: needs(profile, languages),
            expected,
            progress: Some(whose.progress),
            shown: None,
        }
    }
}

/// What it takes to do something in these languages.
pub(super) fn needs(profile: &Profile, languages: &[&Language]) -> Needs {
    let languages = languages.iter().map(|language| speech(language)).collect();
    Needs { pool: names::pool(profile), languages, is_pair: false }
}

/// Bytes that a text takes of a message at the most: in one that is for one node alone it is quoted.
fn in_a_message(text: &str) -> usize {
    text.len() + text.bytes().filter(|byte| matches!(byte, b'"' | b'\\')).count()
}

/// How long a part is still waited for.
struct Patience {
    since: Instant,
    /// Who has begun it, and the longest that it may take there.
    begun: Option<(String, Duration)>,
}

impl Patience {
    /// That of a part that nobody has begun.
    fn new() -> Self {
        Self { since: Instant::now(), begun: None }
    }

    /// A node begins a part that may take so long by its limits, and for which it may have to fetch so many bytes.
    fn begin(&mut self, node: String, longest: Duration, far: u64) {
        let mibs = u32::try_from(far >> 20).unwrap_or(u32::MAX);
        let longest = longest * BEFORE + GRACE + A_MIB.saturating_mul(mibs);
        *self = Self { since: Instant::now(), begun: Some((node, longest)) };
    }

    /// Another look. What was not begun waits for as long as there are nodes for it: how long that takes depends on what is ahead. What
    /// a node has begun and does not end is a failure of that node, which may be at it for ever: another has it.
    fn is_left(&mut self, has_nodes: bool) -> Result<Option<Reply>, JudgeError> {
        if self.begun.is_none() && has_nodes {
            self.since = Instant::now();
        }
        let waited = self.since.elapsed();
        match &self.begun {
            Some((node, longest)) if waited > *longest => Ok(Some(unanswered(node.clone(), waited))),
            None if waited > NODE_PATIENCE => Err(not_served()),
            _ => Ok(None),
        }
    }
}

fn unanswered(node: String, waited: Duration) -> Reply {
    let why = format!("it was at it for {} s without an answer", waited.as_secs());
    Reply { node, outcome: Outcome::failed(Way::Broken, why), terms: Terms::PLAIN }
}

/// Takes a part out when nobody waits for it any more.
struct Leaving<'a> {
    shared: &'a Arc<Shared>,
    user: Option<String>,
    place: Arc<Mutex<Place>>,
}

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        let place = *self.place.lock().unwrap_or_else(PoisonError::into_inner);
        match place {
            Place::InLine { ticket } => state.line.remove(self.user.as_deref(), ticket),
            Place::Out { task, part } => {
                let twin = state.desk.twin(task);
                drop(state);
                [Some(task), twin].into_iter().flatten().for_each(|task| self.shared.withdraw(task, part));
                self.shared.moved.notify_one();
            }
        }
    }
}

impl Shared {
    /// Nobody waits for a part of a task any more.
    pub(super) fn withdraw(self: &Arc<Self>, task: u64, part: u32) {
        let (withdrawn, incarnation) = {
            let mut state = self.state();
            (state.desk.withdraw(task, part), state.desk.incarnation())
        };
        for node in &withdrawn.holders {
            self.cancel(node, incarnation, task, vec![part]);
        }
        if let Some(sequence) = withdrawn.sequence {
            self.recall(sequence);
        }
    }

    /// Has a part done once, by a node other than those that are avoided, where there is another.
    pub(super) async fn ask(
        self: &Arc<Self>,
        ask: &Ask<'_>,
        work: &Work,
        avoided: &[String],
        cancel: &CancellationToken,
    ) -> Result<Reply, JudgeError> {
        loop {
            let (events, told) = mpsc::unbounded_channel();
            let _leaving = self.enter(ask, work, avoided, events)?;
            // The others of its submission are on their way here: they are cut together.
            tokio::task::yield_now().await;
            self.moved.notify_one();
            // In a function of its own: nobody hears of it any more by the time that it is taken out.
            if let Some(reply) = self.told(ask, (work.longest(), work.far()), told, cancel).await? {
                return Ok(reply);
            }
        }
    }

    /// Waits for what comes of a part; none where the broker has lost it.
    async fn told(
        &self,
        ask: &Ask<'_>,
        (longest, far): (Duration, u64),
        mut told: mpsc::UnboundedReceiver<Event>,
        cancel: &CancellationToken,
    ) -> Result<Option<Reply>, JudgeError> {
        let mut patience = Patience::new();
        let mut at = None;
        loop {
            let event = tokio::select! {
                biased;
                () = cancel.cancelled() => return Err(JudgeError::Cancelled),
                event = tokio::time::timeout(LOOK_EVERY, told.recv()) => event,
            };
            match event {
                Ok(Some(Event::Begun { node, stretch })) => {
                    if let Some(progress) = ask.progress {
                        progress.tell(Progress::Served);
                    }
                    if let Some(test) = ask.shown {
                        drop(at.replace(self.looking.enter(test, &node)));
                    }
                    patience.begin(node, stretch.time(longest), far);
                }
                // That it waits for another is no failure of the node's.
                Ok(Some(Event::NotBegun)) => patience = Patience::new(),
                Ok(Some(Event::Done(reply))) => return Ok(Some(reply)),
                Ok(Some(Event::Vanished)) => return Ok(None),
                Ok(Some(Event::GivenUp(nodes))) => {
                    let why = format!("it was given to three nodes ({nodes}), and none has answered");
                    return Err(JudgeError::GivenUp(why));
                }
                Ok(None) => return Err(not_served()),
                Err(_elapsed) => {
                    if let Some(unanswered) = patience.is_left(self.nodes.can(&ask.needs))? {
                        return Ok(Some(unanswered));
                    }
                }
            }
        }
    }

    fn enter(
        self: &Arc<Self>,
        ask: &Ask<'_>,
        work: &Work,
        avoided: &[String],
        events: mpsc::UnboundedSender<Event>,
    ) -> Result<Leaving<'_>, JudgeError> {
        let work = serde_json::value::to_raw_value(work);
        let work = work.map_err(|why| JudgeError::GivenUp(format!("it cannot be written: {why}")))?;
        let bytes = in_a_message(work.get());
        if bytes > LONGEST_WORK {
            let [bytes, most] = [bytes, LONGEST_WORK].map(|size| Bytes(size as u64));
            return Err(JudgeError::GivenUp(format!(
                "what a node is told of it takes {bytes} of a message, and may take {most}: it has too many files, or their names are too long"
            )));
        }
        let place = Arc::new(Mutex::new(Place::InLine { ticket: 0 }));
        let item = Item {
            user: ask.user.clone(),
            together: ask.together.filter(|_| avoided.is_empty()),
            needs: ask.needs.clone(),
            expected: ask.expected,
            bytes,
            what: Waiting {
                work,
                submission: ask.submission,
                needs: ask.needs.clone(),
                avoided: avoided.to_vec(),
                place: Arc::clone(&place),
                events,
            },
        };
        {
            let mut state = self.state();
            let ticket = state.line.push(item);
            *place.lock().unwrap_or_else(PoisonError::into_inner) = Place::InLine { ticket };
        }
        Ok(Leaving { shared: self, user: ask.user.clone(), place })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_the_second_that_is_at_a_part_only_a_result_is_heard() {
        let (events, mut told) = mpsc::unbounded_channel();
        let (first, second) = (Waiter::new(events.clone()), Waiter::new(events).second());
        let done = |outcome| Event::Done(Reply { node: "quick".to_owned(), outcome, terms: Terms::PLAIN });
        let failed = || Outcome::failed(Way::Broken, String::new());
        second.tell(Event::Begun { node: "quick".to_owned(), stretch: TimeScale::ONE });
        second.tell(Event::Vanished);
        second.tell(Event::GivenUp("quick".to_owned()));
        second.tell(done(failed()));
        assert!(told.try_recv().is_err(), "the first is still at it");
        second.tell(done(Outcome::Version(None)));
        assert!(matches!(told.try_recv(), Ok(Event::Done(_))));
        first.tell(done(failed()));
        assert!(matches!(told.try_recv(), Ok(Event::Done(_))));
        drop(told);
        assert!(first.is_gone() && second.is_gone());
    }

    #[test]
    fn a_long_line_is_no_reason_to_give_up_and_having_no_node_is() {
        let long_ago = Instant::now() - 2 * NODE_PATIENCE;
        let mut patience = Patience { since: long_ago, begun: None };
        assert!(patience.is_left(true).is_ok());
        assert!(patience.is_left(false).is_ok(), "there was one a moment ago");
        patience.since = long_ago;
        assert!(patience.is_left(false).is_err());
    }

    #[test]
    fn what_a_node_has_begun_and_does_not_end_is_a_failure_of_that_node() {
        let mut patience = Patience::new();
        patience.begin("hung".to_owned(), Duration::from_secs(1), 100 << 20);
        assert!(matches!(patience.is_left(false), Ok(None)), "it may be at what is before it");
        patience.since = Instant::now() - (BEFORE * Duration::from_secs(1) + GRACE);
        assert!(matches!(patience.is_left(false), Ok(None)), "its line may be slow");
        patience.since -= 100 * A_MIB;
        let Ok(Some(Reply { node, outcome: Outcome::Failed { way: Way::Broken, why, .. }, .. })) =
            patience.is_left(true)
        else {
            panic!("it is waited for");
        };
        assert_eq!((&*node, &*why), ("hung", "it was at it for 352 s without an answer"));
    }
}
