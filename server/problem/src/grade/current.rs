//! Aggregation (2025-09, "Result aggregation").

use std::collections::BTreeMap;

use super::{GroupResult, Judgement, Known, Outcome};
use crate::data::{Aggregation, CurrentRules, Group, Item, Rules};
use crate::number::Short;
use crate::verdict::Verdict;

/// How far above its bound a score may be that is a sum of fractions.
const ROUNDING: f64 = 1e-9;

pub(super) fn grade(root: &Group, known: Known<'_>) -> Judgement {
    if known.scoring { scoring(root, known) } else { pass_fail(root, known) }
}

/// Accepted if every case is; the first that is not tells how not ("Pass-fail problems").
fn pass_fail(root: &Group, known: Known<'_>) -> Judgement {
    let cases = root.cases();
    let groups = inner_first(root).into_iter();
    Judgement {
        verdict: verdict(&cases, known),
        score: None,
        groups: groups.map(|group| result(group, verdict(&group.cases(), known), None)).collect(),
        needless: after_failure(&cases, known).collect(),
    }
}

fn inner_first(group: &Group) -> Vec<&Group> {
    let inner = group.items.iter().filter_map(|item| match item {
        Item::Group(group) => Some(group),
        Item::Case(_) => None,
    });
    inner.flat_map(inner_first).chain([group]).collect()
}

fn result(group: &Group, verdict: Option<Verdict>, score: Option<f64>) -> GroupResult {
    GroupResult { name: group.name.clone(), verdict, score, skipped: false, fault: None }
}

/// The first verdict that is not accepted, once all before it are known; accepted if all are.
fn verdict(cases: &[usize], known: Known<'_>) -> Option<Verdict> {
    for case in cases {
        let verdict = known.outcome(*case)?.verdict;
        if !verdict.is_accepted() {
            return Some(verdict);
        }
    }
    Some(Verdict::Accepted)
}

fn is_failed(case: usize, known: Known<'_>) -> bool {
    known.outcome(case).is_some_and(|outcome| !outcome.verdict.is_accepted())
}

/// The cases after the first that is known to have failed.
fn after_failure<'a>(cases: &'a [usize], known: Known<'a>) -> impl Iterator<Item = usize> + 'a {
    cases.iter().copied().skip_while(move |case| !is_failed(*case, known)).skip(1)
}

/// What is known of a group of a scoring problem. While it is open, there is no score.
#[derive(Clone, Default)]
struct Scored {
    verdict: Option<Verdict>,
    score: Option<f64>,
    skipped: bool,
    fault: Option<String>,
}

impl Scored {
    fn broken(fault: String) -> Self {
        Self { verdict: Some(Verdict::JudgeError), score: Some(0.0), skipped: false, fault: Some(fault) }
    }

    fn is_broken(&self) -> bool {
        self.verdict == Some(Verdict::JudgeError)
    }
}

fn scoring(root: &Group, known: Known<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    if let Some(sample) = root.find("sample") {
        judgement.groups.push(result(sample, verdict(&sample.cases(), known), None));
    }
    let Some(secret) = root.find("secret") else { return judgement };
    let scored = of_secret(root, secret, known, &mut judgement);
    judgement.verdict = scored.verdict.filter(|_| scored.score.is_some());
    judgement.score = scored.score;
    push(secret, &scored, &mut judgement);
    judgement
}

fn push(group: &Group, scored: &Scored, judgement: &mut Judgement) {
    judgement.groups.push(GroupResult {
        name: group.name.clone(),
        verdict: scored.verdict,
        score: scored.score,
        skipped: scored.skipped,
        fault: scored.fault.clone(),
    });
}

fn of_secret(root: &Group, secret: &Group, known: Known<'_>, judgement: &mut Judgement) -> Scored {
    let Rules::Current(rules) = &secret.rules else { return Scored::default() };
    let mut passed = Passed::new();
    if let Some(sample) = root.find("sample") {
        passed.insert("sample", is_passed(sample, &passed, known));
    }
    let groups: Vec<_> = inner_first(secret).into_iter().filter(|group| group.name != secret.name).collect();
    if groups.is_empty() {
        return of_group(secret, &passed, known, judgement);
    }
    match requirement(rules, &passed) {
        Some(true) => {}
        Some(false) => return skipped(secret, judgement),
        None => return Scored::default(),
    }
    let results: Vec<_> = groups
        .iter()
        .map(|group| {
            let scored = of_group(group, &passed, known, judgement);
            passed.insert(&group.name, is_passed(group, &passed, known));
            push(group, &scored, judgement);
            scored
        })
        .collect();
    combined(rules, settle(rules, &groups, &results, judgement))
}

