//! A client of the broker that says whatever it is told to: for what no honest machine of a cluster says, and for what the broker says
//! to that.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader, ReadHalf,
    WriteHalf,
};
use tokio::net::TcpStream;
use tokio::sync::{Mutex, mpsc};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};

use crate::environment::patience;

/// Whom the broker takes somebody for.
#[derive(Debug, Clone, Copy)]
pub enum Who<'a> {
    /// Nobody whom it knows.
    Nobody,
    /// Whoever has this token.
    Token(&'a str),
    /// The machine whose key has this seed.
    Key(&'a str),
}

/// How the broker is known for what it says to be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tls<'a> {
    /// The name that its certificate is for.
    pub(crate) name: &'a str,
    /// Certificates of the authorities of which one has signed that.
    pub(crate) authorities: &'a str,
}

/// A connection.
#[derive(Debug)]
pub struct Liar {
    sending: Sending,
    heard: mpsc::UnboundedReceiver<Heard>,
    /// What the broker has against what was said.
    refused: mpsc::UnboundedReceiver<String>,
    /// Subjects that it listens to.
    subjects: u32,
}

/// Something that was said to a subject.
#[derive(Debug)]
struct Heard {
    subject: String,
    payload: Vec<u8>,
}

trait Stream: AsyncRead + AsyncWrite + Debug + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Debug + Send + Unpin> Stream for S {}

type Sending = Arc<Mutex<WriteHalf<Box<dyn Stream>>>>;
type Reading = BufReader<ReadHalf<Box<dyn Stream>>>;

impl Liar {
    /// Connects to a broker that knows everybody by one token.
    ///
    /// # Panics
    /// When it cannot be reached.
    pub async fn connect(address: &str, token: &str) -> Self {
        match Self::try_connect(address, None, Who::Token(token)).await {
            Ok(this) => this,
            Err(why) => panic!("the broker does not let us in: {why}"),
        }
    }

    /// Connects to a broker that may not want that.
    ///
    /// # Errors
    /// What is against it, in the words of whoever says so.
    ///
    /// # Panics
    /// When nothing is said in time.
    pub(crate) async fn try_connect(
        address: &str,
        tls: Option<Tls<'_>>,
        who: Who<'_>,
    ) -> Result<Self, String> {
        let connecting =
            tokio::time::timeout(patience(Duration::from_secs(30)), connected(address, tls, who));
        let (mut reading, sending) = connecting.await.expect("the broker says something")?;
        let (hearing, heard) = mpsc::unbounded_channel();
        let (refusing, refused) = mpsc::unbounded_channel();
        let answering = Arc::clone(&sending);
        // The broker hangs up on whoever does not answer it, whatever the test is at.
        tokio::spawn(async move { listen(&mut reading, &answering, &hearing, &refusing).await });
        Ok(Self { sending, heard, refused, subjects: 0 })
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
        self.next().await.value()
    }

    async fn next(&mut self) -> Heard {
        let heard = tokio::time::timeout(patience(Duration::from_secs(30)), self.heard.recv()).await;
        heard.expect("something is said").expect("the broker is there")
    }

    /// The next that is heard and is such.
    ///
    /// # Panics
    /// When nothing comes.
    pub async fn heard_with(&mut self, is_such: impl Fn(&Value) -> bool) -> Value {
        self.heard_of(|_, told| is_such(told)).await.1
    }

    /// As [`Self::heard_with`], with the subject.
    ///
    /// # Panics
    /// When nothing comes.
    pub async fn heard_of(&mut self, is_such: impl Fn(&str, &Value) -> bool) -> (String, Value) {
        loop {
            let heard = self.next().await;
            let told = heard.value();
            if is_such(&heard.subject, &told) {
                return (heard.subject, told);
            }
        }
    }

    /// What is heard within this time, exactly, and is such; none where nothing of it is.
    pub async fn heard_within(
        &mut self,
        time: Duration,
        is_such: impl Fn(&str, &Value) -> bool,
    ) -> Option<(String, Value)> {
        tokio::time::timeout(time, self.heard_of(is_such)).await.ok()
    }

    /// What the broker next has against what was said.
    ///
    /// # Panics
    /// When it has nothing against it.
    pub async fn refused(&mut self) -> String {
        let refused = tokio::time::timeout(patience(Duration::from_secs(10)), self.refused.recv()).await;
        refused.expect("the broker refuses it").expect("the broker is there")
    }

