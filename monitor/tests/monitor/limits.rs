//! Limits, on both sides of each, and how exactly they are kept. One test at a time: they measure.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use gavel_protocol::{BoxFile, Bytes, Clean, Content, CpuRate, Ending, Limit, Limits, Outcome, Step};

use crate::common::{Ran, Server, ending, limits, program, usage, wait_until};
use crate::hostile::compiled;

/// How much later than at its limit a run may end on an idle core. Others use the cores while this is tested, and a
/// run of several is held against it: the earliest, which was disturbed least.
const LATE: Duration = Duration::from_millis(10);

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Waits for the tests that measure to be over.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn shell(server: &mut Server, script: &str, limits: Limits) -> Ran {
    let (ran, _) = server.shell(script, limits);
    assert_eq!(ran.clean, Clean::Proven, "{script}");
    ran
}

fn earliest(of: impl FnMut() -> Duration) -> Duration {
    std::iter::repeat_with(of).take(7).min().unwrap()
}

/// Time enough to touch much memory on an emulated host.
pub(crate) fn unhurried() -> Limits {
    Limits { cpu_time: Duration::from_secs(15), wall_time: Duration::from_secs(15), ..limits() }
}

fn killed(over: Limit) -> Ending {
    Ending::Killed { over }
}

const SPIN: &str = "while :; do :; done";

#[test]
fn cpu_time_ends_at_its_limit() {
    let _alone = alone();
    spins_to_its_cpu_limit(Server::start_with_cgroups());
}

fn spins_to_its_cpu_limit(mut server: Server) {
    let limit = Duration::from_millis(300);
    let used = earliest(|| {
        let ran = shell(&mut server, SPIN, Limits { cpu_time: limit, ..limits() });
        assert_eq!(ending(&ran), killed(Limit::CpuTime));
        usage(&ran).cpu_time()
    });
    assert!((limit..limit + LATE).contains(&used), "{used:?}");
}

#[test]
fn cpu_time_of_several_processes_is_added_up() {
    let _alone = alone();
    let mut server = Server::start_with_cgroups();
    let limit = Duration::from_millis(400);
    let used = earliest(|| {
        let ran = shell(
            &mut server,
            &format!("({SPIN}) & ({SPIN}) & wait"),
            Limits { cpu_time: limit, ..limits() },
        );
        assert_eq!(ending(&ran), killed(Limit::CpuTime));
        usage(&ran).cpu_time()
    });
    assert!((limit..limit + LATE).contains(&used), "{used:?}");
}

#[test]
fn cpu_time_of_processes_that_nobody_waited_for_counts() {
    let _alone = alone();
    let mut server = Server::start_with_cgroups();
    // Each child of a child burns and is gone before anybody asks.
    let burn = "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done";
    let ran = shell(&mut server, &format!("({burn}) & sleep 1; exit 0"), limits());
    let counted = usage(&ran).cpu_time();
    let ran = shell(&mut server, &format!("({burn} & ) ; sleep 1; exit 0"), limits());
    let orphaned = usage(&ran).cpu_time();
    assert!(orphaned * 2 > counted, "{orphaned:?} of an orphan, {counted:?} of a child");
}

#[test]
fn without_cgroups_cpu_time_is_limited_too() {
    let _alone = alone();
    spins_to_its_cpu_limit(Server::start());
}

#[test]
fn wall_time_ends_at_its_limit() {
    let _alone = alone();
    let mut server = Server::start_with_cgroups();
    let limit = Duration::from_millis(200);
    let used = earliest(|| {
        let ran = shell(&mut server, "sleep 5", Limits { wall_time: limit, ..limits() });
        assert_eq!(ending(&ran), killed(Limit::WallTime));
        usage(&ran).wall_time
    });
    assert!((limit..limit + LATE).contains(&used), "{used:?}");
}

