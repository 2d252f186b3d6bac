//! Programs of `submissions/`: what their header lines say. `submissions/README.md` describes the lines.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::{Expectation, Limits, Request, environment};

/// One program of `submissions/<language>/<situation>.<extension>`.
#[derive(Debug, Clone)]
pub struct TestProgram {
    /// `c17/cpu_just_over.c`.
    pub name: String,
    /// Name of its folder.
    pub language: String,
    /// The whole file, header and all.
    pub source: String,
    /// Further files of the submission, by name.
    pub files: BTreeMap<String, String>,
    /// The source to begin with, where the header says so.
    pub entry_point: Option<String>,
    /// What follows the program's name.
    pub arguments: Vec<String>,
    /// Standard input.
    pub stdin: Vec<u8>,
    /// The answer to compare with.
    pub expected: Option<Vec<u8>>,
    /// Limits of the run; those not named are the service's defaults.
    pub limits: Limits,
    /// Limits of the compilation.
    pub compile_limits: Limits,
    /// Isolation, where it asks for one.
    pub isolation: Option<String>,
    /// What must come of it.
    pub expectation: Expectation,
}

/// Every program, by name.
///
/// # Panics
/// When the folder cannot be read or a header makes no sense.
pub fn all() -> Vec<TestProgram> {
    let mut files: Vec<PathBuf> = folders(&environment::submissions()).iter().flat_map(|f| list(f)).collect();
    files.sort();
    files.iter().map(|path| read(path)).collect()
}

/// The program of this name.
///
/// # Panics
/// When it is not there or its header makes no sense.
pub fn named(name: &str) -> TestProgram {
    read(&environment::submissions().join(name))
}

impl TestProgram {
    /// The submission that it makes.
    pub fn request(&self) -> Request {
        let mut request = self.sources();
        request = match &self.expected {
            None => request.stdin(&self.stdin),
            Some(expected) => request.test(&self.stdin, Some(expected)),
        };
        request = request.with("limits", serde_json::json!(self.limits_here()));
        if !self.arguments.is_empty() {
            request = request.with("arguments", serde_json::json!(self.arguments));
        }
        if !self.compile_limits.0.is_empty() {
            request = request.with("compile_limits", serde_json::json!(self.compile_limits));
        }
        match &self.isolation {
            Some(isolation) => request.isolation(isolation),
            None => request,
        }
    }

    fn sources(&self) -> Request {
        if self.files.is_empty() {
            return Request::new(&self.language, &self.source);
        }
        let own = self.name.split('/').next_back().unwrap_or_default();
        let further = self.files.iter().map(|(name, content)| (name.as_str(), content.as_str()));
        let files: Vec<(&str, &str)> = further.chain([(own, self.source.as_str())]).collect();
        let request = Request::of_files(&self.language, &files);
        match &self.entry_point {
            Some(name) => request.with("entry_point", name.as_str()),
            None => request,
        }
    }

    /// On a slow host those that the clock is not to end have more time.
    fn limits_here(&self) -> Limits {
        let limits = self.limits.clone();
        if self.expectation.is_the_end_of_its_time() { limits } else { limits.widened() }
    }
}

fn folders(root: &Path) -> Vec<PathBuf> {
    list(root).into_iter().filter(|path| path.is_dir()).collect()
}

fn list(folder: &Path) -> Vec<PathBuf> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => panic!("failed to list {}: {error}", folder.display()),
    };
    entries.filter_map(Result::ok).map(|entry| entry.path()).collect()
}

fn read(path: &Path) -> TestProgram {
    let name = name_of(path);
    let source = match std::fs::read(path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => panic!("failed to read {}: {error}", path.display()),
    };
    match parse(&name, source) {
        Ok(program) => program,
        Err(problem) => panic!("{name}: {problem}"),
    }
}

fn name_of(path: &Path) -> String {
    let part = |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
    format!("{}/{}", part(path.parent().and_then(Path::file_name)), part(path.file_name()))
}

fn parse(name: &str, source: String) -> Result<TestProgram, String> {
    let language = name.split('/').next().unwrap_or_default().to_owned();
    let mut program = TestProgram {
        name: name.to_owned(),
        language,
        source,
        files: BTreeMap::new(),
        entry_point: None,
        arguments: Vec::new(),
        stdin: Vec::new(),
        expected: None,
        limits: Limits::default(),
        compile_limits: Limits::default(),
        isolation: None,
        expectation: Expectation::default(),
    };
    let source = program.source.clone();
    // PHP's comments begin behind a mark of their own.
    let lines = source.lines().skip_while(|line| *line == "<?php");
    let lines: Vec<(&str, &str)> = lines.map_while(header_line).collect();
    if lines.first().is_none_or(|(key, _)| *key != "expect") {
        return Err("line 1 does not say `// expect: <verdict>`".into());
    }
    for (key, value) in lines {
        let known = set(&mut program, key, value)? || program.expectation.set(key, value)?;
        if !known {
            return Err(format!("there is no header line `{key}`"));
        }
    }
    Ok(program)
}

/// How a line begins that is a comment in some language.
const COMMENTS: [&str; 8] = ["// ", "# ", "-- ", "% ", "; ", "! ", "*> ", "(* "];

/// `// key: value`, with a key of small letters, digits and `-`; or the same in the comment of another language.
fn header_line(line: &str) -> Option<(&str, &str)> {
    let comment = COMMENTS.iter().find_map(|mark| line.trim_start().strip_prefix(mark))?;
    let (key, value) = comment.strip_suffix(" *)").unwrap_or(comment).split_once(':')?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    key.chars().all(plain).then(|| (key, value.strip_prefix(' ').unwrap_or(value)))
}

