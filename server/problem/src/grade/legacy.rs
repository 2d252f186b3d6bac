//! The default grader, and what is not run after a rejection (legacy, "Default grader specification", "Test data
//! groups").

use super::{CustomGrader, GroupResult, Judgement, Known, Outcome};
use crate::data::{Grader, Group, Item, LegacyRules, OnReject, Rules, ScoreMode, VerdictMode};
use crate::number::Short;
use crate::verdict::Verdict;

type Result = (Verdict, f64);

pub(super) fn grade(root: &Group, known: Known<'_>, custom: &CustomGrader<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    if let Some((verdict, score)) = group(root, known, custom, &mut judgement) {
        judgement.verdict = Some(verdict);
        judgement.score = (known.scoring && verdict.is_accepted()).then_some(score);
    }
    judgement
}

/// The group's result, once all is known that it depends on.
fn group(
    group: &Group,
    known: Known<'_>,
    custom: &CustomGrader<'_>,
    judgement: &mut Judgement,
) -> Option<Result> {
    let Rules::Legacy(rules) = &group.rules else { return None };
    let results = results(group, rules, known, custom, judgement);
    let result = results.and_then(|results| aggregate(group, rules, &results, custom));
    let fault = result.filter(|_| known.scoring).and_then(|result| out_of_range(result, rules));
    let result = result.map(|result| if known.scoring { finite(result) } else { result });
    judgement.groups.push(GroupResult {
        name: group.name.clone(),
        verdict: result.map(|(verdict, _)| verdict),
        score: result.map(|(_, score)| score).filter(|_| known.scoring),
        skipped: false,
        fault,
    });
    result
}

/// The results of what the group holds, up to where it breaks; none while one of them is open.
fn results(
    group: &Group,
    rules: &LegacyRules,
    known: Known<'_>,
    custom: &CustomGrader<'_>,
    judgement: &mut Judgement,
) -> Option<Vec<Result>> {
    let mut results = Some(Vec::new());
    let mut is_broken = false;
    for item in &group.items {
        if is_broken {
            judgement.needless.extend(cases(item));
            continue;
        }
        let result = match item {
            Item::Case(case) => known.outcome(*case).map(|outcome| case_result(outcome, rules)),
            Item::Group(inner) => self::group(inner, known, custom, judgement),
        };
        is_broken =
            rules.on_reject == OnReject::Break && result.is_some_and(|(verdict, _)| !verdict.is_accepted());
        results = results.zip(result).map(|(mut results, result)| {
            results.push(result);
            results
        });
    }
    results
}

fn cases(item: &Item) -> Vec<usize> {
    match item {
        Item::Case(case) => vec![*case],
        Item::Group(group) => group.cases(),
    }
}

fn case_result(outcome: Outcome, rules: &LegacyRules) -> Result {
    let default = if outcome.verdict.is_accepted() { rules.accept_score } else { rules.reject_score };
    (outcome.verdict, outcome.score.unwrap_or(default))
}

fn aggregate(
    group: &Group,
    rules: &LegacyRules,
    results: &[Result],
    custom: &CustomGrader<'_>,
) -> Option<Result> {
    if results.is_empty() {
        return Some((Verdict::Accepted, 0.0));
    }
    if results.iter().any(|(verdict, _)| *verdict == Verdict::JudgeError) {
        return Some((Verdict::JudgeError, 0.0));
    }
    if rules.custom_grader { custom(group, results) } else { Some(default_grader(rules.grader, results)) }
}

fn default_grader(grader: Grader, results: &[Result]) -> Result {
    let counted = if grader.ignore_sample { &results[results.len() - 1..] } else { results };
    let verdicts = || counted.iter().map(|(verdict, _)| *verdict);
    let verdict = if grader.accept_if_any_accepted && verdicts().any(Verdict::is_accepted) {
        Verdict::Accepted
    } else {
        aggregate_verdicts(grader.verdict, verdicts())
    };
    (verdict, aggregate_scores(grader.score, counted.iter().map(|(_, score)| *score)))
}

