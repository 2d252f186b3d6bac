//! Which file of a submission without a program is the answer to which case: they are named as the cases are.

use std::collections::BTreeMap;

use gavel_problem::data::{ANSWER_ENDINGS, Subject};

use crate::content::Content;
use crate::problem::{Problem, Show};

/// Most cases that a message lists.
const LISTED: usize = 10;

/// The answers to cases, by the cases' places.
pub(crate) type Answers<'a> = BTreeMap<usize, &'a Content>;

/// The cases that a name may mean.
#[derive(Default)]
struct Meant {
    /// The one that is called just so.
    exactly: Option<usize>,
    /// Those that are called so in some folder.
    in_folders: Vec<usize>,
}

impl Meant {
    /// The only one, or all that there are.
    fn only(&self) -> Result<usize, &[usize]> {
        match (self.exactly, self.in_folders.as_slice()) {
            (Some(case), _) | (None, &[case]) => Ok(case),
            (None, cases) => Err(cases),
        }
    }
}

/// Finds the case of each file: `secret/group/1.ans` or `.out`, without the folders where no other case is called so.
///
/// # Errors
/// What is wrong with the first file that answers no case, or one that another file has answered.
pub(crate) fn by_case<'a>(
    problem: &Problem,
    files: &'a BTreeMap<String, Content>,
) -> Result<Answers<'a>, String> {
    let mut meant = BTreeMap::new();
    for name in files.keys() {
        meant.insert(stem(name).ok_or_else(|| misnamed(name, problem))?, Meant::default());
    }
    for (place, case) in problem.manifest.cases.iter().enumerate() {
        if case.subject == Subject::Output {
            note(&mut meant, &case.name, place);
        }
    }
    let mut answers = Answers::new();
    for (name, content) in files {
        let found = stem(name).and_then(|stem| meant.get(stem));
        let case = found.map_or(Err(&[][..]), Meant::only);
        let case = case.map_err(|several| told(name, several, problem))?;
        if answers.insert(case, content).is_some() {
            return Err(format!("`{name}`: another file answers the same case"));
        }
    }
    Ok(answers)
}

/// A file's name without what it ends with, where that is an answer's.
fn stem(name: &str) -> Option<&str> {
    let stem = ANSWER_ENDINGS.iter().find_map(|ending| name.strip_suffix(ending))?;
    Some(stem.strip_prefix("data/").unwrap_or(stem))
}

/// Notes a case with all that mean it, by its name, or by the end of that behind a slash.
fn note(meant: &mut BTreeMap<&str, Meant>, case: &str, place: usize) {
    if let Some(meant) = meant.get_mut(case) {
        meant.exactly = Some(place);
    }
    for (slash, _) in case.match_indices('/') {
        if let Some(meant) = meant.get_mut(&case[slash + 1..]) {
            meant.in_folders.push(place);
        }
    }
}

/// Names as cases have them are told of problems that tell of single cases.
fn listed(cases: impl Iterator<Item = usize>, problem: &Problem) -> String {
    let is_told = |case: &usize| problem.manifest.show != Show::Summary || !problem.tests[*case].case.hidden;
    let mut cases = cases.filter(is_told).map(|case| format!("`{}`", problem.manifest.cases[case].name));
    let first: Vec<_> = cases.by_ref().take(LISTED).collect();
    let more = if cases.next().is_some() { " …" } else { "" };
    first.join(", ") + more
}

fn misnamed(name: &str, problem: &Problem) -> String {
    let all = listed(0..problem.manifest.cases.len(), problem);
    let allowed = if all.is_empty() { String::new() } else { format!("; the cases are {all}") };
    format!("`{name}` names no case: an answer is called as its case is, with `.ans` or `.out`{allowed}")
}

