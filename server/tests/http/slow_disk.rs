//! A disk that keeps whoever asks it waiting: in the place of a stored file is a FIFO, whose open(2) waits for a writer.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use gavel_rpc::executor_client::ExecutorClient;
use gavel_rpc::request::{CachedFile, CmdType, File as CmdFile, file};
use gavel_rpc::{FileContent, FileId, Request};
use nix::sys::stat::Mode;
use reqwest::Method;
use serde_json::json;
use tokio::task::JoinSet;
use tonic::transport::Channel;

use crate::bench::{Bench, answer, eventually};

/// Longer nobody who has nothing to do with that file waits.
const AT_MOST: Duration = Duration::from_secs(5);

/// A stored file that nobody gets open. Dropped, it lets all go on.
struct Stuck {
    id: String,
    path: PathBuf,
}

impl Stuck {
    fn new(bench: &Bench, id: &str) -> Self {
        let path = bench.directory.path().join("files").join(id);
        std::fs::remove_file(&path).unwrap();
        nix::unistd::mkfifo(&path, Mode::from_bits_truncate(0o644)).unwrap();
        // Where everybody waits nobody is left to end the test.
        let late = path.clone();
        std::thread::spawn(move || {
            std::thread::sleep(2 * AT_MOST);
            let_go(&late);
        });
        Self { id: id.to_owned(), path }
    }
}

impl Drop for Stuck {
    fn drop(&mut self) {
        let_go(&self.path);
    }
}

/// As a writer too, which is what they wait for; those who come later find no file.
fn let_go(path: &Path) {
    let _writer = File::options().read(true).write(true).open(path);
    let _ = std::fs::remove_file(path);
    std::thread::sleep(Duration::from_millis(100));
}

async fn store(bench: &Bench) -> String {
    let form = reqwest::multipart::Form::new();
    let part = reqwest::multipart::Part::bytes(&b"x"[..]).file_name("a");
    let (status, id) = answer(bench.request(Method::POST, "/file").multipart(form.part("file", part))).await;
    assert_eq!(status, 200, "{id}");
    id.as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_for_the_disk_keeps_nobody_else_of_http_waiting() {
    let bench = Bench::with(&[("gojudge.parallelism", "32")]).await;
    let stuck = Stuck::new(&bench, &store(&bench).await);
    let download = || bench.request(Method::GET, &format!("/file/{}", stuck.id));
    let run =
        |command: serde_json::Value| bench.request(Method::POST, "/run").json(&json!({"cmd": [command]}));
    let mut waiting = JoinSet::new();
    for _ in 0..8 {
        waiting.spawn(answer(download()));
        waiting.spawn(answer(run(json!({"args": ["a"], "files": [{"fileId": stuck.id}]}))));
        waiting.spawn(answer(run(json!({"args": ["a"], "copyIn": {"a": {"fileId": stuck.id}}}))));
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let asked = Instant::now();
    // On so many connections that each thread of the server has some of them.
    for _ in 0..16 {
        let request = bench.request(Method::GET, "/healthz").header("connection", "close");
        assert_eq!(answer(request).await.0, 200);
    }
    assert!(asked.elapsed() < AT_MOST);
    assert!(waiting.try_join_next().is_none());
    drop(stuck);
    waiting.join_all().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_for_the_disk_keeps_nobody_else_of_grpc_waiting() {
    let bench = Bench::with(&[("gojudge.parallelism", "32")]).await;
    let channel = Channel::from_shared(bench.grpc_url.clone()).unwrap().connect().await.unwrap();
    let executor = ExecutorClient::new(channel);
    let content = FileContent { name: "a".into(), content: b"x"[..].into() };
    let FileId { file_id } = executor.clone().file_add(content).await.unwrap().into_inner();
    let stuck = Stuck::new(&bench, &file_id);
    let mut waiting = JoinSet::new();
    for _ in 0..8 {
        let (mut get, mut exec, file_id) = (executor.clone(), executor.clone(), file_id.clone());
        let cached = CmdFile { file: Some(file::File::Cached(CachedFile { file_id: file_id.clone() })) };
        let cmd = vec![CmdType { args: vec!["a".into()], files: vec![cached], ..CmdType::default() }];
        let request = Request { cmd, ..Request::default() };
        waiting.spawn(async move { get.file_get(FileId { file_id }).await.map(drop) });
        waiting.spawn(async move { exec.exec(request).await.map(drop) });
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let asked = Instant::now();
    for _ in 0..8 {
        let listed = executor.clone().file_list(()).await.unwrap();
        assert_eq!(listed.into_inner().file_i_ds.len(), 1);
    }
    assert!(asked.elapsed() < AT_MOST);
    assert!(waiting.try_join_next().is_none());
    drop(stuck);
    waiting.join_all().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_an_upload_that_breaks_off_nothing_is_left() {
    let bench = Bench::start().await;
    let files = bench.directory.path().join("files");
    let count = || std::fs::read_dir(&files).unwrap().count();
    let begun = b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n".to_vec();
    let (sender, body) = tokio::sync::mpsc::channel::<Result<Vec<u8>, std::io::Error>>(1);
    let body = futures_util::stream::unfold(body, async |mut body| Some((body.recv().await?, body)));
    let request = bench.request(Method::POST, "/file").body(reqwest::Body::wrap_stream(body));
    let request = request.header("content-type", "multipart/form-data; boundary=edge");
    let sending = tokio::spawn(request.send());
    for piece in [begun, vec![b'x'; 1 << 20]] {
        sender.send(Ok(piece)).await.unwrap();
    }
    eventually(async || (count() == 1).then_some(())).await;
    sending.abort();
    eventually(async || (count() == 0).then_some(())).await;
}
