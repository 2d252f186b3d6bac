//! Compares what goes through the service with bare runs of the same programs on this machine, taken in turn, so that
//! drift of the machine falls on both. `--commands` does so for the go-judge API alone, `--beside URL` adds another server
//! with that API. `--problems` compares tests of problems, `--cluster` a node of a cluster with a machine alone. `--languages` compares each installed language with its bare toolchain. `--faults ROUNDS` has parts of a cluster die under load, `--soak MINUTES` loads the service for long and watches its memory, files and containers instead.
#![expect(clippy::print_stdout, reason = "a bench prints its table")]

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use e2e::bench::{Times, comparison, line, runs_per_second};
use e2e::programs::{SUM, SUM_CPP, unique};
use e2e::{Client, Request, environment};

#[path = "cluster/mod.rs"]
mod cluster;
#[path = "commands/mod.rs"]
mod commands;
#[path = "languages/mod.rs"]
mod languages;
#[path = "problems/mod.rs"]
mod problems;
#[path = "soak/mod.rs"]
mod soak;

const INPUT: &[u8] = b"20 22\n";
const OUTPUT: &[u8] = b"42\n";
/// As `images/languages.toml` has them.
const C: [&str; 6] = ["gcc", "-std=c17", "-O2", "-static", "-DONLINE_JUDGE", "-o"];
const CPP: [&str; 6] = ["g++", "-std=c++17", "-O2", "-static", "-DONLINE_JUDGE", "-o"];

#[tokio::main]
async fn main() {
    let options = Options::from_arguments();
    let client = Client::connect().await;
    if let Some(minutes) = options.soak_minutes {
        return soak::run(&client, minutes).await;
    }
    if options.commands {
        return commands::compare(&environment::url(), options.beside.as_deref());
    }
    if options.problems {
        return problems::compare(&client, options.runs.div_ceil(30)).await;
    }
    if let Some(rounds) = options.faults {
        return cluster::faults::run(rounds).await;
    }
    if options.cluster {
        return cluster::compare(options.runs).await;
    }
    if options.languages {
        return languages::compare(&client, options.runs.div_ceil(30)).await;
    }
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let bench = Bench { client, folder: folder.path().to_owned(), runs: options.runs };
    println!("{}", line("", &["min".into(), "median".into(), "p99".into()]));
    bench.one_warm_run().await;
    bench.many_tests().await;
    bench.first_and_repeated().await;
    bench.throughput().await;
    problems::compare(&bench.client, options.runs.div_ceil(30)).await;
    languages::compare(&bench.client, options.runs.div_ceil(30)).await;
    commands::compare(&environment::url(), options.beside.as_deref());
}

struct Options {
    runs: u32,
    /// Tests of problems alone.
    problems: bool,
    /// A node of a cluster beside a machine alone, and nothing else.
    cluster: bool,
    /// So many rounds of faults of a cluster instead.
    faults: Option<u32>,
    /// Each installed language alone.
    languages: bool,
    soak_minutes: Option<u64>,
    /// The go-judge API alone.
    commands: bool,
    /// Another server with that API.
    beside: Option<String>,
}

impl Options {
    fn from_arguments() -> Self {
        let arguments: Vec<String> = std::env::args().collect();
        let at = |name: &str| arguments.iter().position(|argument| argument == name);
        let text = |name: &str| {
            let value = arguments.get(at(name)? + 1);
            Some(value.unwrap_or_else(|| panic!("{name} needs a value")))
        };
        let after =
            |name: &str| Some(text(name)?.parse::<u64>().unwrap_or_else(|_| panic!("{name} needs a number")));
        let runs = after("--runs").map_or(300, |runs| u32::try_from(runs).unwrap_or(u32::MAX));
        let beside = text("--beside").map(|url| url.trim_end_matches('/').to_owned());
        Self {
            runs,
            soak_minutes: after("--soak"),
            commands: at("--commands").is_some(),
            problems: at("--problems").is_some(),
            cluster: at("--cluster").is_some(),
            faults: after("--faults").map(|rounds| u32::try_from(rounds).unwrap_or(u32::MAX)),
            languages: at("--languages").is_some(),
            beside,
        }
    }
}

struct Bench {
    client: Client,
    folder: PathBuf,
    runs: u32,
}

impl Bench {
    async fn one_warm_run(&self) {
        let binary = self.compile(&C, "sum.c", SUM);
        let request = Request::new("c17", &unique(SUM)).test(INPUT, Some(OUTPUT)).user("bench");
        self.accepted(&request).await;
        let (mut ours, mut bare) = (Times::default(), Times::default());
        for _ in 0..self.runs {
            bare.add(bare_run(&binary));
            ours.add(self.accepted(&request).await);
        }
        println!(
            "{}",
            comparison("one warm run of a static C program over HTTP", &ours, "fork, exec, wait", &bare)
        );
    }

