//! The conversation and the run as the server sees them.

use gavel_protocol::{
    Bytes, Clean, Collect, CollectedFile, Descriptor, Ending, Limit, Order, Outcome, Reply, RunId, Step,
};

use crate::common::{Server, ending, limits, processes_of, program, usage, wait_until};

#[test]
fn a_program_runs_under_its_own_uid_and_the_box_is_clean_afterwards() {
    let mut server = Server::start();
    let uid = server.uid;
    let (ran, output) =
        server.shell("id -u; id -g; id -G; echo left > file; mkdir -p a/b/c; exit 7", limits());
    assert_eq!(output, format!("{uid}\n{uid}\n{uid}\n"));
    assert_eq!(ending(&ran), Ending::Exited { code: 7 });
    assert_eq!(ran.clean, Clean::Proven);
    assert!(!server.box_path("file").exists());
}

#[test]
fn a_program_that_cannot_be_found_names_the_step() {
    let mut server = Server::start();
    let ran = server.run(program(&["no-such-program"], &server.cwd(), limits()), &[]);
    assert_eq!(ran.report.outcome, Outcome::NotStarted { step: Step::Exec, errno: 2 });
    assert_eq!(ran.report.detail, "exec: No such file or directory (os error 2)");
}

#[test]
fn the_wall_limit_ends_a_sleeper() {
    let mut server = Server::start();
    let mut tight = limits();
    tight.wall_time = std::time::Duration::from_millis(200);
    let (ran, _) = server.shell("sleep 10", tight);
    assert_eq!(ending(&ran), Ending::Killed { over: Limit::WallTime });
    let wall = usage(&ran).wall_time.as_millis();
    assert!((200..215).contains(&wall), "{wall} ms");
}

#[test]
fn an_idle_monitor_answers_a_ping() {
    let mut server = Server::start();
    server.send(RunId::NONE, Order::Ping, &[]);
    assert_eq!(server.receive().unwrap().1, Reply::Pong);
}

#[test]
fn bytes_that_are_no_frame_end_the_monitor_with_a_failure() {
    let mut server = Server::start();
    server.send_raw(b"\x01not a frame");
    assert_eq!(server.exit().code(), Some(1));
}

#[test]
fn the_end_of_the_connection_ends_the_monitor_and_the_run_with_it() {
    let mut server = Server::start();
    let uid = server.uid;
    let run = program(&["/bin/sleep", "60"], &server.cwd(), limits());
    server.begin(run, &[]);
    wait_until(|| !processes_of(uid).is_empty());
    assert_eq!(server.hang_up().code(), Some(1));
    assert_eq!(processes_of(uid), Vec::<u32>::new());
}

#[test]
fn a_collected_file_arrives_as_a_descriptor() {
    let mut server = Server::start();
    let mut run =
        program(&["/bin/sh", "-c", "umask 077; echo result > out; mkfifo pipe"], &server.cwd(), limits());
    run.collect = ["out", "pipe", "none", "../out", "out/"].map(wanted).to_vec();
    let ran = server.run(run, &[]);
    let found: Vec<_> = ran.report.collected.iter().map(|collected| collected.file).collect();
    assert_eq!(
        found,
        [
            CollectedFile::File { descriptor: Descriptor(0), size: Bytes(7) },
            CollectedFile::NotRegular,
            CollectedFile::Failed { errno: 2 },
            CollectedFile::Failed { errno: 22 },
            CollectedFile::Failed { errno: 22 },
        ]
    );
    let text =
        std::io::read_to_string(std::fs::File::from(ran.descriptors.into_iter().next().unwrap())).unwrap();
    assert_eq!(text, "result\n");
    assert_eq!(ran.clean, Clean::Proven);
}

fn wanted(path: &str) -> Collect {
    Collect { path: path.into(), max: Bytes::kib(1), truncate: false }
}
