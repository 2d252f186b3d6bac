//! `gavel problem list`: all problems.

use clap::Args;
use serde_json::{Value, json};

use super::show;
use crate::failure::{Failure, Status};
use crate::http::{Ask, Client, encoded};
use crate::options::Server;
use crate::table::{self, Cell};
use crate::terminal::Terminal;

/// Problems of one page.
const PAGE: usize = 200;
/// Problems that are listed.
const MOST: usize = 20_000;

/// Digits of a version that tell it from others.
const VERSION: usize = 12;

/// A server whose problems are listed.
#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    server: Server,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) fn execute(&self, terminal: &mut Terminal<'_>) -> Result<Status, Failure> {
        let problems = all(&self.server.client()?)?;
        if self.json {
            terminal.json(&json!({"problems": problems}))?;
        } else {
            let rows: Vec<_> = problems.iter().map(row).collect();
            let heads = ["ID", "PUSHED", "VERSION", "FOR", "NAME"];
            let lines = table::lines(heads, &rows, terminal);
            terminal.print(if rows.is_empty() { "no problems\n" } else { &lines })?;
        }
        Ok(Status::Good)
    }
}

fn all(client: &Client) -> Result<Vec<Value>, Failure> {
    let mut problems = Vec::new();
    let mut cursor = String::new();
    loop {
        let (_, mut page) = client.ask(Ask::get(&format!("problems?limit={PAGE}{cursor}")))?;
        let Some(found) = page["problems"].as_array_mut() else {
            return Err(Failure::Nonsense("no list of problems".to_owned()));
        };
        let was_empty = found.is_empty();
        problems.append(found);
        match page["next_cursor"].as_str() {
            Some(next) if !was_empty && problems.len() < MOST => {
                cursor = format!("&cursor={}", encoded(next))
            }
            _ => return Ok(problems),
        }
    }
}

/// The name only where the server tells it in lists.
fn row(problem: &Value) -> [Cell; 5] {
    let text = |name: &str| problem[name].as_str().unwrap_or_default();
    let version: String = text("version").chars().take(VERSION).collect();
    [
        Cell::text(text("id")),
        Cell::text(text("pushed_at")),
        Cell::text(&version),
        Cell::text(if problem["private"] == true { show::readers(problem) } else { "" }),
        Cell::text(&show::name(problem)),
    ]
}
