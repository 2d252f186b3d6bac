//! A coordinator's jobs as work for nodes, and what nodes report as facts.

use std::collections::BTreeMap;
use std::os::fd::OwnedFd;
use std::time::Duration;

use gavel_protocol::{Bytes, MAX_LEAVINGS};
use serde_json::json;

use super::objects::{Budget, ObjectError, Objects, Place};
use super::wire::{
    CaseWork, CompileWork, LeftFile, Leftover, Made, Owner, Parcel, Report, Speech, Stream, VersionWork, Work,
};
use crate::account::Held;
use crate::blobs::Blobs;
use crate::blocking::on_disk;
use crate::content::{Blob, BlobId, Content};
use crate::judge::{Artefact, CaseJob, CompileJob, Facts, IN_MEMORY, Left, Whose};
use crate::language::Language;
use crate::sandbox::{Captured, Leaving};
use crate::submission::RunLimits;

/// What a language is, as far as it matters to what is made and run: a node whose own differs is not asked.
pub(super) fn definition(language: &Language) -> BlobId {
    let Language { id, toolchain, runtime, source, extensions, headers, artefact, environment, .. } =
        language;
    let templates = [language.compile.as_written(), language.run.as_written(), &language.version];
    let what = json!([id, toolchain, runtime, source, extensions, headers, artefact, environment, templates]);
    BlobId::of(format!("gavel language 2 {what}").as_bytes())
}

/// A language, as nodes are told of it.
pub(super) fn speech(language: &Language) -> Speech {
    Speech { id: language.id.clone(), definition: definition(language) }
}

fn owner(whose: Whose<'_>) -> Owner {
    Owner { user: whose.user.map(str::to_owned), isolation: whose.isolation }
}

/// Packs jobs; contents go to the broker on the way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Packer<'a> {
    pub(super) objects: &'a Objects,
    pub(super) blobs: &'a Blobs,
    pub(super) budget: &'a Budget,
}

/// A job, whichever.
#[derive(Debug, Clone, Copy)]
pub(super) enum Job<'a> {
    Compile(&'a CompileJob<'a>),
    Case(&'a CaseJob<'a>),
    Pair { program: &'a CaseJob<'a>, validator: &'a CaseJob<'a> },
    Version(&'a Language, &'a RunLimits),
}

