//! That a program cannot take more of the kernel's memory than it is charged for, but for a bounded rest.

use std::io::{BufRead, BufReader};
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::time::Duration;

use gavel_protocol::{Bytes, Clean, Limits, Order};

use crate::common::{Server, limits, program, stdio_to};
use crate::hostile::compiled;
use crate::limits::alone;

/// A program may have so much of the kernel's memory that it is not charged for: what stands behind its descriptors; and others of the
/// host come and go meanwhile.
const REST: u64 = 12 << 20;

/// Memory of the kernel's own objects on the whole host, in bytes.
fn of_the_kernel() -> u64 {
    let figures = std::fs::read_to_string("/proc/meminfo").unwrap();
    let kib = |key: &str| {
        let line = figures.lines().find_map(|line| line.strip_prefix(key));
        line.map_or(0, |line| line.trim().trim_end_matches(" kB").parse::<u64>().unwrap())
    };
    let kinds = ["SUnreclaim:", "KernelStack:", "PageTables:", "Percpu:", "VmallocUsed:"];
    kinds.map(kib).iter().sum::<u64>() * 1024
}

/// What is in the leaf of the run, in bytes.
fn charged(server: &Server) -> u64 {
    let figures = ["memory.usage_in_bytes", "memory.current"];
    let leaves = server.cgroups().leaves();
    let figure = |leaf: &PathBuf| {
        let found = figures.iter().find_map(|figure| std::fs::read_to_string(leaf.join(figure)).ok())?;
        let is_of_run = leaf.file_name().is_some_and(|name| name.to_string_lossy().starts_with("run-"));
        is_of_run.then(|| found.trim().parse::<u64>().unwrap())
    };
    leaves.iter().filter_map(figure).sum()
}

/// By how much more the kernel's memory has grown than was charged when a program has made all it can of this, and how many that are.
fn taken(server: &mut Server, kind: &str) -> (u64, u64) {
    let enough = Duration::from_secs(10);
    let limits =
        Limits { memory: Bytes::mib(64), open_files: 512, cpu_time: enough, wall_time: enough, ..limits() };
    let (reader, writer) = std::io::pipe().unwrap();
    let mut run = program(&[compiled("objects").to_str().unwrap(), kind], &server.cwd(), limits);
    run.stdio = stdio_to(0);
    let before = of_the_kernel();
    let id = server.begin(run, &[writer.as_fd()]);
    drop(writer);
    let mut line = String::new();
    // Nothing where memory ran out before the descriptors did, which is as well.
    BufReader::new(reader).read_line(&mut line).unwrap();
    let grown = of_the_kernel().saturating_sub(before);
    let charged = charged(server);
    server.send(id, Order::Kill, &[]);
    assert_eq!(server.finish(id).clean, Clean::Proven, "{kind}");
    (grown.saturating_sub(charged), line.trim().parse().unwrap_or(0))
}

#[test]
fn no_object_of_the_kernel_is_to_be_had_without_end_and_without_charge() {
    let _alone = alone();
    let mut server = Server::start_with_cgroups();
    let descriptors = ["eventfd", "timerfd", "signalfd", "epoll", "pidfd", "pipe", "socket", "ruleset"];
    let others = ["filter", "lock", "timer", "signal", "mapping", "name", "watch"];
    for kind in descriptors.into_iter().chain(others) {
        // Something else may have grown meanwhile, but not every time.
        let mut tries = Vec::new();
        while tries.len() < 3 && tries.iter().all(|(uncharged, _)| *uncharged >= REST) {
            tries.push(taken(&mut server, kind));
        }
        assert!(tries.iter().any(|(uncharged, _)| *uncharged < REST), "{kind}: {tries:?}");
    }
}
