//! The place of a submission in the queue while it is being stored.

use super::Shared;
use super::party::Party;
use crate::submission::{Footprint, SubmissionId};

/// What is reserved for a submission. It is given back when this is dropped, also where we panic over it, unless the submission
/// has come to wait.
#[derive(Debug)]
pub(super) struct Place<'a> {
    shared: &'a Shared,
    id: SubmissionId,
    party: Party,
    pub(super) footprint: Footprint,
    is_taken: bool,
}

impl<'a> Place<'a> {
    /// What has just been reserved.
    pub(super) fn reserved(shared: &'a Shared, id: SubmissionId, party: Party, footprint: Footprint) -> Self {
        Self { shared, id, party, footprint, is_taken: false }
    }

    /// The submission waits: whoever takes it out of the queue gives its place back.
    pub(super) fn take(mut self) {
        self.is_taken = true;
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if self.is_taken {
            return;
        }
        self.shared.store.events().leave(self.id);
        let mut state = self.shared.state();
        state.release(&self.party);
        state.stored.release(&self.footprint);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::Arc;

    use chrono::Utc;
    use tokio_util::sync::CancellationToken;

    use crate::config::Config;
    use crate::judge::test_support::submission;
    use crate::judge::{JudgeError, Judgement, Progress};
    use crate::queue::{Judging, Queue};
    use crate::store::Store;
    use crate::submission::Submission;
    use crate::throttle::Throttle;
    use crate::tokens::Tokens;

    struct Nothing;

    impl Judging for Nothing {
        async fn judge(
            &self,
            _submission: &Submission,
            _progress: &(dyn Fn(Progress) + Send + Sync),
            _cancel: &CancellationToken,
        ) -> Result<Judgement, JudgeError> {
            Err(JudgeError::Cancelled)
        }
    }

    #[tokio::test]
    async fn a_place_is_given_back_by_whoever_panics_before_it_is_taken() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        let store = Store::open(&path.join("gavel.sqlite"), &path.join("blobs")).await.unwrap();
        let Config { queue, throttle, .. } = Config::default();
        let throttle = Arc::new(Throttle::new(throttle, HashMap::new()));
        let queue = Queue::start(queue, store, throttle, Tokens::default(), Arc::new(Nothing), 1);
        let shared = queue.await.unwrap().shared;
        let submission = Submission { token: Some("cs101".into()), ..submission("int main") };
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            let _place = shared.reserve(&submission, Utc::now()).unwrap();
            assert_eq!(shared.state().total, 1);
            panic!("by the test's will");
        }));
        assert!(panicked.is_err());
        let state = shared.state();
        assert_eq!((state.total, state.stored.bytes()), (0, 0));
        assert!(state.reserved.is_empty() && state.of_tokens.is_empty());
        drop(state);
        shared.reserve(&submission, Utc::now()).unwrap().take();
        assert_eq!(shared.state().total, 1);
    }
}
