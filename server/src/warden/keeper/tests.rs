//! The warden on an engine that fails as a test wants it to.

use std::sync::{Arc, Mutex};

use bollard::Docker;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};

use super::*;
use crate::language::Languages;
use crate::slots::Host;
use crate::warden::container::{INSTANCE, ROLE};

/// What runc says when a host has run out of cgroups for a moment.
const NO_SPACE: &str = "runc create failed: failed to write 4711: open /sys/fs/cgroup/pids/gavel/cgroup.procs: no space left on device";

/// An engine without containers, or with one that it cannot remove: it notes what is to be created, and fails starts as it is told.
#[derive(Debug, Clone, Default)]
struct FakeEngine {
    created: Arc<Mutex<Vec<Value>>>,
    starts: Arc<Mutex<u32>>,
    /// These starts fail.
    failing: Arc<Mutex<Vec<u32>>>,
    /// There is one that cannot be removed.
    has_stuck: bool,
    /// The first slot has one whose removal never ends.
    hangs: bool,
}

impl FakeEngine {
    async fn serve(self, listener: UnixListener) {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(self.clone().converse(BufReader::new(stream)));
        }
    }

    async fn converse(self, mut stream: BufReader<UnixStream>) -> Option<()> {
        loop {
            let (request, body) = read(&mut stream).await?;
            if self.hangs && request.starts_with("DELETE") && request.contains("/77ab") {
                std::future::pending::<()>().await;
            }
            let (status, answer) = self.answer(&request, &body);
            let answer = answer.to_string();
            let length = answer.len();
            let head = format!(
                "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
            );
            stream.write_all((head + &answer).as_bytes()).await.ok()?;
        }
    }

    fn answer(&self, request: &str, body: &[u8]) -> (u16, Value) {
        if request.contains("/info") {
            return (200, json!({ "CgroupDriver": "cgroupfs", "CgroupVersion": "1" }));
        }
        if request.contains("/containers/create") {
            self.created.lock().unwrap().push(serde_json::from_slice(body).unwrap());
            return (201, json!({ "Id": "12ab", "Warnings": [] }));
        }
        if request.contains("/start") {
            let mut starts = self.starts.lock().unwrap();
            *starts += 1;
            return if self.failing.lock().unwrap().contains(&starts) {
                (500, json!({ "message": NO_SPACE }))
            } else {
                (204, Value::Null)
            };
        }
        if request.starts_with("POST") && request.contains("/wait") {
            return (200, json!({ "StatusCode": 0 }));
        }
        if self.has_stuck && request.contains("/containers/json") {
            let labels = json!({ INSTANCE: Config::default().sandbox.instance, ROLE: "run" });
            let name = format!("/{}0", prefix(&Config::default().sandbox.instance));
            return (200, json!([{ "Id": "77ab", "Names": [name], "Labels": labels }]));
        }
        if self.has_stuck && request.starts_with("DELETE") {
            return (500, json!({ "message": "device or resource busy" }));
        }
        if request.starts_with("DELETE") {
            return (204, Value::Null);
        }
        if self.hangs && request.contains("run-0/json") {
            let labels = json!({ INSTANCE: Config::default().sandbox.instance, ROLE: "run" });
            return (200, json!({ "Id": "77ab", "Config": { "Labels": labels } }));
        }
        if request.contains("/containers/12ab/json") {
            (200, json!({ "Id": "12ab", "Image": "sha256:77" }))
        } else {
            (404, json!({ "message": "not there" }))
        }
    }

    /// Binds of the run containers that were made, but for those that look and set limits.
    fn binds_of_sandboxes(&self) -> Vec<usize> {
        let created = self.created.lock().unwrap();
        let sandboxes = created.iter().filter(|body| body["Labels"]["io.gavel.role"] == "run");
        sandboxes.map(|body| body["HostConfig"]["Binds"].as_array().map_or(0, Vec::len)).collect()
    }
}

/// The first line of a request, and its body.
async fn read(stream: &mut BufReader<UnixStream>) -> Option<(String, Vec<u8>)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    stream.read_exact(&mut body).await.ok()?;
    let first = head.lines().next()?;
    Some((first.replacen("post", "POST", 1).replacen("delete", "DELETE", 1), body))
}