fn aggregate_verdicts(mode: VerdictMode, mut verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    let found = match mode {
        VerdictMode::WorstError => verdicts.min_by_key(|verdict| rank(*verdict)),
        VerdictMode::FirstError => verdicts.find(|verdict| !verdict.is_accepted()),
        VerdictMode::AlwaysAccept => None,
    };
    found.unwrap_or(Verdict::Accepted)
}

fn rank(verdict: Verdict) -> Option<usize> {
    Verdict::WORST_FIRST.iter().position(|known| *known == verdict)
}

fn aggregate_scores(mode: ScoreMode, scores: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = scores.len() as f64;
    match mode {
        ScoreMode::Sum => scores.sum(),
        ScoreMode::Avg => scores.sum::<f64>() / count,
        ScoreMode::Min => scores.fold(f64::INFINITY, f64::min),
        ScoreMode::Max => scores.fold(f64::NEG_INFINITY, f64::max),
    }
}

/// What is too large to be a score is the problem's fault.
fn finite((verdict, score): Result) -> Result {
    if verdict.is_accepted() && !score.is_finite() { (Verdict::JudgeError, 0.0) } else { (verdict, score) }
}

fn out_of_range((verdict, score): Result, rules: &LegacyRules) -> Option<String> {
    let (least, most) = rules.range;
    let is_out = verdict.is_accepted() && !(least..=most).contains(&score);
    if verdict.is_accepted() && !score.is_finite() {
        return Some("the score is too large to be a number".to_owned());
    }
    is_out.then(|| format!("score {} is not from {} to {}", Short(score), Short(least), Short(most)))
}

#[cfg(test)]
mod tests {
    use super::super::grade;
    use super::*;
    use crate::data::Data;
    use crate::verdict::Verdict::{Accepted, JudgeError, RunTimeError, TimeLimitExceeded, WrongAnswer};

    fn group(name: &str, flags: &str, items: Vec<Item>) -> Group {
        let words: Vec<_> = flags.split_whitespace().map(str::to_owned).collect();
        let rules = LegacyRules { grader: Grader::parse(&words).unwrap(), ..LegacyRules::default() };
        Group { name: name.to_owned(), rules: Rules::Legacy(rules), items }
    }

    fn continued(mut group: Group) -> Group {
        if let Rules::Legacy(rules) = &mut group.rules {
            rules.on_reject = OnReject::Continue;
        }
        group
    }

    fn judge(root: Group, outcomes: &[Option<Outcome>]) -> Judgement {
        grade(&root, true, outcomes, &|_, _| None)
    }

    fn flat(flags: &str, verdicts: &[Verdict]) -> Judgement {
        let items = (0..verdicts.len()).map(Item::Case).collect();
        let outcomes: Vec<_> = verdicts.iter().map(|verdict| Some(Outcome::of(*verdict))).collect();
        judge(continued(group("", flags, items)), &outcomes)
    }

    #[test]
    fn verdicts_are_the_worst_the_first_or_accepted() {
        let verdicts = [Accepted, WrongAnswer, RunTimeError, TimeLimitExceeded];
        assert_eq!(flat("", &verdicts).verdict, Some(RunTimeError));
        assert_eq!(flat("first_error", &verdicts).verdict, Some(WrongAnswer));
        assert_eq!(flat("always_accept", &verdicts).verdict, Some(Accepted));
        assert_eq!(flat("accept_if_any_accepted", &verdicts).verdict, Some(Accepted));
        assert_eq!(flat("accept_if_any_accepted", &verdicts[1..]).verdict, Some(RunTimeError));
        assert_eq!(flat("first_error worst_error", &verdicts).verdict, Some(RunTimeError));
    }

    #[test]
    fn a_judge_error_is_never_hidden() {
        assert_eq!(flat("always_accept", &[Accepted, JudgeError]).verdict, Some(JudgeError));
    }

    #[test]
    fn scores_are_put_together() {
        let scores = [Some(Outcome::scored(1.0)), Some(Outcome::scored(5.0)), Some(Outcome::scored(3.0))];
        let score = |flags| judge(group("", flags, (0..3).map(Item::Case).collect()), &scores).score;
        assert_eq!(score("sum"), Some(9.0));
        assert_eq!(score("avg"), Some(3.0));
        assert_eq!(score("min"), Some(1.0));
        assert_eq!(score("max"), Some(5.0));
    }

