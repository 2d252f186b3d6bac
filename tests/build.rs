//! Makes one test of each program in `submissions/`, so that each is reported as a case of its own.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=submissions");
    let mut names = Vec::new();
    for folder in entries(Path::new("submissions"))?.iter().filter(|path| path.is_dir()) {
        println!("cargo::rerun-if-changed={}", folder.display());
        names.extend(entries(folder)?.iter().filter_map(|path| name_of(path)));
    }
    let mut code = String::new();
    for (file, test) in &names {
        let _ = writeln!(code, "case!({test}, {file:?});");
    }
    let out = std::env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    std::fs::write(out.join("cases.rs"), code)
}

fn entries(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<std::io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// `c17/exit_code_1.c` and the name of its test, `c17_exit_code_1`.
fn name_of(path: &Path) -> Option<(String, String)> {
    let file = path.strip_prefix("submissions").ok()?.to_str()?.to_owned();
    let test =
        path.with_extension("").strip_prefix("submissions").ok()?.to_str()?.replace(['/', '-', '+'], "_");
    Some((file, test))
}
