//! `submissions.yaml` (2025-09, "Example submissions").

use std::sync::Arc;

use super::expected::{ANY, Expectation, TimeLimitUse};
use super::{Pattern, Submission};
use crate::bounds;
use crate::metadata;
use crate::report::{Place, Report};
use crate::tree::File;
use crate::verdict::Verdict;
use crate::yaml::{self, Fields, Node, Value};

pub(super) const FILE: &str = "submissions/submissions.yaml";

/// Adds what the file says to the submissions that its patterns match.
pub(super) fn read(file: &File, submissions: &mut [Submission], report: &Report) {
    let mut fields = yaml::read(file, report);
    let all = fields.take_all();
    if all.len() > bounds::PATTERNS {
        report.fault(Place::file(FILE), format!("more than {} patterns", bounds::PATTERNS));
        return;
    }
    for (text, node) in all {
        let line = node.line;
        match Pattern::parse(&text) {
            Err(error) => fields.fault(&text, line, error),
            Ok(pattern) => {
                if let Some(entry) = fields.as_fields(&text, node) {
                    apply(&pattern, entry, submissions, report);
                }
            }
        }
    }
}

/// What one pattern says.
struct Entry {
    language: Option<String>,
    entrypoint: Option<String>,
    authors: Vec<metadata::Person>,
    model_solution: bool,
    /// As it is written, and with what is not said filled in.
    own: Option<(Expectation, Arc<Expectation>)>,
    of_cases: Vec<Arc<Expectation>>,
}

fn apply(pattern: &Pattern, mut fields: Fields<'_>, submissions: &mut [Submission], report: &Report) {
    let entry = entry(&mut fields);
    let mut matched = false;
    for submission in submissions.iter_mut().filter(|submission| pattern.matches(submission.path())) {
        matched = true;
        add(&entry, pattern, submission);
    }
    if !matched {
        report.note(Place::key(FILE, 0, pattern.as_str()), "matches no submission");
    }
}

fn add(entry: &Entry, pattern: &Pattern, submission: &mut Submission) {
    let set = |slot: &mut Option<String>, value: &Option<String>| {
        if value.is_some() {
            slot.clone_from(value);
        }
    };
    set(&mut submission.language, &entry.language);
    set(&mut submission.entrypoint, &entry.entrypoint);
    let room = bounds::PERSONS.saturating_sub(submission.authors.len());
    submission.authors.extend(entry.authors.iter().take(room).cloned());
    submission.model_solution |= entry.model_solution;
    if let Some((own, whole)) = &entry.own {
        // The folder's own name puts its rule in place of the default; what is not said stays.
        match submission.expected.first_mut().filter(|_| pattern.as_str() == submission.folder) {
            Some(default) => replace(Arc::make_mut(default), own),
            None => submission.expected.push(Arc::clone(whole)),
        }
    }
    submission.expected.extend(entry.of_cases.iter().map(Arc::clone));
}

fn replace(default: &mut Expectation, own: &Expectation) {
    if !own.permitted.is_empty() {
        default.permitted.clone_from(&own.permitted);
    }
    if !own.required.is_empty() {
        default.required.clone_from(&own.required);
    }
    default.score = own.score.or(default.score);
    default.use_for_time_limit = own.use_for_time_limit.or(default.use_for_time_limit);
    if own.message.is_some() {
        default.message.clone_from(&own.message);
    }
}

/// What is not said is anything.
fn whole(mut expected: Expectation) -> Arc<Expectation> {
    for verdicts in [&mut expected.permitted, &mut expected.required] {
        if verdicts.is_empty() {
            *verdicts = ANY.to_vec();
        }
    }
    Arc::new(expected)
}

fn entry(fields: &mut Fields<'_>) -> Entry {
    let mut entry = Entry {
        language: fields.text("language"),
        entrypoint: fields.text("entrypoint"),
        authors: metadata::persons(fields, "authors"),
        model_solution: fields.flag("model_solution").unwrap_or(false),
        own: expectation(fields).map(|own| (own.clone(), whole(own))),
        of_cases: Vec::new(),
    };
    for (key, node) in fields.take_all() {
        if let Some(expected) = of_cases(fields, &key, node) {
            entry.of_cases.push(whole(expected));
        }
    }
    entry
}

/// Rules for the cases that a pattern matches ("Test data groups").
fn of_cases(fields: &Fields<'_>, key: &str, node: Node) -> Option<Expectation> {
    if !key.starts_with("sample") && !key.starts_with("secret") && !key.contains(['*', '{']) {
        fields.note(key, node.line, "unknown key, ignored");
        return None;
    }
    match Pattern::parse(key) {
        Err(error) => {
            fields.fault(key, node.line, error);
            None
        }
        Ok(pattern) => {
            let mut inner = fields.as_fields(key, node)?;
            expectation(&mut inner).map(|expected| Expectation { cases: Some(pattern), ..expected })
        }
    }
}

/// The rules of a map; none if it has none.
fn expectation(fields: &mut Fields<'_>) -> Option<Expectation> {
    let expected = Expectation {
        cases: None,
        permitted: verdicts(fields, "permitted"),
        required: verdicts(fields, "required"),
        score: score(fields),
        message: fields.text("message"),
        use_for_time_limit: time_limit_use(fields),
    };
    (expected != Expectation::default()).then_some(expected)
}

