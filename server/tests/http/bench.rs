//! A whole server in process, with a stand-in for judging that does what the source says, and one for the sandboxes of
//! the go-judge API.

use std::net::TcpListener;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{SubsecRound as _, Utc};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use gavel::access::Access;
use gavel::account::{self, Account};
use gavel::config::{Config, Overrides};
use gavel::content::Content;
use gavel::gojudge::GoJudge;
use gavel::judge::{
    Compilation, HandedFile, JudgeError, Judgement, Progress, Stream, Summary, TestResult, Tested, Verdict,
};
use gavel::language::{Language, Languages};
use gavel::live::{self, LiveOutputs};
use gavel::operations::{Operations, Recycled};
use gavel::problems::Problems;
use gavel::queue::Judging;
use gavel::sandbox::{
    PoolStatus, Profile, ProfileStatus, RetireReason, SandboxError, SandboxState, SandboxStatus,
};
use gavel::server::{self, Parts, ServerError, Sockets};
use gavel::store::Store;
use gavel::submission::{RunLimits, Submission};
use gavel_protocol::{Bytes, CgroupTier};
use metrics_exporter_prometheus::PrometheusBuilder;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::conformance::{self, Described};
use crate::standin::StandIn;

/// So many attempts find a full disk that are to find one.
pub(crate) const FULL: usize = 5;

/// Tests of a submission that floods.
pub(crate) const FLOOD: u32 = 100_000;

/// No wait of a test is longer. It is reached by what never happens alone, on a machine that builds images beside as well.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Bench {
    pub(crate) url: String,
    /// Of `[telemetry]`.
    pub(crate) telemetry: Option<String>,
    pub(crate) grpc_url: String,
    pub(crate) client: Client,
    pub(crate) judge: Arc<Script>,
    pub(crate) sandboxes: StandIn,
    pub(crate) account: Account,
    pub(crate) directory: Arc<tempfile::TempDir>,
    /// There is no image of the toolchain.
    pub(crate) no_gcc: Arc<AtomicBool>,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<Result<(), ServerError>>,
    _described: Described,
}

/// Judges by the source's first word: `accept`, `tle`, `hang` (until cancelled), `stall` (as that, but no
/// sandbox is free before [`Self::serve`]), `sleep <ms>`, `turns`, `later`, `dies-later` and `busy-later`
/// (accepted the first time, then wrong, hanging, failing, or without a sandbox), `held` and `lingers` (accepted the first
/// time, then accepted, or ended some time after it is cancelled, upon [`Self::serve`]), `steps`, `floods`, `die`, `panic`, `busy`, `full`, `binary`.
#[derive(Debug, Default)]
pub(crate) struct Script {
    /// What its programs write.
    live: LiveOutputs,
    pub(crate) started: Mutex<Vec<String>>,
    pub(crate) finished: Mutex<Vec<String>>,
    pub(crate) cancelled: Mutex<Vec<String>>,
    /// One that stalls has a sandbox now; one that is held or lingers comes to its end.
    pub(crate) serve: Notify,
    /// The only sandbox for samples and versions.
    turn: tokio::sync::Mutex<()>,
    /// A language whose sample is judged wrong.
    broken: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Containers {
    pub(crate) no_gcc: Arc<AtomicBool>,
    /// Run slots.
    pub(crate) runs: usize,
    /// So often it was asked to forget contents.
    pub(crate) forgotten: AtomicU32,
}

impl Bench {
    pub(crate) async fn start() -> Self {
        Self::with(&[]).await
    }

    /// With these settings changed.
    pub(crate) async fn with(settings: &[(&str, &str)]) -> Self {
        Self::on(Arc::new(tempfile::tempdir().unwrap()), settings).await
    }

