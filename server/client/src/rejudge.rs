//! `gavel rejudge`: has submissions judged again that were judged before, and tells what that has changed.

mod report;
mod when;

use std::io::{Cursor, Read};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use self::when::When;
use crate::failure::{Failure, Status};
use crate::http::{Ask, Client, Content, encoded};
use crate::options::Server;
use crate::patience::Patience;
use crate::problem::Id;
use crate::terminal::Terminal;
use crate::text;

/// What `--help` says behind the options.
pub(crate) const HELP: &str = "\
At least one submission, --problem, --user, --since or --until is needed; what is given must all be true of a submission. \
The judgements that submissions have stay until there are new ones, and are kept beside them then.

Exit status: 0 ordered; with --watch: nothing has changed. 1 with --watch: a verdict has changed, or a submission could not be \
judged again. 2 the command line makes no sense, 3 the server was not reached or refuses.

Examples:
  gavel rejudge --problem sum --watch
  gavel rejudge --problem sum --version 3f9a --user alice --dry-run
  gavel rejudge --since 2h
  gavel rejudge --orders
  gavel rejudge --order 9a8c7a54-be93-4fa4-bf8f-09f64d208806 --watch";

/// How often it is asked how far an order has come.
const EVERY: Duration = Duration::from_secs(1);
/// Outcomes of one page, and of all that are told.
const PAGE: usize = 200;
const MOST: usize = 2000;

/// Which submissions are judged again.
#[derive(Debug, Args)]
pub struct Rejudge {
    #[command(flatten)]
    server: Server,
    /// Submissions, by their ids
    #[arg(value_name = "ID", required_unless_present_any = ["problem", "user", "since", "until", "order", "orders"])]
    submissions: Vec<String>,
    /// Those of a problem
    #[arg(short, long, value_name = "ID")]
    problem: Option<Id>,
    /// By this version of the problem, or the only one that begins so [default: the newest]
    #[arg(long, value_name = "VERSION", requires = "problem", conflicts_with_all = ["order", "orders"])]
    version: Option<String>,
    /// Those of a user
    #[arg(short, long, value_name = "NAME")]
    user: Option<String>,
    /// Those in a language
    #[arg(short, long, value_name = "ID")]
    language: Option<String>,
    /// Those with a verdict
    #[arg(long, value_name = "VERDICT")]
    verdict: Option<String>,
    /// Those that were sent then or later: a time such as 2026-11-01T09:00:00Z, a day, or how long ago, such as 2h
    #[arg(long, value_name = "TIME")]
    since: Option<When>,
    /// Those that were sent before then
    #[arg(long, value_name = "TIME")]
    until: Option<When>,
    /// Nothing is judged: tell how many submissions it would be
    #[arg(long)]
    dry_run: bool,
    /// An order that was given before, instead of a new one
    #[arg(long, value_name = "ID", conflicts_with_all = ["submissions", "problem", "user", "language", "verdict", "since", "until", "dry_run"])]
    order: Option<String>,
    /// List the newest orders, instead of giving one
    #[arg(long, conflicts_with_all = ["submissions", "problem", "user", "language", "verdict", "since", "until", "dry_run", "order", "watch"])]
    orders: bool,
    /// End the order: nothing more of it is judged
    // What conflicts with the order must be named again: clap asks for no argument that what is there conflicts with.
    #[arg(long, requires = "order", conflicts_with_all = ["watch", "submissions", "problem", "user", "language", "verdict", "since", "until", "dry_run", "orders"])]
    cancel: bool,
    /// Wait until all are judged, and tell what has changed
    #[arg(long)]
    watch: bool,
    /// Print JSON: the order as the server tells it, with --watch also what became of its submissions
    #[arg(long)]
    json: bool,
}

impl Rejudge {
    pub(crate) fn execute(&self, terminal: &mut Terminal<'_>) -> Result<Status, Failure> {
        let client = self.server.client()?;
        if self.orders {
            return self.list(&client, terminal);
        }
        let told = match &self.order {
            Some(id) if self.cancel => client.ask(Ask::cancel(&path(id)))?.1,
            Some(id) => client.ask(Ask::get(&path(id)))?.1,
            None => self.give(&client)?,
        };
        if self.dry_run {
            return self.tell_count(&told, terminal);
        }
        if !self.watch {
            return self.tell(&told, terminal);
        }
        let mut done = watch(&client, told, terminal)?;
        let (outcomes, are_all) = outcomes(&client, &done)?;
        let status = report::status(&done);
        if self.json {
            done["submissions"] = outcomes.into();
            terminal.json(&done)?;
        } else {
            terminal.print(&report::report(&done, &outcomes, terminal))?;
        }
        if !are_all {
            let all = format!("GET /api/v1/{}/submissions", path(id_of(&done)?));
            terminal
                .remark(&format!("gavel: these are not all submissions of the order: {all} tells them"))?;
        }
        Ok(status)
    }

    fn give(&self, client: &Client) -> Result<Value, Failure> {
        let request = self.request(client)?;
        let body: Arc<[u8]> = request.to_string().into_bytes().into();
        let open = || Ok(Box::new(Cursor::new(Arc::clone(&body))) as Box<dyn Read>);
        let content = Content { kind: "application/json", size: body.len() as u64, open: &open };
        let key = uuid::Uuid::new_v4().to_string();
        // A second order would have all of them judged once more.
        let ask = Ask::post("rejudges", content, &key).with(Patience::UNREPEATED);
        client.ask(ask).map(|(_, value)| value)
    }

