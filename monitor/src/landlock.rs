//! Landlock rules for programs: nothing outside the box may be written, made, removed or truncated.
//!
//! That takes away every write to /proc and /sys (`oom_score_adj` above all) without needing a privilege. Reading and
//! executing stay as file modes have them.

use std::os::fd::OwnedFd;

use landlock::{
    ABI, Access, AccessFs, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetCreatedAttr, Scope,
    path_beneath_rules,
};

/// Device nodes that programs may write.
const NODES: [&str; 6] = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"];

/// The newest rights that are asked for; an older kernel gives those it knows.
const REVIEWED: ABI = ABI::V6;

/// Makes the rules once for all runs. None where the kernel has no Landlock.
///
/// # Errors
/// When a kernel with Landlock refuses them.
pub(crate) fn rules<'a>(
    writable: impl Iterator<Item = &'a str>,
) -> Result<Option<OwnedFd>, landlock::RulesetError> {
    let writes = AccessFs::from_write(REVIEWED);
    let ruleset = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(writes)?
        .scope(Scope::from_all(REVIEWED))?
        .create()?
        .add_rules(path_beneath_rules(writable, writes))?
        .add_rules(path_beneath_rules(NODES, writes))?;
    Ok(ruleset.into())
}