#[test]
fn a_program_that_waits_for_a_core_is_not_out_of_time() {
    let _alone = alone();
    let mut server = Server::start_with_cgroups();
    let burn = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done";
    let undisturbed = earliest(|| usage(&shell(&mut server, burn, limits())).wall_time);
    let tight = Limits { wall_time: undisturbed * 5 / 4, ..limits() };
    let busy = Busy::everywhere();
    // Still others may want the cores, so that it is held up for longer than a run may be.
    let in_time = std::iter::repeat_with(|| shell(&mut server, burn, tight.clone()))
        .take(7)
        .any(|ran| ending(&ran) == Ending::Exited { code: 0 } && usage(&ran).wall_time <= tight.wall_time);
    assert!(in_time, "within {:?}", tight.wall_time);
    // Who sleeps has waited for nothing.
    let asleep = Limits { wall_time: Duration::from_millis(100), ..limits() };
    let slept = earliest(|| {
        let begun = Instant::now();
        let ran = shell(&mut server, "sleep 5", asleep.clone());
        assert_eq!(ending(&ran), killed(Limit::WallTime));
        // A moment in which it waited after all is not taken off what it is told to have had.
        let wall_time = usage(&ran).wall_time;
        assert!(wall_time >= asleep.wall_time, "{wall_time:?}");
        begun.elapsed()
    });
    drop(busy);
    assert!(slept < 2 * asleep.wall_time, "{slept:?}");
}

#[test]
fn what_processes_have_waited_for_that_are_gone_is_not_forgotten() {
    let _alone = alone();
    let mut server = Server::start_with_cgroups();
    let one = "(i=0; while [ $i -lt 40000 ]; do i=$((i+1)); done)";
    let passes = [one; 4].join("; ");
    let undisturbed = earliest(|| usage(&shell(&mut server, &passes, limits())).wall_time);
    let tight = Limits { wall_time: undisturbed * 3 / 2, ..limits() };
    let busy = Busy::everywhere();
    let in_time = std::iter::repeat_with(|| shell(&mut server, &passes, tight.clone()))
        .take(7)
        .any(|ran| ending(&ran) == Ending::Exited { code: 0 });
    drop(busy);
    assert!(in_time, "within {:?}", tight.wall_time);
}

/// The more processes there are, the longer it takes the monitor to have a core again.
#[test]
fn hundreds_of_processes_on_a_busy_host_do_not_run_far_beyond_their_limit() {
    const RUNS: u32 = 5;
    let _alone = alone();
    let mut server = Server::start_with_cgroups();
    let limit = Duration::from_millis(700);
    let limits = Limits { cpu_time: limit, wall_time: 20 * limit, processes: 256, ..limits() };
    let bomb = compiled("hostile");
    let busy = Busy::everywhere();
    let used: Duration = std::iter::repeat_with(|| {
        let argv = [bomb.to_str().unwrap(), "bomb_of_sessions"];
        let run = program(&argv, &server.cwd(), limits.clone());
        let ran = server.run(run, &[]);
        assert_eq!((ending(&ran), &ran.clean), (killed(Limit::CpuTime), &Clean::Proven));
        usage(&ran).cpu_time()
    })
    .take(RUNS as usize)
    .sum();
    drop(busy);
    assert!(used < RUNS * limit * 3 / 2, "{:?} of {limit:?} each", used / RUNS);
}

#[test]
fn where_a_hierarchy_of_its_own_gives_out_cpu_time_a_run_has_a_leaf_there() {
    let mut server = Server::start_with_cgroups();
    let (ran, output) = server.shell("cat /proc/self/cgroup", limits());
    assert_eq!(ending(&ran), Ending::Exited { code: 0 });
    let place = |controller: &str| {
        let place = output.lines().find_map(|line| line.split_once(&format!(":{controller}:")));
        place.map(|(_, path)| path.rsplit('/').next().unwrap())
    };
    // Where it is one with another, or all are one, the run has its leaf in that.
    if let (Some(shares), Some(times)) = (place("cpu"), place("cpuacct")) {
        assert_eq!(shares, times, "{output}");
    }
}

