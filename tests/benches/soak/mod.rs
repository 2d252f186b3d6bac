//! A long mixed load, with the server's memory and open files and the number of containers once a minute: all must
//! stay flat.

use std::time::{Duration, Instant};

use e2e::client::ClientError;
use e2e::docker::Host;
use e2e::leftovers::AtRest;
use e2e::programs::unique;
use e2e::{Answer, Client, Request, environment, gojudge, header};
use serde_json::{Value, json};

/// The server at one moment.
#[derive(Debug, Clone, Copy)]
struct Sample {
    rss_kib: u64,
    descriptors: u64,
    containers: u64,
}

/// Loads the service for so many minutes.
///
/// # Panics
/// When a verdict is not the expected one or something has grown.
pub(crate) async fn run(client: &Client, minutes: u64) {
    let host = Host::connect().await;
    let server = host.service(&environment::project(), "server").await;
    let at_rest = AtRest::note(&host, client, &environment::instance(), &server).await;
    let end = Instant::now() + Duration::from_secs(minutes * 60);
    let load: Vec<_> = (0..4).map(|n| tokio::spawn(keep_busy(client.clone(), n, end))).collect();
    let commands: Vec<_> = (0..2).map(|n| tokio::spawn(keep_running(n, end))).collect();
    let samples = watch(&host, &server, end).await;
    let mut run = 0;
    for worker in commands {
        run += worker.await.expect("every command ends as expected");
    }
    println!("{run} commands run as expected");
    let mut judged = 0;
    for worker in load {
        judged += worker.await.expect("every verdict is the expected one");
    }
    println!("{judged} submissions judged as expected");
    at_rest.comes_back(&host, Duration::from_secs(30)).await;
    flat(&samples);
}

/// Judges one program after another; returns how many.
async fn keep_busy(client: Client, worker: usize, end: Instant) -> u64 {
    let programs = header::all();
    let mut judged = 0;
    for round in worker.. {
        if Instant::now() >= end {
            break;
        }
        let mut program = programs[round * 7 % programs.len()].clone();
        if program.source.len().is_multiple_of(3) && program.expectation.verdict != "CompileError" {
            program.source = unique(&program.source);
        }
        let answer = judge(&client, &program.request()).await;
        assert_eq!(answer.verdict(), program.expectation.verdict, "{}", program.name);
        judged += 1;
    }
    judged
}

/// As a site does: where the service has no room for another large body, it comes again.
async fn judge(client: &Client, request: &Request) -> Answer {
    loop {
        match client.try_judge(request).await {
            Ok(answer) => return answer,
            Err(ClientError::Refused(refusal)) if refusal.status == 503 => {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// Runs commands through the go-judge API, with a file that is stored and deleted each time; returns how many.
async fn keep_running(worker: u32, end: Instant) -> u64 {
    let client = gojudge::client();
    for run in 0.. {
        if Instant::now() >= end {
            return run;
        }
        let text = format!("{worker}/{run}");
        let command = json!({
            "args": ["/bin/cat", "in"], "env": ["PATH=/usr/bin:/bin"],
            "files": [{"content": ""}, {"name": "stdout", "max": 1024}, {"name": "stderr", "max": 1024}],
            "cpuLimit": 10_000_000_000_u64, "memoryLimit": 104_857_600, "procLimit": 50,
            "copyIn": {"in": {"content": text}}, "copyOutCached": ["in"],
        });
        let answer = client.post(gojudge::url("/run")).json(&json!({"cmd": [command]})).send().await;
        let results: Value = answer.expect("an answer").json().await.expect("results");
        assert_eq!(results[0]["files"]["stdout"], text, "{results}");
        let stored = results[0]["fileIds"]["in"].as_str().expect("a stored file");
        let deleted = client.delete(gojudge::url(&format!("/file/{stored}"))).send().await;
        assert!(deleted.expect("an answer").status().is_success());
    }
    0
}

async fn watch(host: &Host, server: &str, end: Instant) -> Vec<Sample> {
    let mut samples = Vec::new();
    println!("{:>8}{:>12}{:>14}{:>12}", "second", "RSS KiB", "descriptors", "containers");
    let started = Instant::now();
    while Instant::now() < end {
        let sample = sample(host, server).await;
        let second = started.elapsed().as_secs();
        println!("{second:>8}{:>12}{:>14}{:>12}", sample.rss_kib, sample.descriptors, sample.containers);
        samples.push(sample);
        tokio::time::sleep(Duration::from_secs(30).min(end - Instant::now().min(end))).await;
    }
    samples
}

async fn sample(host: &Host, server: &str) -> Sample {
    let tell = "grep VmRSS /proc/1/status | tr -dc 0-9; echo; ls /proc/1/fd | wc -l";
    let told = host.exec(server, "10001", &["sh", "-c", tell]).await;
    let mut numbers = told.lines().map(|line| line.trim().parse().unwrap_or(0));
    let containers = host.sandboxes(&environment::instance()).await.len();
    Sample {
        rss_kib: numbers.next().unwrap_or(0),
        descriptors: numbers.next().unwrap_or(0),
        containers: u64::try_from(containers).unwrap_or(u64::MAX),
    }
}

/// The second half of the samples against the first, after a warming-up. Of memory the least counts, what is kept: at any
/// moment some is held by large requests.
fn flat(samples: &[Sample]) {
    let warm = &samples[samples.len() / 4..];
    let (first, last) = warm.split_at(warm.len() / 2);
    type Figure = fn(&Sample) -> u64;
    let least = |half: &[Sample], figure: Figure| half.iter().map(figure).min().unwrap_or(0);
    let most = |half: &[Sample], figure: Figure| half.iter().map(figure).max().unwrap_or(0);
    let kept = |half: &[Sample]| least(half, |sample| sample.rss_kib);
    let descriptors = |half: &[Sample]| most(half, |sample| sample.descriptors);
    let containers = |half: &[Sample]| most(half, |sample| sample.containers);
    for (name, before, after, slack) in [
        ("RSS KiB", kept(first), kept(last), 51_200),
        ("descriptors", descriptors(first), descriptors(last), 20),
        ("containers", containers(first), containers(last), 1),
    ] {
        println!("{name}: {before} in the first half, {after} in the second");
        assert!(after <= before + slack, "{name} grows");
    }
}
