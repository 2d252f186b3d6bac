//! A submission, parsed once and valid ever after.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use gavel_protocol::Bytes;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::content::{BlobId, Content};

/// Names a submission; random, so that nobody can guess another's.
pub type SubmissionId = Uuid;

/// The user that samples are judged for: no client can name it, and nothing that is compiled for it is kept.
pub(crate) const SELF_TEST: &str = "\0self-test";

/// In the place of a language: a submission has the answers to a problem's cases themselves, and no program.
pub const ANSWERS: &str = "answers";

/// What a client asked to be judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Submission {
    /// Its name.
    pub id: SubmissionId,
    /// Id of a [`crate::language::Language`] that exists, or [`ANSWERS`].
    pub language: String,
    /// Source files by name: at least one. Names are relative paths without `.` and `..`.
    pub files: BTreeMap<String, Content>,
    /// The source that the program begins with, where the client says.
    pub entry_point: Option<String>,
    /// What to run it on: at least one, or none where a problem has them.
    pub tests: Vec<TestCase>,
    /// Limits of each test's run, with what the language's runtime is allowed on top.
    pub limits: RunLimits,
    /// Of the memory, what is for the program itself.
    pub own_memory: Bytes,
    /// Limits of the compilation.
    pub compile_limits: RunLimits,
    /// Whose it is: the unit of fairness and of the throttle.
    pub user: Option<String>,
    /// The named token that it came with; each has users of its own.
    pub token: Option<Arc<str>>,
    /// What the site calls it, by names of its own.
    pub reference: BTreeMap<String, String>,
    /// Which sandboxes may serve it.
    pub isolation: Isolation,
    /// How outputs are compared with answers.
    pub checker: Checker,
    /// Test cases behind the first that is not accepted need not be run; none: as its problem has it, or else all are.
    pub stop_at_first_failure: Option<bool>,
    /// The problem that has its tests, where it has none of its own.
    pub problem: Option<ProblemRef>,
    /// Names of files that a program leaves and that are handed back.
    pub collect: Vec<String>,
    /// The name of a file that has the input, where that is not standard input.
    pub input_file: Option<String>,
    /// The name of the file that has the output, where that is not standard output.
    pub output_file: Option<String>,
}

/// Names of files that programs read and write instead of their standard streams.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Files<'a> {
    /// It has the input; standard input is empty then.
    pub input: Option<&'a str>,
    /// It has the output; what goes to standard output is lost then.
    pub output: Option<&'a str>,
}

impl<'a> Files<'a> {
    /// Of those that there are.
    pub fn names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        [self.input, self.output].into_iter().flatten()
    }
}

/// Names a version of a problem.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ProblemRef {
    /// What its owner calls the problem.
    pub id: String,
    /// The hash of what is in it.
    pub version: BlobId,
}

/// The limit on time on the clock that goes with a limit on CPU time.
pub fn wall_for(cpu: Duration) -> Duration {
    cpu * 3 + Duration::from_secs(1)
}

/// The most of so much memory that a stack may fill: with the rest a program can still tell that its stack is full, where it
/// would else be out of memory.
pub fn stack_within(memory: Bytes) -> Bytes {
    Bytes(memory.get() - memory.get() / 8)
}

/// One input and, where there is something to compare, the answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TestCase {
    /// Standard input.
    pub input: Content,
    /// The expected output; without it a run that exits 0 is accepted.
    pub answer: Option<Content>,
    /// What stands behind the program's name; many tests may share it.
    pub arguments: Arc<[String]>,
    /// Nothing that the program made of it is told: neither what it wrote, nor how it ended, nor where it was wrong.
    pub hidden: bool,
    /// Of its run, where they are not the submission's.
    pub limits: Option<Box<CaseLimits>>,
}

/// Limits of one test's run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseLimits {
    /// With what the language's runtime is allowed on top.
    pub run: RunLimits,
    /// Of the memory, what is for the program itself.
    pub own_memory: Bytes,
}

/// What a submission takes on the disk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Footprint {
    /// Bytes in its row.
    pub row: u64,
    /// Files, and their sizes; each once.
    pub files: Vec<(BlobId, u64)>,
}

/// A user among those of all tokens. Neither names of tokens nor of users have control characters.
pub fn person(token: Option<&str>, user: &str) -> String {
    match token {
        Some(token) => format!("{token}\n{user}"),
        None => user.to_owned(),
    }
}

