//! That nothing outlives its run in flight: sent through sockets and not received.

use std::io::Read;
use std::os::fd::AsFd;

use gavel_protocol::{Bytes, Clean, Collect, CollectedFile, Ending, Limits, Run};

use crate::common::{BOX_SIZE, Ran, Server, ending, limits, program, stdio_to, usage};
use crate::hostile::compiled;

fn in_flight(server: &Server, what: &str) -> Run {
    let limits = Limits { file_size: Bytes(2 * BOX_SIZE), ..limits() };
    program(&[compiled("in_flight").to_str().unwrap(), what], &server.cwd(), limits)
}

fn output_of(server: &mut Server, what: &str) -> (Ran, String) {
    let (mut reader, writer) = std::io::pipe().unwrap();
    let mut run = in_flight(server, what);
    run.stdio = stdio_to(0);
    let ran = server.run(run, &[writer.as_fd()]);
    drop(writer);
    let mut output = String::new();
    reader.read_to_string(&mut output).unwrap();
    (ran, output)
}

/// The next program has all of the box, no socket but its monitor's is there, and no memory of another run's.
fn assert_nothing_is_left(server: &mut Server, of: &str, sockets: &str) {
    let (ran, filled) = output_of(server, "fill");
    assert_eq!(filled, format!("{BOX_SIZE}\n"), "after {of}");
    assert_eq!(ran.clean, Clean::Proven, "after {of}");
    let (ran, looked) = output_of(server, "look");
    assert_eq!(looked, sockets, "after {of}");
    assert!(usage(&ran).memory < Bytes::mib(4), "after {of}: {}", usage(&ran).memory);
}

#[test]
fn what_is_in_flight_does_not_outlive_its_run() {
    let mut server = Server::start_apart();
    let (_, sockets) = output_of(&mut server, "look");
    for what in ["file", "memfd", "names", "chain"] {
        for _ in 0..3 {
            let (ran, output) = output_of(&mut server, what);
            assert_eq!((ending(&ran), output.as_str()), (Ending::Exited { code: 0 }, ""), "{what}");
            assert_eq!(ran.clean, Clean::Proven, "{what}");
            assert_nothing_is_left(&mut server, what, &sockets);
        }
    }
}

#[test]
fn a_file_that_the_server_keeps_is_not_left_by_the_run() {
    let mut server = Server::start_apart();
    let mut kept = Vec::new();
    for round in 0..3 {
        let mut run = in_flight(&server, "kept");
        let max = Bytes(u64::MAX);
        run.collect.push(Collect { path: "kept".into(), anywhere: false, max, truncate: false });
        let ran = server.run(run, &[]);
        assert!(matches!(ran.report.collected[0].file, CollectedFile::File { .. }), "round {round}");
        assert_eq!(ran.clean, Clean::Proven, "round {round}");
        kept.extend(ran.descriptors);
    }
    drop(kept);
    assert_eq!(output_of(&mut server, "fill").1, format!("{BOX_SIZE}\n"));
}
