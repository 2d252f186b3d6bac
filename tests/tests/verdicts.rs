//! Every program of `submissions/` leads to what its header says; those that run in the slim image also right after another
//! user's hostile program in the same sandbox.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use e2e::instance::{Instance, Plan};
use e2e::{Answer, Client, TestProgram, header};
use tokio::sync::Mutex;

mod by_itself {
    macro_rules! case {
        ($test:ident, $file:literal) => {
            #[tokio::test]
            async fn $test() {
                super::judged_as_its_header_says($file).await;
            }
        };
    }
    include!(concat!(env!("OUT_DIR"), "/cases.rs"));
}

/// Programs of a language, in others that differ from it by their compiler's flag or release: a language is more than that.
mod in_each_dialect {
    macro_rules! case {
        ($test:ident, $file:literal, $language:literal) => {
            #[tokio::test]
            async fn $test() {
                super::judged_alike_in($language, $file).await;
            }
        };
    }
    include!(concat!(env!("OUT_DIR"), "/cases_of_dialects.rs"));
}

/// Of languages that are installed one by one.
mod of_further_languages {
    macro_rules! case {
        ($test:ident, $file:literal) => {
            #[tokio::test]
            #[ignore = "scripts/test.sh languages installs all languages and runs these"]
            async fn $test() {
                super::judged_as_its_header_says($file).await;
            }
        };
    }
    include!(concat!(env!("OUT_DIR"), "/cases_of_further_languages.rs"));

    mod in_each_dialect {
        macro_rules! case {
            ($test:ident, $file:literal, $language:literal) => {
                #[tokio::test]
                #[ignore = "scripts/test.sh languages installs all languages and runs these"]
                async fn $test() {
                    super::super::judged_alike_in($language, $file).await;
                }
            };
        }
        include!(concat!(env!("OUT_DIR"), "/cases_of_further_dialects.rs"));
    }
}

mod after_a_hostile_program {
    macro_rules! case {
        ($test:ident, $file:literal) => {
            #[tokio::test]
            async fn $test() {
                super::judged_the_same_after_a_hostile_program($file).await;
            }
        };
    }
    include!(concat!(env!("OUT_DIR"), "/cases_in_the_slim_image.rs"));
}

/// What other users leave in the sandbox, or try to.
const HOSTILE: [&str; 15] = [
    "c17/leftovers_links_and_pipes.c",
    "c17/leftovers_in_flight.c",
    "c17/fork_bomb_left_behind.c",
    "c17/attack_page_cache.c",
    "c17/leftovers_deep_directories.c",
    "c17/memory_bomb_of_forks.c",
    "c17/daemon_floods_after_the_end.c",
    "c17/leftovers_every_inode.c",
    "c17/attack_open_files_everywhere.c",
    "c17/memory_in_the_box.c",
    "c17/leftovers_full_shared_memory.c",
    "c17/output_flood_of_children.c",
    "c17/daemon_restarts_itself.c",
    "c17/fork_bomb_of_threads.c",
    "c17/attack_locks.c",
];

async fn judged_as_its_header_says(file: &str) {
    let program = header::named(file);
    let client = Client::connect().await;
    check(&program, &client.judge(&program.request()).await, "");
}

async fn judged_alike_in(language: &str, file: &str) {
    let mut program = header::named(file);
    program.language = language.to_owned();
    let client = Client::connect().await;
    check(&program, &client.judge(&program.request()).await, language);
}

async fn judged_the_same_after_a_hostile_program(file: &str) {
    let turn = Turn::take();
    let hostile = header::named(HOSTILE[turn.number % HOSTILE.len()]);
    let program = header::named(file);
    // Alone with the instance, so that nobody comes between the two.
    let mut instance = INSTANCE.lock().await;
    let client = match &*instance {
        Some(instance) => instance.client(),
        None => instance.insert(Plan::of_one_slot("hostile").start().await).client(),
    };
    let before = client.judge(&hostile.request().user(&format!("mallory-{}", turn.number))).await;
    let after = client.judge(&program.request().user(&format!("alice-{}", turn.number))).await;
    if turn.is_last()
        && let Some(instance) = instance.take()
    {
        instance.remove().await;
    }
    drop(instance);
    check(&hostile, &before, "");
    check(&program, &after, &hostile.name);
}

/// One instance for all of these tests: it has one run slot, so that the same sandbox serves both users.
static INSTANCE: Mutex<Option<Instance>> = Mutex::const_new(None);
static TAKEN: AtomicUsize = AtomicUsize::new(0);
static WAITING: AtomicUsize = AtomicUsize::new(0);

/// A test's place among those that want the instance.
struct Turn {
    number: usize,
}

impl Turn {
    fn take() -> Self {
        WAITING.fetch_add(1, Ordering::SeqCst);
        Self { number: TAKEN.fetch_add(1, Ordering::SeqCst) }
    }

    /// Nobody else is waiting: the instance is not needed any more, or would be made again.
    fn is_last(&self) -> bool {
        WAITING.load(Ordering::SeqCst) == 1
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        WAITING.fetch_sub(1, Ordering::SeqCst);
    }
}

fn check(program: &TestProgram, answer: &Answer, after: &str) {
    let differences = program.expectation.differences(answer);
    note(program, answer, after, &differences);
    assert!(
        differences.is_empty(),
        "{}{}{after}\n  {}\n{}",
        program.name,
        if after.is_empty() { "" } else { " after " },
        differences.join("\n  "),
        summary(answer)
    );
}

/// One line of the table that a run leaves, in `target/tmp/verdicts.txt` under cargo, and prints with `--nocapture`.
fn note(program: &TestProgram, answer: &Answer, after: &str, differences: &[String]) {
    static STARTED: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let started = STARTED.get_or_init(Instant::now).elapsed().as_secs_f64();
    let mut line = format!("{started:8.2} {:<52} {:<20}", program.name, answer.verdict());
    if let Some(test) = answer.tests.first() {
        let _ = write!(line, " {:>9.2} {:>9.2} {:>11}", test.cpu_ms, test.wall_ms, test.memory_bytes);
    }
    let _ = write!(line, " {} {after}", if differences.is_empty() { "ok" } else { "DIFFERS" });
    eprintln!("{line}");
    let of_cargo = || std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("verdicts.txt");
    let table = e2e::environment::table_of_verdicts().unwrap_or_else(of_cargo);
    let mut opened =
        std::fs::OpenOptions::new().create(true).append(true).open(table).expect("the table opens");
    writeln!(opened, "{line}").expect("the table takes a line");
}

fn summary(answer: &Answer) -> String {
    let mut short = answer.clone();
    for test in &mut short.tests {
        test.streams.retain(|_, text| text.as_str().is_none_or(|text| text.len() < 2000));
    }
    if let Some(compile) = &mut short.compile {
        compile.log.truncate(compile.log.floor_char_boundary(2000));
    }
    format!("{short:#?}")
}
