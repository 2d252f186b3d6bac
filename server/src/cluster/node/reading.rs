//! What a message is, of which the broker says that it is a task.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use uuid::Uuid;

use super::LATER;
use crate::cluster::broker::SILENCE;
use crate::cluster::wire::{PROTOCOL, Task, TaskName, Work};
use crate::config::is_name;
use crate::content::BlobId;

/// Why a task is not done here.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// No coordinator has sent it, or nobody could do it.
    Nonsense(String),
    /// It is of another version: a node of that may do it.
    OtherVersion(String),
    /// A language of this id is another here than at the coordinator.
    OtherLanguage(String),
    /// There are no two sandboxes at one time.
    NoPairs,
}

impl Refused {
    /// After how long another node is to have it; none where nobody is.
    pub(super) fn after(&self) -> Option<Duration> {
        match self {
            Self::Nonsense(_) => None,
            Self::OtherVersion(_) => Some(SILENCE),
            Self::OtherLanguage(_) | Self::NoPairs => Some(LATER),
        }
    }
}

/// What a node can do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Abilities<'a> {
    /// The hashes of what its languages are, by id.
    pub(super) definitions: &'a BTreeMap<String, BlobId>,
    /// Sandboxes that it has at one time.
    pub(super) at_once: usize,
}

/// Of a task as much as it takes to ask whether it may be begun.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Label {
    /// Who wants it done.
    pub(super) coordinator: String,
    /// What they call it.
    pub(super) name: TaskName,
}

/// The same, as it is written.
#[derive(Deserialize)]
struct Labelled {
    protocol: u32,
    coordinator: String,
    incarnation: Uuid,
    id: u64,
}

/// What a message says of itself, without a look at what is to be done; none where it is no task of this version.
pub(super) fn label(payload: &[u8]) -> Option<Label> {
    let Labelled { protocol, coordinator, incarnation, id } = serde_json::from_slice(payload).ok()?;
    let is_ours = protocol == PROTOCOL && is_name(&coordinator);
    is_ours.then_some(Label { coordinator, name: TaskName { incarnation, task: id } })
}

/// What all versions of a task have.
#[derive(Deserialize)]
struct Versioned {
    #[serde(rename = "protocol")]
    _protocol: u32,
}

/// A message as the task that it is, where it can be done here: languages are what they are to the coordinator, and there are sandboxes
/// for it.
pub(super) fn read(payload: &[u8], abilities: Abilities<'_>) -> Result<Task, Refused> {
    let task: Task = serde_json::from_slice(payload).map_err(|why| {
        // A later version may know more kinds of work.
        let is_versioned = serde_json::from_slice::<Versioned>(payload).is_ok();
        let kind = if is_versioned { Refused::OtherVersion } else { Refused::Nonsense };
        kind(format!("it makes no sense: {why}"))
    })?;
    if !is_name(&task.coordinator) {
        return Err(Refused::Nonsense("it is of no coordinator".to_owned()));
    }
    if task.protocol != PROTOCOL {
        return Err(Refused::OtherVersion(format!("it is of version {} of the protocol", task.protocol)));
    }
    let mut languages = task.parts.iter().flat_map(|part| part.work.languages());
    if let Some(other) = languages.find(|language| !language.is_among(abilities.definitions)) {
        return Err(Refused::OtherLanguage(other.id.clone()));
    }
    let is_pair = task.parts.iter().any(|part| matches!(part.work, Work::Pair { .. }));
    if is_pair && abilities.at_once < 2 {
        return Err(Refused::NoPairs);
    }
    Ok(task)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;
    use crate::cluster::wire::{Part, Speech, VersionWork};
    use crate::judge::test_support::LIMITS;

    fn task() -> Value {
        let language = Speech { id: "c17".into(), definition: BlobId::of(b"c17") };
        let work = Work::Version(Box::new(VersionWork { language, limits: LIMITS }));
        let (coordinator, incarnation) = ("server".to_owned(), Uuid::nil());
        let parts = vec![Part { number: 0, work }];
        let task = Task { protocol: PROTOCOL, coordinator, incarnation, id: 7, submission: None, parts };
        serde_json::to_value(task).unwrap()
    }

    /// What becomes of a task where `c17` is this.
    fn becomes(task: &Value, c17: &[u8]) -> Result<Task, Refused> {
        let definitions = BTreeMap::from([("c17".to_owned(), BlobId::of(c17))]);
        read(task.to_string().as_bytes(), Abilities { definitions: &definitions, at_once: 1 })
    }

    fn with(key: &str, value: Value) -> Value {
        let mut task = task();
        task[key] = value;
        task
    }

    #[test]
    fn what_others_may_do_is_handed_back_and_what_nobody_can_is_not() {
        assert_eq!(becomes(&task(), b"c17").unwrap().id, 7);
        let refused = |task: &Value, c17: &[u8]| becomes(task, c17).unwrap_err();
        assert_eq!(refused(&task(), b"another"), Refused::OtherLanguage("c17".into()));
        let later = refused(&with("protocol", json!(PROTOCOL + 1)), b"c17");
        let unknown = refused(&with("parts", json!([{"number": 0, "work": {"dream": {}}}])), b"c17");
        for version in [later, unknown] {
            assert!(matches!(version, Refused::OtherVersion(_)), "{version:?}");
            assert_eq!(version.after(), Some(SILENCE));
        }
        for nonsense in [json!({"id": 7}), with("coordinator", json!("a.b")), json!("rubbish")] {
            let refused = refused(&nonsense, b"c17");
            assert!(matches!(refused, Refused::Nonsense(_)) && refused.after().is_none(), "{refused:?}");
        }
    }

    #[test]
    fn who_wants_a_task_done_is_known_without_a_look_at_what_that_is() {
        let name = TaskName { incarnation: Uuid::nil(), task: 7 };
        let expected = Label { coordinator: "server".into(), name };
        let unreadable = with("parts", json!([{"number": 0, "work": {"dream": {}}}]));
        for task in [task(), unreadable] {
            assert_eq!(label(task.to_string().as_bytes()).as_ref(), Some(&expected));
        }
        for other in [with("protocol", json!(PROTOCOL + 1)), with("coordinator", json!("a.b")), json!(7)] {
            assert_eq!(label(other.to_string().as_bytes()), None, "{other}");
        }
    }
}
