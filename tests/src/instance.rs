//! Instances of a test's own: the containers of the service under test once more, with other settings, their own
//! name, port, workspace, uids and cgroup. Works wherever the engine is, and leaves nothing behind.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use bollard::models::{
    ContainerCreateBody, ContainerInspectResponse, HostConfig, Mount, NetworkingConfig, PortBinding,
    ResourcesUlimits, VolumeCreateRequest,
};
use bollard::query_parameters::{CreateContainerOptionsBuilder, RemoveVolumeOptionsBuilder};

use crate::Client;
use crate::docker::{Host, after_a_failure, done};
use crate::environment;

/// A server, a warden and their workspace.
#[derive(Debug)]
pub struct Instance {
    /// Label of its containers.
    pub name: String,
    /// Container of the server.
    pub server: String,
    /// Container of the warden.
    pub warden: String,
    url: String,
    token: Option<String>,
    /// Nothing of it is left to remove.
    removed: bool,
}

/// How a test's instance differs from the service under test.
#[derive(Debug, Clone)]
pub struct Plan {
    name: String,
    settings: Vec<(String, String)>,
    volume_options: HashMap<String, String>,
    /// Where the server has a volume beside its workspace.
    data: Option<String>,
    token: Option<String>,
    /// Memory of the server's container, in bytes; none = as the service under test.
    server_memory: Option<u64>,
    /// Descriptors that the server may have open, not to be raised; none = as the service under test.
    server_descriptors: Option<i64>,
    /// It judges for a server elsewhere.
    is_node: bool,
    /// A file in its workspace, and what is in it.
    file: Option<(String, String)>,
}

/// What ends so often while it is waited for does so again.
const MOST_STARTS: i64 = 8;

/// Counts instances made by this process: each has its own port and uids.
static MADE: AtomicU16 = AtomicU16::new(0);

/// So many ports, from [`environment::first_port`] on, are tried for an instance.
const PORTS: u16 = 8;

impl Plan {
    /// An instance with one run slot and one toolchain slot.
    pub fn of_one_slot(name: &str) -> Self {
        let one = [("GAVEL_SANDBOX__RUN_SLOTS", "1"), ("GAVEL_SANDBOX__TOOLCHAIN_SLOTS", "1")];
        let settings = one.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
        Self {
            name: format!("gavel-e2e-{name}"),
            settings,
            volume_options: HashMap::new(),
            data: None,
            token: environment::token(),
            server_memory: None,
            server_descriptors: None,
            is_node: false,
            file: None,
        }
    }

    /// As a node of a cluster: its server's container is `gavel node`.
    #[must_use]
    pub fn as_node(mut self) -> Self {
        self.is_node = true;
        self
    }

    /// With so many slots for runs.
    #[must_use]
    pub fn run_slots(self, slots: u32) -> Self {
        self.with("GAVEL_SANDBOX__RUN_SLOTS", &slots.to_string())
    }

    /// Without commands, and without sandboxes for them, each of which would have to be started.
    #[must_use]
    pub fn without_commands(self) -> Self {
        self.with("GAVEL_GOJUDGE__ENABLED", "false").with("GAVEL_GOJUDGE__GRPC__ENABLED", "false")
    }

