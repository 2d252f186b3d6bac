//! Has a package's submissions judged: all of them at once, or, where the package tells no time limit, first those that it follows from.

use gavel_problem::Package;

use super::examples::{Judged, Judging, One};
use super::inputs::Inputs;
use super::report::Verified;
use super::temporary::Problem;
use super::time_limit::{TimeLimit, UNTIL_FOUND, is_measured};
use super::{Outcome, Verify, compare};
use crate::failure::Failure;
use crate::languages::Language;
use crate::problem::push::{self, Show, Told};
use crate::terminal::Terminal;

/// Submissions of a package with what has come of them as yet.
pub(super) struct Rounds<'a> {
    pub(super) verify: &'a Verify,
    pub(super) package: &'a Package,
    pub(super) problem: &'a Problem<'a>,
    pub(super) examples: Vec<One<'a>>,
    pub(super) judged: Vec<Option<Judged>>,
    /// Seconds that follow from the accepted submissions, where the package tells none.
    pub(super) found: Option<f64>,
}

impl Rounds<'_> {
    /// Judges what a time limit follows from, and then the others by that. What was measured keeps its verdict: it takes less.
    pub(super) fn find_time_limit(
        &mut self,
        known: &[Language],
        terminal: &mut Terminal<'_>,
    ) -> Result<(), Failure> {
        self.judge(Some(UNTIL_FOUND), is_measured, terminal)?;
        self.found = self.time_limit(known).found();
        if let Some(found) = self.found {
            let told = format!(
                "note: problem.yaml: no time limit is told: {found} s follows from the accepted submissions"
            );
            terminal.remark(&told)?;
        }
        self.judge(self.found, |_| true, terminal)
    }

    /// Sends the package with this limit, and has those judged that are wanted and are not yet.
    pub(super) fn judge(
        &mut self,
        time_limit: Option<f64>,
        is_wanted: impl Fn(One<'_>) -> bool,
        terminal: &mut Terminal<'_>,
    ) -> Result<(), Failure> {
        let wanted = self.judged.iter().zip(&self.examples).enumerate();
        let wanted = wanted.filter(|(_, (judged, one))| judged.is_none() && is_wanted(**one));
        let wanted: Vec<_> = wanted.map(|(number, _)| number).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let path = self.verify.package.as_path();
        let sent = push::Package { path, links: self.verify.links.links(), time_limit };
        let told = Told { show: Some(Show::Full), private: Some(true) };
        let version = self.problem.push(|client, id| push::push(client, sent, id, told))?;
        let (version, metadata) = (version.as_deref(), &self.package.metadata);
        let (constants, languages) = (&metadata.constants, metadata.languages.as_deref());
        let judging = Judging { folder: path, problem: self.problem, version, constants, languages };
        let these: Vec<_> = wanted.iter().map(|number| self.examples[*number]).collect();
        let before = self.judged.iter().flatten().count();
        let all = self.examples.len();
        let judged = judging.all(&these, self.verify.jobs, |done| progress(before + done, all, terminal));
        if terminal.live {
            terminal.aside("\r\x1b[K")?;
        }
        for (number, judged) in wanted.into_iter().zip(judged?) {
            self.judged[number] = Some(judged);
        }
        Ok(())
    }

    fn time_limit(&self, known: &[Language]) -> TimeLimit {
        let all = self.examples.iter().zip(&self.judged);
        let all: Vec<_> = all.filter_map(|(one, judged)| Some((*one, judged.as_ref()?))).collect();
        TimeLimit::of(self.package, known, &all)
    }

    /// What came of all of them.
    pub(super) fn outcome(self, known: &[Language], inputs: Inputs) -> Outcome {
        let time_limit = self.verify.time_limit.then(|| self.time_limit(known));
        let best = compare::best_score(self.package);
        let judged = self.examples.into_iter().zip(self.judged.into_iter().flatten());
        let verified = judged.map(|((example, language), judged)| {
            let disagreements = match &judged {
                Judged::Result(submission) => compare::disagreements(example, submission, best),
                Judged::Not(why) => vec![why.clone()],
                Judged::Skipped(_) => Vec::new(),
            };
            Verified::new(example, language, judged, disagreements)
        });
        Outcome { verified: verified.collect(), time_limit, found: self.found, inputs }
    }
}

fn progress(done: usize, all: usize, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    if terminal.live {
        terminal.aside(&format!("\r\x1b[K{done} of {all} submissions judged"))
    } else {
        Ok(())
    }
}
