//! Does what a part says, by the executor of this machine, and packs what comes of it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Seek as _, Write as _};
use std::os::fd::OwnedFd;

use gavel_protocol::Bytes;
use tokio_util::sync::CancellationToken;

use super::Shared;
use crate::blobs::Blobs;
use crate::blocking::on_disk;
use crate::cluster::objects::{Budget, ObjectError};
use crate::cluster::packing::Packer;
use crate::cluster::wire::{
    CaseWork, CompileWork, LeftFile, Leftover, Made, Outcome, Owner, Parcel, Report, Speech, Stream, Way,
    Work,
};
use crate::content::{BlobId, Content};
use crate::copy;
use crate::judge::{
    Artefact, CaseJob, Compilation, CompileJob, Compiled, Dialogue, Executor, Facts, Handed, JudgeError,
    Left, Room, TimeScale, Told, Whose,
};
use crate::language::Language;
use crate::queue::is_of_a_full_disk;
use crate::sandbox::{Captured, Leaving, Profile, SandboxError};
use crate::stamp;
use crate::submission::{Files, RunLimits, SubmissionId};
use crate::telemetry;

/// Why nothing came of a part.
#[derive(Debug)]
pub(super) enum NotDone {
    /// Nobody waits for it.
    Cancelled,
    /// We failed.
    Failed(Way, String),
    /// There is no room on the disk.
    Full(String),
    /// There is none in a sandbox for what is put beside a program: it is too much.
    NoRoom(String),
}

/// Longest text of a failure.
const LONGEST_WHY: usize = 500;

impl NotDone {
    /// The disk of this machine is full.
    pub(super) fn is_of_a_full_disk(&self) -> bool {
        matches!(self, Self::Full(_))
    }

    /// In words.
    pub(super) fn why(&self) -> &str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Failed(_, why) | Self::Full(why) | Self::NoRoom(why) => why,
        }
    }

    /// As the coordinator is told of it.
    pub(super) fn outcome(&self) -> Outcome {
        let way = match self {
            Self::Cancelled | Self::Full(_) => Way::NotServed,
            Self::Failed(way, _) => *way,
            Self::NoRoom(_) => Way::Broken,
        };
        let why = self.why();
        let why = why[..why.floor_char_boundary(LONGEST_WHY)].to_owned();
        Outcome::Failed { way, why, no_room: matches!(self, Self::NoRoom(_)) }
    }
}

impl From<JudgeError> for NotDone {
    fn from(why: JudgeError) -> Self {
        let way = match &why {
            JudgeError::Cancelled => return Self::Cancelled,
            JudgeError::Sandbox(SandboxError::Busy { .. } | SandboxError::Stopping) => Way::NotServed,
            why if is_of_a_full_disk(why) => return Self::Full(telemetry::chain(why)),
            JudgeError::NoRoom => return Self::NoRoom(telemetry::chain(&why)),
            JudgeError::Missing { .. } => Way::Lacking,
            _ => Way::Broken,
        };
        Self::Failed(way, telemetry::chain(&why))
    }
}

impl From<ObjectError> for NotDone {
    fn from(why: ObjectError) -> Self {
        let way = match &why {
            ObjectError::Disk(disk) if disk.kind() == io::ErrorKind::StorageFull => {
                return Self::Full(telemetry::chain(&why));
            }
            ObjectError::Lacking(_) | ObjectError::Other(_) => Way::Lacking,
            ObjectError::Broker(_) | ObjectError::Disk(_) => Way::NotServed,
            ObjectError::TooLarge { .. } => Way::Broken,
        };
        Self::Failed(way, telemetry::chain(&why))
    }
}

impl From<io::Error> for NotDone {
    fn from(why: io::Error) -> Self {
        ObjectError::from(why).into()
    }
}

/// How a part is done.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms {
    /// By how much limits of time are longer here.
    pub(super) stretch: TimeScale,
    /// The submission whose program can be looked at while it runs.
    pub(super) shown: Option<SubmissionId>,
}

/// A [`CaseJob`]'s parts, where they are ours.
#[derive(Debug)]
struct Case<'a> {
    work: &'a CaseWork,
    shown: Option<SubmissionId>,
    limits: RunLimits,
    language: &'a Language,
    sources: BTreeMap<String, Content>,
    artefact: Option<Artefact>,
    input: Content,
    beside: BTreeMap<String, Content>,
    kept: Option<BTreeMap<String, Content>>,
    collect: Vec<(&'a str, Bytes)>,
}

