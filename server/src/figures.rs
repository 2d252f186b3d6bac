//! What the process itself uses: memory, threads, descriptors, and its tokio runtimes. For `/debug`.

use std::fs;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use serde::Serialize;
use tokio::runtime::{Handle, RuntimeMetrics};

use crate::version::{COMMIT, VERSION};

/// The runtimes of this process, each noted by whoever runs in it.
#[derive(Debug, Clone)]
pub struct Runtimes {
    started: Instant,
    noted: Arc<Mutex<Vec<(&'static str, RuntimeMetrics)>>>,
}

/// All figures at one moment.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    version: &'static str,
    commit: &'static str,
    /// Since the first runtime was noted.
    uptime_seconds: u64,
    process: Process,
    memory: Memory,
    runtimes: Vec<Runtime>,
}

#[derive(Debug, Serialize)]
struct Process {
    pid: u32,
    threads: Option<u64>,
    open_files: Option<usize>,
}

/// From `/proc/self/status` and `/proc/self/smaps_rollup`; `None` = the kernel does not tell.
#[derive(Debug, Serialize)]
struct Memory {
    virtual_bytes: Option<u64>,
    resident_bytes: Option<u64>,
    resident_peak_bytes: Option<u64>,
    /// Resident and of no file: what the allocator holds, and the stacks.
    anonymous_bytes: Option<u64>,
    /// Resident, of the executable and its libraries, and what is shared.
    file_bytes: Option<u64>,
    shared_bytes: Option<u64>,
    /// What would become free if this process ended.
    private_bytes: Option<u64>,
    swapped_bytes: Option<u64>,
    /// The part of the data segment's end that the allocator moves; large blocks are elsewhere.
    heap_bytes: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Runtime {
    name: &'static str,
    alive_tasks: usize,
    /// Tasks that wait for a worker and belong to none.
    global_queue_depth: usize,
    workers: Vec<Worker>,
}

#[derive(Debug, Serialize)]
struct Worker {
    busy_seconds: f64,
    parked: u64,
}

impl Default for Runtimes {
    fn default() -> Self {
        Self { started: Instant::now(), noted: Arc::default() }
    }
}

impl Runtimes {
    /// Notes the runtime in which it is called, if any.
    pub(crate) fn note(&self, name: &'static str) {
        let Ok(handle) = Handle::try_current() else { return };
        self.noted.lock().unwrap_or_else(PoisonError::into_inner).push((name, handle.metrics()));
    }

    /// All figures now. Reads files in `/proc`.
    pub(crate) fn figures(&self) -> Figures {
        let runtimes = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let status = read("status");
        let rollup = read("smaps_rollup");
        Figures {
            version: VERSION,
            commit: COMMIT,
            uptime_seconds: self.started.elapsed().as_secs(),
            process: Process {
                pid: std::process::id(),
                threads: number(&status, "Threads:"),
                open_files: fs::read_dir("/proc/self/fd").ok().map(Iterator::count),
            },
            memory: Memory {
                virtual_bytes: kib(&status, "VmSize:"),
                resident_bytes: kib(&status, "VmRSS:"),
                resident_peak_bytes: kib(&status, "VmHWM:"),
                anonymous_bytes: kib(&status, "RssAnon:"),
                file_bytes: kib(&status, "RssFile:"),
                shared_bytes: kib(&status, "RssShmem:"),
                private_bytes: private(&rollup),
                swapped_bytes: kib(&status, "VmSwap:"),
                heap_bytes: heap(&read("maps")),
            },
            runtimes: runtimes.iter().map(|(name, metrics)| Runtime::new(name, metrics)).collect(),
        }
    }
}

impl Runtime {
    fn new(name: &'static str, metrics: &RuntimeMetrics) -> Self {
        let worker = |index| Worker {
            busy_seconds: metrics.worker_total_busy_duration(index).as_secs_f64(),
            parked: metrics.worker_park_count(index),
        };
        Self {
            name,
            alive_tasks: metrics.num_alive_tasks(),
            global_queue_depth: metrics.global_queue_depth(),
            workers: (0..metrics.num_workers()).map(worker).collect(),
        }
    }
}

/// A file of `/proc/self`; empty where there is none.
fn read(name: &str) -> String {
    fs::read_to_string(format!("/proc/self/{name}")).unwrap_or_default()
}

/// The number behind a label at the start of a line.
fn number(text: &str, label: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(label))?;
    line.split_whitespace().next()?.parse().ok()
}

fn kib(text: &str, label: &str) -> Option<u64> {
    number(text, label).map(|kib| kib * 1024)
}

fn private(rollup: &str) -> Option<u64> {
    Some(kib(rollup, "Private_Clean:")? + kib(rollup, "Private_Dirty:")?)
}

/// The size of the mapping named `[heap]`.
fn heap(maps: &str) -> Option<u64> {
    let line = maps.lines().find(|line| line.ends_with("[heap]"))?;
    let (start, end) = line.split_whitespace().next()?.split_once('-')?;
    let address = |text| u64::from_str_radix(text, 16).ok();
    address(end)?.checked_sub(address(start)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_tables_are_read() {
        let status = "Name:\tgavel\nVmSize:\t  200 kB\nVmRSS:\t   12 kB\nThreads:\t7\n";
        assert_eq!(kib(status, "VmRSS:"), Some(12 * 1024));
        assert_eq!(number(status, "Threads:"), Some(7));
        assert_eq!(kib(status, "VmHWM:"), None);
        let maps =
            "5581e0000000-5581e0021000 rw-p 00000000 00:00 0          [heap]\n7f00-7f01 r-xp 0 0 0 /lib/x\n";
        assert_eq!(heap(maps), Some(0x21000));
        assert_eq!(heap("7f00-7f01 r-xp 0 0 0 /lib/x\n"), None);
        assert_eq!(private("Private_Clean:  3 kB\nPrivate_Dirty:  4 kB\n"), Some(7 * 1024));
    }

    #[tokio::test]
    async fn this_very_process_has_figures() {
        let runtimes = Runtimes::default();
        runtimes.note("main");
        let figures = runtimes.figures();
        assert!(figures.memory.resident_bytes > Some(100 << 10), "{figures:?}");
        assert!(figures.process.threads >= Some(1) && figures.process.open_files >= Some(3), "{figures:?}");
        assert_eq!(figures.runtimes[0].workers.len(), 1);
    }
}