    async fn many_tests(&self) {
        let binary = self.compile(&C, "sum.c", SUM);
        let source = unique(SUM);
        let request = (0..100)
            .fold(Request::new("c17", &source).user("bench"), |request, _| request.test(INPUT, Some(OUTPUT)));
        self.accepted(&request).await;
        let (mut ours, mut bare) = (Times::default(), Times::default());
        for _ in 0..self.runs.div_ceil(15) {
            let started = Instant::now();
            for _ in 0..100 {
                bare_run(&binary);
            }
            bare.add(started.elapsed());
            ours.add(self.accepted(&request).await);
        }
        println!(
            "{}",
            comparison("one submission of 100 tests", &ours, "100 runs, one after another", &bare)
        );
    }

    async fn first_and_repeated(&self) {
        let (mut first, mut repeated, mut bare) = (Times::default(), Times::default(), Times::default());
        for _ in 0..self.runs.div_ceil(15) {
            let source = unique(SUM_CPP);
            let started = Instant::now();
            let binary = self.compile(&CPP, "sum.cpp", &source);
            bare_run(&binary);
            bare.add(started.elapsed());
            let request = Request::new("cpp17", &source).test(INPUT, Some(OUTPUT)).user("bench");
            first.add(self.accepted(&request).await);
            repeated.add(self.accepted(&request).await);
        }
        let bare_name = "g++ -O2 -static, then ./main";
        println!(
            "{}",
            comparison("C++ A+B from submission to verdict, first time", &first, bare_name, &bare)
        );
        println!(
            "{}",
            comparison("C++ A+B from submission to verdict, repeated", &repeated, bare_name, &bare)
        );
    }

    async fn throughput(&self) {
        let binary = self.compile(&C, "sum.c", SUM);
        let request = Request::new("c17", &unique(SUM)).test(INPUT, Some(OUTPUT)).user("bench");
        self.accepted(&request).await;
        println!();
        println!(
            "{}",
            line("runs per second, by clients", &["service".into(), "bare".into(), "ratio".into()])
        );
        for clients in [1, 2, 4, 8] {
            let bare = runs_per_second(clients, Duration::from_secs(4), || {
                bare_run(&binary);
            });
            let ours = self.runs_per_second(&request, clients).await;
            let columns = [format!("{ours:.0}"), format!("{bare:.0}"), format!("{:.2}x", ours / bare)];
            println!("{}", line(&format!("  {clients}"), &columns));
        }
    }

    async fn runs_per_second(&self, request: &Request, clients: u32) -> f64 {
        let until = Instant::now() + Duration::from_secs(4);
        let started = Instant::now();
        let work = (0..clients).map(|_| {
            let (client, request) = (self.client.clone(), request.clone());
            tokio::spawn(async move {
                let mut runs = 0_u32;
                while Instant::now() < until {
                    let answer = client.judge(&request).await;
                    assert_eq!(answer.verdict(), "Accepted", "{answer:?}");
                    runs += 1;
                }
                runs
            })
        });
        let mut runs = 0.0;
        for worker in work.collect::<Vec<_>>() {
            runs += f64::from(worker.await.expect("a client of the bench ends well"));
        }
        runs / started.elapsed().as_secs_f64()
    }

    /// How long it took from the request to the verdict, which must be Accepted.
    async fn accepted(&self, request: &Request) -> Duration {
        let started = Instant::now();
        let answer = self.client.judge(request).await;
        let took = started.elapsed();
        assert_eq!(answer.verdict(), "Accepted", "{answer:?}");
        took
    }

    fn compile(&self, compiler: &[&str], name: &str, source: &str) -> PathBuf {
        let (source_path, binary) = (self.folder.join(name), self.folder.join("main"));
        std::fs::write(&source_path, source).expect("the temporary folder takes a file");
        let status = Command::new(compiler[0])
            .args(&compiler[1..])
            .args([&binary, &source_path])
            .status()
            .unwrap_or_else(|error| panic!("the bench needs {} here: {error}", compiler[0]));
        assert!(status.success());
        binary
    }
}

/// Starts the program, writes its input, reads its output to the end and waits for it, as the simplest judge does.
fn bare_run(binary: &Path) -> Duration {
    let started = Instant::now();
    let mut child = Command::new(binary)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a program that was just compiled starts");
    child.stdin.take().expect("it is piped").write_all(INPUT).expect("the program reads");
    let mut output = Vec::new();
    child.stdout.take().expect("it is piped").read_to_end(&mut output).expect("the program writes");
    assert!(child.wait().expect("it is our child").success() && output == OUTPUT);
    started.elapsed()
}
