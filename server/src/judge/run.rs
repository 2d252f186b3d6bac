//! Runs a compiled program on one test case.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use gavel_protocol::Bytes;
use rustix::io::Errno;

use super::argv::expanded;
use super::claims::Claims;
use super::compile::{ENVIRONMENT, files};
use super::ending::{OwnEnd, ProgramEnd};
use super::executor::{CaseJob, Facts};
use super::judgement::{TestResult, Verdict};
use super::verdict::{from_run, monitor_limits, signal_name};
use super::{JudgeError, checker, contents, sanitizer};
use crate::blobs::{Blobs, ContentReader, SMALL};
use crate::blocking::{QUICK, elsewhere};
use crate::content::Content;
use crate::copy;
use crate::language::{Failure, Language};
use crate::sandbox::{
    Captured, CollectFile, CollectedOutput, Input, Output, Program, PutContent, PutFile, Wire,
};
use crate::submission::{Checker, TestCase};

/// The program to run for a test case, and what becomes of its standard output and error.
///
/// # Errors
/// When what it is made of cannot be opened.
pub(super) async fn program(
    job: &CaseJob<'_>,
    [stdout, stderr]: [Output; 2],
    blobs: &Blobs,
) -> Result<Program, JudgeError> {
    let (files, others) = put(job, blobs).await?;
    let (stdin, stdout) = (
        if job.files.input.is_some() { Input::Empty } else { contents::input(job.input, blobs).await? },
        if job.files.output.is_some() { Output::Discard } else { stdout },
    );
    Ok(Program {
        argv: argv(job),
        env: environment(job.language),
        executable: executed(job),
        search_box: false,
        files,
        stdin,
        stdout,
        stderr,
        others,
        terminal: None,
        limits: monitor_limits(job.limits),
        collect: job.collect.iter().map(collect).chain(handed(job)).chain(output_file(job)).collect(),
        leavings: job.kept.is_some(),
    })
}

/// The compiled program, where it is executed itself.
fn executed(job: &CaseJob<'_>) -> Option<Arc<OwnedFd>> {
    let artefact = job.artefact.filter(|_| job.language.run.executes_artefact());
    artefact.map(|artefact| artefact.program.clone())
}

/// A file that is asked for: however large it is, only its beginning is read.
fn collect((path, max): &(&str, Bytes)) -> CollectFile {
    CollectFile { path: (*path).to_owned(), anywhere: false, max: *max, truncate: true }
}

/// The files that are to be handed back.
fn handed<'a>(job: &CaseJob<'a>) -> impl Iterator<Item = CollectFile> + use<'a> {
    let most = job.handed.most;
    let file =
        move |name: &String| CollectFile { path: name.clone(), anywhere: false, max: most, truncate: false };
    job.handed.names.iter().map(file)
}

/// The file that is to have the output.
fn output_file(job: &CaseJob<'_>) -> Option<CollectFile> {
    let path = job.files.output?.to_owned();
    Some(CollectFile { path, anywhere: false, max: job.limits.output, truncate: false })
}

/// Descriptors of files in the box that are links to them.
type Linked = Vec<(u16, Wire)>;

/// The first number that is free for those.
const FIRST_LINKED: u16 = 3;

/// What is in the box: sources where they are run, else what is beside them, and the program where something else opens it.
async fn put(job: &CaseJob<'_>, blobs: &Blobs) -> Result<(Vec<PutFile>, Linked), JudgeError> {
    let language = job.language;
    // What belongs to the test goes before what came with the program.
    let mut claims = Claims::default();
    job.files.names().for_each(|name| _ = claims.claim(name));
    let beside: Vec<_> = job.beside.iter().filter(|(name, _)| claims.claim(name)).collect();
    let mut put = Vec::new();
    if let (Some(artefact), Some(name)) = (job.artefact, &language.artefact)
        && language.run.opens_artefact()
        && claims.claim(name)
    {
        let content = PutContent::Descriptor(artefact.program.clone());
        put.push(PutFile { path: name.clone(), mode: 0o555, content });
    }
    for (name, content) in job.kept.into_iter().flatten().filter(|(name, _)| claims.claim(name)) {
        let content = contents::file(content, blobs).await?;
        // Written as the one who has left it, who may change it.
        put.push(PutFile { path: name.clone(), mode: 0o666, content });
    }
    let is_wanted = |name: &&String| language.runs_sources() || language.is_data(name);
    let own: BTreeSet<_> =
        job.sources.keys().filter(is_wanted).filter(|name| claims.claim(name)).map(String::as_str).collect();
    put.extend(files(language, job.sources, blobs, |name| own.contains(name)).await?);
    let (linked, of_test) = linked(of_test(job, &beside, blobs).await?);
    put.extend(of_test);
    Ok((put, linked))
}

