//! What coordinator and nodes say to each other, as JSON. Versions next to each other work together: fields that are not known are left
//! out of account, those that have come since the first version of this [`PROTOCOL`] have a default, and those that were there from the
//! beginning stay. `wire/recorded.json` has messages of that version, which go on being read, and of which what we write has all.

use std::collections::BTreeMap;
use std::time::Duration;

use gavel_protocol::{Bytes, Usage};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::speed::Speed;
use crate::content::BlobId;
use crate::judge::{Cap, Compilation, NoOutput, ProgramEnd, Side, TimeScale};
use crate::live::Piece;
use crate::submission::{Isolation, RunLimits};

#[cfg(test)]
mod recorded;
mod text;

/// The form of all this. What has another is not understood.
pub const PROTOCOL: u32 = 1;

/// Bytes that are sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Parcel {
    /// Here.
    Here(#[serde(with = "text::base64")] Vec<u8>),
    /// With the broker, under their hash.
    Object {
        /// Theirs.
        #[serde(with = "text::hash")]
        hash: BlobId,
        /// How many they are.
        size: u64,
    },
}

impl Parcel {
    /// How many bytes they are.
    pub(crate) fn size(&self) -> u64 {
        match self {
            Self::Here(bytes) => bytes.len() as u64,
            Self::Object { size, .. } => *size,
        }
    }

    /// Their hash, where they are to be fetched.
    fn object(&self) -> Option<BlobId> {
        match self {
            Self::Here(_) => None,
            Self::Object { hash, .. } => Some(*hash),
        }
    }

    /// How many of them are to be fetched.
    fn far(&self) -> u64 {
        match self {
            Self::Here(_) => 0,
            Self::Object { size, .. } => *size,
        }
    }
}

/// Work for a node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Task<W = Work> {
    /// [`PROTOCOL`].
    pub(crate) protocol: u32,
    /// Who wants it done.
    pub(crate) coordinator: String,
    /// One start of that: what an earlier one has asked for nobody waits for.
    pub(crate) incarnation: Uuid,
    /// Its number among all of that start. Another attempt at a submission has other numbers.
    pub(crate) id: u64,
    /// The submission that it is for, if any.
    #[serde(default)]
    pub(crate) submission: Option<Uuid>,
    /// What is to be done, one after the other.
    pub(crate) parts: Vec<Part<W>>,
}

/// A part of a task, which has a result of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Part<W = Work> {
    /// Its number in the task.
    pub(crate) number: u32,
    /// What is to be done.
    pub(crate) work: W,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Work {
    /// Compile.
    Compile(Box<CompileWork>),
    /// Run on one test case.
    Case(Box<CaseWork>),
    /// Run a program and a validator that talk with each other, on one node.
    Pair {
        /// The program.
        program: Box<CaseWork>,
        /// The validator.
        validator: Box<CaseWork>,
    },
    /// Ask a compiler what it is.
    Version(Box<VersionWork>),
}

/// A language, and what it is to the coordinator: a node that has another of this name does not know it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Speech {
    /// Its id.
    pub(crate) id: String,
    /// The hash of what it is.
    #[serde(with = "text::hash")]
    pub(crate) definition: BlobId,
}

impl Speech {
    /// It is the same there, where these are the hashes of what languages are.
    pub(crate) fn is_among(&self, definitions: &BTreeMap<String, BlobId>) -> bool {
        definitions.get(&self.id) == Some(&self.definition)
    }
}

/// Whom work is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Owner {
    /// The user.
    #[serde(default)]
    pub(crate) user: Option<String>,
    /// Which sandboxes may serve it.
    pub(crate) isolation: Isolation,
}

/// As [`crate::judge::CompileJob`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct CompileWork {
    pub(crate) language: Speech,
    pub(crate) sources: BTreeMap<String, Parcel>,
    #[serde(default)]
    pub(crate) entry_point: Option<String>,
    pub(crate) limits: RunLimits,
    pub(crate) owner: Owner,
}

