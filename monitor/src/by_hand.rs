//! `monitor run`: one program from the command line, in a leaf of its own, with a report for people and scripts.

use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use gavel_protocol::{Descriptor, Ending, Limit, Outcome, Run, Stdio, StdioSource};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use rustix::fs::{Mode, OFlags};
use serde::Serialize;

use crate::arguments::{BOXES, ByHand};
use crate::boxes::Boxes;
use crate::channel::ChannelError;
use crate::equipment::Equipment;
use crate::manner::Manner;
use crate::run::Runner;
use crate::supervise::Interrupts;

/// Runs the program and prints the report.
///
/// # Errors
/// When there is nothing to report.
pub(crate) fn by_hand(arguments: ByHand) -> Result<(), ByHandError> {
    let here = std::env::current_dir().map_err(ByHandError::Here)?;
    let cwd = arguments.cwd.clone().unwrap_or_else(|| here.to_string_lossy().into_owned());
    let descriptors = standard_descriptors(&arguments.stdio)?;
    let there: Vec<String> =
        BOXES.iter().filter(|path| std::fs::metadata(path).is_ok()).map(|&path| path.into()).collect();
    let boxes = Boxes::open(&there).map_err(ByHandError::Prepare)?;
    let writable: Vec<&str> = arguments.writable.iter().map(String::as_str).chain([cwd.as_str()]).collect();
    let (equipment, problems) =
        Equipment::new(boxes, &arguments.cgroups, &writable).map_err(ByHandError::Prepare)?;
    let mut runner = Runner::new(arguments.uid, arguments.gid, equipment, Manner::SUBMISSIONS)
        .map_err(|errno| ByHandError::Prepare(errno.into()))?;
    let mut signals = Signals::block().map_err(ByHandError::Prepare)?;
    let outcome = runner.run(&order(arguments, cwd), descriptors, &mut signals)?;
    let left = runner.dismiss();
    let report = Report::new(&outcome, problems.into_iter().chain(left).collect());
    let mut line = serde_json::to_vec(&report).map_err(io::Error::from).map_err(ByHandError::Print)?;
    line.push(b'\n');
    io::stdout().write_all(&line).map_err(ByHandError::Print)
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ByHandError {
    /// The working directory.
    #[error("the working directory is not known: {0}")]
    Here(io::Error),
    /// A file of the command line.
    #[error("{path} cannot be opened: {cause}")]
    Open {
        /// Which.
        path: String,
        /// Why.
        cause: io::Error,
    },
    /// What a run needs.
    #[error("a run cannot be prepared: {0}")]
    Prepare(io::Error),
    /// The run.
    #[error(transparent)]
    Run(#[from] ChannelError),
    /// The report.
    #[error("the report cannot be printed: {0}")]
    Print(io::Error),
}

/// Standard output carries the report, so the program's own goes to standard error.
fn standard_descriptors(paths: &[Option<String>; 3]) -> Result<Vec<OwnedFd>, ByHandError> {
    let inherited = [io::stdin().as_fd().try_clone_to_owned(), stderr(), stderr()];
    let opened = paths.iter().zip(inherited).enumerate().map(|(fd, (path, inherited))| match path {
        None => inherited.map_err(ByHandError::Prepare),
        Some(path) => open(path, fd == 0).map_err(|cause| ByHandError::Open { path: path.clone(), cause }),
    });
    opened.collect()
}

fn stderr() -> io::Result<OwnedFd> {
    io::stderr().as_fd().try_clone_to_owned()
}

fn open(path: &str, reading: bool) -> io::Result<OwnedFd> {
    let flags = if reading { OFlags::RDONLY } else { OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC };
    Ok(rustix::fs::open(path, flags | OFlags::CLOEXEC, Mode::from_raw_mode(0o644))?)
}

fn order(arguments: ByHand, cwd: String) -> Run {
    let env = arguments.env.map(|env| env.into_iter().map(String::into_bytes).collect());
    let descriptor = |fd| Stdio { fd, source: StdioSource::Descriptor(Descriptor(fd)) };
    Run {
        argv: arguments.argv.into_iter().map(String::into_bytes).collect(),
        env: env.unwrap_or_else(own_environment),
        cwd,
        search_cwd: false,
        executable: None,
        files: Vec::new(),
        stdio: [0, 1, 2].map(descriptor).to_vec(),
        terminal: None,
        collect: Vec::new(),
        leavings: false,
        limits: arguments.limits,
    }
}

fn own_environment() -> Vec<Vec<u8>> {
    use std::os::unix::ffi::OsStringExt;
    std::env::vars_os().map(|(key, value)| [key.into_vec(), value.into_vec()].join(&b'=')).collect()
}

/// Ctrl-C, or whoever ends the monitor politely, ends the program too.
struct Signals(SignalFd);

impl Signals {
    fn block() -> io::Result<Self> {
        let mask = SigSet::from_iter([Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP]);
        mask.thread_block()?;
        Ok(Self(SignalFd::with_flags(&mask, SfdFlags::SFD_CLOEXEC)?))
    }
}

impl Interrupts for Signals {
    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        Some(self.0.as_fd())
    }

    fn heard(&mut self) -> Result<bool, ChannelError> {
        // Unread it would be news for ever.
        self.0.read_signal().map_err(io::Error::from)?;
        Ok(true)
    }
}

/// One line of JSON. Times are milliseconds, sizes bytes.
#[derive(Debug, Serialize)]
struct Report {
    ending: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_code: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signal: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    over: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed_step: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Usage>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Usage {
    cpu_ms: f64,
    cpu_user_ms: f64,
    cpu_system_ms: f64,
    wall_ms: f64,
    memory_bytes: u64,
    oom: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    processes: Option<u32>,
}

impl Report {
    fn new(outcome: &Outcome, problems: Vec<String>) -> Self {
        let mut report = Self {
            ending: "not started",
            exit_code: None,
            signal: None,
            over: None,
            failed_step: None,
            error: None,
            usage: None,
            problems,
        };
        match outcome {
            Outcome::NotStarted { step, errno } => {
                report.failed_step = Some(step.to_string());
                report.error = Some(io::Error::from_raw_os_error(*errno).to_string());
            }
            Outcome::Finished { ending, usage } => {
                report.usage = Some(Usage::from(usage));
                report.tell(*ending);
            }
        }
        report
    }

    fn tell(&mut self, ending: Ending) {
        match ending {
            Ending::Exited { code } => (self.ending, self.exit_code) = ("exited", Some(code)),
            Ending::Signaled { signal } => (self.ending, self.signal) = ("signaled", Some(signal)),
            Ending::Killed { over } => {
                let over = match over {
                    Limit::CpuTime => "cpu",
                    Limit::WallTime => "wall",
                    Limit::Memory => "memory",
                };
                (self.ending, self.over) = ("killed", Some(over));
            }
            Ending::Cancelled => self.ending = "cancelled",
        }
    }
}

impl From<&gavel_protocol::Usage> for Usage {
    fn from(usage: &gavel_protocol::Usage) -> Self {
        let milliseconds = |time: std::time::Duration| (time.as_secs_f64() * 1e6).round() / 1e3;
        Self {
            cpu_ms: milliseconds(usage.cpu_time()),
            cpu_user_ms: milliseconds(usage.cpu_user),
            cpu_system_ms: milliseconds(usage.cpu_system),
            wall_ms: milliseconds(usage.wall_time),
            memory_bytes: usage.memory.get(),
            oom: usage.oom,
            processes: usage.processes,
        }
    }
}
