//! A version of a problem: a package as it was pushed, and what submissions are judged by.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use gavel_problem::data::{Case, Item, Rules, Subject};
use gavel_problem::flags;
use gavel_problem::metadata::{Format, Kind, Limits, Objective};
use gavel_problem::own::Own;
use gavel_problem::program::Program;
use gavel_problem::statement::Text;
use gavel_problem::{Group, Package};
use serde::{Deserialize, Serialize};

use crate::content::{BlobId, Content};
use crate::store::StoreError;
use crate::submission::{Checker, Files, Flags, ProblemRef, TestCase};

/// What is told of secret tests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Show {
    /// All, as of any other test.
    Full,
    /// The verdict and rounded figures.
    #[default]
    Verdicts,
    /// Nothing of a single one.
    Summary,
}

impl Show {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Full, Self::Verdicts, Self::Summary];

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Verdicts => "verdicts",
            Self::Summary => "summary",
        }
    }

    /// The one that is called so.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|show| show.name() == name)
    }

    /// Whether it tells of secret tests what the other does not.
    pub fn tells_more_than(self, other: Self) -> bool {
        let rank = |show| match show {
            Self::Full => 2,
            Self::Verdicts => 1,
            Self::Summary => 0,
        };
        rank(self) > rank(other)
    }
}

/// What a package says, as far as judging and showing the problem need it. Files are named by their paths in the package.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of the package format.
    pub format: Format,
    /// The problem's names by language.
    pub names: BTreeMap<String, String>,
    /// What the problem is.
    pub kind: Kind,
    /// What the package asks for.
    pub limits: Limits,
    /// What the format has no place for.
    #[serde(default)]
    pub own: Own,
    /// What is told of secret tests.
    pub show: Show,
    /// In the order in which they are run.
    pub cases: Vec<CaseEntry>,
    /// How results become one.
    pub root: Group,
    /// Output validators of its own; none: outputs are compared by each case's flags.
    pub validators: Vec<Program>,
    /// What judges sources, where a case does.
    #[serde(default)]
    pub static_validator: Option<Program>,
    /// Which of them are called, and answer, as checkers that are written with testlib.
    #[serde(default, skip_serializing_if = "WithTestlib::is_none")]
    pub testlib: WithTestlib,
    /// The grader of its own, where a group has one.
    #[serde(default)]
    pub grader: Option<Program>,
    /// The statement in its languages.
    pub statements: Vec<Text>,
    /// Files for those who solve.
    pub attachments: Vec<String>,
    /// Files that are put beside each submission, by language; `default` for all.
    pub includes: BTreeMap<String, Vec<String>>,
    /// Codes of the languages that may be used; none: all.
    #[serde(default)]
    pub languages: Option<Vec<String>>,
    /// How many example submissions there are.
    pub submissions: usize,
    /// What is not understood, or of no use here.
    pub notes: Vec<String>,
    /// Why submissions cannot be judged by it, if that is so.
    pub unjudged: Option<String>,
}

/// The validators of a package that are written with testlib.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum WithTestlib {
    /// Those of these paths.
    Some(BTreeSet<String>),
    /// All, or none: of a version that was pushed when that was not told apart.
    All(bool),
}

impl Default for WithTestlib {
    fn default() -> Self {
        Self::Some(BTreeSet::new())
    }
}

impl WithTestlib {
    /// There is none of them. It is not written then, so that an earlier version, which knows all or none, reads what this one has
    /// stored.
    fn is_none(&self) -> bool {
        matches!(self, Self::All(false)) || *self == Self::default()
    }

    /// Whether the validator of this path is one of them.
    pub fn has(&self, path: &str) -> bool {
        match self {
            Self::Some(paths) => paths.contains(path),
            Self::All(all) => *all,
        }
    }
}

/// A test of a package.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CaseEntry {
    /// `sample/1`, `secret/group/2`.
    pub name: String,
    /// What is judged.
    #[serde(default)]
    pub subject: Subject,
    /// Standard input; empty where sources are judged.
    pub input: String,
    /// What the output is compared with.
    pub answer: Option<String>,
    /// What of a sample is shown in the place of its input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown_input: Option<String>,
    /// The same of its answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown_answer: Option<String>,
    /// Arguments of the submission.
    pub arguments: Vec<String>,
    /// Files that the submission finds beside it, by name.
    pub files: BTreeMap<String, String>,
    /// The default validator's flags.
    pub flags: Option<flags::Flags>,
    /// Arguments of the package's own validators.
    pub validator_arguments: Vec<String>,
    /// Whoever fails here may see the case.
    pub full_feedback: bool,
}

