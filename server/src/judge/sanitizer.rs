//! What the run-time checks that a program was compiled with have to say of it, in one line with the place in its sources.

use std::borrow::Cow;

/// Longest line that is told.
const LONGEST: usize = 1000;

/// So much of a line is looked at: what is no text takes three times its size when it is made one.
const LOOKED_AT: usize = 64 * 1024;

/// What AddressSanitizer's last line begins with.
const SUMMARY: &str = "SUMMARY: AddressSanitizer: ";

/// What the compiler's run-time library says of an exception that nobody catches, around its type and in the next line.
const UNCAUGHT: &str = "terminate called after throwing an instance of '";
const WHAT: &str = "  what():  ";

/// What was found first, as standard error has it, and the line of the sources that led there, not that of the library.
pub(super) fn finding(stderr: &[u8]) -> Option<String> {
    let mut lines = stderr.split(|&byte| byte == b'\n').map(text);
    let (mut what, mut place) = lines.find_map(|line| Some((found(&line)?, place_before(&line))))?;
    for line in lines {
        place = place.or_else(|| place_of_frame(&line));
        if let Some(said) = line.strip_prefix(WHAT).filter(|_| what.starts_with("uncaught ")) {
            what = format!("{what}: {said}");
        }
        if let Some(summary) = line.strip_prefix(SUMMARY) {
            what = summed_up(what, summary);
            break;
        }
    }
    Some(fit(&place.map_or(what.clone(), |place| format!("{what}, {place}"))))
}

/// What a line has found: AddressSanitizer's, UndefinedBehaviorSanitizer's, an assertion's, or an exception that nobody caught.
fn found(line: &str) -> Option<String> {
    if let Some((_, said)) = line.split_once("ERROR: AddressSanitizer: ") {
        return Some(format!("AddressSanitizer: {said}"));
    }
    if let Some((_, said)) = line.split_once(": runtime error: ") {
        return Some(format!("runtime error: {said}"));
    }
    if let Some(name) = line.strip_prefix(UNCAUGHT) {
        return Some(format!("uncaught {}", name.trim_end_matches('\'')));
    }
    let (_, asserted) = line.strip_suffix("' failed.")?.split_once(": Assertion ")?;
    Some(format!("Assertion '{}' failed", asserted.strip_prefix(['\'', '`'])?))
}

/// With the name of the kind instead of addresses, where it is AddressSanitizer that has found it.
fn summed_up(what: String, summary: &str) -> String {
    match summary.split(' ').next() {
        Some("stack-overflow") => "AddressSanitizer: stack-overflow: the recursion is too deep".to_owned(),
        Some(kind) if what.starts_with("AddressSanitizer: ") => format!("AddressSanitizer: {kind}"),
        _ => what,
    }
}

/// The place that a finding begins with: `main.cpp:5:24: runtime error: …`.
fn place_before(line: &str) -> Option<String> {
    place(line.split_once(": runtime error: ")?.0)
}

/// The place of a frame of a report: `    #1 0x55 in f(int) /w/main.cpp:2`.
fn place_of_frame(line: &str) -> Option<String> {
    place(line.trim_start().strip_prefix('#')?.rsplit(' ').next()?)
}