async fn keeper(engine: &FakeEngine, require_cgroups: bool) -> Keeper {
    let directory = tempfile::tempdir().unwrap();
    let socket = directory.path().join("docker.sock");
    tokio::spawn(engine.clone().serve(UnixListener::bind(&socket).unwrap()));
    let docker =
        Docker::connect_with_unix(socket.to_str().unwrap(), 10, bollard::API_DEFAULT_VERSION).unwrap();
    let mut config = Config::default();
    config.gojudge.enabled = false;
    config.sandbox.require_cgroups = require_cgroups;
    let file = directory.path().join("languages.toml");
    std::fs::write(&file, "").unwrap();
    let host = Host { cores: 2, memory: gavel_protocol::Bytes::mib(8192) };
    let plan = SlotPlan::new(&config, &Languages::load(&file, "latest").unwrap(), host).unwrap();
    // The socket stays as long as the process.
    std::mem::forget(directory);
    Keeper::new(&config, plan, Engine { docker }, "/monitor".into(), Workspace::new("/w")).await.unwrap()
}

fn create() -> Verb {
    Verb::Create { profile: "run".into(), slot: 0 }
}

#[tokio::test]
async fn a_container_that_the_engine_finds_no_cgroup_for_fails_and_the_next_has_cgroups() {
    let engine = FakeEngine::default();
    let keeper = keeper(&engine, true).await;
    // The first start is the probe's.
    engine.failing.lock().unwrap().push(2);
    let failed = keeper.perform(create()).await;
    assert!(matches!(&failed, Answer::Failed(why) if why.contains("no space left")), "{failed:?}");
    let made = keeper.perform(create()).await;
    assert_eq!(made, Answer::Created { container: "12ab".into(), image: "sha256:77".into() });
    let binds = engine.binds_of_sandboxes();
    assert!(binds.len() == 2 && binds.iter().all(|count| *count >= 3), "{binds:?}");
}

#[tokio::test]
async fn a_host_without_cgroups_for_containers_is_refused_until_it_has_some() {
    let engine = FakeEngine::default();
    let keeper = keeper(&engine, true).await;
    engine.failing.lock().unwrap().extend(1..=PROBES);
    let refused = keeper.perform(create()).await;
    assert!(
        matches!(&refused, Answer::Failed(why) if why.contains("sandbox.require_cgroups")),
        "{refused:?}"
    );
    assert!(engine.binds_of_sandboxes().is_empty(), "nothing may run there");
    assert!(matches!(keeper.perform(create()).await, Answer::Created { .. }));
}

#[tokio::test]
async fn a_host_that_has_none_and_need_not_is_served_without() {
    let engine = FakeEngine::default();
    let keeper = keeper(&engine, false).await;
    engine.failing.lock().unwrap().extend(1..=PROBES);
    assert!(matches!(keeper.perform(create()).await, Answer::Created { .. }));
    assert_eq!(engine.binds_of_sandboxes(), [0]);
}

#[tokio::test]
async fn a_limit_on_all_that_could_not_be_set_is_set_with_the_next_container() {
    let engine = FakeEngine::default();
    let keeper = keeper(&engine, true).await;
    // The probe's, the sandbox's, and that of the container which sets the limit.
    engine.failing.lock().unwrap().push(3);
    let setters = || {
        let created = engine.created.lock().unwrap();
        let cg =
            |body: &&Value| body["Entrypoint"][3] == "set" && !body["Cmd"].as_array().unwrap().is_empty();
        created.iter().filter(cg).count()
    };
    keeper.perform(create()).await;
    keeper.perform(create()).await;
    keeper.perform(create()).await;
    assert_eq!(setters(), 2, "one failed, one did it, and then it was done");
}

#[tokio::test]
async fn a_container_that_the_engine_cannot_remove_does_not_keep_a_server_from_starting() {
    let engine = FakeEngine { has_stuck: true, ..FakeEngine::default() };
    let keeper = keeper(&engine, true).await;
    let drained = reaper::drain(&keeper.engine, &keeper.config.sandbox.instance).await;
    assert!(matches!(drained, Ok(1)), "{drained:?}");
}

#[tokio::test]
async fn containers_whose_removal_never_ends_keep_no_other_from_being_made() {
    let engine = FakeEngine { hangs: true, ..FakeEngine::default() };
    let keeper = keeper(&engine, true).await;
    let removals = (0..2 * IN_FLIGHT).map(|_| keeper.perform(Verb::Retire { slot: 0 }));
    let removals = futures_util::future::join_all(removals);
    let making = tokio::time::timeout(Duration::from_secs(10), keeper.perform(create()));
    tokio::select! {
        // They have all the turns that there are for them, first.
        biased;
        removed = removals => panic!("{removed:?}"),
        made = making => assert!(matches!(made, Ok(Answer::Created { .. })), "{made:?}"),
    }
}

#[tokio::test]
async fn a_container_that_has_only_looked_and_cannot_be_removed_keeps_no_sandbox_from_being_made() {
    let engine = FakeEngine { has_stuck: true, ..FakeEngine::default() };
    let keeper = keeper(&engine, true).await;
    let made = keeper.perform(create()).await;
    assert!(matches!(made, Answer::Created { .. }), "{made:?}");
}
