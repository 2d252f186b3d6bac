//! `gavel`: the server, the warden and the operator's commands in one binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    gavel::cli::main()
}