/// As [`crate::judge::CaseJob`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct CaseWork {
    pub(crate) index: u32,
    pub(crate) language: Speech,
    pub(crate) sources: BTreeMap<String, Parcel>,
    #[serde(default)]
    pub(crate) entry_point: Option<String>,
    #[serde(default)]
    pub(crate) artefact: Option<Parcel>,
    pub(crate) input: Parcel,
    #[serde(default)]
    pub(crate) input_file: Option<String>,
    #[serde(default)]
    pub(crate) output_file: Option<String>,
    #[serde(default)]
    pub(crate) arguments: Vec<String>,
    #[serde(default)]
    pub(crate) beside: BTreeMap<String, Parcel>,
    #[serde(default)]
    pub(crate) kept: Option<BTreeMap<String, Parcel>>,
    #[serde(default)]
    pub(crate) collect: Vec<(String, Bytes)>,
    #[serde(default)]
    pub(crate) handed: Vec<String>,
    #[serde(default)]
    pub(crate) handed_most: Bytes,
    #[serde(default)]
    pub(crate) is_recorded: bool,
    #[serde(default)]
    pub(crate) cuts: bool,
    pub(crate) limits: RunLimits,
    pub(crate) own_memory: Bytes,
    pub(crate) owner: Owner,
}

/// What a compiler is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct VersionWork {
    pub(crate) language: Speech,
    pub(crate) limits: RunLimits,
}

/// A node asks whether it may begin a task that it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Begin {
    /// Of the task.
    pub(crate) incarnation: Uuid,
    /// Of the task.
    pub(crate) task: u64,
    /// The hash of the task's message.
    #[serde(with = "text::hash")]
    pub(crate) asked: BlobId,
    /// One start of the node.
    pub(crate) process: Uuid,
    /// It has come again and again, and the node knows no more of it than this: what it is may be what takes nodes down.
    #[serde(default)]
    pub(crate) unread: bool,
}

/// A node has waited for the answer to a question in vain, and has handed the task back: what it was given with that it has not begun. To
/// this there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Left {
    /// The question.
    pub(crate) left: Begin,
}

/// The answer to [`Begin`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Begun {
    /// It may, and is the only one.
    Go {
        /// To be told with each result.
        grant: u64,
        /// The parts that are still wanted.
        parts: Vec<u32>,
        /// By how much limits of time are longer on this node.
        #[serde(default = "as_asked")]
        stretch: TimeScale,
    },
    /// Nobody wants it any more.
    Gone,
    /// Another node shall have it.
    Elsewhere,
}

/// Limits are what was asked for.
fn as_asked() -> TimeScale {
    TimeScale::ONE
}

/// What came of some parts of a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Answer<O = Outcome> {
    /// [`PROTOCOL`].
    pub(crate) protocol: u32,
    /// Of the task.
    pub(crate) incarnation: Uuid,
    /// Of the task.
    pub(crate) task: u64,
    /// What the node was given with [`Begun::Go`].
    pub(crate) grant: u64,
    /// The hash of the task's message.
    #[serde(with = "text::hash")]
    pub(crate) asked: BlobId,
    /// The parts that are done.
    pub(crate) done: Vec<Done<O>>,
}

/// A part that is done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Done<O = Outcome> {
    /// Its number in the task.
    pub(crate) part: u32,
    /// What came of it.
    pub(crate) outcome: O,
}

/// What came of a part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// Of [`Work::Compile`].
    Compiled(Box<Made>),
    /// Of [`Work::Case`].
    Ran(Box<Report>),
    /// Of [`Work::Pair`].
    Talked {
        /// What the program did.
        program: Box<Report>,
        /// What the validator did.
        validator: Box<Report>,
        /// Who was the first to end.
        first: Side,
        /// What they said.
        #[serde(default)]
        transcript: Option<Parcel>,
    },
    /// Of [`Work::Version`].
    Version(Option<String>),
    /// One of these that is too long for its message: as JSON, among the node's outputs.
    Far(Parcel),
    /// The node failed.
    Failed {
        /// In which way.
        way: Way,
        /// Why.
        why: String,
        /// What is put beside a program does not fit into a sandbox: no node's fault, and so on each of them. Beside the way, which
        /// an earlier coordinator knows: that takes it for [`Way::Broken`].
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        no_room: bool,
    },
}

