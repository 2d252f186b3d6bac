//! The pool and the warden on a real engine: what a run gets, and what happens when containers come to harm.

#![expect(clippy::unwrap_used, reason = "a test may panic, and its helpers too")]

use std::time::{Duration, Instant};

use gavel::config::Config;
use gavel::language::Languages;
use gavel::sandbox::{Input, Lease, Output, Profile, RunEnding, SandboxError, Sandboxes};
use gavel::submission::Isolation;
use gavel::warden::{self, CeilingState};
use gavel_protocol::{Bytes, Ending};
use tokio_util::sync::CancellationToken;

mod support;

use support::{PATIENCE, Service, program, run, text, with_the_images_under_test};

const EXITED: RunEnding = RunEnding::Ended(Ending::Exited { code: 0 });

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_compiled_in_one_sandbox_runs_in_another() {
    let service = Service::start(1, 1, |_| {}).await;
    let executable = service
        .compile(
            r#"#include <stdio.h>
int main() { int a, b; scanf("%d %d", &a, &b); printf("%d\n", a + b); fprintf(stderr, "bye"); }"#,
        )
        .await;
    let mut lease = service.lease(&Profile::Run).await;
    let mut add = program(&["./main"]);
    add.executable = Some(executable);
    add.stdin = Input::Bytes(b"20 22\n"[..].into());
    let ran = run(&mut lease, add).await;
    assert_eq!(ran.ending, EXITED, "{:?}", ran.stderr);
    assert_eq!((text(&ran).as_str(), ran.stderr.head.as_slice()), ("42\n", &b"bye"[..]));
    drop(lease);
    service.close().await;
}

