//! go-judge's answers, byte for byte as Go's `encoding/json` writes them. Large contents are written when they are sent:
//! each of a program's zeros is six characters of an answer.

use std::collections::{BTreeMap, VecDeque};

use actix_web::web::{Buf, Bytes};

use crate::account::Held;
use crate::gojudge::answer::{CommandResult, FileError};
use crate::gojudge::stored::StoredFiles;

/// The body of `POST /run`.
pub(in crate::http) fn results(results: Vec<CommandResult>) -> Answer {
    let mut json = Json::default();
    json.results(results);
    json.raw("\n");
    json.finish()
}

/// A message of `/ws`, and the last one of `/stream`. `None` = no results at all, which is `null`.
pub(in crate::http) fn response(
    request_id: &str,
    results: Option<Vec<CommandResult>>,
    error: &str,
) -> Answer {
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
    json.finish()
}

/// A body that is one string: go-judge's form of an error.
pub(in crate::http) fn text(text: &str) -> Vec<u8> {
    let mut json = Json::default();
    json.string(text.as_bytes());
    json.written
}

/// What is more of contents is written when it is sent.
const LARGE: usize = 16 * 1024;

/// How much of a content is written at a time.
const PIECE: usize = 16 * 1024;

/// An answer on its way, which has what its contents have of the account until it is dropped.
#[derive(Debug)]
pub(in crate::http) struct Answer {
    parts: VecDeque<Part>,
    /// Of whose ids it tells.
    stored: Vec<StoredFiles>,
    _held: Vec<Held>,
}

/// A part of an answer.
#[derive(Debug)]
enum Part {
    Written(Bytes),
    /// Bytes of a string.
    Content(Bytes),
}

impl Answer {
    /// The whole answer, where that is one piece. It is on its way.
    pub(in crate::http) fn as_one(&mut self) -> Option<Bytes> {
        let all = match self.parts.iter().collect::<Vec<_>>()[..] {
            [Part::Written(all)] => all.clone(),
            _ => return None,
        };
        self.tell();
        Some(all)
    }

    /// Stored files are the client's, whom it is about to reach.
    fn tell(&mut self) {
        self.stored.drain(..).for_each(|files| drop(files.tell()));
    }

    /// The next piece of it.
    pub(in crate::http) fn next_piece(&mut self) -> Option<Bytes> {
        self.tell();
        let piece = match self.parts.front_mut()? {
            Part::Written(bytes) => std::mem::take(bytes),
            Part::Content(bytes) => {
                let mut json = Json::default();
                json.escaped(&bytes[..boundary(bytes, PIECE)]);
                bytes.advance(boundary(bytes, PIECE));
                json.written.into()
            }
        };
        if self.parts.front().is_some_and(Part::is_empty) {
            self.parts.pop_front();
        }
        Some(piece)
    }

    /// Bytes of it that are written already.
    pub(in crate::http) fn written(&self) -> u64 {
        let written = self.parts.iter().filter_map(|part| match part {
            Part::Written(bytes) => Some(bytes.len() as u64),
            Part::Content(_) => None,
        });
        written.sum()
    }

    /// The same behind a few bytes.
    pub(in crate::http) fn behind(mut self, head: &[u8]) -> Self {
        match self.parts.front_mut() {
            Some(Part::Written(bytes)) => *bytes = [head, &bytes[..]].concat().into(),
            _ => self.parts.push_front(Part::Written(Bytes::copy_from_slice(head))),
        }
        self
    }

    /// Nothing is left to be sent.
    pub(in crate::http) fn is_at_end(&self) -> bool {
        self.parts.is_empty()
    }
}

impl Part {
    fn is_empty(&self) -> bool {
        match self {
            Self::Written(bytes) | Self::Content(bytes) => bytes.is_empty(),
        }
    }
}

/// The place before or at `most` where bytes can be cut, so that both parts are written as the whole would be.
fn boundary(bytes: &[u8], most: usize) -> usize {
    if bytes.len() <= most {
        return bytes.len();
    }
    // A character has three bytes behind its first one at most; where there are more, they are of none.
    (most - 3..=most).rev().find(|&at| bytes[at] & 0xc0 != 0x80).unwrap_or(most)
}

