//! `problem.yaml` of every version (legacy, `legacy-icpc` and 2025-09, "Problem metadata").

mod credits;
mod current;
mod legacy;
mod limits;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::data::OnReject;
use crate::report::{Place, Report};
use crate::tree::Dir;
use crate::yaml::{self, Fields};
use crate::{absent, domjudge};

pub(crate) use credits::of_key as persons;
pub use credits::{Credits, Person, Source};
pub use limits::Limits;

/// A version of the format.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// `legacy`: also where no version is told.
    #[default]
    Legacy,
    /// `legacy-icpc`: a part of `legacy`.
    LegacyIcpc,
    /// `2023-07` and `2023-07-draft`: a draft of `2025-09`.
    Y2023M07,
    /// `2025-09` and its drafts.
    Y2025M09,
    /// No package: a folder of inputs and answers.
    Plain,
}

impl Format {
    fn of_name(name: &str) -> Option<Self> {
        match name {
            "legacy" => Some(Self::Legacy),
            "legacy-icpc" => Some(Self::LegacyIcpc),
            "2023-07" | "2023-07-draft" => Some(Self::Y2023M07),
            "2025-09" | "2025-09-draft" | "draft" => Some(Self::Y2025M09),
            _ => None,
        }
    }

    /// Whether this is one of the versions before 2023.
    #[must_use]
    pub fn is_legacy(self) -> bool {
        matches!(self, Self::Legacy | Self::LegacyIcpc | Self::Plain)
    }
}

/// What the problem is (2025-09, "Type"). Nothing set: pass-fail, one program reads and writes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kind {
    /// Accepted submissions get a score.
    pub scoring: bool,
    /// The validator talks with the submission.
    pub interactive: bool,
    /// The submission is run more than once, on inputs that the validator makes.
    pub multi_pass: bool,
    /// A submission is the answers, not a program.
    pub submit_answer: bool,
}

/// Which validator the metadata ask for (legacy, "Validation").
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validation {
    /// The package's own.
    pub custom: bool,
    /// It may give scores.
    pub score: bool,
    /// Arguments of every validator.
    pub flags: Vec<String>,
}

/// Which score is better.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Objective {
    /// The higher.
    #[default]
    Max,
    /// The lower.
    Min,
}

/// `grading` (legacy, "Grading").
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Grading {
    /// Which score is better.
    pub objective: Objective,
    /// Results of groups may be shown.
    pub show_test_data_groups: bool,
}

/// What packages that are older than `legacy` have in `grading`: it is in the place of what groups say.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct OldGrading {
    /// What happens after a rejection.
    pub on_reject: Option<OnReject>,
    /// The score of an accepted case.
    pub accept_score: Option<f64>,
    /// The score of another case.
    pub reject_score: Option<f64>,
    /// The lowest and the highest score.
    pub range: Option<(f64, f64)>,
}

/// A constant (2025-09, "Constants"): its texts by variant; `value` is the plain one.
pub type Constant = BTreeMap<String, String>;

/// What `problem.yaml` says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Metadata {
    /// The version of the format.
    pub format: Format,
    /// What the problem is.
    pub kind: Kind,
    /// The problem's names by language.
    pub names: BTreeMap<String, String>,
    /// The problem's identity, in lower case.
    pub uuid: Option<String>,
    /// The package's own version.
    pub version: Option<String>,
    /// Who made it.
    pub credits: Credits,
    /// Where it comes from.
    pub sources: Vec<Source>,
    /// One of the format's licences: `unknown`, `cc by-sa` …
    pub license: Option<String>,
    /// Who owns the rights.
    pub rights_owner: Option<String>,
    /// Not to be made public before: `YYYY-MM-DD` or `YYYY-MM-DDThh:mm:ssZ`.
    pub embargo_until: Option<String>,
    /// What submissions and validators may use.
    pub limits: Limits,
    /// Which validator is used.
    pub validation: Validation,
    /// How scores are shown.
    pub grading: Grading,
    /// How scores are made, where `problem.yaml` says it.
    pub old_grading: OldGrading,
    /// Words that describe the problem.
    pub keywords: Vec<String>,
    /// Codes of the languages that may be used; none: all.
    pub languages: Option<Vec<String>>,
    /// Submissions may write files.
    pub allow_file_writing: bool,
    /// Constants by name.
    pub constants: BTreeMap<String, Constant>,
}

const LICENSES: [&str; 7] =
    ["unknown", "public domain", "cc0", "cc by", "cc by-sa", "educational", "permission"];

const FILE: &str = "problem.yaml";

/// Reads `problem.yaml`.
pub(crate) fn read(root: &Dir, report: &Report) -> Metadata {
    let mut fields = match root.files.get(FILE) {
        Some(file) => {
            if let Some(what) = absent::foreign(root) {
                report.fault(Place::file(FILE), what);
            }
            yaml::read(file, report)
        }
        None if domjudge::is_there(root) => return of_domjudge(root, report),
        None => {
            report.fault(Place::file(FILE), absent::told(root));
            return Metadata::default();
        }
    };
    let mut metadata = Metadata { format: format(&mut fields), ..Metadata::default() };
    common(&mut metadata, &mut fields);
    if metadata.format.is_legacy() {
        legacy::read(&mut metadata, &mut fields, root, report);
    } else {
        current::read(&mut metadata, &mut fields);
    }
    if metadata.format == Format::Y2023M07 {
        legacy::of_drafts(&mut metadata, &mut fields);
    }
    metadata
}

