//! What the service's containers may do, as the engine reports it.

use std::collections::BTreeSet;
use std::time::Duration;

use bollard::models::{ContainerInspectResponse, HostConfig};
use e2e::docker::Host;
use e2e::leftovers::AtRest;
use e2e::programs::{SUM, unique};
use e2e::{Client, Request, environment};

async fn sandboxes(host: &Host) -> Vec<(String, ContainerInspectResponse)> {
    let mut found = Vec::new();
    for sandbox in host.sandboxes(&environment::instance()).await {
        if let Some(container) = host.inspect(&sandbox.id).await {
            found.push((format!("{} {}", sandbox.role, sandbox.slot), container));
        }
    }
    assert!(!found.is_empty(), "there are no sandboxes; set GAVEL_E2E_INSTANCE");
    found
}

async fn service(host: &Host, name: &str) -> ContainerInspectResponse {
    let id = host.service(&environment::project(), name).await;
    host.inspect(&id).await.expect("it was listed a moment ago")
}

fn host_config(container: &ContainerInspectResponse) -> &HostConfig {
    container.host_config.as_ref().expect("an inspected container has a host configuration")
}

fn capabilities(names: Option<&Vec<String>>) -> BTreeSet<String> {
    names.into_iter().flatten().map(|name| name.trim_start_matches("CAP_").to_owned()).collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(ToString::to_string).collect()
}

fn targets(container: &ContainerInspectResponse) -> BTreeSet<String> {
    container.mounts.iter().flatten().filter_map(|mount| mount.destination.clone()).collect()
}

fn sees_docker(container: &ContainerInspectResponse) -> bool {
    let mounts = container.mounts.iter().flatten();
    let paths = mounts.flat_map(|mount| [mount.source.clone(), mount.destination.clone()]).flatten();
    paths
        .chain(host_config(container).binds.iter().flatten().cloned())
        .any(|path| path.contains("docker.sock"))
}

#[tokio::test]
async fn no_container_of_ours_is_privileged() {
    let host = Host::connect().await;
    Client::connect().await;
    let mut all = sandboxes(&host).await;
    for name in ["server", "warden"] {
        all.push((name.into(), service(&host, name).await));
    }
    for (name, container) in all {
        let config = host_config(&container);
        assert_ne!(config.privileged, Some(true), "{name}");
        assert_eq!(config.readonly_rootfs, Some(true), "{name} can write to its image");
        assert_eq!(capabilities(config.cap_drop.as_ref()), set(&["ALL"]), "{name}");
        let security = config.security_opt.clone().unwrap_or_default();
        assert!(
            security.iter().any(|option| option.starts_with("no-new-privileges")),
            "{name}: {security:?}"
        );
        assert!(config.devices.as_ref().is_none_or(Vec::is_empty), "{name} has devices");
        for (kind, mode) in
            [("pid", &config.pid_mode), ("uts", &config.uts_mode), ("network", &config.network_mode)]
        {
            assert_ne!(mode.as_deref(), Some("host"), "{name} shares the host's {kind} namespace");
        }
    }
}

#[tokio::test]
async fn only_the_warden_sees_the_docker_socket() {
    let host = Host::connect().await;
    Client::connect().await;
    assert!(sees_docker(&service(&host, "warden").await), "the test looks at the wrong place");
    assert!(!sees_docker(&service(&host, "server").await));
    for (name, container) in sandboxes(&host).await {
        assert!(!sees_docker(&container), "{name}");
    }
}

#[tokio::test]
async fn the_server_has_no_capability_and_is_not_root() {
    let server = service(&Host::connect().await, "server").await;
    assert_eq!(capabilities(host_config(&server).cap_add.as_ref()), set(&[]));
    let user = server.config.and_then(|config| config.user).unwrap_or_default();
    assert_eq!(user, "10001:10001");
}

#[tokio::test]
async fn the_warden_has_no_network_and_at_most_chown() {
    let warden = service(&Host::connect().await, "warden").await;
    assert_eq!(host_config(&warden).network_mode.as_deref(), Some("none"));
    assert!(capabilities(host_config(&warden).cap_add.as_ref()).is_subset(&set(&["CHOWN"])));
}

#[tokio::test]
async fn the_port_is_published_on_the_loopback_address_only() {
    let server = service(&Host::connect().await, "server").await;
    let bindings = host_config(&server).port_bindings.clone().unwrap_or_default();
    let bindings: Vec<_> = bindings.into_values().flatten().flatten().collect();
    assert!(!bindings.is_empty(), "no port is published at all");
    for binding in bindings {
        assert_eq!(binding.host_ip.as_deref(), Some("127.0.0.1"));
    }
}