impl Case<'_> {
    fn job(&self) -> CaseJob<'_> {
        let work = self.work;
        CaseJob {
            index: work.index,
            language: self.language,
            sources: &self.sources,
            entry_point: work.entry_point.as_deref(),
            artefact: self.artefact.as_ref(),
            input: &self.input,
            files: Files { input: work.input_file.as_deref(), output: work.output_file.as_deref() },
            arguments: &work.arguments,
            beside: &self.beside,
            kept: self.kept.as_ref(),
            collect: &self.collect,
            handed: Handed { names: &work.handed, most: work.handed_most },
            is_told: work.is_recorded,
            cuts: work.cuts,
            limits: &self.limits,
            own_memory: work.own_memory,
            room: Room::Own { beside: Bytes(0), left: Bytes(0) },
            whose: Whose { submission: self.shown, ..whose(&work.owner) },
        }
    }
}

fn whose(owner: &Owner) -> Whose<'_> {
    Whose { isolation: owner.isolation, ..Whose::nobodys(owner.user.as_deref(), Told::NOBODY) }
}

impl<E: Executor> Shared<E> {
    /// Does it.
    pub(super) async fn work(
        &self,
        work: &Work,
        terms: Terms,
        cancel: &CancellationToken,
    ) -> Result<Outcome, NotDone> {
        let budget = Budget::default();
        match work {
            Work::Compile(work) => self.compile(work, terms.stretch, &budget, cancel).await,
            Work::Case(work) => {
                let case = unless_cancelled(cancel, self.case(work, terms)).await?;
                let session = E::Session::default();
                let facts = self.executor.run_case(&case.job(), &session, cancel).await?;
                let report = unless_cancelled(cancel, self.report(facts, &budget)).await?;
                Ok(Outcome::Ran(Box::new(report)))
            }
            Work::Pair { program, validator } => self.pair([program, validator], terms, cancel).await,
            Work::Version(work) => {
                let language = self.language(&work.language)?;
                Ok(Outcome::Version(self.executor.version(language, &work.limits, cancel).await?))
            }
        }
    }

    /// Has a program and a validator talk with each other.
    async fn pair(
        &self,
        [program, validator]: [&CaseWork; 2],
        terms: Terms,
        cancel: &CancellationToken,
    ) -> Result<Outcome, NotDone> {
        let budget = Budget::default();
        let of_nobody = Terms { shown: None, ..terms };
        let program = unless_cancelled(cancel, self.case(program, terms)).await?;
        let validator = unless_cancelled(cancel, self.case(validator, of_nobody)).await?;
        let talked = self.executor.run_pair(&program.job(), &validator.job(), cancel).await?;
        let sending = async {
            let Dialogue { program, validator, first, transcript } = talked;
            Ok::<_, NotDone>(Outcome::Talked {
                program: Box::new(self.report(program, &budget).await?),
                validator: Box::new(self.report(validator, &budget).await?),
                first,
                transcript: match transcript {
                    Some(text) => Some(self.objects.send(text.as_bytes(), &budget).await?),
                    None => None,
                },
            })
        };
        unless_cancelled(cancel, sending).await
    }

    fn language(&self, speech: &Speech) -> Result<&Language, NotDone> {
        let language = self.languages.get(&speech.id);
        language.ok_or_else(|| JudgeError::UnknownLanguage(speech.id.clone()).into())
    }

    async fn files(&self, files: &BTreeMap<String, Parcel>) -> Result<BTreeMap<String, Content>, NotDone> {
        let mut fetched = BTreeMap::new();
        for (name, parcel) in files {
            fetched.insert(name.clone(), self.cache.content(parcel).await?);
        }
        Ok(fetched)
    }