/// Of a package of DOMjudge's, which may do without `problem.yaml`, and has a validator where it has the folder.
fn of_domjudge(root: &Dir, report: &Report) -> Metadata {
    report.note(Place::file(FILE), "is not there: the package is taken as DOMjudge takes it");
    let names = crate::statement::names(root, Format::Legacy, report);
    let custom = ["output_validators", "output_validator"]
        .iter()
        .any(|dir| root.dir(dir).is_some_and(|dir| !dir.below().is_empty()));
    let limits = limits::legacy(&mut Fields::none(report));
    let validation = Validation { custom, ..Validation::default() };
    Metadata { names, limits, validation, allow_file_writing: true, ..Metadata::default() }
}

fn format(fields: &mut Fields<'_>) -> Format {
    const KEY: &str = "problem_format_version";
    let Some(node) = fields.take(KEY) else { return Format::default() };
    let Some(name) = fields.as_text(KEY, &node) else { return Format::default() };
    Format::of_name(&name).unwrap_or_else(|| {
        fields.fault(KEY, node.line, format!("\"{name}\" is none of legacy, legacy-icpc, 2023-07, 2025-09"));
        Format::default()
    })
}

/// The keys that mean the same in every version.
fn common(metadata: &mut Metadata, fields: &mut Fields<'_>) {
    metadata.uuid = uuid(fields, metadata.format);
    metadata.license = license(fields);
    metadata.rights_owner = fields.text("rights_owner");
    metadata.sources = credits::sources(fields);
}

/// What is none is told. It is of no use to a judge, and only the newest format must have one.
fn uuid(fields: &mut Fields<'_>, format: Format) -> Option<String> {
    let node = fields.take("uuid")?;
    let uuid = fields.as_text("uuid", &node)?.to_ascii_lowercase();
    let what = format!("\"{uuid}\" is no UUID");
    if is_uuid(&uuid) {
        return Some(uuid);
    }
    if format == Format::Y2025M09 {
        fields.fault("uuid", node.line, what);
        return Some(uuid);
    }
    fields.note("uuid", node.line, what);
    None
}

fn is_uuid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    let hexadecimal = |byte: u8| byte == b'-' || byte.is_ascii_hexdigit();
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(hexadecimal)
}

fn license(fields: &mut Fields<'_>) -> Option<String> {
    let node = fields.take("license")?;
    let license = fields.as_text("license", &node)?;
    if !LICENSES.contains(&license.as_str()) {
        fields.note("license", node.line, format!("\"{license}\" is none of the format's"));
    }
    Some(license)
}

/// Names: one string, which is English, or a string for each language.
fn names(fields: &mut Fields<'_>) -> BTreeMap<String, String> {
    let Some(node) = fields.take("name") else { return BTreeMap::new() };
    if !matches!(node.value, yaml::Value::Map(_)) {
        let name = fields.as_text("name", &node);
        return name.map(|name| ("en".to_owned(), name)).into_iter().collect();
    }
    let mut found = BTreeMap::new();
    let Some(mut languages) = fields.as_fields("name", node) else { return found };
    for (language, node) in languages.take_all() {
        if !crate::statement::is_language(&language) {
            languages.fault(&language, node.line, "is no language's code");
        }
        if let Some(name) = languages.as_text(&language, &node) {
            found.insert(language, name);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{CURRENT, Folder};

    #[test]
    fn versions_have_names() {
        for (name, format) in [
            ("legacy", Format::Legacy),
            ("legacy-icpc", Format::LegacyIcpc),
            ("2023-07-draft", Format::Y2023M07),
            ("2025-09", Format::Y2025M09),
        ] {
            assert_eq!(Format::of_name(name), Some(format));
        }
    }

    #[test]
    fn an_unknown_version_is_a_fault() {
        let folder = Folder::legacy(&[("problem.yaml", "name: x\nproblem_format_version: 2031-01\n")]);
        assert!(
            folder.faults()[0].starts_with("problem.yaml:2: problem_format_version: \"2031-01\" is none")
        );
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let yaml = "source: {}\ntype: 7\nlimits:\n  memory: -1\n  output: lots\nauthor: [a]\n";
        let keys: Vec<_> = Folder::legacy(&[("problem.yaml", yaml)])
            .faults()
            .iter()
            .map(|fault| fault.split(": ").nth(1).unwrap().to_owned())
            .collect();
        for key in ["source", "type", "limits.memory", "limits.output", "author"] {
            assert!(keys.iter().any(|known| known == key), "{key} {keys:?}");
        }
    }

    #[test]
    fn only_the_newest_format_is_refused_for_its_uuid() {
        let (package, notes) = Folder::legacy(&[("problem.yaml", "name: x\nuuid: A\n")]).package();
        assert_eq!(
            (package.metadata.uuid, notes),
            (None, vec!["problem.yaml:2: uuid: \"a\" is no UUID".to_owned()])
        );
        let yaml = "problem_format_version: 2025-09\nname: x\nuuid: A\n";
        assert_eq!(
            Folder::current(&[("problem.yaml", yaml)]).faults(),
            ["problem.yaml:3: uuid: \"a\" is no UUID"]
        );
    }

    #[test]
    fn names_are_by_language() {
        let yaml = format!("{CURRENT}name:\n  en: Hello\n  pt-BR: 'Olá'\n");
        let names = Folder::current(&[("problem.yaml", &yaml)]).package().0.metadata.names;
        assert_eq!(names["pt-BR"], "Olá");
        let yaml = format!("{CURRENT}name:\n  english: Hello\n");
        assert!(Folder::current(&[("problem.yaml", &yaml)]).faults()[0].contains("no language's code"));
    }

    #[test]
    fn uuids_have_a_form() {
        assert!(is_uuid("117b564d-429b-44d4-bf8c-c264a3703e07"));
        assert!(
            !is_uuid("117b564d429b44d4bf8cc264a3703e07") && !is_uuid("g17b564d-429b-44d4-bf8c-c264a3703e07")
        );
    }
}
