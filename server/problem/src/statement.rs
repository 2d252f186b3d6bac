//! What is meant for readers: statements, solutions, attachments, and what is put beside submissions (2025-09,
//! "Problem statements", "Solution description", "Attachments", "Included files").

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::metadata::Format;
use crate::report::{Place, Report};
use crate::tree::{Dir, File};

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Markup {
    /// `.md`
    Markdown,
    /// `.tex`
    Latex,
    /// `.txt`
    Plain,
    /// `.pdf`
    Pdf,
}

/// A statement or a solution in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// `en`, `pt-BR`.
    pub language: String,
    /// How it is written.
    pub markup: Markup,
    /// Its path in the package.
    pub path: String,
}

/// The folder of statements.
fn statements_dir(root: &Dir, format: Format) -> Option<&Dir> {
    let (first, second) = if format.is_legacy() {
        ("problem_statement", "statement")
    } else {
        ("statement", "problem_statement")
    };
    root.dir(first).or_else(|| root.dir(second))
}

/// Where DOMjudge has the statement, in the package's root.
pub(crate) const OF_DOMJUDGE: [&str; 2] = ["problem.pdf", "problem.txt"];

/// Endings of what may be meant as a statement, those too that are not taken.
const MEANT: [&str; 9] = ["md", "tex", "pdf", "txt", "html", "htm", "doc", "docx", "odt"];

/// The statements: `problem.<language>.<ending>`.
pub(crate) fn statements(root: &Dir, format: Format, report: &Report) -> Vec<Text> {
    let dir = statements_dir(root, format);
    dir.inspect(|dir| note_unread(root, dir, report));
    let mut found = dir.map(|dir| texts(dir, "problem")).unwrap_or_default();
    if found.is_empty() {
        let files = OF_DOMJUDGE.iter().filter_map(|name| Some((name, root.files.get(*name)?)));
        found.extend(files.filter_map(|(name, file)| text(name, &file.path, "problem")).take(1));
    }
    if found.is_empty() {
        report.note(Place::default(), "has no statement");
    }
    found
}

/// Notes what seems to be a statement, and is none.
fn note_unread(root: &Dir, read: &Dir, report: &Report) {
    let is_meant = |name: &str| name.rsplit_once('.').is_some_and(|(_, ending)| MEANT.contains(&ending));
    for (name, file) in read.files.iter().filter(|(name, _)| name.starts_with("problem.") && is_meant(name)) {
        if text(name, &file.path, "problem").is_none() {
            report.note(
                Place::file(&file.path),
                "ignored: a statement is called problem.en.md, .tex, .pdf or .txt",
            );
        }
    }
    let dirs = ["statement", "problem_statement"].iter().filter_map(|name| root.dir(name));
    for other in dirs.filter(|dir| dir.path != read.path) {
        report.note(Place::file(&other.path), format!("ignored: statements are in {}/", read.path));
    }
}

/// The solutions: `solution.<language>.<ending>`.
pub(crate) fn solutions(root: &Dir) -> Vec<Text> {
    root.dir("solution").map(|dir| texts(dir, "solution")).unwrap_or_default()
}

fn texts(dir: &Dir, stem: &str) -> Vec<Text> {
    dir.files.iter().filter_map(|(name, file)| text(name, &file.path, stem)).collect()
}

fn text(name: &str, path: &str, stem: &str) -> Option<Text> {
    let rest = name.strip_prefix(stem)?.strip_prefix('.')?;
    let (language, ending) = rest.split_once('.').unwrap_or(("en", rest));
    let markup = match ending {
        "md" => Markup::Markdown,
        "tex" => Markup::Latex,
        "pdf" => Markup::Pdf,
        "txt" => Markup::Plain,
        _ => return None,
    };
    is_language(language).then(|| Text { language: language.to_owned(), markup, path: path.to_owned() })
}

