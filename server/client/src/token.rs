//! `gavel token`: makes, lists, changes, rotates and revokes a server's named tokens.

mod until;

use std::io::{Cursor, Read};
use std::sync::Arc;
use std::time::Duration;

use clap::{ArgGroup, Args, Subcommand};
use serde_json::{Value, json};

use self::until::Until;
use crate::failure::{Failure, Status};
use crate::http::{Ask, Client, Content, encoded};
use crate::options::Server;
use crate::patience::Patience;
use crate::table::{self, Cell};
use crate::terminal::Terminal;
use crate::text;

/// What `--help` says behind the options.
pub(crate) const HELP: &str = "\
The secret of a token is told once, when it is made or rotated, alone on standard output: send it into a file or a store of \
secrets. The token that this command comes with is an operator's (`http.admin_token`, or one with the scopes operate and \
read-all).

Scopes: submit, read, read-all (look at what came with any token), problems, metrics, operate.

Examples:
  gavel token create cs101 --scope submit --scope read --quota 200 >cs101.token
  gavel token change cs101 --quota 500 --never-expires
  gavel token rotate cs101 --keep-old 2d >cs101.token
  gavel token list";

/// What to do with tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token, and print its secret
    Create(Create),
    /// List the tokens
    List(List),
    /// Change what a token may do and has; its secret stays the same
    Change(Change),
    /// Give a token a new secret, and print it; the old one stays valid for a while
    Rotate(Rotate),
    /// Revoke a token at once
    Revoke(Revoke),
}

impl TokenCommand {
    pub(crate) fn execute(&self, terminal: &mut Terminal<'_>) -> Result<Status, Failure> {
        match self {
            Self::Create(create) => create.execute(terminal),
            Self::List(list) => list.execute(terminal),
            Self::Change(change) => change.execute(terminal),
            Self::Rotate(rotate) => rotate.execute(terminal),
            Self::Revoke(revoke) => revoke.execute(terminal),
        }
    }
}

/// A token to make.
#[derive(Debug, Args)]
pub struct Create {
    #[command(flatten)]
    server: Server,
    /// What it is called: submissions that come with it have this name
    name: String,
    /// What it may be used for; may be given several times
    #[arg(long = "scope", value_name = "SCOPE", required = true)]
    scopes: Vec<String>,
    /// Most of its submissions that wait, over all its users
    #[arg(long, value_name = "NUMBER")]
    quota: Option<u64>,
    /// Its turns in the queue for each turn of a token of priority 1: 1 to 16 [default: 4]
    #[arg(long, value_name = "NUMBER")]
    priority: Option<u32>,
    /// When it ends: a time such as 2027-03-31T18:00:00Z, a day, or in how long, such as 180d [default: never]
    #[arg(long, value_name = "TIME")]
    expires: Option<Until>,
    /// Print JSON: the token as the server tells it, with its secret
    #[arg(long)]
    json: bool,
}

/// A server whose tokens are listed.
#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    server: Server,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A token to change. What is not said stays as it is.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("change").required(true).multiple(true)))]
pub struct Change {
    #[command(flatten)]
    server: Server,
    /// The token
    name: String,
    /// What it may be used for from now on, and nothing else; may be given several times
    #[arg(long = "scope", value_name = "SCOPE", group = "change")]
    scopes: Vec<String>,
    /// Most of its submissions that wait, over all its users
    #[arg(long, value_name = "NUMBER", group = "change")]
    quota: Option<u64>,
    /// As many of its submissions wait as the queue takes
    #[arg(long, conflicts_with = "quota", group = "change")]
    no_quota: bool,
    /// Its turns in the queue for each turn of a token of priority 1: 1 to 16
    #[arg(long, value_name = "NUMBER", group = "change")]
    priority: Option<u32>,
    /// When it ends: a time such as 2027-03-31T18:00:00Z, a day, or in how long, such as 180d
    #[arg(long, value_name = "TIME", group = "change")]
    expires: Option<Until>,
    /// It ends no more by itself
    #[arg(long, conflicts_with = "expires", group = "change")]
    never_expires: bool,
    /// Print JSON: the token as the server tells it
    #[arg(long)]
    json: bool,
}

/// A token to rotate.
#[derive(Debug, Args)]
pub struct Rotate {
    #[command(flatten)]
    server: Server,
    /// The token
    name: String,
    /// How long the old secret stays valid, such as 2d; 0s: not at all [default: 24h]
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    keep_old: Option<Duration>,
    /// Print JSON: the token as the server tells it, with its secret
    #[arg(long)]
    json: bool,
}

/// A token to revoke.
#[derive(Debug, Args)]
pub struct Revoke {
    #[command(flatten)]
    server: Server,
    /// The token
    name: String,
    /// Print JSON: which token, and that it is revoked
    #[arg(long)]
    json: bool,
}

impl Create {
    fn execute(&self, terminal: &mut Terminal<'_>) -> Result<Status, Failure> {
        let wanted = fields([
            ("name", Some(json!(self.name))),
            ("scopes", Some(json!(self.scopes))),
            ("quota", self.quota.map(Value::from)),
            ("priority", self.priority.map(Value::from)),
            ("expires_at", self.expires.as_ref().map(|end| end.as_str().into())),
        ]);
        let client = self.server.client()?;
        let made = post(&client, "tokens", &wanted)?;
        if !client.is_authorized() {
            terminal.remark(OPEN)?;
        }
        tell(&made, self.json, terminal)
    }
}

