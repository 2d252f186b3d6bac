//! A submission's files where a problem's validators run (problem package format 2025-09, "Working directory"). Its author has named
//! them: they take the place of nothing of the validator's own, and are nothing that it loads.

use std::collections::BTreeMap;

use gavel_problem::program::Program;

use super::claims::Claims;
use crate::content::Content;
use crate::language::Language;
use crate::problem::Problem;

/// Where the sources of a validator are then that is run from them: Python looks for modules beside the one that it begins with,
/// and must not find a submission's.
const APART: &str = ".validator";
/// Other names that are taken: of what a test is made of, and of where scripts unpack themselves.
const TAKEN: [&str; 3] = [APART, ".case", ".program"];
/// Most files of a submission that a validator finds: a descriptor may be needed for each.
const SEEN: usize = 128;

/// A validator's sources by their names in the box, and the one that it begins with.
pub(super) type Own = (BTreeMap<String, Content>, Option<String>);

/// Whether a validator finds the files of submissions. The format has validators in three languages, and with scripts; what others
/// would load from where they run is not known.
pub(super) fn are_shown_to(problem: &Problem, program: &Program) -> bool {
    let is_scripted = program.build || program.run;
    let is_known = matches!(program.language.as_deref(), Some("c" | "cpp" | "python3"));
    problem.shows_submissions() && (is_scripted || is_known)
}

/// Puts the sources of a validator aside, where it is run from them.
pub(super) fn apart(language: &Language, (sources, entry): Own) -> Own {
    if !language.runs_sources() {
        return (sources, entry);
    }
    let moved = |name: &str| format!("{APART}/{name}");
    let plain = || language.entry(sources.keys().map(String::as_str), None).ok().flatten();
    let entry = entry.as_deref().or_else(plain).map(moved);
    let sources = sources.iter().map(|(name, content)| (moved(name), content.clone())).collect();
    (sources, entry)
}

/// The files of a submission that a validator with these sources in this language finds beside itself.
pub(super) fn beside(
    language: &Language,
    own: &BTreeMap<String, Content>,
    submitted: &BTreeMap<String, Content>,
) -> BTreeMap<String, Content> {
    let mut claims = Claims::default();
    let taken = TAKEN.into_iter().chain(language.artefact.as_deref());
    taken.chain(own.keys().map(String::as_str)).for_each(|name| _ = claims.claim(name));
    let free = submitted.iter().filter(|(name, _)| claims.claim(name));
    free.take(SEEN).map(|(name, content)| (name.clone(), content.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::test_support::cpp;

    fn files(names: &[&str]) -> BTreeMap<String, Content> {
        names.iter().map(|name| ((*name).to_owned(), Content::from(*name))).collect()
    }

    #[test]
    fn nothing_of_a_submission_is_in_the_place_of_what_is_a_validators_own() {
        let (language, _) = cpp();
        let own = files(&["words.txt", "deep/table"]);
        let submitted = files(&[
            ".case/answer",
            ".program/run",
            ".validator/v.py",
            "deep",
            "deep/table",
            "deep/other",
            "main",
            "main/x",
            "main.cpp",
            "words.txt",
            "words.txt/x",
        ]);
        let seen = beside(&language, &own, &submitted);
        assert_eq!(seen.keys().collect::<Vec<_>>(), ["deep/other", "main.cpp"]);
    }

    #[test]
    fn of_many_files_so_many_are_there() {
        let (language, _) = cpp();
        let many: Vec<_> = (0..=SEEN).map(|number| format!("f{number}")).collect();
        let many: Vec<_> = many.iter().map(String::as_str).collect();
        assert_eq!(beside(&language, &BTreeMap::new(), &files(&many)).len(), SEEN);
    }
}
