//! A restart of the Docker engine itself: not part of `cargo test`, as everything on the engine goes down with it.
//! `make test` runs it last, where nothing else depends on the engine; elsewhere
//! `GAVEL_E2E_RESTART_DOCKER='systemctl restart docker' cargo test -p e2e --test engine`. Without the variable it fails.

use std::time::Duration;

use e2e::docker::Host;
use e2e::instance::Plan;
use e2e::leftovers::AtRest;
use e2e::programs::{SLEEP, SUM, unique};
use e2e::{Request, environment};

#[tokio::test]
async fn a_restart_of_the_engine_loses_nothing() {
    let command = environment::restart_docker_command()
        .expect("GAVEL_E2E_RESTART_DOCKER says how to restart the engine");
    let instance = Plan::of_one_slot("engine").start().await;
    let (host, client) = (Host::connect().await, instance.client());
    let at_rest = AtRest::note(&host, &instance.client(), &instance.name, &instance.server).await;
    let mut accepted = Vec::new();
    for n in 0..20 {
        let request = match n % 2 {
            0 => Request::new("c17", &unique(SUM)).test(b"1 2", Some(b"3\n")),
            _ => Request::new("c17", SLEEP).test(b"300", Some(b"slept\n")),
        };
        accepted.push(client.submit(&request).await.id);
    }
    let status = std::process::Command::new("sh").args(["-c", &command]).status();
    assert!(status.is_ok_and(|status| status.success()), "`{command}` failed");
    let host = Host::connect().await;
    for id in [&instance.warden, &instance.server] {
        if !host.is_running(id).await {
            host.start(id).await;
        }
    }
    client.wait_until_ready(Duration::from_secs(240)).await;
    for id in &accepted {
        assert_eq!(client.wait(id).await.verdict(), "Accepted");
    }
    at_rest.comes_back(&host, Duration::from_secs(30)).await;
    instance.remove().await;
}
