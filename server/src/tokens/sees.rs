//! Whose submissions, problems and orders somebody may see. What may not be seen is as what is not there.

use std::sync::Arc;

/// What somebody may see of what came with tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sees {
    /// All there is.
    Everything,
    /// What came with this named token; none: what came with no named one.
    Own(Option<Arc<str>>),
}

impl Sees {
    /// What came with this token?
    pub fn has(&self, token: Option<&str>) -> bool {
        match self {
            Self::Everything => true,
            Self::Own(own) => own.as_deref() == token,
        }
    }

    /// A problem that this token has pushed? Those that came with no named one are for all.
    pub fn has_problem_of(&self, token: Option<&str>) -> bool {
        token.is_none() || self.has(token)
    }

    /// For the store: is it all, and if not, with which token it came.
    pub(crate) fn columns(&self) -> (bool, Option<String>) {
        match self {
            Self::Everything => (true, None),
            Self::Own(own) => (false, own.as_deref().map(str::to_owned)),
        }
    }
}
