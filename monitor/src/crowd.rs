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

/// All threads of the living processes with this real uid; none where they cannot be found.
pub(crate) fn threads(uid: u32) -> Vec<Pid> {
    let mut threads = Vec::new();
    for process in of(uid).unwrap_or_default() {
        let tasks = format!("/proc/{}/task", process.as_raw_nonzero());
        let Ok(tasks) = rustix::fs::open(tasks, DIRECTORY, Mode::empty()) else { continue };
        // Those of a process that is gone by now wait for nothing.
        let _ = each_number(&tasks, |thread| threads.extend(Pid::from_raw(thread)));
    }
    threads
}

/// How long each of these threads has been ready to run while others had all the cores it may use, as proc(5) has it of
/// `schedstat`; nothing where the kernel does not count it. What it waits now counts once it runs. None where this was not to go
/// on to the end.
pub(crate) fn waits(threads: &[Pid], go_on: impl Fn() -> bool) -> Option<Waits> {
    let mut waits = Waits::new();
    let looked_at_all = each(threads, go_on, |thread| {
        let figures = told(thread, "schedstat");
        waits.insert(number_of(thread), figures.map(|figures| waited_by(&figures)).unwrap_or_default());
    });
    looked_at_all.then_some(waits)
}

/// Those of these threads that run or are ready to, and what the scheduler tells of each: it changes when one gets a core or has
/// used it. None where this was not to go on to the end.
pub(crate) fn ready(threads: &[Pid], go_on: impl Fn() -> bool) -> Option<Ready> {
    let mut ready = Ready::new();
    let looked_at_all = each(threads, go_on, |thread| {
        let [state, figures] = ["stat", "schedstat"].map(|file| told(thread, file));
        if let (Some(state), Some(figures)) = (state, figures)
            && is_ready(&state)
        {
            ready.insert(number_of(thread), figures);
        }
    });
    looked_at_all.then_some(ready)
}

/// Shows one thread after another, as long as this is to go on. False where it was not to.
///
/// The more there are, the longer it takes to have a core again once it is lost to them, and the more they use meanwhile.
fn each(threads: &[Pid], go_on: impl Fn() -> bool, mut show: impl FnMut(Pid)) -> bool {
    threads.chunks(AT_A_TIME).all(|some| {
        some.iter().for_each(|thread| show(*thread));
        go_on()
    })
}

/// So many threads are looked at before it is asked whether to go on.
const AT_A_TIME: usize = 16;

fn number_of(thread: Pid) -> i32 {
    thread.as_raw_nonzero().get()
}

/// What a short file of /proc tells of a thread; None where that is gone by now, and waits for nothing. Threads are found there by
/// their own number, too.
fn told(thread: Pid, file: &str) -> Option<String> {
    let path = format!("/proc/{}/{file}", thread.as_raw_nonzero());
    let file = rustix::fs::open(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).ok()?;
    let mut block = [0; 1024];
    let length = rustix::io::retry_on_intr(|| rustix::io::read(&file, &mut block)).ok()?;
    Some(String::from_utf8_lossy(&block[..length]).into_owned())
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
    use std::cell::Cell;

    use super::*;

    #[test]
    fn a_crowd_is_looked_at_a_few_at_a_time_as_long_as_that_is_to_go_on() {
        let (crowd, shown) = ([rustix::process::getpid(); 5 * AT_A_TIME], Cell::new(0));
        let looked_at_all = |go_on: &dyn Fn() -> bool| {
            shown.set(0);
            each(&crowd, go_on, |_| shown.set(shown.get() + 1))
        };
        assert!(looked_at_all(&|| true));
        assert_eq!(shown.get(), 5 * AT_A_TIME);
        assert!(!looked_at_all(&|| shown.get() < 2 * AT_A_TIME));
        assert_eq!(shown.get(), 2 * AT_A_TIME);
        assert_eq!(waits(&crowd, || false), None);
    }

    #[test]
    fn a_thread_is_found_by_its_own_number() {
        let ready = std::thread::spawn(|| {
            let me = rustix::thread::gettid();
            (number_of(me), ready(&[me], || true).unwrap(), waits(&[me], || true).unwrap())
        });
        let (me, ready, waits) = ready.join().unwrap();
        assert_ne!(me, number_of(rustix::process::getpid()));
        assert!(ready.contains_key(&me) && waits.contains_key(&me), "{ready:?} {waits:?}");
    }

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
