//! What was last said of a node: that it is to begin nothing, and why, or that it may begin again. The broker keeps it, of each node the
//! last word, so that all coordinators say the same, whichever of them was told, and say it after a restart, too.

use serde::{Deserialize, Serialize};

use super::nodes::shortened;

/// Another form of message would have another number.
const PROTOCOL: u32 = 1;

/// The last word on a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// It is to begin nothing.
    pub(super) is_drained: bool,
    /// Why, where no operator has wanted it.
    pub(super) why: Option<String>,
}

/// As the broker keeps it.
#[derive(Debug, Serialize, Deserialize)]
struct Written {
    protocol: u32,
    drained: bool,
    #[serde(default)]
    why: Option<String>,
}

impl Word {
    /// An operator's.
    pub(super) fn of_operator(is_drained: bool) -> Self {
        Self { is_drained, why: None }
    }

    /// It is drained for this.
    pub(super) fn drained_for(why: &str) -> Self {
        Self { is_drained: true, why: Some(shortened(why).to_owned()) }
    }

    /// As it is kept.
    pub(super) fn written(&self) -> serde_json::Result<Vec<u8>> {
        let Self { is_drained: drained, why } = self.clone();
        serde_json::to_vec(&Written { protocol: PROTOCOL, drained, why })
    }

    /// As it was kept; none where no coordinator of this version would have written that.
    pub(super) fn read(payload: &[u8]) -> Option<Self> {
        let Written { protocol, drained, why } = serde_json::from_slice(payload).ok()?;
        let why = why.map(|why| shortened(&why).to_owned());
        (protocol == PROTOCOL).then_some(Self { is_drained: drained, why })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_read_as_it_was_written_and_nothing_else_is_one() {
        for word in [Word::of_operator(true), Word::of_operator(false), Word::drained_for("it lies")] {
            assert_eq!(Word::read(&word.written().unwrap()), Some(word));
        }
        let bare = Word::read(br#"{"protocol": 1, "drained": true}"#);
        assert_eq!(bare, Some(Word::of_operator(true)));
        for other in [&b"rubbish"[..], br#"{"protocol": 2, "drained": true}"#, br#"{"protocol": 1}"#] {
            assert_eq!(Word::read(other), None);
        }
    }
}