fn told(name: &str, several: &[usize], problem: &Problem) -> String {
    if several.is_empty() {
        return misnamed(name, problem);
    }
    let choices = listed(several.iter().copied(), problem);
    let choices = if choices.is_empty() { String::new() } else { format!(": {choices}") };
    format!("`{name}` may answer several cases, and is to be named with its folder{choices}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::test_support::problem_of;

    const YAML: &str = "problem_format_version: 2025-09\nname: S\nuuid: 117b564d-429b-44d4-bf8c-c264a3703e07\n\
                        type: [scoring, submit-answer]\n";

    /// What files of these names answer in a problem of these cases: names of files by those of cases.
    fn found(show: Show, cases: &[&str], names: &[&str]) -> Result<Vec<(String, String)>, String> {
        let mut files = vec![("problem.yaml".to_owned(), YAML)];
        for case in cases {
            files.extend([format!("data/{case}.in"), format!("data/{case}.ans")].map(|path| (path, "1")));
        }
        for group in ["a", "b"].map(|name| format!("data/secret/{name}/")) {
            if files.iter().any(|(path, _)| path.starts_with(&group)) {
                files.push((format!("{group}test_group.yaml"), "max_score: 50\n"));
            }
        }
        let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        let problem = problem_of(show, &files);
        let sent = names.iter().map(|name| ((*name).to_owned(), Content::from(*name))).collect();
        let answers = by_case(&problem, &sent)?;
        let name = |content: &&Content| names.iter().find(|name| **content == Content::from(**name)).unwrap();
        let pairs =
            answers.iter().map(|(case, content)| (&problem.manifest.cases[*case].name, name(content)));
        Ok(pairs.map(|(case, name)| (case.clone(), (*name).to_owned())).collect())
    }

    const GROUPS: [&str; 4] = ["sample/1", "secret/a/1", "secret/a/2", "secret/b/1"];

    #[test]
    fn answers_are_called_as_cases_with_as_many_folders_as_they_need() {
        for (name, case) in [
            ("2.ans", "secret/a/2"),
            ("2.out", "secret/a/2"),
            ("a/1.out", "secret/a/1"),
            ("secret/b/1.ans", "secret/b/1"),
            ("data/secret/b/1.ans", "secret/b/1"),
            ("sample/1.ans", "sample/1"),
        ] {
            let expected = Ok(vec![(case.to_owned(), name.to_owned())]);
            assert_eq!(found(Show::Verdicts, &GROUPS, &[name]), expected);
        }
        assert_eq!(found(Show::Verdicts, &GROUPS, &[]), Ok(Vec::new()), "none is a wrong answer to all");
    }

    #[test]
    fn what_answers_no_case_or_may_answer_several_is_told_with_the_choices() {
        let refused = |names: &[&str]| found(Show::Verdicts, &GROUPS, names).unwrap_err();
        let all = "; the cases are `sample/1`, `secret/a/1`, `secret/a/2`, `secret/b/1`";
        for name in ["3.ans", "1.txt", "1", "a.ans", "cret/a/1.ans", "main.py"] {
            let told = refused(&[name]);
            assert!(told.starts_with(&format!("`{name}` names no case")) && told.ends_with(all), "{told}");
        }
        assert_eq!(
            refused(&["1.ans"]),
            "`1.ans` may answer several cases, and is to be named with its folder: `sample/1`, `secret/a/1`, `secret/b/1`"
        );
        assert_eq!(refused(&["2.ans", "2.out"]), "`2.out`: another file answers the same case");
        assert_eq!(refused(&["2.ans", "a/2.ans"]), "`a/2.ans`: another file answers the same case");
    }

    #[test]
    fn what_secret_cases_are_called_is_not_told_where_nothing_of_them_is() {
        let refused = |names: &[&str]| found(Show::Summary, &GROUPS, names).unwrap_err();
        for told in [refused(&["9.ans"]), refused(&["1.ans"])] {
            assert!(told.ends_with(" `sample/1`"), "{told}");
        }
    }

    #[test]
    fn of_many_cases_some_are_listed() {
        let cases: Vec<_> = (0..30).map(|number| format!("secret/{number:02}")).collect();
        let cases: Vec<_> = cases.iter().map(String::as_str).collect();
        let told = found(Show::Full, &cases, &["x.ans"]).unwrap_err();
        assert!(told.ends_with("`secret/08`, `secret/09` …"), "{told}");
    }
}
