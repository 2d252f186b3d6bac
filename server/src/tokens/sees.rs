//! Whose submissions, problems and orders somebody may see. What may not be seen is as what is not there.

use std::sync::Arc;

use sqlx::{QueryBuilder, Sqlite};

/// What somebody may see of what came with tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sees {
    /// All there is.
    Everything,
    /// What came with this named token; none: what came with no named one.
    Own(Option<Arc<str>>),
}

/// Which problems somebody may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeesProblems {
    /// Of which tokens; those that came with no named one are for all.
    pub of: Sees,
    /// Those that are private as well.
    pub private: bool,
}

impl SeesProblems {
    /// All there are.
    pub const EVERYTHING: Self = Self { of: Sees::Everything, private: true };

    /// One that this token has pushed, and that is private or not?
    pub fn has(&self, token: Option<&str>, private: bool) -> bool {
        (token.is_none() || self.of.has(token)) && (self.private || !private)
    }
}

impl Sees {
    /// What came with this token?
    pub fn has(&self, token: Option<&str>) -> bool {
        match self {
            Self::Everything => true,
            Self::Own(own) => own.as_deref() == token,
        }
    }

    /// For the store: as a condition of rows that have the column `token`. An index of named tokens serves `=` and not `IS`.
    pub(crate) fn push(&self, sql: &mut QueryBuilder<Sqlite>) {
        match self {
            Self::Everything => {}
            Self::Own(Some(token)) => {
                sql.push(" AND token = ").push_bind(token.to_string());
            }
            Self::Own(None) => {
                sql.push(" AND token IS NULL");
            }
        }
    }

    /// For the store: is it all, and if not, with which token it came.
    pub(crate) fn columns(&self) -> (bool, Option<String>) {
        match self {
            Self::Everything => (true, None),
            Self::Own(own) => (false, own.as_deref().map(str::to_owned)),
        }
    }
}