    /// With a setting, `GAVEL_<SECTION>__<KEY>`.
    #[must_use]
    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.settings.push((key.into(), value.into()));
        self
    }

    /// With so many bytes of memory for the server's container.
    #[must_use]
    pub fn server_memory(mut self, bytes: u64) -> Self {
        self.server_memory = Some(bytes);
        self
    }

    /// With so many descriptors for the server, as engines of many distributions have it.
    #[must_use]
    pub fn server_descriptors(mut self, descriptors: i64) -> Self {
        self.server_descriptors = Some(descriptors);
        self
    }

    /// With a file in its workspace.
    #[must_use]
    pub fn file(mut self, path: &str, text: &str) -> Self {
        self.file = Some((path.into(), text.into()));
        self
    }

    /// With this token in the client.
    #[must_use]
    pub fn token(mut self, token: &str) -> Self {
        self.token = Some(token.into());
        self
    }

    /// With a workspace that holds no more than this.
    #[must_use]
    pub fn workspace_of(mut self, size: &str) -> Self {
        let options = [("type", "tmpfs"), ("device", "tmpfs"), ("o", &format!("size={size}"))];
        self.volume_options = options.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
        self
    }

    /// With an empty volume at this path of the server, as a directory that it shares with its clients.
    #[must_use]
    pub fn data_at(mut self, path: &str) -> Self {
        self.data = Some(path.into());
        self
    }

    /// Makes and starts it, and waits until it is ready. What an interrupted test has left of it is removed first.
    ///
    /// # Panics
    /// When it does not become ready.
    pub async fn start(self) -> Instance {
        let instance = self.launch().await;
        instance.wait_until_ready().await;
        instance
    }

    /// As [`Self::start`], without waiting.
    pub async fn launch(self) -> Instance {
        let host = Host::connect().await;
        remove(&host, &self.name).await;
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let (name, token) = (self.name.clone(), self.token.clone());
        // Before there is anything of it: what is made is removed also where the next step fails.
        let mut instance = Instance {
            name,
            server: String::new(),
            warden: String::new(),
            url: String::new(),
            token,
            removed: false,
        };
        self.make_volume(&host).await;
        let uids = 57_000 + u32::from(environment::first_port() % 80 + number % PORTS) * 100;
        instance.warden = self.copy(&host, "warden", uids, None).await;
        host.start(&instance.warden).await;
        self.serve(&host, &mut instance, number, uids).await;
        instance
    }

    /// Starts the server on the first port that the engine can publish: one that was given back a moment ago, or
    /// that the engine forgot to free, is refused.
    async fn serve(&self, host: &Host, instance: &mut Instance, number: u16, uids: u32) {
        for attempt in 0..PORTS {
            let port = environment::first_port() + (number + attempt) % PORTS;
            instance.url = url_with_port(port);
            instance.server = self.copy(host, "server", uids, Some(port)).await;
            if let Some((path, text)) = &self.file {
                host.put_file(&instance.server, path, text).await;
            }
            match host.start_unless_port_is_taken(&instance.server).await {
                Ok(()) => return,
                Err(why) => eprintln!("the next port is tried: {why}"),
            }
            host.remove(&instance.server).await;
        }
        panic!("none of {PORTS} ports from {} on could be published", environment::first_port());
    }

    async fn make_volume(&self, host: &Host) {
        let volume = VolumeCreateRequest {
            name: Some(self.name.clone()),
            driver_opts: Some(self.volume_options.clone()),
            ..VolumeCreateRequest::default()
        };
        done(host.docker().create_volume(volume).await);
    }

    /// The service's own container, with what must differ.
    async fn copy(&self, host: &Host, service: &str, uids: u32, port: Option<u16>) -> String {
        let original = host.service(&environment::project(), service).await;
        let Some(original) = host.inspect(&original).await else { panic!("{service} has gone") };
        let mut body = create_body(original);
        body.labels = Some(HashMap::from([("io.gavel.e2e".into(), self.name.clone())]));
        body.env = Some(self.environment(body.env.unwrap_or_default(), uids));
        if self.is_node && service == "server" {
            body.cmd = Some(vec!["node".into()]);
        }
        let host_config = body.host_config.get_or_insert_default();
        move_workspace(host_config, &self.name);
        if let (Some(path), "server") = (&self.data, service) {
            host_config.binds.get_or_insert_default().push(format!("{}:{path}:rw", data_volume(&self.name)));
        }
        host_config.port_bindings = port.map(published);
        if port.is_some() {
            body.exposed_ports.get_or_insert_default().push("5051/tcp".into());
        }
        if let (Some(bytes), "server") = (self.server_memory, service) {
            let bytes = i64::try_from(bytes).ok();
            (host_config.memory, host_config.memory_swap) = (bytes, bytes);
        }
        if let (Some(descriptors), "server") = (self.server_descriptors, service) {
            let (name, soft, hard) = (Some("nofile".into()), Some(descriptors), Some(descriptors));
            host_config.ulimits = Some(vec![ResourcesUlimits { name, soft, hard }]);
        }
        let options = CreateContainerOptionsBuilder::new().name(&format!("{}-{service}", self.name)).build();
        done(host.docker().create_container(Some(options), body).await).id
    }

    fn environment(&self, original: Vec<String>, uids: u32) -> Vec<String> {
        let own = [
            ("GAVEL_SANDBOX__INSTANCE".to_owned(), self.name.clone()),
            ("GAVEL_SANDBOX__UID_BASE".to_owned(), uids.to_string()),
            ("GAVEL_SANDBOX__CGROUP_PARENT".to_owned(), String::new()),
        ];
        let mut variables: Vec<(String, String)> = original
            .iter()
            .filter_map(|entry| entry.split_once('='))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        for (key, value) in own.into_iter().chain(self.settings.iter().cloned()) {
            variables.retain(|(present, _)| *present != key);
            if !value.is_empty() {
                variables.push((key, value));
            }
        }
        variables.into_iter().map(|(key, value)| format!("{key}={value}")).collect()
    }
}

