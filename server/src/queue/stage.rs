//! How far a submission is on its way.

/// Where a submission has got to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Waiting.
    Queued,
    /// Being compiled.
    Compiling,
    /// Running on its test cases.
    Running {
        /// So many are done.
        done: u32,
    },
    /// Judged: the judgement is in the store.
    Done,
    /// There will be no judgement.
    Cancelled,
}

impl Stage {
    /// Nothing follows.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled)
    }
}