    /// On the state that another server has left.
    pub(crate) async fn on(directory: Arc<tempfile::TempDir>, settings: &[(&str, &str)]) -> Self {
        let mut flags = vec![("http.allow_unauthenticated", "true"), ("queue.drain", "300ms")];
        flags.extend(
            settings.iter().filter(|(key, _)| !matches!(*key, "workers" | "broken" | "no_gcc" | "runs")),
        );
        let own = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
        let overrides = Overrides {
            file: Some("/dev/null".into()),
            flags: flags.into_iter().map(own).collect(),
            ..Overrides::default()
        };
        let config = Config::load(&overrides).unwrap();
        let workers =
            settings.iter().find(|(key, _)| *key == "workers").map_or(2, |(_, n)| n.parse().unwrap());
        let broken =
            settings.iter().find(|(key, _)| *key == "broken").map(|(_, language)| (*language).into());
        let no_gcc = settings.iter().any(|(key, _)| *key == "no_gcc");
        let no_gcc = Arc::new(AtomicBool::new(no_gcc));
        let runs = settings.iter().find(|(key, _)| *key == "runs").map_or(2, |(_, n)| n.parse().unwrap());
        let judge = Arc::new(Script { broken, ..Script::default() });
        let telemetry = (config.telemetry.metrics || config.telemetry.debug)
            .then(|| TcpListener::bind("127.0.0.1:0").unwrap());
        let url_of = |listener: &TcpListener| format!("http://{}", listener.local_addr().unwrap());
        let telemetry_url = telemetry.as_ref().map(url_of);
        let files = directory.path().join("files");
        let sandboxes = StandIn::default();
        let grpc = TcpListener::bind("127.0.0.1:0").unwrap();
        let grpc_url = url_of(&grpc);
        let account = Account::new(account::size(config.http.memory));
        let gojudge = GoJudge::new(&config.gojudge, sandboxes.clone(), 4, files, account.clone());
        let store = open_store(directory.path()).await;
        let parts = Parts {
            problems: Problems::new(store.clone()),
            store,
            gojudge: Some(gojudge.unwrap()),
            account: account.clone(),
            languages: Arc::new(Languages::load(Path::new("../images/languages.toml"), "latest").unwrap()),
            access: Access::new(&config).unwrap(),
            config: Arc::new(config),
            artefacts: None,
            live: judge.live.clone(),
            operations: Arc::new(Containers::new(&no_gcc, runs)),
            metrics: PrometheusBuilder::new().build_recorder().handle(),
            workers,
            strikes: None,
        };
        let http = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = url_of(&http);
        let sockets = Sockets { http, grpc: Some(grpc), telemetry };
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(server::run(parts, Arc::clone(&judge), sockets, stopped.map(drop)));
        let described = conformance::learn(&url).await;
        let client = Client::builder().timeout(PATIENCE).build().unwrap();
        let (telemetry, stop) = (telemetry_url, Some(stop));
        Self {
            url,
            telemetry,
            grpc_url,
            client,
            judge,
            sandboxes,
            account,
            directory,
            no_gcc,
            stop,
            running,
            _described: described,
        }
    }

