//! A client of the broker that says whatever it is told to: for what no honest machine of a cluster says.

use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use crate::environment::patience;

/// A connection, and how many subjects it listens to.
#[derive(Debug)]
pub struct Liar(BufReader<TcpStream>, u32);

impl Liar {
    /// Connects to a broker that knows everybody by one token.
    ///
    /// # Panics
    /// When it cannot be reached.
    pub async fn connect(address: &str, token: &str) -> Self {
        let stream = TcpStream::connect(address).await.expect("the broker is reached");
        let mut this = Self(BufReader::new(stream), 0);
        let greeting = serde_json::json!({"auth_token": token, "verbose": false, "pedantic": false});
        this.send(&format!("CONNECT {greeting}\r\nPING\r\n")).await;
        while this.line().await != "PONG" {}
        this
    }

    /// Hears what goes to a subject.
    ///
    /// # Panics
    /// When the broker has gone.
    pub async fn listen(&mut self, subject: &str) {
        // A second one of the same number would be left out of account.
        self.1 += 1;
        let number = self.1;
        self.send(&format!("SUB {subject} {number}\r\n")).await;
    }

    /// The next that is heard.
    ///
    /// # Panics
    /// When nothing comes.
    pub async fn heard(&mut self) -> Value {
        serde_json::from_slice(&self.heard_bytes().await).unwrap_or(Value::Null)
    }

    async fn heard_bytes(&mut self) -> Vec<u8> {
        loop {
            let line = self.line().await;
            if line == "PING" {
                self.send("PONG\r\n").await;
            }
            let Some(rest) = line.strip_prefix("MSG ") else { continue };
            let length = rest.rsplit(' ').next().and_then(|length| length.parse::<usize>().ok());
            let length = length.expect("a message has a length");
            let mut payload = vec![0; length + 2];
            self.0.read_exact(&mut payload).await.expect("the broker is there");
            payload.truncate(length);
            return payload;
        }
    }

    /// The next that is heard and is such.
    ///
    /// # Panics
    /// When nothing comes.
    pub async fn heard_with(&mut self, is_such: impl Fn(&Value) -> bool) -> Value {
        loop {
            let heard = self.heard().await;
            if is_such(&heard) {
                return heard;
            }
        }
    }

    /// Takes a task of runs as a node of this name, which listens to `_INBOX.NAME.answers`. What it is known by, and the grant.
    ///
    /// # Panics
    /// When there is none, or it is not granted.
    pub async fn given(&mut self, name: &str) -> Value {
        let inbox = format!("_INBOX.{name}.answers");
        let pull = serde_json::json!({"batch": 1, "expires": 20_000_000_000_u64}).to_string();
        self.say("$JS.API.CONSUMER.MSG.NEXT.GAVEL_TASKS.run", &inbox, &pull).await;
        let (task, bytes) = loop {
            let bytes = self.heard_bytes().await;
            let task: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
            if task["parts"].is_array() {
                break (task, bytes);
            }
        };
        let mut known = serde_json::json!({
            "incarnation": task["incarnation"], "task": task["id"], "process": uuid::Uuid::nil(),
            "asked": blake3::hash(&bytes).to_string(),
        });
        self.say(&format!("gavel.begin.coordinator.{name}"), &inbox, &known.to_string()).await;
        known["grant"] =
            self.heard_with(|told| told["go"].get("grant").is_some()).await["go"]["grant"].take();
        known
    }

    /// Says something, with a subject that is to be told the answer.
    ///
    /// # Panics
    /// When the broker has gone.
    pub async fn say(&mut self, subject: &str, reply: &str, payload: &str) {
        self.send(&format!("PUB {subject} {reply} {}\r\n{payload}\r\n", payload.len())).await;
    }

    async fn send(&mut self, frames: &str) {
        self.0.get_mut().write_all(frames.as_bytes()).await.expect("the broker is there");
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        let reading = tokio::time::timeout(patience(Duration::from_secs(30)), self.0.read_line(&mut line));
        let read = reading.await.expect("the broker says something").expect("the broker is there");
        assert!(read > 0, "the broker has hung up");
        line.trim_end().to_owned()
    }
}
