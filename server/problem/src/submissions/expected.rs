//! What is expected of a submission's verdicts (2025-09, "Default directories"; legacy, "Example submissions").

use super::glob::Pattern;
use crate::metadata::Format;
use crate::verdict::Verdict;
use crate::verdict::Verdict::{
    Accepted, CompileError, MemoryLimitExceeded, OutputLimitExceeded, RunTimeError, TimeLimitExceeded,
    WrongAnswer,
};

/// What the submission's verdicts must be.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Expectation {
    /// The cases and groups that this is about; none: all.
    pub cases: Option<Pattern>,
    /// Every case must have one of these verdicts.
    pub permitted: Vec<Verdict>,
    /// At least one case must have one of these verdicts.
    pub required: Vec<Verdict>,
    /// The lowest and the highest score.
    pub score: Option<(f64, f64)>,
    /// At least one judge's message holds this text.
    pub message: Option<String>,
    /// How the time limit is found from it; none: as the verdicts say.
    pub use_for_time_limit: Option<TimeLimitUse>,
}

/// How a submission counts when the time limit is found (2025-09, "Timelimit inference").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeLimitUse {
    /// Not at all.
    Never,
    /// It must not be too slow.
    Lower,
    /// It must be too slow.
    Upper,
}

/// Verdicts where nothing is said.
pub(super) const ANY: [Verdict; 4] = [Accepted, WrongAnswer, TimeLimitExceeded, RunTimeError];

impl Expectation {
    fn new(permitted: &[Verdict], required: &[Verdict]) -> Self {
        Self { permitted: permitted.to_vec(), required: required.to_vec(), ..Self::default() }
    }

    /// Whether this is about a case of this name.
    #[must_use]
    pub fn is_about(&self, case: &str) -> bool {
        self.cases.as_ref().is_none_or(|pattern| pattern.matches(case))
    }

    /// Whether the verdicts of the cases that this is about are as expected.
    #[must_use]
    pub fn allows(&self, verdicts: &[Verdict]) -> bool {
        let among =
            |set: &[Verdict], verdict: &Verdict| set.contains(verdict) || set.contains(&broad(*verdict));
        verdicts.iter().all(|verdict| among(&self.permitted, verdict))
            && verdicts.iter().any(|verdict| among(&self.required, verdict))
    }
}

/// The format knows four verdicts: a submission that takes too much memory, or writes too much, crashes.
fn broad(verdict: Verdict) -> Verdict {
    match verdict {
        MemoryLimitExceeded | OutputLimitExceeded => RunTimeError,
        other => other,
    }
}

/// What a folder of this name expects: the format's folders, and those that DOMjudge has beside them.
pub(super) fn of_folder(folder: &str, format: Format) -> Option<Expectation> {
    let expected = match (folder, format.is_legacy()) {
        ("accepted", _) => Expectation::new(&[Accepted], &[Accepted]),
        ("partially_accepted", _) => Expectation::new(&ANY, &ANY),
        ("wrong_answer" | "no_output", _) => Expectation::new(&[Accepted, WrongAnswer], &[WrongAnswer]),
        ("time_limit_exceeded", true) => {
            Expectation::new(&[Accepted, WrongAnswer, TimeLimitExceeded], &[TimeLimitExceeded])
        }
        ("time_limit_exceeded", false) => {
            Expectation::new(&[Accepted, TimeLimitExceeded], &[TimeLimitExceeded])
        }
        ("run_time_error", true) => Expectation::new(&ANY, &[RunTimeError]),
        ("run_time_error", false) => Expectation::new(&[Accepted, RunTimeError], &[RunTimeError]),
        ("rejected", _) => Expectation::new(&ANY, &[RunTimeError, TimeLimitExceeded, WrongAnswer]),
        ("brute_force", _) => {
            Expectation::new(&[Accepted, RunTimeError, TimeLimitExceeded], &[RunTimeError, TimeLimitExceeded])
        }
        ("compiler_error", _) => Expectation::new(&[CompileError], &[CompileError]),
        ("memory_limit", _) => Expectation::new(&[Accepted, MemoryLimitExceeded], &[MemoryLimitExceeded]),
        ("output_limit", _) => Expectation::new(&[Accepted, OutputLimitExceeded], &[OutputLimitExceeded]),
        _ => return None,
    };
    Some(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(folder: &str, format: Format, verdicts: &[Verdict]) -> bool {
        of_folder(folder, format).unwrap().allows(verdicts)
    }

    #[test]
    fn every_folder_has_its_rule() {
        let new = Format::Y2025M09;
        assert!(allows("accepted", new, &[Accepted]) && !allows("accepted", new, &[Accepted, WrongAnswer]));
        assert!(allows("rejected", new, &[Accepted, WrongAnswer]) && !allows("rejected", new, &[Accepted]));
        assert!(!allows("wrong_answer", new, &[WrongAnswer, RunTimeError]));
        assert!(allows("brute_force", new, &[Accepted, TimeLimitExceeded]));
        assert!(!allows("brute_force", new, &[WrongAnswer, TimeLimitExceeded]));
        assert!(allows("compiler_error", new, &[CompileError]));
        assert_eq!(of_folder("slow_accepted", new), None);
    }

    #[test]
    fn legacy_is_broader() {
        let verdicts = [WrongAnswer, TimeLimitExceeded];
        assert!(allows("time_limit_exceeded", Format::Legacy, &verdicts));
        assert!(!allows("time_limit_exceeded", Format::Y2025M09, &verdicts));
        assert!(allows("run_time_error", Format::Legacy, &[RunTimeError, WrongAnswer]));
    }

    #[test]
    fn too_much_memory_is_a_crash() {
        assert!(allows("run_time_error", Format::Legacy, &[MemoryLimitExceeded]));
        assert!(!allows("memory_limit", Format::Legacy, &[RunTimeError]));
    }
}