/// How a node failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Way {
    /// It had no sandbox, memory or disk for it in time, or is stopping.
    NotServed,
    /// A content is not with the broker, or not what its name says.
    Lacking,
    /// A sandbox failed, or it did itself.
    Broken,
}

/// What came of a compilation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Made {
    Program { program: Parcel, compilation: Compilation, image: Option<String> },
    Checked { compilation: Compilation, image: Option<String> },
    Rejected { compilation: Compilation, reason: Option<String> },
}

/// As [`crate::judge::Facts`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) end: ProgramEnd,
    pub(crate) usage: Usage,
    pub(crate) stdout: Stream,
    #[serde(default)]
    pub(crate) no_output: Option<NoOutput>,
    pub(crate) stderr: Stream,
    #[serde(default)]
    pub(crate) collected: Vec<Option<Parcel>>,
    #[serde(default)]
    pub(crate) files: Vec<LeftFile>,
    #[serde(default)]
    pub(crate) leavings: Vec<Leftover>,
}

/// As [`crate::sandbox::Captured`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stream {
    pub(crate) head: Parcel,
    pub(crate) total: u64,
    #[serde(default)]
    pub(crate) whole: Option<Parcel>,
}

/// As [`crate::judge::Left`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LeftFile {
    pub(crate) name: String,
    pub(crate) file: Result<Stream, String>,
}

/// As [`crate::sandbox::Leaving`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Leftover {
    pub(crate) name: String,
    pub(crate) content: Parcel,
}

/// A node tells how it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Beat {
    /// [`PROTOCOL`].
    pub protocol: u32,
    /// Of the program.
    pub version: String,
    /// One start of it.
    pub incarnation: Uuid,
    /// Tests that it runs at one time.
    pub credits: u32,
    /// Compilations that it runs at one time.
    pub compilations: u32,
    /// Programs with validators that talk with them, at one time.
    #[serde(default)]
    pub pairs: u32,
    /// How fast it is, once that is known.
    #[serde(default)]
    pub speed: Option<Speed>,
    /// Its weight among nodes, where that is fixed by hand.
    #[serde(default)]
    pub weight: Option<f64>,
    /// Tasks that it is at.
    pub busy: u32,
    /// It begins nothing.
    pub draining: bool,
    /// Why it begins nothing at the moment, where nobody has told it to.
    #[serde(default)]
    pub trouble: Option<String>,
    /// The tasks that it is at.
    #[serde(default)]
    pub at: Vec<TaskName>,
    /// What each coordinator has last had it forget.
    #[serde(default)]
    pub forgot: BTreeMap<String, Uuid>,
    /// It tells what programs write while they run, where it is asked to.
    #[serde(default)]
    pub shows: bool,
    /// Of what it has sandboxes.
    pub profiles: Vec<Offer>,
    /// The hashes of what its languages are, by id.
    #[serde(with = "text::hashes")]
    pub languages: BTreeMap<String, BlobId>,
}

/// A task, as all of the cluster name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TaskName {
    /// The coordinator's start.
    pub incarnation: Uuid,
    /// Its number.
    pub task: u64,
}

/// A profile of a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// As [`crate::slots::Profile`] is displayed.
    pub profile: String,
    /// Id of the image that its sandboxes are made of, as far as that is known.
    #[serde(default)]
    pub image: Option<String>,
    /// There can be none for want of the image.
    #[serde(default)]
    pub no_image: bool,
    /// Why none could be made.
    #[serde(default)]
    pub problem: Option<String>,
    /// For want of one its tasks are left to others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rests: bool,
}

