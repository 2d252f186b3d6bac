//! Limits are kept closely, and usage is measured over everything that a program starts. These tests measure, so they
//! run one after another.

use std::time::Duration;

use e2e::alone::alone;
use e2e::environment::{at_most_ms, patience, time_factor};
use e2e::programs::{BURN, LOOP, SLEEP, TOUCH};
use e2e::{Answer, Client, Request};

/// Within limits of which one is to be reached, or nearly.
async fn judge(source: &str, stdin: &str, limits: &str) -> Answer {
    judged(program(source, stdin).limits(limits)).await
}

/// Within limits on time that are far off.
async fn judge_at_leisure(source: &str, stdin: &str, limits: &str) -> Answer {
    judged(program(source, stdin).ample_limits(limits)).await
}

fn program(source: &str, stdin: &str) -> Request {
    Request::new("c17", source).stdin(stdin.as_bytes())
}

async fn judged(request: Request) -> Answer {
    Client::connect().await.judge(&request).await
}

/// How far a measured time may be from where it belongs, on a core of its own.
const TOLERANCE_MS: f64 = 10.0;

fn tolerance_ms() -> f64 {
    at_most_ms(TOLERANCE_MS)
}

/// How often a time is taken before it is believed: others of the host may have the core at the moment that counts.
const ATTEMPTS: usize = 5;

#[track_caller]
fn within(name: &str, value: f64, from: f64, to: f64) {
    assert!((from..=to).contains(&value), "{name}: {value} is not in {from}..{to}");
}

/// Judges until the time that `of` reads is at most `to` ms. Each attempt has the verdict, and none less than `from` ms.
async fn timely(request: Request, verdict: &str, of: fn(&Answer) -> f64, from: f64, to: f64) {
    let client = Client::connect().await;
    let mut late = Vec::new();
    while late.len() < ATTEMPTS {
        let answer = client.judge(&request).await;
        assert_eq!(answer.verdict(), verdict, "{answer:?}");
        let ms = of(&answer);
        assert!(ms >= from, "{ms} ms are less than {from}");
        if ms <= to {
            return;
        }
        late.push(ms);
    }
    panic!("each of {late:?} ms is more than {to}");
}

fn cpu_ms(answer: &Answer) -> f64 {
    answer.test().cpu_ms
}

fn wall_ms(answer: &Answer) -> f64 {
    answer.test().wall_ms
}

#[tokio::test]
async fn the_cpu_limit_is_kept_to_within_10_ms() {
    let _alone = alone().await;
    for limit in [100.0, 300.0, 500.0, 1000.0, 500.0] {
        let request = program(LOOP, "").limits(&format!("cpu_ms={limit} wall_ms=20000"));
        timely(request, "TimeLimitExceeded", cpu_ms, limit, limit + tolerance_ms()).await;
    }
}

#[tokio::test]
async fn the_wall_limit_is_kept_to_within_10_ms() {
    let _alone = alone().await;
    for limit in [100.0, 300.0, 700.0, 300.0] {
        let request = program(SLEEP, "5000").limits(&format!("cpu_ms=1000 wall_ms={limit}"));
        timely(request, "TimeLimitExceeded", wall_ms, limit, limit + tolerance_ms()).await;
    }
}

#[tokio::test]
async fn the_cpu_limit_holds_for_all_threads_together() {
    const THREADS: &str = r"#include <pthread.h>
#include <unistd.h>
static void *burn(void *unused) { for (volatile long n = 0;; n++) {} return unused; }
int main(void) { pthread_t t; for (int i = 0; i < 8; i++) pthread_create(&t, 0, burn, 0); pause(); }";
    let _alone = alone().await;
    let request = program(THREADS, "").limits("cpu_ms=400 wall_ms=20000");
    // Every core can use up the time between two looks.
    timely(request, "TimeLimitExceeded", cpu_ms, 400.0, 400.0 + 8.0 * tolerance_ms()).await;
}

#[tokio::test]
async fn a_program_within_a_hair_of_its_limit_is_accepted_every_time() {
    let _alone = alone().await;
    // What it takes to start is more on a slow host.
    let limit = (270.0 + at_most_ms(30.0)).round();
    for _ in 0..10 {
        let answer = judge(BURN, "270", &format!("cpu_ms={limit} wall_ms=20000")).await;
        assert_eq!(answer.verdict(), "Accepted", "{answer:?}");
        // The program's own clock has counted it since it was forked, a moment before it was put under the limit.
        let before = tolerance_ms() - TOLERANCE_MS;
        within("cpu_ms", answer.test().cpu_ms, 270.0 - before, limit);
    }
}

#[tokio::test]
async fn a_program_just_over_its_limit_is_never_accepted() {
    let _alone = alone().await;
    for _ in 0..10 {
        let answer = judge(BURN, "312", "cpu_ms=300 wall_ms=20000").await;
        assert_eq!(answer.verdict(), "TimeLimitExceeded", "{answer:?}");
    }
}

#[tokio::test]
async fn the_clock_of_a_sleeping_program_runs_and_its_cpu_does_not() {
    let _alone = alone().await;
    let request = program(SLEEP, "300").ample_limits("cpu_ms=1000 wall_ms=20000");
    timely(request.clone(), "Accepted", wall_ms, 300.0, 300.0 + tolerance_ms()).await;
    timely(request, "Accepted", cpu_ms, 0.0, tolerance_ms()).await;
}

