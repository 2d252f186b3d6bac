//! Sandboxes that run nothing: a command "writes" its arguments, without the first, to the collector `stdout`, and ends
//! with 0; `hang` ends only when it is killed, and `cat` copies its input to its output where those are open descriptors.
//! `exit` ends with the status that it is given, `cpus` writes the CPUs that it is kept on, `limits` its limits, and `size` the
//! size of its terminal for each line that it reads. Its other files hold what was copied in.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::try_join_all;
use gavel::sandbox::{
    Captured, CollectFile, CollectedOutput, Input, Lease, Output, Profile, Program, PutContent, Ran,
    RunEnding, SandboxError, Sandboxes, Wire,
};
use gavel::submission::Isolation;
use gavel_protocol::{Bytes, Ending, Usage};
use tokio_util::sync::CancellationToken;

/// Of all commands that run at one time.
const MOST_MEMORY: Bytes = Bytes(1 << 40);

#[derive(Debug, Clone, Default)]
pub(crate) struct StandIn {
    /// Commands that hang now.
    pub(crate) hanging: Arc<AtomicUsize>,
    /// Sandboxes that were leased so far.
    pub(crate) leased: Arc<AtomicUsize>,
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
        self.leased.fetch_add(1, Ordering::SeqCst);
        Ok(self.clone())
    }

    async fn lease_group(
        &self,
        profile: &Profile,
        memory: &[Bytes],
        sender: &str,
        patience: Duration,
    ) -> Result<Vec<Self>, SandboxError> {
        let memory_of_all = Bytes(memory.iter().map(|bytes| bytes.get()).sum());
        if memory_of_all > MOST_MEMORY {
            return Err(SandboxError::TooMuchMemory { memory: memory_of_all, most: MOST_MEMORY });
        }
        let lease = |_| self.lease(profile, Isolation::Pooled, Some(sender), patience);
        try_join_all(memory.iter().map(lease)).await
    }
}

impl Lease for StandIn {
    async fn run(&mut self, program: Program, cancel: &CancellationToken) -> Result<Ran, SandboxError> {
        let ending = match program.argv[0].as_slice() {
            b"cat" => answer(&program, cancel, |_, block| block.to_vec()).await,
            b"size" => answer(&program, cancel, |input, _| size(input)).await,
            b"exit" => {
                Ending::Exited { code: std::str::from_utf8(&program.argv[1]).unwrap().parse().unwrap() }
            }
            b"hang" => {
                self.hanging.fetch_add(1, Ordering::SeqCst);
                cancel.cancelled().await;
                self.hanging.fetch_sub(1, Ordering::SeqCst);
                Ending::Cancelled
            }
            _ => Ending::Exited { code: 0 },
        };
        let usage = Usage {
            file_size_reached: false,
            cpu_user: Duration::from_millis(1),
            cpu_system: Duration::ZERO,
            wall_time: Duration::from_millis(2),
            memory: Bytes::kib(100),
            oom: false,
            processes: None,
        };
        Ok(Ran {
            ending: RunEnding::Ended(ending),
            usage,
            stdout: Captured::default(),
            stderr: Captured::default(),
            collected: program.collect.iter().map(|wanted| collected(wanted, &program)).collect(),
            leavings: Vec::new(),
        })
    }

    fn name(&self) -> &str {
        "stand-in"
    }
}

/// Writes something for all that it reads.
async fn answer(
    program: &Program,
    cancel: &CancellationToken,
    to: impl Fn(&File, &[u8]) -> Vec<u8> + Send + 'static,
) -> Ending {
    let (Input::Wire(Wire::Descriptor(input)), Output::Wire(Wire::Descriptor(output))) =
        (&program.stdin, &program.stdout)
    else {
        return Ending::Exited { code: 0 };
    };
    let file = |descriptor: &OwnedFd| File::from(descriptor.try_clone().unwrap());
    let (mut input, mut output) = (file(input), file(output));
    let answering = tokio::task::spawn_blocking(move || {
        let mut block = vec![0; 65536];
        while let Ok(length @ 1..) = input.read(&mut block) {
            if output.write_all(&to(&input, &block[..length])).is_err() {
                break;
            }
        }
    });
    match cancel.run_until_cancelled(answering).await {
        Some(answered) => answered.map(|()| Ending::Exited { code: 0 }).unwrap(),
        None => Ending::Cancelled,
    }
}

fn size(terminal: &File) -> Vec<u8> {
    let size = rustix::termios::tcgetwinsize(terminal).unwrap();
    format!("{} {}\n", size.ws_row, size.ws_col).into_bytes()
}

fn collected(wanted: &CollectFile, program: &Program) -> CollectedOutput {
    const ENOENT: i32 = 2;
    if wanted.path == "stdout" && program.argv[0] == b"cpus" {
        return file(program.limits.cpus.as_deref().unwrap_or("any").as_bytes());
    }
    if wanted.path == "stdout" && program.argv[0] == b"limits" {
        let gavel_protocol::Limits { memory, cpu_time, wall_time, processes, .. } = program.limits;
        return file(format!("{} {cpu_time:?} {wall_time:?} {processes}", memory.get()).as_bytes());
    }
    if wanted.path == "stdout" {
        return file(&program.argv[1..].join(&b" "[..]));
    }
    if wanted.path == "stderr" {
        return file(b"");
    }
    match program.files.iter().find(|put| put.path == wanted.path).map(|put| &put.content) {
        Some(PutContent::Bytes(bytes)) => file(bytes),
        Some(PutContent::Descriptor(source)) => {
            let mut source = File::from(source.as_fd().try_clone_to_owned().unwrap());
            // As the monitor does: by position. Several files may be copies of one descriptor.
            source.rewind().unwrap();
            let mut content = Vec::new();
            source.read_to_end(&mut content).unwrap();
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