/// The files of a test, and its input where that is one.
async fn of_test(
    job: &CaseJob<'_>,
    beside: &[(&String, &Content)],
    blobs: &Blobs,
) -> Result<Vec<(String, PutContent)>, JudgeError> {
    let beside = beside.iter().map(|(name, content)| (name.as_str(), *content));
    let input = job.files.input.map(|name| (name, job.input));
    let mut opened = Vec::new();
    for (name, content) in beside.chain(input) {
        opened.push((name.to_owned(), contents::file(content, blobs).await?));
    }
    Ok(opened)
}

/// What has a file of its own is not copied, but linked to its descriptor. Links come last, as no folder is made for them:
/// where nothing else makes it, the content is copied after all.
fn linked(files: Vec<(String, PutContent)>) -> (Linked, Vec<PutFile>) {
    let put = |path, content| PutFile { path, mode: 0o444, content };
    let (large, small): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|(_, content)| matches!(content, PutContent::Descriptor(_)));
    let mut copied: Vec<_> = small.into_iter().map(|(path, content)| put(path, content)).collect();
    let (mut linked, mut links) = (Linked::new(), Vec::new());
    for (path, content) in large {
        match (content, FIRST_LINKED.checked_add(u16::try_from(linked.len()).unwrap_or(u16::MAX))) {
            (PutContent::Descriptor(file), Some(number)) if has_folder(&path, &copied) => {
                links.push(put(path, PutContent::Symlink(format!("/proc/self/fd/{number}"))));
                linked.push((number, Wire::Descriptor(file)));
            }
            (content, _) => copied.push(put(path, content)),
        }
    }
    copied.append(&mut links);
    (linked, copied)
}

