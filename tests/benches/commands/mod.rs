//! The go-judge API under load, by wrk, beside bare runs of the same program and, if asked for, another server with this
//! API.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use e2e::bench::{line, runs_per_second};

/// How long each figure is taken.
const EACH: Duration = Duration::from_secs(5);

/// What one load came to.
#[derive(Debug)]
struct Load {
    per_second: f64,
    median: Duration,
    p99: Duration,
    failed: u64,
}

/// Prints a table of 1, 2, 4, 8 and 32 clients. The loads of one line are taken one after the other, so that drift of the
/// machine falls on all of them.
///
/// # Panics
/// When wrk is missing or an answer was wrong.
pub(crate) fn compare(service: &str, beside: Option<&str>) {
    let columns = ["per second", "median", "p99", "of bare"].map(str::to_owned);
    println!("\n{}", line("POST /run of /bin/cat with a file copied in, by clients", &columns));
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("a.hs");
    std::fs::write(&file, "main = putStrLn \"Hello, World!\"").expect("the temporary folder takes a file");
    for clients in [1, 2, 4, 8, 32] {
        let bare = runs_per_second(clients, EACH, || cat(&file));
        show(&format!("  {clients}: service"), &load(service, clients), bare);
        if let Some(beside) = beside {
            show(&format!("  {clients}: {beside}"), &load(beside, clients), bare);
        }
        println!("{}", line(&format!("  {clients}: bare"), &[format!("{bare:.0}")]));
    }
}

fn show(name: &str, load: &Load, bare: f64) {
    let milliseconds = |time: Duration| format!("{:.2} ms", time.as_secs_f64() * 1000.0);
    let columns = [
        format!("{:.0}", load.per_second),
        milliseconds(load.median),
        milliseconds(load.p99),
        format!("{:.2}x", load.per_second / bare),
    ];
    println!("{}", line(name, &columns));
    assert_eq!(load.failed, 0, "{name}: answers were wrong or did not come");
}

fn load(url: &str, clients: u32) -> Load {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/commands/run.lua");
    let output = Command::new("wrk")
        .args(["--threads", "1", "--connections", &clients.to_string()])
        .args(["--duration", &format!("{}s", EACH.as_secs()), "--timeout", "20s", "--script", script])
        .arg(format!("{url}/run"))
        .output()
        .unwrap_or_else(|error| panic!("the bench needs wrk: {error}"));
    let output = String::from_utf8_lossy(&output.stdout);
    let figures = output.lines().find_map(|line| line.strip_prefix("FIGURES ")).unwrap_or_default();
    let figures: Vec<u64> = figures.split_whitespace().filter_map(|figure| figure.parse().ok()).collect();
    let [requests, micros, median, p99, failed] = figures[..] else { panic!("wrk says:\n{output}") };
    Load {
        per_second: requests as f64 / Duration::from_micros(micros).as_secs_f64(),
        median: Duration::from_micros(median),
        p99: Duration::from_micros(p99),
        failed,
    }
}

/// Runs it and reads its output to the end.
fn cat(file: &std::path::Path) {
    let started = Instant::now();
    let output = Command::new("/bin/cat").arg(file).stdin(Stdio::null()).output().expect("/bin/cat starts");
    assert!(output.status.success() && !output.stdout.is_empty(), "after {:?}", started.elapsed());
}
