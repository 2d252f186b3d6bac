//! `gavel token`: makes, lists, rotates and revokes a server's named tokens.

mod until;

use std::io::{Cursor, Read};
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Subcommand};
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
  gavel token rotate cs101 --keep-old 2d >cs101.token
  gavel token list";

/// What to do with tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token, and print its secret
    Create(Create),
    /// List the tokens
    List(List),
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
}

impl Create {
    fn execute(&self, terminal: &mut Terminal<'_>) -> Result<Status, Failure> {
        let mut wanted = json!({"name": self.name, "scopes": self.scopes});
        let mut add = |field: &str, value: Option<Value>| {
            if let Some(value) = value {
                wanted[field] = value;
            }
        };
        add("quota", self.quota.map(Value::from));
        add("priority", self.priority.map(Value::from));
        add("expires_at", self.expires.as_ref().map(|end| end.as_str().into()));
        tell(&post(&self.server.client()?, "tokens", &wanted)?, self.json, terminal)
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
        self.server.client()?.ask(Ask::delete(&path(&self.name)))?;
        terminal.remark(&format!("revoked {}", text::line(&self.name)))?;
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
            let rows: Vec<_> = tokens.iter().map(row).collect();
            let heads = ["NAME", "SCOPES", "QUOTA", "PRIORITY", "LAST USED", "EXPIRES", "SECRETS", ""];
            let lines = table::lines(heads, &rows, terminal);
            terminal.print(if rows.is_empty() { "no tokens\n" } else { &lines })?;
        }
        Ok(Status::Good)
    }
}

/// Asked once: the server may have done it though its answer was lost, and would say so to a second attempt.
fn post(client: &Client, path: &str, wanted: &Value) -> Result<Value, Failure> {
    let body: Arc<[u8]> = wanted.to_string().into_bytes().into();
    let open = || Ok(Box::new(Cursor::new(Arc::clone(&body))) as Box<dyn Read>);
    let content = Content { kind: "application/json", size: body.len() as u64, open: &open };
    let key = uuid::Uuid::new_v4().to_string();
    client.ask(Ask::post(path, content, &key).with(Patience::ONCE)).map(|(_, told)| told)
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
