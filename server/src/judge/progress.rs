//! How far a judging is.

use super::judgement::Verdict;

/// Where a judging has got to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// There is a sandbox in which something of it is about to run. Told of each.
    Served,
    /// The source is being compiled, or waits for that.
    Compiling,
    /// So many test cases are done.
    Running {
        /// Test cases done.
        done: u32,
    },
    /// A test case is done whose verdict the judgement will tell.
    Tested(Tested),
}

/// A test case that is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tested {
    /// Its place among all, from 0.
    pub index: u32,
    /// What it came to.
    pub verdict: Verdict,
    /// So many are done with it.
    pub done: u32,
    /// Of so many.
    pub total: u32,
}