/// Whether the folder of this path is the box itself, or one that these files make.
fn has_folder(path: &str, files: &[PutFile]) -> bool {
    path.rsplit_once('/').is_none_or(|(folder, _)| {
        files.iter().any(|file| file.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
    })
}

fn argv(job: &CaseJob<'_>) -> Vec<Vec<u8>> {
    let files = (job.sources, job.entry_point);
    let mut argv = expanded(&job.language.run, job.language, files, (job.own_memory, job.limits.stack));
    argv.extend(job.arguments.iter().map(|argument| argument.as_bytes().to_vec()));
    argv
}

/// The files that were asked for: of each that is there the beginning, and nothing of one that cannot be read as a file.
/// Whoever wrote them may write on.
///
/// # Errors
/// When one cannot be read.
pub(super) async fn collected(
    job: &CaseJob<'_>,
    files: Vec<CollectedOutput>,
) -> Result<Vec<Option<Vec<u8>>>, JudgeError> {
    let most: Vec<_> = job.collect.iter().map(|(_, max)| usize::try_from(max.get()).unwrap_or(0)).collect();
    let reading =
        elsewhere(move || files.into_iter().zip(most).map(|(file, most)| beginning(file, most)).collect());
    let read: std::io::Result<_> = reading.await.map_err(failed)?;
    read.map_err(failed)
}

/// A file that was handed out cannot be read, or kept.
pub(super) fn failed(source: std::io::Error) -> JudgeError {
    JudgeError::Workspace { doing: "read a file that a program left", source }
}

fn beginning(file: CollectedOutput, most: usize) -> std::io::Result<Option<Vec<u8>>> {
    let descriptor = match file {
        CollectedOutput::File { descriptor, .. } => descriptor,
        CollectedOutput::Failed(errno) if errno == Errno::NOENT.raw_os_error() => return Ok(None),
        // It is there: what a score is looked for in must not count as none.
        _ => return Ok(Some(Vec::new())),
    };
    let mut bytes = Vec::new();
    copy::parts(&descriptor.into(), most as u64, |part| bytes.write_all(part))?;
    Ok(Some(bytes))
}

/// What a run is worth before anybody looks at its output, and the limit that it met, if that is why.
pub(super) fn measured(job: &CaseJob<'_>, facts: &Facts) -> Option<(Verdict, String)> {
    from_run(facts.end, &facts.usage, &facts.held_to(job.limits))
}

/// What is told of a run of a test case that is worth so much; its outputs are kept elsewhere.
///
/// # Errors
/// That it could not be looked for what a failed program has said.
pub(super) async fn told(
    job: &CaseJob<'_>,
    (verdict, reason): (Verdict, Option<String>),
    test: &TestCase,
    facts: &mut Facts,
) -> Result<TestResult, JudgeError> {
    let limit = verdict.limit();
    let (verdict, reason) = match said(job.language, (verdict, facts.end), &mut facts.stderr.head).await? {
        Some((verdict, said)) => (verdict, Some(said)),
        None => (verdict, reason),
    };
    let (exit_code, signal) = how_it_ended(facts.end);
    let result = TestResult {
        exit_code,
        signal,
        reason,
        cpu: facts.usage.cpu_time(),
        wall: facts.usage.wall_time,
        memory: facts.usage.memory,
        machine: facts.machine.clone(),
        ..TestResult::empty(job.index, verdict)
    };
    if !test.hidden {
        return Ok(result);
    }
    facts.forget_outputs();
    Ok(result.hidden(limit.map(|limit| format!("used more {limit} than allowed"))))
}

/// What a failed program has said of its failure.
async fn said(
    language: &Language,
    (verdict, end): (Verdict, ProgramEnd),
    stderr: &mut Vec<u8>,
) -> Result<Option<(Verdict, String)>, JudgeError> {
    let ProgramEnd::ByItself(end) = end else { return Ok(None) };
    if verdict != Verdict::RuntimeError {
        return Ok(None);
    }
    let (is_checked, failures) = (language.sanitized, language.failures.clone());
    let look = move |stderr: &[u8]| {
        let finding = is_checked.then(|| sanitizer::finding(stderr)).flatten();
        let finding = finding.map(|finding| (Verdict::RuntimeError, finding));
        finding
            .or_else(|| failures.find(stderr, end.signal()).map(|(failure, reason)| (worth(failure), reason)))
    };
    if stderr.len() <= QUICK {
        return Ok(look(stderr));
    }
    let taken = std::mem::take(stderr);
    let looking = elsewhere(move || (look(&taken), taken));
    let (told, taken) = looking.await.map_err(contents::broken)?;
    *stderr = taken;
    Ok(told)
}

fn worth(failure: Failure) -> Verdict {
    match failure {
        Failure::RuntimeError => Verdict::RuntimeError,
        Failure::MemoryLimitExceeded => Verdict::MemoryLimitExceeded,
    }
}

/// The variables of a language's programs. One that the language has itself is not ours as well.
fn environment(language: &Language) -> Vec<Vec<u8>> {
    let name = |variable: &str| variable.split('=').next().map(str::to_owned);
    let is_own = |ours: &&str| language.environment.iter().any(|own| name(own) == name(ours));
    let ours = ENVIRONMENT.into_iter().chain([STACKS_ARE_KEPT]).filter(|ours| !is_own(ours));
    ours.chain(language.environment.iter().map(String::as_str)).map(|word| word.as_bytes().to_vec()).collect()
}

/// The GNU C library makes a thread's stack as large as the main one may be, which is most of the memory limit, and keeps no more than
/// 40 MiB of those that have ended for others: with the 8 MiB of other machines some are kept, with ours none. Then each thread costs
/// twice the CPU time, and who joins or cancels one that has been joined dies of it, and is not told so, as it is at home. Kept stacks are
/// addresses: the library gives back what was touched of them.
const STACKS_ARE_KEPT: &str = "GLIBC_TUNABLES=glibc.pthread.stack_cache_size=1099511627776";

/// Compares an output with its answer: what is long, off the threads that everybody waits for.
///
/// # Errors
/// When the answer cannot be read.
pub(super) async fn compared(
    rule: Checker,
    Captured { head: output, whole, .. }: &mut Captured,
    answer: &Content,
    blobs: &Blobs,
) -> Result<Option<checker::Difference>, JudgeError> {
    if let Some(whole) = whole {
        return contents_compared(rule, &Content::Blob(whole.clone()), answer, blobs).await;
    }
    let answer = contents::reader(answer, blobs).await?;
    let is_short = output.len() <= SMALL && matches!(answer, ContentReader::Inline { .. });
    let difference = if is_short {
        checker::difference(rule, output.as_slice(), answer)
    } else {
        let taken = std::mem::take(output);
        let comparing = elsewhere(move || {
            let difference = checker::difference(rule, taken.as_slice(), answer);
            (taken, difference)
        });
        let (taken, difference) = comparing.await.map_err(contents::broken)?;
        *output = taken;
        difference
    };
    difference.map_err(contents::broken)
}

/// Compares a content with the answer, off the threads that everybody waits for.
///
/// # Errors
/// When either cannot be read.
pub(super) async fn contents_compared(
    rule: Checker,
    output: &Content,
    answer: &Content,
    blobs: &Blobs,
) -> Result<Option<checker::Difference>, JudgeError> {
    let answer = contents::reader(answer, blobs).await?;
    let output = contents::reader(output, blobs).await?;
    let comparing = elsewhere(move || checker::difference(rule, output, answer));
    comparing.await.map_err(contents::broken)?.map_err(contents::broken)
}

/// Its exit status, or the signal that killed it.
fn how_it_ended(end: ProgramEnd) -> (Option<i32>, Option<String>) {
    match end {
        ProgramEnd::ByItself(OwnEnd::Exited { code }) => (Some(code), None),
        ProgramEnd::ByItself(OwnEnd::Signaled { signal }) => (None, Some(signal_name(signal))),
        ProgramEnd::ByItself(OwnEnd::NotExecuted { .. }) => (None, None),
        ProgramEnd::Killed(_) => (None, Some("SIGKILL".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::test_support::cpp;

    #[test]
    fn a_language_adds_variables_and_replaces_ours() {
        let (language, _) = cpp();
        let environment = environment(&language);
        let count = |name: &[u8]| environment.iter().filter(|variable| variable.starts_with(name)).count();
        assert_eq!((count(b"LANG="), count(b"HOME="), count(b"PATH=")), (1, 1, 1));
        assert!(
            environment.contains(&b"LANG=C".to_vec()) && environment.contains(&b"GREETING=hello".to_vec())
        );
        assert!(environment.contains(&STACKS_ARE_KEPT.into()));
    }

    #[test]
    fn no_link_comes_before_its_folder() {
        let large = || PutContent::Descriptor(Arc::new(OwnedFd::from(tempfile::tempfile().unwrap())));
        let small = || PutContent::Bytes(b"x".as_slice().into());
        let files = [
            (".case/answer", large()),
            (".case/feedback/.keep", small()),
            (".case/input", small()),
            ("deep/a", large()),
            ("deep/b", large()),
            ("large", large()),
        ];
        let (linked, put) = linked(files.map(|(path, content)| (path.to_owned(), content)).into());
        let told = put.iter().map(|file| match &file.content {
            PutContent::Symlink(target) => (file.path.as_str(), target.as_str()),
            PutContent::Bytes(_) | PutContent::Descriptor(_) => (file.path.as_str(), ""),
        });
        let expected = [
            (".case/feedback/.keep", ""),
            (".case/input", ""),
            ("deep/a", ""),
            (".case/answer", "/proc/self/fd/3"),
            ("deep/b", "/proc/self/fd/4"),
            ("large", "/proc/self/fd/5"),
        ];
        assert_eq!(told.collect::<Vec<_>>(), expected);
        assert_eq!(linked.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [3, 4, 5]);
    }
}
