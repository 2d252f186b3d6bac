//! Nothing passes from one run to another: not between tests, not between users, not between sandboxes.

use std::collections::BTreeSet;
use std::time::Duration;

use e2e::docker::Host;
use e2e::instance::{Instance, Plan};
use e2e::programs::{SUM, unique};
use e2e::{Client, Request, header};

/// Leaves files, a daemon and locks when told to, and reports what it finds otherwise.
const LEAVE_OR_LOOK: &str = r#"#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
static const char *const places[] = {".", "/tmp", "/dev/shm"};
static int found;
static void look(const char *path) {
    DIR *directory = opendir(path);
    for (struct dirent *entry; directory && (entry = readdir(directory));)
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) printf("%s/%s\n", path, entry->d_name), found++;
}
static void leave(const char *path) {
    char name[256];
    snprintf(name, sizeof name, "%s/left", path);
    close(open(name, O_CREAT | O_WRONLY, 0));
    snprintf(name, sizeof name, "%s/.hidden", path);
    mkdir(name, 0);
}
int main(void) {
    char word[16];
    if (scanf("%15s", word) != 1) return 1;
    for (int i = 0; i < 3; i++) strcmp(word, "leave") ? look(places[i]) : leave(places[i]);
    if (!strcmp(word, "leave")) {
        if (fork() == 0) { setsid(); for (;;) pause(); }
        puts("left");
        return 0;
    }
    DIR *processes = opendir("/proc");
    for (struct dirent *entry; processes && (entry = readdir(processes));) {
        int pid = atoi(entry->d_name);
        if (pid > 1 && pid != getpid() && kill(pid, 0) == 0) printf("process %d\n", pid), found++;
    }
    if (!found) puts("clean");
}
"#;

#[tokio::test]
async fn nothing_that_test_1_left_is_there_in_test_2() {
    let mut request = Request::new("c17", LEAVE_OR_LOOK);
    for round in 0..20 {
        let (word, answer): (&[u8], &[u8]) =
            if round % 2 == 0 { (b"leave", b"left\n") } else { (b"look", b"clean\n") };
        request = request.test(word, Some(answer));
    }
    let answer = Client::connect().await.judge(&request).await;
    assert_eq!(answer.verdict(), "Accepted", "{answer:#?}");
    assert_eq!(answer.tests.len(), 20);
}

/// On two slots for runs: the service under test has a single one where its host has one core.
#[tokio::test]
async fn two_programs_at_the_same_time_do_not_see_each_other() {
    const MEET: &str = r#"#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
static void tell_time(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    fprintf(stderr, "%lld\n", now.tv_sec * 1000LL + now.tv_nsec / 1000000);
}
int main(void) {
    int met = 0;
    tell_time();
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "\0gavel-meeting"};
    int end = socket(AF_UNIX, SOCK_STREAM, 0);
    if (bind(end, (struct sockaddr *)&address, 16) || listen(end, 8)) puts("the other has the name"), met++;
    if (open("/tmp/meeting", O_CREAT | O_EXCL | O_WRONLY, 0666) < 0) puts("the other has the file"), met++;
    fcntl(end, F_SETFL, O_NONBLOCK);
    for (int i = 0; i < 40; i++) {
        if (accept(end, 0, 0) >= 0) puts("the other came"), met++;
        for (int pid = 2; pid < 400; pid++)
            if (pid != getpid() && kill(pid, 0) == 0) printf("the other is %d\n", pid), met++;
        usleep(10000);
    }
    if (!met) puts("alone");
    tell_time();
}
"#;
    let instance = Plan::of_one_slot("meeting").run_slots(2).without_commands().start().await;
    let client = instance.client();
    let request = Request::new("c17", MEET).ample_limits("cpu_ms=2000 wall_ms=8000");
    let meeting = async || {
        let of_six =
            (0..6).map(|n| request.clone().user(&format!("meeting-{n}")).test(b"", Some(b"alone\n")));
        let judged = of_six.map(|request| {
            let client = client.clone();
            async move { client.judge(&request).await }
        });
        futures_util::future::join_all(judged).await
    };
    // The first time each is compiled, and where that takes longer than the run they come one after another.
    meeting().await;
    let mut times = Vec::new();
    for answer in meeting().await {
        assert_eq!(answer.verdict(), "Accepted", "{answer:#?}");
        times.push(start_and_end(&answer.test().stderr()));
    }
    instance.remove().await;
    times.sort_unstable();
    let overlap = times.windows(2).any(|pair| pair[1].0 < pair[0].1);
    assert!(overlap, "no two ran at the same time: {times:?}");
}

