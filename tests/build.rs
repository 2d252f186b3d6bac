//! Makes tests of each program in `submissions/`, so that each is reported as a case of its own: one of all, and one more of
//! those that run in the slim image, where the hostile ones run. Those of languages that do not come with the service are run
//! only when asked for: `scripts/test.sh languages`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

const LANGUAGES: &str = "../images/languages.toml";

/// Programs of a folder are right, or wrong in the same way, in each of these languages, but for those that the language has a
/// program of the same name for. Of the dialects of C and C++ that have few programs of their own these are the first and the last.
const DIALECTS: [(&str, &[&str]); 3] = [
    ("c17-clang", &["c11", "c23"]),
    ("cpp20-clang", &["cpp17", "cpp20", "cpp26", "cpp20-sanitized"]),
    ("java21", &["java25"]),
];

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=submissions");
    println!("cargo::rerun-if-changed={LANGUAGES}");
    let languages = std::fs::read_to_string(LANGUAGES)?;
    let mut names: Vec<(String, String)> = Vec::new();
    for folder in entries(Path::new("submissions"))?.iter().filter(|path| path.is_dir()) {
        println!("cargo::rerun-if-changed={}", folder.display());
        names.extend(entries(folder)?.iter().filter_map(|path| name_of(path)));
    }
    let out = std::env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    let (own, further): (Vec<_>, Vec<_>) =
        of_dialects(&names).into_iter().partition(|case| comes_with_the_service(&case.dialect, &languages));
    std::fs::write(out.join("cases_of_dialects.rs"), cases_of_dialects(&own))?;
    std::fs::write(out.join("cases_of_further_dialects.rs"), cases_of_dialects(&further))?;
    let (own, further): (Vec<_>, Vec<_>) =
        names.into_iter().partition(|(file, _)| comes_with_the_service(file, &languages));
    std::fs::write(out.join("cases.rs"), cases(&own))?;
    std::fs::write(out.join("cases_of_further_languages.rs"), cases(&further))?;
    let slim: Vec<_> = own.into_iter().filter(|(file, _)| runs_in_the_slim_image(file, &languages)).collect();
    std::fs::write(out.join("cases_in_the_slim_image.rs"), cases(&slim))
}

fn cases(names: &[(String, String)]) -> String {
    let mut code = String::new();
    for (file, test) in names {
        let _ = writeln!(code, "case!({test}, {file:?});");
    }
    code
}

/// A program that is judged in another language than that of its folder.
struct Case {
    dialect: String,
    file: String,
    test: String,
}

fn of_dialects(names: &[(String, String)]) -> Vec<Case> {
    let mut cases = Vec::new();
    for (file, _) in names {
        let Some((folder, program)) = file.split_once('/') else { continue };
        let program = Path::new(program).file_stem().unwrap_or_default().to_string_lossy();
        for dialect in DIALECTS.iter().filter(|(of, _)| *of == folder).flat_map(|(_, dialects)| *dialects) {
            let test = format!("{}_{program}", dialect.replace('-', "_"));
            if !names.iter().any(|(_, own)| *own == test) {
                cases.push(Case { dialect: (*dialect).to_owned(), file: file.clone(), test });
            }
        }
    }
    cases
}

fn cases_of_dialects(cases: &[Case]) -> String {
    let mut code = String::new();
    for Case { dialect, file, test } in cases {
        let _ = writeln!(code, "case!({test}, {file:?}, {dialect:?});");
    }
    code
}

/// Its language names no image that its programs run in.
fn runs_in_the_slim_image(file: &str, languages: &str) -> bool {
    entry(file, languages).is_none_or(|entry| named("runtime", entry).is_none())
}

/// The toolchain of its language, or the runtime of one that has nothing to be compiled, is in every installation.
fn comes_with_the_service(file: &str, languages: &str) -> bool {
    let Some(entry) = entry(file, languages) else { return true };
    let Some(name) = named("toolchain", entry).or_else(|| named("runtime", entry)) else { return true };
    let section = languages.split_once(&format!("\n[toolchains.{name}]\n")).map_or("", |(_, rest)| rest);
    section.split("\n[").next().is_some_and(|section| section.contains("default = true"))
}

/// What a language's entry says for this key.
fn named<'a>(key: &str, entry: &'a str) -> Option<&'a str> {
    let (_, rest) = entry.split_once(&format!("\n{key} = \""))?;
    Some(rest.split_once('"')?.0)
}

/// What the file of languages says of the one that a program is in.
fn entry<'a>(file: &str, languages: &'a str) -> Option<&'a str> {
    let id = format!("\nid = {:?}\n", file.split('/').next().unwrap_or_default());
    languages.split("[[languages]]").find(|entry| entry.contains(&id))
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