/// The groups that count: where one decides that the whole is 0, those after it are needless, whatever came of those of their cases
/// that ran beside it.
fn settle<'a>(
    rules: &CurrentRules,
    groups: &[&Group],
    results: &'a [Scored],
    judgement: &mut Judgement,
) -> &'a [Scored] {
    let is_zero = |scored: &Scored| match rules.aggregation {
        Aggregation::Sum => false,
        Aggregation::Min => scored.score == Some(0.0),
        Aggregation::PassFail => scored.verdict.is_some_and(|verdict| !verdict.is_accepted()),
    };
    let Some(first) = results.iter().position(is_zero) else { return results };
    judgement.needless.extend(groups[first + 1..].iter().flat_map(|group| group.cases()));
    &results[..=first]
}

fn combined(rules: &CurrentRules, results: &[Scored]) -> Scored {
    if let Some(broken) = results.iter().find(|scored| scored.is_broken()) {
        return broken.clone();
    }
    let verdict = results.iter().try_fold(Verdict::Accepted, |found, scored| {
        let verdict = scored.verdict?;
        Some(if found.is_accepted() { verdict } else { found })
    });
    let failed = results.iter().find_map(|scored| scored.verdict.filter(|verdict| !verdict.is_accepted()));
    let scores: Option<Vec<_>> = results.iter().map(|scored| scored.score).collect();
    let score = match rules.aggregation {
        Aggregation::PassFail => match (failed, verdict) {
            (Some(_), _) => Some(0.0),
            (None, Some(_)) => Some(rules.max_score.unwrap_or(0.0)),
            (None, None) => None,
        },
        Aggregation::Min if results.iter().any(|scored| scored.score == Some(0.0)) => Some(0.0),
        Aggregation::Min => scores.map(|scores| lowest(&scores)),
        Aggregation::Sum => scores.map(|scores| scores.iter().sum()),
    };
    bounded(Scored { verdict: verdict.or(failed), score, ..Scored::default() }, rules)
}

fn lowest(scores: &[f64]) -> f64 {
    scores.iter().copied().reduce(f64::min).unwrap_or(0.0)
}

/// "It is a judge error if the score … exceeds its max_score."
fn bounded(scored: Scored, rules: &CurrentRules) -> Scored {
    match (scored.score, rules.max_score) {
        (Some(score), Some(most)) if score > most + ROUNDING * most.max(1.0) => {
            Scored::broken(format!("score {} is more than max_score {}", Short(score), Short(most)))
        }
        _ => scored,
    }
}

/// Which groups are passed, of those that have been looked at; none: open. Groups require earlier ones alone.
type Passed<'a> = BTreeMap<&'a str, Option<bool>>;

/// Whether all groups that are required are passed; none while that is open ("Group dependencies").
fn requirement(rules: &CurrentRules, passed: &Passed<'_>) -> Option<bool> {
    let required = || rules.require_pass.iter().filter_map(|name| passed.get(name.as_str()).copied());
    if required().any(|passed| passed == Some(false)) {
        return Some(false);
    }
    required().all(|passed| passed.is_some()).then_some(true)
}

/// Whether every case of the group is accepted; a group that is not run is not passed.
fn is_passed(group: &Group, passed: &Passed<'_>, known: Known<'_>) -> Option<bool> {
    let Rules::Current(rules) = &group.rules else { return None };
    let cases = group.cases();
    if requirement(rules, passed) == Some(false) || cases.iter().any(|case| is_failed(*case, known)) {
        return Some(false);
    }
    cases.iter().all(|case| known.outcome(*case).is_some()).then_some(true)
}

fn skipped(group: &Group, judgement: &mut Judgement) -> Scored {
    judgement.needless.extend(group.cases());
    Scored { verdict: Some(Verdict::WrongAnswer), score: Some(0.0), skipped: true, fault: None }
}

