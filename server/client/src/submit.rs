//! `gavel submit`: has a program judged and tells what it is worth.

pub(crate) mod answers;
mod conditions;
mod follow;
mod live;
pub(crate) mod report;
mod sources;
pub(crate) mod tests;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::{Value, json};

use self::conditions::Conditions;
use self::live::Live;
use self::tests::Tests;
use crate::failure::{Failure, Status};
use crate::http::{Ask, Client};
use crate::languages::{self, Choice};
use crate::options::Server;
use crate::patience::Patience;
use crate::problem::Id;
use crate::submission::{self, Submission};
use crate::terminal::Terminal;
use crate::text;

/// What `--help` says behind the options.
pub(crate) const HELP: &str = "\
Without --problem, --tests and --stdin the program runs once on an empty input, and what it writes is shown.

Exit status: 0 Accepted, 1 another verdict, 2 the command line or a file makes no sense, 3 the server was not reached or \
refuses, 4 there was no judgement in the time of --wait.

Examples:
  gavel submit main.py --problem sum
  gavel submit --language cpp23 main.cpp util.h --tests tests/
  gavel submit hello.go --stdin input.txt
  gavel submit 1.ans 2.ans --problem maze";

/// A program, and how it is judged.
#[derive(Debug, Args)]
pub struct Submit {
    #[command(flatten)]
    server: Server,
    /// The sources, and other files that they need; `-` is a source from standard input. Or the answers to a problem's cases, which
    /// are called as those: 1.ans, 2.out
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The language, as `gavel languages` lists them [default: the usual one whose sources are named so]
    #[arg(short, long, value_name = "ID")]
    language: Option<String>,
    /// The problem that it solves
    #[arg(short, long, value_name = "ID", conflicts_with_all = ["tests", "stdin"])]
    problem: Option<Id>,
    /// A folder of tests: 1.in with 1.ans, input1.txt with output1.txt and such
    #[arg(short, long, value_name = "FOLDER", conflicts_with = "stdin")]
    tests: Option<PathBuf>,
    /// A file to run it on; `-` is standard input
    #[arg(long, value_name = "FILE")]
    stdin: Option<PathBuf>,
    /// Whose it is
    #[arg(short, long, value_name = "NAME")]
    user: Option<String>,
    #[command(flatten)]
    conditions: Conditions,
    /// Tell each state that it goes through, on standard error
    #[arg(long)]
    watch: bool,
    /// How long to wait for the judgement; 0s: not at all [default: until it is there]
    #[arg(long, value_name = "DURATION", num_args = 0..=1, require_equals = true, value_parser = humantime::parse_duration)]
    wait: Option<Option<Duration>>,
    /// Print JSON: the submission as the server tells it
    #[arg(long)]
    json: bool,
}

impl Submit {
    pub(crate) fn execute(&self, terminal: &mut Terminal<'_>) -> Result<Status, Failure> {
        if sources::is_given(&self.files) && self.stdin.as_deref() == Some(Path::new(sources::GIVEN)) {
            let why = "standard input is the program or what it is run on, not both";
            return Err(Failure::Usage(why.to_owned()));
        }
        let files = sources::read(&self.files)?;
        let tests = Tests::read(self.tests.as_deref(), self.stdin.as_deref())?;
        let client = self.server.client()?;
        let request = self.request(&client, files, &tests, terminal)?;
        let wait = self.wait.flatten();
        let deadline = wait.map(|wait| Instant::now() + wait.min(Duration::from_secs(86400)));
        let key = submission::new_key();
        let sent = submission::send_under(&key, &client, &request, Patience::USUAL)?;
        if wait.is_some_and(|wait| wait.is_zero()) {
            self.tell_id(&sent, terminal)?;
            return Ok(Status::Good);
        }
        let id = Submission::of(&sent)?.id;
        let waited = match self.follow(&client, sent, &tests, deadline, terminal) {
            // The token may be one for submitting alone.
            Err(Failure::Refused(refusal)) if refusal.status == 403 => {
                submission::wait_by_sending(&key, &client, request, deadline)
            }
            waited => waited,
        };
        let judged = match waited {
            Ok(judged) => judged,
            Err(why) => {
                // It is judged all the same. Why it is not waited for is told in any case.
                let told = format!("gavel: {id} was taken: `gavel show {id}` tells what comes of it");
                drop(terminal.remark(&told));
                return Err(why);
            }
        };
        self.tell(&judged, &tests, terminal)
    }