    async fn case<'a>(
        &'a self,
        work: &'a CaseWork,
        Terms { stretch, shown }: Terms,
    ) -> Result<Case<'a>, NotDone> {
        let artefact = match &work.artefact {
            None => None,
            Some(parcel) => {
                let (id, program) = self.cache.program(parcel).await?;
                Some(Artefact { id, program, compilation: Compilation::default() })
            }
        };
        let kept = match &work.kept {
            None => None,
            Some(kept) => Some(self.files(kept).await?),
        };
        Ok(Case {
            work,
            shown,
            limits: stretch.limits(&work.limits),
            language: self.language(&work.language)?,
            sources: self.files(&work.sources).await?,
            artefact,
            input: self.cache.content(&work.input).await?,
            beside: self.files(&work.beside).await?,
            kept,
            collect: work.collect.iter().map(|(path, most)| (path.as_str(), *most)).collect(),
        })
    }

    async fn compile(
        &self,
        work: &CompileWork,
        stretch: TimeScale,
        budget: &Budget,
        cancel: &CancellationToken,
    ) -> Result<Outcome, NotDone> {
        let language = self.language(&work.language)?;
        let Some(profile) = Profile::of_compilations(language) else {
            return Err(JudgeError::UnknownLanguage(language.id.clone()).into());
        };
        let sources = unless_cancelled(cancel, self.files(&work.sources)).await?;
        let job = CompileJob {
            language,
            profile: &profile,
            sources: &sources,
            entry_point: work.entry_point.as_deref(),
            limits: &stretch.limits(&work.limits),
            whose: whose(&work.owner),
        };
        let compiled = self.executor.compile(&job, cancel).await?;
        let image = self.executor.image(&profile);
        let made = match compiled {
            Compiled::Program(artefact) => {
                let packer = Packer { objects: &self.objects, blobs: &self.blobs, budget };
                let sending = async { packer.program(&artefact).await.map_err(NotDone::from) };
                let program = unless_cancelled(cancel, sending).await?;
                self.cache.keep_program(artefact.id, &artefact.program);
                Made::Program { program, compilation: artefact.compilation, image }
            }
            Compiled::Checked(compilation) => Made::Checked { compilation, image },
            Compiled::Rejected { compilation, reason } => Made::Rejected { compilation, reason },
        };
        Ok(Outcome::Compiled(Box::new(made)))
    }

    /// What a program did. Memory and disk for what it wrote are held until it is sent.
    async fn report(&self, facts: Facts, budget: &Budget) -> Result<Report, NotDone> {
        // Where it ran, and on which terms, the coordinator knows.
        let Facts { end, usage, stdout, no_output, stderr, collected, files, leavings, room, space, .. } =
            facts;
        let mut sent = Vec::with_capacity(collected.len());
        for file in collected {
            sent.push(match file {
                Some(bytes) => Some(self.objects.send(&bytes, budget).await?),
                None => None,
            });
        }
        let mut left = Vec::with_capacity(files.len());
        for Left { name, file } in files {
            let file = match file {
                Ok(captured) => Ok(self.stream(captured, budget).await?),
                Err(why) => Err(why),
            };
            left.push(LeftFile { name, file });
        }
        let mut leftovers = Vec::with_capacity(leavings.len());
        for Leaving { name, descriptor, size } in leavings {
            let blobs = self.blobs.clone();
            let (hash, size, file) = on_disk(move || self_contained(&blobs, descriptor, size)).await?;
            let content = self.objects.send_file(hash, size, file, budget).await?;
            leftovers.push(Leftover { name, content });
        }
        let report = Report {
            end,
            usage,
            stdout: self.stream(stdout, budget).await?,
            no_output,
            stderr: self.stream(stderr, budget).await?,
            collected: sent,
            files: left,
            leavings: leftovers,
        };
        drop((room, space));
        Ok(report)
    }

    async fn stream(&self, captured: Captured, budget: &Budget) -> Result<Stream, NotDone> {
        let Captured { head, total, whole, .. } = captured;
        let whole = match whole {
            None => None,
            Some(blob) => {
                let (blobs, size) = (self.blobs.clone(), blob.size);
                let (hash, file) = on_disk(move || {
                    let mut file = blobs.open_blob(&blob)?;
                    let hash = stamp::hash(&file)?.into();
                    file.rewind()?;
                    drop(blob);
                    Ok((hash, file))
                })
                .await?;
                Some(self.objects.send_file(hash, size, file, budget).await?)
            }
        };
        Ok(Stream { head: self.objects.send(&head, budget).await?, total, whole })
    }
}

