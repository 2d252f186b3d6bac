//! Example submissions on their way through a server.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use gavel_problem::constants;
use gavel_problem::metadata::Constant;
use gavel_problem::program::Program;
use gavel_problem::submissions::Submission as Example;
use serde_json::{Value, json};

use super::temporary::Problem;
use crate::failure::Failure;
use crate::http::Client;
use crate::submission::{self, Submission};

/// Bytes of a submission's files together: more than any server takes.
const BYTES: u64 = 64 * 1024 * 1024;

/// What came of an example.
#[derive(Debug, Clone)]
pub(super) enum Judged {
    /// It was judged.
    Result(Box<Submission>),
    /// It was not, and why.
    Not(String),
    /// It is in a language that the server has not got, or that the package itself leaves out: which that is.
    Skipped(String),
}

/// An example, and the server's language for it.
pub(super) type One<'a> = (&'a Example, Option<&'a str>);

/// How examples are judged.
#[derive(Debug)]
pub(super) struct Judging<'a> {
    pub(super) folder: &'a Path,
    pub(super) problem: &'a Problem<'a>,
    pub(super) version: Option<&'a str>,
    pub(super) constants: &'a BTreeMap<String, Constant>,
    /// Codes of the languages that the package takes; none: all.
    pub(super) languages: Option<&'a [String]>,
}

impl Judging<'_> {
    /// Has all of these judged, so many at a time; `tell` hears how many are done. In their order.
    ///
    /// # Errors
    /// The server is gone; then no further ones are sent.
    pub(super) fn all(
        &self,
        examples: &[One<'_>],
        jobs: NonZeroUsize,
        mut tell: impl FnMut(usize) -> Result<(), Failure>,
    ) -> Result<Vec<Judged>, Failure> {
        let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
        let (sender, results) = mpsc::channel();
        thread::scope(|scope| {
            for _ in 0..jobs.get().min(examples.len()) {
                let (sender, next, stop) = (sender.clone(), &next, &stop);
                scope.spawn(move || {
                    while !stop.load(Ordering::Relaxed) {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        let Some((example, language)) = examples.get(number) else { return };
                        let judged = self.one(example, *language);
                        if sender.send((number, judged)).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(sender);
            let mut all = vec![None; examples.len()];
            let collect = |all: &mut Vec<Option<Judged>>| {
                for (done, (number, judged)) in results.into_iter().enumerate() {
                    all[number] = Some(judged?);
                    tell(done + 1)?;
                }
                Ok(())
            };
            let collected = collect(&mut all);
            stop.store(true, Ordering::Relaxed);
            collected.map(|()| all.into_iter().flatten().collect())
        })
    }

    fn one(&self, example: &Example, language: Option<&str>) -> Result<Judged, Failure> {
        let code = example.language.as_deref().or(example.program.language.as_deref());
        let Some(language) = language else {
            let code = code.unwrap_or("unknown");
            return Ok(Judged::Skipped(format!("the server has no language for {code}")));
        };
        if let Some(code) = code.filter(|code| !self.takes(code)) {
            return Ok(Judged::Skipped(format!("the package's own `languages` leave out {code}")));
        }
        let request = self.request(example, language)?;
        let likely = || example.entrypoint.is_none().then(|| likely_entry(&example.program)).flatten();
        let sent = send(self.problem.client(), request, likely);
        let judged = sent.and_then(|sent| self.wait(sent));
        match judged {
            Ok(submission) => Ok(Judged::Result(Box::new(submission))),
            // What is wrong with one may be right with the others.
            Err(Failure::Refused(refusal))
                if refusal.status < 500 && !matches!(refusal.status, 401 | 403) =>
            {
                Ok(Judged::Not(format!("not judged: {refusal}")))
            }
            Err(Failure::Refused(refusal)) if refusal.status == 503 => {
                Ok(Judged::Not(format!("not judged: {refusal}")))
            }
            Err(failure) => Err(failure),
        }
    }

    /// Whether submissions in the language of this code are judged at all.
    fn takes(&self, code: &str) -> bool {
        self.languages.is_none_or(|languages| languages.iter().any(|language| language == code))
    }

    fn wait(&self, sent: Value) -> Result<Submission, Failure> {
        let id = Submission::of(&sent)?.id;
        self.problem.begin(&id);
        let judged = submission::wait(self.problem.client(), sent, None);
        self.problem.end(&id);
        Submission::of(&judged?)
    }

    fn request(&self, example: &Example, language: &str) -> Result<Value, Failure> {
        let mut request = json!({
            "problem": self.problem.id().as_str(), "language": language, "stop_at_first_failure": false,
        });
        if let Some(version) = self.version {
            request["version"] = version.into();
        }
        let names = add_program(&mut request, self.folder, &example.program, self.constants)?;
        if let Some(entry) = example.entrypoint.as_deref().and_then(|entry| entry_point(entry, &names)) {
            request["entry_point"] = entry.into();
        }
        Ok(request)
    }
}

/// Adds a program's files, with values in the place of constants; their names.
pub(super) fn add_program<'a>(
    request: &mut Value,
    folder: &Path,
    program: &'a Program,
    constants: &BTreeMap<String, Constant>,
) -> Result<Vec<&'a str>, Failure> {
    let mut room = BYTES;
    let mut names = Vec::new();
    for file in &program.files {
        let path = &folder.join(file);
        let content = content(path, &mut room)?;
        let replaced = constants::replaced(&content, constants);
        let content = replaced.map_err(|why| Failure::file(path, why))?.unwrap_or(content);
        let below = file.strip_prefix(&program.path).map(|name| name.trim_start_matches('/'));
        let name = below.filter(|name| !name.is_empty()).unwrap_or(&program.name);
        submission::add_file(request, name, content);
        names.push(name);
    }
    Ok(names)
}

/// Sends a submission, and once more where it has to say where it begins and there is something likely.
pub(super) fn send<'a>(
    client: &Client,
    mut request: Value,
    likely: impl FnOnce() -> Option<&'a str>,
) -> Result<Value, Failure> {
    let sent = submission::send(client, &request);
    match &sent {
        Err(Failure::Refused(refusal)) if refusal.names("entry_point") => match likely() {
            Some(entry) => {
                request["entry_point"] = entry.into();
                submission::send(client, &request)
            }
            None => sent,
        },
        _ => sent,
    }
}

/// Where a program of several files begins that does not say so: in what is called `main`, or else in the first, as other tools of
/// the format have it.
pub(super) fn likely_entry(program: &Program) -> Option<&str> {
    let names = || {
        let inner = program.files.iter().filter_map(|path| path.strip_prefix(program.path.as_str()));
        inner.filter_map(|name| name.strip_prefix('/'))
    };
    let is_main = |name: &&str| name.split('.').next().is_some_and(|stem| stem.eq_ignore_ascii_case("main"));
    names().find(is_main).or_else(|| names().next())
}

/// The file of an entry point, which is named itself, or by the class in it.
fn entry_point<'a>(entry: &str, names: &[&'a str]) -> Option<&'a str> {
    let stem = |name: &str| name.rsplit_once('.').map_or(name, |(stem, _)| stem).replace('/', ".");
    let class = entry.strip_suffix("Kt").unwrap_or(entry);
    let exact = names.iter().find(|name| **name == entry);
    exact.or_else(|| names.iter().find(|name| stem(name) == entry || stem(name) == class)).copied()
}

