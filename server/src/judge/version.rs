//! What a language's compiler says of itself.

use tokio_util::sync::CancellationToken;

use super::compile::ENVIRONMENT;
use super::local::Local;
use super::verdict::monitor_limits;
use super::{JudgeError, LEASE_PATIENCE};
use crate::language::Language;
use crate::sandbox::{Input, Lease, Output, Profile, Program, Ran, Sandboxes};
use crate::submission::{Isolation, RunLimits, SELF_TEST};

/// So many bytes of what it says are looked at.
const LOOKED_AT: usize = 4096;

/// Longest version that is told, in characters.
const LONGEST: usize = 200;

impl<S: Sandboxes> Local<S> {
    /// The first line that the language's version command prints, where it is compiled, or run.
    pub(super) async fn version_here(
        &self,
        language: &Language,
        limits: &RunLimits,
        cancel: &CancellationToken,
    ) -> Result<Option<String>, JudgeError> {
        if language.version.is_empty() {
            return Ok(None);
        }
        let profile = Profile::of_compilations(language).unwrap_or_else(|| Profile::of_runs(language));
        let isolation = Isolation::Pooled;
        let leasing = self.sandboxes.lease(&profile, isolation, Some(SELF_TEST), LEASE_PATIENCE);
        let mut lease = cancel.run_until_cancelled(leasing).await.ok_or(JudgeError::Cancelled)??;
        let ran = lease.run(asking(&language.version, limits), cancel).await?;
        Ok(first_line(&ran))
    }
}

fn asking(argv: &[String], limits: &RunLimits) -> Program {
    Program {
        argv: argv.iter().map(|word| word.clone().into_bytes()).collect(),
        env: ENVIRONMENT.map(|variable| variable.as_bytes().to_vec()).to_vec(),
        executable: None,
        search_box: false,
        files: Vec::new(),
        stdin: Input::Empty,
        stdout: Output::Capture { head: LOOKED_AT, tail: 0, kill: false },
        stderr: Output::WithStdout,
        others: Vec::new(),
        terminal: None,
        limits: monitor_limits(limits),
        collect: Vec::new(),
        leavings: false,
    }
}

fn first_line(ran: &Ran) -> Option<String> {
    let text = String::from_utf8_lossy(&ran.stdout.head);
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    Some(line.chars().filter(|c| !c.is_control()).take(LONGEST).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::test_support::printed;

    #[test]
    fn the_first_line_with_anything_in_it_is_told() {
        assert_eq!(first_line(&printed("\n  gcc (GCC) 14.2\nCopyright")).as_deref(), Some("gcc (GCC) 14.2"));
        assert_eq!(first_line(&printed("\n \n")), None);
        assert_eq!(first_line(&printed(&"x".repeat(3000))).unwrap().len(), LONGEST);
    }
}