    /// Takes a task of runs as a node of this name, which listens to `_INBOX.NAME.answers`. What it is known by, and the grant.
    ///
    /// # Panics
    /// When there is none, or it is not granted.
    pub async fn given(&mut self, name: &str) -> Value {
        let inbox = format!("_INBOX.{name}.answers");
        let pull = json!({"batch": 1, "expires": 20_000_000_000_u64}).to_string();
        self.say("$JS.API.CONSUMER.MSG.NEXT.GAVEL_TASKS.run", &inbox, &pull).await;
        let (task, bytes) = loop {
            let heard = self.next().await;
            let task = heard.value();
            if task["parts"].is_array() {
                break (task, heard.payload);
            }
        };
        let mut known = json!({
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

    /// What the broker itself answers to a question of its API.
    ///
    /// # Panics
    /// When it does not.
    pub async fn asked(&mut self, subject: &str, question: &str) -> Value {
        let inbox = format!("_INBOX.liar.{}", uuid::Uuid::new_v4().simple());
        self.listen(&inbox).await;
        self.say(subject, &inbox, question).await;
        self.heard_of(|subject, _| subject == inbox).await.1
    }
}

impl Heard {
    fn value(&self) -> Value {
        serde_json::from_slice(&self.payload).unwrap_or(Value::Null)
    }
}

async fn send(sending: &Sending, frames: &str) {
    sending.lock().await.write_all(frames.as_bytes()).await.expect("the broker is there");
    sending.lock().await.flush().await.expect("the broker is there");
}

/// Both halves of a connection on which the broker has said that somebody may speak.
async fn connected(address: &str, tls: Option<Tls<'_>>, who: Who<'_>) -> Result<(Reading, Sending), String> {
    let mut stream = TcpStream::connect(address).await.map_err(|why| why.to_string())?;
    let told = first_line(&mut stream).await.map_err(|why| why.to_string())?;
    let told = told.strip_prefix("INFO ").ok_or_else(|| format!("it says `{told}`"))?;
    let info: Value = serde_json::from_str(told).map_err(|why| why.to_string())?;
    let stream: Box<dyn Stream> = match tls {
        Some(tls) => tls.over(stream).await.map_err(|why| why.to_string())?,
        None => Box::new(stream),
    };
    let (reading, mut sending) = tokio::io::split(stream);
    let greeting = who.greeting(info["nonce"].as_str().unwrap_or_default());
    sending
        .write_all(format!("CONNECT {greeting}\r\nPING\r\n").as_bytes())
        .await
        .map_err(|why| why.to_string())?;
    sending.flush().await.map_err(|why| why.to_string())?;
    let mut reading = BufReader::new(reading);
    loop {
        match line(&mut reading).await {
            Some(line) if line == "PONG" => return Ok((reading, Arc::new(Mutex::new(sending)))),
            Some(line) if line.starts_with("-ERR ") => return Err(line),
            Some(_) => {}
            None => return Err("it hangs up without a word".to_owned()),
        }
    }
}

/// Not a byte more: what follows may be encrypted.
async fn first_line(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut line = Vec::new();
    while line.last() != Some(&b'\n') {
        line.push(stream.read_u8().await?);
    }
    Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
}

impl Tls<'_> {
    async fn over(self, stream: TcpStream) -> std::io::Result<Box<dyn Stream>> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(self.authorities.as_bytes()) {
            roots.add(certificate.expect("a certificate")).expect("an authority's certificate");
        }
        let config = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider knows TLS")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(self.name.to_owned()).expect("the name of a host");
        Ok(Box::new(TlsConnector::from(Arc::new(config)).connect(name, stream).await?))
    }
}

impl Who<'_> {
    fn greeting(self, nonce: &str) -> Value {
        let mut greeting = json!({"verbose": false, "pedantic": false});
        match self {
            Self::Nobody => {}
            Self::Token(token) => greeting["auth_token"] = token.into(),
            Self::Key(seed) => {
                let pair = nkeys::KeyPair::from_seed(seed).expect("the seed of a key");
                let signed = pair.sign(nonce.as_bytes()).expect("a key signs");
                greeting["nkey"] = pair.public_key().into();
                greeting["sig"] = BASE64_URL_SAFE_NO_PAD.encode(signed).into();
            }
        }
        greeting
    }
}

/// Until either has gone.
async fn listen(
    reading: &mut Reading,
    sending: &Sending,
    hearing: &mpsc::UnboundedSender<Heard>,
    refusing: &mpsc::UnboundedSender<String>,
) {
    while let Some(line) = line(reading).await {
        if line == "PING" {
            send(sending, "PONG\r\n").await;
        } else if let Some(refused) = line.strip_prefix("-ERR ") {
            drop(refusing.send(refused.trim_matches('\'').to_owned()));
        } else if let Some(rest) = line.strip_prefix("MSG ") {
            let heard = message(rest, reading).await;
            if hearing.send(heard).is_err() {
                return;
            }
        }
    }
}

/// The message whose head is this.
async fn message(head: &str, reading: &mut Reading) -> Heard {
    let length = head.rsplit(' ').next().and_then(|length| length.parse::<usize>().ok());
    let length = length.expect("a message has a length");
    let mut payload = vec![0; length + 2];
    reading.read_exact(&mut payload).await.expect("the broker is there");
    payload.truncate(length);
    Heard { subject: head.split(' ').next().unwrap_or_default().to_owned(), payload }
}

/// The next one; none when the broker has hung up.
async fn line(reading: &mut Reading) -> Option<String> {
    let mut line = String::new();
    match reading.read_line(&mut line).await {
        Ok(0) | Err(_) => None,
        Ok(_) => Some(line.trim_end().to_owned()),
    }
}
