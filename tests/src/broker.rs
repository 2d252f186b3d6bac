//! A broker of a test's own, of the image that comes with the service, in the network of the service under test.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use bollard::models::{ContainerCreateBody, HostConfig, PortBinding};
use bollard::query_parameters::CreateContainerOptionsBuilder;

use crate::docker::{Host, after_a_failure, done};
use crate::environment::{self, patience};
use crate::instance::url_with_port;
use crate::nats::{Liar, Who};

/// Where the image has its configuration.
pub(crate) const FOLDER: &str = "/etc/gavel-nats";

/// Its container. One that is dropped is removed.
#[derive(Debug)]
pub struct Broker {
    /// Of its container, and the host that others reach it by.
    pub name: String,
    /// Nothing of it is left to remove.
    removed: bool,
}

impl Broker {
    /// Starts one with these variables. What an interrupted test has left of it is removed first.
    ///
    /// # Panics
    /// When the engine refuses.
    pub async fn start(name: &str, variables: &[(&str, &str)]) -> Self {
        let this = Self::make(name, variables, HashMap::new()).await;
        Host::connect().await.start(name).await;
        this
    }

    /// Starts one with these files in its folder, in the place of those that the image has, and a disk that has so much room. The rest
    /// is as the image has it.
    ///
    /// # Panics
    /// When the engine refuses.
    pub(crate) async fn with_files(name: &str, files: &[(&str, &str)], room: &str) -> Self {
        let disk = format!("size={room},uid=10001,gid=10001,mode=0700");
        let this = Self::make(name, &[], HashMap::from([("/data".to_owned(), disk)])).await;
        let host = Host::connect().await;
        for (file, text) in files {
            host.put_file(name, &format!("{FOLDER}/{file}"), text).await;
        }
        host.start(name).await;
        this
    }

    async fn make(name: &str, variables: &[(&str, &str)], disks: HashMap<String, String>) -> Self {
        let host = Host::connect().await;
        host.remove(name).await;
        let server = host.service(&environment::project(), "server").await;
        let network = host.inspect(&server).await.and_then(|server| server.host_config?.network_mode);
        let body = ContainerCreateBody {
            image: Some(format!("gavel/nats:{}", environment::image_tag())),
            env: Some(variables.iter().map(|(key, value)| format!("{key}={value}")).collect()),
            labels: Some(HashMap::from([("io.gavel.e2e".into(), name.into())])),
            exposed_ports: Some(vec!["4222/tcp".into()]),
            host_config: Some(HostConfig {
                network_mode: network,
                port_bindings: Some(any_port()),
                tmpfs: Some(disks),
                ..HostConfig::default()
            }),
            ..ContainerCreateBody::default()
        };
        let this = Self { name: name.into(), removed: false };
        let options = CreateContainerOptionsBuilder::new().name(name).build();
        done(host.docker().create_container(Some(options), body).await);
        this
    }

    /// Host and port at which it is reached from where the tests run.
    ///
    /// # Panics
    /// When it does not run.
    pub(crate) async fn address(&self) -> String {
        let broker = Host::connect().await.inspect(&self.name).await;
        let ports = broker.and_then(|broker| broker.network_settings?.ports).unwrap_or_default();
        let bound = ports.get("4222/tcp").and_then(|bound| bound.as_ref()?.first()?.host_port.clone());
        let port = bound.and_then(|port| port.parse().ok()).expect("the broker's port is published");
        url_with_port(port).trim_start_matches("http://").to_owned()
    }

    /// Waits until it lets in who has this token.
    ///
    /// # Panics
    /// When it does not.
    pub async fn wait_until_open(&self, token: &str) {
        let host = Host::connect().await;
        let deadline = Instant::now() + patience(Duration::from_secs(30));
        while !host.logs(&self.name, "99").await.contains("Server is ready") {
            assert!(Instant::now() < deadline, "{}", host.logs(&self.name, "9").await);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        if let Err(why) = self.reached_by(Who::Token(token)).await {
            panic!("it does not let us in: {why}");
        }
    }

    /// Somebody connects.
    ///
    /// # Errors
    /// What is against it, in the broker's words.
    ///
    /// # Panics
    /// When it does not run, or says nothing.
    pub async fn reached_by(&self, who: Who<'_>) -> Result<Liar, String> {
        Liar::try_connect(&self.address().await, None, who).await
    }

    /// Removes it.
    pub async fn remove(mut self) {
        Host::connect().await.remove(&self.name).await;
        self.removed = true;
    }
}

impl Drop for Broker {
    /// After a test that failed: it would go on until the next run.
    fn drop(&mut self) {
        if !self.removed {
            let name = self.name.clone();
            after_a_failure(&self.name, async |host| host.remove(&name).await);
        }
    }
}

/// One that the engine chooses.
fn any_port() -> HashMap<String, Option<Vec<PortBinding>>> {
    let binding = PortBinding { host_ip: Some("127.0.0.1".into()), host_port: Some(String::new()) };
    HashMap::from([("4222/tcp".to_owned(), Some(vec![binding]))])
}
