//! Programs that aim at the monitor, at its measuring or at the next program.

use std::io::{BufRead, BufReader};
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use gavel_protocol::{
    BoxFile, Bytes, Clean, Content, Descriptor, Ending, Limit, Limits, Order, Reply, Run, RunId, Stdio,
    StdioSource,
};

use crate::common::{Ran, Server, ending, limits, processes_of, program, stdio_to, wait_until};

/// Compiles a program of `programs/`, once per test run.
pub(crate) fn compiled(name: &str) -> PathBuf {
    static BUILT: OnceLock<tempfile::TempDir> = OnceLock::new();
    let directory = BUILT.get_or_init(|| {
        let directory = tempfile::tempdir().unwrap();
        std::fs::set_permissions(directory.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .unwrap();
        for name in
            ["hold", "hostile", "in_flight", "memory", "neighbour", "objects", "probe", "signals", "terminal"]
        {
            let source =
                PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/monitor/programs/{name}.c"));
            let target = directory.path().join(name);
            let mut compiler = Command::new("cc");
            compiler.args(["-O1", "-w", "-pthread", "-o"]).arg(target).arg(source);
            assert!(compiler.status().unwrap().success(), "{name}.c compiles");
        }
        directory
    });
    directory.path().join(name)
}

/// Short enough for a test, long enough for the program to get going.
fn short() -> Limits {
    Limits { cpu_time: Duration::from_millis(500), wall_time: Duration::from_millis(600), ..limits() }
}

fn hostile(server: &Server, arguments: &[&str], limits: Limits) -> Run {
    let path = compiled("hostile");
    let argv: Vec<&str> = [path.to_str().unwrap()].into_iter().chain(arguments.iter().copied()).collect();
    program(&argv, &server.cwd(), limits)
}

/// Runs a hostile program, then a harmless one: nothing may be left.
fn survive(server: &mut Server, name: &str, limits: Limits) -> Ran {
    let run = hostile(server, &[name], limits);
    let ran = server.run(run, &[]);
    assert_eq!(ran.clean, Clean::Proven, "{name}");
    assert_eq!(processes_of(server.uid), Vec::<u32>::new(), "{name}");
    let (next, output) = server.shell("ls -A; echo alive", crate::common::limits());
    assert_eq!((ending(&next), output.as_str()), (Ending::Exited { code: 0 }, "alive\n"), "after {name}");
    assert_eq!(next.clean, Clean::Proven, "after {name}");
    ran
}

#[test]
fn nothing_survives_its_run() {
    for mut server in [Server::start_with_cgroups(), Server::start()] {
        for name in
            ["fork_bomb", "full_pid_table", "stopped", "vfork_and_wait", "threads", "closed_descriptors"]
        {
            let ran = survive(&mut server, name, short());
            assert!(matches!(ending(&ran), Ending::Killed { .. }), "{name}: {:?}", ending(&ran));
        }
        let ran = survive(&mut server, "daemons", short());
        assert_eq!(ending(&ran), Ending::Exited { code: 0 });
    }
}

#[test]
fn memory_is_counted_over_all_processes_and_kinds() {
    let mut server = Server::start_with_cgroups();
    for name in ["memory_in_many_processes", "memory_files"] {
        let ran = survive(&mut server, name, Limits { memory: Bytes::mib(48), ..limits() });
        assert_eq!(ending(&ran), Ending::Killed { over: Limit::Memory }, "{name}");
    }
}

#[test]
fn whatever_is_left_in_the_box_is_removed() {
    let mut server = Server::start();
    survive(&mut server, "deep_tree", of_a_slow_disk());
    let mut run = hostile(&server, &["many_files"], of_a_slow_disk());
    run.files = ["given/a/b", "given/c"].map(given).to_vec();
    let ran = server.run(run, &[]);
    assert_eq!(ending(&ran), Ending::Exited { code: 0 });
    assert_eq!(ran.clean, Clean::Proven);
    assert_eq!(std::fs::read_dir(server.box_path("")).unwrap().count(), 0);
}

/// A box of a test may be on a disk, where a thousand new files can take a second.
fn of_a_slow_disk() -> Limits {
    Limits { cpu_time: Duration::from_secs(60), wall_time: Duration::from_secs(60), ..limits() }
}

#[test]
fn monitors_beside_each_other_do_not_kill_each_other() {
    let (mut busy, mut other) = (Server::start(), Server::start());
    // Its monitor acts as the program's user once for each of 3000 directories.
    let run = hostile(&busy, &["deep_tree"], of_a_slow_disk());
    let id = busy.begin(run, &[]);
    let finished = std::thread::spawn(move || busy.finish(id).clean);
    let mut ran = 0;
    // A run that leaves somebody behind ends with a kill(-1).
    while !finished.is_finished() {
        assert_eq!(other.shell("sleep 60 &", limits()).0.clean, Clean::Proven);
        ran += 1;
    }
    assert_eq!(finished.join().unwrap(), Clean::Proven);
    assert_ne!(ran, 0);
}

fn given(path: &str) -> BoxFile {
    BoxFile { path: path.into(), mode: 0o600, content: Content::Inline(b"text".to_vec()) }
}

#[test]
fn the_monitor_cannot_be_reached() {
    let mut server = Server::start();
    let (reader, writer) = std::io::pipe().unwrap();
    let mut run = hostile(&server, &["attack", &server.monitor_pid().to_string()], limits());
    run.stdio = stdio_to(0);
    server.run(run, &[writer.as_fd()]);
    drop(writer);
    let output = std::io::read_to_string(reader).unwrap();
    let (eperm, eacces) = (libc::EPERM, libc::EACCES);
    let expected = [
        ("kill", eperm),
        ("ptrace", eperm),
        ("process_vm_readv", eperm),
        ("mem", eacces),
        ("fd", eacces),
        ("environ", eacces),
        ("maps", eacces),
        ("oom_score_adj", eacces),
        ("own_oom_score_adj", eacces),
    ];
    let expected: Vec<String> = expected.iter().map(|(what, errno)| format!("{what} {errno}")).collect();
    assert_eq!(output.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn a_program_has_the_descriptors_it_was_given_and_no_other() {
    let mut server = Server::start();
    let (reader, writer) = std::io::pipe().unwrap();
    let mut run = hostile(&server, &["list_descriptors"], limits());
    let null = StdioSource::Null;
    run.stdio = [4, 0, 33].map(|fd| Stdio { fd, source: null.clone() }).to_vec();
    run.stdio.push(Stdio { fd: 9, source: StdioSource::Descriptor(Descriptor(0)) });
    server.run(run, &[writer.as_fd(), writer.as_fd(), writer.as_fd()]);
    drop(writer);
    assert_eq!(std::io::read_to_string(reader).unwrap(), "0 4 9 33 ");
}

#[test]
fn a_kill_and_a_ping_are_heard_during_a_run() {
    let mut server = Server::start_with_cgroups();
    let run = hostile(&server, &["closed_descriptors"], limits());
    let id = server.begin(run, &[]);
    server.send(RunId::NONE, Order::Ping, &[]);
    assert_eq!(server.receive().unwrap().1, Reply::Pong);
    server.send(RunId(id.0 + 1), Order::Kill, &[]);
    server.send(id, Order::Kill, &[]);
    let said = std::time::Instant::now();
    let ran = server.finish(id);
    assert_eq!(ending(&ran), Ending::Cancelled);
    assert!(said.elapsed() < Duration::from_millis(200), "{:?}", said.elapsed());
    // Too late, and so without effect on the next run.
    server.send(id, Order::Kill, &[]);
    let (ran, _) = server.shell("exit 5", limits());
    assert_eq!(ending(&ran), Ending::Exited { code: 5 });
}

/// Begins a run and kills it, with its process kept from dying for so long; the process that keeps it is to end with status 0.
fn dying_slowly(server: &mut Server, milliseconds: &str) -> (RunId, std::process::Child) {
    let run = hostile(server, &["closed_descriptors"], limits());
    let id = server.begin(run, &[]);
    wait_until(|| processes_of(server.uid).len() == 1);
    let mut hold = Command::new(compiled("hold"));
    hold.args([&processes_of(server.uid)[0].to_string(), milliseconds]);
    let mut hold = hold.stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(hold.stdout.take().unwrap()).lines();
    assert_eq!(said.next().unwrap().unwrap(), "seized");
    server.send(id, Order::Kill, &[]);
    assert_eq!(said.next().unwrap().unwrap(), "dying");
    (id, hold)
}

#[test]
fn a_ping_is_answered_while_the_killed_are_slow_to_die() {
    let mut server = Server::start_with_cgroups();
    let (id, mut hold) = dying_slowly(&mut server, "1000");
    for _ in 0..3 {
        server.send(id, Order::Ping, &[]);
        let (of, reply, _) = server.receive().unwrap();
        assert_eq!((of, reply), (id, Reply::Pong));
    }
    // Again is no news.
    server.send(id, Order::Kill, &[]);
    let ran = server.finish(id);
    assert_eq!((ending(&ran), ran.clean), (Ending::Cancelled, Clean::Proven));
    assert_eq!(hold.wait().unwrap().code(), Some(0));
}

#[test]
fn the_end_of_the_connection_while_the_killed_are_slow_to_die_ends_the_monitor_after_them() {
    let mut server = Server::start_with_cgroups();
    let (_, mut hold) = dying_slowly(&mut server, "500");
    let uid = server.uid;
    assert!(!server.hang_up().success());
    assert_eq!(processes_of(uid), Vec::<u32>::new());
    assert_eq!(hold.wait().unwrap().code(), Some(0));
}

#[test]
fn the_monitor_has_no_process_beside_a_run() {
    let mut server = Server::start_with_cgroups();
    assert_eq!(server.children(), [0_u32; 0]);
    let (ran, output) = server.shell("echo here", limits());
    assert_eq!((ending(&ran), output.as_str()), (Ending::Exited { code: 0 }, "here\n"));
    assert_eq!(server.children(), [0_u32; 0]);
}
