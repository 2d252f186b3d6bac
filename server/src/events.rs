//! What happens to submissions, told to whoever follows many of them: how far those have come that are under way, from memory,
//! and that something has ended, which is in the store under a number.
//!
//! Whatever is told of a submission is told in its order. An end is told by the store's writer, in the order of the numbers
//! and once it is on disk: so all that was told of a submission before its end comes before that, and whoever has read the
//! store up to the [last](Snapshot::last) number has missed no end, and none of what is live has ended.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::broadcast;

use crate::judge::Tested;
use crate::queue::Stage;
use crate::submission::{Submission, SubmissionId};

/// What may be told that a follower has not read yet; one that is further behind is told where all stand.
const BEHIND: usize = 4096;

/// All that happens. Copies are of the same.
#[derive(Debug, Clone)]
pub struct Events(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    told: broadcast::Sender<Told>,
}

#[derive(Debug)]
struct State {
    live: HashMap<SubmissionId, Entry>,
    last: i64,
}

#[derive(Debug)]
struct Entry {
    live: Live,
    /// What is to be told of it once it is on disk; none: it is.
    unsaid: Option<Vec<Told>>,
}

/// What a submission is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Its id.
    pub id: SubmissionId,
    /// The named token that it came with.
    pub token: Option<Arc<str>>,
    /// Whose it is.
    pub user: Option<String>,
    /// What the site calls it.
    pub reference: BTreeMap<String, String>,
    /// Id of the problem that it is judged by.
    pub problem: Option<String>,
}

/// A submission that is under way.
#[derive(Debug, Clone)]
pub struct Live {
    /// Which.
    pub about: Arc<About>,
    /// How far it has come.
    pub stage: Stage,
    /// It is judged again.
    pub again: bool,
}

/// What is told.
#[derive(Debug, Clone)]
pub enum Told {
    /// A submission has come so far.
    Stage(Live),
    /// A test of it is done.
    Test(Live, Tested),
    /// There is an end in the store, of this number; of what, where that was under way here.
    Ended(i64, Option<Arc<About>>),
    /// It is not judged again after all.
    Left(Live),
}

/// Where all stand at one moment, and whatever is told behind it.
#[derive(Debug)]
pub struct Snapshot {
    /// What is under way and wanted.
    pub live: Vec<Live>,
    /// The number of the last end.
    pub last: i64,
    /// What follows.
    pub told: broadcast::Receiver<Told>,
}

impl About {
    /// What this submission is known by.
    pub fn of(submission: &Submission) -> Self {
        Self {
            id: submission.id,
            token: submission.token.clone(),
            user: submission.user.clone(),
            reference: submission.reference.clone(),
            problem: submission.problem.as_ref().map(|problem| problem.id.clone()),
        }
    }
}

impl Events {
    /// Those behind the end of this number.
    pub fn behind(last: i64) -> Self {
        let state = Mutex::new(State { live: HashMap::new(), last });
        Self(Arc::new(Shared { state, told: broadcast::Sender::new(BEHIND) }))
    }

    /// Follows from now on what is wanted of it, of all that is told.
    pub fn follow(&self, wanted: impl Fn(&About) -> bool) -> Snapshot {
        let state = self.state();
        let stored = state.live.values().filter(|entry| entry.unsaid.is_none());
        let stored = stored.filter(|entry| wanted(&entry.live.about));
        let live = stored.map(|entry| entry.live.clone()).collect();
        Snapshot { live, last: state.last, told: self.0.told.subscribe() }
    }

    /// A submission is under way. Nothing is told of it before it is [stored](Self::stored).
    pub(crate) fn enter(&self, about: Arc<About>) {
        let live = Live { about, stage: Stage::Queued, again: false };
        let entry = Entry { live: live.clone(), unsaid: Some(vec![Told::Stage(live)]) };
        self.state().live.insert(entry.live.about.id, entry);
    }

    /// It is on disk.
    pub(crate) fn stored(&self, id: SubmissionId) {
        if let Some(entry) = self.state().live.get_mut(&id) {
            self.say(entry.unsaid.take());
        }
    }

    /// A submission is judged again from now on.
    pub(crate) fn enter_again(&self, about: Arc<About>) {
        let live = Live { about, stage: Stage::Queued, again: true };
        let mut state = self.state();
        state.live.insert(live.about.id, Entry { live: live.clone(), unsaid: None });
        self.tell(Told::Stage(live));
    }

    /// It has come so far. What has ended stays where it is.
    pub(crate) fn advance(&self, id: SubmissionId, stage: Stage) {
        let mut state = self.state();
        let Some(entry) = state.live.get_mut(&id) else { return };
        let before = entry.live.stage;
        if before == stage || stage.is_final() {
            return;
        }
        entry.live.stage = stage;
        // That a test is done is told by itself.
        if !is_within(before, stage) {
            let told = Told::Stage(entry.live.clone());
            self.tell_of(entry, told);
        }
    }

    /// A test of it is done.
    pub(crate) fn tested(&self, id: SubmissionId, tested: Tested) {
        let mut state = self.state();
        let Some(entry) = state.live.get_mut(&id) else { return };
        entry.live.stage = Stage::Running { done: tested.done };
        let told = Told::Test(entry.live.clone(), tested);
        self.tell_of(entry, told);
    }

