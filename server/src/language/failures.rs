//! What the last words of a failed program, and the signal that ended it, mean: patterns that are held against the end of
//! standard error, in a time that grows with its length only.

use std::str::FromStr;

use nix::sys::signal::Signal;
use regex::{Regex, RegexBuilder};
use serde::Deserialize;

/// So much of the end of standard error is looked at.
pub(crate) const LOOKED_AT: usize = 64 * 1024;

/// Most bytes of memory that a compiled pattern may take: what is larger repeats too much.
const LARGEST: usize = 1024 * 1024;

/// Longest reason that is told, in characters.
const LONGEST: usize = 1000;

/// What programs of a runtime say when they fail. The first pattern that matches tells.
#[derive(Debug, Clone, Default)]
pub struct Failures(Vec<Pattern>);

/// A pattern, compiled. What it does not name may be anything.
#[derive(Debug, Clone)]
struct Pattern {
    regex: Option<Regex>,
    /// Numbers of two captures that must be the same text.
    same: Option<[usize; 2]>,
    signal: Option<i32>,
    failure: Failure,
    /// With `$1` and `${name}` for what the pattern has captured.
    reason: String,
}

/// What a failure is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub enum Failure {
    /// The program's own.
    #[default]
    RuntimeError,
    /// The runtime had no more memory to give.
    MemoryLimitExceeded,
}

/// `[[failures.<name>]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PatternEntry {
    pattern: Option<String>,
    same: Option<[usize; 2]>,
    signal: Option<String>,
    #[serde(default)]
    verdict: Failure,
    reason: String,
}

impl Failures {
    /// These patterns, compiled; `Err` says which cannot be.
    pub(super) fn new(entries: &[PatternEntry]) -> Result<Self, String> {
        entries.iter().map(Pattern::new).collect::<Result<_, _>>().map(Self)
    }

    /// None is of a signal or a verdict of its own: they can be held against words that no program has left.
    pub(super) fn are_words_alone(&self) -> bool {
        self.0.iter().all(|pattern| pattern.signal.is_none() && pattern.failure == Failure::RuntimeError)
    }

    /// What a program has died of that has written this to standard error and was ended by this signal, if by any, and a
    /// sentence about it.
    pub fn find(&self, stderr: &[u8], signal: Option<i32>) -> Option<(Failure, String)> {
        if self.0.is_empty() {
            return None;
        }
        let end = String::from_utf8_lossy(&stderr[stderr.len().saturating_sub(LOOKED_AT)..]);
        self.0.iter().find_map(|pattern| pattern.find(&end, signal))
    }
}

impl Pattern {
    fn new(entry: &PatternEntry) -> Result<Self, String> {
        let PatternEntry { pattern, same, signal, verdict, reason } = entry;
        if pattern.is_none() && signal.is_none() {
            return Err(format!("neither pattern nor signal says when `{reason}` is told"));
        }
        let regex = pattern.as_deref().map(compiled).transpose()?;
        let groups = regex.as_ref().map_or(0, Regex::captures_len);
        if same.is_some_and(|same| same.iter().any(|group| *group >= groups)) {
            return Err(format!("`{reason}` compares what its pattern does not capture"));
        }
        let signal = signal.as_deref().map(number).transpose()?;
        Ok(Self { regex, same: *same, signal, failure: *verdict, reason: reason.clone() })
    }

    fn find(&self, text: &str, signal: Option<i32>) -> Option<(Failure, String)> {
        if self.signal.is_some() && self.signal != signal {
            return None;
        }
        let Some(regex) = &self.regex else { return Some((self.failure, self.reason.clone())) };
        let captures = regex.captures(text)?;
        let text_of = |group: usize| captures.get(group).map(|found| found.as_str());
        if self.same.is_some_and(|[one, other]| text_of(one) != text_of(other)) {
            return None;
        }
        let mut reason = String::new();
        captures.expand(&self.reason, &mut reason);
        Some((self.failure, fit(&reason)))
    }
}

fn compiled(pattern: &str) -> Result<Regex, String> {
    let mut builder = RegexBuilder::new(pattern);
    let regex = builder.multi_line(true).crlf(true).size_limit(LARGEST).build();
    let regex = regex.map_err(|why| format!("the pattern `{pattern}` is refused: {why}"))?;
    if regex.is_match("") {
        return Err(format!("the pattern `{pattern}` matches where nothing is said"));
    }
    Ok(regex)
}

fn number(signal: &str) -> Result<i32, String> {
    Signal::from_str(signal).map(|signal| signal as i32).map_err(|_| format!("there is no signal `{signal}`"))
}

/// As it may be told: one line.
fn fit(text: &str) -> String {
    let is_fit = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    text.trim().chars().map(is_fit).take(LONGEST).collect()
}

#[cfg(test)]
mod shipped;
#[cfg(test)]
mod tests;