/// A group of cases ("Scoring test data groups").
fn of_group(group: &Group, passed: &Passed<'_>, known: Known<'_>, judgement: &mut Judgement) -> Scored {
    let Rules::Current(rules) = &group.rules else { return Scored::default() };
    match requirement(rules, passed) {
        Some(true) => {}
        Some(false) => return skipped(group, judgement),
        None => return Scored::default(),
    }
    let all = group.cases();
    let failed = all.iter().position(|case| is_failed(*case, known));
    // What ran behind the first failure, beside it, is as if it had not.
    let (cases, needless) = match failed {
        Some(first) if rules.aggregation != Aggregation::Sum => all.split_at(first + 1),
        _ => (&all[..], &[][..]),
    };
    judgement.needless.extend(needless);
    let scores = match scores(rules, all.len(), cases, known) {
        Ok(scores) => scores,
        Err(fault) => return Scored::broken(fault),
    };
    let is_zero = rules.aggregation != Aggregation::Sum && failed.is_some();
    let all: Option<Vec<_>> = scores.iter().copied().collect();
    let score = match rules.aggregation {
        _ if is_zero => Some(0.0),
        Aggregation::PassFail => all.map(|_| rules.max_score.unwrap_or(0.0)),
        Aggregation::Sum => all.map(|scores| scores.iter().sum()),
        Aggregation::Min => all.map(|scores| lowest(&scores)),
    };
    let first = failed.and_then(|first| known.outcome(cases[first]));
    let verdict = verdict(cases, known).or_else(|| first.map(|outcome| outcome.verdict));
    bounded(Scored { verdict, score, ..Scored::default() }, rules)
}

/// The score of each of these cases that has been run, where there are `all` in the group ("Scoring test cases"), or what the validator
/// did wrong.
fn scores(
    rules: &CurrentRules,
    all: usize,
    cases: &[usize],
    known: Known<'_>,
) -> Result<Vec<Option<f64>>, String> {
    let most = |case| most_of_case(rules, case, all);
    let score =
        |case: &usize| known.outcome(*case).map(|outcome| score(rules, most(*case), outcome)).transpose();
    cases.iter().map(score).collect()
}

/// What a case of so many can give; the one that is judged by the sources has a score of its own.
fn most_of_case(rules: &CurrentRules, case: usize, cases: usize) -> Option<f64> {
    let (static_score, others) = match &rules.static_case {
        Some(own) if own.case == case => return own.score,
        Some(own) => (own.score.unwrap_or(0.0), cases - 1),
        None => (0.0, cases),
    };
    match rules.aggregation {
        Aggregation::Sum => rules.max_score.map(|most| (most - static_score) / others.max(1) as f64),
        Aggregation::Min | Aggregation::PassFail => rules.max_score,
    }
}

fn score(rules: &CurrentRules, most: Option<f64>, outcome: Outcome) -> Result<f64, String> {
    let gives = outcome.score.is_some() || outcome.multiplier.is_some();
    match outcome.verdict {
        Verdict::JudgeError => Err("a case could not be judged".to_owned()),
        Verdict::Accepted if gives && rules.aggregation == Aggregation::PassFail => {
            Err("a score in a group that passes or fails".to_owned())
        }
        Verdict::Accepted if rules.aggregation == Aggregation::PassFail => Ok(0.0),
        Verdict::Accepted => accepted_score(most, outcome.score, outcome.multiplier),
        _ if gives => Err("a score for a case that is not accepted".to_owned()),
        _ => Ok(0.0),
    }
}

fn accepted_score(most: Option<f64>, score: Option<f64>, multiplier: Option<f64>) -> Result<f64, String> {
    match (most, score, multiplier) {
        (_, Some(_), Some(_)) => Err("both a score and a multiplier".to_owned()),
        (None, None, None) => Err("no score, although it has no bound".to_owned()),
        (None, _, Some(_)) => Err("a multiplier, although the score has no bound".to_owned()),
        (Some(most), None, None) => Ok(most),
        (Some(_), _, Some(part)) if !(0.0..=1.0).contains(&part) => {
            Err(format!("multiplier {} is not from 0 to 1", Short(part)))
        }
        (Some(most), _, Some(part)) => Ok(most * part),
        (_, Some(score), _) if !(0.0..f64::INFINITY).contains(&score) => {
            Err(format!("score {} is not 0 or more", Short(score)))
        }
        (Some(most), Some(score), _) if score > most + ROUNDING * most.max(1.0) => {
            Err(format!("score {} is more than {}", Short(score), Short(most)))
        }
        (_, Some(score), _) => Ok(score),
    }
}

