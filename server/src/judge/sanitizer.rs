//! What the run-time checks that a program was compiled with have to say of it, in one line.

use std::borrow::Cow;

/// Longest line that is told.
const LONGEST: usize = 1000;

/// So much of a line is looked at: what is no text takes three times its size when it is made one.
const LOOKED_AT: usize = 64 * 1024;

/// What AddressSanitizer's last line begins with.
const SUMMARY: &str = "SUMMARY: ";

/// The line of standard error that names what was found first: of AddressSanitizer's report the one with the place.
pub(super) fn finding(stderr: &[u8]) -> Option<String> {
    let mut lines = stderr.split(|&byte| byte == b'\n').map(text);
    let first = lines.find(|line| is_finding(line))?;
    Some(match first.split_once("ERROR: ") {
        Some((_, said)) => match lines.find(|line| line.starts_with(SUMMARY)) {
            Some(summary) => fit(&summary[SUMMARY.len()..]),
            None => fit(said),
        },
        None => fit(&first),
    })
}

/// A line without its end.
fn text(line: &[u8]) -> Cow<'_, str> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    String::from_utf8_lossy(&line[..line.len().min(LOOKED_AT)])
}

/// As it may be told.
fn fit(line: &str) -> String {
    let is_fit = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    line.chars().map(is_fit).take(LONGEST).collect()
}

/// AddressSanitizer, UndefinedBehaviorSanitizer, and the standard library's assertions.
fn is_finding(line: &str) -> bool {
    line.contains("ERROR: AddressSanitizer: ")
        || line.contains(": runtime error: ")
        || (line.contains(": Assertion '") && line.ends_with("' failed."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_wrong_access_the_place_is_told() {
        let report = "one line of the program's own\n\
            =================================================================\n\
            ==7==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x504000000078 at pc 0x55\n\
            READ of size 4 at 0x504000000078 thread T0\n    #0 0x55 in main main.cpp:4\n\n\
            SUMMARY: AddressSanitizer: heap-buffer-overflow main.cpp:4 in main\n";
        assert_eq!(
            finding(report.as_bytes()).unwrap(),
            "AddressSanitizer: heap-buffer-overflow main.cpp:4 in main"
        );
        let cut = "==7==ERROR: AddressSanitizer: SEGV on unknown address 0x0 (pc 0x55)\n";
        assert!(finding(cut.as_bytes()).unwrap().starts_with("AddressSanitizer: SEGV on unknown address"));
    }

    #[test]
    fn of_undefined_behaviour_and_of_assertions_the_line_itself() {
        let overflow =
            "main.cpp:5:24: runtime error: signed integer overflow: 2147483647 + 1 cannot be represented";
        assert_eq!(finding(format!("{overflow}\n    #0 0x55 in main\n").as_bytes()).unwrap(), overflow);
        let assertion =
            "stl_vector.h:1130: reference operator[](size_type): Assertion '__n < this->size()' failed.";
        assert_eq!(finding(assertion.as_bytes()).unwrap(), assertion);
    }

    #[test]
    fn a_report_is_found_between_long_lines_that_are_no_text() {
        let mut stderr = vec![0xff; 3 << 20];
        stderr.extend_from_slice(b"\nmain.cpp:5:24: runtime error: shift exponent 40 is too large\r\n");
        stderr.extend_from_slice(&[0xff; 1 << 20]);
        assert_eq!(finding(&stderr).unwrap(), "main.cpp:5:24: runtime error: shift exponent 40 is too large");
        assert_eq!(finding(&vec![0xff; 3 << 20]), None);
    }

    #[test]
    fn what_is_no_report_is_not_told_and_what_is_has_an_end() {
        assert_eq!(finding(b"runtime error: of the program's own\nAssertion failed\n"), None);
        let long = format!("a: runtime error: {}\x1b[31m\n", "x".repeat(5000));
        assert_eq!(finding(long.as_bytes()).unwrap().chars().count(), LONGEST);
        assert!(!finding(b"a: runtime error: \x1b[31m").unwrap().contains('\x1b'));
    }
}