/// A version of a problem.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// What its owner calls it.
    pub id: String,
    /// The hash of what is in it.
    pub version: BlobId,
    /// When it was pushed last.
    pub pushed_at: DateTime<Utc>,
    /// It is for those alone who keep problems.
    pub private: bool,
    /// What it says.
    pub manifest: Manifest,
    /// Its files by path.
    pub files: BTreeMap<String, Content>,
    /// Its cases as they are run.
    pub tests: Vec<Test>,
}

/// A case of a problem, as it is run.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// Input, answer and arguments.
    pub case: TestCase,
    /// Files beside the program.
    pub files: BTreeMap<String, Content>,
    /// How an output is compared where the package has no validator of its own.
    pub checker: Checker,
    /// As the package calls it.
    pub name: Arc<str>,
}

/// Where versions are kept.
pub trait Versions: std::fmt::Debug + Send + Sync {
    /// A version, also where it is not offered any more, for what waits for its judgement.
    ///
    /// # Errors
    /// The store's.
    fn version<'a>(
        &'a self,
        named: &'a ProblemRef,
    ) -> BoxFuture<'a, Result<Option<Arc<Problem>>, StoreError>>;
}

/// The package names a file that it has not got.
#[derive(Debug, thiserror::Error)]
#[error("the package has no file `{0}`")]
pub struct NoFile(String);

impl Manifest {
    /// Whether it tells of secret tests what the other does not: by what it shows of all, or of single ones.
    pub fn tells_more_than(&self, other: &Self) -> bool {
        self.show.tells_more_than(other.show)
            || other.show != Show::Full && !self.told_whole().is_subset(&other.told_whole())
    }

    /// Secret tests that are shown to whoever fails them, by name.
    fn told_whole(&self) -> BTreeSet<&str> {
        let told = self.cases.iter().filter(|case| case.full_feedback && !case.is_sample());
        told.map(|case| case.name.as_str()).collect()
    }

    /// Of a package, and what was noted while it was read.
    pub fn of(package: &Package, show: Show, notes: Vec<String>) -> Self {
        let metadata = &package.metadata;
        Self {
            format: metadata.format,
            names: metadata.names.clone(),
            kind: metadata.kind,
            limits: metadata.limits,
            own: package.own.clone(),
            show,
            cases: package.data.cases.iter().map(CaseEntry::of).collect(),
            root: package.data.root.clone(),
            validators: package.validators.programs.clone(),
            static_validator: package
                .validators
                .sources
                .clone()
                .filter(|_| package.data.root.has_static_case()),
            testlib: WithTestlib::default(),
            grader: package.validators.grader.clone().filter(|_| package.data.root.has(has_custom_grader)),
            statements: package.statements.clone(),
            attachments: package.attachments.clone(),
            includes: package.includes.clone(),
            languages: metadata.languages.clone(),
            submissions: package.submissions.len(),
            notes: notes.into_iter().chain(unrun(package)).chain(untold(package)).collect(),
            unjudged: unjudged(package),
        }
    }

    /// So many cases are in the group of this name, and below it.
    pub fn cases_in(&self, group: &str) -> usize {
        self.root.find(group).map_or(0, |group| group.cases().len())
    }

    /// The groups that hold groups or cases of their own beside `sample` and `secret`: those that a result is told of.
    pub fn has_groups(&self) -> bool {
        let has = |name| {
            let group = self.root.find(name);
            group.is_some_and(|group| group.items.iter().any(|item| matches!(item, Item::Group(_))))
        };
        ["sample", "secret"].into_iter().any(has)
    }
}