#[cfg(test)]
mod tests {
    use super::super::grade;
    use super::*;
    use crate::data::Data;
    use crate::verdict::Verdict::{Accepted, JudgeError, RunTimeError, TimeLimitExceeded, WrongAnswer};

    fn group(
        name: &str,
        max_score: Option<f64>,
        aggregation: Aggregation,
        cases: std::ops::Range<usize>,
    ) -> Group {
        let rules = Rules::Current(CurrentRules { max_score, aggregation, ..CurrentRules::default() });
        Group { name: name.to_owned(), rules, items: cases.map(Item::Case).collect() }
    }

    fn requiring(mut group: Group, names: &[&str]) -> Group {
        if let Rules::Current(rules) = &mut group.rules {
            rules.require_pass = names.iter().map(|name| (*name).to_owned()).collect();
        }
        group
    }

    fn root(mut secret: Group, groups: Vec<Group>) -> Data {
        secret.items.extend(groups.into_iter().map(Item::Group));
        let sample = group("sample", None, Aggregation::PassFail, 0..1);
        let mut root = group("", None, Aggregation::PassFail, 0..0);
        root.items = vec![Item::Group(sample), Item::Group(secret)];
        Data { root, ..Data::default() }
    }

    /// `A` accepted, `W` wrong, `T` slow, `R` crashed, `J` not judged, `.` not run; the first is the sample.
    fn outcomes(text: &str) -> Vec<Option<Outcome>> {
        let verdict = |letter| match letter {
            'A' => Some(Accepted),
            'W' => Some(WrongAnswer),
            'T' => Some(TimeLimitExceeded),
            'R' => Some(RunTimeError),
            'J' => Some(JudgeError),
            _ => None,
        };
        text.chars().map(|letter| verdict(letter).map(Outcome::of)).collect()
    }

    fn judge(data: &Data, text: &str) -> Judgement {
        grade(&data.root, true, &outcomes(text), &|_, _| None)
    }

    fn pass_fail(text: &str) -> Judgement {
        let data = root(group("secret", None, Aggregation::Sum, 1..4), Vec::new());
        grade(&data.root, false, &outcomes(text), &|_, _| None)
    }

    #[test]
    fn every_case_must_be_accepted() {
        assert_eq!(pass_fail("AAAA").verdict, Some(Accepted));
        assert_eq!(pass_fail("AATW").verdict, Some(TimeLimitExceeded));
        assert_eq!(pass_fail("WAAA").verdict, Some(WrongAnswer));
        assert_eq!(pass_fail("AAAA").score, None);
    }

    #[test]
    fn after_a_failure_the_rest_is_needless() {
        let judgement = pass_fail("AR..");
        assert_eq!((judgement.verdict, judgement.needless), (Some(RunTimeError), [2, 3].into()));
        let judgement = pass_fail("A.W.");
        assert_eq!((judgement.verdict, judgement.needless), (None, [3].into()));
    }

    #[test]
    fn sums_give_each_case_its_part() {
        let data = root(group("secret", Some(100.0), Aggregation::Sum, 1..5), Vec::new());
        let judgement = judge(&data, "AAWAA");
        assert_eq!((judgement.score, judgement.verdict), (Some(75.0), Some(WrongAnswer)));
        assert!(judgement.needless.is_empty());
        assert_eq!(judge(&data, "WAAAA").score, Some(100.0));
        assert_eq!(judge(&data, "AAA.A").score, None);
    }

    #[test]
    fn a_case_of_the_sources_has_a_score_of_its_own_and_the_others_share_the_rest() {
        use crate::data::StaticCase;
        let with_sources = |aggregation| {
            let mut secret = group("secret", Some(100.0), aggregation, 1..4);
            if let Rules::Current(rules) = &mut secret.rules {
                rules.static_case = Some(StaticCase { score: Some(20.0), case: 1 });
            }
            root(secret, Vec::new())
        };
        let sum = with_sources(Aggregation::Sum);
        for (text, score) in [("AAAA", 100.0), ("AWAA", 80.0), ("AAWA", 60.0), ("AAWW", 20.0)] {
            assert_eq!(judge(&sum, text).score, Some(score), "{text}");
        }
        assert_eq!(judge(&with_sources(Aggregation::Min), "AAAA").score, Some(20.0));
    }

