//! What a token may be like.

use chrono::{DateTime, Utc};

use crate::scope::Scopes;

/// Longest name of a token.
pub const NAME_MAX: usize = 64;
/// Most submissions that a token may let wait.
pub const QUOTA_MAX: usize = 1_000_000;
/// Priorities that a token may have.
pub const PRIORITIES: std::ops::RangeInclusive<u32> = 1..=16;
/// That of a token which says nothing of it, and of those that have no name.
pub const PRIORITY: u32 = 4;

/// A token that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// What it is called.
    pub name: String,
    /// What it may be used for.
    pub scopes: Scopes,
    /// Most of its submissions that wait.
    pub quota: Option<usize>,
    /// Its turns for each turn of a token of priority 1.
    pub priority: u32,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
}

/// What is to be another one of a token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Change {
    /// What it may be used for.
    pub scopes: Option<Scopes>,
    /// Most of its submissions that wait; none within: as many as the queue takes.
    pub quota: Option<Option<usize>>,
    /// Its turns for each turn of a token of priority 1.
    pub priority: Option<u32>,
    /// When it ends; none within: never.
    pub expires_at: Option<Option<DateTime<Utc>>>,
}

/// A field that makes no sense, and why.
pub type Wrong = (&'static str, String);

impl NewToken {
    /// All its fields that make no sense.
    pub fn wrong(&self) -> Vec<Wrong> {
        let Self { name, scopes, quota, priority, expires_at } = self;
        let name = check_name(name).err().map(|why| ("name", why));
        let terms = Change {
            scopes: Some(*scopes),
            quota: Some(*quota),
            priority: Some(*priority),
            expires_at: Some(*expires_at),
        };
        name.into_iter().chain(terms.wrong()).collect()
    }
}

impl Change {
    /// All its fields that make no sense.
    pub fn wrong(&self) -> Vec<Wrong> {
        let mut wrong = Vec::new();
        if self.scopes == Some(Scopes::default()) {
            wrong.push(("scopes", "needs at least one scope".into()));
        }
        if self.quota.flatten().is_some_and(|quota| !(1..=QUOTA_MAX).contains(&quota)) {
            wrong.push(("quota", format!("allowed is 1 to {QUOTA_MAX}")));
        }
        if self.priority.is_some_and(|priority| !PRIORITIES.contains(&priority)) {
            wrong.push(("priority", format!("allowed is {} to {}", PRIORITIES.start(), PRIORITIES.end())));
        }
        if self.expires_at.flatten().is_some_and(|end| end <= Utc::now()) {
            wrong.push(("expires_at", "is not in the future".into()));
        }
        wrong
    }
}

/// Sees that a token may be called so.
///
/// # Errors
/// Why it may not.
pub fn check_name(name: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    let begins = name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    if begins && name.len() <= NAME_MAX && name.chars().all(plain) {
        return Ok(());
    }
    Err(format!("from 1 to {NAME_MAX} of a-z, 0-9, `-`, `_` and `.`, beginning with one of a-z and 0-9"))
}
