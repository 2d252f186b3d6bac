//! Commands that did not start, in go-judge's words.

use gavel_protocol::Step;

use super::answer::{CommandResult, FileError, FileErrorKind, Status};
use super::command::link_error;
use super::go_error;
use super::refusal::Refusal;
use super::request::Command;
use super::slot::Collector;

/// A command whose files could not be put in place.
pub(super) fn not_run(errors: Vec<FileError>) -> CommandResult {
    let error = match errors.first() {
        Some(first) if first.kind == FileErrorKind::Symlink => {
            format!("symlink: {} operations failed", errors.len())
        }
        first => first.map(|first| first.message.clone()).unwrap_or_default(),
    };
    CommandResult { status: Status::FileError, error, file_error: errors, ..CommandResult::default() }
}

/// Which of the files it was. go-judge says nothing of a file that it cannot create and runs the command without it.
pub(super) fn not_put(links: &[(String, Option<String>)], file: u32, errno: i32) -> FileError {
    let why = go_error::errno_text(errno);
    let found = usize::try_from(file).ok().and_then(|file| links.get(file));
    let (name, target) = found.cloned().unwrap_or_default();
    match target {
        Some(target) => link_error(&name, &target, &why),
        None if [nix::libc::ENOSPC, nix::libc::EFBIG].contains(&errno) => {
            let message = format!("write {name}: {why}");
            FileError { name, kind: FileErrorKind::CopyInCopyContent, message }
        }
        None => {
            let message = format!("open {name}: {why}");
            FileError { name, kind: FileErrorKind::CopyInCreateFile, message }
        }
    }
}

/// The collector whose file could not be made: the first whose name cannot be one, else the first in a directory.
pub(super) fn no_collector(collectors: &[Collector], errno: i32) -> Refusal {
    let files = || collectors.iter().filter(|collector| !collector.pipe);
    let odd = |collector: &&Collector| collector.name.is_empty() || collector.name.contains('/');
    let name = files().find(odd).or_else(|| files().next()).map_or("", |collector| collector.name.as_str());
    let why = match errno {
        nix::libc::EINVAL if name.is_empty() => nix::libc::ENOENT,
        nix::libc::EINVAL => nix::libc::EROFS,
        other => other,
    };
    Refusal::Failed(format!("container: {name}: open {name}: {}", go_error::errno_text(why)))
}

/// go-judge tells apart what its container could not find and what the kernel would not execute.
pub(super) fn start_error(command: &Command, step: Step, errno: i32) -> String {
    let why = go_error::errno_text(errno);
    let Some(name) = command.args.first() else {
        return "execve: no argument was given".to_owned();
    };
    let searched = !name.contains('/');
    match step {
        Step::Exec if searched && errno == nix::libc::ENOENT => {
            let has_path = command.env.iter().any(|variable| variable.starts_with("PATH="));
            let what = if has_path {
                "executable file not found in $PATH"
            } else {
                "no PATH environment variable provided for look up"
            };
            format!("execve: handle: {name}: {what}")
        }
        Step::Exec => format!("start: {name}: execve: {why}"),
        Step::Request if name.is_empty() => {
            format!("start: : execve: {}", go_error::errno_text(nix::libc::ENOENT))
        }
        // A NUL in an argument or in the environment.
        Step::Request => format!("execve: start: {name}: {why}"),
        Step::CpuSet => format!("execve: cgroup: failed to set cpuset limit: write cpuset.cpus: {why}"),
        Step::CpuRate => format!("execve: cgroup: failed to set cpu rate limit: {why}"),
        step => format!("execve: {step}: {why}"),
    }
}
