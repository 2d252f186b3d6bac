//! A client of the broker that says whatever it is told to: for what no honest machine of a cluster says.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{Mutex, mpsc};

use crate::environment::patience;

/// A connection.
#[derive(Debug)]
pub struct Liar {
    sending: Sending,
    heard: mpsc::UnboundedReceiver<Vec<u8>>,
    /// Subjects that it listens to.
    subjects: u32,
}

type Sending = Arc<Mutex<OwnedWriteHalf>>;

impl Liar {
    /// Connects to a broker that knows everybody by one token.
    ///
    /// # Panics
    /// When it cannot be reached.
    pub async fn connect(address: &str, token: &str) -> Self {
        let stream = TcpStream::connect(address).await.expect("the broker is reached");
        let (reading, sending) = stream.into_split();
        let (hearing, heard) = mpsc::unbounded_channel();
        let this = Self { sending: Arc::new(Mutex::new(sending)), heard, subjects: 0 };
        let greeting = serde_json::json!({"auth_token": token, "verbose": false, "pedantic": false});
        send(&this.sending, &format!("CONNECT {greeting}\r\nPING\r\n")).await;
        let mut reading = BufReader::new(reading);
        while line(&mut reading).await.expect("the broker says something") != "PONG" {}
        // The broker hangs up on whoever does not answer it, whatever the test is at.
        tokio::spawn(listen(reading, Arc::clone(&this.sending), hearing));
        this
    }

    /// Hears what goes to a subject.
    ///
    /// # Panics
    /// When the broker has gone.
    pub async fn listen(&mut self, subject: &str) {
        // A second one of the same number would be left out of account.
        self.subjects += 1;
        send(&self.sending, &format!("SUB {subject} {}\r\n", self.subjects)).await;
    }

    /// The next that is heard.
    ///
    /// # Panics
    /// When nothing comes.
    pub async fn heard(&mut self) -> Value {
        serde_json::from_slice(&self.heard_bytes().await).unwrap_or(Value::Null)
    }

    async fn heard_bytes(&mut self) -> Vec<u8> {
        let heard = tokio::time::timeout(patience(Duration::from_secs(30)), self.heard.recv()).await;
        heard.expect("something is said").expect("the broker is there")
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
        let frames = format!("PUB {subject} {reply} {}\r\n{payload}\r\n", payload.len());
        send(&self.sending, &frames).await;
    }
}

async fn send(sending: &Sending, frames: &str) {
    sending.lock().await.write_all(frames.as_bytes()).await.expect("the broker is there");
}

/// Until either has gone.
async fn listen(
    mut reading: BufReader<OwnedReadHalf>,
    sending: Sending,
    hearing: mpsc::UnboundedSender<Vec<u8>>,
) {
    while let Some(line) = line(&mut reading).await {
        if line == "PING" {
            send(&sending, "PONG\r\n").await;
        }
        let Some(rest) = line.strip_prefix("MSG ") else { continue };
        let length = rest.rsplit(' ').next().and_then(|length| length.parse::<usize>().ok());
        let length = length.expect("a message has a length");
        let mut payload = vec![0; length + 2];
        reading.read_exact(&mut payload).await.expect("the broker is there");
        payload.truncate(length);
        if hearing.send(payload).is_err() {
            return;
        }
    }
}

/// The next one; none when the broker has hung up.
async fn line(reading: &mut BufReader<OwnedReadHalf>) -> Option<String> {
    let mut line = String::new();
    match reading.read_line(&mut line).await {
        Ok(0) | Err(_) => None,
        Ok(_) => Some(line.trim_end().to_owned()),
    }
}