    /// Its store, once more.
    pub(crate) async fn open_store(&self) -> Store {
        open_store(self.directory.path()).await
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    pub(crate) async fn get(&self, path: &str) -> (StatusCode, Value) {
        answer(self.request(Method::GET, path)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> (StatusCode, Value) {
        answer(self.request(Method::DELETE, path)).await
    }

    pub(crate) async fn post(&self, body: Value) -> (StatusCode, Value) {
        answer(self.request(Method::POST, "/api/v1/submissions").json(&body)).await
    }

    /// Submits a source that must be accepted, and returns its id.
    pub(crate) async fn submit(&self, user: &str, source: &str) -> String {
        let (status, body) = self.post(json!({"language": "cpp17", "source": source, "user": user})).await;
        assert_eq!(status, 202, "{body}");
        body["id"].as_str().unwrap().to_owned()
    }

    /// Waits until a submission is in this state.
    pub(crate) async fn until(&self, id: &str, state: &str) -> Value {
        eventually(|| async {
            let (_, body) = self.get(&format!("/api/v1/submissions/{id}")).await;
            (body["state"] == state).then_some(body)
        })
        .await
    }

    /// Waits until the judge has begun with so many.
    pub(crate) async fn until_started(&self, number: usize) {
        eventually(async || (self.judge.started.lock().unwrap().len() >= number).then_some(())).await;
    }

    /// As SIGTERM does.
    pub(crate) fn begin_to_stop(&mut self) {
        self.stop.take().map(|stop| stop.send(()));
    }

    pub(crate) async fn stopped(&mut self) -> Result<(), ServerError> {
        tokio::time::timeout(PATIENCE, &mut self.running).await.unwrap().unwrap()
    }

    pub(crate) async fn stop(mut self) -> Arc<tempfile::TempDir> {
        self.begin_to_stop();
        self.stopped().await.unwrap();
        Arc::clone(&self.directory)
    }
}

async fn open_store(directory: &Path) -> Store {
    Store::open(&directory.join("gavel.sqlite"), &directory.join("blobs")).await.unwrap()
}

pub(crate) async fn answer(request: RequestBuilder) -> (StatusCode, Value) {
    let (client, request) = request.build_split();
    let request = request.unwrap();
    let (method, url) = (request.method().clone(), request.url().clone());
    let response = client.execute(request).await.unwrap();
    let status = response.status();
    let content_type = response.headers().get("content-type").and_then(|value| value.to_str().ok());
    let content_type = content_type.unwrap_or_default().to_owned();
    let text = response.text().await.unwrap();
    let body = if text.is_empty() {
        Value::Null
    } else {
        serde_json::from_str(&text).unwrap_or(Value::String(text))
    };
    conformance::check(&method, &url, status, &content_type, &body);
    (status, body)
}

/// Tries until there is something, but not for ever.
pub(crate) async fn eventually<T, F: Future<Output = Option<T>>>(attempt: impl Fn() -> F) -> T {
    let trying = async {
        loop {
            if let Some(found) = attempt().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, trying).await.expect("it never happened")
}

impl Script {
    fn is_again(&self, source: &String) -> bool {
        self.started.lock().unwrap().iter().filter(|started| *started == source).count() > 1
    }
}

impl Judging for Script {
    async fn judge(
        &self,
        submission: &Submission,
        progress: &(dyn Fn(Progress) + Send + Sync),
        cancel: &CancellationToken,
    ) -> Result<Judgement, JudgeError> {
        let source = match submission.files.values().next().unwrap() {
            Content::Inline(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            elsewhere => elsewhere.hash().to_string(),
        };
        if submission.user.as_ref().is_some_and(|user| user.ends_with("self-test")) {
            let _turn = self.turn.lock().await;
            tokio::time::sleep(Duration::from_millis(2)).await;
            let is_broken = self.broken.as_ref() == Some(&submission.language);
            let verdict = if is_broken { Verdict::WrongAnswer } else { Verdict::Accepted };
            return Ok(judgement(submission, verdict, &source));
        }
        self.started.lock().unwrap().push(source.clone());
        if source == "stall" {
            tokio::select! {
                () = cancel.cancelled() => return Err(JudgeError::Cancelled),
                () = self.serve.notified() => {}
            }
        }
        progress(Progress::Compiling);
        progress(Progress::Served);
        tokio::task::yield_now().await;
        progress(Progress::Running { done: 0 });
        let mut words = source.split(' ');
        let verdict = match words.next().unwrap_or_default() {
            "tle" => Verdict::TimeLimitExceeded,
            "hang" => {
                cancel.cancelled().await;
                self.cancelled.lock().unwrap().push(source.clone());
                return Err(JudgeError::Cancelled);
            }
            "sleep" => {
                let time = words.next().and_then(|ms| ms.parse().ok()).unwrap_or(0);
                tokio::time::sleep(Duration::from_millis(time)).await;
                Verdict::Accepted
            }
            // Something else the second time, and later.
            "turns" if self.is_again(&source) => Verdict::WrongAnswer,
            "later" if self.is_again(&source) => {
                cancel.cancelled().await;
                self.cancelled.lock().unwrap().push(source.clone());
                return Err(JudgeError::Cancelled);
            }
            "held" if self.is_again(&source) => {
                self.serve.notified().await;
                Verdict::Accepted
            }
            "lingers" if self.is_again(&source) => {
                cancel.cancelled().await;
                self.serve.notified().await;
                self.cancelled.lock().unwrap().push(source.clone());
                return Err(JudgeError::Cancelled);
            }
            "busy-later" if self.is_again(&source) => {
                return Err(SandboxError::Busy { waited: Duration::ZERO }.into());
            }
            "dies-later" if self.is_again(&source) => {
                return Err(SandboxError::Died("the container went away".into()).into());
            }
            // Its program runs, and has written this; it ends upon [`Self::serve`].
            "writes" => {
                let shown = self.live.begin(submission.id, 0);
                let written = source.strip_prefix("writes ").unwrap_or_default();
                shown.tap(live::Stream::Stdout).write(written.as_bytes());
                self.serve.notified().await;
                Verdict::Accepted
            }
            // Two of three tests are done; it goes on upon [`Self::serve`].
            "steps" => {
                for (index, verdict) in [(0, Verdict::Accepted), (1, Verdict::WrongAnswer)] {
                    progress(Progress::Tested(Tested { index, verdict, done: index + 1, total: 3 }));
                }
                self.serve.notified().await;
                return Ok(judgement(submission, Verdict::WrongAnswer, &source));
            }
            // More tests than anybody is told of who does not listen.
            "floods" => {
                for index in 0..FLOOD {
                    let tested = Tested { index, verdict: Verdict::Accepted, done: index + 1, total: FLOOD };
                    progress(Progress::Tested(tested));
                }
                return Ok(judgement(submission, Verdict::Accepted, &source));
            }
            "panic" => panic!("by the source's will"),
            "die" => return Err(SandboxError::Died("the container went away".into()).into()),
            "full" if self.started.lock().unwrap().len() <= FULL => {
                let source = std::io::ErrorKind::StorageFull.into();
                // In turn where a program is kept, and where one runs that writes much.
                return Err(if self.started.lock().unwrap().len().is_multiple_of(2) {
                    JudgeError::Workspace { doing: "keep a compiled program", source }
                } else {
                    SandboxError::Io { doing: "read the output", source }.into()
                });
            }
            "busy" => return Err(SandboxError::Busy { waited: Duration::ZERO }.into()),
            _ => Verdict::Accepted,
        };
        progress(Progress::Tested(Tested { index: 0, verdict, done: 1, total: 1 }));
        self.finished.lock().unwrap().push(source.clone());
        Ok(judgement(submission, verdict, &source))
    }

    async fn version(
        &self,
        language: &Language,
        _: &RunLimits,
        _: &CancellationToken,
    ) -> Result<Option<String>, JudgeError> {
        let _turn = self.turn.lock().await;
        Ok(Some(format!("stand-in of {}", language.id)))
    }
}

fn handed(number: usize, name: &str, content: &Content) -> HandedFile {
    let (content, missing) = match number {
        0 => (content.clone(), None),
        _ => (Content::default(), Some("the program wrote no such file".to_owned())),
    };
    HandedFile { name: name.to_owned(), content, missing }
}

fn judgement(submission: &Submission, verdict: Verdict, source: &str) -> Judgement {
    let (content, is_text) = match source {
        "binary" => (b"\xff\x00"[..].into(), false),
        _ => (submission.tests.first().map(|test| test.input.clone()).unwrap_or_default(), true),
    };
    let result = TestResult {
        exit_code: Some(0),
        cpu: Duration::from_micros(912),
        wall: Duration::from_micros(1444),
        memory: Bytes(1_310_720),
        // The first file is there, and has the input.
        files: (0..).zip(&submission.collect).map(|(number, name)| handed(number, name, &content)).collect(),
        stdout: Stream { content, is_text, truncated: false },
        ..TestResult::empty(0, verdict)
    };
    let (cpu_max, wall_max, memory_max) = (result.cpu, result.wall, result.memory);
    let passed = u32::from(verdict == Verdict::Accepted);
    Judgement {
        compile: Some(Compilation {
            ok: true,
            log: String::new(),
            log_truncated: false,
            cpu: Duration::from_micros(412_700),
            wall: Duration::from_micros(430_100),
            memory: Bytes(99_614_720),
            cached: false,
            node: None,
            time_scale: None,
        }),
        limits: Some(submission.limits),
        tests: vec![result],
        summary: Summary { passed, total: 1, cpu_max, wall_max, memory_max },
        started_at: Some(Utc::now().trunc_subsecs(3)),
        ..Judgement::empty(verdict)
    }
}

impl Containers {
    pub(crate) fn new(no_gcc: &Arc<AtomicBool>, runs: usize) -> Self {
        Self { no_gcc: Arc::clone(no_gcc), runs, forgotten: AtomicU32::new(0) }
    }
}

impl Operations for Containers {
    fn forget_contents(&self) -> BoxFuture<'_, std::io::Result<()>> {
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        Box::pin(std::future::ready(Ok(())))
    }

    fn sandboxes(&self) -> Vec<SandboxStatus> {
        let (age, unused) = (Some(Duration::from_secs(60)), Some(Duration::from_secs(5)));
        vec![SandboxStatus { profile: Profile::Run, state: SandboxState::Idle, age, unused, runs: Some(3) }]
    }

    fn status(&self) -> PoolStatus {
        let of = |profile| ProfileStatus {
            profile,
            slots: 2,
            places: 2,
            warm: 1,
            idle: 1,
            leased: 1,
            starting: 0,
            waiting: 0,
            created: 2,
            retired: [(RetireReason::MaxAge, 1)].into(),
            problem: None,
            no_image: false,
            image: None,
            kept: 2,
        };
        let gcc = of(Profile::Toolchain("gcc".into()));
        let gcc = if self.no_gcc.load(Ordering::SeqCst) {
            ProfileStatus { idle: 0, leased: 0, no_image: true, problem: Some("no image".into()), ..gcc }
        } else {
            ProfileStatus { image: Some("sha256:12ab".into()), ..gcc }
        };
        PoolStatus {
            tier: Some(CgroupTier::V2),
            profiles: vec![of(Profile::Run), gcc],
            notes: Vec::new(),
            unserved: std::collections::BTreeMap::new(),
        }
    }

    fn runs_at_once(&self) -> usize {
        self.runs
    }

    fn recycle(&self) -> Recycled {
        Recycled { sandboxes: 4 }
    }
}