impl Packer<'_> {
    pub(super) async fn work(self, job: Job<'_>) -> Result<Work, ObjectError> {
        Ok(match job {
            Job::Compile(job) => Work::Compile(Box::new(self.compilation(job).await?)),
            Job::Case(job) => Work::Case(Box::new(self.case(job).await?)),
            Job::Pair { program, validator } => Work::Pair {
                program: Box::new(self.case(program).await?),
                validator: Box::new(self.case(validator).await?),
            },
            Job::Version(language, limits) => {
                Work::Version(Box::new(VersionWork { language: speech(language), limits: *limits }))
            }
        })
    }

    async fn compilation(self, job: &CompileJob<'_>) -> Result<CompileWork, ObjectError> {
        Ok(CompileWork {
            language: speech(job.language),
            sources: self.files(job.sources).await?,
            entry_point: job.entry_point.map(str::to_owned),
            limits: *job.limits,
            owner: owner(job.whose),
        })
    }

    async fn case(self, job: &CaseJob<'_>) -> Result<CaseWork, ObjectError> {
        let is_wanted = |name: &str| job.language.runs_sources() || job.language.is_data(name);
        let sources = if job.sources.keys().any(|name| is_wanted(name)) {
            self.files(job.sources).await?
        } else {
            // Names alone are in the program's argv.
            job.sources.keys().map(|name| (name.clone(), Parcel::Here(Vec::new()))).collect()
        };
        Ok(CaseWork {
            index: job.index,
            language: speech(job.language),
            sources,
            entry_point: job.entry_point.map(str::to_owned),
            artefact: match job.artefact {
                Some(artefact) => Some(self.program(artefact).await?),
                None => None,
            },
            input: self.objects.send_content(job.input, self.blobs, self.budget).await?,
            input_file: job.files.input.map(str::to_owned),
            output_file: job.files.output.map(str::to_owned),
            arguments: job.arguments.to_vec(),
            beside: self.files(job.beside).await?,
            kept: match job.kept {
                Some(kept) => Some(self.files(kept).await?),
                None => None,
            },
            collect: job.collect.iter().map(|(path, most)| ((*path).to_owned(), *most)).collect(),
            handed: job.handed.names.to_vec(),
            handed_most: job.handed.most,
            is_recorded: job.is_told,
            cuts: job.cuts,
            limits: *job.limits,
            own_memory: job.own_memory,
            owner: owner(job.whose),
        })
    }

    async fn files(self, files: &BTreeMap<String, Content>) -> Result<BTreeMap<String, Parcel>, ObjectError> {
        let mut packed = BTreeMap::new();
        for (name, content) in files {
            packed.insert(name.clone(), self.objects.send_content(content, self.blobs, self.budget).await?);
        }
        Ok(packed)
    }

    pub(super) async fn program(self, artefact: &Artefact) -> Result<Parcel, ObjectError> {
        let file = std::fs::File::from(artefact.program.try_clone()?);
        let size = file.metadata()?.len();
        // As for each test of a submission but the first.
        if self.objects.has_sent(artefact.id) {
            return Ok(Parcel::Object { hash: artefact.id, size });
        }
        // The descriptor is shared with others who read it: its offset is nobody's.
        let own = on_disk(move || std::fs::File::open(format!("/proc/self/fd/{}", fd(&file)))).await?;
        self.objects.send_file(artefact.id, size, own, self.budget).await
    }
}

fn fd(file: &std::fs::File) -> i32 {
    std::os::fd::AsRawFd::as_raw_fd(file)
}

