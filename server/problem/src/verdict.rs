//! Verdicts, as the format and its tools name them.

/// What came of one test, of a group of tests, or of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// `JE`: the judge or the problem failed, not the submission.
    JudgeError,
    /// `CE`: the submission did not compile.
    CompileError,
    /// `RTE`: crashed, or ended with an exit status other than 0.
    RunTimeError,
    /// `MLE`: used more memory than allowed.
    MemoryLimitExceeded,
    /// `TLE`: too slow.
    TimeLimitExceeded,
    /// `OLE`: wrote more than allowed.
    OutputLimitExceeded,
    /// `WA`: the output is wrong.
    WrongAnswer,
    /// `AC`: right.
    Accepted,
}

impl Verdict {
    /// From worst to best, in the order of the default grader's `worst_error` (legacy, "Default grader
    /// specification").
    pub const WORST_FIRST: [Self; 8] = [
        Self::JudgeError,
        Self::CompileError,
        Self::RunTimeError,
        Self::MemoryLimitExceeded,
        Self::TimeLimitExceeded,
        Self::OutputLimitExceeded,
        Self::WrongAnswer,
        Self::Accepted,
    ];

    /// The code that graders and `submissions.yaml` use.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::JudgeError => "JE",
            Self::CompileError => "CE",
            Self::RunTimeError => "RTE",
            Self::MemoryLimitExceeded => "MLE",
            Self::TimeLimitExceeded => "TLE",
            Self::OutputLimitExceeded => "OLE",
            Self::WrongAnswer => "WA",
            Self::Accepted => "AC",
        }
    }

    /// The verdict of a code: `AC`, `WA`, …
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::WORST_FIRST.into_iter().find(|verdict| verdict.code() == code)
    }

    /// Whether this is [`Verdict::Accepted`].
    #[must_use]
    pub fn is_accepted(self) -> bool {
        self == Self::Accepted
    }
}
