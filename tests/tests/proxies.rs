//! The configurations of `docs/proxy.md`, as they stand there but for ports and file names, before an instance that wants a
//! token. Needs nginx, Caddy, curl and openssl.

#![expect(clippy::unwrap_used, reason = "a helper of tests may panic like a test")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use e2e::Request;
use e2e::environment::patience;
use e2e::instance::Plan;
use e2e::programs::{SLEEP, unique};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Child;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Message, http::HeaderValue};

const PAGE: &str = include_str!("../../docs/proxy.md");
const TOKEN: &str = "a-backends-token-of-the-tests";
const NAME: &str = "judge.example";

/// A proxy that runs, and how it is reached.
struct Proxy {
    port: u16,
    _process: Child,
}

#[tokio::test]
async fn the_service_is_whole_behind_the_proxies_of_the_page() {
    let plan = Plan::of_one_slot("proxies")
        .with("GAVEL_HTTP__TOKEN", TOKEN)
        .with("GAVEL_HTTP__ALLOW_UNAUTHENTICATED", "false")
        .token(TOKEN);
    let instance = plan.start().await;
    let upstream = instance.url().trim_start_matches("http://").to_owned();
    let tried = tokio::spawn(async move {
        let folder = tempfile::tempdir().unwrap();
        certificate(folder.path()).await;
        for start in [nginx, caddy] {
            let port = free_port();
            let process = start(folder.path(), port, &upstream);
            let proxy = Proxy { port, _process: process };
            proxy.answers().await;
            proxy.wants_the_token().await;
            proxy.follows_a_submission().await;
            proxy.takes_large_bodies().await;
            proxy.carries_websockets().await;
        }
    });
    let outcome = tried.await;
    instance.remove().await;
    outcome.unwrap();
}

/// The code of the page in this language, with this test's ports and files.
fn block(language: &str, folder: &Path, upstream: &str) -> String {
    let start = format!("```{language}\n");
    let (_, rest) = PAGE.split_once(&start).unwrap();
    let (code, _) = rest.split_once("```").unwrap();
    let ssl = folder.display().to_string();
    code.replace("/etc/ssl", &ssl).replace("127.0.0.1:5050", upstream)
}

fn nginx(folder: &Path, port: u16, upstream: &str) -> Child {
    let server = block("nginx", folder, upstream).replace("listen 443", &format!("listen 127.0.0.1:{port}"));
    let at = folder.display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {at}/{kind};\n"))
        .concat();
    let text = format!(
        "daemon off; master_process off; pid {at}/nginx.pid; error_log stderr; events {{}}\nhttp {{ access_log off;\n{temporary}{server}}}"
    );
    let file = folder.join("nginx.conf");
    std::fs::write(&file, text).unwrap();
    spawn(Command::new("nginx").arg("-c").arg(file).arg("-e").arg("stderr").env("PATH", path_with_sbin()))
}

fn caddy(folder: &Path, port: u16, upstream: &str) -> Child {
    let site = block("caddy", folder, upstream).replace(NAME, &format!("{NAME}:{port}"));
    // The name stands in the names of the certificate's files, too.
    let site = site.replace(&format!("/{NAME}:{port}."), &format!("/{NAME}."));
    let global = "{\n\tadmin off\n\tauto_https disable_redirects\n\tdefault_bind 127.0.0.1\n}\n";
    let file = folder.join("Caddyfile");
    std::fs::write(&file, format!("{global}{site}")).unwrap();
    let arguments = ["run", "--adapter", "caddyfile", "--config"];
    spawn(Command::new("caddy").args(arguments).arg(file).env("HOME", folder))
}

fn path_with_sbin() -> String {
    format!("{}:/usr/sbin:/usr/local/sbin", std::env::var("PATH").unwrap_or_default())
}

