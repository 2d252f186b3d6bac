//! Runs with a controlling terminal, which is the server's.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};

use gavel_protocol::{Clean, Descriptor, Ending, Outcome, Run, StdioSource, Step};
use rustix::pty::OpenptFlags;

use crate::common::{Ran, Server, ending, limits, program, stdio_to};
use crate::hostile::compiled;

/// The server's end and the program's.
fn open() -> (File, OwnedFd) {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let master = rustix::pty::openpt(flags).unwrap();
    rustix::pty::unlockpt(&master).unwrap();
    let slave = rustix::pty::ioctl_tiocgptpeer(&master, flags).unwrap();
    (master.into(), slave)
}

/// A program whose every standard descriptor is the terminal.
fn on_terminal(argv: &[&str], cwd: &str) -> Run {
    let mut run = program(argv, cwd, limits());
    run.stdio = stdio_to(0);
    run.stdio[0].source = run.stdio[1].source.clone();
    run.terminal = Some(Descriptor(0));
    run
}

/// Reads until a text has come, or until nobody holds the program's end any more.
fn read_until(master: &mut File, text: &str) -> String {
    let (mut seen, mut block) = (Vec::new(), [0; 1024]);
    while !String::from_utf8_lossy(&seen).contains(text) {
        // The end of a terminal is an error.
        let Ok(length) = master.read(&mut block) else { break };
        seen.extend_from_slice(&block[..length]);
    }
    String::from_utf8_lossy(&seen).into_owned()
}

/// What a program says that waits for a key. The line's end may come by itself, and a key that interrupts drops what is
/// still on its way.
const READY: &str = "ready\r\n";

/// Runs to the end, with these keys pressed once the program has written `ready`.
fn run_with_keys(server: &mut Server, argv: &[&str], keys: &[u8]) -> (Ran, String) {
    let (mut master, slave) = open();
    let run = on_terminal(argv, &server.cwd());
    let id = server.begin(run, &[slave.as_fd()]);
    drop(slave);
    let mut output = read_until(&mut master, READY);
    master.write_all(keys).unwrap();
    output.push_str(&read_until(&mut master, "\0never\0"));
    let ran = server.finish(id);
    assert_eq!(ran.clean, Clean::Proven);
    (ran, output)
}

#[test]
fn a_program_has_the_terminal_that_it_was_given() {
    let mut server = Server::start();
    let (ran, output) =
        run_with_keys(&mut server, &["/bin/sh", "-c", "tty; stty size; : > /dev/tty && echo ready"], b"");
    let lines: Vec<_> = output.lines().collect();
    assert!(lines[0].starts_with("/dev/pts/"), "{output:?}");
    assert_eq!(lines[1..], ["0 0", "ready"]);
    assert_eq!(ending(&ran), Ending::Exited { code: 0 });
}

#[test]
fn an_interrupt_key_reaches_the_program_in_the_foreground() {
    let mut server = Server::start();
    let (ran, output) = run_with_keys(&mut server, &["/bin/sh", "-c", "echo ready; exec sleep 60"], b"\x03");
    assert_eq!(ending(&ran), Ending::Signaled { signal: libc::SIGINT });
    assert_eq!(output, "ready\r\n^C");
    let (ran, output) = run_with_keys(
        &mut server,
        &["/bin/sh", "-c", "trap 'echo caught; exit 3' INT; echo ready; read line"],
        b"\x03",
    );
    assert_eq!((ending(&ran), output.as_str()), (Ending::Exited { code: 3 }, "ready\r\n^Ccaught\r\n"));
}

#[test]
fn the_end_of_input_is_a_key() {
    let mut server = Server::start();
    let (ran, output) = run_with_keys(&mut server, &["/bin/sh", "-c", "echo ready; cat"], b"abc\n\x04");
    assert_eq!((ending(&ran), output.as_str()), (Ending::Exited { code: 0 }, "ready\r\nabc\r\nabc\r\n"));
}

#[test]
fn a_terminal_that_goes_away_hangs_its_program_up() {
    let mut server = Server::start();
    let (mut master, slave) = open();
    let run = on_terminal(&["/bin/sh", "-c", "echo ready; exec sleep 60"], &server.cwd());
    let id = server.begin(run, &[slave.as_fd()]);
    drop(slave);
    read_until(&mut master, READY);
    drop(master);
    let ran = server.finish(id);
    assert_eq!((ending(&ran), ran.clean), (Ending::Signaled { signal: libc::SIGHUP }, Clean::Proven));
}

#[test]
fn a_terminal_can_be_used_but_not_abused() {
    let mut server = Server::start();
    let (_, output) = run_with_keys(&mut server, &[compiled("terminal").to_str().unwrap()], b"");
    let answers: Vec<_> = output.lines().collect();
    let denied = |name| format!("{name} {}", libc::EPERM);
    assert_eq!(answers[..3], [denied("TIOCSTI"), denied("TIOCLINUX"), denied("TIOCSETD")]);
    assert_eq!(answers[3..6], ["TIOCGWINSZ 0", "TIOCSPGRP 0", "/dev/tty 0"]);
}

#[test]
fn a_program_without_a_terminal_has_none_of_the_run_before() {
    let mut server = Server::start();
    run_with_keys(&mut server, &["/bin/sh", "-c", "echo ready"], b"");
    let (ran, output) =
        server.shell("test -t 1 || echo none; (: > /dev/tty) 2>/dev/null || echo no", limits());
    assert_eq!((ending(&ran), output.as_str()), (Ending::Exited { code: 0 }, "none\nno\n"));
}

#[test]
fn the_terminal_need_not_be_the_first_descriptor() {
    let mut server = Server::start();
    let (mut master, slave) = open();
    let null = File::open("/dev/null").unwrap();
    // It stays until it was heard: the end of a session takes along what is still on its way through the terminal.
    let script = "echo ready > /dev/tty; read answer < /dev/tty";
    let mut run = on_terminal(&["/bin/sh", "-c", script], &server.cwd());
    run.stdio = stdio_to(0);
    // Somebody has to hold the terminal until it is opened by its name.
    run.stdio[2].source = StdioSource::Descriptor(Descriptor(1));
    run.terminal = Some(Descriptor(1));
    let id = server.begin(run, &[null.as_fd(), slave.as_fd()]);
    assert_eq!(read_until(&mut master, READY), READY);
    // Before the program has opened it, nobody else has, and a terminal that nobody has open reads as ended.
    drop(slave);
    master.write_all(b"\n").unwrap();
    assert_eq!(ending(&server.finish(id)), Ending::Exited { code: 0 });
}

#[test]
fn what_is_no_terminal_is_refused_by_name() {
    let mut server = Server::start();
    let (_reader, writer) = std::io::pipe().unwrap();
    let run = on_terminal(&["/bin/true"], &server.cwd());
    let ran = server.run(run, &[writer.as_fd()]);
    assert_eq!(ran.report.outcome, Outcome::NotStarted { step: Step::Terminal, errno: libc::ENOTTY });
    assert_eq!(ran.clean, Clean::Proven);
}
