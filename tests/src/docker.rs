//! The Docker engine of the service's host: what the service has made there, and faults done to it.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use bollard::container::LogOutput;
use bollard::errors::Error;
use bollard::exec::StartExecResults;
use bollard::models::{
    ContainerCreateBody, ContainerInspectResponse, ContainerSummary, ContainerUpdateBody, ExecConfig,
    HostConfig, NetworkConnectRequest, NetworkDisconnectRequest,
};
use bollard::query_parameters::{
    CreateContainerOptions, CreateContainerOptionsBuilder, InspectContainerOptions,
    KillContainerOptionsBuilder, ListContainersOptionsBuilder, ListImagesOptionsBuilder, LogsOptionsBuilder,
    RemoveContainerOptionsBuilder, StartContainerOptions, TopOptionsBuilder, UploadToContainerOptionsBuilder,
};
use bollard::{API_DEFAULT_VERSION, Docker};
use futures_util::StreamExt as _;

use crate::environment::{self, patience};

/// The engine.
#[derive(Debug, Clone)]
pub struct Host {
    docker: Docker,
}

/// A container that the warden has made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SandboxContainer {
    /// Docker's id.
    pub id: String,
    /// Number of its slot.
    pub slot: String,
    /// `run` or `toolchain`.
    pub role: String,
    /// What it is for: `run`, `toolchain:gcc`, …
    pub profile: String,
    /// `running`, `paused`, `exited`, …
    pub state: String,
}

/// A process in a container, as the host sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its id on the host.
    pub pid: u32,
    /// Its user on the host.
    pub uid: u32,
    /// State letter and command.
    pub command: String,
}

impl Host {
    /// Connects to the engine that the environment names.
    ///
    /// # Panics
    /// When it does not answer.
    pub async fn connect() -> Self {
        let path = environment::docker_socket();
        let wait = patience(Duration::from_secs(60)).as_secs();
        let docker = match Docker::connect_with_socket(&path, wait, API_DEFAULT_VERSION) {
            Ok(docker) => docker,
            Err(error) => panic!("no Docker engine at {path} ({error}); set GAVEL_E2E_DOCKER"),
        };
        Self { docker: done(docker.negotiate_version().await) }
    }

    /// The engine's client.
    pub fn docker(&self) -> &Docker {
        &self.docker
    }

    /// The container of a compose service.
    ///
    /// # Panics
    /// When there is none.
    pub async fn service(&self, project: &str, service: &str) -> String {
        let labels = [
            format!("com.docker.compose.project={project}"),
            format!("com.docker.compose.service={service}"),
        ];
        match self.list(&labels).await.into_iter().next().and_then(|container| container.id) {
            Some(id) => id,
            None => panic!("project {project} has no container of service {service}; set GAVEL_E2E_PROJECT"),
        }
    }

    /// Everything that the warden of an instance has made, by slot.
    pub async fn sandboxes(&self, instance: &str) -> Vec<SandboxContainer> {
        let found = self.list(&[format!("io.gavel.instance={instance}"), "io.gavel.slot".into()]).await;
        let mut containers: Vec<SandboxContainer> = found.into_iter().map(sandbox).collect();
        containers.sort_by_key(|container| container.slot.parse::<u32>().unwrap_or(u32::MAX));
        containers
    }

    /// The run containers of an instance.
    pub async fn run_containers(&self, instance: &str) -> Vec<SandboxContainer> {
        self.sandboxes(instance).await.into_iter().filter(|container| container.role == "run").collect()
    }

    async fn list(&self, labels: &[String]) -> Vec<ContainerSummary> {
        let filters = HashMap::from([("label", labels.to_vec())]);
        let options = ListContainersOptionsBuilder::new().all(true).filters(&filters).build();
        done(self.docker.list_containers(Some(options)).await)
    }

    /// What the engine knows of a container; `None` when it is gone.
    pub async fn inspect(&self, id: &str) -> Option<ContainerInspectResponse> {
        self.docker.inspect_container(id, None::<InspectContainerOptions>).await.ok()
    }

    /// Sends a signal to a container's first process.
    pub async fn kill(&self, id: &str, signal: &str) {
        let options = KillContainerOptionsBuilder::new().signal(signal).build();
        done(self.docker.kill_container(id, Some(options)).await);
    }