fn verdicts(fields: &mut Fields<'_>, key: &str) -> Vec<Verdict> {
    let Some(node) = fields.take(key) else { return Vec::new() };
    let codes = fields.as_texts(key, &node, true).unwrap_or_default();
    let known = |code: &String| Verdict::of_code(code).filter(|verdict| ANY.contains(verdict));
    for code in codes.iter().filter(|code| known(code).is_none()) {
        fields.fault(key, node.line, format!("\"{code}\" is none of AC, WA, TLE, RTE"));
    }
    codes.iter().filter_map(known).collect()
}

fn score(fields: &mut Fields<'_>) -> Option<(f64, f64)> {
    let node = fields.take("score")?;
    let number = |node: &Node| match node.value {
        Value::Number(number, _) if number.is_finite() => Some(number),
        _ => None,
    };
    let range = match &node.value {
        Value::List(items) => match items.as_slice() {
            [least, most] => number(least).zip(number(most)).filter(|(least, most)| least <= most),
            _ => None,
        },
        _ => number(&node).map(|score| (score, score)),
    };
    if range.is_none() {
        fields.fault("score", node.line, "is neither a number nor two, the lower one first");
    }
    range
}

fn time_limit_use(fields: &mut Fields<'_>) -> Option<TimeLimitUse> {
    const KEY: &str = "use_for_time_limit";
    let node = fields.take(KEY)?;
    match &node.value {
        Value::Bool(true, _) => None,
        Value::Bool(false, _) => Some(TimeLimitUse::Never),
        Value::Text(text) if text == "lower" => Some(TimeLimitUse::Lower),
        Value::Text(text) if text == "upper" => Some(TimeLimitUse::Upper),
        _ => {
            fields.fault(KEY, node.line, "is none of true, false, lower, upper");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Folder;

    fn folder(yaml: &str) -> Folder {
        Folder::current(&[
            ("submissions/submissions.yaml", yaml),
            ("submissions/time_limit_exceeded/slow.py", ""),
            ("submissions/mixed/m.py", ""),
        ])
    }

    fn submission(yaml: &str, folder_name: &str) -> Submission {
        let all = folder(yaml).package().0.submissions;
        all.into_iter().find(|one| one.folder == folder_name).unwrap()
    }

    #[test]
    fn patterns_add_to_what_they_match() {
        let one = submission(
            "accepted/*:\n  language: python3\n  authors: A\n  model_solution: true\n",
            "accepted",
        );
        assert_eq!((one.language.as_deref(), one.authors.len()), (Some("python3"), 1));
        assert!(one.model_solution);
        assert_eq!(one.expected.len(), 1);
    }

    #[test]
    fn a_folder_replaces_its_rule_and_a_pattern_adds_one() {
        let yaml = "time_limit_exceeded:\n  permitted: [AC, WA, TLE]\n";
        let one = submission(yaml, "time_limit_exceeded");
        assert_eq!(one.expected.len(), 1);
        assert_eq!((one.expected[0].permitted.len(), one.expected[0].required.len()), (3, 1));
        let one = submission(&yaml.replacen(':', "/:", 1), "time_limit_exceeded");
        assert_eq!((one.expected.len(), one.expected[0].permitted.len()), (1, 3));
        let one = submission("time_limit_exceeded/*:\n  required: [TLE]\n", "time_limit_exceeded");
        assert_eq!(one.expected.len(), 2);
        assert_eq!(one.expected[1].permitted, ANY);
    }

    #[test]
    fn rules_may_be_for_some_cases() {
        let yaml = "mixed/m.py:\n  sample:\n    permitted: [AC]\n  secret/*-hard:\n    required: [TLE]\n    score: [1, 2]\n    \
                    message: slow\n    use_for_time_limit: upper\n";
        let one = submission(yaml, "mixed");
        assert!(one.expected[0].is_about("sample/1") && !one.expected[0].is_about("secret/1"));
        let hard = &one.expected[1];
        assert!(hard.is_about("secret/1-hard"));
        assert_eq!((hard.score, hard.use_for_time_limit), (Some((1.0, 2.0)), Some(TimeLimitUse::Upper)));
    }

    #[test]
    fn what_matches_nothing_or_is_unknown_is_noted() {
        let (_, notes) = folder("nowhere/*:\n  language: c\naccepted:\n  colour: red\n").package();
        assert!(notes.iter().any(|note| note.contains("nowhere/*: matches no submission")), "{notes:?}");
        assert!(notes.iter().any(|note| note.contains("accepted.colour: unknown key")), "{notes:?}");
    }

    #[test]
    fn patterns_have_a_bound() {
        let pattern = |number| format!("x{number}:\n  language: c\n");
        let yaml: String = (0..=bounds::PATTERNS).map(pattern).collect();
        assert_eq!(folder(&yaml).faults(), ["submissions/submissions.yaml: more than 128 patterns"]);
    }

    #[test]
    fn what_is_not_understood_is_a_fault() {
        for yaml in [
            "'{a':\n  language: c\n",
            "accepted:\n  permitted: [OK]\n",
            "accepted:\n  score: [2, 1]\n",
            "accepted:\n  use_for_time_limit: sometimes\n",
            "accepted: fine\n",
        ] {
            assert_eq!(folder(yaml).faults().len(), 1, "{yaml}");
        }
    }
}
