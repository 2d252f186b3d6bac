//! `monitor run`, as a person or a script uses it.

use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

fn monitor(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_monitor")).args(arguments).output().unwrap()
}

fn report(output: &Output) -> serde_json::Value {
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Without cgroups a run ends with all processes of its uid, so each test has its own.
fn run(arguments: &[&str]) -> Output {
    static NEXT: AtomicU32 = AtomicU32::new(19_900);
    let uid = NEXT.fetch_add(1, Ordering::Relaxed).to_string();
    monitor(&[&HERE[..], &["--uid", &uid], arguments].concat())
}

const HERE: [&str; 5] = ["run", "--cgroups", "/nonexistent", "--cwd", "/"];

#[test]
fn the_report_is_on_standard_output_and_the_programs_output_on_standard_error() {
    let output = run(&["--", "/bin/sh", "-c", "echo out; echo err >&2; exit 3"]);
    let report = report(&output);
    assert_eq!((&report["ending"], &report["exit_code"]), (&"exited".into(), &3.into()));
    assert!(report["usage"]["wall_ms"].as_f64().unwrap() > 0.0);
    assert_eq!(output.stderr, b"out\nerr\n");
}

#[test]
fn a_run_over_its_limit_names_it() {
    let output = run(&["--cpu", "100ms", "--wall", "20s", "--", "/bin/sh", "-c", "while :; do :; done"]);
    let report = report(&output);
    assert_eq!((&report["ending"], &report["over"]), (&"killed".into(), &"cpu".into()));
}

#[test]
fn a_program_that_is_not_there_is_a_report_too() {
    let report = report(&run(&["--", "/no/such/program"]));
    assert_eq!((&report["ending"], &report["failed_step"]), (&"not started".into(), &"exec".into()));
    assert_eq!(report["error"], "No such file or directory (os error 2)");
}

#[test]
fn files_stand_in_for_the_standard_descriptors() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("in"), "text").unwrap();
    let files = ["--stdin", &path("in"), "--stdout", &path("out"), "--stderr", &path("err")];
    let environment = ["--env", "GREETING=hello", "--env", "PATH=/usr/bin:/bin"];
    let program = ["--", "sh", "-c", "cat; echo $GREETING >&2"];
    report(&run(&[&files[..], &environment, &program].concat()));
    assert_eq!(std::fs::read_to_string(path("out")).unwrap(), "text");
    assert_eq!(std::fs::read_to_string(path("err")).unwrap(), "hello\n");
}

#[test]
fn an_interrupt_ends_the_program_and_is_reported() {
    let child = Command::new(env!("CARGO_BIN_EXE_monitor"))
        .args(HERE)
        .args(["--uid", "19998", "--", "/bin/sleep", "30"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    crate::common::wait_until(|| !crate::common::processes_of(19_998).is_empty());
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let report = report(&child.wait_with_output().unwrap());
    assert_eq!(report["ending"], "cancelled");
    assert_eq!(crate::common::processes_of(19_998), Vec::<u32>::new());
}

#[test]
fn a_wrong_command_line_is_explained_and_fails() {
    let output = monitor(&["run", "--colour", "red"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(output.stderr, b"monitor: there is no option `--colour`; see monitor --help\n");
    assert!(String::from_utf8(monitor(&["--help"]).stdout).unwrap().contains("--memory SIZE"));
}

#[test]
fn a_program_does_not_ignore_what_the_monitor_was_told_to_ignore() {
    let script = format!(
        "trap '' HUP INT TERM; exec {} {} --uid 19899 -- /bin/grep SigIgn /proc/self/status",
        env!("CARGO_BIN_EXE_monitor"),
        HERE.join(" ")
    );
    let output = Command::new("/bin/sh").args(["-c", &script]).output().unwrap();
    assert_eq!(report(&output)["exit_code"], 0);
    assert_eq!(output.stderr, b"SigIgn:\t0000000000000000\n");
}
