//! Orders to judge submissions again, and how far each has come. The list of what is to be judged is on disk: a server
//! that dies goes on with it after its next start.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::content::BlobId;
use crate::judge::Verdict;
use crate::submission::SubmissionId;

mod gathering;
mod items;
mod orders;

pub(super) use items::{drop_items, drop_submission, settle};

/// Names an order; random, as that of a submission.
pub type RejudgeId = uuid::Uuid;

/// Submissions that are gathered in one transaction, so that no other write waits long.
const CHUNK: i64 = 1000;

/// Which submissions are to be judged again: those that are judged, and of which all that is said here is true.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Selection {
    /// One of these; none: any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub submissions: Vec<SubmissionId>,
    /// Judged by this problem.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Of this user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// In this language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// With this verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// Accepted then or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
    /// Accepted before then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// The version of the problem to judge by, in 64 hexadecimal digits; none: the newest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// What a selection comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Selected {
    /// Submissions.
    pub total: u64,
    /// Of them, those whose inputs, or whose problem, are not there any more.
    pub impossible: u64,
}

/// Where an order has got to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RejudgeState {
    /// Its submissions are being looked for.
    Gathering,
    /// They are judged, or wait for it.
    Running,
    /// All are judged, or cannot be.
    Done,
    /// Nothing more of it is judged.
    Cancelled,
}

/// An order.
#[derive(Debug, Clone, PartialEq)]
pub struct Rejudge {
    /// Its place among all, for the next page.
    pub seq: i64,
    /// Its name.
    pub id: RejudgeId,
    /// Where it has got to.
    pub state: RejudgeState,
    /// What it was asked for.
    pub selection: Selection,
    /// Its submissions; of one that is being gathered, those so far.
    pub total: u64,
    /// When it was given.
    pub created_at: DateTime<Utc>,
    /// When it was done or cancelled.
    pub finished_at: Option<DateTime<Utc>>,
}

/// What became of the submissions of an order so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Those that wait.
    pub waiting: u64,
    /// Those that are being judged.
    pub running: u64,
    /// Those that cannot be judged.
    pub failed: u64,
    /// Those that were not judged before it was cancelled.
    pub cancelled: u64,
    /// Those that are judged, by the verdicts before and after.
    pub done: Vec<(Verdict, Verdict, u64)>,
}

/// What became of a submission of an order.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Its place among all, for the next page.
    pub seq: i64,
    /// The submission.
    pub id: SubmissionId,
    /// Whose it is.
    pub user: Option<String>,
    /// `waiting`, `running`, `done`, `failed`, or `cancelled`.
    pub state: String,
    /// The verdict before.
    pub before: Option<Verdict>,
    /// The verdict now.
    pub after: Option<Verdict>,
    /// Tests that came to something else.
    pub changed: u32,
    /// Why it failed.
    pub reason: Option<String>,
}

/// Which outcomes to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Outcomes {
    /// All.
    #[default]
    All,
    /// Of those that are judged, whose verdict or whose tests came to something else.
    Changed,
    /// Those that cannot be judged.
    Failed,
}

/// A submission whose turn has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The order's place among all.
    pub rejudge: i64,
    /// The submission's.
    pub seq: i64,
    /// The submission.
    pub id: SubmissionId,
    /// The version of the problem that the order names.
    pub version: Option<BlobId>,
    /// The number of the attempt that has begun.
    pub attempt: u32,
}

impl RejudgeState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Gathering => "gathering",
            Self::Running => "running",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }

    fn parse(text: &str) -> Self {
        match text {
            "gathering" => Self::Gathering,
            "running" => Self::Running,
            "cancelled" => Self::Cancelled,
            _ => Self::Done,
        }
    }

    /// Nothing follows.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled)
    }
}

fn signed(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
