//! That a signal which a limit uses is not taken for that limit when the program sends it to itself.

use gavel_protocol::{Bytes, Clean, Ending, Limits};

use crate::common::{Server, ending, limits, program, usage};
use crate::hostile::compiled;

/// How a program ended that gets SIGXFSZ in this way, and whether it had reached the limit of file sizes.
fn signaled(server: &mut Server, how: &str) -> (Ending, bool) {
    let path = compiled("signals");
    let limits = Limits { file_size: Bytes::mib(1), ..limits() };
    let ran = server.run(program(&[path.to_str().unwrap(), how], &server.cwd(), limits), &[]);
    assert_eq!(ran.clean, Clean::Proven, "{how}");
    (ending(&ran), usage(&ran).file_size_reached)
}

#[test]
fn a_file_that_grows_too_large_is_told_from_a_signal_that_somebody_sent() {
    let mut server = Server::start();
    let killed = Ending::Signaled { signal: libc::SIGXFSZ };
    for _ in 0..3 {
        let by_itself = ["raise", "kill", "kill-group", "tkill", "sigqueue", "thread", "child"];
        for how in by_itself.into_iter().chain(["timer", "descriptor", "child's end"]) {
            assert_eq!(signaled(&mut server, how), (killed, false), "{how}");
        }
        for how in ["grow", "memory", "sparse", "grow beside a timer", "grow deep beside a timer"] {
            assert_eq!(signaled(&mut server, how), (killed, true), "{how}");
        }
    }
}

#[test]
fn who_sends_that_signal_without_end_is_ended_at_its_limits() {
    let mut server = Server::start();
    let script = "trap '' XFSZ; while :; do kill -XFSZ $$; done";
    let limits = Limits { wall_time: std::time::Duration::from_millis(500), ..limits() };
    let (ran, _) = server.shell(script, limits);
    assert!(matches!(ending(&ran), Ending::Killed { .. }), "{:?}", ending(&ran));
    assert_eq!(ran.clean, Clean::Proven);
}
