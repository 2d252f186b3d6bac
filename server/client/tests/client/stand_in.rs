//! A stand-in for a server: answers as it is told and keeps what it was asked, and the command line.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use clap::Parser;
use gavel_client::{Command, Status, Terminal};
use serde_json::Value;

/// Bytes of what is taken: behind more the connection is closed, unread and without a word.
pub(crate) const LARGEST: usize = 2 * 1024 * 1024;

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// With what stands behind the `?`.
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// `GET /languages`: method and path below the API's.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.path.strip_prefix("/api/v1").unwrap_or(&self.path))
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// An answer.
pub(crate) enum Answer {
    /// Status and JSON.
    Json(u16, Value),
    /// Status, one header, and JSON.
    With(u16, (&'static str, &'static str), Value),
    /// Whatever bytes; then the connection is closed.
    Raw(Vec<u8>),
    /// These bytes so many times behind a beginning; then the connection is closed.
    Flood(Vec<u8>, Vec<u8>, usize),
}

/// A server in threads of its own.
pub(crate) struct Server {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// Answers each request as the function says.
    pub(crate) fn start(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (answer, kept) = (Arc::new(answer), Arc::clone(&requests));
        thread::spawn(move || {
            for connection in listener.incoming() {
                let (answer, kept) = (Arc::clone(&answer), Arc::clone(&kept));
                thread::spawn(move || serve(&connection.unwrap(), &*answer, &kept));
            }
        });
        Self { url, requests }
    }

    /// What it was asked so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// The lines of what it was asked so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.requests().iter().map(Request::line).collect()
    }

    /// Waits until it has been asked this.
    pub(crate) fn was_asked(&self, line: &str) {
        for _ in 0..600 {
            if self.lines().iter().any(|asked| asked.starts_with(line)) {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("never asked {line}, but {:?}", self.lines());
    }
}

fn serve(connection: &TcpStream, answer: &dyn Fn(&Request) -> Answer, kept: &Mutex<Vec<Request>>) {
    let mut reader = BufReader::new(connection);
    while let Some(request) = read(&mut reader) {
        kept.lock().unwrap().push(request.clone());
        let answer = answer(&request);
        let mut connection = connection;
        let bytes = match &answer {
            Answer::Json(status, value) => head(*status, "", value),
            Answer::With(status, (name, content), value) => {
                head(*status, &format!("{name}: {content}\r\n"), value)
            }
            Answer::Raw(bytes) | Answer::Flood(bytes, ..) => bytes.clone(),
        };
        // The client may have gone.
        if connection.write_all(&bytes).is_err() || matches!(answer, Answer::Raw(_)) {
            return;
        }
        if let Answer::Flood(_, piece, times) = answer {
            (0..times).all(|_| connection.write_all(&piece).is_ok());
            return;
        }
    }
}

fn head(status: u16, header: &str, value: &Value) -> Vec<u8> {
    let body = if value.is_null() { String::new() } else { value.to_string() };
    format!("HTTP/1.1 {status} X\r\n{header}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

fn read(reader: &mut impl BufRead) -> Option<Request> {
    let first = line(reader)?;
    let mut words = first.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = BTreeMap::new();
    while let Some((name, content)) = line(reader)?.split_once(": ") {
        headers.insert(name.to_ascii_lowercase(), content.to_owned());
    }
    let size: usize = headers.get("content-length").map_or(0, |size: &String| size.parse().unwrap());
    assert!(!headers.contains_key("transfer-encoding"), "sizes are told beforehand");
    if size > LARGEST {
        return None;
    }
    let mut body = vec![0; size];
    reader.read_exact(&mut body).ok()?;
    Some(Request { method, path, headers, body })
}

fn line(reader: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|&read| read > 0)?;
    Some(line.trim_end().to_owned())
}

/// How a command ended, and what it wrote.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: u8,
    pub(crate) out: String,
    /// With the sentence of a failure.
    pub(crate) err: String,
}

#[derive(Debug, Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// Runs a command; `live` as on a terminal.
pub(crate) fn run_on(live: bool, server: &str, arguments: &[&str]) -> Ended {
    let mut all = vec!["gavel"];
    all.extend(arguments);
    all.extend(["--server", server]);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let result = match Cli::try_parse_from(all) {
        Ok(cli) => {
            let mut terminal = Terminal { out: &mut out, err: &mut err, colour: false, live };
            cli.command.execute(&mut terminal).map_err(|why| (why.status(), why.to_string()))
        }
        Err(why) => Err((Status::Usage, why.to_string())),
    };
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (out, mut err) = (text(out), text(err));
    let status = result.unwrap_or_else(|(status, why)| {
        err.push_str(&why);
        status
    });
    Ended { status: status.number(), out, err }
}

/// Runs a command.
pub(crate) fn run(server: &Server, arguments: &[&str]) -> Ended {
    run_on(false, &server.url, arguments)
}

/// A folder with these files.
pub(crate) fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    folder
}

/// The path of a file in a folder, as an argument.
pub(crate) fn path(folder: &tempfile::TempDir, name: &str) -> String {
    folder.path().join(name).to_str().unwrap().to_owned()
}