    #[test]
    fn cases_without_a_score_have_the_groups() {
        let mut root = continued(group("", "always_accept", vec![Item::Case(0), Item::Case(1)]));
        let Rules::Legacy(rules) = &mut root.rules else { panic!("legacy") };
        (rules.accept_score, rules.reject_score) = (10.0, -2.0);
        let outcomes = [Some(Outcome::of(Accepted)), Some(Outcome::of(WrongAnswer))];
        assert_eq!(judge(root, &outcomes).score, Some(8.0));
    }

    #[test]
    fn a_rejected_submission_has_no_score() {
        assert_eq!(flat("sum", &[Accepted, WrongAnswer]).score, None);
    }

    #[test]
    fn after_a_rejection_the_rest_is_needless() {
        let items = || (0..4).map(Item::Case).collect();
        let outcomes = [Some(Outcome::of(Accepted)), Some(Outcome::of(WrongAnswer)), None, None];
        let judgement = judge(group("", "", items()), &outcomes);
        assert_eq!(judgement.verdict, Some(WrongAnswer));
        assert_eq!(judgement.needless, [2, 3].into());
        let judgement = judge(continued(group("", "", items())), &outcomes);
        assert_eq!((judgement.verdict, judgement.needless.len()), (None, 0));
    }

    #[test]
    fn what_came_earlier_must_be_known() {
        let items = (0..3).map(Item::Case).collect();
        let judgement = judge(group("", "", items), &[None, Some(Outcome::of(WrongAnswer)), None]);
        assert_eq!((judgement.verdict, judgement.needless), (None, [2].into()));
    }

    #[test]
    fn subgroups_break_on_their_own() {
        let one = group("secret/1", "min", vec![Item::Case(1), Item::Case(2)]);
        let two = group("secret/2", "min", vec![Item::Case(3)]);
        let secret = continued(group(
            "secret",
            "first_error accept_if_any_accepted",
            vec![Item::Group(one), Item::Group(two)],
        ));
        let sample = group("sample", "", vec![Item::Case(0)]);
        let root = continued(group("", "ignore_sample", vec![Item::Group(sample), Item::Group(secret)]));
        let outcomes =
            [Some(WrongAnswer), Some(WrongAnswer), None, Some(Accepted)].map(|one| one.map(Outcome::of));
        let judgement = judge(root, &outcomes);
        assert_eq!((judgement.verdict, judgement.score), (Some(Accepted), Some(1.0)));
        assert_eq!(judgement.needless, [2].into());
        let verdict = |name: &str| judgement.groups.iter().find(|group| group.name == name).unwrap().verdict;
        assert_eq!((verdict("sample"), verdict("secret/1")), (Some(WrongAnswer), Some(WrongAnswer)));
    }

    #[test]
    fn scores_out_of_range_are_told() {
        let mut root = group("", "", vec![Item::Case(0)]);
        let Rules::Legacy(rules) = &mut root.rules else { panic!("legacy") };
        rules.range = (0.0, 5.0);
        let judgement = judge(root, &[Some(Outcome::scored(7.0))]);
        assert_eq!(judgement.groups[0].fault.as_deref(), Some("score 7 is not from 0 to 5"));
        let large = Some(Outcome::scored(1e308));
        let judgement = judge(group("", "sum", vec![Item::Case(0), Item::Case(1)]), &[large, large]);
        let told = judgement.groups[0].fault.as_deref();
        let expected = (Some(JudgeError), Some("the score is too large to be a number"));
        assert_eq!((judgement.verdict, told), expected);
    }

    #[test]
    fn the_packages_own_grader_is_asked() {
        let mut root = group("", "", vec![Item::Case(0)]);
        let Rules::Legacy(rules) = &mut root.rules else { panic!("legacy") };
        rules.custom_grader = true;
        let data = Data { root, ..Data::default() };
        let outcomes = [Some(Outcome::of(Accepted))];
        assert_eq!(grade(&data.root, true, &outcomes, &|_, _| None).verdict, None);
        let judgement = grade(&data.root, true, &outcomes, &|_, results| Some((results[0].0, 42.0)));
        assert_eq!(judgement.score, Some(42.0));
    }
}