/// Whether this is a language's code by its form: `en`, `fil`, `pt-BR`; with a script, too: `zh-Hans`.
pub(crate) fn is_language(code: &str) -> bool {
    let mut parts = code.split('-').peekable();
    let is_language = parts.next().is_some_and(|part| {
        (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_lowercase())
    });
    let _script = parts.next_if(|part| is_script(part));
    let is_region = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_uppercase());
    is_language && parts.next().is_none_or(is_region) && parts.next().is_none()
}

fn is_script(part: &str) -> bool {
    let mut letters = part.bytes();
    part.len() == 4
        && letters.next().is_some_and(|first| first.is_ascii_uppercase())
        && letters.all(|letter| letter.is_ascii_lowercase())
}

/// The names that LaTeX statements give (legacy, "Problem statements"): `%% plainproblemname:`, or else
/// `\problemname`.
pub(crate) fn names(root: &Dir, format: Format, report: &Report) -> BTreeMap<String, String> {
    let Some(dir) = statements_dir(root, format) else { return BTreeMap::new() };
    let latex = texts(dir, "problem").into_iter().filter(|text| text.markup == Markup::Latex);
    latex
        .filter_map(|text| {
            let file = dir.files.values().find(|file| file.path == text.path)?;
            Some((text.language, name(&file.searched(report))?))
        })
        .collect()
}

fn name(latex: &str) -> Option<String> {
    let plain = latex.lines().find_map(|line| line.trim().strip_prefix("%% plainproblemname:"));
    let found = plain.or_else(|| {
        let (_, rest) = latex.split_once("\\problemname{")?;
        argument(rest)
    })?;
    let found = found.trim();
    (!found.is_empty() && found.len() <= 200).then(|| found.to_owned())
}

/// The text before the brace that closes the argument.
fn argument(rest: &str) -> Option<&str> {
    let mut open = 1_usize;
    let end = rest.bytes().position(|byte| {
        match byte {
            b'{' => open += 1,
            b'}' => open -= 1,
            _ => {}
        }
        open == 0
    })?;
    rest.get(..end)
}

/// Notes languages that have a name and no statement, or a statement and no name (2025-09, "Name").
pub(crate) fn check_names(names: &BTreeMap<String, String>, statements: &[Text], report: &Report) {
    let has_statement = |language: &str| statements.iter().any(|text| text.language == language);
    for language in names.keys().filter(|language| !has_statement(language)) {
        report.note(
            Place::file("problem.yaml"),
            format!("has a name in {language}, but there is no statement"),
        );
    }
    for text in statements.iter().filter(|text| !names.contains_key(&text.language)) {
        report.note(Place::file(&text.path), format!("problem.yaml has no name in {}", text.language));
    }
}

/// Files for those who solve the problem.
pub(crate) fn attachments(root: &Dir) -> Vec<String> {
    root.dir("attachments").map(Dir::all_files).unwrap_or_default()
}

/// Files that are put beside each submission, by language; `default` for all.
pub(crate) fn includes(root: &Dir, report: &Report) -> BTreeMap<String, Vec<String>> {
    let Some(dir) = root.dir("include") else { return BTreeMap::new() };
    dir.files.values().for_each(|file| note_stray(file, report));
    dir.dirs
        .iter()
        .inspect(|(language, dir)| {
            if *language != "default" && !crate::languages::is_known(language) {
                report.note(Place::file(&dir.path), "the format knows no such language");
            }
        })
        .map(|(language, dir)| (language.clone(), dir.all_files()))
        .collect()
}