/// Programs of a package that a judge of the format would run, and that are not run here.
fn unrun(package: &Package) -> Vec<String> {
    let folder = |path: &str| path.split('/').next().unwrap_or_default().to_owned();
    let inputs: BTreeSet<_> = package.validators.inputs.iter().map(|program| folder(&program.path)).collect();
    let inputs = inputs.iter().map(|name| format!("{name}: not run here: `gavel problem verify` runs them"));
    let pictures =
        package.visualizers.iter().map(|name| format!("{name}: not run here: no pictures are made"));
    let (invalid, valid) = (&package.data.invalid_output, &package.data.valid_output);
    let tried = [("invalid_output", invalid.len()), ("valid_output", valid.len())].into_iter();
    let tried = tried.filter(|(_, outputs)| *outputs > 0).map(|(name, outputs)| {
        format!("data/{name}: not looked at here: no validator is tried on its outputs ({outputs})")
    });
    inputs.chain(pictures).chain(tried).collect()
}

/// What a package says that nobody is told here.
fn untold(package: &Package) -> Vec<String> {
    let (metadata, data) = (&package.metadata, &package.data);
    let cases = |has: fn(&Case) -> bool| data.cases.iter().filter(|case| has(case)).count();
    let dialogues = cases(|case| case.interaction.is_some()) + data.interactions.len();
    let downloads = cases(|case| case.shown.keys().any(|ending| ending.ends_with(".download")));
    [
        (
            metadata.grading.objective == Objective::Min,
            "problem.yaml: grading.objective: min: whoever compares scores has to see to it".to_owned(),
        ),
        (
            metadata.grading.show_test_data_groups,
            "problem.yaml: grading.show_test_data_groups: groups are told in any case".to_owned(),
        ),
        (
            metadata.embargo_until.is_some(),
            "problem.yaml: embargo_until: not waited for: what is pushed is offered at once".to_owned(),
        ),
        (cases(|case| case.hint.is_some()) > 0, "data: hints of tests are shown to nobody here".to_owned()),
        (dialogues > 0, format!("data: {dialogues} dialogues (.interaction) are not shown here")),
        (
            downloads > 0,
            format!("data: files to download (.download) of {downloads} tests are not handed out here"),
        ),
    ]
    .into_iter()
    .filter_map(|(is_said, note)| is_said.then_some(note))
    .collect()
}

/// Most files beside a program: a descriptor may be needed for each.
const CASE_FILES: usize = 64;

/// What this server cannot judge.
fn unjudged(package: &Package) -> Option<String> {
    let kind = package.metadata.kind;
    if kind.multi_pass && package.validators.programs.len() != 1 {
        Some("a multi-pass problem needs one validator".to_owned())
    } else if kind.interactive && package.validators.programs.is_empty() {
        Some("an interactive problem needs a validator".to_owned())
    } else if kind.interactive && (package.own.input_file.is_some() || package.own.output_file.is_some()) {
        Some("an interactive problem has neither an input file nor an output file".to_owned())
    } else if package.data.cases.iter().any(|case| case.files.len() > CASE_FILES) {
        Some(format!("a test with more than {CASE_FILES} files is not run here"))
    } else if package.data.cases.is_empty() {
        Some("the package has no test".to_owned())
    } else {
        None
    }
}

fn has_custom_grader(rules: &Rules) -> bool {
    matches!(rules, Rules::Legacy(rules) if rules.custom_grader)
}

impl CaseEntry {
    fn of(case: &Case) -> Self {
        Self {
            name: case.name.clone(),
            subject: case.subject,
            input: case.input.clone(),
            answer: case.answer.clone(),
            shown_input: case.shown.get("in.statement").cloned(),
            shown_answer: case.shown.get("ans.statement").or(case.output.as_ref()).cloned(),
            arguments: case.settings.args.clone(),
            files: case.files.clone(),
            flags: case.flags,
            validator_arguments: case.settings.validator_args.clone(),
            full_feedback: case.settings.full_feedback,
        }
    }

    /// The files that are shown as a sample's input and answer.
    pub fn shown(&self) -> (&String, Option<&String>) {
        let answer = self.shown_answer.as_ref().or(self.answer.as_ref());
        (self.shown_input.as_ref().unwrap_or(&self.input), answer)
    }

    /// It is shown to everybody.
    pub fn is_sample(&self) -> bool {
        self.subject == Subject::Output && self.name.starts_with("sample/")
    }
}