/// A report that does not keep to what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the node's report has {0}")]
pub(super) struct Unasked(&'static str);

/// Sees that a report has no more than was asked for: whoever has sent it may be taken over.
pub(super) fn check(job: &CaseJob<'_>, report: &Report) -> Result<(), Unasked> {
    let is = |fits: bool, what| if fits { Ok(()) } else { Err(Unasked(what)) };
    let most = job.limits.output.get();
    // What is longer than a head may be is a file.
    let fits = |stream: &Stream, most: u64| {
        stream.head.size() <= most.min(stream.total).min(IN_MEMORY.get())
            && stream.whole.as_ref().is_none_or(|whole| whole.size() <= most)
    };
    is(fits(&report.stdout, most) && fits(&report.stderr, most), "more output than is allowed")?;
    is(report.collected.len() == job.collect.len(), "other files than were asked for")?;
    let collected = report.collected.iter().zip(job.collect);
    let is_within = |(file, (_, most)): (&Option<Parcel>, &(&str, Bytes))| {
        file.as_ref().is_none_or(|file| file.size() <= most.get())
    };
    is(collected.clone().all(is_within), "a file that is longer than was asked for")?;
    let names = report.files.iter().map(|file| &file.name);
    is(names.eq(job.handed.names), "other files than were asked for")?;
    let streams = report.files.iter().filter_map(|file| file.file.as_ref().ok());
    let mut streams = streams.map(|stream| fits(stream, job.handed.most.get()));
    is(streams.all(|fits| fits), "a file that is longer than was asked for")?;
    is(job.kept.is_some() || report.leavings.is_empty(), "files that nobody asked for")?;
    let is_plain = |name: &str| !name.is_empty() && !name.contains('/') && name != "." && name != "..";
    let leavings = &report.leavings;
    is(leavings.len() <= MAX_LEAVINGS + 1, "more files than there may be")?;
    is(leavings.iter().all(|left| is_plain(&left.name)), "a file without a name")?;
    is(leavings.iter().all(|left| left.content.size() <= job.limits.file.get()), "a file that is too long")?;
    let told = report.files.iter().filter_map(|file| file.file.as_ref().err());
    is(told.clone().all(|why| why.len() <= LONGEST_WHY), "more words than there may be")?;
    let usage = &report.usage;
    // Each for itself: together they may be more than there can be.
    let times = [usage.cpu_user, usage.cpu_system, usage.wall_time];
    is(times.iter().all(|time| *time < LONGEST), "a time that nothing takes")
}

/// Sees that what is said of a compilation is no more than that may be.
pub(super) fn check_made(limits: &RunLimits, made: &Made) -> Result<(), Unasked> {
    let is = |fits: bool, what| if fits { Ok(()) } else { Err(Unasked(what)) };
    let (compilation, words) = match made {
        Made::Program { compilation, image, .. } | Made::Checked { compilation, image } => {
            (compilation, image)
        }
        Made::Rejected { compilation, reason } => (compilation, reason),
    };
    // Each byte that is no text is a character of three.
    let longest = limits.output.get().saturating_mul(3).saturating_add(LONGEST_NOTE);
    is(compilation.log.len() as u64 <= longest, "more of a compiler's words than are allowed")?;
    is(words.as_ref().is_none_or(|words| words.len() <= LONGEST_WHY), "more words than there may be")?;
    is([compilation.cpu, compilation.wall].iter().all(|time| *time < LONGEST), "a time that nothing takes")
}

/// Longest note before what a compiler says: of sources that it was not given, each with its name.
const LONGEST_NOTE: u64 = 64 * 1024;
/// Longest reason for which there is nothing of a file, or no program.
const LONGEST_WHY: usize = 4096;
/// No run takes so long, whatever its limits.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// Bytes of memory, and of the disk, that a report's outputs take.
pub(super) fn weight(report: &Report) -> (u64, u64) {
    let streams = [&report.stdout, &report.stderr];
    let sum = |sum: u64, parcel: &Parcel| sum.saturating_add(parcel.size());
    let memory = streams.iter().map(|stream| &stream.head).fold(0, sum);
    let files = report.files.iter().filter_map(|file| file.file.as_ref().ok());
    let wholes = streams.into_iter().chain(files).filter_map(|stream| stream.whole.as_ref());
    (memory, wholes.chain(report.leavings.iter().map(|left| &left.content)).fold(0, sum))
}

/// Fetches what a node has made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unpacker<'a> {
    pub(super) objects: &'a Objects,
    pub(super) blobs: &'a Blobs,
    pub(super) from: &'a Place,
}

