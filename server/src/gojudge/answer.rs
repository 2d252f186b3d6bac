//! go-judge's answers, byte for byte as Go's `encoding/json` writes them.

use std::collections::BTreeMap;

use super::room::Held;

/// What came of one command.
#[derive(Debug, Default, Clone)]
pub(crate) struct CommandResult {
    pub(crate) status: Status,
    /// The exit status, or the number of the signal that ended it.
    pub(crate) exit_status: i32,
    pub(crate) error: String,
    /// Nanoseconds.
    pub(crate) time: u64,
    /// Bytes.
    pub(crate) memory: u64,
    /// Nanoseconds.
    pub(crate) run_time: u64,
    pub(crate) proc_peak: u32,
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    pub(crate) file_ids: BTreeMap<String, String>,
    pub(crate) file_error: Vec<FileError>,
    /// The room that the contents of `files` take.
    pub(crate) room: Option<Held>,
}

/// The statuses that go-judge ever sends; clients know no others.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    #[default]
    Accepted,
    MemoryLimitExceeded,
    TimeLimitExceeded,
    OutputLimitExceeded,
    FileError,
    NonzeroExit,
    Signalled,
    DangerousSyscall,
    InternalError,
}

impl Status {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Accepted => "Accepted",
            Self::MemoryLimitExceeded => "Memory Limit Exceeded",
            Self::TimeLimitExceeded => "Time Limit Exceeded",
            Self::OutputLimitExceeded => "Output Limit Exceeded",
            Self::FileError => "File Error",
            Self::NonzeroExit => "Nonzero Exit Status",
            Self::Signalled => "Signalled",
            Self::DangerousSyscall => "Dangerous Syscall",
            Self::InternalError => "Internal Error",
        }
    }
}

/// A file that could not be put in or taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileError {
    pub(crate) name: String,
    pub(crate) kind: FileErrorKind,
    pub(crate) message: String,
}

/// At which step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileErrorKind {
    CopyInOpenFile,
    CopyInCreateFile,
    CopyInCopyContent,
    CopyOutOpen,
    CopyOutNotRegularFile,
    CopyOutSizeExceeded,
    CopyOutCreateFile,
    CopyOutCopyContent,
    CollectSizeExceeded,
    Symlink,
}

impl FileErrorKind {
    fn text(self) -> &'static str {
        match self {
            Self::CopyInOpenFile => "CopyInOpenFile",
            Self::CopyInCreateFile => "CopyInCreateFile",
            Self::CopyInCopyContent => "CopyInCopyContent",
            Self::CopyOutOpen => "CopyOutOpen",
            Self::CopyOutNotRegularFile => "CopyOutNotRegularFile",
            Self::CopyOutSizeExceeded => "CopyOutSizeExceeded",
            Self::CopyOutCreateFile => "CopyOutCreateFile",
            Self::CopyOutCopyContent => "CopyOutCopyContent",
            Self::CollectSizeExceeded => "CollectSizeExceeded",
            Self::Symlink => "Symlink",
        }
    }
}

/// The body of `POST /run`.
pub(crate) fn results(results: &[CommandResult]) -> Vec<u8> {
    let mut json = Json::default();
    json.results(results);
    json.raw("\n");
    json.0
}

/// A message of `/ws`, and the last one of `/stream`. `None` = no results at all, which is `null`.
pub(crate) fn response(request_id: &str, results: Option<&[CommandResult]>, error: &str) -> Vec<u8> {
    let mut json = Json::default();
    json.raw("{\"requestId\":");
    json.string(request_id.as_bytes());
    json.raw(",\"results\":");
    match results {
        Some(results) => json.results(results),
        None => json.raw("null"),
    }
    if !error.is_empty() {
        json.raw(",\"error\":");
        json.string(error.as_bytes());
    }
    json.raw("}\n");
    json.0
}

/// A body that is one string: go-judge's form of an error.
pub(crate) fn text(text: &str) -> Vec<u8> {
    let mut json = Json::default();
    json.string(text.as_bytes());
    json.0
}

