//! One attempt to judge a submission again.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::Shared;
use crate::events::About;
use crate::judge::{JudgeError, Judgement, Progress, Verdict};
use crate::problems::{self, NotOffered};
use crate::queue::{Judging, Spare, Stage};
use crate::sandbox::SandboxError;
use crate::store::{RejudgeItem, StoreError};
use crate::submission::{ProblemRef, Submission};
use crate::telemetry;
use crate::tokens::{Scope, Sees, SeesProblems};
use crate::watched::said;

/// So many attempts are made at most, also where the server died over each, or no sandbox was free for any.
const MOST_ATTEMPTS: u32 = 10;
/// Pause before another attempt.
const PAUSE: Duration = Duration::from_millis(500);

/// How an attempt ended.
enum Attempt {
    Judged(Box<Submission>, Box<Judgement>),
    /// It is cancelled: the store knows.
    Cancelled,
    /// It could not be made, through nothing that has to do with the submission: that counts as no attempt.
    NotMade(String),
    /// No sandbox was free in time: that may go on for a while, but there may also never be one.
    NotServed(String),
    /// Another attempt may go better.
    Failed(String),
    /// None will.
    Hopeless(String),
}

impl Shared {
    /// Judges a submission again, with all that the store must know of that.
    pub(super) async fn judge_again<J: Judging>(
        &self,
        item: &RejudgeItem,
        judging: &J,
        spare: &Spare,
        cancel: &Arc<CancellationToken>,
    ) {
        let span = tracing::info_span!("rejudge", submission.id = %item.id);
        let attempt = AssertUnwindSafe(self.attempt(item, judging, spare, cancel).instrument(span));
        let ended = attempt.catch_unwind().await;
        let ended =
            ended.unwrap_or_else(|panic| Attempt::Failed(format!("the judge panicked: {}", said(&*panic))));
        match ended {
            Attempt::Cancelled => {}
            Attempt::Judged(submission, judgement) => self.keep(item, &submission, &judgement).await,
            Attempt::NotMade(why) => self.put_back(item, &why, true).await,
            Attempt::NotServed(why) if item.attempt < self.most_attempts() => {
                self.put_back(item, &why, false).await;
            }
            Attempt::Failed(why) if item.attempt < self.config.queue.attempts => {
                self.put_back(item, &why, false).await;
            }
            Attempt::NotServed(why) | Attempt::Failed(why) | Attempt::Hopeless(why) => {
                self.give_up(item, why).await;
            }
        }
    }

    fn most_attempts(&self) -> u32 {
        self.config.queue.attempts.max(MOST_ATTEMPTS)
    }

    async fn keep(&self, item: &RejudgeItem, submission: &Submission, judgement: &Judgement) {
        let version = submission.problem.as_ref().map(|problem| problem.version);
        let keep = self.config.store.old_judgements;
        let finish = || self.store.finish_item(item, judgement, version, keep);
        if self.insist("store a judgement", finish).await {
            let verdict = judgement.verdict;
            tracing::info!(%verdict, "Judged submission {} again: {verdict}", item.id);
        }
    }

    async fn put_back(&self, item: &RejudgeItem, why: &str, uncounted: bool) {
        tracing::warn!(attempt = item.attempt, "Submission {} is judged again later: {why}", item.id);
        tokio::time::sleep(PAUSE).await;
        self.insist("put a submission back", || self.store.put_item_back(item, uncounted)).await;
        self.arrived.notify_one();
    }

    async fn give_up(&self, item: &RejudgeItem, why: String) {
        tracing::warn!(attempt = item.attempt, "Submission {} cannot be judged again: {why}", item.id);
        self.insist("give up a submission", || self.store.fail_item(item, why.clone())).await;
    }

    async fn attempt<J: Judging>(
        &self,
        item: &RejudgeItem,
        judging: &J,
        spare: &Spare,
        cancel: &Arc<CancellationToken>,
    ) -> Attempt {
        if item.attempt > self.most_attempts() {
            return Attempt::Hopeless("the server stopped unexpectedly during every attempt".into());
        }
        // Before it is looked whether its order has ended: who ends it then finds the attempt, or the attempt finds that.
        let stage = self.enter(item.id, item.rejudge, Arc::clone(cancel));
        match self.store.is_current(item).await {
            Ok(true) => {}
            Ok(false) => return Attempt::Cancelled,
            Err(why) => return Attempt::Failed(why.to_string()),
        }
        let submission = match self.prepared(item).await {
            Ok(Ok(submission)) => submission,
            Ok(Err(why)) => return Attempt::Hopeless(why),
            Err(why @ StoreError::Unreadable { .. }) => return Attempt::Hopeless(why.to_string()),
            Err(why) => return Attempt::Failed(why.to_string()),
        };
        let among_all = Arc::new(submission.clone()).among_all();
        let events = self.store.events();
        events.enter_again(Arc::new(About::of(&submission)));
        let progress = |progress| match progress {
            Progress::Served => {}
            Progress::Compiling => {
                stage.send_replace(Stage::Compiling);
                events.advance(item.id, Stage::Compiling);
            }
            Progress::Running { done } => {
                stage.send_replace(Stage::Running { done });
                events.advance(item.id, Stage::Running { done });
            }
            Progress::Tested(tested) => events.tested(item.id, tested),
        };
        let judged = judging.judge_behind(&among_all, &progress, cancel, spare).await;
        ended(submission, judged, cancel)
    }

