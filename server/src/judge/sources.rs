//! Test cases that are judged by a submission's sources: nothing of it is run (problem package format 2025-09, "Static validator").

use std::collections::BTreeMap;

use super::case::{Judged, tell_finding, test_case};
use super::executor::Executor;
use super::judgement::{TestResult, Verdict};
use super::validator::{self, Occasion};
use super::{Judge, JudgeError, Task, count, entry_point, own_entry};
use crate::content::Content;
use crate::language::Language;
use crate::problem::Problem;
use crate::problems::code_of;

impl<E: Executor> Judge<E> {
    /// Has the problem's static validator look at the sources, for this case.
    pub(super) async fn look_at_sources(
        &self,
        task: Task<'_>,
        language: &Language,
        problem: &Problem,
        index: usize,
    ) -> Result<Judged, JudgeError> {
        let (test, submitted) = (test_case(task, index), task.sources);
        let Some(validator) = task.static_validator else { return Err(JudgeError::Cancelled) };
        let occasion = Occasion { problem, test: index, input: &test.input, kept: None, submitted };
        let code = code_of(&language.id).unwrap_or(&language.id);
        let entry = entry_point(task.submission, submitted, language);
        let entry = entry.or_else(|| own_entry(task.submission, language));
        let begins = begins(code, entry, submitted);
        let (allowed, cancel) = (task.allowed, task.cancel);
        let looking =
            validator::look_at_sources(&self.executor, validator, occasion, (code, &begins), allowed, cancel);
        let (finding, mut facts) = looking.await?;
        // What was run is the validator, which has said what there is to say.
        facts.forget_outputs();
        let (verdict, scored) = (finding.verdict, finding.scored);
        let reason = (verdict == Verdict::WrongAnswer && !test.hidden)
            .then(|| "the problem's validator does not accept the sources".to_owned());
        let mut result =
            TestResult { reason, hidden: test.hidden, ..TestResult::empty(count(index), verdict) };
        result.name = Some(problem.tests[index].name.clone());
        tell_finding(&mut result, finding, problem);
        Ok(Judged { result, written: facts.into(), scored, transcript: None })
    }
}

/// What a submission begins with, as the format names it in this language: a class, or a file; nothing where it is not known.
fn begins(code: &str, entry: Option<&str>, submitted: &BTreeMap<String, Content>) -> String {
    let only = || submitted.keys().next().filter(|_| submitted.len() == 1).map(String::as_str);
    let Some(file) = entry.or_else(only) else { return String::new() };
    let class = || file.rsplit_once('.').map_or(file, |(stem, _)| stem).replace('/', ".");
    match code {
        "java" => class(),
        "kotlin" => {
            let class = class();
            let (first, rest) = class.split_at(class.chars().next().map_or(0, char::len_utf8));
            format!("{}{rest}Kt", first.to_uppercase())
        }
        _ => file.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_submission_begins_with_is_a_class_or_a_file() {
        let one = |name: &str| BTreeMap::from([(name.to_owned(), Content::default())]);
        for (code, entry, submitted, expected) in [
            ("cpp", None, one("sums.cc"), "sums.cc"),
            ("python3", Some("main.py"), one("lib.py"), "main.py"),
            ("java", None, one("Main.java"), "Main"),
            ("java", Some("org/sums/Main.java"), one("x"), "org.sums.Main"),
            ("kotlin", None, one("sums.kt"), "SumsKt"),
            ("cpp", None, [one("a.cc"), one("b.cc")].into_iter().flatten().collect(), ""),
        ] {
            assert_eq!(begins(code, entry, &submitted), expected, "{code} {entry:?}");
        }
    }
}