    fn request(
        &self,
        client: &Client,
        files: sources::Files,
        tests: &Tests,
        terminal: &mut Terminal<'_>,
    ) -> Result<Value, Failure> {
        let mut request = json!({});
        let language = self.language(client, &files, terminal)?;
        // What answers are called says whose they are.
        let is_program = language.as_deref().is_some_and(|language| language != answers::LANGUAGE);
        if let Some(language) = language {
            request["language"] = language.into();
        }
        let is_odd = is_program && matches!(files.as_slice(), [(name, _)] if !sources::is_plain(name));
        for (name, content) in files {
            if is_odd {
                if name != sources::GIVEN {
                    terminal.remark(&format!("gavel: `{}` is sent without its name", text::line(&name)))?;
                }
                submission::add_source(&mut request, content);
            } else {
                submission::add_file(&mut request, &name, content);
            }
        }
        if let Some(user) = &self.user {
            request["user"] = user.as_str().into();
        }
        if let Some(problem) = &self.problem {
            request["problem"] = problem.as_str().into();
        }
        tests.add_to(&mut request);
        self.conditions.add_to(&mut request);
        Ok(request)
    }

    /// The language of a program; none where the files are the answers to a problem's cases.
    fn language(
        &self,
        client: &Client,
        files: &sources::Files,
        terminal: &mut Terminal<'_>,
    ) -> Result<Option<String>, Failure> {
        if let Some(language) = &self.language {
            return Ok(Some(language.clone()));
        }
        let names: Vec<_> = files.iter().map(|(name, _)| name.clone()).collect();
        if self.problem.is_some() && answers::are(names.iter().map(String::as_str)) {
            return Ok(None);
        }
        let all = languages::all(client)?;
        let Choice { id, is_one_of_several } = languages::likely(&all, &names)?;
        if is_one_of_several {
            terminal.remark(&format!("gavel: as {}", text::line(id)))?;
        }
        Ok(Some(id.to_owned()))
    }

    fn follow(
        &self,
        client: &Client,
        sent: Value,
        tests: &Tests,
        deadline: Option<Instant>,
        terminal: &mut Terminal<'_>,
    ) -> Result<Value, Failure> {
        if !self.watch && !terminal.live {
            return submission::wait(client, sent, deadline);
        }
        let total = tests.count().or_else(|| count(client, self.problem.as_ref()?));
        let mut live = Live::new(terminal, total);
        let judged = follow::until_final(client, sent, deadline, &mut live);
        live.end()?;
        judged
    }

    fn tell_id(&self, sent: &Value, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
        let submission = Submission::of(sent)?;
        if self.json { terminal.json(sent) } else { terminal.print(&format!("{}\n", submission.id)) }
    }

    fn tell(&self, judged: &Value, tests: &Tests, terminal: &mut Terminal<'_>) -> Result<Status, Failure> {
        let submission = Submission::of(judged)?;
        if self.json {
            terminal.json(judged)?;
        } else if submission.is_final() {
            terminal.print(&report::report(&submission, tests, terminal))?;
        } else {
            terminal.print(&format!("{}\n", submission.id))?;
            terminal.remark("gavel: there is no judgement yet")?;
        }
        Ok(match submission.verdict.as_deref() {
            Some("Accepted") => Status::Good,
            None if !submission.is_final() => Status::NotYet,
            _ => Status::Bad,
        })
    }
}

/// How many tests a problem has; a number that only makes a line nicer, so that nothing depends on it.
fn count(client: &Client, problem: &Id) -> Option<u64> {
    let (_, view) = client.ask(Ask::get(&format!("problems/{}", problem.as_str()))).ok()?;
    let cases = |kind: &str| view["cases"][kind].as_u64();
    cases("sample")?.checked_add(cases("secret")?)
}