    /// The submission as it is judged now, by the version of its problem that the order names, or the newest; or why it
    /// cannot be.
    async fn prepared(&self, item: &RejudgeItem) -> Result<Result<Submission, String>, StoreError> {
        let Some(mut submission) = self.store.judged_request(item.id).await? else {
            return Ok(Err("its inputs are not kept any more (`store.keep_tests`)".into()));
        };
        if let Err(why) = self.readiness.check(&submission.language, &self.operations.status()) {
            return Ok(Err(why.to_string()));
        }
        let Some(judged_by) = submission.problem.clone() else { return Ok(Ok(submission)) };
        let sees = self.seen_by(&submission, &judged_by).await?;
        let problem = match self.problems.to_judge_by(&sees, &judged_by.id, item.version).await? {
            Ok(problem) => problem,
            Err(NotOffered::NotThere { id, version }) => {
                let version = if version.is_some() { " in this version" } else { "" };
                return Ok(Err(format!("there is no problem `{id}`{version} any more that its token sees")));
            }
            Err(why @ NotOffered::TellsMore(_)) => return Ok(Err(why.to_string())),
        };
        if let Err((_field, why)) = problems::check(&problem, &submission, &self.languages) {
            return Ok(Err(why));
        }
        problems::fit(&mut submission, &problem, &self.languages, &self.config.limits);
        Ok(Ok(submission))
    }

    /// Problems that a submission may be judged by: those that its token sees. Another token's may have come in the place of
    /// the one that it was judged by, and a judgement tells of its tests.
    async fn seen_by(
        &self,
        submission: &Submission,
        judged_by: &ProblemRef,
    ) -> Result<SeesProblems, StoreError> {
        let own = Sees::Own(submission.token.clone());
        if let Some(name) = submission.token.as_deref() {
            let scopes = self.queue.tokens().get(name).map(|token| token.scopes).unwrap_or_default();
            let of = if scopes.has(Scope::ReadAll) { Sees::Everything } else { own };
            return Ok(SeesProblems { of, private: scopes.keep_problems() });
        }
        // It may be an operator's, who saw all: then the version that it was judged by is there still. Who comes with no named token,
        // and submits, keeps problems.
        let ProblemRef { id, version } = judged_by;
        let known = self.problems.get(&SeesProblems::EVERYTHING, id, Some(*version)).await?;
        let of = if known.is_some() { Sees::Everything } else { own };
        Ok(SeesProblems { of, private: true })
    }
}

fn ended(
    submission: Submission,
    judged: Result<Judgement, JudgeError>,
    cancel: &CancellationToken,
) -> Attempt {
    match judged {
        // That we failed is no reason to take away what somebody has.
        Ok(judgement) if judgement.verdict == Verdict::InternalError => {
            Attempt::Failed(judgement.reason.unwrap_or_default())
        }
        Ok(judgement) => Attempt::Judged(Box::new(submission), Box::new(judgement)),
        Err(_) if cancel.is_cancelled() => Attempt::Cancelled,
        Err(JudgeError::Cancelled) => Attempt::NotMade("the attempt was given up".into()),
        Err(JudgeError::Missing { .. }) => {
            Attempt::Hopeless("its sources or its inputs are not kept any more".into())
        }
        Err(why) if why.is_final() => Attempt::Hopeless(why.to_string()),
        Err(JudgeError::Sandbox(why @ SandboxError::Busy { .. })) => Attempt::NotServed(why.to_string()),
        Err(JudgeError::Sandbox(why @ SandboxError::Stopping)) => Attempt::NotMade(why.to_string()),
        Err(why) if crate::queue::is_of_a_full_disk(&why) => Attempt::NotMade(telemetry::chain(&why)),
        Err(why) => Attempt::Failed(telemetry::chain(&why)),
    }
}