impl Instance {
    /// Where it is served.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A client of it. Each test needs one of its own: connections belong to the test's runtime.
    pub fn client(&self) -> Client {
        Client::to(&self.url, self.token.clone())
    }

    /// A client with another token, or none.
    pub fn client_with_token(&self, token: Option<&str>) -> Client {
        Client::to(&self.url, token.map(str::to_owned))
    }

    /// Where it serves gRPC, where its settings enable that.
    pub async fn grpc_url(&self) -> Option<String> {
        let container = Host::connect().await.inspect(&self.server).await?;
        let ports = container.network_settings?.ports?;
        let port = ports.get("5051/tcp")?.as_ref()?.first()?.host_port.clone()?;
        Some(url_with_port(port.parse().ok()?))
    }

    /// Waits until it can judge.
    ///
    /// # Panics
    /// When it cannot in time; with its last words.
    pub async fn wait_until_ready(&self) {
        let host = Host::connect().await;
        let client = self.client();
        let ready = client.wait_until_ready(Duration::from_secs(240));
        let watch = async {
            loop {
                tokio::time::sleep(Duration::from_secs(2)).await;
                for (service, id) in [("server", &self.server), ("warden", &self.warden)] {
                    let container = host.inspect(id).await.unwrap_or_default();
                    let state = container.state.unwrap_or_default();
                    let goes_on = container.restart_count.unwrap_or(0) < MOST_STARTS;
                    if state.running != Some(true) && !(state.restarting == Some(true) && goes_on) {
                        let logs = host.logs(id, "20").await;
                        panic!("the {service} of {} ended ({:?}):\n{logs}", self.name, state.exit_code);
                    }
                }
            }
        };
        tokio::select! {
            () = ready => {}
            () = watch => {}
        }
    }

    /// Removes everything of it.
    pub async fn remove(mut self) {
        remove(&Host::connect().await, &self.name).await;
        self.removed = true;
    }
}

impl Drop for Instance {
    /// After a test that failed: its containers would go on until the next run.
    fn drop(&mut self) {
        if !self.removed {
            let name = self.name.clone();
            after_a_failure(&self.name, async |host| remove(&host, &name).await);
        }
    }
}

async fn remove(host: &Host, name: &str) {
    for service in ["server", "warden"] {
        host.remove(&format!("{name}-{service}")).await;
    }
    for sandbox in host.sandboxes(name).await {
        host.remove(&sandbox.id).await;
    }
    for volume in [name, &data_volume(name)] {
        let options = RemoveVolumeOptionsBuilder::new().force(true).build();
        done(host.docker().remove_volume(volume, Some(options)).await);
    }
}

/// The engine makes it when it is first mounted.
fn data_volume(instance: &str) -> String {
    format!("{instance}-data")
}

fn create_body(original: ContainerInspectResponse) -> ContainerCreateBody {
    let config = original.config.unwrap_or_default();
    ContainerCreateBody {
        user: config.user,
        env: config.env,
        cmd: config.cmd,
        entrypoint: config.entrypoint,
        image: config.image,
        exposed_ports: config.exposed_ports,
        host_config: original.host_config,
        networking_config: None::<NetworkingConfig>,
        ..ContainerCreateBody::default()
    }
}

/// Puts a named volume in the place of the workspace, in both forms in which Compose writes mounts.
fn move_workspace(host_config: &mut HostConfig, volume: &str) {
    for bind in host_config.binds.iter_mut().flatten() {
        let mut parts = bind.splitn(3, ':').skip(1);
        if parts.next() == Some("/workspace") {
            *bind = format!("{volume}:/workspace:rw");
        }
    }
    for mount in host_config.mounts.iter_mut().flatten() {
        if mount.target.as_deref() == Some("/workspace") {
            *mount = Mount {
                target: Some("/workspace".into()),
                source: Some(volume.into()),
                typ: Some(bollard::models::MountType::VOLUME),
                ..Mount::default()
            };
        }
    }
}

fn published(port: u16) -> HashMap<String, Option<Vec<PortBinding>>> {
    let binding = |port: String| PortBinding { host_ip: Some("127.0.0.1".into()), host_port: Some(port) };
    // gRPC on any port that is free.
    HashMap::from([
        ("5050/tcp".into(), Some(vec![binding(port.to_string())])),
        ("5051/tcp".into(), Some(vec![binding(String::new())])),
    ])
}

/// The service's address with another port.
pub(crate) fn url_with_port(port: u16) -> String {
    let url = environment::url();
    match url.rsplit_once(':') {
        Some((before, _)) if before.contains("://") => format!("{before}:{port}"),
        _ => format!("{url}:{port}"),
    }
}
