//! What a token may be used for.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One thing that a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Submit and cancel; all of the go-judge API.
    Submit,
    /// Look at submissions that came with the token, and at problems.
    Read,
    /// Look at the submissions, problems and orders of every token, and do with them what the other scopes allow.
    ReadAll,
    /// Push and remove problems.
    Problems,
    /// Read the metrics.
    Metrics,
    /// Recycle, forgive, judge again, remove a user's data; together with `read-all`: make and revoke tokens.
    Operate,
}

impl Scope {
    /// All there are.
    pub const ALL: [Self; 6] =
        [Self::Submit, Self::Read, Self::ReadAll, Self::Problems, Self::Metrics, Self::Operate];
    /// Their names.
    pub const NAMES: [&str; 6] = ["submit", "read", "read-all", "problems", "metrics", "operate"];

    /// As it is written.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// The one that is written so.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Some scopes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scopes(u8);

impl Scopes {
    /// All there are.
    pub fn all() -> Self {
        Scope::ALL.into_iter().collect()
    }

    /// Is it one of them?
    pub fn has(self, scope: Scope) -> bool {
        self.0 & 1 << scope as u8 != 0
    }

    /// With one of these problems are kept, or everything is seen: what is not for those who submit may be known.
    pub fn keep_problems(self) -> bool {
        [Scope::Problems, Scope::ReadAll].into_iter().any(|scope| self.has(scope))
    }

    /// The first that these have and others have not.
    pub fn beyond(self, others: Self) -> Option<Scope> {
        self.iter().find(|scope| !others.has(*scope))
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.has(*scope))
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<T: IntoIterator<Item = Scope>>(scopes: T) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | 1 << scope as u8))
    }
}

/// Their names, separated by spaces.
impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.iter().map(Scope::name).collect();
        f.write_str(&names.join(" "))
    }
}