    fn request(&self, client: &Client) -> Result<Value, Failure> {
        let mut request = json!({});
        let mut add = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                request[name] = value;
            }
        };
        add("submissions", (!self.submissions.is_empty()).then(|| self.submissions.clone().into()));
        add("problem", self.problem.as_ref().map(|problem| problem.as_str().into()));
        add("user", self.user.clone().map(Value::from));
        add("language", self.language.clone().map(Value::from));
        add("verdict", self.verdict.clone().map(Value::from));
        add("since", self.since.as_ref().map(|time| time.as_str().into()));
        add("until", self.until.as_ref().map(|time| time.as_str().into()));
        add("dry_run", self.dry_run.then_some(true.into()));
        if let (Some(problem), Some(begin)) = (&self.problem, &self.version) {
            request["version"] = version(client, problem, begin)?.into();
        }
        Ok(request)
    }

    /// The newest orders, as many as a server tells at once.
    fn list(&self, client: &Client, terminal: &mut Terminal<'_>) -> Result<Status, Failure> {
        let (_, told) = client.ask(Ask::get(&format!("rejudges?limit={PAGE}")))?;
        let Some(orders) = told["rejudges"].as_array() else {
            return Err(Failure::Nonsense("no list of orders".to_owned()));
        };
        if self.json {
            terminal.json(&json!({"rejudges": orders}))?;
        } else {
            let lines = report::orders(orders, terminal);
            terminal.print(if orders.is_empty() { "no orders\n" } else { &lines })?;
        }
        Ok(Status::Good)
    }

    fn tell_count(&self, told: &Value, terminal: &mut Terminal<'_>) -> Result<Status, Failure> {
        if self.json {
            terminal.json(told)?;
        } else {
            let number = |name: &str| told[name].as_u64().unwrap_or_default();
            let (total, impossible) = (number("total"), number("impossible"));
            let but =
                if impossible == 0 { String::new() } else { format!(", of which {impossible} cannot be") };
            let submissions = if total == 1 { "submission" } else { "submissions" };
            terminal.print(&format!("{total} {submissions} would be judged again{but}\n"))?;
        }
        Ok(Status::Good)
    }

    fn tell(&self, told: &Value, terminal: &mut Terminal<'_>) -> Result<Status, Failure> {
        if self.json {
            terminal.json(told)?;
        } else if self.order.is_some() {
            terminal.print(&format!("{}\n", report::sentence(told)))?;
        } else {
            terminal.print(&format!("{}\n", text::line(id_of(told)?)))?;
        }
        Ok(Status::Good)
    }
}

fn path(id: &str) -> String {
    format!("rejudges/{}", encoded(id))
}

fn id_of(order: &Value) -> Result<&str, Failure> {
    order["id"].as_str().ok_or_else(|| Failure::Nonsense("no order to judge again".to_owned()))
}

/// The only version that begins so.
fn version(client: &Client, problem: &Id, begin: &str) -> Result<String, Failure> {
    let (_, told) = client.ask(Ask::get(&format!("{}/versions", problem.path())))?;
    let all = told["versions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let names = all.iter().filter_map(|one| one["version"].as_str());
    let found: Vec<_> = names.filter(|name| name.starts_with(begin)).collect();
    match found.as_slice() {
        [only] => Ok((*only).to_owned()),
        [] => Err(Failure::Usage(format!("problem {} has no version {begin}", problem.as_str()))),
        _ => Err(Failure::Usage(format!(
            "several versions of problem {} begin with {begin}",
            problem.as_str()
        ))),
    }
}

/// Tells how far an order has come until nothing more comes; as it was told last.
fn watch(client: &Client, told: Value, terminal: &mut Terminal<'_>) -> Result<Value, Failure> {
    let (id, mut told, mut shown) = (id_of(&told)?.to_owned(), told, String::new());
    loop {
        let is_final = matches!(told["state"].as_str(), Some("done" | "cancelled"));
        let sentence = report::sentence(&told);
        if terminal.live && sentence != shown {
            terminal.aside(&format!("\r\x1b[K{sentence}"))?;
            shown = sentence;
        }
        if is_final {
            if terminal.live {
                terminal.aside("\r\x1b[K")?;
            }
            return Ok(told);
        }
        std::thread::sleep(EVERY);
        told = client.ask(Ask::get(&path(&id)).with(Patience::LONG))?.1;
    }
}

/// What became of those submissions of which there is something to tell, and whether these are all.
fn outcomes(client: &Client, order: &Value) -> Result<(Vec<Value>, bool), Failure> {
    let (mut all, mut are_all) = (Vec::new(), true);
    for which in ["changed", "failed"] {
        let mut cursor = String::new();
        loop {
            let path = format!("{}/submissions?only={which}&limit={PAGE}{cursor}", path(id_of(order)?));
            let (_, mut page) = client.ask(Ask::get(&path))?;
            let Some(found) = page["submissions"].as_array_mut() else {
                return Err(Failure::Nonsense("no list of submissions".to_owned()));
            };
            let was_empty = found.is_empty();
            all.append(found);
            match page["next_cursor"].as_str() {
                Some(next) if !was_empty && all.len() < MOST => cursor = format!("&cursor={}", encoded(next)),
                more => {
                    are_all &= more.is_none() || was_empty;
                    break;
                }
            }
        }
    }
    Ok((all, are_all))
}