#[derive(Default)]
struct Json {
    parts: VecDeque<Part>,
    /// What follows them.
    written: Vec<u8>,
    /// Bytes of contents up to here.
    contents: usize,
    stored: Vec<StoredFiles>,
    held: Vec<Held>,
}

impl Json {
    fn finish(mut self) -> Answer {
        self.part();
        Answer { parts: self.parts, stored: self.stored, _held: self.held }
    }

    /// Makes a part of what was written.
    fn part(&mut self) {
        self.parts.push_back(Part::Written(std::mem::take(&mut self.written).into()));
    }

    fn raw(&mut self, text: &str) {
        self.written.extend_from_slice(text.as_bytes());
    }

    fn results(&mut self, results: Vec<CommandResult>) {
        self.raw("[");
        for (index, result) in results.into_iter().enumerate() {
            if index > 0 {
                self.raw(",");
            }
            self.result(result);
        }
        self.raw("]");
    }

    fn result(&mut self, result: CommandResult) {
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
            self.files(result.files);
        }
        if !result.file_ids.ids().is_empty() {
            self.raw(",\"fileIds\":");
            self.map(result.file_ids.ids().iter().map(|(name, id)| (name.as_str(), id.as_bytes())));
        }
        if !result.file_error.is_empty() {
            self.raw(",\"fileError\":");
            self.file_errors(&result.file_error);
        }
        self.raw("}");
        self.stored.push(result.file_ids);
        self.held.extend(result.held);
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

    fn files(&mut self, contents: BTreeMap<String, Vec<u8>>) {
        self.object(contents, Self::content);
    }

    fn content(&mut self, content: Vec<u8>) {
        self.contents += content.len();
        if self.contents <= LARGE || content.is_empty() {
            return self.string(&content);
        }
        self.raw("\"");
        self.part();
        self.parts.push_back(Part::Content(content.into()));
        self.raw("\"");
    }

