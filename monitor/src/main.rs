//! Runs one program at a time inside a container, enforces its limits and reports.
//!
//! ```text
//! main ─▶ serve ─▶ run ─▶ request, boxes   what the order asks for, files into the box
//!                   │  ─▶ spawn            fork, the child's steps, exec
//!                   │  ─▶ supervise        clocks, kill, reap ─▶ cgroup, crowd
//!                   └─▶ collect, reset     files out, everything gone
//!             ─▶ warming                   the image's files, while there is nothing to do
//! ```

mod arguments;
mod boxes;
mod by_hand;
mod cgroup;
mod channel;
mod child;
mod collect;
mod crowd;
mod devices;
mod entries;
mod equipment;
mod grown;
mod held_up;
mod identity;
mod landlock;
mod manner;
mod notices;
mod proof;
mod request;
mod reset;
mod rlimits;
mod run;
mod seccomp;
mod selfcheck;
mod serve;
mod spawn;
mod supervise;
mod warming;

use std::io::Write;
use std::process::ExitCode;

use arguments::{Command, Serve};
use boxes::Boxes;

fn main() -> ExitCode {
    // Modes are given exactly.
    rustix::process::umask(rustix::fs::Mode::empty());
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments::parse(&arguments) {
        Ok(Command::Serve(serve)) => serve_until_the_end(&serve),
        Ok(Command::Run(run)) => by_hand::by_hand(*run).map_err(|error| error.to_string()),
        Ok(Command::Help) => print(arguments::HELP),
        Ok(Command::Version) => print(concat!("monitor ", env!("CARGO_PKG_VERSION"), "\n")),
        Err(wrong) => {
            complain(&wrong);
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(wrong) => {
            complain(&wrong);
            ExitCode::FAILURE
        }
    }
}

fn serve_until_the_end(serve: &Serve) -> Result<(), String> {
    let boxes = Boxes::open(&serve.boxes).map_err(|error| format!("the box cannot be opened: {error}"))?;
    serve::serve(serve, boxes).map_err(|error| error.to_string())
}

fn print(text: &str) -> Result<(), String> {
    std::io::stdout().write_all(text.as_bytes()).map_err(|error| error.to_string())
}

/// Ends the monitor where it can be of no more use. As PID 1 that ends everything in its container.
fn give_up(why: &str) -> ! {
    complain(why);
    std::process::exit(70)
}

fn complain(what: &str) {
    // Nobody can be told that standard error is gone.
    let _ = writeln!(std::io::stderr(), "monitor: {what}");
}