/// An object of strings: the list of files.
pub(crate) fn map<'a>(entries: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<u8> {
    let mut json = Json::default();
    json.map(entries.into_iter().map(|(key, value)| (key, value.as_bytes())));
    json.0
}

#[derive(Default)]
struct Json(Vec<u8>);

impl Json {
    fn raw(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
    }

    fn results(&mut self, results: &[CommandResult]) {
        self.raw("[");
        for (index, result) in results.iter().enumerate() {
            if index > 0 {
                self.raw(",");
            }
            self.result(result);
        }
        self.raw("]");
    }

    fn result(&mut self, result: &CommandResult) {
        self.raw(&format!("{{\"status\":\"{}\",\"exitStatus\":{}", result.status.text(), result.exit_status));
        if !result.error.is_empty() {
            self.raw(",\"error\":");
            self.string(result.error.as_bytes());
        }
        self.raw(&format!(
            ",\"time\":{},\"memory\":{},\"runTime\":{}",
            result.time, result.memory, result.run_time
        ));
        if result.proc_peak > 0 {
            self.raw(&format!(",\"procPeak\":{}", result.proc_peak));
        }
        if !result.files.is_empty() {
            self.raw(",\"files\":");
            self.map(result.files.iter().map(|(name, content)| (name.as_str(), content.as_slice())));
        }
        if !result.file_ids.is_empty() {
            self.raw(",\"fileIds\":");
            self.map(result.file_ids.iter().map(|(name, id)| (name.as_str(), id.as_bytes())));
        }
        if !result.file_error.is_empty() {
            self.raw(",\"fileError\":");
            self.file_errors(&result.file_error);
        }
        self.raw("}");
    }

    fn file_errors(&mut self, errors: &[FileError]) {
        for (index, error) in errors.iter().enumerate() {
            self.raw(if index == 0 { "[" } else { "," });
            self.raw("{\"name\":");
            self.string(error.name.as_bytes());
            self.raw(&format!(",\"type\":\"{}\"", error.kind.text()));
            if !error.message.is_empty() {
                self.raw(",\"message\":");
                self.string(error.message.as_bytes());
            }
            self.raw("}");
        }
        self.raw("]");
    }

    fn map<'a>(&mut self, entries: impl Iterator<Item = (&'a str, &'a [u8])>) {
        self.raw("{");
        for (index, (key, value)) in entries.enumerate() {
            if index > 0 {
                self.raw(",");
            }
            self.string(key.as_bytes());
            self.raw(":");
            self.string(value);
        }
        self.raw("}");
    }

    /// A string as Go writes it: `<`, `>`, `&`, U+2028 and U+2029 escaped, each byte of invalid UTF-8 as `\ufffd`.
    fn string(&mut self, bytes: &[u8]) {
        self.raw("\"");
        for chunk in bytes.utf8_chunks() {
            self.valid(chunk.valid());
            for _ in chunk.invalid() {
                self.raw("\\ufffd");
            }
        }
        self.raw("\"");
    }

    fn valid(&mut self, text: &str) {
        let mut written = 0;
        for (at, character) in text.char_indices() {
            let Some(escaped) = escape(character) else { continue };
            self.raw(&text[written..at]);
            self.raw(escaped);
            written = at + character.len_utf8();
        }
        self.raw(&text[written..]);
    }
}

/// How many bytes these are in an answer.
pub(super) fn written(content: &[u8]) -> usize {
    let of = |character: char| escape(character).map_or(character.len_utf8(), |escaped| escaped.len());
    let chunks = content.utf8_chunks();
    chunks.map(|chunk| chunk.valid().chars().map(of).sum::<usize>() + 6 * chunk.invalid().len()).sum()
}

