//! How much the server may hold: as much as its own cgroup leaves it.

use std::fs;
use std::path::Path;

use gavel_protocol::Bytes;

/// Where no cgroup limits the memory, as if one with so much did. More is for those who say so.
const USUAL: Bytes = Bytes::mib(1024);
/// What a limit in a file of cgroup v1 cannot be: there, no limit is the largest number of whole pages.
const UNLIMITED: u64 = 1 << 60;

/// The size of the account: what is set, else five eighths of what this process's cgroup may have. The rest is for the
/// process itself, for small things that are not counted, and for the kernel's buffers.
pub fn size(set: Option<Bytes>) -> Bytes {
    set.unwrap_or_else(|| {
        let all = limit(Path::new("/proc/self/cgroup"), Path::new("/sys/fs/cgroup")).unwrap_or(USUAL);
        Bytes(all.get() / 8 * 5)
    })
}

/// The lowest limit of the cgroup that a process is in, and of those above it, as far as they can be seen: in a
/// container its own is at the root.
fn limit(membership: &Path, root: &Path) -> Option<Bytes> {
    let membership = fs::read_to_string(membership).unwrap_or_default();
    let v1 =
        of_controller(&membership, "memory").map(|path| (root.join("memory"), path, "memory.limit_in_bytes"));
    let v2 = of_controller(&membership, "").map(|path| (root.to_owned(), path, "memory.max"));
    let limits = [v1, v2].into_iter().flatten().flat_map(|(root, path, file)| {
        let path = path.trim_start_matches('/');
        let groups = Path::new(path).ancestors().map(|group| root.join(group).join(file)).collect::<Vec<_>>();
        groups.into_iter().filter_map(|file| fs::read_to_string(file).ok()?.trim().parse().ok())
    });
    limits.filter(|limit| *limit < UNLIMITED).min().map(Bytes)
}

/// The path of a process's cgroup, from lines of the form `4:memory:/docker/1f2e` (v1) or `0::/user.slice` (v2).
fn of_controller<'a>(membership: &'a str, controller: &str) -> Option<&'a str> {
    membership.lines().find_map(|line| {
        let mut fields = line.splitn(3, ':');
        let (_, controllers, path) = (fields.next()?, fields.next()?, fields.next()?);
        controllers.split(',').any(|name| name == controller).then_some(path)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A host with these files, and the limit of a process of such a membership.
    fn limit_of(membership: &str, files: &[(&str, &str)]) -> Option<Bytes> {
        let host = tempfile::tempdir().unwrap();
        let of_process = host.path().join("cgroup");
        fs::write(&of_process, membership).unwrap();
        let root = host.path().join("root");
        for (file, content) in files {
            let file = root.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, content).unwrap();
        }
        limit(&of_process, &root)
    }

    #[test]
    fn in_a_container_the_limit_is_at_the_root() {
        let v1 = "9:name=systemd:/docker/1\n4:memory:/docker/1\n0::/\n";
        assert_eq!(limit_of(v1, &[("memory/memory.limit_in_bytes", "268435456\n")]), Some(Bytes::mib(256)));
        assert_eq!(limit_of("0::/\n", &[("memory.max", "268435456\n")]), Some(Bytes::mib(256)));
    }

    #[test]
    fn on_a_host_the_lowest_limit_above_the_process_counts() {
        let files = [
            ("a.slice/memory.max", "104857600\n"),
            ("a.slice/b.service/memory.max", "max\n"),
            ("memory.max", "209715200\n"),
        ];
        assert_eq!(limit_of("0::/a.slice/b.service\n", &files), Some(Bytes::mib(100)));
    }

    #[test]
    fn no_limit_is_none() {
        assert_eq!(limit_of("0::/\n", &[("memory.max", "max\n")]), None);
        let v1 = [("memory/memory.limit_in_bytes", "9223372036854771712\n")];
        assert_eq!(limit_of("4:memory:/\n", &v1), None);
        assert_eq!(limit_of("", &[]), None);
    }

    #[test]
    fn what_is_set_counts() {
        assert_eq!(size(Some(Bytes::mib(3))), Bytes::mib(3));
        assert!(size(None) >= Bytes::mib(1));
    }
}
