//! Makes tests of each program in `submissions/`, so that each is reported as a case of its own: one of all, and one more of
//! those that run in the slim image, where the hostile ones run.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

const LANGUAGES: &str = "../images/languages.toml";

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=submissions");
    println!("cargo::rerun-if-changed={LANGUAGES}");
    let languages = std::fs::read_to_string(LANGUAGES)?;
    let mut names = Vec::new();
    for folder in entries(Path::new("submissions"))?.iter().filter(|path| path.is_dir()) {
        println!("cargo::rerun-if-changed={}", folder.display());
        names.extend(entries(folder)?.iter().filter_map(|path| name_of(path)));
    }
    let out = std::env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    std::fs::write(out.join("cases.rs"), cases(&names))?;
    names.retain(|(file, _)| runs_in_the_slim_image(file, &languages));
    std::fs::write(out.join("cases_in_the_slim_image.rs"), cases(&names))
}

fn cases(names: &[(String, String)]) -> String {
    let mut code = String::new();
    for (file, test) in names {
        let _ = writeln!(code, "case!({test}, {file:?});");
    }
    code
}

/// Its language names no image that its programs run in.
fn runs_in_the_slim_image(file: &str, languages: &str) -> bool {
    let id = format!("\nid = {:?}\n", file.split('/').next().unwrap_or_default());
    let entry = languages.split("[[languages]]").find(|entry| entry.contains(&id));
    entry.is_none_or(|entry| !entry.contains("\nruntime = "))
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
