//! The processes of one user, found in /proc: for containers without a leaf cgroup, and for the proof of cleanliness.

use std::time::Duration;
use std::{fs, io};

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::process::Pid;

use crate::entries::each_number;
use crate::held_up::{Ready, Waits};
use crate::identity::act_as;

/// The living and dead processes with this real uid.
///
/// # Errors
/// Where /proc cannot be read: then nobody knows who is there.
pub(crate) fn of(uid: u32) -> Result<Vec<Pid>, Errno> {
    let processes = rustix::fs::open("/proc", DIRECTORY, Mode::empty())?;
    let mut everybody = Vec::new();
    each_number(&processes, |number| everybody.extend(Pid::from_raw(number)))?;
    let mut found = Vec::new();
    for pid in everybody {
        let status = fs::read_to_string(format!("/proc/{}/status", pid.as_raw_nonzero()));
        if uid_in(status)? == Some(uid) {
            found.push(pid);
        }
    }
    Ok(found)
}

/// The real uid that a process's `status` tells; None where the process is gone by now. Whatever else keeps it from being read leaves
/// open whose the process is.
fn uid_in(status: io::Result<String>) -> Result<Option<u32>, Errno> {
    let status = match status {
        Ok(status) => status,
        Err(error) => {
            let errno = Errno::from_io_error(&error).unwrap_or(Errno::IO);
            return if [Errno::NOENT, Errno::SRCH].contains(&errno) { Ok(None) } else { Err(errno) };
        }
    };
    let uids = status.lines().find_map(|line| line.strip_prefix("Uid:"));
    let real = uids.and_then(|uids| uids.split_whitespace().next()?.parse().ok());
    real.map(Some).ok_or(Errno::PROTO)
}

const DIRECTORY: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// Kills all processes of this user at once, without starting one.
///
/// # Errors
/// As kill(2), but for there being nobody.
pub(crate) fn kill(uid: u32) -> Result<(), Errno> {
    let killed = if std::process::id() == 1 { kill_all() } else { act_as(uid, kill_all) };
    match killed {
        Ok(()) | Err(Errno::SRCH) => Ok(()),
        Err(errno) => Err(errno),
    }
}

/// CPU time of the living processes with this real uid; None where they cannot be found.
pub(crate) fn cpu_time(uid: u32) -> Option<Duration> {
    Some(of(uid).ok()?.into_iter().map(cpu_time_of).sum())
}

/// CPU time of one process and all its threads, up to this moment.
pub(crate) fn cpu_time_of(process: Pid) -> Duration {
    let clock = nix::time::clock_getcpuclockid(nix::unistd::Pid::from_raw(process.as_raw_nonzero().get()));
    clock.and_then(nix::time::clock_gettime).map(Duration::from).unwrap_or_default()
}

/// How long each thread of these processes has been ready to run while others had all the cores it may use, as proc(5) has it
/// of `schedstat`; nothing where the kernel does not count it. What it waits now counts once it runs.
pub(crate) fn waits(processes: &[Pid]) -> Waits {
    let mut waits = Waits::new();
    each_thread(processes, |thread, path| {
        let figures = fs::read_to_string(format!("{path}/schedstat"));
        waits.insert(thread, figures.map(|figures| waited_by(&figures)).unwrap_or_default());
    });
    waits
}

/// Their threads that run or are ready to, and what the scheduler tells of each: it changes when one gets a core or has
/// used it.
pub(crate) fn ready(processes: &[Pid]) -> Ready {
    let mut ready = Ready::new();
    each_thread(processes, |thread, path| {
        let [state, figures] = ["stat", "schedstat"].map(|file| fs::read_to_string(format!("{path}/{file}")));
        if let (Ok(state), Ok(figures)) = (state, figures)
            && is_ready(&state)
        {
            ready.insert(thread, figures);
        }
    });
    ready
}

/// Shows all threads, each with its directory. Those that are gone by now, or a process, wait for nothing.
fn each_thread(processes: &[Pid], mut show: impl FnMut(i32, &str)) {
    for process in processes {
        let tasks = format!("/proc/{}/task", process.as_raw_nonzero());
        let Ok(threads) = rustix::fs::open(&tasks, DIRECTORY, Mode::empty()) else { continue };
        let _ = each_number(&threads, |thread| show(thread, &format!("{tasks}/{thread}")));
    }
}

/// Its state, behind a name that may have anything in it.
fn is_ready(stat: &str) -> bool {
    stat.rsplit_once(')').is_some_and(|(_, fields)| fields.trim_start().starts_with('R'))
}

/// The second of its figures: nanoseconds in which it waited for a core.
fn waited_by(schedstat: &str) -> Duration {
    let waited = schedstat.split_whitespace().nth(1).and_then(|waited| waited.parse().ok());
    Duration::from_nanos(waited.unwrap_or_default())
}

fn kill_all() -> Result<(), Errno> {
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(-1), nix::sys::signal::Signal::SIGKILL)
        .map_err(|errno| Errno::from_raw_os_error(errno as i32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_the_figures_of_the_scheduler_the_second_is_the_time_waited() {
        assert_eq!(waited_by("5000 11768904 3\n"), Duration::from_nanos(11_768_904));
        for none in ["", "0 0 0\n", "7", "x y z"] {
            assert_eq!(waited_by(none), Duration::ZERO, "{none:?}");
        }
    }

    #[test]
    fn who_runs_or_would_is_ready_whatever_its_name() {
        for (stat, expected) in [
            ("7 (a.out) R 1 7 7", true),
            ("7 (a) S (b) R 1", true),
            ("7 (a) R (b) S 1", false),
            ("7 (R) D 1", false),
            ("", false),
        ] {
            assert_eq!(is_ready(stat), expected, "{stat}");
        }
    }

    #[test]
    fn whose_process_it_is_stays_open_where_it_cannot_be_read_and_is_not_gone() {
        let status = |text: &str| uid_in(Ok(text.into()));
        assert_eq!(status("Name:\ta\nUid:\t10001\t0\t0\t0\n"), Ok(Some(10001)));
        assert_eq!(status("Name:\ta\n"), Err(Errno::PROTO));
        let refused = |errno: Errno| uid_in(Err(errno.into()));
        for gone in [Errno::NOENT, Errno::SRCH] {
            assert_eq!(refused(gone), Ok(None));
        }
        for errno in [Errno::MFILE, Errno::NOMEM, Errno::ACCESS] {
            assert_eq!(refused(errno), Err(errno));
        }
    }
}