impl Submission {
    /// The same, whose `user` is one among those of all tokens: what is compiled for one, or run in a sandbox that serves one
    /// alone, is nobody's of the same name who came with another token. What came without a user is its token's.
    #[must_use]
    pub fn among_all(self: Arc<Self>) -> Arc<Self> {
        let Some(token) = &self.token else { return self };
        let user = person(Some(token), self.user.as_deref().unwrap_or_default());
        Arc::new(Self { user: Some(user), ..(*self).clone() })
    }

    /// Its files are answers, not sources.
    pub fn is_answers(&self) -> bool {
        self.language == ANSWERS
    }

    /// What it takes on the disk.
    pub fn footprint(&self) -> Footprint {
        let files: BTreeSet<_> =
            self.contents().filter_map(Content::blob).map(|blob| (blob.id, blob.size)).collect();
        let arguments =
            self.tests.iter().flat_map(|test| test.arguments.iter()).map(|word| word.len() as u64);
        let row = self.contents().map(Content::inline_size).chain(arguments).sum();
        Footprint { row, files: files.into_iter().collect() }
    }

    /// What its programs read and write, where no problem says.
    pub fn files_of_runs(&self) -> Files<'_> {
        Files { input: self.input_file.as_deref(), output: self.output_file.as_deref() }
    }

    /// Limits of a test's run, and what of its memory is for the program itself.
    pub fn limits_of<'a>(&'a self, test: &'a TestCase) -> (&'a RunLimits, Bytes) {
        match &test.limits {
            Some(own) => (&own.run, own.own_memory),
            None => (&self.limits, self.own_memory),
        }
    }

    fn contents(&self) -> impl Iterator<Item = &Content> {
        self.files.values().chain(self.tests.iter().flat_map(TestCase::contents))
    }
}

impl TestCase {
    /// The input, and the answer where there is one.
    pub fn contents(&self) -> impl Iterator<Item = &Content> {
        std::iter::once(&self.input).chain(&self.answer)
    }
}

/// What a client may set of a run's limits, with every default filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunLimits {
    /// CPU time of all processes together.
    pub cpu: Duration,
    /// Time on the clock.
    pub wall: Duration,
    /// Peak memory.
    pub memory: Bytes,
    /// Stack of each process; see [`stack_within`].
    pub stack: Bytes,
    /// Largest file written.
    pub file: Bytes,
    /// Standard output, and standard error, each. For a compilation: the log.
    pub output: Bytes,
    /// Processes and threads at one time.
    pub processes: u32,
    /// Open files of each process.
    pub open_files: u32,
}

/// How an output is compared with its answer.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Checker {
    /// Line by line: white space at the end of a line, and blank lines at the end, do not count.
    #[default]
    Lines,
    /// Word by word: any white space separates words and counts for no more.
    Tokens,
    /// Byte by byte.
    Exact,
    /// As the default validator of the ICPC problem package format does with these flags.
    Icpc(Flags),
}

/// The flags of the default validator of the ICPC problem package format (`validator_flags`).
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Flags {
    /// Upper and lower case are not the same.
    pub case_sensitive: bool,
    /// White space counts, byte by byte.
    pub space_change_sensitive: bool,
    /// Words that are numbers in the answer may be so far apart: 0 and more.
    pub float_absolute_tolerance: Option<f64>,
    /// The same as a part of the answer's number: 0 and more.
    pub float_relative_tolerance: Option<f64>,
}

/// Which sandboxes may serve a submission.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Isolation {
    /// Any that is proven clean.
    #[default]
    Pooled,
    /// None that has served another user.
    PerUser,
    /// Only one that has served nobody.
    Fresh,
}

impl Isolation {
    const ALL: [Self; 3] = [Self::Pooled, Self::PerUser, Self::Fresh];

    /// What they are called by clients and in settings.
    pub const NAMES: [&'static str; 3] =
        [Self::Pooled.as_str(), Self::PerUser.as_str(), Self::Fresh.as_str()];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pooled => "pooled",
            Self::PerUser => "per-user",
            Self::Fresh => "fresh",
        }
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|isolation| isolation.as_str() == name)
    }
}

impl Serialize for Isolation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Isolation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::named(&name).ok_or_else(|| D::Error::unknown_variant(&name, &Self::NAMES))
    }
}