/// Both in milliseconds of the host's monotonic clock.
fn start_and_end(told: &[u8]) -> (u64, u64) {
    let told = String::from_utf8_lossy(told);
    let times: Vec<u64> = told.lines().map(|line| line.parse().expect("a time")).collect();
    (times[0], times[1])
}

#[tokio::test]
async fn sources_of_one_user_cannot_be_included_by_another() {
    let client = Client::connect().await;
    let secret = [
        ("main.c", "#include \"alices_secret.h\"\nint main(void) { return SECRET; }"),
        ("alices_secret.h", "#define SECRET 0\n"),
    ];
    let thief = unique(
        "#if __has_include(\"alices_secret.h\") || __has_include(\"/w/alices_secret.h\") || \
         __has_include(\"/tmp/alices_secret.h\")\n#error found\n#endif\nint main(void) { return 0; }\n",
    );
    for _ in 0..3 {
        let alice = client.judge(&Request::of_files("c17", &secret).user("alice-of-isolation")).await;
        assert_eq!(alice.verdict(), "Accepted", "{alice:#?}");
        let mallory = client.judge(&Request::new("c17", &unique(&thief)).user("mallory-of-isolation")).await;
        assert_eq!(mallory.verdict(), "Accepted", "{mallory:#?}");
    }
}

#[tokio::test]
async fn the_compile_cache_tells_nobody_about_anothers_source() {
    let client = Client::connect().await;
    let source = unique(SUM);
    let cached = async |user: &str| {
        let answer = client.judge(&Request::new("c17", &source).user(user).stdin(b"1 2")).await;
        answer.compile.expect("C is compiled").cached
    };
    assert!(!cached("cache-alice").await);
    assert!(cached("cache-alice").await, "a repeated source is not compiled again");
    assert!(!cached("cache-bob").await, "bob can tell that somebody has submitted this source");
}

#[tokio::test]
async fn isolation_decides_which_sandbox_serves() {
    let instance = Plan::of_one_slot("isolation").start().await;
    // They have the sandbox between two of a user's otherwise.
    instance.client().wait_until_all_are_tested(Duration::from_secs(180)).await;
    let checked = pooled_per_user_and_fresh(&instance).await;
    instance.remove().await;
    assert_eq!(checked, Vec::<String>::new());
}

/// Returns what is not as promised, so that the caller can clean up first.
async fn pooled_per_user_and_fresh(instance: &Instance) -> Vec<String> {
    let (host, client) = (Host::connect().await, instance.client());
    let mut wrong = Vec::new();
    let mut expect = |promise: &str, holds: bool| {
        if !holds {
            wrong.push(promise.to_owned());
        }
    };
    let serve = async |user: &str, isolation: &str| {
        let request = Request::new("c17", SUM).stdin(b"1 2").user(user).isolation(isolation);
        let answer = client.judge(&request).await;
        assert_eq!(answer.verdict(), "Accepted", "{answer:#?}");
        // With one slot, one that may not serve is replaced, and so the run containers are others.
        sandbox_of(&host, &instance.name).await
    };
    let pooled = serve("alice", "pooled").await;
    expect("pooled: the next user is served by the same sandbox", serve("bob", "pooled").await == pooled);
    let of_bob = serve("bob", "per-user").await;
    expect("per-user: the same user keeps the sandbox", serve("bob", "per-user").await == of_bob);
    let of_carol = serve("carol", "per-user").await;
    expect("per-user: another user gets another sandbox", of_carol != of_bob);
    let first = serve("carol", "fresh").await;
    expect("fresh: one that has served is not used again", first != of_carol);
    let second = serve("carol", "fresh").await;
    expect("fresh: each has its own", first != second);
    wrong
}

async fn sandbox_of(host: &Host, instance: &str) -> BTreeSet<String> {
    host.run_containers(instance).await.into_iter().map(|container| container.id).collect()
}

#[tokio::test]
async fn a_thousand_reuses_leave_a_sandbox_as_clean_as_the_first() {
    let client = Client::connect().await;
    let look = header::named("c17/leftovers_none_found.c");
    let mut request = Request::new("c17", &look.source);
    for _ in 0..500 {
        request = request.test(b"", Some(b"clean\n"));
    }
    for _ in 0..2 {
        let answer = client.judge(&request).await;
        assert_eq!(
            answer.verdict(),
            "Accepted",
            "{:#?}",
            answer.tests.iter().find(|t| t.verdict != "Accepted")
        );
    }
}