/// Fetches or sends something, for as long as anybody waits for it: meanwhile it has a place. A program that runs is not left so, but is
/// ended, and its sandbox serves others.
async fn unless_cancelled<T>(
    cancel: &CancellationToken,
    doing: impl Future<Output = Result<T, NotDone>>,
) -> Result<T, NotDone> {
    cancel.run_until_cancelled(doing).await.unwrap_or(Err(NotDone::Cancelled))
}

/// A copy of a file out of a sandbox: that one may change while it is read.
fn self_contained(blobs: &Blobs, file: OwnedFd, size: Bytes) -> io::Result<(BlobId, u64, File)> {
    let mut copied = blobs.incoming_file()?;
    let mut hasher = blake3::Hasher::new();
    let size = copy::parts(&file.into(), size.get(), |part| {
        hasher.update(part);
        copied.write_all(part)
    })?;
    copied.rewind()?;
    Ok((hasher.finalize().into(), size, copied))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::test_support::{LIMITS, cpp};
    use crate::submission::Isolation;

    #[test]
    fn whose_program_it_is_and_that_its_output_may_be_told_goes_to_the_executor() {
        let (language, _) = cpp();
        let work = CaseWork {
            index: 3,
            language: Speech { id: "cpp17".into(), definition: BlobId::of(b"cpp17") },
            sources: BTreeMap::new(),
            entry_point: None,
            artefact: None,
            input: Parcel::Here(Vec::new()),
            input_file: None,
            output_file: None,
            arguments: Vec::new(),
            beside: BTreeMap::new(),
            kept: None,
            collect: Vec::new(),
            handed: Vec::new(),
            handed_most: Bytes(0),
            is_recorded: true,
            cuts: false,
            limits: LIMITS,
            own_memory: LIMITS.memory,
            owner: Owner { user: None, isolation: Isolation::Fresh },
        };
        for shown in [Some(SubmissionId::new_v4()), None] {
            let case = Case {
                work: &work,
                shown,
                limits: LIMITS,
                language: &language,
                sources: BTreeMap::new(),
                artefact: None,
                input: Content::default(),
                beside: BTreeMap::new(),
                kept: None,
                collect: Vec::new(),
            };
            let job = case.job();
            let whose = (job.whose.submission, job.whose.isolation, job.is_told);
            assert_eq!(whose, (shown, Isolation::Fresh, true));
        }
    }

    #[test]
    fn what_does_not_fit_into_a_sandbox_is_told_apart_from_what_a_node_is_to_blame_for() {
        let told = |why: JudgeError| match NotDone::from(why).outcome() {
            Outcome::Failed { way, no_room, .. } => (way, no_room),
            other => panic!("{other:?}"),
        };
        assert_eq!(told(JudgeError::NoRoom), (Way::Broken, true));
        assert_eq!(told(JudgeError::UnknownLanguage("c17".into())), (Way::Broken, false));
        let full = io::Error::from(io::ErrorKind::StorageFull);
        let full = JudgeError::Workspace { doing: "keep what a program wrote", source: full };
        assert_eq!(told(full), (Way::NotServed, false), "the node's disk is another matter");
        let source = io::Error::from(io::ErrorKind::StorageFull);
        let full = JudgeError::Sandbox(SandboxError::Io { doing: "read the output", source });
        assert_eq!(told(full), (Way::NotServed, false), "and so it is while the program writes");
    }

    #[tokio::test]
    async fn what_is_cancelled_is_fetched_and_sent_no_further() {
        let cancel = CancellationToken::new();
        assert!(matches!(unless_cancelled(&cancel, async { Ok(7) }).await, Ok(7)));
        let full = unless_cancelled(&cancel, async { Err::<(), _>(NotDone::Full("full".to_owned())) }).await;
        assert!(matches!(full, Err(NotDone::Full(_))));
        let endless = unless_cancelled(&cancel, std::future::pending::<Result<(), _>>());
        let (cancelled, ()) = tokio::join!(endless, async { cancel.cancel() });
        assert!(matches!(cancelled, Err(NotDone::Cancelled)));
    }

    #[test]
    fn of_a_failure_no_more_is_told_than_is_read() {
        let Outcome::Failed { why, .. } = NotDone::Full("é".repeat(LONGEST_WHY)).outcome() else { panic!() };
        assert_eq!(why, "é".repeat(LONGEST_WHY / 2));
    }
}