#[tokio::test]
async fn cpu_of_children_that_nobody_waited_for_is_measured() {
    const UNWAITED: &str = r#"#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
int main(void) {
    signal(SIGCHLD, SIG_IGN);
    for (int i = 0; i < 3; i++)
        if (fork() == 0) {
            struct timespec used;
            do clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
            while (used.tv_nsec < 100000000);
            _exit(0);
        }
    int seconds;
    if (scanf("%d", &seconds) != 1) return 1;
    sleep(seconds);
}"#;
    let _alone = alone().await;
    let seconds = patience(Duration::from_secs(2)).as_secs().to_string();
    let request = program(UNWAITED, &seconds).ample_limits("cpu_ms=2000 wall_ms=20000");
    timely(request, "Accepted", cpu_ms, 299.0, 300.0 + 3.0 * tolerance_ms()).await;
}

#[tokio::test]
async fn memory_is_measured_as_touched() {
    let _alone = alone().await;
    for mib in [1, 20, 100, 200] {
        let answer = judge_at_leisure(TOUCH, &mib.to_string(), "memory_bytes=268435456 cpu_ms=5000").await;
        assert_eq!(answer.verdict(), "Accepted", "{answer:?}");
        let measured = answer.test().memory_bytes;
        assert!((mib << 20..(mib + 4) << 20).contains(&measured), "{mib} MiB measured as {measured} bytes");
    }
}

#[tokio::test]
async fn memory_of_the_last_run_does_not_raise_the_peak_of_the_next() {
    let _alone = alone().await;
    for _ in 0..10 {
        judge_at_leisure(TOUCH, "200", "memory_bytes=268435456 cpu_ms=5000").await;
        let answer = judge_at_leisure(TOUCH, "1", "memory_bytes=268435456").await;
        assert!(answer.test().memory_bytes < 6 << 20, "{}", answer.test().memory_bytes);
    }
}

#[tokio::test]
async fn memory_verdicts_do_not_waver_near_the_limit() {
    let _alone = alone().await;
    for _ in 0..10 {
        let under = judge_at_leisure(TOUCH, "58", "memory_bytes=67108864 cpu_ms=5000").await;
        assert_eq!(under.verdict(), "Accepted", "{under:?}");
        let over = judge_at_leisure(TOUCH, "70", "memory_bytes=67108864 cpu_ms=5000").await;
        assert_eq!(over.verdict(), "MemoryLimitExceeded", "{over:?}");
    }
}

#[tokio::test]
async fn limits_have_the_documented_defaults() {
    const TELL: &str = r#"#include <stdio.h>
#include <sys/resource.h>
static void tell(const char *name, int kind) {
    struct rlimit limit;
    getrlimit(kind, &limit);
    printf("%s %lu\n", name, (unsigned long)limit.rlim_cur);
}
int main(void) {
    tell("stack", RLIMIT_STACK), tell("file", RLIMIT_FSIZE), tell("open_files", RLIMIT_NOFILE), tell("core", RLIMIT_CORE);
}"#;
    let _alone = alone().await;
    let client = Client::connect().await;
    let told = client.judge(&Request::new("c17", TELL)).await;
    let expected = "stack 234881024\nfile 67108864\nopen_files 256\ncore 1\n";
    assert_eq!(String::from_utf8_lossy(&told.test().stdout()), expected);
    let looped = Request::new("c17", LOOP).limits("");
    timely(looped, "TimeLimitExceeded", cpu_ms, 1000.0, 1000.0 + tolerance_ms()).await;
    let greedy = client.judge(&Request::new("c17", TOUCH).stdin(b"260").ample_limits("cpu_ms=10000")).await;
    assert_eq!(greedy.verdict(), "MemoryLimitExceeded", "{greedy:?}");
}

#[tokio::test]
async fn every_test_of_a_submission_has_the_whole_limit() {
    let _alone = alone().await;
    let limit = (250.0 + at_most_ms(150.0)).round();
    let mut request = Request::new("c17", BURN).limits(&format!("cpu_ms={limit} wall_ms=20000"));
    let over = (limit + 200.0).to_string();
    for ms in ["250", "250", "250", over.as_str(), "250"] {
        request = request.test(ms.as_bytes(), Some(b"burnt\n"));
    }
    let answer = Client::connect().await.judge(&request).await;
    let verdicts: Vec<&str> = answer.tests.iter().map(|test| test.verdict.as_str()).collect();
    assert_eq!(verdicts, ["Accepted", "Accepted", "Accepted", "TimeLimitExceeded", "Accepted"]);
    assert_eq!(answer.verdict(), "TimeLimitExceeded");
    let summary = answer.summary.expect("a judgement has a summary");
    assert_eq!((summary.passed, summary.total), (4, 5));
    assert!(summary.cpu_ms_max >= limit, "{summary:?}");
    let longest =
        |answer: &Answer| answer.summary.as_ref().map_or(f64::INFINITY, |summary| summary.cpu_ms_max);
    timely(request, "TimeLimitExceeded", longest, limit, limit + tolerance_ms()).await;
}

#[tokio::test]
async fn a_run_that_does_nothing_is_measured_as_nearly_nothing() {
    let _alone = alone().await;
    let request = program("int main(void) { return 0; }", "").limits("cpu_ms=1000");
    for _ in 0..5 {
        let answer = judged(request.clone()).await;
        assert!(answer.test().memory_bytes < 4 << 20, "{}", answer.test().memory_bytes);
    }
    timely(request.clone(), "Accepted", cpu_ms, 0.0, 5.0 * time_factor()).await;
    timely(request, "Accepted", wall_ms, 0.0, 5.0 * time_factor()).await;
}