fn content(path: &Path, room: &mut u64) -> Result<Vec<u8>, Failure> {
    let mut content = Vec::new();
    let read = File::open(path).and_then(|file| file.take(*room + 1).read_to_end(&mut content));
    read.map_err(|why| Failure::file(path, why))?;
    match room.checked_sub(content.len() as u64) {
        Some(left) => *room = left,
        None => return Err(Failure::file(path, format!("a submission has more than {BYTES} bytes"))),
    }
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_does_not_say_begins_in_main_or_in_its_first_file() {
        let example = |files: &[&str]| {
            let files = files.iter().map(|name| format!("submissions/accepted/x/{name}")).collect();
            Program { path: "submissions/accepted/x".to_owned(), files, ..Program::default() }
        };
        assert_eq!(likely_entry(&example(&["a.pl", "b.pl"])), Some("a.pl"));
        assert_eq!(likely_entry(&example(&["a.pl", "main.pl"])), Some("main.pl"));
    }

    #[test]
    fn entry_points_are_files_or_classes() {
        let names = ["Main.java", "lib/Util.java", "main.py"];
        assert_eq!(entry_point("main.py", &names), Some("main.py"));
        assert_eq!(entry_point("Main", &names), Some("Main.java"));
        assert_eq!(entry_point("lib.Util", &names), Some("lib/Util.java"));
        assert_eq!(entry_point("MainKt", &["Main.kt"]), Some("Main.kt"));
        assert_eq!(entry_point("other", &names), None);
    }
}
