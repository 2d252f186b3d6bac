//! Colours, where they are wanted.

/// A colour of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colour {
    Red,
    Green,
    Yellow,
    Magenta,
}

impl Colour {
    /// That of a verdict.
    pub(crate) fn of_verdict(verdict: &str) -> Self {
        match verdict {
            "Accepted" => Self::Green,
            "TimeLimitExceeded" | "MemoryLimitExceeded" | "OutputLimitExceeded" => Self::Yellow,
            "InternalError" | "JudgeError" => Self::Magenta,
            _ => Self::Red,
        }
    }

    fn code(self) -> u8 {
        match self {
            Self::Red => 31,
            Self::Green => 32,
            Self::Yellow => 33,
            Self::Magenta => 35,
        }
    }

    /// The text in this colour.
    pub(crate) fn paint(self, text: &str) -> String {
        format!("\x1b[{}m{text}\x1b[0m", self.code())
    }
}
