//! Compiles a submission's sources, or finds the program that the same sources made before.

use std::collections::BTreeMap;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use gavel_protocol::{Bytes, Step, Usage};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::artefacts::{Artefact, Compiler, Key};
use super::ending::{Cap, OwnEnd, ProgramEnd};
use super::executor::{CompileJob, Compiled};
use super::judgement::Compilation;
use super::local::Local;
use super::verdict::{monitor_limits, signal_name};
use super::{JudgeError, LEASE_PATIENCE, Progress, argv, contents, log};
use crate::blobs::Blobs;
use crate::blocking;
use crate::content::Content;
use crate::language::{Failures, Language};
use crate::sandbox::{
    CollectFile, CollectedOutput, Input, Lease, Output, Program, PutFile, Ran, SandboxError, Sandboxes,
};
use crate::submission::RunLimits;

/// The environment of compilers and programs.
pub(crate) const ENVIRONMENT: [&str; 5] = [
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME=/w",
    "TMPDIR=/tmp",
    "LANG=C.UTF-8",
    "TZ=UTC",
];

impl<S: Sandboxes> Local<S> {
    /// The program of sources in a compiled language.
    pub(super) async fn compile_here(
        &self,
        job: &CompileJob<'_>,
        cancel: &CancellationToken,
    ) -> Result<Compiled, JudgeError> {
        let image = self.sandboxes.image(job.profile);
        let key = self.key(job, image.as_deref());
        if let Some(artefact) = self.cached(key).await {
            return Ok(made(job, artefact));
        }
        let whose = job.whose;
        let leasing = self.sandboxes.lease(job.profile, whose.isolation, whose.user, LEASE_PATIENCE);
        // Who does not need the program any more does not wait for a sandbox.
        let mut lease = cancel.run_until_cancelled(leasing).await.ok_or(JudgeError::Cancelled)??;
        // It may be of another image than the newest, or be the first that tells which that is.
        let own_key = self.key(job, lease.image());
        if own_key != key
            && let Some(artefact) = self.cached(own_key).await
        {
            return Ok(made(job, artefact));
        }
        let span = tracing::info_span!("compile", sandbox = lease.name());
        let compiler = self.compilation(job).await?;
        job.whose.progress.tell(Progress::Served);
        let ran = lease.run(compiler, cancel).instrument(span).await?;
        drop(lease);
        self.compiled(job, own_key, ran).await
    }

    /// Without an image there is none: nobody could say what the program was made with.
    fn key(&self, job: &CompileJob<'_>, image: Option<&str>) -> Option<Key> {
        if !self.keeps {
            return None;
        }
        let compiler = Compiler { image: image?, environment: &ENVIRONMENT, largest: self.largest };
        Key::of(job, &compiler)
    }

    /// One that cannot be read is no reason to judge nobody by these sources: it is made anew, and takes that one's place.
    async fn cached(&self, key: Option<Key>) -> Option<Artefact> {
        let key = key?;
        let mut found = self.artefacts.held(&key);
        if found.is_none() {
            let finding = self.on_disk("find a compiled program", move |artefacts| artefacts.find(&key));
            found = finding.await.unwrap_or_else(|why| {
                tracing::warn!(error = crate::telemetry::chain(&why), "A program is compiled anew");
                None
            });
        }
        let mut artefact = found?;
        artefact.compilation.cached = true;
        Some(artefact)
    }

    /// The compiler as a program to run.
    async fn compilation(&self, job: &CompileJob<'_>) -> Result<Program, JudgeError> {
        let log = usize::try_from(job.limits.output.get()).unwrap_or(usize::MAX);
        Ok(Program {
            argv: argv::of_compiler(job),
            env: ENVIRONMENT.map(|variable| variable.as_bytes().to_vec()).to_vec(),
            executable: None,
            search_box: false,
            files: files(job.language, job.sources, &self.blobs, |_| true).await?,
            stdin: Input::Empty,
            // The first errors are the ones that help; the last lines say how it ended.
            stdout: Output::Capture { head: log - log / 4, tail: log / 4, kill: false },
            stderr: Output::WithStdout,
            others: Vec::new(),
            terminal: None,
            limits: monitor_limits(job.limits),
            leavings: false,
            collect: job
                .language
                .artefact
                .iter()
                .map(|path| CollectFile {
                    path: path.clone(),
                    anywhere: false,
                    max: self.largest,
                    truncate: false,
                })
                .collect(),
        })
    }