fn set(program: &mut TestProgram, key: &str, value: &str) -> Result<bool, String> {
    match key {
        "arguments" => {
            program.arguments = serde_json::from_str(value).map_err(|error| format!("{key}: {error}"))?;
        }
        "stdin" => program.stdin = unescape(value)?,
        "stdin-hex" => program.stdin = from_hex(value)?,
        "stdin-size" => program.stdin = filler(value.parse().map_err(|error| format!("{key}: {error}"))?),
        "expected" => program.expected = Some(unescape(value)?),
        "expected-hex" => program.expected = Some(from_hex(value)?),
        "limits" => program.limits = Limits::parse(value)?,
        "compile-limits" => program.compile_limits = Limits::parse(value)?,
        "isolation" => program.isolation = Some(value.into()),
        "entry-point" => program.entry_point = Some(value.into()),
        "file" => {
            let (name, content) = value.split_once(' ').ok_or("file: a name and its content")?;
            let content = String::from_utf8(unescape(content)?).map_err(|error| error.to_string())?;
            program.files.insert(name.into(), content);
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// So many bytes of text: lines of digits.
fn filler(size: usize) -> Vec<u8> {
    let mut bytes = b"0123456789abcde\n".repeat(size.div_ceil(16));
    bytes.truncate(size);
    bytes
}

/// Understands `\n`, `\t`, `\r`, `\0` and `\\`.
pub(crate) fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            bytes.extend(c.to_string().into_bytes());
            continue;
        }
        bytes.push(match rest.next() {
            Some('n') => b'\n',
            Some('t') => b'\t',
            Some('r') => b'\r',
            Some('0') => 0,
            Some('\\') => b'\\',
            other => return Err(format!("unknown escape {other:?} in `{text}`")),
        });
    }
    Ok(bytes)
}

pub(crate) fn from_hex(text: &str) -> Result<Vec<u8>, String> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    if digits.len() != text.trim().len() || !digits.len().is_multiple_of(2) {
        return Err(format!("`{text}` is not pairs of hexadecimal digits"));
    }
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).map_err(|e| e.to_string())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(source: &str) -> String {
        parse("c17/x.c", source.into()).unwrap_err()
    }

    #[test]
    fn every_program_of_the_suite_has_a_header_that_makes_sense() {
        assert!(all().len() >= 60);
    }

    /// The server names a source that is sent alone: what it says of it never names our file.
    #[test]
    fn no_program_of_one_file_expects_to_be_told_by_its_name() {
        for program in all().iter().filter(|program| program.files.is_empty()) {
            let header = program.source.lines().take_while(|line| !line.trim().is_empty());
            for line in header.filter(|line| line.contains("-contains: ")) {
                assert!(!names(&program.name, line), "{}: {line}", program.name);
            }
        }
        assert!(names("octave/sums.m", "% reason-contains: undefined, in sums line 4"));
        assert!(names("python3/sums.py", "# reason-contains: sums.py line 4"));
        assert!(!names("octave/sums.m", "% reason-contains: undefined, in main line 4"));
        assert!(!names("octave/memory.m", "% reason-contains: out of memory"));
    }

    /// By the file's name, or without its extension, as Octave does: `in main line 4`.
    fn names(program: &str, line: &str) -> bool {
        let file = program.rsplit('/').next().unwrap();
        let stem = file.split('.').next().unwrap();
        line.contains(file) || line.contains(&format!("in {stem} line "))
    }

    #[test]
    fn a_header_ends_where_the_program_begins() {
        let program = parse(
            "c17/x.c",
            "// expect: Accepted\n// stdin: 1\\n\n// Prose: no key.\n// stdout: 2\nint a;".into(),
        )
        .unwrap();
        assert_eq!(program.stdin, b"1\n");
        assert_eq!(program.expectation.verdict, "Accepted");
    }

    #[test]
    fn a_header_is_written_as_the_language_writes_comments() {
        let first = "expect: Accepted\n";
        for (mark, end) in [("# ", ""), ("-- ", ""), ("<?php\n// ", ""), ("(* ", " *)"), ("      *> ", "")] {
            let text = format!(
                "{mark}expect: Accepted{end}\n{}stdin: 1{end}\nbody",
                mark.trim_start_matches("<?php\n")
            );
            let program = parse("x/x", text).unwrap();
            assert_eq!(
                (program.expectation.verdict.as_str(), program.stdin),
                ("Accepted", b"1".to_vec()),
                "{mark}"
            );
        }
        assert!(parse("x/x", format!("~ {first}")).is_err());
    }

    #[test]
    fn a_program_may_have_more_files() {
        let header = "# expect: Accepted\n# file: pkg/a.py x = 1\\n\n# entry-point: b.py\n";
        let program = parse("python3/b.py", header.into()).unwrap();
        assert_eq!(program.files.get("pkg/a.py").map(String::as_str), Some("x = 1\n"));
        assert_eq!(program.entry_point.as_deref(), Some("b.py"));
        assert_eq!(problem("// expect: Accepted\n// file: a.py"), "file: a name and its content");
    }

    #[test]
    fn a_misspelt_line_is_named() {
        assert_eq!(problem("// expect: Accepted\n// exit-cod: 1\n"), "there is no header line `exit-cod`");
        assert_eq!(problem("int main;"), "line 1 does not say `// expect: <verdict>`");
        assert!(problem("// expect: Acepted\n").contains("Acepted"));
    }
}
