//! Languages that need more than one static executable.

use std::collections::BTreeMap;

use gavel_protocol::Usage;

use super::*;
use crate::content::Content;
use crate::sandbox::PutContent;

const LANGUAGES: &str = r#"
[toolchains.python]
image = "python"
[toolchains.jdk]
image = "jdk"
[runtimes.python]
image = "python"
[runtimes.jdk]
image = "jdk"

[[failures.python]]
pattern = '^MemoryError$'
verdict = "MemoryLimitExceeded"
reason = "MemoryError"
[[failures.python]]
pattern = '\A(?s:.*)File "([^"]+)", line (\d+)(?s:.*)^(\w+Error: .*)$'
reason = "$3, $1 line $2"

[[languages]]
id = "python3"
name = "Python"
toolchain = "python"
runtime = "python"
source = "main.py"
compile = ["python3", "check.py", "{source}"]
run = ["python3", "{entry}"]
failures = "python"

[[languages]]
id = "ruby"
name = "Ruby"
toolchain = "python"
runtime = "python"
source = "main.rb"
compile = ["ruby", "check.rb", "{source}"]
run = ["ruby", "{entry}"]
reads_first = true

[[failures.linker]]
pattern = 'relocation truncated to fit: (\S+)'
reason = "$1: too large a table"

[[languages]]
id = "java"
name = "Java"
toolchain = "jdk"
runtime = "jdk"
source = "Main.java"
compile = ["java", "compile.jar", "--entry={entry_point}", "{source}"]
artefact = "main.jar"
run = ["java", "-Xmx{memory}m", "-Xss{stack}m", "-cp", "{artefact}", "@main"]
compile_failures = "linker"
"#;

pub(super) fn bench(answers: impl IntoIterator<Item = Result<Ran, SandboxError>>) -> Bench {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, LANGUAGES).unwrap();
    bench_in(Languages::load(file.path(), "latest").unwrap(), 1, answers)
}

pub(super) fn in_language(language: &str, names: &[&str]) -> Submission {
    let files: BTreeMap<String, Content> =
        names.iter().map(|name| ((*name).to_owned(), "x".into())).collect();
    Submission { language: language.into(), files, ..submission("") }
}

/// The profile, the argv and the names of the files of what was asked of the sandboxes.
fn asked(bench: &Bench) -> Vec<(String, String, Vec<String>)> {
    let tell = |(profile, program): (Profile, crate::sandbox::Program)| {
        let argv: Vec<_> =
            program.argv.iter().map(|word| String::from_utf8_lossy(word).into_owned()).collect();
        let files = program.files.into_iter().map(|file| file.path).collect();
        (profile.to_string(), argv.join(" "), files)
    };
    bench.sandboxes.asked().into_iter().map(tell).collect()
}

fn failed(code: i32, stderr: &str) -> Ran {
    let (head, total) = (stderr.as_bytes().to_vec(), stderr.len() as u64);
    Ran { stderr: Captured { head, total, ..Captured::default() }, ..ended(Ending::Exited { code }) }
}

#[tokio::test]
async fn sources_that_are_checked_without_a_fault_are_run_and_not_checked_again() {
    let bench = bench([Ok(ended(Ending::Exited { code: 0 })), Ok(printed("3")), Ok(printed("3"))]);
    let submission = in_language("python3", &["main.py", "pkg/util.py", "data.txt"]);
    let judgement = bench.judge(&submission).await.unwrap();
    assert_eq!(judgement.verdict, Verdict::Accepted);
    assert!(judgement.compile.is_some_and(|compile| compile.ok && !compile.cached));
    let files: Vec<String> = ["data.txt", "main.py", "pkg/util.py"].map(str::to_owned).into();
    let check = "python3 check.py main.py pkg/util.py".to_owned();
    let expected = [
        ("toolchain:python".to_owned(), check, files.clone()),
        ("run:python".to_owned(), "python3 main.py".to_owned(), files),
    ];
    assert_eq!(asked(&bench), expected);
    let again = bench.judge(&submission).await.unwrap();
    assert!(again.compile.is_some_and(|compile| compile.cached));
    assert_eq!(asked(&bench).len(), 1, "it is run only");
}

#[tokio::test]
async fn sources_with_a_fault_are_a_compile_error_with_its_line() {
    let said = "main.py:3: SyntaxError: invalid syntax";
    let head = said.as_bytes().to_vec();
    let stdout = Captured { total: head.len() as u64, head, ..Captured::default() };
    let bench = bench([Ok(Ran { stdout, ..ended(Ending::Exited { code: 1 }) })]);
    let judgement = bench.judge(&in_language("python3", &["main.py"])).await.unwrap();
    assert_eq!(judgement.verdict, Verdict::CompileError);
    assert_eq!(judgement.compile.unwrap().log, said);
}