/// What a node is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Control {
    /// Nobody waits for a task any more, or for some of its parts.
    Cancel {
        /// Of the task.
        incarnation: Uuid,
        /// Its number.
        task: u64,
        /// The parts; none are all.
        parts: Vec<u32>,
    },
    /// Nobody waits for what this coordinator has asked for in earlier starts.
    Only {
        /// Its name.
        coordinator: String,
        /// Its start.
        incarnation: Uuid,
    },
    /// It is to do a task that is for nobody else, as it would one of the broker's.
    Try {
        /// A [`Task`], as it is written: of its very bytes is the hash that is asked with.
        task: String,
    },
    /// It is to keep no content for another time.
    Forget {
        /// Who says so.
        coordinator: String,
        /// How often contents were to be forgotten, as it were: another one each time.
        epoch: Uuid,
    },
    /// Somebody looks at what a submission's programs write: it is to tell that for some seconds, as [`Shown`].
    Look {
        /// Where.
        coordinator: String,
        /// At which.
        submission: Uuid,
    },
    /// It is to make its sandboxes anew.
    Recycle,
    /// It is to begin nothing more.
    Drain,
    /// It may begin tasks again.
    Undrain,
}

/// What a program that runs on a node has written since that was told last. Of it nothing hangs: it may be lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shown {
    /// Whose it is.
    pub(crate) submission: Uuid,
    /// The number of the run on the node: what another of the same test has written is not the rest of this.
    pub(crate) run: u64,
    /// Another each time that the node begins to tell it from its beginning.
    #[serde(default)]
    pub(crate) telling: u64,
    /// In the order in which each stream was written.
    pub(crate) pieces: Vec<Piece>,
}

impl<W> Task<W> {
    /// As all of the cluster name it.
    pub(crate) fn name(&self) -> TaskName {
        TaskName { incarnation: self.incarnation, task: self.id }
    }
}

impl Outcome {
    /// That of a node that failed.
    pub(crate) fn failed(way: Way, why: String) -> Self {
        Self::Failed { way, why, no_room: false }
    }

    /// A program was ended for the time that it took.
    pub(crate) fn is_out_of_time(&self) -> bool {
        let is_late =
            |report: &Report| matches!(report.end, ProgramEnd::Killed(Cap::CpuTime | Cap::WallTime));
        match self {
            Self::Ran(report) => is_late(report),
            Self::Talked { program, validator, .. } => is_late(program) || is_late(validator),
            Self::Compiled(_) | Self::Version(_) | Self::Far(_) | Self::Failed { .. } => false,
        }
    }
}

impl CaseWork {
    fn parcels(&self) -> impl Iterator<Item = &Parcel> {
        let files = self.sources.values().chain(self.beside.values());
        let files = files.chain(self.kept.iter().flat_map(BTreeMap::values));
        files.chain(&self.artefact).chain([&self.input])
    }
}

impl Work {
    /// What it is made of.
    fn parcels(&self) -> Vec<&Parcel> {
        match self {
            Self::Compile(work) => work.sources.values().collect(),
            Self::Case(work) => work.parcels().collect(),
            Self::Pair { program, validator } => program.parcels().chain(validator.parcels()).collect(),
            Self::Version(_) => Vec::new(),
        }
    }

    /// Bytes that a node has to fetch for it, as far as it has them not yet.
    pub(crate) fn far(&self) -> u64 {
        self.parcels().into_iter().map(Parcel::far).sum()
    }

    /// The hashes of the contents that it has to fetch.
    pub(crate) fn objects(&self) -> impl Iterator<Item = BlobId> {
        self.parcels().into_iter().filter_map(Parcel::object)
    }

    /// The languages that it is of.
    pub(crate) fn languages(&self) -> Vec<&Speech> {
        match self {
            Self::Compile(work) => vec![&work.language],
            Self::Case(work) => vec![&work.language],
            Self::Pair { program, validator } => vec![&program.language, &validator.language],
            Self::Version(work) => vec![&work.language],
        }
    }