/// Two threads for each core that want all of it.
struct Busy(Arc<AtomicBool>);

impl Busy {
    fn everywhere() -> Self {
        let wanted = Arc::new(AtomicBool::new(true));
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        for _ in 0..2 * cores {
            let wanted = Arc::clone(&wanted);
            std::thread::spawn(move || while wanted.load(Ordering::Relaxed) {});
        }
        Self(wanted)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

#[test]
fn a_program_just_within_its_times_ends_by_itself() {
    let _alone = alone();
    let mut server = Server::start_with_cgroups();
    let ran =
        shell(&mut server, "sleep 0.2; exit 3", Limits { wall_time: Duration::from_millis(600), ..limits() });
    assert_eq!(ending(&ran), Ending::Exited { code: 3 });
    assert!(usage(&ran).cpu_time() < Duration::from_millis(100));
}

#[test]
fn memory_over_the_limit_is_killed_and_told() {
    let _alone = alone();
    let mut server = Server::start_with_cgroups();
    let tight = Limits { memory: Bytes::mib(32), ..unhurried() };
    let ran = shell(&mut server, "head -c 64M /dev/zero | tail", tight.clone());
    assert!(usage(&ran).oom);
    assert!(usage(&ran).memory > Bytes::mib(32), "{}", usage(&ran).memory);
    assert_eq!(ending(&ran), killed(Limit::Memory));
    let ran = shell(&mut server, "head -c 16M /dev/zero | tail >/dev/null", tight);
    assert!(!usage(&ran).oom);
    assert!((Bytes::mib(16)..Bytes::mib(32)).contains(&usage(&ran).memory), "{}", usage(&ran).memory);
    assert_eq!(ending(&ran), Ending::Exited { code: 0 });
}

#[test]
fn a_limit_below_what_a_new_process_needs_is_a_memory_limit_like_any_other() {
    let _alone = alone();
    let mut server = Server::start_with_cgroups();
    for round in 0..20 {
        for kib in [0, 16, 32, 48, 64, 128] {
            let ran = shell(&mut server, "exit 0", Limits { memory: Bytes::kib(kib), ..limits() });
            assert_eq!(ending(&ran), killed(Limit::Memory), "{kib} KiB, round {round}");
            assert!(usage(&ran).oom);
            let ran = shell(&mut server, "exit 0", limits());
            assert_eq!(ending(&ran), Ending::Exited { code: 0 }, "after {kib} KiB, round {round}");
        }
    }
}

#[test]
fn a_run_may_be_allowed_more_or_less_than_the_one_before() {
    let mut server = Server::start_with_cgroups();
    for size in [64, 32, 128, 16] {
        let ran = shell(&mut server, "exit 0", Limits { memory: Bytes::mib(size), ..limits() });
        assert_eq!(ending(&ran), Ending::Exited { code: 0 }, "{size} MiB");
    }
}

#[test]
fn memory_of_one_run_is_not_charged_to_the_next() {
    let _alone = alone();
    let mut server = Server::start_with_cgroups();
    let big = shell(&mut server, "head -c 100M /dev/zero | tail >/dev/null", unhurried());
    assert!(usage(&big).memory > Bytes::mib(100));
    let small = shell(&mut server, "exit 0", limits());
    assert!(usage(&small).memory < Bytes::mib(4), "{}", usage(&small).memory);
}

#[test]
fn processes_beyond_the_limit_cannot_be_made() {
    let _alone = alone();
    let mut server = Server::start_with_cgroups();
    let few = Limits { processes: 4, ..limits() };
    let script = "for i in 1 2 3 4 5 6; do sleep 0.3 & done 2>/dev/null; wait; echo all";
    let (ran, output) = server.shell(script, few);
    assert_ne!(ending(&ran), Ending::Exited { code: 0 }, "{output}");
    assert!(usage(&ran).processes.is_none_or(|peak| peak <= 4));
    let (ran, output) = server.shell(script, Limits { processes: 7, ..limits() });
    assert_eq!((ending(&ran), output.as_str()), (Ending::Exited { code: 0 }, "all\n"));
}

#[test]
fn a_bounded_rate_stretches_the_time_that_a_program_takes() {
    let _alone = alone();
    let mut server = Server::start_with_cgroups();
    let half = CpuRate { thousandths: 500, period: Duration::from_millis(20) };
    let cpu_time = Duration::from_millis(300);
    let ran = shell(&mut server, SPIN, Limits { cpu_time, cpu_rate: Some(half), ..limits() });
    assert_eq!(ending(&ran), killed(Limit::CpuTime));
    let took = usage(&ran).wall_time;
    assert!(took >= cpu_time * 18 / 10, "{took:?} for {cpu_time:?}");
}

#[test]
fn a_program_runs_on_the_cpus_of_its_set_and_the_next_on_all() {
    let mut server = Server::start_with_cgroups();
    let allowed = "grep Cpus_allowed_list /proc/self/status | cut -f 2";
    let (_, all) = server.shell(allowed, limits());
    for cpus in ["0", "0-0"] {
        let (ran, output) = server.shell(allowed, Limits { cpus: Some(cpus.into()), ..limits() });
        assert_eq!((ending(&ran), output.as_str()), (Ending::Exited { code: 0 }, "0\n"));
        assert_eq!(ran.clean, Clean::Proven);
    }
    let (_, output) = server.shell(allowed, limits());
    assert_eq!(output, all);
    let left: Vec<_> = server.cgroups().leaves();
    assert!(left.iter().all(|leaf| !leaf.to_string_lossy().contains("cpuset")), "{left:?}");
}

#[test]
fn cpus_that_no_machine_has_are_refused_by_name() {
    let mut server = Server::start_with_cgroups();
    for (cpus, errno) in [("99999", libc::ERANGE), ("zz", libc::EINVAL)] {
        let (ran, _) = server.shell("exit 0", Limits { cpus: Some(cpus.into()), ..limits() });
        assert_eq!(ran.report.outcome, Outcome::NotStarted { step: Step::CpuSet, errno }, "{cpus}");
        assert_eq!(ran.clean, Clean::Proven);
    }
    let never = CpuRate { thousandths: 0, period: Duration::from_millis(100) };
    let (ran, _) = server.shell("exit 0", Limits { cpu_rate: Some(never), ..limits() });
    assert_eq!(ran.report.outcome, Outcome::NotStarted { step: Step::CpuRate, errno: libc::EINVAL });
    let (ran, _) = server.shell("exit 0", limits());
    assert_eq!(ending(&ran), Ending::Exited { code: 0 });
}

#[test]
fn without_cgroups_no_cpus_can_be_chosen() {
    let mut server = Server::start();
    let (ran, _) = server.shell("exit 0", Limits { cpus: Some("0".into()), ..limits() });
    let refused = Outcome::NotStarted { step: Step::CpuSet, errno: libc::ENOTSUP };
    assert_eq!((ran.report.outcome, ran.clean), (refused, Clean::Proven));
}

#[test]
fn a_file_beyond_its_limit_is_not_written() {
    let mut server = Server::start();
    let small = Limits { file_size: Bytes::kib(64), ..limits() };
    let (ran, _) = server.shell("head -c 65537 /dev/zero > file", small.clone());
    assert_eq!(ending(&ran), Ending::Exited { code: 128 + libc::SIGXFSZ });
    let (ran, _) = server.shell("head -c 65536 /dev/zero > file", small);
    assert_eq!(ending(&ran), Ending::Exited { code: 0 });
}

#[test]
fn who_ignores_the_signal_of_that_limit_and_fails_has_met_it() {
    let mut server = Server::start();
    let small = Limits { file_size: Bytes::kib(64), ..limits() };
    let mut met = |script: &str| {
        let (ran, _) = server.shell(script, small.clone());
        usage(&ran).file_size_reached
    };
    assert!(met("trap '' XFSZ; head -c 65537 /dev/zero > file || exit 3"));
    assert!(met("mkdir sub; head -c 65537 /dev/zero > sub/file"), "the shell tells its child's status");
    assert!(!met("head -c 65535 /dev/zero > file; exit 3"));
    assert!(!met("head -c 65536 /dev/zero > file"), "nothing has failed");
}

#[test]
fn a_program_that_fails_beside_large_files_that_were_put_has_not_met_it() {
    let mut server = Server::start();
    for file_size in [Bytes(0), Bytes(3)] {
        let failing = ["/bin/sh", "-c", "exit 3"];
        let mut run = program(&failing, &server.cwd(), Limits { file_size, ..limits() });
        let content = Content::Inline(b"source".to_vec());
        run.files = vec![BoxFile { path: "main.sh".into(), mode: 0o644, content }];
        assert!(!usage(&server.run(run, &[])).file_size_reached, "{file_size:?}");
    }
}

#[test]
fn limits_of_a_process_are_those_asked_for() {
    let mut server = Server::start();
    let asked = Limits {
        stack: Bytes::mib(3),
        open_files: 33,
        data: Some(Bytes::mib(77)),
        core: Bytes(1),
        ..limits()
    };
    // Not by ulimit, which tells in blocks: a core of 1 byte, which keeps the kernel from piping it away, would be 0.
    let (_, output) = server.shell("cat /proc/self/limits", asked);
    let soft_and_hard = |name: &str| -> Vec<String> {
        let line = output.lines().find_map(|line| line.strip_prefix(name)).expect("every limit has a line");
        line.split_whitespace().take(2).map(str::to_owned).collect()
    };
    for (name, limit) in [
        ("Max stack size", "3145728"),
        ("Max open files", "33"),
        ("Max data size", "80740352"),
        ("Max core file size", "1"),
        ("Max locked memory", "0"),
        ("Max address space", "unlimited"),
    ] {
        assert_eq!(soft_and_hard(name), [limit, limit], "{name}");
    }
}

#[test]
fn the_leaf_of_a_run_goes_with_it_or_serves_the_next() {
    let mut server = Server::start_with_cgroups();
    let of_runs = |server: &Server| {
        let leaves = server.cgroups().leaves();
        leaves.iter().filter(|leaf| leaf.file_name().unwrap().to_string_lossy().starts_with("run-")).count()
    };
    wait_until(|| of_runs(&server) > 0);
    let small = Limits { memory: Bytes::mib(16), ..limits() };
    for limits in [limits(), small.clone(), limits(), limits(), small] {
        shell(&mut server, "exit 0", limits);
        // The last run's may still be going, while the next one's is there.
        wait_until(|| of_runs(&server) <= 1);
    }
}

#[test]
fn what_befell_a_run_is_not_told_of_the_next() {
    let _alone = alone();
    let mut server = Server::start_with_cgroups();
    let limits = Limits { memory: Bytes::mib(64), ..unhurried() };
    for _ in 0..3 {
        let over = shell(&mut server, "head -c 100M /dev/zero | tail", limits.clone());
        assert_eq!(ending(&over), Ending::Killed { over: Limit::Memory });
        let busy = shell(&mut server, "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done", limits.clone());
        assert_eq!(ending(&busy), Ending::Exited { code: 0 });
        assert!(!usage(&busy).oom && usage(&busy).memory < Bytes::mib(4), "{:?}", usage(&busy));
        let idle = shell(&mut server, "exit 0", limits.clone());
        assert!(
            usage(&idle).cpu_time() < usage(&busy).cpu_time() / 2,
            "{:?} {:?}",
            usage(&idle),
            usage(&busy)
        );
    }
}
