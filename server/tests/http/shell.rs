//! `gavel shell`, in a terminal of the test's and without one.

use std::process::{Output, Stdio};

use gavel::sandbox::{Terminal, TerminalMaster, TerminalSize};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rustix::termios::{LocalModes, Termios, tcgetattr};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

use crate::bench::{Bench, PATIENCE, eventually};

fn gavel(bench: &Bench, command: &[&str]) -> Command {
    let mut shell = Command::new(env!("CARGO_BIN_EXE_gavel"));
    shell.args(["shell", "--config", "/dev/null", "--url", &bench.url, "--"]).args(command);
    shell.env_clear().env("TERM", "xterm").kill_on_drop(true);
    shell
}

/// What it does with this on its standard input, without a terminal.
async fn piped(bench: &Bench, command: &[&str], input: &[u8]) -> Output {
    let mut shell = gavel(bench, command);
    let mut child =
        shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let feeding = tokio::spawn(async move { stdin.write_all(&input).await });
    let output = tokio::time::timeout(PATIENCE, child.wait_with_output()).await.unwrap().unwrap();
    // It need not have taken it all.
    drop(feeding.await.unwrap());
    output
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_terminal_it_is_a_filter() {
    let bench = Bench::start().await;
    let much = b"0123456789abcdef".repeat(100_000);
    let output = piped(&bench, &["cat"], &much).await;
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stdout == much, "{} bytes", output.stdout.len());
    assert_eq!(output.stderr, b"");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_exit_status_is_that_of_the_command_and_what_went_wrong_is_told() {
    let bench = Bench::start().await;
    assert_eq!(piped(&bench, &["exit", "3"], b"").await.status.code(), Some(3));
    let bench = Bench::with(&[("http.token", "backend-token-0123456789")]).await;
    let output = piped(&bench, &["exit", "3"], b"").await;
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("GAVEL_TOKEN"), "{output:?}");
    let mut allowed = gavel(&bench, &["exit", "4"]);
    let allowed = allowed.env("GAVEL_TOKEN", "backend-token-0123456789").stdin(Stdio::null());
    assert_eq!(allowed.status().await.unwrap().code(), Some(4));
}

/// A shell in a terminal.
struct Session {
    child: Child,
    screen: TerminalMaster,
    terminal: Terminal,
    before: Termios,
}

impl Session {
    async fn start(bench: &Bench, command: &[&str]) -> Self {
        let terminal = Terminal::open().unwrap();
        terminal.master().resize(TerminalSize { rows: 24, columns: 80, x: 0, y: 0 }).unwrap();
        let before = tcgetattr(terminal.slave()).unwrap();
        let end = || Stdio::from(terminal.slave().try_clone().unwrap());
        let child = gavel(bench, command).stdin(end()).stdout(end()).stderr(end()).spawn().unwrap();
        let session = Self { child, screen: terminal.master(), terminal, before };
        // Else the terminal of the test echoes, too.
        let echoes = || session.modes().local_modes.contains(LocalModes::ECHO);
        eventually(async || (!echoes()).then_some(())).await;
        session
    }

    async fn keys(&mut self, keys: &str) {
        self.screen.write_all(keys.as_bytes()).await.unwrap();
    }

    /// What is shown until this is.
    async fn until(&mut self, expected: &str) -> String {
        let mut shown = Vec::new();
        let reading = async {
            while !String::from_utf8_lossy(&shown).contains(expected) {
                self.screen.read_buf(&mut shown).await.unwrap();
            }
        };
        let in_time = tokio::time::timeout(PATIENCE, reading).await.is_ok();
        let shown = String::from_utf8_lossy(&shown).into_owned();
        assert!(in_time, "{expected:?} is not shown: {shown:?}");
        shown
    }

    fn modes(&self) -> Termios {
        tcgetattr(self.terminal.slave()).unwrap()
    }

    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id().unwrap()).unwrap();
        kill(Pid::from_raw(pid), signal).unwrap();
    }

    /// Its exit status; the terminal must be as it was.
    async fn end(mut self) -> Option<i32> {
        let status = tokio::time::timeout(PATIENCE, self.child.wait()).await.unwrap().unwrap();
        let after = self.modes();
        assert_eq!(format!("{after:?}"), format!("{:?}", self.before));
        status.code()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_terminal_keys_go_to_the_command_as_they_are() {
    let bench = Bench::start().await;
    let mut session = Session::start(&bench, &["cat"]).await;
    session.keys("hi\r").await;
    // Echoed once, by the terminal of the command, and answered.
    assert_eq!(session.until("hi\r\nhi\r\n").await, "hi\r\nhi\r\n");
    assert!(
        !session.modes().local_modes.intersects(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG)
    );
    session.keys("\x04").await;
    assert_eq!(session.end().await, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_learns_the_size_of_the_terminal_and_each_new_one() {
    let bench = Bench::start().await;
    let mut session = Session::start(&bench, &["size"]).await;
    for (rows, columns) in [(24, 80), (40, 132)] {
        session.screen.resize(TerminalSize { rows, columns, x: 0, y: 0 }).unwrap();
        // To those whose controlling terminal it is, the kernel sends it.
        session.signal(Signal::SIGWINCH);
        let mut asking = 0;
        loop {
            session.keys("\r").await;
            asking += 1;
            if session.until("\r\n").await.contains(&format!("{rows} {columns}")) {
                break;
            }
            assert!(asking < 1000, "{rows} {columns} is not shown");
        }
    }
    session.keys("\x04").await;
    assert_eq!(session.end().await, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_ends_it_and_gives_the_terminal_back() {
    let bench = Bench::start().await;
    for (signal, status) in [(Signal::SIGTERM, 143), (Signal::SIGHUP, 129), (Signal::SIGINT, 130)] {
        let mut session = Session::start(&bench, &["cat"]).await;
        session.keys("x\r").await;
        session.until("x\r\nx\r\n").await;
        session.signal(signal);
        assert_eq!(session.end().await, Some(status), "{signal}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_end_of_the_connection_ends_it_and_gives_the_terminal_back() {
    let mut bench = Bench::start().await;
    let mut session = Session::start(&bench, &["cat"]).await;
    session.keys("x\r").await;
    session.until("x\r\nx\r\n").await;
    // A server that stops kills what runs, and says so.
    bench.begin_to_stop();
    assert_eq!(session.end().await, Some(137));
}