    fn map<'a>(&mut self, entries: impl Iterator<Item = (&'a str, &'a [u8])>) {
        self.object(entries, Self::string);
    }

    fn object<V>(
        &mut self,
        entries: impl IntoIterator<Item = (impl AsRef<str>, V)>,
        write: impl Fn(&mut Self, V),
    ) {
        self.raw("{");
        for (index, (key, value)) in entries.into_iter().enumerate() {
            if index > 0 {
                self.raw(",");
            }
            self.string(key.as_ref().as_bytes());
            self.raw(":");
            write(self, value);
        }
        self.raw("}");
    }

    /// A string as Go writes it: `<`, `>`, `&`, U+2028 and U+2029 escaped, each byte of invalid UTF-8 as `\ufffd`.
    fn string(&mut self, bytes: &[u8]) {
        self.raw("\"");
        self.escaped(bytes);
        self.raw("\"");
    }

    fn escaped(&mut self, bytes: &[u8]) {
        for chunk in bytes.utf8_chunks() {
            self.valid(chunk.valid());
            for _ in chunk.invalid() {
                self.raw("\\ufffd");
            }
        }
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
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::account::Account;
    use crate::gojudge::answer::{FileErrorKind, Status};
    use crate::gojudge::files::FileStore;

    fn shown(bytes: &[u8]) -> String {
        let mut json = Json::default();
        json.string(bytes);
        String::from_utf8(json.written).unwrap()
    }

    /// All pieces of an answer.
    fn sent(mut answer: Answer) -> String {
        let mut all = Vec::new();
        while let Some(piece) = answer.next_piece() {
            assert!(piece.len() <= 7 * LARGE);
            all.extend_from_slice(&piece);
        }
        assert!(answer.is_at_end());
        String::from_utf8(all).unwrap()
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
        let shown = |id, results, error| sent(response(id, results, error));
        assert_eq!(shown("a\"", Some(vec![]), ""), "{\"requestId\":\"a\\\"\",\"results\":[]}\n");
        assert_eq!(
            shown("", None, "no <id>"),
            "{\"requestId\":\"\",\"results\":null,\"error\":\"no \\u003cid\\u003e\"}\n"
        );
    }

    #[test]
    fn empty_parts_of_a_result_are_left_out() {
        let result = CommandResult { time: 5, memory: 6, run_time: 7, ..CommandResult::default() };
        let expected = "[{\"status\":\"Accepted\",\"exitStatus\":0,\"time\":5,\"memory\":6,\"runTime\":7}]\n";
        assert_eq!(sent(results(vec![result])), expected);
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
            file_ids: [("a".to_owned(), "ABCDEFGH".to_owned())].into(),
            file_error: vec![FileError {
                name: "stdout".into(),
                kind: FileErrorKind::CollectSizeExceeded,
                message: "Output Limit Exceeded".into(),
            }],
            held: Vec::new(),
        };
        let expected = concat!(
            r#"[{"status":"Output Limit Exceeded","exitStatus":0,"error":"Output Limit Exceeded","time":1,"#,
            r#""memory":2,"runTime":3,"procPeak":4,"files":{"stderr":"","stdout":"x"},"fileIds":{"a":"ABCDEFGH"},"#,
            r#""fileError":[{"name":"stdout","type":"CollectSizeExceeded","message":"Output Limit Exceeded"}]}]"#,
            "\n"
        );
        assert_eq!(sent(results(vec![result])), expected);
    }

    #[test]
    fn a_large_content_is_written_in_pieces_as_it_would_be_at_once() {
        let mixed = "a\0<\u{2028}ü€😀".repeat(20_000).into_bytes();
        let broken: Vec<u8> =
            (0..100_000_u32).map(|n| [0xe2, 0x80, 0x80, 0x80, 0x41][n as usize % 5]).collect();
        for content in [mixed, broken, vec![0x80; 50_000], vec![0; 50_000]] {
            for cut in 0..5 {
                let content = content[cut..].to_vec();
                let whole = shown(&content);
                let files = BTreeMap::from([("f".to_owned(), content)]);
                let mut answer = results(vec![CommandResult { files, ..CommandResult::default() }]);
                assert!(answer.as_one().is_none());
                assert!(sent(answer).contains(&whole));
            }
        }
    }

    #[test]
    fn a_small_answer_is_one_piece() {
        let files = BTreeMap::from([("f".to_owned(), vec![0; LARGE])]);
        let mut answer = results(vec![CommandResult { files, ..CommandResult::default() }]);
        let whole = answer.as_one().unwrap();
        assert_eq!(sent(answer).as_bytes(), whole);
    }

    #[tokio::test]
    async fn stored_files_stay_once_an_answer_that_tells_of_them_is_on_its_way() {
        let directory = tempfile::tempdir().unwrap();
        let (path, account) = (directory.path().join("files"), Account::new(gavel_protocol::Bytes::mib(1)));
        let store = FileStore::new(path, gavel_protocol::Bytes::mib(1), None, &account).unwrap();
        let store = Arc::new(store);
        let answered = || {
            let id = store.add("a", b"x").unwrap();
            let file_ids = StoredFiles::new(BTreeMap::from([("a".to_owned(), id.clone())]), &store);
            (id, results(vec![CommandResult { file_ids, ..CommandResult::default() }]))
        };
        let ((whole, mut one), (pieces, many), (_, lost)) = (answered(), answered(), answered());
        assert!(one.as_one().is_some());
        sent(many);
        drop((one, lost));
        let removed = async {
            while store.list().len() > 2 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), removed).await.unwrap();
        let mut left: Vec<_> = store.list().into_iter().map(|(id, _)| id).collect();
        let mut expected = vec![whole, pieces];
        left.sort();
        expected.sort();
        assert_eq!(left, expected);
    }

    #[test]
    fn an_answer_can_have_bytes_before_it() {
        assert_eq!(sent(response("a", None, "").behind(b"x")), "x{\"requestId\":\"a\",\"results\":null}\n");
    }
}