#[tokio::test]
async fn a_sandbox_has_no_network_little_memory_and_few_processes() {
    let host = Host::connect().await;
    Client::connect().await;
    for (name, container) in sandboxes(&host).await {
        let config = host_config(&container);
        assert_eq!(config.network_mode.as_deref(), Some("none"), "{name}");
        assert_eq!(config.ipc_mode.as_deref(), Some("none"), "{name}");
        assert!(
            config.memory.is_some_and(|bytes| (1..8 << 30).contains(&bytes)),
            "{name}: {:?}",
            config.memory
        );
        assert_eq!(config.memory, config.memory_swap, "{name} may swap");
        assert!(config.pids_limit.is_some_and(|pids| (1..1000).contains(&pids)), "{name}");
        let log = config.log_config.as_ref().and_then(|log| log.typ.clone());
        assert_eq!(log.as_deref(), Some("none"), "{name} can fill the host's disk with a log");
        assert_eq!(capabilities(config.cap_add.as_ref()), set(&["SETUID", "SETGID", "KILL"]), "{name}");
        let security = config.security_opt.clone().unwrap_or_default();
        assert!(
            security.iter().any(|option| option.starts_with("seccomp=")),
            "{name} has Docker's own profile"
        );
    }
}

#[tokio::test]
async fn a_sandbox_sees_of_the_host_its_socket_directory_its_cgroups_and_the_monitor() {
    let host = Host::connect().await;
    Client::connect().await;
    for (name, container) in sandboxes(&host).await {
        for target in targets(&container) {
            let known = target == "/ctl" || target == "/usr/local/bin/monitor" || target.starts_with("/cg");
            assert!(known, "{name} has a mount at {target}");
        }
        for mount in container.mounts.iter().flatten() {
            if !mount.destination.as_deref().unwrap_or_default().starts_with("/cg") {
                assert_eq!(mount.rw, Some(false), "{name} can write to {mount:?}");
            }
        }
    }
}

#[tokio::test]
async fn the_doctor_finds_all_sandboxes_limited_together() {
    let host = Host::connect().await;
    let warden = host.service(&environment::project(), "warden").await;
    let told = host.exec(&warden, "0", &["gavel", "doctor", "--json"]).await;
    // Behind what it logs, a line each.
    let begins = told.find("{\n").expect("the doctor reports");
    let mut reports = serde_json::Deserializer::from_str(&told[begins..]).into_iter::<serde_json::Value>();
    let report = reports.next().expect("a report").expect("as JSON");
    let findings = report["findings"].as_array().expect("a list");
    let finding =
        findings.iter().find(|finding| finding["what"] == "all sandboxes").expect("it looks at that");
    let remedy = finding["remedy"].as_str().unwrap_or_default();
    // Where systemd alone may set it, the doctor can only tell.
    assert!(finding["level"] == "good" || remedy.starts_with("systemctl set-property "), "{finding}");
}

#[tokio::test]
async fn no_image_of_a_sandbox_holds_a_set_uid_file() {
    let host = Host::connect().await;
    Client::connect().await;
    let mut looked_into = 0;
    for sandbox in host.sandboxes(&environment::instance()).await {
        // Folders that even root without capabilities cannot enter are closed to programs as well.
        let find = "find / -xdev -type f -perm /6000 2>/dev/null; echo looked";
        let found = host.try_exec(&sandbox.id, "0", &["sh", "-c", find]).await;
        // It may have been replaced meanwhile.
        if host.is_running(&sandbox.id).await {
            let found = found.expect("it runs");
            assert_eq!(found.trim(), "looked", "{} {}", sandbox.role, sandbox.slot);
            looked_into += 1;
        }
    }
    assert!(looked_into > 0, "all sandboxes were replaced");
}

#[tokio::test]
async fn nothing_secret_stands_in_a_sandboxs_environment_command_or_labels() {
    let host = Host::connect().await;
    Client::connect().await;
    for (name, container) in sandboxes(&host).await {
        let config = container.config.expect("an inspected container has a configuration");
        let shown = format!("{:?} {:?} {:?}", config.env, config.cmd, config.labels).to_lowercase();
        for word in ["token", "secret", "password", "gavel_http"] {
            assert!(!shown.contains(word), "{name}: {shown}");
        }
    }
}

#[tokio::test]
async fn submissions_leave_containers_processes_cgroups_and_files_as_they_were() {
    let (host, client) = (Host::connect().await, Client::connect().await);
    let server = host.service(&environment::project(), "server").await;
    let at_rest = AtRest::note(&host, &client, &environment::instance(), &server).await;
    for round in 0..10 {
        let request = Request::new("c17", &unique(SUM)).stdin(b"1 2").user(&format!("round-{round}"));
        assert_eq!(client.judge(&request).await.verdict(), "Accepted");
    }
    at_rest.comes_back(&host, Duration::from_secs(20)).await;
}