    /// Writes a small file that everybody may read into a container that may have never run.
    pub async fn put_file(&self, id: &str, path: &str, text: &str) {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("/", path));
        let options = UploadToContainerOptionsBuilder::new().path(folder).build();
        let archive = bollard::body_full(archive(name, text.as_bytes()).into());
        done(self.docker.upload_to_container(id, Some(options), archive).await);
    }

    /// Starts a container that has ended.
    pub async fn start(&self, id: &str) {
        done(self.docker.start_container(id, None::<StartContainerOptions>).await);
    }

    /// As [`Self::start`].
    ///
    /// # Errors
    /// What the engine says, where one of the ports to be published is taken.
    pub async fn start_unless_port_is_taken(&self, id: &str) -> Result<(), Error> {
        let started = self.docker.start_container(id, None::<StartContainerOptions>).await;
        let is_taken = |why: &Error| {
            let why = why.to_string();
            why.contains("port is already allocated") || why.contains("address already in use")
        };
        match started {
            Err(why) if is_taken(&why) => Err(why),
            started => {
                done(started);
                Ok(())
            }
        }
    }

    /// Has a frozen container go on.
    pub async fn unpause(&self, id: &str) {
        done(self.docker.unpause_container(id).await);
    }

    /// Freezes a container. On a busy host its processes may not stand still at once, and the engine gives up.
    ///
    /// # Panics
    /// When they never do.
    pub async fn pause(&self, id: &str) {
        let deadline = Instant::now() + patience(Duration::from_secs(30));
        loop {
            match self.docker.pause_container(id).await {
                Ok(()) => return,
                Err(_) if self.is_paused(id).await => return,
                Err(error) if Instant::now() >= deadline => panic!("the Docker engine refused: {error}"),
                Err(_) => tokio::time::sleep(Duration::from_millis(500)).await,
            }
        }
    }

    async fn is_paused(&self, id: &str) -> bool {
        let state = self.inspect(id).await.and_then(|container| container.state);
        state.and_then(|state| state.paused).unwrap_or(false)
    }

    /// Cuts a container off from its network, without a word to those that it talks with. Returns the network.
    ///
    /// # Panics
    /// When it is in none.
    pub async fn cut_off(&self, id: &str) -> String {
        let network = self.inspect(id).await.and_then(|container| container.host_config?.network_mode);
        let network = network.expect("it is in a network");
        let request = NetworkDisconnectRequest { container: id.to_owned(), force: Some(true) };
        done(self.docker.disconnect_network(&network, request).await);
        network
    }

    /// Puts it back there.
    pub async fn connect_again(&self, id: &str, network: &str) {
        let request = NetworkConnectRequest { container: id.to_owned(), ..NetworkConnectRequest::default() };
        done(self.docker.connect_network(network, request).await);
    }

    /// Removes a container at once; one that is gone is fine.
    pub async fn remove(&self, id: &str) {
        let options = RemoveContainerOptionsBuilder::new().force(true).v(true).build();
        match self.docker.remove_container(id, Some(options)).await {
            Ok(()) | Err(Error::DockerResponseServerError { status_code: 404 | 409, .. }) => {}
            Err(error) => panic!("failed to remove container {id}: {error}"),
        }
    }

    /// The processes of a running container; empty when it does not run.
    pub async fn processes(&self, id: &str) -> Vec<Process> {
        let options = TopOptionsBuilder::new().ps_args("-eo pid,uid,stat,args").build();
        let Ok(top) = self.docker.top_processes(id, Some(options)).await else { return Vec::new() };
        top.processes.unwrap_or_default().iter().filter_map(|columns| process(columns)).collect()
    }

    /// The most memory that a container's first process has had resident, in bytes.
    ///
    /// # Panics
    /// When it does not run.
    pub async fn peak_memory(&self, id: &str) -> u64 {
        let status = self.exec(id, "10001", &["cat", "/proc/1/status"]).await;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        match kib {
            Some(kib) => kib * 1024,
            None => panic!("{id} tells nothing of its memory: {status}"),
        }
    }

    /// Runs a command in a container and returns what it printed.
    ///
    /// # Panics
    /// When the engine refuses.
    pub async fn exec(&self, id: &str, user: &str, argv: &[&str]) -> String {
        done(self.try_exec(id, user, argv).await)
    }

    /// Runs a command in a container that may go at any moment, and returns what it printed.
    ///
    /// # Errors
    /// The engine's.
    pub async fn try_exec(&self, id: &str, user: &str, argv: &[&str]) -> Result<String, Error> {
        let config = ExecConfig {
            cmd: Some(argv.iter().map(ToString::to_string).collect()),
            user: Some(user.into()),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            ..ExecConfig::default()
        };
        let exec = self.docker.create_exec(id, config).await?;
        Ok(match self.docker.start_exec(&exec.id, None).await? {
            StartExecResults::Attached { output, .. } => text_of(output).await,
            StartExecResults::Detached => String::new(),
        })
    }

    /// Whether a container runs.
    pub async fn is_running(&self, id: &str) -> bool {
        let state = self.inspect(id).await.and_then(|container| container.state);
        state.and_then(|state| state.running).unwrap_or(false)
    }

    /// Leaves a running container so little memory that the kernel must kill its largest process.
    pub async fn exhaust_memory(&self, id: &str, bytes: i64) {
        let limits = ContainerUpdateBody {
            memory: Some(bytes),
            memory_swap: Some(bytes),
            ..ContainerUpdateBody::default()
        };
        done(self.docker.update_container(id, limits).await);
        // Keeps the last line that it has read: all of it.
        let fill = format!("timeout {} tail /dev/zero", patience(Duration::from_secs(5)).as_secs());
        self.exec(id, "0", &["sh", "-c", &fill]).await;
    }

    /// Leaves a container so many hundredths of a CPU.
    pub async fn throttle(&self, id: &str, hundredths: u32) {
        let (period, quota) = (100_000, i64::from(hundredths) * 1000);
        let limits = ContainerUpdateBody {
            cpu_period: Some(period),
            cpu_quota: Some(quota),
            ..ContainerUpdateBody::default()
        };
        done(self.docker.update_container(id, limits).await);
    }

    /// A container of nobody, made from the run image: it sleeps.
    pub async fn idle_container(&self, name: &str, labels: &[(&str, &str)]) -> String {
        self.remove(name).await;
        let body = ContainerCreateBody {
            image: Some(format!("gavel/run:{}", environment::image_tag())),
            cmd: Some(vec!["sleep".into(), "600".into()]),
            labels: Some(labels.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect()),
            host_config: Some(HostConfig { network_mode: Some("none".into()), ..HostConfig::default() }),
            ..ContainerCreateBody::default()
        };
        let options = CreateContainerOptionsBuilder::new().name(name).build();
        let id = done(self.docker.create_container(Some(options), body).await).id;
        self.start(&id).await;
        id
    }

    /// The images of the service under test, by name and tag: those that the engine has.
    pub async fn images(&self) -> Vec<String> {
        let reference = format!("gavel/*:{}", environment::image_tag());
        let filters = HashMap::from([("reference", vec![reference.as_str()])]);
        let options = ListImagesOptionsBuilder::new().filters(&filters).build();
        let images = done(self.docker.list_images(Some(options)).await);
        let ending = format!(":{}", environment::image_tag());
        let mut names: Vec<String> = images.into_iter().flat_map(|image| image.repo_tags).collect();
        names.retain(|name| name.starts_with("gavel/") && name.ends_with(&ending));
        names.sort();
        names
    }

    /// What a shell prints in a container of an image that has nothing else to do.
    pub async fn run_once(&self, image: &str, script: &str) -> String {
        let body = ContainerCreateBody {
            image: Some(image.into()),
            entrypoint: Some(vec!["sh".into(), "-c".into()]),
            cmd: Some(vec![script.into()]),
            user: Some("0".into()),
            host_config: Some(HostConfig { network_mode: Some("none".into()), ..HostConfig::default() }),
            ..ContainerCreateBody::default()
        };
        let id = done(self.docker.create_container(None::<CreateContainerOptions>, body).await).id;
        self.start(&id).await;
        let options = LogsOptionsBuilder::new().stdout(true).stderr(true).follow(true).build();
        let text = text_of(self.docker.logs(&id, Some(options))).await;
        self.remove(&id).await;
        text
    }

    /// The last lines that a container has logged.
    pub async fn logs(&self, id: &str, lines: &str) -> String {
        let options = LogsOptionsBuilder::new().stdout(true).stderr(true).tail(lines).build();
        text_of(self.docker.logs(id, Some(options))).await
    }
}