    fn grouped() -> Data {
        let one = group("secret/1", Some(40.0), Aggregation::PassFail, 1..3);
        let two = requiring(group("secret/2", Some(60.0), Aggregation::Min, 3..5), &["sample", "secret/1"]);
        root(group("secret", Some(100.0), Aggregation::Sum, 0..0), vec![one, two])
    }

    #[test]
    fn groups_are_summed() {
        assert_eq!(judge(&grouped(), "AAAAA").score, Some(100.0));
        let judgement = judge(&grouped(), "AAAW.");
        assert_eq!((judgement.score, judgement.verdict), (Some(40.0), Some(WrongAnswer)));
        assert_eq!(judgement.needless, [4].into());
    }

    #[test]
    fn groups_that_require_another_are_not_run() {
        let judgement = judge(&grouped(), "AW...");
        assert_eq!(judgement.score, Some(0.0));
        assert_eq!(judgement.needless, [2, 3, 4].into());
        let two = judgement.groups.iter().find(|group| group.name == "secret/2").unwrap();
        assert!(two.skipped);
        let judgement = judge(&grouped(), "WAA..");
        assert_eq!((judgement.score, judgement.needless), (Some(40.0), [3, 4].into()));
        assert_eq!(judge(&grouped(), ".AA..").score, None);
    }

    #[test]
    fn a_group_that_is_not_run_passes_for_nobody() {
        let one = group("secret/1", Some(1.0), Aggregation::PassFail, 1..2);
        let two = requiring(group("secret/2", Some(1.0), Aggregation::PassFail, 2..3), &["secret/1"]);
        let three = requiring(group("secret/3", Some(1.0), Aggregation::PassFail, 3..4), &["secret/2"]);
        let data = root(group("secret", Some(3.0), Aggregation::Sum, 0..0), vec![one, two, three]);
        let judgement = judge(&data, "AWAA");
        assert_eq!((judgement.score, judgement.needless), (Some(0.0), [2, 3].into()));
    }

    #[test]
    fn many_groups_may_require_all_before_them() {
        let name = |number: usize| format!("secret/{number:02}");
        let groups = (0..60).map(|number| {
            let names: Vec<_> = (0..number).map(name).collect();
            let names: Vec<_> = names.iter().map(String::as_str).collect();
            requiring(group(&name(number), Some(1.0), Aggregation::PassFail, number + 1..number + 2), &names)
        });
        let data = root(group("secret", Some(60.0), Aggregation::Sum, 0..0), groups.collect());
        assert_eq!(judge(&data, &"A".repeat(61)).score, Some(60.0));
    }

    #[test]
    fn the_lowest_counts_and_zero_ends_it() {
        let one = group("secret/1", Some(10.0), Aggregation::PassFail, 1..2);
        let two = group("secret/2", Some(20.0), Aggregation::PassFail, 2..3);
        let data = root(group("secret", Some(100.0), Aggregation::Min, 0..0), vec![one, two]);
        assert_eq!(judge(&data, "AAA").score, Some(10.0));
        let judgement = judge(&data, "AW.");
        assert_eq!((judgement.score, judgement.needless), (Some(0.0), [2].into()));
    }

    #[test]
    fn all_or_nothing_over_groups() {
        let one = group("secret/1", None, Aggregation::PassFail, 1..2);
        let two = group("secret/2", None, Aggregation::PassFail, 2..3);
        let data = root(group("secret", Some(7.0), Aggregation::PassFail, 0..0), vec![one, two]);
        assert_eq!(judge(&data, "AAA").score, Some(7.0));
        let judgement = judge(&data, "AW.");
        assert_eq!((judgement.score, judgement.needless), (Some(0.0), [2].into()));
    }

    /// Verdict, score and fault of the whole are those that there would be without what ran beside the first failure, behind it.
    #[track_caller]
    fn is_as_in_turn(data: &Data, beside: &str, in_turn: &str) {
        let [beside, in_turn] = [beside, in_turn].map(|text| judge(data, text));
        assert_eq!(beside, in_turn);
        assert!(in_turn.verdict.is_some_and(|verdict| verdict != JudgeError), "{in_turn:?}");
    }