/// Sleeps for so many seconds in one lease; what came of it.
async fn sleep(
    lease: &mut impl Lease,
    seconds: &str,
    cancel: &CancellationToken,
) -> Result<gavel::sandbox::Ran, SandboxError> {
    lease.run(program(&["sleep", seconds]), cancel).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_run_leaves_is_not_there_in_the_next() {
    let service = Service::start(1, 1, |_| {}).await;
    let mut lease = service.lease(&Profile::Run).await;
    let leave = program(&["sh", "-c", "touch /w/a /tmp/b /dev/shm/c; mkdir -m 0 /w/d; (sleep 100 &); ls /w"]);
    assert_eq!(text(&run(&mut lease, leave).await), "a\nd\n");
    let look = program(&["sh", "-c", "ls -A /w /tmp /dev/shm"]);
    assert_eq!(text(&run(&mut lease, look).await), "/dev/shm:\n\n/tmp:\n\n/w:\n");
    drop(lease);
    service.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_run_ends_at_once_and_its_sandbox_serves_on() {
    let service = Service::start(1, 1, |_| {}).await;
    let mut lease = service.lease(&Profile::Run).await;
    let cancel = CancellationToken::new();
    let canceller = cancel.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(100)).await;
        canceller.cancel();
    });
    let started = Instant::now();
    let ran = sleep(&mut lease, "15", &cancel).await.unwrap();
    assert_eq!(ran.ending, RunEnding::Ended(Ending::Cancelled));
    assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
    assert_eq!(run(&mut lease, program(&["true"])).await.ending, EXITED);
    drop(lease);
    service.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_output_ends_the_run_or_is_dropped_as_asked() {
    let service = Service::start(1, 1, |_| {}).await;
    let mut lease = service.lease(&Profile::Run).await;
    let mut flood = program(&["sh", "-c", "exec cat /dev/zero"]);
    flood.stdout = Output::Capture { head: 1000, tail: 0, kill: true };
    let ran = run(&mut lease, flood).await;
    assert_eq!((ran.ending, ran.stdout.head.len()), (RunEnding::OutputExceeded, 1000));

    let mut log = program(&["sh", "-c", "echo begin; head -c 3000000 /dev/zero; echo end 1>&2"]);
    log.stdout = Output::Capture { head: 10, tail: 4, kill: false };
    log.stderr = Output::WithStdout;
    let ran = run(&mut lease, log).await;
    assert_eq!((ran.ending, ran.stdout.total), (EXITED, 3_000_010));
    assert_eq!((&ran.stdout.head[..6], &ran.stdout.tail[..]), (&b"begin\n"[..], &b"end\n"[..]));
    drop(lease);
    service.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_input_arrives_whole_and_cannot_be_written_to() {
    let service = Service::start(1, 1, |_| {}).await;
    let mut lease = service.lease(&Profile::Run).await;
    let mut count = program(&[
        "sh",
        "-c",
        "wc -c; (echo x >&0) 2>/dev/null || (echo x > /dev/stdin) 2>/dev/null || echo safe",
    ]);
    count.stdin = Input::Bytes(vec![7; 64 << 20].into());
    let ran = run(&mut lease, count).await;
    assert_eq!((text(&ran).as_str(), ran.ending), ("67108864\nsafe\n", EXITED));
    drop(lease);
    service.close().await;
}

/// Harms the container of a run in the middle of it; how the run ended, and how long the replacement took.
async fn harm(service: &Service, command: &[&str]) -> (SandboxError, Duration, Duration) {
    service.wait_until_warm().await;
    let created = service.shelf(&Profile::Run).created;
    let mut lease = service.lease(&Profile::Run).await;
    let container = service.container("run-0");
    let docker: Vec<String> = command.iter().map(|word| (*word).to_owned()).chain([container]).collect();
    let harming = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let done = tokio::process::Command::new("docker").args(&docker).output().await.unwrap();
        assert!(done.status.success(), "{done:?}");
        Instant::now()
    });
    let error = sleep(&mut lease, "15", &CancellationToken::new()).await.unwrap_err();
    let ended = Instant::now();
    drop(lease);
    let harmed = harming.await.unwrap();
    service.wait_until("the sandbox is replaced", || service.shelf(&Profile::Run).created > created).await;
    (error, ended.saturating_duration_since(harmed), ended.elapsed())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_container_that_is_removed_killed_or_paused_in_mid_run_is_noticed_and_replaced() {
    let service = Service::start(1, 1, |_| {}).await;
    for (command, soon) in [(&["rm", "-f"][..], 1), (&["kill"][..], 1), (&["pause"][..], 12)] {
        let (error, noticed, replaced) = harm(&service, command).await;
        eprintln!("{command:?}: noticed after {noticed:?}, replaced after {replaced:?} ({error})");
        assert!(matches!(error, SandboxError::Died(_)), "{command:?}: {error:?}");
        assert!(noticed < Duration::from_secs(soon), "{command:?}: {noticed:?}");
        assert!(replaced < Duration::from_secs(5), "{command:?}: {replaced:?}");
    }
    service.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_container_that_is_paused_or_removed_is_replaced() {
    let service = Service::start(1, 1, |_| {}).await;
    for command in ["pause", "kill"] {
        service.wait_until_warm().await;
        let created = service.shelf(&Profile::Run).created;
        let container = service.container("run-0");
        let done = tokio::process::Command::new("docker").args([command, &container]).output().await.unwrap();
        assert!(done.status.success(), "{done:?}");
        service
            .wait_until("the sandbox is replaced", || service.shelf(&Profile::Run).created > created)
            .await;
    }
    service.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_warden_sandboxes_serve_on_and_are_replaced_when_it_is_back() {
    let mut service = Service::start(2, 1, |_| {}).await;
    service.wait_until_warm().await;
    service.kill_warden();
    let mut lease = service.lease(&Profile::Run).await;
    assert_eq!(run(&mut lease, program(&["true"])).await.ending, EXITED);
    drop(lease);
    assert_eq!(service.pool.recycle(Some(&Profile::Run)), 2);
    service.wait_until("the outage shows", || service.shelf(&Profile::Run).problem.is_some()).await;
    assert_eq!(service.shelf(&Profile::Run).idle, 2, "the old ones are kept until there are others");
    service.restart_warden();
    let created = || service.shelf(&Profile::Run).created;
    service.wait_until("both are replaced", || created() == 4).await;
    service.wait_until_warm().await;
    assert_eq!(service.shelf(&Profile::Run).problem, None);
    service.close().await;
}

/// As `languages.toml`, with a second toolchain and a runtime that are of the same image.
fn two_images(config: &mut Config) {
    let shipped = std::fs::read_to_string(&config.languages).unwrap();
    let more =
        "[toolchains.second]\nimage = 'gavel/gcc:{tag}'\n[runtimes.large]\nimage = 'gavel/gcc:{tag}'\n";
    let file = config.workspace.path.join("languages.toml");
    std::fs::write(&file, format!("{more}{shipped}")).unwrap();
    config.languages = file;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sandbox_of_another_image_is_made_when_needed_and_makes_room_for_a_third() {
    let service = Service::start(1, 1, |config| {
        two_images(config);
        config.sandbox.spare_slots = Some(1);
    })
    .await;
    service.wait_until_warm().await;
    let large = Profile::Runtime("large".into());
    assert_eq!(service.shelf(&large).created, 0);
    let mut lease = service.lease(&large).await;
    let found = run(&mut lease, program(&["sh", "-c", "command -v gcc && cat /etc/hostname"])).await;
    assert!(text(&found).ends_with("large\n"), "{found:?}");
    assert!(service.pool.status().profiles.iter().filter(|shelf| shelf.leased == 1).count() == 1);
    drop(lease);
    let idle = || (service.shelf(&large).idle, service.shelf(&Profile::Run).idle);
    service.wait_until("both are warm", || idle() == (1, 1)).await;
    // Two slots, and both are taken: a fresh sandbox takes the place of the one that was not used for longest.
    drop(service.pool.lease(&large, Isolation::Fresh, None, PATIENCE).await.unwrap());
    service.wait_until("the other has gone", || idle() == (2, 0)).await;
    service.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_image_is_named() {
    let service =
        Service::start(1, 1, |config| config.sandbox.run_image = "gavel/no-such-image".into()).await;
    let told = || service.shelf(&Profile::Run).problem.unwrap_or_default();
    service
        .wait_until("the image is named", || told().contains("there is no image gavel/no-such-image"))
        .await;
    let gcc = Profile::Toolchain("gcc".into());
    service.wait_until("the toolchain is there all the same", || service.shelf(&gcc).idle == 1).await;
    service.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leftovers_of_the_own_instance_are_removed_at_start_and_strangers_are_not() {
    let stranger = format!("stranger-{}", uuid::Uuid::new_v4().simple());
    let instance = format!("test-{}", &uuid::Uuid::new_v4().simple().to_string()[..8]);
    let image = &with_the_images_under_test().sandbox.run_image;
    let create = async |name: &str, labels: &[String]| {
        let labels = labels.iter().flat_map(|label| ["--label", label]);
        let mut command = tokio::process::Command::new("docker");
        command.args(["create", "--name", name, "--network", "none"]).args(labels).args([image, "true"]);
        let done = command.output().await.unwrap();
        assert!(done.status.success(), "{done:?}");
    };
    let label = format!("io.gavel.instance={instance}");
    create(&stranger, std::slice::from_ref(&label)).await;
    let ours = format!("gavel-{instance}-run-9");
    create(
        &ours,
        &[label, "io.gavel.role=run".into(), "io.gavel.slot=9".into(), "io.gavel.profile=run".into()],
    )
    .await;
    let service = Service::start(1, 1, |config| config.sandbox.instance = instance).await;
    service.wait_until_warm().await;
    assert!(service.docker.inspect_container(&ours, None).await.is_err());
    assert!(service.docker.inspect_container(&stranger, None).await.is_ok());
    tokio::process::Command::new("docker").args(["rm", "-f", &stranger]).output().await.unwrap();
    service.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_container_has_what_the_security_page_says_and_no_more() {
    let service = Service::start(1, 1, |_| {}).await;
    service.wait_until_warm().await;
    for slot in ["run-0", "toolchain-0"] {
        let found = service.docker.inspect_container(&service.container(slot), None).await.unwrap();
        let host = found.host_config.unwrap();
        assert_eq!(host.privileged, Some(false), "{slot}");
        assert_eq!(host.network_mode.as_deref(), Some("none"), "{slot}");
        assert_eq!(host.readonly_rootfs, Some(true), "{slot}");
        // Engines differ in whether they write the prefix.
        let capabilities = host.cap_add.unwrap_or_default();
        let capabilities: Vec<_> = capabilities.iter().map(|name| name.trim_start_matches("CAP_")).collect();
        assert_eq!(capabilities, ["SETUID", "SETGID", "KILL"], "{slot}");
        for mount in found.mounts.unwrap() {
            assert!(
                !mount.source.as_deref().unwrap_or_default().contains("docker.sock"),
                "{slot}: {mount:?}"
            );
            let target = mount.destination.unwrap_or_default();
            assert!(mount.rw == Some(false) || target.starts_with("/cg"), "{slot}: {target} is writable");
        }
    }
    let mut lease = service.lease(&Profile::Run).await;
    let looks = program(&[
        "sh",
        "-c",
        "ls /sys/class/net; grep -E '^(CapEff|NoNewPrivs|Seccomp):' /proc/self/status; touch /x",
    ]);
    let ran = run(&mut lease, looks).await;
    assert_eq!(text(&ran), "lo\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n");
    assert!(String::from_utf8_lossy(&ran.stderr.head).contains("Read-only file system"));
    drop(lease);
    service.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_sandboxes_together_are_limited_where_one_could_lift_its_own_limits() {
    let service = Service::start(1, 1, |_| {}).await;
    service.wait_until_warm().await;
    let languages = Languages::load(&service.config.languages, &service.config.sandbox.image_tag).unwrap();
    let state = async |config: &Config| warden::examine_ceiling(config, &languages).await.unwrap();
    let found = state(&service.config).await;
    if found != CeilingState::NotNeeded {
        assert!(matches!(found, CeilingState::InForce(_)), "{found:?}");
        // One that is higher than it should be is none, nor is there any where no warden was.
        let mut less = service.config.clone();
        less.limits.run_max.memory = Bytes::mib(512);
        let mut nobodys = service.config.clone();
        nobodys.sandbox.instance = format!("{}-nobody", nobodys.sandbox.instance);
        for config in [less, nobodys] {
            assert!(matches!(state(&config).await, CeilingState::Missing { .. }));
        }
    }
    service.close().await;
}
