use super::*;

fn failures(toml: &str) -> Result<Failures, String> {
    #[derive(Deserialize)]
    struct All {
        all: Vec<PatternEntry>,
    }
    Failures::new(&toml::from_str::<All>(toml).unwrap().all)
}

#[test]
fn the_first_pattern_that_matches_tells_with_what_it_has_captured() {
    let failures = failures(
        r#"
        [[all]]
        pattern = '^MemoryError$'
        verdict = "MemoryLimitExceeded"
        reason = "no more memory"
        [[all]]
        pattern = '\A(?s:.*)File "(?<file>[^"]+)", line (?<line>\d+)(?s:.*)^(?<what>\w+Error): (.*)$'
        reason = "$what: $4 (${file} line ${line})"
        "#,
    )
    .unwrap();
    let said = b"Traceback (most recent call last):\n  File \"a.py\", line 9, in <module>\n    f()\n  File \"b.py\", line 2, in f\n\
        ZeroDivisionError: division by zero\n";
    let told = failures.find(said, None).unwrap();
    assert_eq!(told, (Failure::RuntimeError, "ZeroDivisionError: division by zero (b.py line 2)".into()));
    let told = failures.find(b"Traceback\r\nMemoryError\r\n", None).unwrap();
    assert_eq!(told, (Failure::MemoryLimitExceeded, "no more memory".into()));
    assert_eq!(failures.find(b"bye", None), None);
    assert_eq!(failures.find(b"", None), None);
}

#[test]
fn only_the_end_is_looked_at_and_what_is_told_has_an_end_and_is_one_line() {
    let failures = failures("all = [{ pattern = '^Error: ((?s).*)', reason = '$1' }]").unwrap();
    let mut said = b"Error: at the beginning\n".to_vec();
    said.resize(said.len() + LOOKED_AT, b'x');
    assert_eq!(failures.find(&said, None), None);
    said.extend_from_slice(b"\nError: \x1b[31m\nred\n\xff");
    said.extend_from_slice(&[b'y'; 3000]);
    let (_, reason) = failures.find(&said, None).unwrap();
    assert_eq!(reason.chars().count(), LONGEST);
    assert!(!reason.contains(char::is_control) && reason.contains("red"), "{reason}");
}

#[test]
fn what_names_a_signal_is_told_of_who_was_ended_by_it_only() {
    let failures = failures(
        r#"
        all = [
            { pattern = '^uncaught (.*)$', signal = "SIGABRT", reason = "uncaught $1" },
            { signal = "SIGILL", reason = "a check has failed, for $1" },
        ]"#,
    )
    .unwrap();
    let told = |said: &str, signal| failures.find(said.as_bytes(), signal).map(|(_, reason)| reason);
    assert_eq!(told("uncaught Error\n", Some(nix::libc::SIGABRT)).unwrap(), "uncaught Error");
    for signal in [None, Some(nix::libc::SIGSEGV)] {
        assert_eq!(told("uncaught Error\n", signal), None);
    }
    assert_eq!(told("", Some(nix::libc::SIGILL)).unwrap(), "a check has failed, for $1");
    assert_eq!(told("", Some(nix::libc::SIGABRT)), None);
}

#[test]
fn two_captures_that_must_be_the_same_are_compared() {
    let failures = failures(
        r#"
        all = [
            { pattern = '^error: (\w+): .* in (\w+)$', same = [1, 2], reason = "$1 itself" },
            { pattern = '^error: (\w+): .* in (\w+)$', reason = "$1 of $2" },
        ]"#,
    )
    .unwrap();
    let told = |said: &str| failures.find(said.as_bytes(), None).unwrap().1;
    assert_eq!(told("error: f: no price in f\n"), "f itself");
    assert_eq!(told("error: reshape: no price in f\n"), "reshape of f");
}

#[test]
fn who_compares_what_is_not_captured_is_refused() {
    let refused =
        |entry: &str| failures(&format!("all = [{{ {entry}, reason = 'x' }}]")).map(drop).unwrap_err();
    let why = "`x` compares what its pattern does not capture";
    assert_eq!(refused("pattern = '(a)(b)', same = [1, 3]"), why);
    assert_eq!(refused("signal = 'SIGILL', same = [1, 2]"), why);
}

#[test]
fn who_names_neither_a_pattern_nor_a_signal_that_there_is_is_refused() {
    let refused =
        |entry: &str| failures(&format!("all = [{{ {entry}reason = 'x' }}]")).map(drop).unwrap_err();
    assert_eq!(refused(""), "neither pattern nor signal says when `x` is told");
    assert_eq!(refused("signal = 'SIGSOMETHING', "), "there is no signal `SIGSOMETHING`");
}

#[test]
fn what_is_no_pattern_or_too_large_a_one_or_matches_nothing_at_all_is_refused() {
    let refused = |pattern: &str| {
        failures(&format!("all = [{{ pattern = '{pattern}', reason = '' }}]")).map(drop).unwrap_err()
    };
    assert!(refused("(").contains("the pattern `(` is refused"), "{}", refused("("));
    assert!(refused("(a{1000}){1000}").contains("size limit"), "{}", refused("(a{1000}){1000}"));
    assert!(refused("a*").contains("matches where nothing is said"));
}

#[test]
fn no_text_takes_long_however_it_is_made() {
    let failures =
        failures(r"all = [{ pattern = '^(a|aa)+b$|(x+x+)+y|^(?s:.*)(\w+\s?)+:$', reason = '' }]").unwrap();
    let begun = std::time::Instant::now();
    for byte in *b"ax \n" {
        assert_eq!(failures.find(&[byte; LOOKED_AT], None), None);
    }
    assert!(begun.elapsed() < std::time::Duration::from_secs(10), "{:?}", begun.elapsed());
}
