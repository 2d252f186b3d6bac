//! DOMjudge's `@EXPECTED_RESULTS@: CORRECT, WRONG-ANSWER` in a source: the whole must have one of these verdicts. Verdicts may
//! stand behind `@EXPECTED_SCORE@:` as well.

use std::collections::BTreeMap;

use super::Submission;
use crate::report::{Place, Report};
use crate::tree::File;
use crate::verdict::Verdict;

const MARK: &str = "@EXPECTED_RESULTS@:";
const SCORE: &str = "@EXPECTED_SCORE@:";

/// Reads the annotation, which is in place of what the folder says; `files` are all submissions' by path.
pub(super) fn read(submission: &mut Submission, files: &BTreeMap<&str, &File>, report: &Report) {
    let files = submission.program.files.iter().filter_map(|path| files.get(path.as_str()));
    let mut overall = Vec::new();
    for file in files {
        for (number, line) in (1..).zip(file.searched(report).lines()) {
            let place = Place { line: Some(number), ..Place::file(&file.path) };
            let told = line.split_once(MARK).or_else(|| line.split_once(SCORE));
            match told {
                Some((_, score)) if begins_with_a_number(score) => {
                    // DOMjudge has scores of its own, also for what is not accepted.
                    report.note(place, "the expected score is not compared");
                }
                Some((_, results)) => {
                    overall.extend(results.split(',').filter_map(|result| verdict(result, &place, report)));
                }
                None => {}
            }
        }
    }
    if !overall.is_empty() {
        submission.expected.clear();
        submission.overall = overall;
    }
}

fn begins_with_a_number(text: &str) -> bool {
    text.split_whitespace().next().is_some_and(|word| word.parse::<f64>().is_ok())
}

fn verdict(text: &str, place: &Place, report: &Report) -> Option<Verdict> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    // Behind the last result there may be the end of a comment.
    let name = text.trim().split(|letter| !is_part(letter)).next().unwrap_or_default();
    let known = match name.to_ascii_uppercase().replace('_', "-").as_str() {
        "CORRECT" | "ACCEPTED" => Some(Verdict::Accepted),
        "WRONG-ANSWER" | "NO-OUTPUT" => Some(Verdict::WrongAnswer),
        "TIMELIMIT" | "TIME-LIMIT-EXCEEDED" => Some(Verdict::TimeLimitExceeded),
        "RUN-ERROR" | "RUN-TIME-ERROR" => Some(Verdict::RunTimeError),
        "COMPILER-ERROR" => Some(Verdict::CompileError),
        "OUTPUT-LIMIT" => Some(Verdict::OutputLimitExceeded),
        "MEMORY-LIMIT" => Some(Verdict::MemoryLimitExceeded),
        _ => None,
    };
    if known.is_none() {
        report.note(place.clone(), format!("expected result \"{}\" is not understood", text.trim()));
    }
    known
}

#[cfg(test)]
mod tests {
    use crate::fixture::Folder;
    use crate::verdict::Verdict;

    #[test]
    fn annotations_are_in_place_of_folders() {
        let source = "/* x\n * @EXPECTED_RESULTS@: CORRECT, time_limit_exceeded */\n";
        let folder = Folder::legacy(&[("submissions/mixed/a.c", source)]);
        let (package, _) = folder.package();
        let one = package.submissions.iter().find(|one| one.folder == "mixed").unwrap();
        assert_eq!(one.overall, [Verdict::Accepted, Verdict::TimeLimitExceeded]);
        assert!(one.expected.is_empty());
    }

    #[test]
    fn an_expected_score_is_noted_and_what_stands_beside_it_is_understood() {
        let source = "# @EXPECTED_RESULTS@: WRONG-ANSWER\n# @EXPECTED_SCORE@: 60\n";
        let (package, notes) = Folder::legacy(&[("submissions/accepted/b.py", source)]).package();
        assert_eq!(package.submissions[1].overall, [Verdict::WrongAnswer]);
        assert_eq!(notes, ["submissions/accepted/b.py:2: the expected score is not compared"]);
    }

    #[test]
    fn verdicts_stand_behind_either_mark() {
        let source = "# @EXPECTED_SCORE@: CORRECT, NO-OUTPUT\n";
        let (package, notes) = Folder::legacy(&[("submissions/accepted/b.py", source)]).package();
        assert_eq!(package.submissions[1].overall, [Verdict::Accepted, Verdict::WrongAnswer]);
        assert!(notes.is_empty(), "{notes:?}");
    }

    #[test]
    fn unknown_results_are_noted() {
        let folder =
            Folder::legacy(&[("submissions/accepted/a.c", "// @EXPECTED_RESULTS@: CHECK-MANUALLY\n")]);
        let (package, notes) = folder.package();
        assert!(
            notes[0].contains("a.c:1: expected result \"CHECK-MANUALLY\" is not understood"),
            "{notes:?}"
        );
        assert!(!package.submissions[0].expected.is_empty());
    }
}
