//! A file system that others have filled to its last byte.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::bench::{Bench, FULL, answer, eventually};
use crate::durability::crash_to;
use crate::problems::{push, sums};

const MIB: usize = 1 << 20;
/// Set in a process that may mount.
const MAY_MOUNT: &str = "GAVEL_TEST_MAY_MOUNT";

/// A small file system in memory.
struct Disk(tempfile::TempDir);

impl Disk {
    fn new(size: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]).arg(directory.path());
        assert!(mount.status().unwrap().success());
        Self(directory)
    }

    fn filler(&self) -> PathBuf {
        self.0.path().join("filler")
    }

    /// Takes what is left of it.
    fn fill(&self) {
        let mut filler = File::options().create(true).append(true).open(self.filler()).unwrap();
        for size in [MIB, 4096, 1] {
            while filler.write_all(&vec![7; size]).is_ok() {}
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(self.0.path()).status());
    }
}

/// Runs this test in a process of its own that may mount, where this one may not. True where that is done.
fn handed_over(test: &str) -> bool {
    if nix::unistd::geteuid().is_root() || std::env::var_os(MAY_MOUNT).is_some() {
        return false;
    }
    let run = |command: &[&str]| {
        let mut unshare = Command::new("unshare");
        unshare.args(["--user", "--map-root-user", "--mount"]).args(command).env(MAY_MOUNT, "1");
        unshare.status().is_ok_and(|status| status.success())
    };
    if !run(&["mount", "-t", "tmpfs", "tmpfs", "/mnt"]) {
        eprintln!("not tested: this needs root, or a host that lets users have namespaces");
        return true;
    }
    let executable = std::env::current_exe().unwrap();
    assert!(run(&[executable.to_str().unwrap(), "--exact", test, "--nocapture"]));
    true
}

async fn judged(bench: &Bench, number: usize) -> String {
    let stdin = format!("{number} ").repeat(MIB / 3);
    let body = json!({"language": "cpp17", "source": "accept", "stdin": stdin, "user": number.to_string()});
    let (status, answer) = bench.post(body).await;
    assert_eq!(status, 202, "{answer}");
    let id = answer["id"].as_str().unwrap().to_owned();
    bench.until(&id, "done").await;
    id
}

/// What a server leaves that is killed while one submission runs and another waits; their ids, and those of judged ones.
async fn killed(disk: &Disk, done: usize) -> (Arc<tempfile::TempDir>, [String; 2], Vec<String>) {
    let bench = Bench::with(&[("workers", "1")]).await;
    let mut old = Vec::new();
    for number in 10..10 + done {
        old.push(judged(&bench, number).await);
    }
    let running = bench.submit("a", "hang").await;
    bench.until(&running, "running").await;
    let waiting = bench.submit("b", "accept").await;
    let left = Arc::new(tempfile::tempdir_in(disk.0.path()).unwrap());
    crash_to(&bench, left.path());
    (left, [running, waiting], old)
}

