//! The C library, called from C and from Python, against the running service.

#![expect(clippy::unwrap_used, reason = "a helper of tests may panic like a test")]

use e2e::environment;

#[path = "../../server/ffi/demo/run.rs"]
mod run;

#[test]
fn a_c_program_that_used_go_judges_library_runs_commands() {
    run::tour_in_c(&environment::url(), &environment::token().unwrap_or_default());
}

#[test]
fn a_python_program_that_used_go_judges_library_runs_commands() {
    run::tour_in_python(&environment::url(), &environment::token().unwrap_or_default());
}
