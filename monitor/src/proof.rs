//! The proof of cleanliness: what must not be there when a run is over. Any doubt costs the container.

use std::fs;

use crate::boxes::Boxes;
use crate::{crowd, reset};

/// How many descriptors the monitor has when nothing is going on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KnownDescriptors(usize);

impl KnownDescriptors {
    /// Counts them now.
    pub(crate) fn count() -> Self {
        Self(fs::read_dir("/proc/self/fd").map_or(0, Iterator::count))
    }
}

/// What speaks against it that nothing is left of the run; None = nothing does.
pub(crate) fn doubt(boxes: &Boxes, uid: u32, known: KnownDescriptors) -> Option<String> {
    leftovers(boxes)
        .or_else(|| processes(uid))
        .or_else(|| system_v_objects(uid))
        .or_else(|| stray_descriptors(known))
}

fn leftovers(boxes: &Boxes) -> Option<String> {
    reset::first_not_empty(boxes).map(|path| format!("{path} is not empty"))
}

/// As PID 1 the monitor must be alone. Elsewhere it has neighbours, none of whom is the program's user.
pub(crate) fn processes(uid: u32) -> Option<String> {
    let me = std::process::id();
    let left = match me {
        1 => crowd::everybody().into_iter().filter(|pid| !pid.is_init()).collect(),
        _ => crowd::of(uid),
    };
    (!left.is_empty())
        .then(|| format!("{} processes are left, the first is {}", left.len(), left[0].as_raw_nonzero()))
}

fn system_v_objects(uid: u32) -> Option<String> {
    let left = ["msg", "sem", "shm"].into_iter().find(|kind| {
        // A kernel without them has none.
        fs::read_to_string(format!("/proc/sysvipc/{kind}")).is_ok_and(|table| lists(&table, uid))
    });
    left.map(|kind| format!("an object is left in /proc/sysvipc/{kind}"))
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

fn stray_descriptors(KnownDescriptors(known): KnownDescriptors) -> Option<String> {
    let KnownDescriptors(now) = KnownDescriptors::count();
    (now != known).then(|| format!("the monitor has {now} descriptors where {known} are known"))
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