    /// It has ended, and that is on disk under this number.
    pub(crate) fn ended(&self, id: SubmissionId, number: i64) {
        let mut state = self.state();
        let about = state.live.remove(&id).map(|entry| {
            self.say(entry.unsaid);
            entry.live.about
        });
        state.last = state.last.max(number);
        self.tell(Told::Ended(number, about));
    }

    /// It is under way no more, and has not ended here: refused, put off, or removed.
    pub(crate) fn leave(&self, id: SubmissionId) {
        self.state().live.remove(&id);
    }

    /// It is not judged again any more, where it was.
    pub(crate) fn leave_again(&self, id: SubmissionId) {
        let mut state = self.state();
        if state.live.get(&id).is_some_and(|entry| entry.live.again)
            && let Some(entry) = state.live.remove(&id)
        {
            self.tell(Told::Left(entry.live));
        }
    }

    /// Tells of one that is on disk, or keeps it until then: as much as its tests at most.
    fn tell_of(&self, entry: &mut Entry, told: Told) {
        match &mut entry.unsaid {
            Some(unsaid) => unsaid.push(told),
            None => self.tell(told),
        }
    }

    fn say(&self, unsaid: Option<Vec<Told>>) {
        unsaid.into_iter().flatten().for_each(|told| self.tell(told));
    }

    /// To those who follow, where somebody does. The state is locked: so the order is one for all.
    fn tell(&self, told: Told) {
        if self.0.told.receiver_count() > 0 {
            // Nobody follows any more.
            drop(self.0.told.send(told));
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Both are of the same run over its tests.
fn is_within(before: Stage, after: Stage) -> bool {
    matches!((before, after), (Stage::Running { done: before }, Stage::Running { done: after }) if before <= after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Verdict;
    use crate::judge::test_support::submission;

    fn about() -> Arc<About> {
        Arc::new(About::of(&Submission { id: SubmissionId::new_v4(), ..submission("int main") }))
    }

    fn told(snapshot: &mut Snapshot) -> Vec<String> {
        let next = || {
            Some(match snapshot.told.try_recv().ok()? {
                Told::Stage(live) => format!("{:?}", live.stage),
                Told::Test(_, tested) => format!("test {} of {}", tested.done, tested.total),
                Told::Ended(number, _) => format!("end {number}"),
                Told::Left(_) => "left".into(),
            })
        };
        std::iter::from_fn(next).collect()
    }

    fn tested(done: u32) -> Tested {
        Tested { index: done - 1, verdict: Verdict::Accepted, done, total: 3 }
    }

    #[test]
    fn nothing_is_told_of_a_submission_before_it_is_on_disk() {
        let events = Events::behind(7);
        let mut follower = events.follow(|_| true);
        let (refused, accepted) = (about(), about());
        for one in [&refused, &accepted] {
            events.enter(Arc::clone(one));
            events.advance(one.id, Stage::Compiling);
        }
        events.leave(refused.id);
        assert!(told(&mut follower).is_empty() && events.follow(|_| true).live.is_empty());
        events.stored(accepted.id);
        events.stored(refused.id);
        assert_eq!(told(&mut follower), ["Queued", "Compiling"]);
        assert_eq!((events.follow(|_| true).live.len(), events.follow(|_| true).last), (1, 7));
    }

    #[test]
    fn what_ends_before_its_client_is_told_that_it_was_accepted_is_told_whole() {
        let events = Events::behind(0);
        let mut follower = events.follow(|_| true);
        let one = about();
        events.enter(Arc::clone(&one));
        events.advance(one.id, Stage::Running { done: 0 });
        events.tested(one.id, tested(1));
        events.ended(one.id, 1);
        events.stored(one.id);
        assert_eq!(told(&mut follower), ["Queued", "Running { done: 0 }", "test 1 of 3", "end 1"]);
    }

    #[test]
    fn what_is_told_of_a_submission_is_in_order_and_nothing_comes_behind_its_end() {
        let events = Events::behind(0);
        let mut follower = events.follow(|_| true);
        let one = about();
        events.enter(Arc::clone(&one));
        events.stored(one.id);
        events.advance(one.id, Stage::Running { done: 0 });
        events.tested(one.id, tested(1));
        events.advance(one.id, Stage::Running { done: 1 });
        // Another attempt.
        events.advance(one.id, Stage::Queued);
        events.advance(one.id, Stage::Running { done: 0 });
        events.ended(one.id, 1);
        events.tested(one.id, tested(2));
        events.advance(one.id, Stage::Running { done: 2 });
        events.leave(one.id);
        let running = "Running { done: 0 }";
        assert_eq!(told(&mut follower), ["Queued", running, "test 1 of 3", "Queued", running, "end 1"]);
        let now = events.follow(|_| true);
        assert!(now.live.is_empty() && now.last == 1);
    }

    #[test]
    fn what_is_not_judged_again_after_all_is_told_and_what_was_never_stored_is_not() {
        let events = Events::behind(0);
        let mut follower = events.follow(|_| true);
        let one = about();
        events.enter_again(Arc::clone(&one));
        events.leave_again(one.id);
        assert_eq!(told(&mut follower), ["Queued", "left"]);
    }
}
