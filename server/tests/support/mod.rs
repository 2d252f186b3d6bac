//! A warden and a pool on the real engine, in a workspace and an instance of their own.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bollard::Docker;
use gavel::config::{Config, Overrides};
use gavel::language::Languages;
use gavel::sandbox::{
    CollectFile, CollectedOutput, Input, Lease, Output, Pool, Profile, ProfileStatus, Program, PutContent,
    PutFile, Ran, Sandboxes,
};
use gavel::submission::Isolation;
use gavel::warden;
use gavel_protocol::{Bytes, Limits};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Everything that waits in these tests waits at most so long: the engine may be slow, but not that slow.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A judge without HTTP.
pub(crate) struct Service {
    pub(crate) pool: Pool,
    pub(crate) config: Config,
    pub(crate) docker: Docker,
    languages: Languages,
    warden: JoinHandle<()>,
    closed: bool,
    _workspace: TempDir,
}

/// The defaults, with the images of this tag: `scripts/test.sh` names it.
pub(crate) fn with_the_images_under_test() -> Config {
    let tag = std::env::var("GAVEL_TAG").map(|tag| ("GAVEL_SANDBOX__IMAGE_TAG".to_owned(), tag));
    let environment = tag.into_iter().collect();
    Config::load(&Overrides { file: Some("/dev/null".into()), environment, ..Overrides::default() }).unwrap()
}

impl Service {
    /// With these slots, and settings changed by `adjust`.
    pub(crate) async fn start(
        run_slots: u32,
        toolchain_slots: u32,
        adjust: impl FnOnce(&mut Config),
    ) -> Self {
        let workspace = tempfile::tempdir().unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut config = with_the_images_under_test();
        config.workspace.path = workspace.path().to_owned();
        config.sandbox.warden_socket = workspace.path().join("warden/warden.sock");
        config.sandbox.instance = format!("test-{}", &uuid::Uuid::new_v4().simple().to_string()[..8]);
        config.sandbox.run_slots = Some(run_slots);
        config.sandbox.toolchain_slots = Some(toolchain_slots);
        config.sandbox.uid_base = uid_base();
        config.gojudge.enabled = false;
        config.sandbox.monitor = Some(monitor(root));
        config.languages = root.join("images/languages.toml");
        adjust(&mut config);
        let languages = Languages::load(&config.languages, &config.sandbox.image_tag).unwrap();
        let docker = Docker::connect_with_defaults().unwrap().negotiate_version().await.unwrap();
        let warden = start_warden(&config, &languages);
        let pool = Pool::start(&config, &languages).unwrap();
        Self { pool, config, docker, languages, warden, closed: false, _workspace: workspace }
    }

    /// The shelf of a profile.
    pub(crate) fn shelf(&self, profile: &Profile) -> ProfileStatus {
        let mut shelves = self.pool.status().profiles.into_iter();
        shelves.find(|shelf| shelf.profile == *profile).unwrap()
    }

    /// Waits until every sandbox that is kept is there and idle.
    pub(crate) async fn wait_until_warm(&self) {
        self.wait_until("all are warm", || {
            self.pool.status().profiles.iter().all(|shelf| shelf.idle == shelf.kept && shelf.starting == 0)
        })
        .await;
    }