impl Unpacker<'_> {
    /// What a node reports, fetched. It was [checked](check).
    pub(super) async fn facts(
        self,
        report: Report,
        room: Held,
        space: Option<tokio::sync::OwnedSemaphorePermit>,
    ) -> Result<Facts, ObjectError> {
        let Report { end, usage, stdout, no_output, stderr, collected, files, leavings } = report;
        let mut fetched = Vec::with_capacity(collected.len());
        for file in collected {
            fetched.push(match file {
                Some(file) => Some(self.objects.fetch(self.from, file, u64::MAX).await?),
                None => None,
            });
        }
        let mut left = Vec::with_capacity(files.len());
        for LeftFile { name, file } in files {
            let file = match file {
                Ok(stream) => Ok(self.captured(stream).await?),
                Err(why) => Err(why),
            };
            left.push(Left { name, file });
        }
        let mut remains = Vec::with_capacity(leavings.len());
        for Leftover { name, content } in leavings {
            let size = Bytes(content.size());
            let descriptor = self.passing(content).await?;
            remains.push(Leaving { name, descriptor, size });
        }
        Ok(Facts {
            end,
            usage,
            machine: None,
            stdout: self.captured(stdout).await?,
            no_output,
            stderr: self.captured(stderr).await?,
            collected: fetched,
            files: left,
            leavings: remains,
            room,
            space,
        })
    }

    async fn captured(self, stream: Stream) -> Result<Captured, ObjectError> {
        let Stream { head, total, whole } = stream;
        let head = self.objects.fetch(self.from, head, u64::MAX).await?;
        let whole = match whole {
            Some(whole) => Some(self.blob(whole, u64::MAX).await?),
            None => None,
        };
        Ok(Captured { head, tail: Vec::new(), total, whole })
    }

    async fn blob(self, content: Parcel, most: u64) -> Result<Blob, ObjectError> {
        self.objects.fetch_blob(self.from, content, most, (self.blobs, true)).await
    }

    /// A file that is gone when it is closed.
    async fn passing(self, content: Parcel) -> Result<OwnedFd, ObjectError> {
        let blob = self.blob(content, u64::MAX).await?;
        let blobs = self.blobs.clone();
        Ok(on_disk(move || Ok(blobs.open_blob(&blob)?.into())).await?)
    }

    /// A compiled program, as a file that is gone when it is closed.
    pub(super) async fn made(self, program: Parcel, most: u64) -> Result<(OwnedFd, u64), ObjectError> {
        let blob = self.blob(program, most).await?;
        let (blobs, size) = (self.blobs.clone(), blob.size);
        let file = on_disk(move || {
            let file = blobs.open_blob(&blob)?;
            drop(blob);
            Ok(file.into())
        });
        Ok((file.await?, size))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::test_support::{LIMITS, cpp};
    use crate::judge::{Compilation, Handed, OwnEnd, ProgramEnd, Told};
    use gavel_protocol::Usage;

    fn here(bytes: &[u8]) -> Parcel {
        Parcel::Here(bytes.to_vec())
    }

    fn far(size: u64) -> Parcel {
        Parcel::Object { hash: BlobId::of(b"far"), size }
    }

    fn stream(head: Parcel) -> Stream {
        let total = head.size();
        Stream { head, total, whole: None }
    }

    fn report() -> Report {
        Report {
            end: ProgramEnd::ByItself(OwnEnd::Exited { code: 0 }),
            usage: Usage::default(),
            stdout: stream(here(b"3\n")),
            no_output: None,
            stderr: stream(here(b"")),
            collected: vec![Some(here(b"yes"))],
            files: vec![LeftFile { name: "plot.svg".into(), file: Ok(stream(here(b"<svg/>"))) }],
            leavings: Vec::new(),
        }
    }

    /// What is said of a report of a run that was asked for a file `note` of 4 bytes, and for `plot.svg`.
    fn said(report: &Report, keeps: bool) -> Result<(), Unasked> {
        let (language, _) = cpp();
        let (nothing, input, names) = (BTreeMap::new(), Content::default(), ["plot.svg".to_owned()]);
        let job = CaseJob {
            kept: keeps.then_some(&nothing),
            collect: &[("note", Bytes(4))],
            handed: Handed { names: &names, most: Bytes(10) },
            ..CaseJob::bare(&language, &input, &LIMITS, Whose::nobodys(None, Told::NOBODY))
        };
        check(&job, report)
    }

    #[test]
    fn a_report_of_what_was_asked_is_taken() {
        assert_eq!(said(&report(), false), Ok(()));
        let long = Stream { head: here(b"3"), total: 1 << 40, whole: Some(far(LIMITS.output.get())) };
        assert_eq!(said(&Report { stdout: long, ..report() }, false), Ok(()));
        let left = vec![Leftover { name: "state".into(), content: far(LIMITS.file.get()) }];
        assert_eq!(said(&Report { leavings: left, ..report() }, true), Ok(()));
    }

    #[test]
    fn what_is_more_than_was_asked_for_is_refused() {
        let of_stdout = |stdout| Report { stdout, ..report() };
        let of_left = |name: &str, content| {
            let left = vec![Leftover { name: name.into(), content }];
            Report { leavings: left, ..report() }
        };
        let of_file =
            |name: &str, file| Report { files: vec![LeftFile { name: name.into(), file }], ..report() };
        let slow = Usage { wall_time: LONGEST, ..Usage::default() };
        for (report, what) in [
            (of_stdout(stream(far(LIMITS.output.get() + 1))), "output"),
            (of_stdout(Stream { head: here(b"33"), total: 1, whole: None }), "more of it than there is"),
            (of_stdout(Stream { whole: Some(far(1 << 40)), ..stream(here(b"")) }), "an endless output"),
            (Report { collected: Vec::new(), ..report() }, "too few files"),
            (Report { collected: vec![Some(far(5))], ..report() }, "a long file"),
            (of_file("other", Ok(stream(here(b"")))), "another file"),
            (of_file("plot.svg", Ok(stream(far(11)))), "a long file"),
            (of_left("..", here(b"")), "a name that is none"),
            (of_left("a/b", here(b"")), "a path"),
            (of_left("state", far(LIMITS.file.get() + 1)), "a long file"),
            (Report { usage: slow, ..report() }, "a time"),
        ] {
            assert!(said(&report, true).is_err(), "{what}");
        }
        assert!(said(&of_left("state", here(b"")), false).is_err(), "nobody asked for what is left");
        let many = vec![Leftover { name: "state".into(), content: here(b"") }; MAX_LEAVINGS + 2];
        assert!(said(&Report { leavings: many, ..report() }, true).is_err());
    }

    #[test]
    fn of_a_compilation_no_more_is_taken_than_it_may_say() {
        let compilation =
            |log: usize, wall| Compilation { log: "x".repeat(log), wall, ..Compilation::default() };
        let most = usize::try_from(3 * LIMITS.output.get() + LONGEST_NOTE).unwrap();
        let moment = Duration::from_secs(1);
        let checked = |compilation, image: Option<String>| Made::Checked { compilation, image };
        let rejected = |reason: &str| {
            let (compilation, reason) = (compilation(0, moment), Some(reason.to_owned()));
            Made::Rejected { compilation, reason }
        };
        let said = |made: &Made| check_made(&LIMITS, made);
        assert_eq!(said(&checked(compilation(most, moment), Some("sha256:1".into()))), Ok(()));
        assert_eq!(said(&rejected("compiling took too long")), Ok(()));
        let long = "x".repeat(LONGEST_WHY + 1);
        for made in [
            checked(compilation(most + 1, moment), None),
            checked(compilation(0, LONGEST), None),
            checked(compilation(0, moment), Some(long.clone())),
            rejected(&long),
        ] {
            assert!(said(&made).is_err());
        }
    }

    #[test]
    fn what_a_language_is_does_not_depend_on_who_has_built_the_program_that_says_so() {
        let mut language = crate::judge::test_support::cpp().0;
        (language.id, language.toolchain) = ("c".into(), Some("gcc".into()));
        (language.runtime, language.source) = (None, "main.c".into());
        (language.extensions, language.headers) = (vec!["c".into()], Vec::new());
        (language.artefact, language.environment) = (Some("main".into()), vec!["A=\"b\"".into()]);
        language.compile = crate::language::Template::new(vec!["cc".into()]).unwrap();
        language.run = crate::language::Template::new(vec!["./main".into()]).unwrap();
        language.version = Vec::new();
        let written = r#"gavel language 2 ["c","gcc",null,"main.c",["c"],[],"main",["A=\"b\""],[["cc"],["./main"],[]]]"#;
        assert_eq!(definition(&language), BlobId::of(written.as_bytes()));
    }

    #[test]
    fn a_language_that_is_compiled_otherwise_is_another() {
        let (language, _) = cpp();
        let mut other = language.clone();
        assert_eq!(definition(&language), definition(&other));
        other.environment.push("LANG=C".into());
        assert_ne!(definition(&language), definition(&other));
        let mut renamed = language.clone();
        renamed.name = "another name for people".into();
        assert_eq!(definition(&language), definition(&renamed), "what people read is nothing to a compiler");
    }
}
