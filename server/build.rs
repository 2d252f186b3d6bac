//! Tells the program which commit it is made from: that of `GAVEL_COMMIT`, where the sources come without their history,
//! else what git says. Nothing else of the machine or the time goes in, so the same sources make the same program.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-env-changed=GAVEL_COMMIT");
    // Is written at every commit and checkout. A file that does not exist would have this run every time.
    for file in ["HEAD", "logs/HEAD"] {
        if let Some(path) = git(&["rev-parse", "--git-path", file]).filter(|path| Path::new(path).exists()) {
            println!("cargo:rerun-if-changed={path}");
        }
    }
    println!("cargo:rerun-if-changed=build.rs");
    let given = std::env::var("GAVEL_COMMIT").ok().filter(|commit| !commit.is_empty());
    let commit = given.or_else(|| git(&["rev-parse", "--short=12", "HEAD"]));
    println!("cargo:rustc-env=GAVEL_COMMIT={}", commit.as_deref().unwrap_or("unknown"));
}

/// One line from git; `None` without git, and outside a repository.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let line = String::from_utf8(output.stdout).ok()?;
    Some(line.trim().to_owned()).filter(|line| output.status.success() && !line.is_empty())
}
