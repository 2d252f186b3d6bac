//! `gavel nodes`: the nodes of a cluster, and an end to their work or its beginning.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use reqwest::{Method, StatusCode};
use serde_json::Value;

use super::Server;
use super::client::{Client, ClientError};
use super::output::{cell, print, print_json};
use crate::cluster::{KeyError, MachineKey, authorization, is_name};

/// What is to be done.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the nodes
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Have a node begin nothing more, as before it is stopped or upgraded
    Drain {
        /// The node's name
        name: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Have a node begin tasks again
    Undrain {
        /// The node's name
        name: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Make a key for the server and for each node, and the broker's list of who may do what
    Keys {
        /// Where to: NAME.nkey for each machine, and auth.conf for the broker; nothing that is there is overwritten
        #[arg(long)]
        folder: PathBuf,
        /// What the server is called (its cluster.name)
        #[arg(long, default_value = "server")]
        server_name: String,
        /// What the nodes are called (their cluster.name)
        #[arg(required = true)]
        names: Vec<String>,
    },
}

/// What operators do to one node, as `gavel node drain NAME` has it.
#[derive(Debug, Subcommand)]
pub(super) enum OfOne {
    /// Have a node begin nothing more: `gavel nodes drain`
    Drain {
        #[command(flatten)]
        server: Server,
        /// The node's name
        name: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Have a node begin tasks again: `gavel nodes undrain`
    Undrain {
        #[command(flatten)]
        server: Server,
        /// The node's name
        name: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

impl OfOne {
    /// Which server is asked, and for what.
    pub(super) fn parts(&self) -> (&Server, Command) {
        match self {
            Self::Drain { server, name, json } => {
                (server, Command::Drain { name: name.clone(), json: *json })
            }
            Self::Undrain { server, name, json } => {
                (server, Command::Undrain { name: name.clone(), json: *json })
            }
        }
    }
}

/// Why it could not.
#[derive(Debug, thiserror::Error)]
pub(super) enum NodesError {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error("failed to write to standard output")]
    Output(#[from] std::io::Error),
    #[error("there is no node `{0}`: `gavel nodes list` has all")]
    Unknown(String),
    #[error("`{0}` is no name: 1 to 40 of a-z, 0-9 and -, each once")]
    Name(String),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("failed to write {}", .0.display())]
    Write(PathBuf, #[source] std::io::Error),
}

/// Asks the server, and prints what it answers.
pub(super) async fn nodes(client: &Client, command: &Command) -> Result<(), NodesError> {
    match command {
        Command::List { json } => list(client, *json).await,
        Command::Drain { name, json } => {
            set(client, name, "drain").await?;
            tell(name, true, *json)
        }
        Command::Undrain { name, json } => {
            set(client, name, "undrain").await?;
            tell(name, false, *json)
        }
        Command::Keys { folder, server_name, names } => make_keys(folder, server_name, names),
    }
}

/// Writes what each machine needs of its own, and what the broker needs to know them.
fn make_keys(folder: &Path, server: &str, names: &[String]) -> Result<(), NodesError> {
    let mut seen = BTreeSet::from([server]);
    let bad = names.iter().map(String::as_str).find(|name| !is_name(name) || !seen.insert(name));
    if let Some(bad) = bad.or((!is_name(server)).then_some(server)) {
        return Err(NodesError::Name(bad.to_owned()));
    }
    let coordinator = MachineKey::new(server)?;
    let nodes = names.iter().map(|name| MachineKey::new(name)).collect::<Result<Vec<_>, _>>()?;
    std::fs::create_dir_all(folder).map_err(|why| NodesError::Write(folder.to_owned(), why))?;
    for key in std::iter::once(&coordinator).chain(&nodes) {
        write_new(&folder.join(format!("{}.nkey", key.name)), &format!("{}\n", key.seed), 0o600)?;
    }
    write_new(&folder.join("auth.conf"), &authorization(&coordinator, &nodes), 0o644)
}

fn write_new(path: &Path, text: &str, mode: u32) -> Result<(), NodesError> {
    let file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|why| NodesError::Write(path.to_owned(), why))
}

async fn list(client: &Client, json: bool) -> Result<(), NodesError> {
    let nodes: Vec<Value> = client.get(Method::GET, "/api/v1/nodes").await?;
    if json {
        return Ok(print_json(&nodes)?);
    }
    Ok(print(&table(&nodes).join("\n"))?)
}

async fn set(client: &Client, name: &str, verb: &str) -> Result<(), NodesError> {
    // What is no name is no path either.
    if !is_name(name) {
        return Err(NodesError::Unknown(name.to_owned()));
    }
    let (status, body) = client.ask(Method::POST, &format!("/api/v1/nodes/{name}/{verb}")).await?;
    if status == StatusCode::NOT_FOUND {
        return Err(NodesError::Unknown(name.to_owned()));
    }
    if !status.is_success() {
        let detail = body["detail"].as_str().unwrap_or("without a reason").to_owned();
        return Err(ClientError::Refused { status, detail }.into());
    }
    Ok(())
}

/// What a node does from now on.
fn tell(name: &str, drained: bool, json: bool) -> Result<(), NodesError> {
    if json {
        return Ok(print_json(&serde_json::json!({"name": name, "drained": drained}))?);
    }
    let now = if drained { "begins nothing more" } else { "takes tasks again" };
    Ok(print(&format!("{name} {now}"))?)
}

const COLUMNS: usize = 9;
const HEAD: [&str; COLUMNS] =
    ["NAME", "STATE", "VERSION", "SPEED", "TESTS", "WEIGHT", "BUSY", "DONE", "FAULTS"];

/// Lines of a table whose columns are as wide as their widest cell.
fn table(nodes: &[Value]) -> Vec<String> {
    let rows: Vec<[String; COLUMNS]> =
        std::iter::once(HEAD.map(str::to_owned)).chain(nodes.iter().map(row)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let line = |row: &[String; COLUMNS]| {
        let cells = row.iter().enumerate().map(|(column, cell)| format!("{cell:0$}", width(column)));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

fn row(node: &Value) -> [String; COLUMNS] {
    let text = |key: &str| node[key].as_str().unwrap_or_default().to_owned();
    let count = |key: &str| node[key].as_u64().unwrap_or_default().to_string();
    let factor = |key: &str| node[key].as_f64().map(|factor| format!("{factor:.2}")).unwrap_or_default();
    let faults: Vec<&str> =
        node["faults"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let cells = [
        text("name"),
        text("state"),
        text("version"),
        factor("speed"),
        count("credits"),
        factor("weight"),
        count("busy"),
        count("done"),
        faults.join("; "),
    ];
    cells.map(|text| cell(&text))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;
    use serde_json::json;

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn keys_are_written_once_and_for_their_machines_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let names = ["lab-1".to_owned(), "lab-2".to_owned()];
        make_keys(folder.path(), "server", &names).unwrap();
        for name in ["server", "lab-1", "lab-2"] {
            let path = folder.path().join(format!("{name}.nkey"));
            assert!(std::fs::read_to_string(&path).unwrap().starts_with("SU"));
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        let before = std::fs::read(folder.path().join("lab-1.nkey")).unwrap();
        assert!(matches!(make_keys(folder.path(), "server", &names), Err(NodesError::Write(..))));
        assert_eq!(std::fs::read(folder.path().join("lab-1.nkey")).unwrap(), before);
        for bad in ["a.b", "", "server", ">"] {
            let refused = make_keys(folder.path(), "server", &[bad.to_owned()]);
            assert!(matches!(refused, Err(NodesError::Name(_))), "{bad}");
        }
    }

    #[test]
    fn one_node_is_drained_by_either_command() {
        let parsed = |words: &str| {
            let command = format!("{:?}", Cli::try_parse_from(words.split(' ')).unwrap().command);
            assert!(command.contains("lab-2"), "{command}");
            command.contains("Undrain")
        };
        for noun in ["node", "nodes"] {
            let says = |verb: &str| parsed(&format!("gavel {noun} {verb} lab-2"));
            assert_eq!([says("drain"), says("undrain")], [false, true]);
        }
        assert!(parsed("gavel node undrain lab-2 --json"));
        assert!(Cli::try_parse_from(["gavel", "node"]).is_ok(), "and without a word it is one");
    }

    #[test]
    fn a_table_has_a_line_for_each_node() {
        let nodes = [
            json!({"name": "a", "state": "ready", "version": "0.1.0", "speed": 0.9, "credits": 4, "weight": 3.6, "busy": 2, "done": 120, "faults": []}),
            json!({"name": "lab-2", "state": "draining", "version": "0.1.0", "credits": 16, "weight": 7.125, "busy": 0, "done": 7,
                   "faults": ["a result\nof another's task"]}),
        ];
        let expected = [
            "NAME   STATE     VERSION  SPEED  TESTS  WEIGHT  BUSY  DONE  FAULTS",
            "a      ready     0.1.0    0.90   4      3.60    2     120",
            "lab-2  draining  0.1.0           16     7.12    0     7     a result of another's task",
        ];
        assert_eq!(table(&nodes), expected);
    }
}