    #[test]
    fn a_case_behind_its_groups_first_failure_that_could_not_be_judged_decides_nothing() {
        for aggregation in [Aggregation::Min, Aggregation::PassFail] {
            let data = root(group("secret", Some(10.0), aggregation, 1..4), Vec::new());
            is_as_in_turn(&data, "AAWJ", "AAW.");
            is_as_in_turn(&data, "AWJA", "AW..");
            assert_eq!(judge(&data, "AJWA").verdict, Some(JudgeError), "it is the first");
            assert_eq!(judge(&data, "A.WJ").verdict, Some(WrongAnswer));
        }
        let sum = root(group("secret", Some(10.0), Aggregation::Sum, 1..4), Vec::new());
        assert_eq!(judge(&sum, "AAWJ").verdict, Some(JudgeError), "where all are run all count");
    }

    #[test]
    fn a_group_behind_the_one_that_settles_the_whole_decides_nothing() {
        for aggregation in [Aggregation::Min, Aggregation::PassFail] {
            let one = group("secret/1", Some(10.0), Aggregation::PassFail, 1..2);
            let two = group("secret/2", Some(20.0), Aggregation::Sum, 2..4);
            let data = root(group("secret", Some(10.0), aggregation, 0..0), vec![one, two]);
            let of_all = |text| {
                let judgement = judge(&data, text);
                (judgement.verdict, judgement.score, judgement.needless)
            };
            assert_eq!(of_all("AWJA"), of_all("AW.."), "{aggregation:?}");
            assert_eq!(of_all("AW..").0, Some(WrongAnswer));
            assert_eq!(of_all("AAJA").0, Some(JudgeError), "{aggregation:?}");
        }
    }

    fn scored(max_score: Option<f64>, aggregation: Aggregation, outcome: Outcome) -> Judgement {
        let data = root(group("secret", max_score, aggregation, 1..2), Vec::new());
        grade(&data.root, true, &[Some(Outcome::of(Accepted)), Some(outcome)], &|_, _| None)
    }

    #[test]
    fn validators_give_scores_and_multipliers() {
        let part = |part| Outcome { multiplier: Some(part), ..Outcome::of(Accepted) };
        assert_eq!(scored(Some(50.0), Aggregation::Sum, part(0.5)).score, Some(25.0));
        assert_eq!(scored(Some(50.0), Aggregation::Min, Outcome::scored(20.0)).score, Some(20.0));
        assert_eq!(scored(None, Aggregation::Sum, Outcome::scored(2e9)).score, Some(2e9));
    }

    #[test]
    fn scores_that_may_not_be_are_judge_errors() {
        let part = |part| Outcome { multiplier: Some(part), ..Outcome::of(Accepted) };
        let failed = Outcome { score: Some(1.0), ..Outcome::of(WrongAnswer) };
        let both = Outcome { score: Some(1.0), ..part(1.0) };
        for (max_score, aggregation, outcome) in [
            (None, Aggregation::Sum, Outcome::of(Accepted)),
            (None, Aggregation::Sum, part(0.5)),
            (Some(5.0), Aggregation::Sum, part(1.5)),
            (Some(5.0), Aggregation::Sum, part(f64::NAN)),
            (Some(5.0), Aggregation::Sum, both),
            (Some(5.0), Aggregation::Sum, failed),
            (Some(5.0), Aggregation::Sum, Outcome::scored(6.0)),
            (Some(5.0), Aggregation::Sum, Outcome::scored(-1.0)),
            (None, Aggregation::Sum, Outcome::scored(f64::INFINITY)),
            (Some(5.0), Aggregation::PassFail, Outcome::scored(1.0)),
            (Some(5.0), Aggregation::Sum, Outcome::of(JudgeError)),
        ] {
            let judgement = scored(max_score, aggregation, outcome);
            assert_eq!(judgement.verdict, Some(JudgeError), "{max_score:?} {aggregation:?} {outcome:?}");
            assert!(judgement.groups.last().unwrap().fault.is_some());
        }
    }

    #[test]
    fn groups_may_not_give_more_than_the_whole() {
        let one = group("secret/1", Some(80.0), Aggregation::PassFail, 1..2);
        let two = group("secret/2", Some(80.0), Aggregation::PassFail, 2..3);
        let data = root(group("secret", Some(100.0), Aggregation::Sum, 0..0), vec![one, two]);
        assert_eq!(judge(&data, "AAA").verdict, Some(JudgeError));
    }
}
