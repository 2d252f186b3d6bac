//! Tries of one part, by whatever nodes: which of them are not asked again, and when it is given up.

use std::sync::Arc;
use std::time::Instant;

use super::taking::Untold;
use super::{NODE_PATIENCE, not_served};
use crate::judge::JudgeError;

/// Tries that failed for a reason of a node's.
const MOST: usize = 3;

/// What was tried.
#[derive(Debug, Default)]
pub(super) struct Tries {
    /// Since when it is nobody's fault that it is not done.
    unserved: Option<Instant>,
    failures: Vec<String>,
    avoided: Vec<String>,
    /// Where it was late by little, and another node was to have it.
    close_on: Option<Arc<str>>,
}

impl Tries {
    /// Nodes that have it only where there is no other.
    pub(super) fn avoided(&self) -> &[String] {
        &self.avoided
    }

    /// A node could not serve it, as its disk is full, it stops, or what the part is made of has gone from the broker: another may, and that
    /// is held against nobody.
    pub(super) fn elsewhere(&mut self, node: &str) -> Result<(), JudgeError> {
        self.avoid(node);
        self.unserved()
    }

    fn unserved(&mut self) -> Result<(), JudgeError> {
        let since = self.unserved.get_or_insert_with(Instant::now);
        if since.elapsed() < NODE_PATIENCE { Ok(()) } else { Err(not_served()) }
    }

    /// It failed on a node, which is avoided.
    pub(super) fn failed(&mut self, node: &str, why: &str) -> Result<(), JudgeError> {
        self.avoid(node);
        self.failures.push(format!("{node}: {why}"));
        if self.failures.len() < MOST { Ok(()) } else { Err(JudgeError::GivenUp(self.failures.join("; "))) }
    }

    /// An answer was none: once more, but not for ever.
    pub(super) fn again(&mut self, node: &str, untold: Untold) -> Result<(), JudgeError> {
        match untold {
            Untold::Ours(why) => Err(why),
            Untold::Nobodys => self.unserved(),
            Untold::Gone(why) | Untold::Theirs(why) => self.failed(node, &why),
        }
    }

    /// It was late by little on a node, and others but these shall have it.
    pub(super) fn close(&mut self, node: &str, avoided: &[String]) {
        self.close_on = Some(node.into());
        avoided.iter().for_each(|node| self.avoid(node));
    }

    /// Where that has happened: once more would be for ever where all are late.
    pub(super) fn close_on(&self) -> Option<Arc<str>> {
        self.close_on.clone()
    }

    fn avoid(&mut self, node: &str) {
        if !self.avoided.iter().any(|avoided| avoided == node) {
            self.avoided.push(node.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_without_room_costs_no_try_and_one_that_lies_is_not_asked_again() {
        let mut tries = Tries::default();
        for _ in 0..10 {
            tries.elsewhere("full").unwrap();
        }
        tries.again("liar", Untold::Theirs("more output than is allowed".into())).unwrap();
        assert_eq!(tries.avoided(), ["full", "liar"]);
        tries.again("far", Untold::Nobodys).unwrap();
        tries.failed("poor", "broken").unwrap();
        assert!(matches!(tries.failed("bad", "broken"), Err(JudgeError::GivenUp(_))));
    }

    #[test]
    fn what_has_gone_on_its_way_is_done_by_another_and_not_for_ever() {
        let mut tries = Tries::default();
        let gone = || Untold::Gone("the content is not at the broker".into());
        tries.again("one", gone()).unwrap();
        assert_eq!(tries.avoided(), ["one"]);
        tries.again("two", gone()).unwrap();
        let Err(JudgeError::GivenUp(why)) = tries.again("three", gone()) else { panic!("it goes on") };
        assert!(why.starts_with("one: the content is not at the broker; two: "), "{why}");
    }

    #[test]
    fn what_was_late_by_little_has_one_more_run_and_whoever_fails_at_that_is_followed_by_another() {
        let mut tries = Tries::default();
        tries.close("slow", &["slow".to_owned(), "slower".to_owned()]);
        tries.failed("fast", "it has gone").unwrap();
        assert_eq!(tries.avoided(), ["slow", "slower", "fast"]);
        assert_eq!(tries.close_on().as_deref(), Some("slow"), "what comes of it now counts");
    }
}
