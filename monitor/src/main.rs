//! Runs one program at a time inside a container, enforces its limits and reports.
//!
//! ```text
//! main ─▶ serve ─▶ run ─▶ request, boxes   what the order asks for, files into the box
//!                   │  ─▶ spawn            fork, the child's steps, exec
//!                   │  ─▶ supervise        clocks, kill, reap ─▶ cgroup, crowd
//!                   └─▶ collect, reset     files out, everything gone
//! ```

mod boxes;
mod cgroup;
mod channel;
mod collect;
mod crowd;
mod identity;
mod request;
mod reset;
mod rlimits;
mod run;
mod serve;
mod spawn;
mod supervise;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    rustix::process::umask(rustix::fs::Mode::empty());
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["serve", "--socket", socket, boxes @ ..] => start(socket, boxes),
        _ => {
            complain("usage: monitor serve --socket PATH [--box DIRECTORY]...");
            ExitCode::from(2)
        }
    }
}

fn start(socket: &str, arguments: &[&str]) -> ExitCode {
    let mut paths: Vec<String> = arguments.chunks_exact(2).map(|pair| pair[1].to_owned()).collect();
    if paths.is_empty() {
        paths = BOXES.map(str::to_owned).to_vec();
    }
    let boxes = match boxes::Boxes::open(&paths) {
        Ok(boxes) => boxes,
        Err(error) => {
            complain(&format!("the box cannot be opened: {error}"));
            return ExitCode::FAILURE;
        }
    };
    match serve::serve(Path::new(socket), boxes) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

/// Where programs may write.
const BOXES: [&str; 3] = ["/w", "/tmp", "/dev/shm"];

/// Ends the monitor where it can be of no more use. As PID 1 that ends everything in its container.
fn give_up(why: &str) -> ! {
    complain(why);
    std::process::exit(70)
}

fn complain(what: &str) {
    // Nobody can be told that standard error is gone.
    let _ = writeln!(std::io::stderr(), "monitor: {what}");
}
