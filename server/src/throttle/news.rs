//! What happens to users' strikes: as it is stored, and as coordinators tell it to each other.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Strikes;
use crate::judge::Verdict;

/// Something that may change a user's strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happened {
    /// A submission has run out of time.
    TimedOut,
    /// One has ended otherwise.
    Ended,
    /// An operator has forgiven all.
    Forgiven,
}

impl From<Verdict> for Happened {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::TimeLimitExceeded => Self::TimedOut,
            Verdict::Accepted
            | Verdict::WrongAnswer
            | Verdict::CompileError
            | Verdict::RuntimeError
            | Verdict::MemoryLimitExceeded
            | Verdict::OutputLimitExceeded
            | Verdict::JudgeError
            | Verdict::InternalError => Self::Ended,
        }
    }
}

/// What has happened to whom, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// The user among those of all tokens.
    pub person: String,
    /// What.
    pub what: Happened,
    /// When.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub at: DateTime<Utc>,
}

/// Longest person, in bytes: the name of a token and that of a user.
const LONGEST_PERSON: usize = 1024;

impl News {
    /// It is of somebody who there may be.
    pub fn is_possible(&self) -> bool {
        (1..=LONGEST_PERSON).contains(&self.person.len())
    }
}

/// News, and the strikes that follow from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Struck {
    /// What has happened.
    pub news: News,
    /// What there is then.
    pub strikes: Strikes,
}
