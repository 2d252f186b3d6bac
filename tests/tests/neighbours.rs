//! An honest user beside and after every hostile program of `submissions/`: verdicts do not change, and figures stay
//! what they are when nobody else is there.

use std::collections::BTreeMap;
use std::sync::Arc;

use e2e::environment::at_most_ms;
use e2e::programs::{BURN, SUM_CPP, TOUCH, unique};
use e2e::{Answer, Client, Request, TestProgram, header};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

/// How the names of hostile programs begin.
const HOSTILE: [&str; 14] = [
    "attack_",
    "compile_attack_",
    "cpu_burnt_",
    "cpu_hidden_",
    "cpu_signals_",
    "cpu_spent_",
    "daemon_",
    "fork_bomb",
    "leftovers_",
    "memory_bomb_",
    "memory_endless_",
    "memory_in_",
    "memory_of_many_",
    "output_flood",
];

/// Hostile programs that run at one time.
const AT_ONCE: usize = 2;

/// So much beyond what was seen alone: what the kernel counts ahead for one CPU. Of it comes how well the kernel's own memory
/// for a program is known, its page tables above all, and one of several processes has as many figures as there are orders
/// of their ends.
const MEMORY: u64 = 256 * 1024;

/// And of a program that writes files: those are in the kernel's figure alone, which counts ahead for each CPU that it has
/// run on.
const MEMORY_WITH_FILES: u64 = MEMORY + 512 * 1024;

const WITH_FILES: &str = "files";

/// Writes 6 MiB to each of its directories, reads them back, and has a child do the sum.
const FILES: &str = r#"#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
static char block[1 << 16];
static long written(const char *name) {
    FILE *file = fopen(name, "w+");
    if (!file) return -1;
    memset(block, 'x', sizeof block);
    for (int i = 0; i < 96; i++) if (fwrite(block, 1, sizeof block, file) != sizeof block) return -2;
    rewind(file);
    long sum = 0;
    for (size_t got; (got = fread(block, 1, sizeof block, file)) > 0;) for (size_t i = 0; i < got; i++) sum += block[i] == 'x';
    fclose(file);
    return sum;
}
int main(void) {
    int ends[2];
    long sum = 0;
    if (pipe(ends)) return 1;
    if (!fork()) {
        sum = written("/w/own") + written("/tmp/own") + written("/dev/shm/own");
        return write(ends[1], &sum, sizeof sum) != sizeof sum;
    }
    if (read(ends[0], &sum, sizeof sum) != sizeof sum) return 2;
    wait(NULL);
    printf("%ld\n", sum);
}
"#;

/// What the honest user submits, by name.
fn honest() -> Vec<(&'static str, Request)> {
    let of = |language, source: &str, stdin: &[u8], expected: &[u8]| {
        Request::new(language, source).test(stdin, Some(expected)).user("alice")
    };
    vec![
        ("a sum, compiled anew", of("cpp17", &unique(SUM_CPP), b"40 2", b"42")),
        ("100 MiB", of("c17", TOUCH, b"100", b"touched")),
        ("100 ms", of("c17", BURN, b"100", b"burnt")),
        (WITH_FILES, of("c17", FILES, b"", b"18874368")),
    ]
}

/// The least and the most that a program was measured with.
#[derive(Debug, Clone, Copy)]
struct Figures {
    memory: (u64, u64),
    cpu_ms: f64,
}

impl Figures {
    fn of(answer: &Answer) -> Self {
        let test = &answer.tests[0];
        Self { memory: (test.memory_bytes, test.memory_bytes), cpu_ms: test.cpu_ms }
    }

    fn and(self, other: Self) -> Self {
        Self {
            memory: (self.memory.0.min(other.memory.0), self.memory.1.max(other.memory.1)),
            cpu_ms: self.cpu_ms.max(other.cpu_ms),
        }
    }

    /// What is wrong with what was measured in company, against this, measured alone. Two programs on one core or in one
    /// cache slow each other down; memory is nobody else's business.
    fn fault_of(self, other: Self, more: u64) -> Option<String> {
        let within = other.memory.0 + more >= self.memory.0 && other.memory.1 <= self.memory.1 + more;
        let quick = other.cpu_ms <= 3.0 * self.cpu_ms + at_most_ms(100.0);
        (!within || !quick).then(|| format!("{other:?}, and {self:?} alone"))
    }
}

/// Those of the languages that the service has.
async fn hostile(client: &Client) -> Vec<TestProgram> {
    let languages = client.languages().await;
    let is_hostile = |program: &TestProgram| {
        let file = program.name.rsplit('/').next().unwrap_or_default();
        let installed = languages.get(&program.language).is_some_and(|state| state == "installed");
        installed && HOSTILE.iter().any(|begin| file.starts_with(begin))
    };
    header::all().into_iter().filter(is_hostile).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_honest_user_is_judged_the_same_beside_and_after_every_hostile_program() {
    let client = Client::connect().await;
    let alone = Arc::new(measured_alone(&client).await);
    let hostile = hostile(&client).await;
    assert!(hostile.len() > 60, "{} hostile programs", hostile.len());
    let count = hostile.len();
    let left = Arc::new(Mutex::new(hostile));
    let mut mallories = Vec::new();
    for number in 0..AT_ONCE {
        let (client, left) = (client.clone(), Arc::clone(&left));
        mallories.push(tokio::spawn(async move {
            while let Some(program) = { left.lock().await.pop() } {
                let answer = client.judge(&program.request().user(&format!("mallory-{number}"))).await;
                eprintln!("{:<52} {}", program.name, answer.verdict());
            }
        }));
    }
    let mut judged = 0;
    let mut faults = Vec::new();
    // Once more when all of them are over: after the last one, too.
    let mut last = false;
    while !last {
        last = mallories.iter().all(JoinHandle::is_finished);
        for (name, request) in honest() {
            let answer = client.judge(&request).await;
            judged += 1;
            faults.extend(fault(name, &alone[name], &answer));
        }
    }
    for mallory in mallories {
        mallory.await.expect("a hostile program was submitted");
    }
    eprintln!("{judged} honest submissions beside {count} hostile ones");
    assert!(faults.is_empty(), "{} of {judged}:\n{}", faults.len(), faults.join("\n"));
    assert!(judged >= count / 2, "{judged} honest submissions beside {count} hostile ones");
}

async fn measured_alone(client: &Client) -> BTreeMap<&'static str, Figures> {
    let mut alone: BTreeMap<&str, Figures> = BTreeMap::new();
    for _ in 0..5 {
        for (name, request) in honest() {
            let answer = client.judge(&request).await;
            assert_eq!(answer.verdict(), "Accepted", "{name}, alone: {answer:#?}");
            let figures = Figures::of(&answer);
            alone.entry(name).and_modify(|known| *known = known.and(figures)).or_insert(figures);
        }
    }
    alone
}

fn fault(name: &str, alone: &Figures, answer: &Answer) -> Option<String> {
    if answer.verdict() != "Accepted" {
        let reason = answer.tests.first().and_then(|test| test.reason.clone());
        let log = answer.compile.as_ref().map(|compile| compile.log.chars().take(300).collect::<String>());
        return Some(format!("{name}: {} {reason:?} {log:?}", answer.verdict()));
    }
    let more = if name == WITH_FILES { MEMORY_WITH_FILES } else { MEMORY };
    alone.fault_of(Figures::of(answer), more).map(|why| format!("{name}: {why}"))
}
