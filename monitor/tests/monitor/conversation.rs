//! The conversation and the run as the server sees them.

use std::os::fd::AsFd;

use gavel_protocol::{
    BoxFile, Bytes, Clean, Collect, CollectedFile, Content, Descriptor, Ending, Order, Outcome, Reply, RunId,
    Stdio, StdioSource, Step,
};

use crate::common::{Server, ending, limits, processes_of, program, wait_until};

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
fn files_are_forgotten_with_a_run_whose_executable_does_not_come() {
    let mut server = Server::start();
    let file = BoxFile { path: "before".into(), mode: 0o444, content: Content::Inline(b"1".to_vec()) };
    server.send(RunId(1), Order::Files(vec![file]), &[]);
    let mut run = program(&[], &server.cwd(), limits());
    run.executable = Some(Descriptor(u16::MAX));
    let id = server.begin(run, &[]);
    assert_eq!(id, RunId(1));
    let ran = server.finish(id);
    assert_eq!(ran.report.outcome, Outcome::NotStarted { step: Step::Request, errno: 9 });
    assert_eq!(ran.clean, Clean::Proven);
    let (ran, _) = server.shell("[ ! -e before ]", limits());
    assert_eq!(ending(&ran), Ending::Exited { code: 0 });
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
fn what_is_left_in_the_box_itself_is_handed_out_where_asked_for() {
    let mut server = Server::start();
    // More directories than files may be handed out.
    let script = "umask 077; mkdir d $(seq -f d%g 1100); echo 1 > d/below; ln -s d/below link; mkfifo pipe; echo 2 > b; i=0; \
        while [ $i -lt 300 ]; do : > $i; i=$((i+1)); done";
    let mut run = program(&["/bin/sh", "-c", script], &server.cwd(), limits());
    run.leavings = true;
    let id = server.begin(run, &[]);
    let mut left = Vec::new();
    let report = loop {
        match server.receive().unwrap() {
            (run, Reply::Leavings(files), with) if run == id => {
                assert_eq!(files.len(), with.len());
                left.extend(files.into_iter().zip(with));
            }
            (_, Reply::Report(report), _) => break report,
            other => panic!("{other:?}"),
        }
    };
    assert!(matches!(report.outcome, Outcome::Finished { .. }));
    assert!(matches!(server.receive().unwrap().1, Reply::Clean(Clean::Proven)));
    let (b, descriptor) = left.iter().find(|(file, _)| file.path == "b").unwrap();
    assert!(matches!(b.file, CollectedFile::File { size: Bytes(2), .. }));
    let content = std::io::read_to_string(std::fs::File::from(descriptor.try_clone().unwrap())).unwrap();
    assert_eq!((content.as_str(), left.len()), ("2\n", 301));
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

#[test]
fn a_file_that_its_program_made_unreadable_is_handed_out_and_one_of_others_is_not() {
    let mut server = Server::start();
    let script = "echo 1 > a; echo 22 > b; ln b c; chmod 0 a b; ln -s /etc/shadow d";
    for anywhere in [false, true] {
        let mut run = program(&["/bin/sh", "-c", script], &server.cwd(), limits());
        run.collect =
            ["a", "b", "d", "/etc/shadow"].map(|path| Collect { anywhere, ..wanted(path) }).to_vec();
        let ran = server.run(run, &[]);
        let found: Vec<_> = ran.report.collected.iter().map(|collected| collected.file).collect();
        assert!(matches!(found[0], CollectedFile::File { size: Bytes(2), .. }), "{found:?}");
        assert!(matches!(found[1], CollectedFile::File { size: Bytes(3), .. }), "{found:?}");
        assert_eq!(found[2], CollectedFile::NotRegular);
        assert!(matches!(found[3], CollectedFile::Failed { errno: 13 | 22 }), "{found:?}");
        let first = ran.descriptors.into_iter().next().unwrap();
        assert_eq!(std::io::read_to_string(std::fs::File::from(first)).unwrap(), "1\n");
        assert_eq!(ran.clean, Clean::Proven);
    }
}

#[test]
fn an_output_file_is_handed_out_whatever_the_program_did_with_its_name() {
    let mut server = Server::start();
    let script = "echo first; rm out; ln -s /etc/passwd out; echo second >&2";
    let mut run = program(&["/bin/sh", "-c", script], &server.cwd(), limits());
    let to_file = |fd| Stdio { fd, source: StdioSource::WriteFile("out".into()) };
    run.stdio = vec![to_file(1), to_file(2)];
    run.collect = vec![wanted("out")];
    let ran = server.run(run, &[]);
    assert!(matches!(ran.report.collected[0].file, CollectedFile::File { .. }));
    let file = std::fs::File::from(ran.descriptors.into_iter().next().unwrap());
    let mut text = [0; 64];
    let length = std::os::unix::fs::FileExt::read_at(&file, &mut text, 0).unwrap();
    assert_eq!(String::from_utf8_lossy(&text[..length]), "first\nsecond\n");
    assert_eq!(ran.clean, Clean::Proven);
}

#[test]
fn an_output_file_that_was_put_before_is_written_over_from_its_beginning() {
    let mut server = Server::start();
    let mut run = program(&["/bin/echo", "ab"], &server.cwd(), limits());
    let content = Content::Inline(b"hello world".to_vec());
    run.files = vec![BoxFile { path: "out".into(), mode: 0o777, content }];
    run.stdio = vec![Stdio { fd: 1, source: StdioSource::WriteFile("out".into()) }];
    run.collect = vec![wanted("out")];
    let ran = server.run(run, &[]);
    let file = std::fs::File::from(ran.descriptors.into_iter().next().unwrap());
    let mut text = [0; 64];
    let length = std::os::unix::fs::FileExt::read_at(&file, &mut text, 0).unwrap();
    assert_eq!(String::from_utf8_lossy(&text[..length]), "ab\nlo world");
}

#[test]
fn an_output_file_in_a_directory_that_is_not_there_is_refused() {
    let mut server = Server::start();
    let mut run = program(&["/bin/true"], &server.cwd(), limits());
    run.stdio = vec![Stdio { fd: 1, source: StdioSource::WriteFile("no/out".into()) }];
    let ran = server.run(run, &[]);
    assert_eq!(ran.report.outcome, Outcome::NotStarted { step: Step::Stdio, errno: 2 });
}

#[test]
fn the_file_that_could_not_be_put_is_named_by_its_position_over_all_frames() {
    let mut server = Server::start();
    let file = |path: &str| BoxFile {
        path: path.into(),
        mode: 0o644,
        content: Content::Inline(b"content".to_vec()),
    };
    let mut run = program(&["/bin/true"], &server.cwd(), limits());
    run.files = vec![file("fine"), file("/etc/no"), file("also/fine")];
    let ran = server.run(run, &[]);
    assert_eq!(ran.report.outcome, Outcome::NotStarted { step: Step::PutFile, errno: 22 });
    assert_eq!(ran.report.unput, Some(1));
    let ran = server.run(program(&["/bin/true"], &server.cwd(), limits()), &[]);
    assert_eq!(ran.report.unput, None);
}

#[test]
fn what_comes_with_a_run_whose_files_were_refused_is_no_trace_of_it() {
    let mut server = Server::start();
    let refused = BoxFile { path: "../x".into(), mode: 0o644, content: Content::Inline(b"x".to_vec()) };
    server.send(RunId(1), Order::Files(vec![refused]), &[]);
    let given = std::fs::File::open("/dev/null").unwrap();
    let ran = server.run(program(&["/bin/true"], &server.cwd(), limits()), &[given.as_fd()]);
    assert_eq!(ran.report.outcome, Outcome::NotStarted { step: Step::PutFile, errno: 22 });
    assert_eq!(ran.clean, Clean::Proven);
}

#[test]
fn what_everybody_may_write_is_the_programs_own_and_the_rest_is_not() {
    let mut server = Server::start();
    let file =
        |path: &str, mode| BoxFile { path: path.into(), mode, content: Content::Inline(b"#".to_vec()) };
    let script = "chmod 500 own sub/own sub && ! chmod 500 given";
    let mut run = program(&["/bin/sh", "-c", script], &server.cwd(), limits());
    run.files = vec![file("own", 0o777), file("sub/own", 0o777), file("given", 0o444)];
    let ran = server.run(run, &[]);
    assert_eq!(ending(&ran), Ending::Exited { code: 0 }, "{:?}", ran.report);
    assert_eq!(ran.clean, Clean::Proven);
}

#[test]
fn a_link_gets_no_directories_and_a_file_does() {
    let mut server = Server::start();
    let put = |content| vec![BoxFile { path: "sub/name".into(), mode: 0o777, content }];
    let mut run = program(&["/bin/true"], &server.cwd(), limits());
    run.files = put(Content::Symlink("target".into()));
    let refused = server.run(run.clone(), &[]).report.outcome;
    assert_eq!(refused, Outcome::NotStarted { step: Step::PutFile, errno: 2 });
    run.files = put(Content::Inline(b"content".to_vec()));
    assert!(matches!(server.run(run, &[]).report.outcome, Outcome::Finished { .. }));
}

#[test]
fn a_file_from_anywhere_is_what_the_program_could_read_and_nothing_of_the_kernels() {
    let mut server = Server::start();
    let script = "ln -s /etc etc; ln -s /etc/passwd link; mkdir d";
    let mut run = program(&["/bin/sh", "-c", script], &server.cwd(), limits());
    let paths =
        ["/etc/passwd", "etc/passwd", "link", "d", "/etc/shadow", "/proc/self/mem", "/proc/1/environ"];
    run.collect = paths.map(|path| Collect { anywhere: true, max: Bytes::mib(1), ..wanted(path) }).to_vec();
    let ran = server.run(run, &[]);
    let found: Vec<_> = ran.report.collected.iter().map(|collected| collected.file).collect();
    assert!(matches!(found[0], CollectedFile::File { .. }), "{found:?}");
    assert!(matches!(found[1], CollectedFile::File { .. }), "{found:?}");
    assert_eq!(found[2], CollectedFile::NotRegular);
    assert_eq!(found[3], CollectedFile::NotRegular);
    for forbidden in &found[4..] {
        assert_eq!(*forbidden, CollectedFile::Failed { errno: 13 }, "{found:?}");
    }
    assert_eq!(ran.clean, Clean::Proven);
}

fn wanted(path: &str) -> Collect {
    Collect { path: path.into(), anywhere: false, max: Bytes::kib(1), truncate: false }
}