impl Problem {
    /// Of what is kept of it.
    ///
    /// # Errors
    /// Where a file is missing that its manifest names.
    pub fn new(
        id: String,
        version: BlobId,
        pushed_at: DateTime<Utc>,
        manifest: Manifest,
        files: BTreeMap<String, Content>,
    ) -> Result<Self, NoFile> {
        let tests =
            manifest.cases.iter().map(|case| test(case, &manifest, &files)).collect::<Result<_, _>>()?;
        Ok(Self { id, version, pushed_at, private: false, manifest, files, tests })
    }

    /// As it is for those alone who keep problems, or for all.
    #[must_use]
    pub fn with_private(self, private: bool) -> Self {
        Self { private, ..self }
    }

    /// What programs read and write.
    pub fn files_of_runs(&self) -> Files<'_> {
        let Own { input_file, output_file, .. } = &self.manifest.own;
        Files { input: input_file.as_deref(), output: output_file.as_deref() }
    }

    /// Whether all is told of secret tests.
    pub fn shows_all(&self) -> bool {
        self.manifest.show == Show::Full
    }

    /// Whether this case is judged by the sources alone.
    pub fn judges_sources(&self, case: usize) -> bool {
        self.manifest.cases.get(case).is_some_and(|case| case.subject == Subject::Sources)
    }

    /// Whether its validators are to find a submission's files where they run (2025-09, "Working directory").
    pub fn shows_submissions(&self) -> bool {
        !self.manifest.format.is_legacy() && !self.manifest.kind.multi_pass
    }

    /// Names it.
    pub fn reference(&self) -> ProblemRef {
        ProblemRef { id: self.id.clone(), version: self.version }
    }

    /// What is put beside submissions in the language of this code, by name: what is for all languages, and in its place what is for
    /// this one.
    pub fn includes(&self, code: &str) -> BTreeMap<String, Content> {
        let of = |language: &str| {
            let folder = format!("include/{language}/");
            let paths = self.manifest.includes.get(language).into_iter().flatten();
            paths.filter_map(move |path| {
                let name = path.strip_prefix(&folder).unwrap_or(path);
                Some((name.to_owned(), self.files.get(path)?.clone()))
            })
        };
        of("default").chain(of(code)).collect()
    }
}

fn test(case: &CaseEntry, manifest: &Manifest, files: &BTreeMap<String, Content>) -> Result<Test, NoFile> {
    let file = |path: &String| files.get(path).cloned().ok_or_else(|| NoFile(path.clone()));
    let is_shown = case.is_sample() || manifest.show == Show::Full || case.full_feedback;
    let beside = case.files.iter().map(|(name, path)| Ok((name.clone(), file(path)?)));
    let input = match case.subject {
        Subject::Output => file(&case.input)?,
        Subject::Sources => Content::default(),
    };
    Ok(Test {
        case: TestCase {
            input,
            answer: case.answer.as_ref().map(file).transpose()?,
            arguments: case.arguments.clone().into(),
            hidden: !is_shown,
            limits: None,
        },
        files: beside.collect::<Result<_, _>>()?,
        checker: checker(case),
        name: case.name.as_str().into(),
    })
}

fn checker(case: &CaseEntry) -> Checker {
    match case.flags {
        Some(flags) => Checker::Icpc(Flags {
            case_sensitive: flags.case_sensitive,
            space_change_sensitive: flags.space_change_sensitive,
            float_absolute_tolerance: flags.float_absolute_tolerance,
            float_relative_tolerance: flags.float_relative_tolerance,
        }),
        None => Checker::Icpc(Flags::default()),
    }
}

#[cfg(test)]
mod tests {
    use crate::judge::test_support::problem_of;
    use crate::problem::Show;

