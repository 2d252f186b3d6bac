//! Which server is meant, and who asks.

use std::fs::File;
use std::io::Read as _;
use std::path::PathBuf;

use clap::Args;

use crate::failure::Failure;
use crate::http::Client;

/// Where a Gavel on the same host listens.
const DEFAULT_URL: &str = "http://127.0.0.1:5050";
/// Bytes of a file with a token.
const TOKEN: u64 = 4096;

/// A server.
#[derive(Debug, Args)]
pub(crate) struct Server {
    /// The server's address
    #[arg(long, visible_alias = "url", env = "GAVEL_URL", default_value = DEFAULT_URL, value_name = "URL")]
    server: String,
    /// A file with the token, where the server wants one [default: the token in $GAVEL_TOKEN]
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
}

impl Server {
    /// A client of it. A token is never an argument, which everybody on the machine could read.
    pub(crate) fn client(&self) -> Result<Client, Failure> {
        let token = match &self.token_file {
            Some(path) => Some(token_in(path)?),
            // As that in a file: what reads files of variables keeps their ends of lines, such as those of Windows.
            None => std::env::var("GAVEL_TOKEN").ok().map(|token| token.trim().to_owned()),
        };
        let url = if self.server.is_empty() { DEFAULT_URL } else { &self.server };
        Client::new(url, token.filter(|token| !token.is_empty()).as_deref())
    }
}

fn token_in(path: &PathBuf) -> Result<String, Failure> {
    let read = || {
        let mut token = String::new();
        File::open(path)?.take(TOKEN).read_to_string(&mut token).map(|_| token.trim().to_owned())
    };
    match read() {
        Ok(token) if token.is_empty() => Err(Failure::file(path, "holds no token")),
        Ok(token) => Ok(token),
        Err(why) => Err(Failure::file(path, why)),
    }
}
