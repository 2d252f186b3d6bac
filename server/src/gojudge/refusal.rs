//! What a request comes to: results, or why there are none.

use super::answer::CommandResult;
use crate::account::Full;

/// What a request comes to.
pub(crate) type Outcome = Result<Vec<CommandResult>, Refusal>;

/// Why a request is answered without results.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// 400: the request makes no sense.
    Bad(String),
    /// 400, which is 500 in go-judge's contract: it is understood, and asks for more than there ever is. On a connection of several
    /// requests it is one that has failed.
    TooMuch(String),
    /// 500 in go-judge's contract: what the request names cannot be had.
    Failed(String),
    /// 503, which go-judge does not have: it may be had later.
    Busy(String),
}

impl From<Full> for Refusal {
    fn from(full: Full) -> Self {
        match full {
            Full::Now => Self::Busy(full.to_string()),
            Full::Ever { .. } => Self::Bad(full.to_string()),
        }
    }
}