    /// The longest that it may take on the clock, by its limits.
    pub(crate) fn longest(&self) -> Duration {
        match self {
            Self::Compile(work) => work.limits.wall,
            Self::Case(work) => work.limits.wall,
            Self::Pair { program, validator } => program.limits.wall.max(validator.limits.wall),
            Self::Version(work) => work.limits.wall,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task() -> Task {
        let limits = crate::judge::test_support::LIMITS;
        let language = Speech { id: "c17".into(), definition: BlobId::of(b"c17") };
        Task {
            protocol: PROTOCOL,
            coordinator: "server".into(),
            incarnation: Uuid::nil(),
            id: 7,
            submission: None,
            parts: vec![Part { number: 0, work: Work::Version(Box::new(VersionWork { language, limits })) }],
        }
    }

    #[test]
    fn what_is_written_is_read_and_what_a_later_version_adds_is_left_out_of_account() {
        let mut written = serde_json::to_value(task()).unwrap();
        assert_eq!(serde_json::from_value::<Task>(written.clone()).unwrap(), task());
        written["hurry"] = true.into();
        written.as_object_mut().unwrap().remove("submission");
        assert_eq!(serde_json::from_value::<Task>(written).unwrap(), task());
    }

    #[test]
    fn that_a_box_is_too_small_is_a_failure_like_others_to_an_earlier_coordinator() {
        let failed = |no_room| Outcome::Failed { way: Way::Broken, why: "full".into(), no_room };
        let written = |no_room| serde_json::to_value(failed(no_room)).unwrap();
        assert_eq!(written(false), serde_json::json!({"failed": {"way": "broken", "why": "full"}}));
        assert_eq!(written(true)["failed"]["way"], "broken", "there is no other way that it knows");
        for no_room in [false, true] {
            assert_eq!(serde_json::from_value::<Outcome>(written(no_room)).unwrap(), failed(no_room));
        }
    }

    #[test]
    fn what_a_node_has_to_fetch_is_what_does_not_go_along() {
        let object = |size| Parcel::Object { hash: BlobId::of(b"far"), size };
        let language = Speech { id: "c17".into(), definition: BlobId::of(b"c17") };
        let files = |parcel| BTreeMap::from([("file".to_owned(), parcel)]);
        let case = |input| {
            Box::new(CaseWork {
                index: 0,
                language: language.clone(),
                sources: files(Parcel::Here(vec![7; 9])),
                entry_point: None,
                artefact: Some(object(100)),
                input,
                input_file: None,
                output_file: None,
                arguments: Vec::new(),
                beside: files(object(20)),
                kept: Some(files(object(3))),
                collect: Vec::new(),
                handed: Vec::new(),
                handed_most: Bytes(0),
                is_recorded: false,
                cuts: false,
                limits: crate::judge::test_support::LIMITS,
                own_memory: Bytes(0),
                owner: Owner { user: None, isolation: Isolation::Pooled },
            })
        };
        assert_eq!(Work::Case(case(object(1000))).far(), 1123);
        let objects = Work::Case(case(object(1000))).objects().collect::<Vec<_>>();
        assert_eq!(objects, [BlobId::of(b"far"); 4], "but for the source, which goes along");
        let pair = Work::Pair { program: case(object(1000)), validator: case(Parcel::Here(Vec::new())) };
        assert_eq!(pair.far(), 1246);
        assert_eq!(task().parts[0].work.far(), 0);
    }

    #[test]
    fn bytes_travel_as_they_are() {
        for parcel in
            [Parcel::Here(vec![0, 255, 10]), Parcel::Object { hash: BlobId::of(b"far"), size: 1 << 40 }]
        {
            let written = serde_json::to_string(&parcel).unwrap();
            assert_eq!(serde_json::from_str::<Parcel>(&written).unwrap(), parcel);
        }
        assert!(serde_json::from_str::<Parcel>(r#"{"here": "§"}"#).is_err());
        assert!(serde_json::from_str::<Parcel>(r#"{"object": {"hash": "12", "size": 1}}"#).is_err());
    }
}