async fn is_up_and_refuses(bench: &Bench, disk: &Disk) {
    let refuses = async || {
        disk.fill();
        let (status, answer) = bench.post(json!({"language": "cpp17", "source": "accept"})).await;
        (status == 503).then_some(answer)
    };
    let answer = eventually(refuses).await.to_string();
    assert!(answer.contains("disk is full"), "{answer}");
    assert_eq!(bench.get("/healthz").await.0, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_starts_on_a_disk_that_others_have_filled_and_goes_on_when_there_is_room() {
    if handed_over(
        "full_disk::a_server_starts_on_a_disk_that_others_have_filled_and_goes_on_when_there_is_room",
    ) {
        return;
    }
    let disk = Disk::new("16m");
    let (left, [running, waiting], _) = killed(&disk, 1).await;
    disk.fill();
    let bench = Bench::on(Arc::clone(&left), &[("workers", "2")]).await;
    // What it has found for itself others take as well.
    disk.fill();
    is_up_and_refuses(&bench, &disk).await;
    fs::remove_file(disk.filler()).unwrap();
    bench.until(&waiting, "done").await;
    bench.until(&running, "running").await;
    bench.delete(&format!("/api/v1/submissions/{running}")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_dead_server_was_writing_gives_room_to_the_next() {
    if handed_over("full_disk::what_a_dead_server_was_writing_gives_room_to_the_next") {
        return;
    }
    let disk = Disk::new("16m");
    let (left, [_, waiting], _) = killed(&disk, 1).await;
    fs::write(left.path().join("blobs/incoming/half"), vec![7; 4 * MIB]).unwrap();
    disk.fill();
    let bench = Bench::on(left, &[("workers", "2")]).await;
    bench.until(&waiting, "done").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lower_bound_for_judgements_gives_room_on_a_full_disk() {
    if handed_over("full_disk::a_lower_bound_for_judgements_gives_room_on_a_full_disk") {
        return;
    }
    let disk = Disk::new("48m");
    let (left, [_, waiting], old) = killed(&disk, 26).await;
    disk.fill();
    let bench = Bench::on(left, &[("workers", "2"), ("store.max_size", "16MiB")]).await;
    bench.until(&waiting, "done").await;
    let path = format!("/api/v1/submissions/{}", old[0]);
    eventually(async || (bench.get(&path).await.0 == 404).then_some(())).await;
    assert_eq!(bench.get(&format!("/api/v1/submissions/{}", old[25])).await.0, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_kept_long_enough_goes_from_a_full_disk_however_much_it_is() {
    if handed_over("full_disk::what_was_kept_long_enough_goes_from_a_full_disk_however_much_it_is") {
        return;
    }
    // Where less is set aside the log may not be written back at all.
    let disk = Disk::new("512m");
    let directory = Arc::new(tempfile::tempdir_in(disk.0.path()).unwrap());
    let bench = Bench::on(directory, &[("workers", "2"), ("store.keep", "1s")]).await;
    // Together more than the log has room for.
    let source = format!("accept {}", "x".repeat(60_000));
    let mut ids = Vec::new();
    for number in 0..400 {
        ids.push(bench.submit(&number.to_string(), &source).await);
    }
    for id in &ids {
        bench.until(id, "done").await;
    }
    tokio::time::sleep(Duration::from_millis(1100)).await;
    disk.fill();
    let last = format!("/api/v1/submissions/{}", ids[399]);
    eventually(async || {
        // Who is refused has room looked for.
        bench.post(json!({"language": "cpp17", "source": "accept"})).await;
        (bench.get(&last).await.0 == 404).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_of_a_disk_is_not_for_stored_files() {
    if handed_over("full_disk::the_last_of_a_disk_is_not_for_stored_files") {
        return;
    }
    let disk = Disk::new("16m");
    let directory = Arc::new(tempfile::tempdir_in(disk.0.path()).unwrap());
    let bench = Bench::on(Arc::clone(&directory), &[]).await;
    let store = async |size: usize| {
        let head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n";
        let form = [head.as_bytes(), &vec![7; size], b"\r\n--b--\r\n"].concat();
        let request = bench.request(Method::POST, "/file");
        answer(request.header("Content-Type", "multipart/form-data; boundary=b").body(form)).await
    };
    assert_eq!(store(MIB).await.0, 200);
    let (status, told) = store(15 * MIB).await;
    assert_eq!((status.is_server_error(), told.to_string().contains("no room")), (true, true), "{told}");
    disk.fill();
    let (status, told) = store(1).await;
    assert_eq!((status.is_server_error(), told.to_string().contains("no room")), (true, true), "{told}");
    assert!(!told.to_string().contains(directory.path().to_str().unwrap()), "{told}");
    fs::remove_file(disk.filler()).unwrap();
    assert_eq!(store(MIB).await.0, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_is_short_of_inodes_takes_nothing_new_and_judges_what_was_accepted() {
    if handed_over("full_disk::a_disk_that_is_short_of_inodes_takes_nothing_new_and_judges_what_was_accepted")
    {
        return;
    }
    let disk = Disk::new("24m,nr_inodes=2000");
    let directory = Arc::new(tempfile::tempdir_in(disk.0.path()).unwrap());
    let bench = Bench::on(directory, &[]).await;
    let running = bench.submit("a", "hang").await;
    bench.until(&running, "running").await;
    fs::create_dir(disk.filler()).unwrap();
    let files = (0..).map(|number: u32| disk.filler().join(number.to_string()));
    assert!(files.take_while(|path| File::create(path).is_ok()).count() > 1000);
    let (status, answer) = bench.post(json!({"language": "cpp17", "source": "accept"})).await;
    assert_eq!(status, 503, "{answer}");
    assert!(answer.to_string().contains("disk is full"), "{answer}");
    eventually(async || (bench.get("/readyz").await.0 == 503).then_some(())).await;
    bench.delete(&format!("/api/v1/submissions/{running}")).await;
    bench.until(&running, "cancelled").await;
    fs::remove_dir_all(disk.filler()).unwrap();
    let id = bench.submit("a", "accept").await;
    bench.until(&id, "done").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_is_full_for_a_while_costs_a_submission_no_attempt() {
    let bench = Bench::with(&[("workers", "1")]).await;
    let id = bench.submit("a", "full").await;
    let done = bench.until(&id, "done").await;
    assert_eq!((&done["verdict"], bench.judge.started.lock().unwrap().len()), (&json!("Accepted"), FULL + 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_package_that_a_full_disk_has_no_room_for_leaves_nothing_and_is_taken_when_there_is_room() {
    if handed_over(
        "full_disk::a_package_that_a_full_disk_has_no_room_for_leaves_nothing_and_is_taken_when_there_is_room",
    ) {
        return;
    }
    let disk = Disk::new("24m");
    let directory = Arc::new(tempfile::tempdir_in(disk.0.path()).unwrap());
    let bench = Bench::on(Arc::clone(&directory), &[]).await;
    let large = "4 5 ".repeat(MIB);
    let before = push(&bench, "sums", sums("4 5")).await;
    assert_eq!(before.0, 201, "{}", before.1);
    disk.fill();
    let (status, refused) = push(&bench, "sums", sums(&large)).await;
    assert_eq!(status, 503, "{refused}");
    assert!(refused.to_string().contains("disk is full"), "{refused}");
    assert!(!refused.to_string().contains(directory.path().to_str().unwrap()), "{refused}");
    let (_, shown) = bench.get("/api/v1/problems/sums").await;
    assert_eq!(shown["version"], before.1["version"], "what was there is there still");
    let incoming = directory.path().join("blobs/incoming");
    eventually(async || fs::read_dir(&incoming).unwrap().next().is_none().then_some(())).await;
    fs::remove_file(disk.filler()).unwrap();
    let (status, pushed) = push(&bench, "sums", sums(&large)).await;
    assert_eq!(status, 201, "{pushed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_judged_again_while_the_disk_is_full_keeps_its_judgement_and_has_the_new_one_later() {
    if handed_over(
        "full_disk::what_is_judged_again_while_the_disk_is_full_keeps_its_judgement_and_has_the_new_one_later",
    ) {
        return;
    }
    let disk = Disk::new("24m");
    let directory = Arc::new(tempfile::tempdir_in(disk.0.path()).unwrap());
    let bench = Bench::on(directory, &[]).await;
    let id = bench.submit("a", "held").await;
    bench.until(&id, "done").await;
    let path = format!("/api/v1/submissions/{id}");
    let order = async || answer(bench.request(Method::POST, &format!("{path}/rejudge"))).await;
    let (status, given) = order().await;
    assert_eq!(status, 202, "{given}");
    bench.until_started(2).await;
    is_up_and_refuses(&bench, &disk).await;
    let (status, refused) = order().await;
    assert_eq!(status, 503, "{refused}");
    bench.judge.serve.notify_one();
    let (_, meanwhile) = bench.get(&path).await;
    assert_eq!((&meanwhile["state"], &meanwhile["verdict"]), (&json!("done"), &json!("Accepted")));
    fs::remove_file(disk.filler()).unwrap();
    let given = format!("/api/v1/rejudges/{}", given["id"].as_str().unwrap());
    let done = eventually(async || {
        let (_, order) = bench.get(&given).await;
        (order["state"] == "done").then_some(order)
    })
    .await;
    assert_eq!((&done["done"], &done["failed"]), (&json!(1), &json!(0)), "{done}");
    let (_, all) = bench.get(&format!("{path}/judgements")).await;
    assert_eq!(all["judgements"].as_array().unwrap().len(), 2, "{all}");
    let started = bench.judge.started.lock().unwrap().iter().filter(|source| *source == "held").count();
    assert_eq!(started, 2, "a judgement that could not be stored at once is not made again");
}

#[test]
fn the_disk_of_these_tests_is_full_when_it_is_filled() {
    if handed_over("full_disk::the_disk_of_these_tests_is_full_when_it_is_filled") {
        return;
    }
    let disk = Disk::new("1m");
    let full = || tempfile::NamedTempFile::new_in(disk.0.path()).unwrap().write_all(b"x").is_err();
    assert!(!full());
    disk.fill();
    assert!(full());
}