/// A tar archive of one file.
fn archive(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut header = [0_u8; 512];
    let size = format!("{:011o}", bytes.len());
    for (at, field) in [
        (0, name),
        (100, "0000644"),
        (108, "0000000"),
        (116, "0000000"),
        (124, &size),
        (136, "00000000000"),
        (148, "        "),
        (156, "0"),
        (257, "ustar"),
        (263, "00"),
    ] {
        header[at..at + field.len()].copy_from_slice(field.as_bytes());
    }
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    let padding = vec![0; bytes.len().next_multiple_of(512) - bytes.len() + 1024];
    [&header[..], bytes, &padding].concat()
}

/// Removes what a test that failed has left, from a `drop`, where nothing can be awaited. What stays is named.
pub(crate) fn after_a_failure(name: &str, remove: impl AsyncFnOnce(Host) + Send) {
    // The test's own runtime may be the thread that we are on.
    let removing = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.map(|runtime| runtime.block_on(async { remove(Host::connect().await).await }))
    };
    if !matches!(std::thread::scope(|scope| scope.spawn(removing).join()), Ok(Ok(()))) {
        eprintln!("{name} could not be removed");
    }
}

/// The value of a call to the engine that must succeed.
pub(crate) fn done<T>(result: Result<T, Error>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("the Docker engine refused: {error}"),
    }
}

async fn text_of(output: impl futures_util::Stream<Item = Result<LogOutput, Error>>) -> String {
    let mut output = std::pin::pin!(output);
    let mut text = Vec::new();
    while let Some(Ok(part)) = output.next().await {
        text.extend(part.into_bytes());
    }
    String::from_utf8_lossy(&text).into_owned()
}

fn sandbox(container: ContainerSummary) -> SandboxContainer {
    let labels = container.labels.unwrap_or_default();
    let label = |name: &str| labels.get(name).cloned().unwrap_or_default();
    SandboxContainer {
        id: container.id.unwrap_or_default(),
        slot: label("io.gavel.slot"),
        role: label("io.gavel.role"),
        profile: label("io.gavel.profile"),
        state: container.state.map(|state| state.to_string()).unwrap_or_default(),
    }
}

fn process(columns: &[String]) -> Option<Process> {
    let [pid, uid, command @ ..] = columns else { return None };
    Some(Process { pid: pid.parse().ok()?, uid: uid.parse().ok()?, command: command.join(" ") })
}
