//! The descriptors that requests may have open: the process has so many, and without one nobody can connect.

use std::collections::BTreeSet;
use std::time::Duration;

use super::refusal::Refusal;
use super::request::{Command, CopiedIn, Request, Source};
use crate::descriptors;
use crate::shares::{Share, Shares};

/// More are of no use.
const MOST: u64 = 65_536;

/// How long a request waits for others to close theirs.
const PATIENCE: Duration = Duration::from_secs(3);

/// Contents travel in frames; those of one have descriptors at one time.
const CONTENTS: usize = 250;

/// What is left in the box of a command may be so many files.
const LEFT: usize = gavel_protocol::MAX_LEAVINGS + 1;

/// All of them.
#[derive(Debug)]
pub(super) struct Descriptors(Shares);

impl Descriptors {
    /// As many as are for requests of what the process may have.
    pub(super) fn new() -> Self {
        let all = descriptors::Share::Commands.descriptors().min(MOST);
        Self(Shares::new(usize::try_from(all).unwrap_or(usize::MAX)))
    }

    /// Waits until those are free that a request needs. Who needs fewer passes, and one sender leaves some to others.
    ///
    /// # Errors
    /// It needs more than one may have, or they are not free in time.
    pub(super) async fn take(&self, request: &Request) -> Result<Share, Refusal> {
        let (needed, most) = (needed(request), self.0.most_of_one());
        if needed > most {
            return Err(Refusal::Bad(format!("too many files: {needed} > {most}")));
        }
        let taken = tokio::time::timeout(PATIENCE, self.0.take(&request.sender, needed)).await;
        taken.map_err(|_elapsed| Refusal::Busy("too many files are open".to_owned()))
    }
}

/// Descriptors that a request has open at one time, at most.
pub(super) fn needed(request: &Request) -> usize {
    // Two pipes of two ends each, where a relay is in the middle.
    request.commands.iter().map(of_command).sum::<usize>() + 4 * request.pipes.len()
}

fn of_command(command: &Command) -> usize {
    let opened: BTreeSet<&str> = command.copy_in.values().filter_map(opened).collect();
    let is_content = |file: &&CopiedIn| matches!(file, CopiedIn::Source(Source::Content(_)));
    let contents = command.copy_in.values().filter(is_content).count();
    let left = if command.copy_out_dir.is_empty() { 0 } else { LEFT };
    // A pipe has two ends, a terminal three.
    3 * command.files.len()
        + opened.len()
        + contents.min(CONTENTS)
        + command.copy_out.len()
        + command.copy_out_cached.len()
        + left
}

/// What a file is opened by: several of one name are one.
fn opened(file: &CopiedIn) -> Option<&str> {
    match file {
        CopiedIn::Source(Source::Local(name) | Source::Stored(name)) => Some(name),
        CopiedIn::Source(Source::Content(_))
        | CopiedIn::Symlink(_)
        | CopiedIn::Collector
        | CopiedIn::Unusable(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(copy_in: impl IntoIterator<Item = (String, CopiedIn)>) -> Request {
        let command = Command { copy_in: copy_in.into_iter().collect(), ..Command::default() };
        Request { commands: vec![command], ..Request::default() }
    }

    fn stored(id: &str) -> CopiedIn {
        CopiedIn::Source(Source::Stored(id.to_owned()))
    }

    #[test]
    fn one_file_needs_one_however_often_it_is_copied_in() {
        assert_eq!(needed(&request((0..40_000).map(|name| (name.to_string(), stored("A"))))), 1);
        assert_eq!(needed(&request((0..100).map(|name| (name.to_string(), stored(&name.to_string()))))), 100);
        let content = || CopiedIn::Source(Source::Content("x".into()));
        assert_eq!(needed(&request((0..10_000).map(|name| (name.to_string(), content())))), CONTENTS);
    }

    #[tokio::test(start_paused = true)]
    async fn who_needs_more_than_one_may_have_is_refused_and_others_wait_for_each_other() {
        let descriptors = Descriptors(Shares::new(100));
        let of = |sender: &str, count: usize| {
            let files = (0..count).map(|name| (name.to_string(), stored(&name.to_string())));
            Request { sender: sender.to_owned(), ..request(files) }
        };
        let refused = descriptors.take(&of("a", 76)).await.unwrap_err();
        assert_eq!(refused, Refusal::Bad("too many files: 76 > 75".to_owned()));
        let first = descriptors.take(&of("a", 75)).await.unwrap();
        for greedy in [of("a", 1), of("b", 26)] {
            let refused = descriptors.take(&greedy).await.unwrap_err();
            assert!(matches!(refused, Refusal::Busy(_)));
        }
        drop(descriptors.take(&of("b", 25)).await.unwrap());
        drop(first);
        drop(descriptors.take(&of("b", 75)).await.unwrap());
    }
}
