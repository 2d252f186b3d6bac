//! The proof of cleanliness: what must not be there when a run is over. Any doubt costs the container.

mod rooms;
mod sockets;

use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::process::Pid;

use crate::boxes::Boxes;
use crate::crowd;
use crate::entries::each_number;
use crate::selfcheck::has_own_network;
use rooms::Rooms;
pub(crate) use rooms::Taken;
use sockets::{Sockets, collect};

/// How long the kernel may take to free what a run has left in flight: some 50 ms on an idle host.
const IN_FLIGHT: Duration = Duration::from_secs(1);

/// What the proof reads after every run. Opened once: opening costs more than reading.
#[derive(Debug)]
pub(crate) struct Proof {
    uid: u32,
    /// `/proc`, as PID 1.
    processes: Option<OwnedFd>,
    /// The tables of System V objects that the kernel has.
    tables: Vec<(&'static str, OwnedFd)>,
    /// `/proc/self/fd`.
    descriptors: OwnedFd,
    sockets: Sockets,
    rooms: Rooms,
    /// How many descriptors the monitor has when nothing is going on.
    known: u64,
}

impl Proof {
    /// Opens what is to be read, and counts the monitor's descriptors, the sockets and the room that is taken up in the box as they
    /// are when nothing is going on.
    ///
    /// # Errors
    /// As open(2), fstat(2) and statfs(2).
    pub(crate) fn new(uid: u32, boxes: &Boxes) -> Result<Self, Errno> {
        let directory = |path| rustix::fs::open(path, DIRECTORY, Mode::empty());
        let processes = (std::process::id() == 1).then(|| directory("/proc")).transpose()?;
        let mut tables = Vec::new();
        for kind in ["msg", "sem", "shm"] {
            match rustix::fs::open(format!("/proc/sysvipc/{kind}"), FILE, Mode::empty()) {
                Ok(table) => tables.push((kind, table)),
                // A kernel without them has none.
                Err(Errno::NOENT) => {}
                Err(errno) => return Err(errno),
            }
        }
        let descriptors = directory("/proc/self/fd")?;
        let (sockets, rooms) = (Sockets::new(has_own_network())?, Rooms::new(boxes)?);
        let mut proof = Self { uid, processes, tables, descriptors, sockets, rooms, known: 0 };
        proof.known = proof.count_descriptors()?;
        Ok(proof)
    }

    /// What speaks against it that nobody of the run is alive, or dead and not yet reaped. As PID 1 the monitor must be
    /// alone. Elsewhere it has neighbours, none of whom is the program's user.
    pub(crate) fn survivors(&self) -> Option<String> {
        let left = self.processes.as_ref().map_or_else(|| crowd::of(self.uid), others);
        let left = match left {
            Ok(left) => left,
            Err(errno) => return Some(format!("/proc cannot be read: {errno}")),
        };
        let first = left.first()?.as_raw_nonzero();
        Some(format!("{} processes are left, the first is {first}", left.len()))
    }

    /// What speaks against it that nothing else is left of the run, beside what is in the box. The monitor may have so
    /// many descriptors more than at the start.
    pub(crate) fn remains(&self, more: u64) -> Option<String> {
        self.system_v_objects().or_else(|| self.stray_descriptors(more))
    }

    /// What speaks against it that all is gone which the run has sent somewhere and not received, all files without a name but those
    /// that the server was given, and the memory that such files held. There is nothing to wait for after nearly all runs.
    pub(crate) fn in_flight(
        &mut self,
        boxes: &Boxes,
        given: Taken,
        held: impl Fn() -> u64,
    ) -> Option<String> {
        let patience = Instant::now() + IN_FLIGHT;
        loop {
            let left = match self.left_in_flight(boxes, given, &held) {
                Ok(left) => left?,
                Err(errno) => return Some(format!("what is in flight is not told: {errno}")),
            };
            if Instant::now() >= patience {
                return Some(left.into());
            }
            if let Err(errno) = collect() {
                return Some(format!("the kernel cannot be made to free what is in flight: {errno}"));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn left_in_flight(
        &mut self,
        boxes: &Boxes,
        given: Taken,
        held: impl Fn() -> u64,
    ) -> Result<Option<&'static str>, Errno> {
        if self.sockets.are_left()? {
            return Ok(Some("unix sockets of the run are left"));
        }
        if self.rooms.are_taken(boxes, given)? {
            return Ok(Some("files of the run are left that have no name"));
        }
        Ok((held() > 0).then_some("memory of the run's files is left"))
    }

    fn system_v_objects(&self) -> Option<String> {
        self.tables.iter().find_map(|(kind, table)| match read_table(table) {
            Ok(table) => {
                lists(&table, self.uid).then(|| format!("an object is left in /proc/sysvipc/{kind}"))
            }
            Err(errno) => Some(format!("/proc/sysvipc/{kind} cannot be read: {errno}")),
        })
    }

    fn stray_descriptors(&self, more: u64) -> Option<String> {
        let known = self.known + more;
        match self.count_descriptors() {
            Ok(now) if now == known => None,
            Ok(now) => Some(format!("the monitor has {now} descriptors where {known} are known")),
            Err(errno) => Some(format!("the monitor's descriptors cannot be counted: {errno}")),
        }
    }

    /// Their number is the directory's size since Linux 6.2; before, it is 0.
    fn count_descriptors(&self) -> Result<u64, Errno> {
        match u64::try_from(rustix::fs::fstat(&self.descriptors)?.st_size) {
            Ok(size) if size > 0 => Ok(size),
            _ => {
                let mut count = 0;
                each_number(&self.descriptors, |_| count += 1)?;
                Ok(count)
            }
        }
    }
}

const FILE: OFlags = OFlags::RDONLY.union(OFlags::CLOEXEC);
const DIRECTORY: OFlags = FILE.union(OFlags::DIRECTORY);

/// Everybody but PID 1.
fn others(processes: &OwnedFd) -> Result<Vec<Pid>, Errno> {
    let mut left = Vec::new();
    each_number(processes, |number| {
        left.extend(Pid::from_raw(number).filter(|pid| !pid.is_init()));
    })?;
    Ok(left)
}

/// A table that has no line but its header comes whole with the first read, which is nearly always so.
fn read_table(table: &OwnedFd) -> Result<String, Errno> {
    let (mut text, mut block) = (Vec::new(), [0; 4096]);
    loop {
        let length = rustix::io::retry_on_intr(|| rustix::io::pread(table, &mut block, text.len() as u64))?;
        text.extend_from_slice(&block[..length]);
        if length == 0 || text.iter().filter(|byte| **byte == b'\n').count() == 1 {
            return Ok(String::from_utf8_lossy(&text).into_owned());
        }
    }
}

/// The table has a line whose creator or owner is this user.
fn lists(table: &str, uid: u32) -> bool {
    let mut lines = table.lines();
    let Some(header) = lines.next() else { return false };
    let columns = |name| header.split_whitespace().position(|column| column == name);
    let uid = uid.to_string();
    let of_user = |line: &str| {
        let cell = |name| columns(name).and_then(|column| line.split_whitespace().nth(column));
        cell("uid") == Some(&uid) || cell("cuid") == Some(&uid)
    };
    lines.any(of_user)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid
         0          3  1600                  4096   812   812      1 52001 52001 52001 52001
";

    #[test]
    fn an_object_of_the_programs_user_is_seen_and_another_users_is_not() {
        assert!(lists(TABLE, 52001));
        assert!(!lists(TABLE, 5200));
        assert!(!lists(TABLE.lines().next().unwrap(), 52001));
    }
}
