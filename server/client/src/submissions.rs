//! `gavel submissions` and `gavel show`: what was submitted, and what came of it.

use std::str::FromStr;

use clap::Args;
use serde_json::{Value, json};

use crate::failure::{Failure, Status};
use crate::http::{Ask, Client, encoded};
use crate::options::Server;
use crate::pair::Pair;
use crate::problem::Id;
use crate::submission::Submission;
use crate::submit::report::report;
use crate::submit::tests::Tests;
use crate::table::{self, Cell};
use crate::terminal::Terminal;
use crate::text;

/// Submissions of one page, as many as a server tells at once.
const PAGE: usize = 200;
/// Submissions that are listed where nobody says how many.
const USUAL: usize = 50;
/// Submissions that are listed at most: all of them are in memory.
const MOST: usize = 20_000;

/// Which submissions to list.
#[derive(Debug, Args)]
pub struct Submissions {
    #[command(flatten)]
    server: Server,
    /// Those of this user
    #[arg(short, long, value_name = "NAME")]
    user: Option<String>,
    /// Those to this problem
    #[arg(short, long, value_name = "ID")]
    problem: Option<Id>,
    /// Those in this language
    #[arg(short, long, value_name = "ID")]
    language: Option<String>,
    /// Those with this verdict, such as Accepted
    #[arg(long, value_name = "VERDICT")]
    verdict: Option<String>,
    /// Those that have come so far: queued, compiling, running, done or cancelled
    #[arg(long, value_name = "STATE")]
    state: Option<String>,
    /// Those that are called so elsewhere, such as course=cs101; may be given several times
    #[arg(long = "reference", value_name = "NAME=TEXT")]
    references: Vec<Pair>,
    /// The newest so many of them, at most 20000
    #[arg(long, value_name = "NUMBER", default_value_t = USUAL, value_parser = limit)]
    limit: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A submission to show.
#[derive(Debug, Args)]
pub struct Show {
    #[command(flatten)]
    server: Server,
    /// The submission
    id: SubmissionId,
    /// Print JSON: the submission as the server tells it
    #[arg(long)]
    json: bool,
}

impl Submissions {
    pub(crate) fn execute(&self, terminal: &mut Terminal<'_>) -> Result<Status, Failure> {
        let found = self.all(&self.server.client()?)?;
        if self.json {
            terminal.json(&json!({"submissions": found}))?;
        } else {
            let rows: Vec<_> = found.iter().map(row).collect();
            let heads = ["ID", "AT", "USER", "LANGUAGE", "PROBLEM", "VERDICT"];
            let lines = table::lines(heads, &rows, terminal);
            terminal.print(if rows.is_empty() { "no submissions\n" } else { &lines })?;
        }
        Ok(Status::Good)
    }

    fn all(&self, client: &Client) -> Result<Vec<Value>, Failure> {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        while found.len() < self.limit {
            let most = PAGE.min(self.limit - found.len());
            let path = format!("submissions?limit={most}{}{cursor}", self.conditions());
            let (_, mut page) = client.ask(Ask::get(&path))?;
            let Some(more) = page["submissions"].as_array_mut() else {
                return Err(Failure::Nonsense("no list of submissions".to_owned()));
            };
            let was_empty = more.is_empty();
            found.append(more);
            match page["next_cursor"].as_str().filter(|_| !was_empty) {
                Some(next) => cursor = format!("&cursor={}", encoded(next)),
                None => break,
            }
        }
        found.truncate(self.limit);
        Ok(found)
    }

    fn conditions(&self) -> String {
        let all = [
            ("user", self.user.as_deref()),
            ("problem", self.problem.as_ref().map(Id::as_str)),
            ("language", self.language.as_deref()),
            ("verdict", self.verdict.as_deref()),
            ("state", self.state.as_deref()),
        ];
        let said = all.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let said = said.map(|(name, value)| format!("&{name}={}", encoded(value)));
        let called = |Pair { name, text }: &Pair| format!("&reference.{}={}", encoded(name), encoded(text));
        said.chain(self.references.iter().map(called)).collect()
    }
}

fn limit(text: &str) -> Result<usize, String> {
    let limit = text.parse::<usize>().ok().filter(|limit| (1..=MOST).contains(limit));
    limit.ok_or_else(|| format!("from 1 to {MOST}"))
}

fn row(submission: &Value) -> [Cell; 6] {
    let text = |value: &Value| Cell::text(value.as_str().unwrap_or_default());
    [
        text(&submission["id"]),
        text(&submission["created_at"]),
        text(&submission["user"]),
        text(&submission["language"]),
        text(&submission["problem"]["id"]),
        match submission["verdict"].as_str() {
            Some(verdict) => Cell::verdict(verdict),
            None => text(&submission["state"]),
        },
    ]
}

impl Show {
    pub(crate) fn execute(&self, terminal: &mut Terminal<'_>) -> Result<Status, Failure> {
        let (_, told) = self.server.client()?.ask(Ask::get(&format!("submissions/{}", self.id.as_str())))?;
        if self.json {
            terminal.json(&told)?;
        } else {
            let submission = Submission::of(&told)?;
            let judgement = if submission.is_final() {
                report(&submission, &Tests::default(), terminal)
            } else {
                format!("{}\n", text::line(&submission.state))
            };
            terminal.print(&format!("{}\n{judgement}", about(&told)))?;
        }
        Ok(Status::Good)
    }
}

/// Whose it is, in what, to what, since when: what of it is known, a line each.
fn about(told: &Value) -> String {
    let lines = [
        ("id", &told["id"]),
        ("user", &told["user"]),
        ("language", &told["language"]),
        ("problem", &told["problem"]["id"]),
        ("version", &told["problem"]["version"]),
        ("submitted", &told["created_at"]),
        ("judged", &told["finished_at"]),
    ];
    let said = lines.iter().filter_map(|(name, value)| Some((name, value.as_str()?)));
    said.map(|(name, value)| format!("{:11}{}\n", format!("{name}:"), text::line(value))).collect()
}

/// The id of a submission, as servers give them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SubmissionId(String);

impl SubmissionId {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SubmissionId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let may_be = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
        if text.len() == 36 && text.bytes().all(may_be) {
            return Ok(Self(text.to_owned()));
        }
        Err("an id is as 9a8c7a54-be93-4fa4-bf8f-09f64d208806, whole".to_owned())
    }
}