fn escape(character: char) -> Option<&'static str> {
    Some(match character {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\u{8}' => "\\b",
        '\u{c}' => "\\f",
        '\0'..='\u{1f}' => CONTROLS[character as usize],
        '<' => "\\u003c",
        '>' => "\\u003e",
        '&' => "\\u0026",
        '\u{2028}' => "\\u2028",
        '\u{2029}' => "\\u2029",
        _ => return None,
    })
}

/// The control characters, by their number.
const CONTROLS: [&str; 32] = [
    "\\u0000", "\\u0001", "\\u0002", "\\u0003", "\\u0004", "\\u0005", "\\u0006", "\\u0007", "\\u0008",
    "\\u0009", "\\u000a", "\\u000b", "\\u000c", "\\u000d", "\\u000e", "\\u000f", "\\u0010", "\\u0011",
    "\\u0012", "\\u0013", "\\u0014", "\\u0015", "\\u0016", "\\u0017", "\\u0018", "\\u0019", "\\u001a",
    "\\u001b", "\\u001c", "\\u001d", "\\u001e", "\\u001f",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(bytes: &[u8]) -> String {
        let mut json = Json::default();
        json.string(bytes);
        String::from_utf8(json.0).unwrap()
    }

    #[test]
    fn strings_are_escaped_as_go_does() {
        let recorded = b"\xff\xfea\x80<>&\"\\\x01\xe2\x80\xa8";
        assert_eq!(shown(recorded), r#""\ufffd\ufffda\ufffd\u003c\u003e\u0026\"\\\u0001\u2028""#);
        assert_eq!(shown("héllo\n\t\u{7f}".as_bytes()), "\"héllo\\n\\t\u{7f}\"");
        // A cut character: Go writes one replacement for each byte of it.
        assert_eq!(shown(b"\xe2\x80"), r#""\ufffd\ufffd""#);
    }

    #[test]
    fn a_response_has_its_id_always_and_an_error_where_there_is_one() {
        let shown = |id, results, error| String::from_utf8(response(id, results, error)).unwrap();
        assert_eq!(shown("a\"", Some(&[]), ""), "{\"requestId\":\"a\\\"\",\"results\":[]}\n");
        assert_eq!(
            shown("", None, "no <id>"),
            "{\"requestId\":\"\",\"results\":null,\"error\":\"no \\u003cid\\u003e\"}\n"
        );
    }

    #[test]
    fn empty_parts_of_a_result_are_left_out() {
        let result = CommandResult { time: 5, memory: 6, run_time: 7, ..CommandResult::default() };
        let expected = "[{\"status\":\"Accepted\",\"exitStatus\":0,\"time\":5,\"memory\":6,\"runTime\":7}]\n";
        assert_eq!(String::from_utf8(results(&[result])).unwrap(), expected);
    }

    #[test]
    fn a_whole_result_has_go_judges_order_of_keys() {
        let result = CommandResult {
            status: Status::OutputLimitExceeded,
            exit_status: 0,
            error: "Output Limit Exceeded".into(),
            time: 1,
            memory: 2,
            run_time: 3,
            proc_peak: 4,
            files: BTreeMap::from([("stdout".into(), b"x".to_vec()), ("stderr".into(), Vec::new())]),
            file_ids: BTreeMap::from([("a".into(), "ABCDEFGH".into())]),
            file_error: vec![FileError {
                name: "stdout".into(),
                kind: FileErrorKind::CollectSizeExceeded,
                message: "Output Limit Exceeded".into(),
            }],
            room: None,
        };
        let expected = concat!(
            r#"[{"status":"Output Limit Exceeded","exitStatus":0,"error":"Output Limit Exceeded","time":1,"#,
            r#""memory":2,"runTime":3,"procPeak":4,"files":{"stderr":"","stdout":"x"},"fileIds":{"a":"ABCDEFGH"},"#,
            r#""fileError":[{"name":"stdout","type":"CollectSizeExceeded","message":"Output Limit Exceeded"}]}]"#,
            "\n"
        );
        assert_eq!(String::from_utf8(results(&[result])).unwrap(), expected);
    }
}