    async fn compiled(
        &self,
        job: &CompileJob<'_>,
        key: Option<Key>,
        mut ran: Ran,
    ) -> Result<Compiled, JudgeError> {
        let mut compilation = figures(&ran);
        let said = Said { log: &compilation.log, failures: &job.language.compile_failures };
        let finished = finished(ProgramEnd::of(ran.ending)?, &ran.usage, &said, job.limits)?;
        if let Some(note) = left_out(job) {
            compilation.log.insert_str(0, &note);
        }
        if let Finished::Badly(reason) = finished {
            return Ok(rejected(compilation, reason));
        }
        if job.language.artefact.is_none() {
            // What is kept of a check is that it went well.
            let nothing = || std::fs::File::open("/dev/null").map(OwnedFd::from);
            let keep = move |artefacts: &super::Artefacts| {
                artefacts.keep(key.as_ref(), nothing()?, Bytes(0), compilation)
            };
            return Ok(made(job, self.on_disk("keep what a check has found", keep).await?));
        }
        match ran.collected.pop() {
            Some(CollectedOutput::File { descriptor, size }) => {
                let keep = move |artefacts: &super::Artefacts| {
                    artefacts.keep(key.as_ref(), descriptor, size, compilation)
                };
                Ok(made(job, self.on_disk("keep a compiled program", keep).await?))
            }
            Some(CollectedOutput::TooLarge(size)) => {
                let reason = format!("the compiled program has {size}; {} are allowed", self.largest);
                Ok(rejected(compilation, Some(reason)))
            }
            Some(CollectedOutput::NotRegular | CollectedOutput::Failed(_)) | None => {
                Ok(rejected(compilation, Some("the compiler left no program".to_owned())))
            }
        }
    }

    /// Disk work off the async threads.
    async fn on_disk<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&super::Artefacts) -> std::io::Result<T> + Send + 'static,
    ) -> Result<T, JudgeError> {
        let artefacts = Arc::clone(&self.artefacts);
        let done = blocking::on_disk(move || work(&artefacts)).await;
        done.map_err(|source| JudgeError::Workspace { doing, source })
    }
}

/// The files that are wanted, readable by everybody in the box. Those of the language are plain text.
///
/// # Errors
/// When one cannot be opened.
pub(super) async fn files(
    language: &Language,
    files: &BTreeMap<String, Content>,
    blobs: &Blobs,
    is_wanted: impl Fn(&str) -> bool,
) -> Result<Vec<PutFile>, JudgeError> {
    let wanted = || files.iter().filter(|(name, _)| is_wanted(name));
    let looked_at = contents::looked_at(wanted().filter(|(name, _)| !language.is_data(name)));
    let mut put = Vec::with_capacity(files.len());
    for (name, content) in wanted() {
        let content = if looked_at.contains(name.as_str()) {
            contents::source(content, blobs).await?
        } else {
            contents::file(content, blobs).await?
        };
        put.push(PutFile { path: name.clone(), mode: 0o444, content });
    }
    Ok(put)
}

/// What the log begins with where files are neither compiled nor included: one may have been meant to be.
fn left_out(job: &CompileJob<'_>) -> Option<String> {
    const TOLD: usize = 10;
    let names: Vec<&str> =
        job.sources.keys().map(String::as_str).filter(|name| job.language.is_data(name)).collect();
    let more = match names.len().saturating_sub(TOLD) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let told = names.iter().take(TOLD).copied().collect::<Vec<_>>().join(", ");
    (!names.is_empty()).then(|| format!("not compiled, but there at run time: {told}{more}\n"))
}

/// A program, or sources without a fault.
fn made(job: &CompileJob<'_>, artefact: Artefact) -> Compiled {
    match job.language.artefact {
        Some(_) => Compiled::Program(artefact),
        None => Compiled::Checked(artefact.compilation),
    }
}

