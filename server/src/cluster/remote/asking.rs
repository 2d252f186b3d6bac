//! One part on its way: it waits in the line, is sent, begins on a node, and comes back. Whoever stops waiting takes it out,
//! wherever it is.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{NODE_PATIENCE, Shared, not_served};
use crate::cluster::line::Item;
use crate::cluster::names;
use crate::cluster::packing::bytes_of;
use crate::cluster::wire::{Outcome, Part, Work};
use crate::judge::{JudgeError, Progress, Told, Whose};
use crate::sandbox::Profile;
use crate::self_test::SELF_TEST;
use crate::submission::Isolation;

/// How long a part that was begun may take beyond what its limits allow, and those before it in its task.
const GRACE: Duration = Duration::from_secs(120);
/// Parts before it that may be in its task.
const BEFORE: u32 = 32;

/// What is known of a part beside the work itself.
#[derive(Debug)]
pub(super) struct Ask<'a> {
    pub(super) user: Option<String>,
    pub(super) submission: Option<Uuid>,
    /// What may be in one task with it.
    pub(super) together: Option<Uuid>,
    pub(super) pool: String,
    pub(super) expected: Duration,
    pub(super) progress: Option<Told<'a>>,
}

/// What came of a part.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) node: String,
    pub(super) outcome: Outcome,
}

/// What whoever waits for a part is told.
#[derive(Debug)]
pub(super) enum Event {
    /// A node begins it.
    Begun,
    /// It is done.
    Done(Reply),
    /// It was given to so many nodes that it is not given to another.
    GivenUp(String),
}

/// A part in the line.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) work: Work,
    pub(super) submission: Option<Uuid>,
    pub(super) avoided: Option<String>,
    pub(super) place: Arc<Mutex<Place>>,
    pub(super) events: mpsc::UnboundedSender<Event>,
}

/// Who waits for a part that is out.
#[derive(Debug)]
pub(super) struct Waiter(pub(super) mpsc::UnboundedSender<Event>);

impl Waiter {
    /// Tells; nobody may wait any more.
    pub(super) fn tell(&self, event: Event) {
        drop(self.0.send(event));
    }
}

/// Where a part is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    InLine { ticket: u64 },
    Out { task: u64, part: u32 },
}

impl<'a> Ask<'a> {
    pub(super) fn of(whose: Whose<'a>, profile: &Profile, expected: Duration) -> Self {
        // A sandbox that is one submission's alone is no reason to keep its tests apart, but each waits for a new one.
        let together = whose.submission.filter(|_| whose.isolation != Isolation::Fresh);
        Self {
            user: whose.user.map(str::to_owned),
            submission: whose.submission,
            together: together.filter(|_| whose.user != Some(SELF_TEST)),
            pool: names::pool(profile),
            expected,
            progress: Some(whose.progress),
        }
    }
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
                if let Some(node) = state.desk.withdraw(task, part) {
                    self.shared.cancel(&node, state.desk.incarnation(), task, part);
                }
                drop(state);
                self.shared.moved.notify_one();
            }
        }
    }
}

impl Shared {
    /// Has a part done once, by a node other than the one that is avoided, where there is another.
    pub(super) async fn ask(
        self: &Arc<Self>,
        ask: &Ask<'_>,
        work: Work,
        avoided: Option<String>,
        cancel: &CancellationToken,
    ) -> Result<Reply, JudgeError> {
        let avoided = avoided.filter(|node| self.nodes.has_another(node, &ask.pool));
        let longest = Part { number: 0, work: work.clone() }.longest();
        let (events, mut told) = mpsc::unbounded_channel();
        let _leaving = self.enter(ask, work, avoided, events);
        let mut patience = NODE_PATIENCE;
        loop {
            let event = tokio::select! {
                biased;
                () = cancel.cancelled() => return Err(JudgeError::Cancelled),
                event = tokio::time::timeout(patience, told.recv()) => event,
            };
            match event {
                Ok(Some(Event::Begun)) => {
                    if let Some(progress) = ask.progress {
                        progress.tell(Progress::Served);
                    }
                    patience = longest * BEFORE + GRACE;
                }
                Ok(Some(Event::Done(reply))) => return Ok(reply),
                Ok(Some(Event::GivenUp(nodes))) => {
                    let why = format!("it was given to three nodes ({nodes}), and none has answered");
                    return Err(JudgeError::GivenUp(why));
                }
                Ok(None) | Err(_) => return Err(not_served()),
            }
        }
    }

    fn enter(
        self: &Arc<Self>,
        ask: &Ask<'_>,
        work: Work,
        avoided: Option<String>,
        events: mpsc::UnboundedSender<Event>,
    ) -> Leaving<'_> {
        let bytes = bytes_of(&work);
        let place = Arc::new(Mutex::new(Place::InLine { ticket: 0 }));
        let waiting =
            Waiting { work, submission: ask.submission, avoided, place: Arc::clone(&place), events };
        let item = Item {
            user: ask.user.clone(),
            together: ask.together.filter(|_| waiting.avoided.is_none()),
            pool: ask.pool.clone(),
            expected: ask.expected,
            bytes,
            what: waiting,
        };
        {
            let mut state = self.state();
            let ticket = state.line.push(item);
            *place.lock().unwrap_or_else(PoisonError::into_inner) = Place::InLine { ticket };
        }
        self.moved.notify_one();
        Leaving { shared: self, user: ask.user.clone(), place }
    }
}