    /// Waits until something is so; fails with the pool's state if it does not become so.
    pub(crate) async fn wait_until(&self, what: &str, so: impl Fn() -> bool) {
        let started = Instant::now();
        while !so() {
            assert!(started.elapsed() < PATIENCE, "waited for: {what}; {:#?}", self.pool.status());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Leases a sandbox for nobody in particular.
    pub(crate) async fn lease(&self, profile: &Profile) -> impl Lease + use<> {
        self.pool.lease(profile, Isolation::Pooled, None, PATIENCE).await.unwrap()
    }

    /// Compiles a C program.
    pub(crate) async fn compile(&self, source: &str) -> Arc<std::os::fd::OwnedFd> {
        let mut lease = self.lease(&Profile::Toolchain("gcc".into())).await;
        let mut compiler = program(&["gcc", "-O2", "-static", "-o", "main", "main.c", "-lm", "-pthread"]);
        compiler.files.push(PutFile {
            path: "main.c".into(),
            mode: 0o444,
            content: PutContent::Bytes(source.to_owned().into()),
        });
        compiler.collect.push(CollectFile {
            path: "main".into(),
            anywhere: false,
            max: Bytes::mib(16),
            truncate: false,
        });
        compiler.limits.memory = Bytes::mib(512);
        let mut ran = lease.run(compiler, &CancellationToken::new()).await.unwrap();
        let log = String::from_utf8_lossy(&ran.stderr.head).into_owned();
        let Some(CollectedOutput::File { descriptor, .. }) = ran.collected.pop() else {
            panic!("{:?}: {log}", ran.ending)
        };
        // As the server does: the program is kept by us, not by the container.
        let kept = self.config.workspace.path.join(uuid::Uuid::new_v4().to_string());
        let mut source = std::fs::File::from(descriptor);
        std::io::copy(&mut source, &mut std::fs::File::create(&kept).unwrap()).unwrap();
        std::fs::set_permissions(&kept, std::os::unix::fs::PermissionsExt::from_mode(0o555)).unwrap();
        Arc::new(std::fs::File::open(kept).unwrap().into())
    }

    /// Ends the warden at once, as a crash does.
    pub(crate) fn kill_warden(&self) {
        self.warden.abort();
    }

    /// Starts it again.
    pub(crate) fn restart_warden(&mut self) {
        self.warden.abort();
        self.warden = start_warden(&self.config, &self.languages);
    }

    /// Name of a slot's container.
    pub(crate) fn container(&self, slot: &str) -> String {
        format!("gavel-{}-{slot}", self.config.sandbox.instance)
    }

    /// Closes everything; nothing of it may be left.
    pub(crate) async fn close(mut self) {
        self.pool.close().await;
        self.warden.abort();
        let filters = std::collections::HashMap::from([(
            "label",
            vec![format!("io.gavel.instance={}", self.config.sandbox.instance)],
        )]);
        let options = bollard::query_parameters::ListContainersOptionsBuilder::default()
            .all(true)
            .filters(&filters)
            .build();
        let left = self.docker.list_containers(Some(options)).await.unwrap();
        assert!(left.is_empty(), "containers are left: {left:?}");
        self.closed = true;
    }
}

impl Drop for Service {
    /// After a test that failed.
    fn drop(&mut self) {
        if !self.closed {
            self.warden.abort();
            let label = format!("label=io.gavel.instance={}", self.config.sandbox.instance);
            let remove = format!("docker ps -aq --filter {label} | xargs -r docker rm -f");
            let _ = std::process::Command::new("sh").args(["-c", &remove]).output();
        }
    }
}

fn start_warden(config: &Config, languages: &Languages) -> JoinHandle<()> {
    let (config, languages) = (config.clone(), languages.clone());
    tokio::spawn(async move {
        if let Err(error) = warden::serve(&config, &languages).await {
            panic!("the warden ended: {error}");
        }
    })
}

/// Uids that no other test process and no other instance uses.
fn uid_base() -> u32 {
    53_000 + std::process::id() % 1000 * 10
}

fn monitor(root: &Path) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let triples = ["musl", "gnu"].map(|libc| format!("{}-unknown-linux-{libc}", std::env::consts::ARCH));
    let candidates = triples.map(|triple| target.join(triple).join("release/monitor"));
    let found = candidates.iter().find(|path| path.exists());
    found.unwrap_or_else(|| panic!("no monitor at {candidates:?}: `make monitor` builds it")).clone()
}

/// A program with room for everything.
pub(crate) fn program(argv: &[&str]) -> Program {
    Program {
        argv: argv.iter().map(|word| word.as_bytes().to_vec()).collect(),
        env: vec![b"PATH=/usr/local/bin:/usr/bin:/bin".to_vec()],
        executable: None,
        search_box: false,
        files: Vec::new(),
        stdin: Input::Empty,
        stdout: Output::Capture { head: 1 << 20, tail: 0, kill: true },
        stderr: Output::Capture { head: 1 << 20, tail: 0, kill: false },
        others: Vec::new(),
        terminal: None,
        limits: Limits {
            cpu_time: Duration::from_secs(10),
            wall_time: Duration::from_secs(20),
            memory: Bytes::mib(256),
            stack: Bytes::mib(256),
            file_size: Bytes::mib(64),
            open_files: 256,
            processes: 64,
            core: Bytes(1),
            address_space: None,
            data: None,
            cpu_rate: None,
            cpus: None,
        },
        collect: Vec::new(),
        leavings: false,
    }
}

/// Runs it where nobody cancels.
pub(crate) async fn run(lease: &mut impl Lease, program: Program) -> Ran {
    lease.run(program, &CancellationToken::new()).await.unwrap()
}

/// Standard output as text.
pub(crate) fn text(ran: &Ran) -> String {
    String::from_utf8_lossy(&ran.stdout.head).into_owned()
}