fn note_stray(file: &File, report: &Report) {
    report.note(Place::file(&file.path), "ignored: included files are in folders of languages");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{CURRENT, Folder};

    #[test]
    fn a_statement_in_the_root_is_taken_where_there_is_no_other() {
        let folder = Folder::legacy(&[("problem.pdf", "%PDF")]);
        let (package, notes) = folder.package();
        let paths: Vec<_> = package.statements.iter().map(|text| text.path.as_str()).collect();
        assert_eq!((paths, notes.len()), (vec!["problem_statement/problem.en.tex"], 0));
        std::fs::remove_dir_all(folder.path().join("problem_statement")).unwrap();
        let statement = &folder.package().0.statements[0];
        assert_eq!((statement.path.as_str(), statement.markup), ("problem.pdf", Markup::Pdf));
    }

    #[test]
    fn what_seems_to_be_a_statement_and_is_none_is_told() {
        let (package, notes) = Folder::legacy(&[
            ("problem_statement/problem.english.tex", ""),
            ("problem_statement/problem.html", ""),
            ("problem_statement/problem.png", ""),
            ("statement/problem.sv.md", ""),
        ])
        .package();
        assert_eq!(package.statements.len(), 1);
        let unread = "ignored: a statement is called problem.en.md, .tex, .pdf or .txt";
        assert_eq!(
            notes,
            [
                format!("problem_statement/problem.english.tex: {unread}"),
                format!("problem_statement/problem.html: {unread}"),
                "statement: ignored: statements are in problem_statement/".to_owned()
            ]
        );
    }

    #[test]
    fn plain_statements_are_taken() {
        let folder = Folder::with(&[("problem.yaml", "name: x\n"), ("problem.txt", "Add.\n")]);
        let (package, _) = folder.package();
        let found: Vec<_> = package.statements.iter().map(|text| (text.path.as_str(), text.markup)).collect();
        assert_eq!(found, [("problem.txt", Markup::Plain)]);
    }

    #[test]
    fn statements_have_languages_and_kinds() {
        let folder = Folder::current(&[
            ("statement/problem.pt-BR.pdf", ""),
            ("statement/problem.tex", ""),
            ("statement/picture.png", ""),
        ]);
        let (package, _) = folder.package();
        let found: Vec<_> =
            package.statements.iter().map(|text| (text.language.as_str(), text.markup)).collect();
        assert_eq!(found, [("en", Markup::Markdown), ("pt-BR", Markup::Pdf), ("en", Markup::Latex)]);
    }

    #[test]
    fn languages_are_codes() {
        assert!(is_language("en") && is_language("fil") && is_language("pt-BR"));
        assert!(is_language("zh-Hans") && is_language("sr-Latn-RS"));
        assert!(!is_language("zh-hans") && !is_language("en-GB-US") && !is_language("zh-Hans-"));
        assert!(!is_language("english") && !is_language("EN") && !is_language("pt-br") && !is_language(""));
    }

    #[test]
    fn legacy_names_come_from_the_statement() {
        assert_eq!(name("\\problemname{A \\emph{b} c} d}"), Some("A \\emph{b} c".to_owned()));
        assert_eq!(name("\\problemname{never closed"), None);
        assert_eq!(name("\\problemname{$x$}\n%% plainproblemname: x\n"), Some("x".to_owned()));
        assert_eq!(name("nothing"), None);
    }

    #[test]
    fn names_and_statements_are_in_the_same_languages() {
        let yaml = format!("{CURRENT}name:\n  en: x\n  sv: y\n");
        let folder = Folder::current(&[("problem.yaml", &yaml), ("statement/problem.da.md", "")]);
        let (_, notes) = folder.package();
        assert_eq!(
            notes,
            [
                "problem.yaml: has a name in sv, but there is no statement",
                "statement/problem.da.md: problem.yaml has no name in da"
            ]
        );
    }

    #[test]
    fn includes_are_by_language() {
        let folder = Folder::current(&[
            ("include/python3/lib.py", ""),
            ("include/default/data.txt", ""),
            ("include/klingon/a", ""),
            ("include/stray", ""),
            ("attachments/tool.py", ""),
        ]);
        let (package, notes) = folder.package();
        assert_eq!(package.includes["python3"], ["include/python3/lib.py"]);
        assert_eq!(package.includes.len(), 3);
        assert_eq!(package.attachments, ["attachments/tool.py"]);
        assert_eq!(notes.len(), 2);
    }
}
