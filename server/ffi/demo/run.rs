// Compiles and runs the demonstrations, for tests: against stand-in sandboxes, and end to end.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs `tour.c` against a server, and fails with what it says unless all went well.
pub(crate) fn tour_in_c(address: &str, token: &str) {
    let (library, directory) = (library(), tempfile::tempdir().unwrap());
    let program = directory.path().join("tour");
    let mut compiler = Command::new("cc");
    compiler.args(["-std=c99", "-D_POSIX_C_SOURCE=200809L", "-Wall", "-Wextra", "-Werror", "-I"]);
    compiler.arg(demo().join("../include")).arg(demo().join("tour.c")).arg(&library);
    finish(compiler.args(["-lpthread", "-o"]).arg(&program));
    finish(Command::new(&program).env("LD_LIBRARY_PATH", library.parent().unwrap()).args([address, token]));
}

/// As [`tour_in_c`], with `tour.py`.
pub(crate) fn tour_in_python(address: &str, token: &str) {
    finish(Command::new("python3").arg(demo().join("tour.py")).arg(library()).args([address, token]));
}

/// The library that cargo has built beside this very test.
fn library() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let library = test.parent().unwrap().join("libgavel_ffi.so");
    assert!(library.exists(), "{} is not there", library.display());
    library
}

fn demo() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    ["ffi/demo", "../server/ffi/demo"]
        .map(|path| here.join(path))
        .into_iter()
        .find(|path| path.exists())
        .unwrap()
}

fn finish(command: &mut Command) {
    let output = command.output().unwrap_or_else(|why| panic!("{command:?}: {why}"));
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(output.status.success(), "{command:?}: {}\n{}", output.status, said.concat());
}