#[tokio::test]
async fn what_a_compiler_says_in_words_of_its_own_has_a_reason_by_patterns_of_the_language_where_it_has_failed()
 {
    let said = "ld: relocation truncated to fit: R_X86_64_PC32\n";
    let refused = |code| {
        let captured = Captured { head: said.into(), total: said.len() as u64, ..Captured::default() };
        Ok(Ran { stdout: captured, ..ended(Ending::Exited { code }) })
    };
    let java = in_language("java", &["Main.java"]);
    let judgement = bench([refused(1)]).judge(&java).await.unwrap();
    assert_eq!(judgement.verdict, Verdict::CompileError);
    assert_eq!(judgement.reason.unwrap(), "R_X86_64_PC32: too large a table");
    assert_eq!(judgement.compile.unwrap().log, said);
    // Of a language without such patterns, and of a compiler that has not failed, the log is all.
    let judgement = bench([refused(1)]).judge(&in_language("python3", &["main.py"])).await.unwrap();
    assert_eq!(judgement.reason, None);
    let judgement = bench([refused(0)]).judge(&java).await.unwrap();
    assert_eq!(judgement.reason.unwrap(), "the compiler left no program");
}

#[tokio::test]
async fn the_named_source_is_run_and_another_one_is_checked_anew_where_that_matters() {
    let checked = || Ok(ended(Ending::Exited { code: 0 }));
    let bench = bench([checked(), Ok(printed("3")), Ok(printed("3"))]);
    let named = |name: &str| Submission {
        entry_point: Some(name.into()),
        ..in_language("python3", &["a.py", "pkg/b.py"])
    };
    for name in ["a.py", "pkg/b.py"] {
        bench.judge(&named(name)).await.unwrap();
        assert_eq!(asked(&bench).last().unwrap().1, format!("python3 {name}"));
    }
    // A class is chosen when it is compiled.
    let java = |name: Option<&str>| Submission {
        entry_point: name.map(str::to_owned),
        ..in_language("java", &["A.java", "B.java"])
    };
    for (name, argv) in [(Some("B.java"), "--entry=B.java"), (None, "--entry=")] {
        bench.sandboxes.answer([Ok(compiled()), Ok(printed("3"))]);
        bench.judge(&java(name)).await.unwrap();
        assert_eq!(asked(&bench)[0].1, format!("java compile.jar {argv} A.java B.java"));
    }
}

#[tokio::test]
async fn a_program_that_something_else_opens_is_a_file_beside_the_data() {
    let bench = bench([Ok(compiled()), Ok(printed("3"))]);
    let own = Bytes::mib(64);
    let submission =
        Submission { own_memory: own, ..in_language("java", &["Main.java", "util/A.java", "data/a.txt"]) };
    bench.judge(&submission).await.unwrap();
    let asked = bench.sandboxes.asked();
    let run = &asked[1].1;
    let argv: Vec<_> = run.argv.iter().map(|word| String::from_utf8_lossy(word)).collect();
    assert_eq!(argv.join(" "), "java -Xmx64m -Xss256m -cp main.jar @main");
    assert!(run.executable.is_none());
    let files: Vec<_> = run.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(files, ["main.jar", "data/a.txt"]);
    assert!(matches!(&run.files[0].content, PutContent::Descriptor(_)));
}

#[tokio::test]
async fn what_a_failed_program_says_of_its_failure_is_the_reason() {
    let traceback = "Traceback (most recent call last):\n  File \"/w/main.py\", line 7, in <module>\n    a[5]\n\
        IndexError: list index out of range\n";
    let bench = bench([
        Ok(ended(Ending::Exited { code: 0 })),
        Ok(failed(1, traceback)),
        Ok(failed(1, "Traceback\nMemoryError\n")),
        Ok(failed(3, "bye")),
        Ok(failed(0, traceback)),
    ]);
    let tests = vec![submission("").tests[0].clone(); 4];
    let judgement = bench.judge(&Submission { tests, ..in_language("python3", &["main.py"]) }).await.unwrap();
    let told: Vec<_> = judgement
        .tests
        .iter()
        .map(|test| (test.verdict, test.reason.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(told[0], (Verdict::RuntimeError, "IndexError: list index out of range, /w/main.py line 7"));
    assert_eq!(told[1], (Verdict::MemoryLimitExceeded, "MemoryError"));
    assert_eq!(told[2], (Verdict::RuntimeError, "exited with status 3"));
    assert_eq!(told[3].0, Verdict::WrongAnswer, "it has not failed");
}

#[tokio::test]
async fn of_a_hidden_test_no_word_of_the_runtime_is_told() {
    let out_of_memory = "Traceback\nMemoryError\n";
    let run = |code| Ok(Ran { usage: figures(), ..failed(code, out_of_memory) });
    let bench = bench([Ok(ended(Ending::Exited { code: 0 })), run(1)]);
    let tests = vec![TestCase { hidden: true, ..submission("").tests[0].clone() }];
    let judgement = bench.judge(&Submission { tests, ..in_language("python3", &["main.py"]) }).await.unwrap();
    let told = &judgement.tests[0];
    assert_eq!((told.verdict, told.reason.as_deref()), (Verdict::MemoryLimitExceeded, None));
    let (ms, mib) = (Duration::from_millis, Bytes::mib);
    assert_eq!((told.cpu, told.wall, told.memory), (ms(20), ms(20), mib(2)));
    assert_eq!((judgement.summary.cpu_max, judgement.summary.memory_max), (ms(20), mib(2)));
}

fn figures() -> Usage {
    let wall_time = Duration::from_micros(12_345);
    Usage { cpu_user: wall_time, wall_time, memory: Bytes((1 << 20) + 1), ..Usage::default() }
}
