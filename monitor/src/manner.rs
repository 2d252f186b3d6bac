//! For whom programs are run: what is otherwise for commands, whose clients expect what go-judge does.

use crate::held_up::NoCore;
use crate::seccomp::Init;

/// What differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Manner {
    /// What becomes of signals to process 1.
    pub(crate) init: Init,
    /// What becomes of a run that has had no core for too long.
    pub(crate) no_core: NoCore,
}

impl Manner {
    /// Programs of submissions, which are tried again where the host is too busy.
    pub(crate) const SUBMISSIONS: Self = Self { init: Init::Guarded, no_core: NoCore::IsNoEnd };
    /// Commands, which are run once.
    pub(crate) const COMMANDS: Self = Self { init: Init::Deaf, no_core: NoCore::IsOutOfTime };
}
