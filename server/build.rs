//! Tells the program which commit it is made from: that of `GAVEL_COMMIT`, where the sources come without their history,
//! else what git says. Embeds the web page, where `make ui` has made it. Nothing else of the machine or the time goes in, so
//! the same sources make the same program.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    tell_commit();
    embed_page()
}

fn tell_commit() {
    println!("cargo:rerun-if-env-changed=GAVEL_COMMIT");
    // Is written at every commit and checkout. A file that does not exist would have this run every time.
    for file in ["HEAD", "logs/HEAD"] {
        if let Some(path) = git(&["rev-parse", "--git-path", file]).filter(|path| Path::new(path).exists()) {
            println!("cargo:rerun-if-changed={path}");
        }
    }
    println!("cargo:rerun-if-changed=build.rs");
    let given = env::var("GAVEL_COMMIT").ok().filter(|commit| !commit.is_empty());
    let commit = given.or_else(|| git(&["rev-parse", "--short=12", "HEAD"]));
    println!("cargo:rustc-env=GAVEL_COMMIT={}", commit.as_deref().unwrap_or("unknown"));
}

/// Writes a table of the page's files, which are compressed already. It is empty where there are none. They are copied: the
/// page may be made anew while this is compiled.
fn embed_page() -> io::Result<()> {
    println!("cargo:rerun-if-changed=ui/dist");
    let folder = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("ui/dist/page");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let mut table = String::from("const EMBEDDED: &[(&str, &[u8])] = &[\n");
    for (number, file) in compressed_below(&folder)?.iter().enumerate() {
        let name = file.strip_prefix(&folder).unwrap_or(file).with_extension("");
        let copy = format!("page-{number}.gz");
        fs::copy(file, out.join(&copy))?;
        writeln!(table, "    ({:?}, include_bytes!({copy:?})),", name.to_string_lossy())
            .map_err(io::Error::other)?;
    }
    table.push_str("];\n");
    fs::write(out.join("page.rs"), table)
}

/// In the order of their names: the same files make the same program.
fn compressed_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(compressed_below(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "gz") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// One line from git; `None` without git, and outside a repository.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let line = String::from_utf8(output.stdout).ok()?;
    Some(line.trim().to_owned()).filter(|line| output.status.success() && !line.is_empty())
}