/// A place in words, where it is in the program's own sources: they are in /w.
fn place(text: &str) -> Option<String> {
    let mut parts = text.strip_prefix("/w/").unwrap_or(text).split(':');
    let (file, line) = (parts.next()?, parts.next()?);
    let is_own = !file.starts_with(['/', '(', '<']) && line.bytes().all(|byte| byte.is_ascii_digit());
    is_own.then(|| format!("{file} line {line}"))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn told(report: &str) -> String {
        finding(report.as_bytes()).unwrap()
    }

    #[test]
    fn of_a_wrong_access_the_kind_and_the_place_are_told() {
        let report = "one line of the program's own\n\
            =================================================================\n\
            ==7==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x504000000078 at pc 0x55\n\
            READ of size 4 at 0x504000000078 thread T0\n    #0 0x55 in main /w/main.cpp:4\n\n\
            SUMMARY: AddressSanitizer: heap-buffer-overflow /w/main.cpp:4 in main\n";
        assert_eq!(told(report), "AddressSanitizer: heap-buffer-overflow, main.cpp line 4");
        let cut = "==7==ERROR: AddressSanitizer: SEGV on unknown address 0x0 (pc 0x55)\n";
        assert_eq!(told(cut), "AddressSanitizer: SEGV on unknown address 0x0 (pc 0x55)");
        let deep = "==7==ERROR: AddressSanitizer: stack-overflow on address 0x7ffc (pc 0x55 T0)\n    \
            #0 0x55 in __asan_stack_malloc_0 (/w/main+0x1804c)\n    #1 0x55 in f(int) /w/lib/deep.cpp:2\n    \
            #2 0x55 in f(int) /w/lib/deep.cpp:3\n\nSUMMARY: AddressSanitizer: stack-overflow (/w/main+0x1804c)\n";
        assert_eq!(
            told(deep),
            "AddressSanitizer: stack-overflow: the recursion is too deep, lib/deep.cpp line 2"
        );
    }

    #[test]
    fn of_undefined_behaviour_the_line_itself_or_the_one_that_led_into_the_library() {
        let overflow = "main.cpp:5:24: runtime error: signed integer overflow: 1 + 1 cannot be represented\n    #0 0x55 in f /w/a.cpp:9\n";
        assert_eq!(
            told(overflow),
            "runtime error: signed integer overflow: 1 + 1 cannot be represented, main.cpp line 5"
        );
        let null = "/usr/include/c++/14/bits/stl_vector.h:1128:34: runtime error: reference binding to null pointer\n    \
            #0 0x55 in std::vector<int>::operator[](unsigned long) /usr/include/c++/14/bits/stl_vector.h:1128\n    \
            #1 0x55 in main /w/main.cpp:7\n";
        assert_eq!(told(null), "runtime error: reference binding to null pointer, main.cpp line 7");
    }

    #[test]
    fn of_an_assertion_and_of_an_uncaught_exception_the_line_that_led_there() {
        let trace = "AddressSanitizer:DEADLYSIGNAL\n==7==ERROR: AddressSanitizer: ABRT on unknown address 0x7 (pc 0x7 T0)\n    \
            #0 0x7 in abort (/lib/libc.so.6+0x28)\n    #1 0x55 in main /w/main.cpp:7\n\n\
            SUMMARY: AddressSanitizer: ABRT (/lib/libc.so.6+0x28)\n";
        let of = |said: &str| told(&format!("{said}\n{trace}"));
        let library =
            "stl_vector.h:1130: reference operator[](size_type): Assertion '__n < this->size()' failed.";
        assert_eq!(of(library), "Assertion '__n < this->size()' failed, main.cpp line 7");
        assert_eq!(
            of("main: main.cpp:7: int main(): Assertion `x > 1' failed."),
            "Assertion 'x > 1' failed, main.cpp line 7"
        );
        let thrown =
            "terminate called after throwing an instance of 'std::out_of_range'\n  what():  no such item";
        assert_eq!(of(thrown), "uncaught std::out_of_range: no such item, main.cpp line 7");
        assert_eq!(of("bye"), "AddressSanitizer: ABRT, main.cpp line 7");
    }

    #[test]
    fn a_report_is_found_between_long_lines_that_are_no_text() {
        let mut stderr = vec![0xff; 3 << 20];
        stderr.extend_from_slice(b"\nmain.cpp:5:24: runtime error: shift exponent 40 is too large\r\n");
        stderr.extend_from_slice(&[0xff; 1 << 20]);
        assert_eq!(
            finding(&stderr).unwrap(),
            "runtime error: shift exponent 40 is too large, main.cpp line 5"
        );
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
