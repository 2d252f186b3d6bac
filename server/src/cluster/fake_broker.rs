//! As much of a broker as a test needs: it answers requests as the test says, and knows no streams.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::broker::Broker;
use crate::config::Config;

/// What is answered to a request of this subject; none where nobody answers.
type Answers = dyn Fn(&str) -> Option<Vec<u8>> + Send + Sync;

/// A connection to one that answers so, which ends with the test's runtime.
pub(super) async fn connected(answers: impl Fn(&str) -> Option<Vec<u8>> + Send + Sync + 'static) -> Broker {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    let answers: Arc<Answers> = Arc::new(answers);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, Arc::clone(&answers)));
        }
    });
    let cluster = Config::default().cluster;
    Broker::connect(&cluster, &format!("nats://{address}"), "test").await.unwrap()
}

/// Serves one client, which asks for all answers under one subject, by its first subscription.
async fn serve(stream: TcpStream, answers: Arc<Answers>) -> Option<()> {
    let (reading, mut writing) = stream.into_split();
    let mut lines = BufReader::new(reading);
    writing.write_all(b"INFO {\"max_payload\":1048576,\"headers\":true}\r\n").await.ok()?;
    let mut subscription = "1".to_owned();
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["PING"] => writing.write_all(b"PONG\r\n").await.ok()?,
            ["SUB", _, id] => subscription = id.to_owned(),
            ["PUB", subject, reply, length] => {
                let mut payload = vec![0; length.parse::<usize>().ok()? + 2];
                lines.read_exact(&mut payload).await.ok()?;
                let Some(answer) = answers(subject) else { continue };
                writing.write_all(&message(reply, &subscription, &answer)).await.ok()?;
            }
            _ => {}
        }
    }
}

fn message(subject: &str, subscription: &str, payload: &[u8]) -> Vec<u8> {
    let mut message = format!("MSG {subject} {subscription} {}\r\n", payload.len()).into_bytes();
    message.extend_from_slice(payload);
    message.extend_from_slice(b"\r\n");
    message
}
