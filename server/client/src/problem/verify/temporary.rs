//! The problem that is verified, and what we have under way on the server.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use crate::failure::Failure;
use crate::http::{Ask, Client};
use crate::patience::Patience;
use crate::problem::Id;

/// A problem that tells all of its secret tests, to those alone who keep problems, and is removed at the end.
#[derive(Debug)]
pub(super) struct Problem<'a> {
    client: &'a Client,
    id: Id,
    /// It may be on the server.
    sent: AtomicBool,
    under_way: Mutex<BTreeSet<String>>,
}

impl<'a> Problem<'a> {
    /// With an id of its own.
    pub(super) fn new(client: &'a Client) -> Self {
        Self { client, id: own_id(), sent: AtomicBool::new(false), under_way: Mutex::default() }
    }

    pub(super) fn client(&self) -> &'a Client {
        self.client
    }

    pub(super) fn id(&self) -> &Id {
        &self.id
    }

    /// Sends it, perhaps once more; its version.
    pub(super) fn push(
        &self,
        push: impl FnOnce(&Client, &Id) -> Result<(u16, Value), Failure>,
    ) -> Result<Option<String>, Failure> {
        // Before it is: an answer may be lost.
        let before = self.sent.swap(true, Ordering::SeqCst);
        let pushed = push(self.client, &self.id);
        if matches!(pushed, Err(Failure::Refused(_))) {
            self.sent.store(before, Ordering::SeqCst);
        }
        Ok(pushed?.1["version"].as_str().map(str::to_owned))
    }

    /// A submission is under way.
    pub(super) fn begin(&self, submission: &str) {
        self.submissions(|all| all.insert(submission.to_owned()));
    }

    /// It is judged.
    pub(super) fn end(&self, submission: &str) {
        self.submissions(|all| all.remove(submission));
    }

    /// Removes it.
    ///
    /// # Errors
    /// It may still be there.
    pub(super) fn remove(&self) -> Result<(), Failure> {
        if !self.sent.swap(false, Ordering::SeqCst) {
            return Ok(());
        }
        match self.client.ask(Ask::remove(&self.id.path())) {
            Err(Failure::Refused(refusal)) if refusal.status == 404 => Ok(()),
            removed => removed.map(|_| ()),
        }
    }

    /// Cancels what is under way and removes the problem, as far as that goes quickly.
    ///
    /// # Errors
    /// The problem may still be there.
    pub(super) fn abandon(&self) -> Result<(), Failure> {
        let under_way = self.submissions(std::mem::take);
        for submission in under_way {
            let cancel = Ask::cancel(&format!("submissions/{submission}")).with(Patience::SHORT);
            // One that cannot be cancelled will be judged and is in nobody's way.
            drop(self.client.ask(cancel));
        }
        self.remove()
    }

    fn submissions<T>(&self, change: impl FnOnce(&mut BTreeSet<String>) -> T) -> T {
        change(&mut self.under_way.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

fn own_id() -> Id {
    let unique = uuid::Uuid::new_v4().simple().to_string();
    match format!("verify-{unique}").parse() {
        Ok(id) => id,
        Err(why) => unreachable!("{why}"),
    }
}
