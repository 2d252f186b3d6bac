//! `gavel problem verify`: runs a package's example submissions and compares with what is expected of them.

mod compare;
mod examples;
mod inputs;
mod interrupt;
mod report;
mod rounds;
mod temporary;
mod time_limit;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use gavel_problem::Package;
use gavel_problem::submissions::Submission as Example;
use serde_json::json;

use self::inputs::{Checking, Inputs};
use self::report::Verified;
use self::rounds::Rounds;
use self::temporary::Problem;
use self::time_limit::TimeLimit;
use super::Id;
use super::push;
use crate::failure::{Failure, Status};
use crate::http::Client;
use crate::languages::{self, Language};
use crate::options::Server;
use crate::submit::answers;
use crate::terminal::Terminal;

/// What `--help` says behind the options.
pub(crate) const HELP: &str = "\
Without --id the package is sent under an id of its own, verify-…, and removed at the end, also when it is interrupted. \
With --id it is sent under that id as well in the end, and stays.

The package's validators of inputs are run on all its inputs, unless --skip-inputs says otherwise. What is in a language that the \
server has not got, or that the package's own `languages` leave out, is skipped and told.

Exit status: 0 every submission that is judged is as expected and every input is valid, 1 one is not or could not be judged, 2 the package has faults or no \
submissions, 3 the server was not reached or refuses.";

/// A package to verify.
#[derive(Debug, Args)]
pub struct Verify {
    #[command(flatten)]
    server: Server,
    /// The package's folder
    #[arg(value_name = "FOLDER")]
    package: PathBuf,
    /// Keep the problem, under this id
    #[arg(long)]
    id: Option<Id>,
    /// What judgements by what is kept tell of secret tests [default: the server's, verdicts]
    #[arg(long, value_enum, requires = "id")]
    show: Option<push::Show>,
    /// How many submissions are judged at one time, at most 32
    #[arg(short, long, value_name = "COUNT", default_value = "4", value_parser = jobs)]
    jobs: NonZeroUsize,
    /// The server's language for one of the package, such as cpp=cpp23; may be given more than once
    #[arg(short, long = "language", value_name = "CODE=ID", value_parser = pair)]
    languages: Vec<(String, String)>,
    /// Tell which time limit follows from the accepted submissions, and whether the slow ones exceed it
    #[arg(long)]
    time_limit: bool,
    /// Do not run the package's validators of inputs
    #[arg(long)]
    skip_inputs: bool,
    #[command(flatten)]
    links: push::LinksOut,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What came of all submissions, of the time limit where that was asked for, and of the inputs.
struct Outcome {
    verified: Vec<Verified>,
    time_limit: Option<TimeLimit>,
    /// Seconds that follow from the accepted submissions, where the package tells none.
    found: Option<f64>,
    inputs: Inputs,
}

fn jobs(text: &str) -> Result<NonZeroUsize, String> {
    let jobs = text.parse().ok().and_then(NonZeroUsize::new).filter(|jobs| jobs.get() <= 32);
    jobs.ok_or_else(|| "from 1 to 32".to_owned())
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (code, id) = text.split_once('=').ok_or("expected CODE=ID")?;
    Ok((code.to_owned(), id.to_owned()))
}

impl Verify {
    pub(super) fn execute(&self, terminal: &mut Terminal<'_>) -> Result<Status, Failure> {
        let package = push::read(&self.package, self.links.links(), terminal)?;
        if package.submissions.is_empty() {
            return Err(Failure::file(&self.package, "has no submissions: there is nothing to verify"));
        }
        let client = self.server.client()?;
        let known = languages::all(&client)?;
        let languages = self.languages_of(&known, &package);
        let problem = Problem::new(&client);
        let verified = interrupt::cleaning_up(&problem, || {
            self.verify(&package, (&known, &languages), &problem, terminal)
        });
        // Whatever came of it, nothing of ours is to be left.
        let removed = problem.remove();
        let outcome = verified?;
        removed?;
        self.keep(&client, &outcome)?;
        let good = outcome.inputs.is_good()
            && outcome.verified.iter().all(Verified::is_good)
            && !outcome.verified.iter().all(Verified::is_skipped);
        self.tell(&outcome, good, terminal)?;
        Ok(if good { Status::Good } else { Status::Bad })
    }

    /// Sends the package to stay, with the limit that was found, where that is wanted.
    fn keep(&self, client: &Client, outcome: &Outcome) -> Result<(), Failure> {
        let Some(id) = &self.id else { return Ok(()) };
        let links = self.links.links();
        let kept = push::Package { path: &self.package, links, time_limit: outcome.found };
        push::push(client, kept, id, push::Told { show: self.show, private: None }).map(|_| ())
    }

    /// The server's language of each submission.
    fn languages_of(&self, known: &[Language], package: &Package) -> Vec<Option<String>> {
        let language = |example: &Example| {
            let names = example.program.files.iter().map(String::as_str);
            if package.metadata.kind.submit_answer && answers::are(names) {
                return Some(answers::LANGUAGE.to_owned());
            }
            let code = example.language.as_deref().or(example.program.language.as_deref());
            let given = self.languages.iter().find(|(given, _)| Some(given.as_str()) == code);
            given.map(|(_, id)| id.clone()).or_else(|| {
                let found = languages::for_code(known, code, &example.program.files);
                found.filter(|id| languages::is_available(known, id)).map(str::to_owned)
            })
        };
        package.submissions.iter().map(language).collect()
    }

    fn verify(
        &self,
        package: &Package,
        (known, languages): (&[Language], &[Option<String>]),
        problem: &Problem<'_>,
        terminal: &mut Terminal<'_>,
    ) -> Result<Outcome, Failure> {
        let examples: Vec<_> =
            package.submissions.iter().zip(languages.iter().map(Option::as_deref)).collect();
        let mut rounds = Rounds {
            verify: self,
            package,
            problem,
            judged: vec![None; examples.len()],
            examples,
            found: None,
        };
        if package.metadata.limits.time_limit.is_none() {
            rounds.find_time_limit(known, terminal)?;
        } else {
            rounds.judge(None, |_| true, terminal)?;
        }
        let inputs = if self.skip_inputs {
            Inputs::default()
        } else {
            Checking { folder: &self.package, package, known, problem }.all()?
        };
        Ok(rounds.outcome(known, inputs))
    }

    fn tell(&self, outcome: &Outcome, good: bool, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
        let Outcome { verified, time_limit, inputs, found: _ } = outcome;
        if self.json {
            let all: Vec<_> = verified.iter().map(Verified::json).collect();
            let mut told = json!({"verified": good, "submissions": all});
            if !self.skip_inputs {
                told["inputs"] = inputs.json();
            }
            if let Some(limit) = time_limit {
                told["time_limit"] = limit.json();
            }
            return terminal.json(&told);
        }
        let limit = time_limit.as_ref().map(TimeLimit::told).unwrap_or_default();
        let report = report::report(verified, terminal) + &inputs.told() + &limit;
        terminal.print(&report)
    }
}