fn figures(ran: &Ran) -> Compilation {
    let (log, log_truncated) = log::readable(&ran.stdout);
    Compilation {
        ok: true,
        log,
        log_truncated,
        cpu: ran.usage.cpu_time(),
        wall: ran.usage.wall_time,
        memory: ran.usage.memory,
        cached: false,
        node: None,
        time_scale: None,
    }
}

fn rejected(compilation: Compilation, reason: Option<String>) -> Compiled {
    Compiled::Rejected { compilation: Compilation { ok: false, ..compilation }, reason }
}

/// What a compiler's end means.
enum Finished {
    Well,
    /// With a reason where the log has none, or none that a student understands.
    Badly(Option<String>),
}

/// What a compiler has said, and what is known of such words.
struct Said<'a> {
    log: &'a str,
    failures: &'a Failures,
}

impl Said<'_> {
    /// A compiler that failed says so: one of its processes was ended by the signal of a file's size, or could not write on. Gcc then
    /// takes itself to be broken. A source may have it say that, too, and is told a reason that is not its own.
    fn tells_of_file_size(&self) -> bool {
        let log = self.log.to_ascii_lowercase();
        ["file size limit exceeded", "file too large"].iter().any(|words| log.contains(words))
    }

    fn reason(&self) -> Option<String> {
        self.failures.find(self.log.as_bytes(), None).map(|(_, reason)| reason)
    }
}

/// A compiler that cannot be executed is our fault, not the source's.
fn finished(
    end: ProgramEnd,
    usage: &Usage,
    said: &Said<'_>,
    limits: &RunLimits,
) -> Result<Finished, SandboxError> {
    let over = |what: String| Finished::Badly(Some(format!("compiling {what}")));
    Ok(match end {
        ProgramEnd::Killed(Cap::CpuTime) => {
            over(format!("takes more than the {:.2} s of CPU allowed", limits.cpu.as_secs_f64()))
        }
        ProgramEnd::Killed(Cap::WallTime) => {
            over(format!("takes longer than the {:.2} s allowed", limits.wall.as_secs_f64()))
        }
        ProgramEnd::ByItself(OwnEnd::NotExecuted { errno }) => {
            return Err(SandboxError::Unfit { step: Step::Exec, errno });
        }
        _ if usage.oom || end == ProgramEnd::Killed(Cap::Memory) => {
            over(format!("needs more than the {} of memory allowed", limits.memory))
        }
        ProgramEnd::Killed(_) => over("was stopped".to_owned()),
        ProgramEnd::ByItself(OwnEnd::Exited { code: 0 }) => Finished::Well,
        ProgramEnd::ByItself(_) if usage.file_size_reached || said.tells_of_file_size() => {
            over(format!("writes a file larger than the {} allowed", limits.file))
        }
        ProgramEnd::ByItself(OwnEnd::Exited { .. }) => Finished::Badly(said.reason()),
        ProgramEnd::ByItself(OwnEnd::Signaled { signal }) => {
            over(format!("ended with {}", signal_name(signal)))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::test_support::LIMITS;

    fn reason(code: i32, log: &str) -> Option<String> {
        let end = ProgramEnd::ByItself(OwnEnd::Exited { code });
        let said = Said { log, failures: &Failures::default() };
        match finished(end, &Usage::default(), &said, &LIMITS).unwrap() {
            Finished::Well => None,
            Finished::Badly(reason) => Some(reason.unwrap_or_default()),
        }
    }

    #[test]
    fn a_compiler_whose_process_met_the_limit_of_files_has_reached_a_limit() {
        let told = Some(format!("compiling writes a file larger than the {} allowed", LIMITS.file));
        for log in [
            "gcc: internal compiler error: File size limit exceeded signal terminated program as\n",
            "LLVM ERROR: IO failure on output stream: File too large\n",
        ] {
            assert_eq!(reason(1, log), told, "{log}");
            assert_eq!(reason(0, log), None, "it has compiled");
        }
        assert_eq!(reason(1, "main.c:1: error: no").as_deref(), Some(""), "the log says it");
    }
}