    #[test]
    fn what_of_a_package_nobody_is_told_is_named() {
        let problem = problem_of(
            Show::Full,
            &[
                (
                    "problem.yaml",
                    "name: S\ntype: scoring\ngrading: {objective: min, show_test_data_groups: true}\n",
                ),
                ("data/sample/1.in", "1"),
                ("data/sample/1.ans", "1"),
                ("data/sample/1.in.statement", "one"),
                ("data/sample/1.hint", "try"),
                ("data/sample/2.interaction", "<1"),
                ("data/sample/3.in", "3"),
                ("data/sample/3.ans", "3"),
                ("data/sample/3.out", "three"),
                ("data/sample/3.in.download", "three"),
                ("data/secret/1.in", "1"),
                ("data/secret/1.ans", "1"),
                ("data/secret/1.desc", "for the judges"),
            ],
        );
        let about: Vec<_> =
            problem.manifest.notes.iter().map(|note| note.rsplit_once(": ").unwrap()).collect();
        assert_eq!(about.len(), 5, "{about:?}");
        let notes = problem.manifest.notes.join("\n");
        for word in ["objective: min", "show_test_data_groups", "hints", "1 dialogues", "of 1 tests"] {
            assert!(notes.contains(word), "{word}: {notes}");
        }
        let shown = |at: usize| {
            let (input, answer) = problem.manifest.cases[at].shown();
            (input.as_str(), answer.unwrap().as_str())
        };
        assert_eq!(shown(0), ("data/sample/1.in.statement", "data/sample/1.ans"));
        assert_eq!(shown(1), ("data/sample/3.in", "data/sample/3.out"));
    }

    #[test]
    fn what_is_for_all_languages_is_there_beside_what_is_for_one() {
        let files = [
            ("problem.yaml", "name: S\n"),
            ("data/secret/1.in", "1"),
            ("data/secret/1.ans", "1"),
            ("include/default/data.txt", "all"),
            ("include/default/both.txt", "all"),
            ("include/cpp/both.txt", "cpp"),
            ("include/cpp/deep/values.h", ""),
        ];
        let problem = problem_of(Show::Full, &files);
        let names = |code: &str| problem.includes(code).into_keys().collect::<Vec<_>>();
        assert_eq!(names("cpp"), ["both.txt", "data.txt", "deep/values.h"]);
        assert_eq!(names("python3"), ["both.txt", "data.txt"]);
        assert_eq!(problem.includes("cpp")["both.txt"], problem.files["include/cpp/both.txt"]);
        assert_ne!(problem.includes("java")["both.txt"], problem.files["include/cpp/both.txt"]);
    }

    #[test]
    fn a_version_that_shows_single_tests_tells_more_than_one_that_does_not() {
        let version = |show, feedback: &str| {
            let metadata = "problem_format_version: 2025-09\nname: S\nuuid: 5ca6ba5b-36d5-4eff-8aa7-d967cbc4375e\nlicense: cc0\n";
            let group = format!("full_feedback: {feedback}\n");
            let files = [("problem.yaml", metadata), ("data/secret/1.in", "1"), ("data/secret/1.ans", "1")];
            let group = [("data/secret/test_group.yaml", group.as_str())];
            problem_of(show, &[&files[..], &group].concat()).manifest.clone()
        };
        let (told, untold) = (version(Show::Verdicts, "true"), version(Show::Verdicts, "false"));
        assert!(told.tells_more_than(&untold) && !untold.tells_more_than(&told));
        assert!(!told.tells_more_than(&told));
        assert!(!told.tells_more_than(&version(Show::Full, "false")));
        assert!(version(Show::Full, "false").tells_more_than(&told));
    }

    #[test]
    fn what_of_a_package_is_not_run_here_is_named() {
        const CURRENT: &str =
            "problem_format_version: 2025-09\nname: S\nuuid: 117b564d-429b-44d4-bf8c-c264a3703e07\n";
        let notes = |more: &[(&str, &str)]| {
            let case = [("problem.yaml", "name: S\n"), ("data/secret/1.in", "1"), ("data/secret/1.ans", "1")];
            problem_of(Show::Full, &[&case[..], more].concat()).manifest.notes.clone()
        };
        assert_eq!(notes(&[]), [""; 0]);
        let (input, picture) = (("input_validators/a.py", ""), ("output_visualizer/v.py", ""));
        assert_eq!(
            notes(&[input, ("input_validators/b.py", ""), ("input_visualizer/v.py", ""), picture]),
            [
                "input_validators: not run here: `gavel problem verify` runs them",
                "input_visualizer: not run here: no pictures are made",
                "output_visualizer: not run here: no pictures are made",
            ]
        );
        let output = [
            ("data/valid_output/1.in", "1"),
            ("data/valid_output/1.ans", "1"),
            ("data/valid_output/1.out", "1"),
        ];
        let told = "data/valid_output: not looked at here: no validator is tried on its outputs (1)";
        assert_eq!(notes(&[&[("problem.yaml", CURRENT)], output.as_slice()].concat()), [told]);
    }
}