/// Ends with the test.
fn spawn(command: &mut Command) -> Child {
    let mut command = tokio::process::Command::from(std::mem::replace(command, Command::new("true")));
    let name = format!("{command:?}");
    let started = command.kill_on_drop(true).stdout(Stdio::null()).spawn();
    started.unwrap_or_else(|why| panic!("{name} could not be started: {why}"))
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

async fn certificate(folder: &Path) {
    let (key, certificate) = (folder.join(format!("{NAME}.key")), folder.join(format!("{NAME}.pem")));
    let mut openssl = tokio::process::Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj"]);
    openssl.arg(format!("/CN={NAME}")).arg("-addext").arg(format!("subjectAltName=DNS:{NAME}"));
    let made = openssl.arg("-keyout").arg(key).arg("-out").arg(certificate).output().await.unwrap();
    assert!(made.status.success(), "{made:?}");
}

impl Proxy {
    fn url(&self, path: &str) -> String {
        format!("https://{NAME}:{}{path}", self.port)
    }

    fn curl(&self, arguments: &[&str], path: &str) -> tokio::process::Command {
        let mut curl = tokio::process::Command::new("curl");
        curl.args(["-sSkN", "--noproxy", "*", "--max-time", "120", "--resolve"]);
        curl.arg(format!("{NAME}:{}:127.0.0.1", self.port)).args(arguments).arg(self.url(path));
        curl
    }

    /// Status, and head and body, of an answer.
    async fn ask(&self, arguments: &[&str], path: &str) -> (u16, String) {
        let done = self.curl(&["-i", "-w", "\n%{http_code}"], path).args(arguments).output().await.unwrap();
        let text = String::from_utf8_lossy(&done.stdout).into_owned();
        let (text, status) = text.rsplit_once('\n').unwrap_or_default();
        (status.parse().unwrap_or(0), text.to_owned())
    }

    async fn answers(&self) {
        let deadline = Instant::now() + patience(Duration::from_secs(20));
        while self.ask(&[], "/judge/version").await.0 != 200 {
            assert!(Instant::now() < deadline, "the proxy does not answer");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    async fn wants_the_token(&self) {
        assert_eq!(self.ask(&[], "/judge/api/v1/languages").await.0, 401);
        assert_eq!(self.ask(&["-H", &bearer()], "/judge/api/v1/languages").await.0, 200);
    }

    async fn submit(&self, request: &Request) -> String {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), serde_json::to_vec(request).unwrap()).unwrap();
        let body = format!("@{}", file.path().display());
        let kind = "Content-Type: application/json";
        // An old courtesy of curl's, for which it would wait.
        let arguments = ["-H", &bearer(), "-H", kind, "-H", "Expect:", "--data-binary", &body];
        let (status, head) = self.ask(&arguments, "/judge/api/v1/submissions").await;
        assert_eq!(status, 202, "{head}");
        let location = |line: &str| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("location").then(|| value.trim().to_owned())
        };
        head.lines().find_map(location).unwrap_or_else(|| panic!("no Location in {head}"))
    }

    /// By the address that the answer names; events come while the program runs.
    async fn follows_a_submission(&self) {
        let sleeper = Request::new("c17", &unique(SLEEP)).stdin(b"3000").limits("wall_ms=20000");
        let location = self.submit(&sleeper).await;
        assert!(location.starts_with("/judge/api/v1/submissions/"), "{location}");
        let bearer = bearer();
        let mut curl = self.curl(&["-H", &bearer], &format!("{location}/events"));
        let mut events = curl.stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let mut lines = BufReader::new(events.stdout.take().unwrap()).lines();
        let (mut running, mut judged) = (None, None);
        while let Some(line) = lines.next_line().await.unwrap() {
            if line.contains("\"state\":\"running\"") && running.is_none() {
                running = Some(Instant::now());
            }
            if line == "event: judgement" {
                judged = Some(Instant::now());
            }
        }
        let apart = judged.unwrap().duration_since(running.unwrap());
        assert!(apart > Duration::from_secs(2), "the events came together, within {apart:?}");
        let (status, shown) = self.ask(&["-H", &bearer], &location).await;
        assert!(status == 200 && shown.contains("\"verdict\":\"Accepted\""), "{status} {shown}");
    }

    async fn takes_large_bodies(&self) {
        let large = Request::new("c17", &unique(SLEEP)).stdin(format!("0{}", " ".repeat(8 << 20)).as_bytes());
        self.submit(&large).await;
    }

    async fn carries_websockets(&self) {
        let mut request = format!("ws://{NAME}/judge/ws").into_client_request().unwrap();
        request
            .headers_mut()
            .insert("authorization", HeaderValue::from_str(&format!("Bearer {TOKEN}")).unwrap());
        // What it reads and writes is the plain text of a connection under TLS.
        let mut tls = tokio::process::Command::new("openssl");
        tls.args(["s_client", "-quiet", "-servername", NAME, "-connect"])
            .arg(format!("127.0.0.1:{}", self.port));
        let tls = tls.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let mut tls = tls.spawn().unwrap();
        let stream = tokio::io::join(tls.stdout.take().unwrap(), tls.stdin.take().unwrap());
        let (mut socket, _answer) = tokio_tungstenite::client_async(request, stream).await.unwrap();
        let echo = json!({"args": ["/bin/echo", "through"], "files": [{"content": ""}, {"name": "stdout", "max": 64}, {"name": "stderr", "max": 64}],
            "cpuLimit": 1_000_000_000u64, "memoryLimit": 64 << 20, "procLimit": 8});
        let run = json!({"requestId": "one", "cmd": [echo]});
        socket.send(Message::text(run.to_string())).await.unwrap();
        let answer = tokio::time::timeout(patience(Duration::from_secs(30)), socket.next()).await.unwrap();
        let answer: Value = serde_json::from_str(answer.unwrap().unwrap().to_text().unwrap()).unwrap();
        assert_eq!(answer["results"][0]["files"]["stdout"], "through\n", "{answer}");
    }
}

fn bearer() -> String {
    format!("Authorization: Bearer {TOKEN}")
}