/// A token was made for who showed none.
const OPEN: &str = "note: this server takes requests without a token, too, and who sends such may do and see everything; \
    set GAVEL_HTTP__TOKEN and GAVEL_HTTP__ADMIN_TOKEN to close it";

impl Change {
    fn execute(&self, terminal: &mut Terminal<'_>) -> Result<Status, Failure> {
        let (client, wanted) = (self.server.client()?, self.wanted().to_string());
        let changed = with_body(&wanted, |content| client.ask(Ask::patch(&path(&self.name), content)))?;
        if self.json {
            terminal.json(&changed)?;
        } else {
            terminal.print(&table(&[changed], terminal))?;
        }
        Ok(Status::Good)
    }

    fn wanted(&self) -> Value {
        let null = |asked: bool| asked.then_some(Value::Null);
        fields([
            ("scopes", (!self.scopes.is_empty()).then(|| json!(self.scopes))),
            ("quota", self.quota.map(Value::from).or(null(self.no_quota))),
            ("priority", self.priority.map(Value::from)),
            ("expires_at", self.expires.as_ref().map(|end| end.as_str().into()).or(null(self.never_expires))),
        ])
    }
}

impl Rotate {
    fn execute(&self, terminal: &mut Terminal<'_>) -> Result<Status, Failure> {
        let wanted = self.keep_old.map_or(json!({}), |keep| json!({"keep_old_s": keep.as_secs()}));
        let path = format!("{}/rotate", path(&self.name));
        tell(&post(&self.server.client()?, &path, &wanted)?, self.json, terminal)
    }
}

impl Revoke {
    fn execute(&self, terminal: &mut Terminal<'_>) -> Result<Status, Failure> {
        self.server.client()?.ask(Ask::remove(&path(&self.name)))?;
        if self.json {
            terminal.json(&json!({"name": self.name, "revoked": true}))?;
        } else {
            terminal.remark(&format!("revoked {}", text::line(&self.name)))?;
        }
        Ok(Status::Good)
    }
}

impl List {
    fn execute(&self, terminal: &mut Terminal<'_>) -> Result<Status, Failure> {
        let (_, told) = self.server.client()?.ask(Ask::get("tokens"))?;
        let Some(tokens) = told["tokens"].as_array() else {
            return Err(Failure::Nonsense("no list of tokens".to_owned()));
        };
        if self.json {
            terminal.json(&told)?;
        } else {
            let lines = table(tokens, terminal);
            terminal.print(if tokens.is_empty() { "no tokens\n" } else { &lines })?;
        }
        Ok(Status::Good)
    }
}

/// Asked once: the server may have done it though its answer was lost, and would say so to a second attempt.
fn post(client: &Client, path: &str, wanted: &Value) -> Result<Value, Failure> {
    let key = uuid::Uuid::new_v4().to_string();
    with_body(&wanted.to_string(), |content| client.ask(Ask::post(path, content, &key).with(Patience::ONCE)))
}

/// Asks with this JSON, and returns what is told.
fn with_body(
    json: &str,
    ask: impl FnOnce(Content<'_>) -> Result<(u16, Value), Failure>,
) -> Result<Value, Failure> {
    let body: Arc<[u8]> = json.as_bytes().into();
    let open = || Ok(Box::new(Cursor::new(Arc::clone(&body))) as Box<dyn Read>);
    let content = Content { kind: "application/json", size: body.len() as u64, open: &open };
    ask(content).map(|(_, told)| told)
}

/// An object of those that are there.
fn fields<const N: usize>(all: [(&str, Option<Value>); N]) -> Value {
    all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// The secret alone, or all of it as JSON.
fn tell(made: &Value, json: bool, terminal: &mut Terminal<'_>) -> Result<Status, Failure> {
    let secret = made["secret"].as_str();
    let secret = secret.ok_or_else(|| Failure::Nonsense("a token without a secret".to_owned()))?;
    if json {
        terminal.json(made)?;
    } else {
        terminal.print(&format!("{}\n", text::line(secret)))?;
    }
    Ok(Status::Good)
}

fn path(name: &str) -> String {
    format!("tokens/{}", encoded(name))
}

fn table(tokens: &[Value], terminal: &Terminal<'_>) -> String {
    let rows: Vec<_> = tokens.iter().map(row).collect();
    let heads = ["NAME", "SCOPES", "QUOTA", "PRIORITY", "LAST USED", "EXPIRES", "SECRETS", ""];
    table::lines(heads, &rows, terminal)
}

fn row(token: &Value) -> [Cell; 8] {
    let text = |field: &str| token[field].as_str().unwrap_or_default();
    let number = |field: &str| token[field].as_u64().map_or_else(String::new, |number| number.to_string());
    let scopes = token["scopes"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let secrets = token["secrets"].as_array().map_or(0, Vec::len);
    let note = if token["of_settings"] == true { "of the settings" } else { "" };
    [
        Cell::text(text("name")),
        Cell::text(&scopes.collect::<Vec<_>>().join(" ")),
        Cell::number(&number("quota")),
        Cell::number(&number("priority")),
        Cell::text(token["last_used_at"].as_str().unwrap_or("never")),
        Cell::text(text("expires_at")),
        Cell::number(&secrets.to_string()),
        Cell::text(note),
    ]
}
