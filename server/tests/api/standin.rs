//! Sandboxes that run nothing: a command "writes" its arguments, without the first, to the collector `stdout`, and ends
//! with 0; `hang` does so only when it is killed. Its other files hold what was copied in.

use std::io::Write;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use gavel::sandbox::{
    Captured, CollectFile, CollectedOutput, Lease, Profile, Program, PutContent, Ran, RunEnding,
    SandboxError, Sandboxes,
};
use gavel::submission::Isolation;
use gavel_protocol::{Bytes, Ending, Usage};
use tokio_util::sync::CancellationToken;

#[derive(Debug, Clone, Default)]
pub(crate) struct StandIn {
    /// Commands that hang now.
    pub(crate) hanging: Arc<AtomicUsize>,
}

impl Sandboxes for StandIn {
    type Lease = Self;

    async fn lease(
        &self,
        _profile: &Profile,
        _isolation: Isolation,
        _user: Option<&str>,
        _patience: Duration,
    ) -> Result<Self, SandboxError> {
        Ok(self.clone())
    }
}

impl Lease for StandIn {
    async fn run(&mut self, program: Program, cancel: &CancellationToken) -> Result<Ran, SandboxError> {
        if program.argv[0] == b"hang" {
            self.hanging.fetch_add(1, Ordering::SeqCst);
            cancel.cancelled().await;
            self.hanging.fetch_sub(1, Ordering::SeqCst);
        }
        let usage = Usage {
            cpu_user: Duration::from_millis(1),
            cpu_system: Duration::ZERO,
            wall_time: Duration::from_millis(2),
            memory: Bytes::kib(100),
            oom: false,
            processes: None,
        };
        Ok(Ran {
            ending: RunEnding::Ended(Ending::Exited { code: 0 }),
            usage,
            stdout: Captured::default(),
            stderr: Captured::default(),
            collected: program.collect.iter().map(|wanted| collected(wanted, &program)).collect(),
        })
    }

    fn name(&self) -> &str {
        "stand-in"
    }
}

fn collected(wanted: &CollectFile, program: &Program) -> CollectedOutput {
    const ENOENT: i32 = 2;
    if wanted.path == "stdout" {
        return file(&program.argv[1..].join(&b" "[..]));
    }
    if wanted.path == "stderr" {
        return file(b"");
    }
    match program.files.iter().find(|put| put.path == wanted.path).map(|put| &put.content) {
        Some(PutContent::Bytes(bytes)) => file(bytes),
        Some(PutContent::Descriptor(source)) => {
            let mut source = std::fs::File::from(source.as_fd().try_clone_to_owned().unwrap());
            let mut content = Vec::new();
            std::io::Read::read_to_end(&mut source, &mut content).unwrap();
            file(&content)
        }
        Some(PutContent::Symlink(_)) => CollectedOutput::NotRegular,
        None => CollectedOutput::Failed(ENOENT),
    }
}

fn file(content: &[u8]) -> CollectedOutput {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(content).unwrap();
    CollectedOutput::File { descriptor: OwnedFd::from(file), size: Bytes(content.len() as u64) }
}
