//! `gavel-client languages`: what a server can compile and run.

use clap::Args;
use serde_json::{Value, json};

use crate::failure::{Failure, Status};
use crate::http::Ask;
use crate::options::Server;
use crate::table::{self, Cell};
use crate::terminal::Terminal;

/// A server whose languages are listed.
#[derive(Debug, Args)]
pub struct ListLanguages {
    #[command(flatten)]
    server: Server,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl ListLanguages {
    pub(crate) fn execute(&self, terminal: &mut Terminal<'_>) -> Result<Status, Failure> {
        let (_, told) = self.server.client()?.ask(Ask::get("languages"))?;
        let Value::Array(languages) = told else {
            return Err(Failure::Nonsense("no list of languages".to_owned()));
        };
        if self.json {
            terminal.json(&json!(languages))?;
        } else {
            let rows: Vec<_> = languages.iter().map(row).collect();
            terminal.print(&table::lines(["ID", "NAME", "VERSION", "STATE"], &rows, terminal))?;
        }
        Ok(Status::Good)
    }
}

fn row(language: &Value) -> [Cell; 4] {
    let text = |key: &str| language[key].as_str().unwrap_or_default();
    let state = match (text("state"), text("install"), text("reason")) {
        ("not-installed", install, _) if !install.is_empty() => format!("not installed ({install})"),
        (state, _, "") => state.to_owned(),
        (state, _, reason) => format!("{state}: {reason}"),
    };
    [Cell::text(text("id")), Cell::text(text("name")), Cell::text(text("version")), Cell::text(&state)]
}
