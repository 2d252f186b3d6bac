//! A go-judge request, decoded as Go's `encoding/json` would into go-judge's model.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use actix_web::web::Bytes;

use super::scanner::{self, Counted, Value};
use crate::account::Held;
use crate::blocking::{self, QUICK};
use crate::gojudge::command::{MAX_COMMANDS, too_many_commands};
use crate::gojudge::refusal::Refusal;
use crate::gojudge::request::{
    Command, CopiedIn, File, OutputName, PipeEnd, PipeMap, Request, Source, Unusable, weight,
};

/// What a client of `/ws` sends.
#[derive(Debug, PartialEq)]
pub(in crate::http) enum SocketMessage {
    Run(Request),
    /// The request of this id.
    Cancel(String),
}

/// A new size of a terminal, of the command and the descriptor that its input goes to. Hostile too.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::http) struct Resize {
    pub(in crate::http) index: i64,
    pub(in crate::http) fd: i64,
    pub(in crate::http) rows: i64,
    pub(in crate::http) columns: i64,
    pub(in crate::http) x: i64,
    pub(in crate::http) y: i64,
}

/// How long a request waits for memory for what is made of it.
const PATIENCE: Duration = Duration::from_secs(3);

/// Decodes what was sent by one of the functions below; what is long by a thread on which nobody waits. What is made of
/// it is on the account before it is made, beside what was sent, and stays there with that.
///
/// # Errors
/// As of that function; there is no room for it.
pub(in crate::http) async fn decoded<T: Send + 'static>(
    sent: Bytes,
    held: &mut Held,
    decode: fn(&[u8]) -> Result<T, String>,
) -> Result<T, Refusal> {
    let body = sent.clone();
    let values = quickly(sent.len(), move || scanner::most_values(&body)).await?;
    held.grow(weight(values), PATIENCE).await?;
    quickly(sent.len(), move || decode(&sent)).await?.map_err(Refusal::Bad)
}

/// Looks at so many bytes: here if that takes no time.
async fn quickly<T: Send + 'static>(
    bytes: usize,
    look: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refusal> {
    if bytes <= QUICK {
        return Ok(look());
    }
    blocking::computed(look).await.map_err(|lost| Refusal::Failed(lost.to_string()))
}

/// Decodes a body.
///
/// # Errors
/// The text that go-judge answers with.
pub(in crate::http) fn decode(body: &[u8]) -> Result<Request, String> {
    request(scanner::parse(body)?, Decoder::default())
}

/// As [`decode`], of a request whose files may be streams.
///
/// # Errors
/// As of [`decode`].
pub(in crate::http) fn decode_streaming(body: &[u8]) -> Result<Request, String> {
    request(scanner::parse(body)?, Decoder { streams: true, ..Decoder::default() })
}

/// Decodes a message of `/stream` that resizes.
///
/// # Errors
/// As of [`decode`].
pub(in crate::http) fn decode_resize(body: &[u8]) -> Result<Resize, String> {
    Decoder::default().fill(scanner::parse(body)?.value, "ResizeRequest", &RESIZE)
}

/// Decodes a message of `/ws`. One that cancels is nothing else.
///
/// # Errors
/// As of [`decode`].
pub(in crate::http) fn decode_message(body: &[u8]) -> Result<SocketMessage, String> {
    let counted = scanner::parse(body)?;
    match cancelled(&counted.value)? {
        Some(id) => Ok(SocketMessage::Cancel(id)),
        None => request(counted, Decoder::default()).map(SocketMessage::Run),
    }
}

fn request(counted: Counted, decoder: Decoder) -> Result<Request, String> {
    let request = decoder.fill(counted.value, "Request", &REQUEST)?;
    Ok(Request { weight: weight(counted.values), ..request })
}

/// The id in `cancelRequestId`.
fn cancelled(message: &Value) -> Result<Option<String>, String> {
    let Value::Object(members) = message else { return Ok(None) };
    let found = members.iter().rev().find(|(key, _)| key.eq_ignore_ascii_case("cancelRequestId"));
    match found.map(|(_, value)| value) {
        Some(Value::String(id)) => Ok((!id.is_empty()).then(|| id.clone())),
        Some(Value::Null) | None => Ok(None),
        Some(other) => {
            Err(format!("json: cannot unmarshal {} into cancelRequestId of type string", kind(other)))
        }
    }
}

/// Walks a value along go-judge's model. Like Go's, it remembers the first field of a wrong type and goes on.
#[derive(Default)]
struct Decoder {
    path: Vec<&'static str>,
    structure: &'static str,
    first_error: Option<String>,
    /// Files may be streams.
    streams: bool,
}

/// The name of a struct's field, and what to do with its value.
type Field<'a, T> = (&'static str, fn(&mut Decoder, Value, &mut T));

/// What is read of each message.
#[cfg(test)]
pub(in crate::http) fn names() -> [(&'static str, Vec<&'static str>); 5] {
    fn of<T>(fields: &[Field<'static, T>]) -> Vec<&'static str> {
        fields.iter().map(|(name, _)| *name).collect()
    }
    [
        ("RunRequest", of(&REQUEST)),
        ("Cmd", of(&COMMAND)),
        ("CmdFile", of(&FILE)),
        ("PipeMap", of(&PIPE_MAP)),
        ("PipeIndex", of(&PIPE_END)),
    ]
}

const REQUEST: [Field<'static, Request>; 3] = [
    ("requestId", |d, value, to| d.string(value, &mut to.request_id)),
    ("cmd", |d, value, to| {
        if d.has_few_commands(&value) {
            d.list(value, &mut to.commands, "[]model.Cmd", |d, value| d.command(value));
        }
    }),
    ("pipeMapping", |d, value, to| {
        d.list(value, &mut to.pipes, "[]model.PipeMap", |d, value| d.structure(value, "PipeMap", &PIPE_MAP));
    }),
];

const COMMAND: [Field<'static, Command>; 21] = [
    ("args", |d, value, to| d.strings(value, &mut to.args)),
    ("env", |d, value, to| d.strings(value, &mut to.env)),
    ("files", |d, value, to| {
        d.list(value, &mut to.files, "[]*model.CmdFile", |d, value| d.optional_file(value))
    }),
    ("cpuLimit", |d, value, to| d.unsigned(value, &mut to.cpu_limit)),
    ("realCpuLimit", |d, value, to| d.unsigned(value, &mut to.real_cpu_limit)),
    ("clockLimit", |d, value, to| d.unsigned(value, &mut to.clock_limit)),
    ("memoryLimit", |d, value, to| d.unsigned(value, &mut to.memory_limit)),
    ("stackLimit", |d, value, to| d.unsigned(value, &mut to.stack_limit)),
    ("procLimit", |d, value, to| d.unsigned(value, &mut to.proc_limit)),
    ("cpuRateLimit", |d, value, to| d.unsigned(value, &mut to.cpu_rate_limit)),
    ("cpuSetLimit", |d, value, to| d.string(value, &mut to.cpu_set_limit)),
    ("copyIn", |d, value, to| d.files(value, &mut to.copy_in)),
    ("copyOut", |d, value, to| d.output_names(value, &mut to.copy_out)),
    ("copyOutCached", |d, value, to| d.output_names(value, &mut to.copy_out_cached)),
    ("copyOutMax", |d, value, to| d.unsigned(value, &mut to.copy_out_max)),
    ("copyOutDir", |d, value, to| d.string(value, &mut to.copy_out_dir)),
    ("copyOutTruncate", |d, value, to| d.boolean(value, &mut to.copy_out_truncate)),
    ("tty", |d, value, to| d.boolean(value, &mut to.tty)),
    ("strictMemoryLimit", |d, value, to| d.boolean(value, &mut to.strict_memory_limit)),
    ("dataSegmentLimit", |d, value, to| d.boolean(value, &mut to.data_segment_limit)),
    ("addressSpaceLimit", |d, value, to| d.boolean(value, &mut to.address_space_limit)),
];

const FILE: [Field<'static, RawFile>; 9] = [
    ("src", |d, value, to| d.optional_string(value, &mut to.src)),
    ("content", |d, value, to| d.optional_string(value, &mut to.content)),
    ("fileId", |d, value, to| d.optional_string(value, &mut to.file_id)),
    ("name", |d, value, to| d.optional_string(value, &mut to.name)),
    ("max", |d, value, to| {
        let mut max = 0;
        if d.signed(value, &mut max, "int64") {
            to.max = Some(max);
        }
    }),
    ("symlink", |d, value, to| d.optional_string(value, &mut to.symlink)),
    ("streamIn", |d, value, to| d.boolean(value, &mut to.stream_in)),
    ("streamOut", |d, value, to| d.boolean(value, &mut to.stream_out)),
    ("pipe", |d, value, to| d.boolean(value, &mut to.pipe)),
];

const PIPE_MAP: [Field<'static, PipeMap>; 6] = [
    ("in", |d, value, to| to.input = d.structure(value, "PipeIndex", &PIPE_END)),
    ("out", |d, value, to| to.output = d.structure(value, "PipeIndex", &PIPE_END)),
    ("name", |d, value, to| d.string(value, &mut to.name)),
    ("max", |d, value, to| {
        d.signed(value, &mut to.max, "int64");
    }),
    ("proxy", |d, value, to| d.boolean(value, &mut to.proxy)),
    // Asks go-judge for a slower way of copying; there is nothing to turn off here.
    ("disableZeroCopy", |d, value, _| d.boolean(value, &mut false)),
];

const RESIZE: [Field<'static, Resize>; 6] = [
    ("index", |d, value, to| d.int(value, &mut to.index)),
    ("fd", |d, value, to| d.int(value, &mut to.fd)),
    ("rows", |d, value, to| d.int(value, &mut to.rows)),
    ("cols", |d, value, to| d.int(value, &mut to.columns)),
    ("x", |d, value, to| d.int(value, &mut to.x)),
    ("y", |d, value, to| d.int(value, &mut to.y)),
];

const PIPE_END: [Field<'static, PipeEnd>; 2] =
    [("index", |d, value, to| d.int(value, &mut to.index)), ("fd", |d, value, to| d.int(value, &mut to.fd))];

/// A file as go-judge's model has it: any combination of keys. Which one counts is decided by its place.
#[derive(Default)]
struct RawFile {
    src: Option<String>,
    content: Option<String>,
    file_id: Option<String>,
    name: Option<String>,
    max: Option<i64>,
    symlink: Option<String>,
    stream_in: bool,
    stream_out: bool,
    pipe: bool,
}

impl RawFile {
    /// As a descriptor's.
    fn in_place(self, streams: bool) -> File {
        match self {
            Self { stream_in: true, .. } if streams => File::StreamIn,
            Self { stream_out: true, .. } if streams => File::StreamOut,
            Self { src: Some(src), .. } => File::Source(Source::Local(src)),
            Self { content: Some(content), .. } => File::Source(Source::Content(content.into())),
            Self { file_id: Some(id), .. } => File::Source(Source::Stored(id)),
            Self { name: Some(name), max: Some(max), pipe, .. } => File::Collector { name, max, pipe },
            unusable => File::Unusable(unusable.shown()),
        }
    }

    /// As one that is copied in.
    fn copied_in(mut self) -> CopiedIn {
        if let Some(target) = self.symlink.take() {
            return CopiedIn::Symlink(target);
        }
        match self.in_place(false) {
            File::Source(source) => CopiedIn::Source(source),
            File::Collector { .. } => CopiedIn::Collector,
            File::StreamIn => CopiedIn::Unusable(Unusable::STREAM_IN),
            File::StreamOut => CopiedIn::Unusable(Unusable::STREAM_OUT),
            File::Unusable(what) => CopiedIn::Unusable(what),
        }
    }

    fn shown(&self) -> Unusable {
        let Self { src, content, file_id, name, max, symlink, stream_in, stream_out, pipe } = self;
        let texts = [src, content, file_id, name].map(Option::is_some);
        let [src, content, file_id, name] = texts;
        Unusable {
            is_there: [src, content, file_id, name, max.is_some(), symlink.is_some()],
            flags: [*stream_in, *stream_out, *pipe],
        }
    }
}

impl Decoder {
    fn fill<T: Default>(
        mut self,
        value: Value,
        name: &'static str,
        fields: &[Field<'_, T>],
    ) -> Result<T, String> {
        let decoded = self.structure(value, name, fields);
        match self.first_error {
            Some(error) => Err(error),
            None => Ok(decoded),
        }
    }

    /// Commands that are too many are not made: each is larger than any other value.
    fn has_few_commands(&mut self, value: &Value) -> bool {
        let Value::Array(commands) = value else { return true };
        let few = commands.len() <= MAX_COMMANDS;
        if !few {
            self.first_error.get_or_insert_with(|| too_many_commands(commands.len()));
        }
        few
    }

    fn command(&mut self, value: Value) -> Command {
        self.structure(value, "Cmd", &COMMAND)
    }

    fn optional_file(&mut self, value: Value) -> Option<File> {
        match value {
            Value::Null => None,
            value => Some(self.structure(value, "CmdFile", &FILE).in_place(self.streams)),
        }
    }

    /// Keys are matched as they are, else in any case; the last of several counts; null is as good as missing.
    fn structure<T: Default>(&mut self, value: Value, name: &'static str, fields: &[Field<'_, T>]) -> T {
        let mut filled = T::default();
        let members = match value {
            Value::Object(members) => members,
            Value::Null => return filled,
            other => {
                self.mismatch(&kind(&other), format_args!("model.{name}"));
                return filled;
            }
        };
        let outer = std::mem::replace(&mut self.structure, name);
        for (key, value) in members {
            let exact = fields.iter().find(|(field, _)| *field == key);
            let field = exact.or_else(|| fields.iter().find(|(field, _)| field.eq_ignore_ascii_case(&key)));
            if let Some((field, store)) = field {
                self.path.push(field);
                store(self, value, &mut filled);
                self.path.pop();
            }
        }
        self.structure = outer;
        filled
    }

    fn list<T>(
        &mut self,
        value: Value,
        to: &mut Vec<T>,
        name: &str,
        mut element: impl FnMut(&mut Self, Value) -> T,
    ) {
        match value {
            Value::Array(values) => *to = values.into_iter().map(|value| element(self, value)).collect(),
            Value::Null => to.clear(),
            other => self.mismatch(&kind(&other), format_args!("{name}")),
        }
    }

    fn files(&mut self, value: Value, to: &mut BTreeMap<String, CopiedIn>) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    to.insert(name, self.structure(value, "CmdFile", &FILE).copied_in());
                }
            }
            Value::Null => to.clear(),
            other => self.mismatch(&kind(&other), format_args!("map[string]model.CmdFile")),
        }
    }

    fn output_names(&mut self, value: Value, to: &mut Vec<OutputName>) {
        let mut names = Vec::new();
        self.strings(value, &mut names);
        *to = names.into_iter().map(output_name).collect();
    }

    fn strings(&mut self, value: Value, to: &mut Vec<String>) {
        self.list(value, to, "[]string", |decoder, value| {
            let mut text = String::new();
            decoder.string(value, &mut text);
            text
        });
    }

    fn string(&mut self, value: Value, to: &mut String) {
        match value {
            Value::String(text) => *to = text,
            Value::Null => {}
            other => self.mismatch(&kind(&other), format_args!("string")),
        }
    }

    fn optional_string(&mut self, value: Value, to: &mut Option<String>) {
        match value {
            Value::Null => *to = None,
            value => self.string(value, to.get_or_insert_default()),
        }
    }

    fn boolean(&mut self, value: Value, to: &mut bool) {
        match value {
            Value::Bool(truth) => *to = truth,
            Value::Null => {}
            other => self.mismatch(&kind(&other), format_args!("bool")),
        }
    }

    /// Only plain digits: `-1`, `1.5`, `1e9` and what is over 64 bits are refused, as Go refuses them for a uint64.
    fn unsigned(&mut self, value: Value, to: &mut u64) {
        match value {
            Value::Number(text) => match text.parse() {
                Ok(number) => *to = number,
                Err(_) => self.mismatch(&format!("number {text}"), format_args!("uint64")),
            },
            Value::Null => {}
            other => self.mismatch(&kind(&other), format_args!("uint64")),
        }
    }

    fn int(&mut self, value: Value, to: &mut i64) {
        self.signed(value, to, "int");
    }

    /// Whether there was a number.
    fn signed(&mut self, value: Value, to: &mut i64, name: &str) -> bool {
        match value {
            Value::Number(text) => match text.parse() {
                Ok(number) => {
                    *to = number;
                    return true;
                }
                Err(_) => self.mismatch(&format!("number {text}"), format_args!("{name}")),
            },
            Value::Null => {}
            other => self.mismatch(&kind(&other), format_args!("{name}")),
        }
        false
    }

    fn mismatch(&mut self, found: &str, wanted: fmt::Arguments<'_>) {
        if self.first_error.is_some() {
            return;
        }
        self.first_error = Some(if self.path.is_empty() {
            format!("json: cannot unmarshal {found} into Go value of type {wanted}")
        } else {
            let field = format!("{}.{}", self.structure, self.path.join("."));
            format!("json: cannot unmarshal {found} into Go struct field {field} of type {wanted}")
        });
    }
}

/// What Go calls a value that does not fit.
fn kind(value: &Value) -> String {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
    .to_owned()
}

/// A `?` at the end makes it optional.
fn output_name(mut name: String) -> OutputName {
    let optional = name.ends_with('?');
    if optional {
        name.pop();
    }
    OutputName { name, optional }
}

#[cfg(test)]
mod tests {
    use gavel_protocol::Bytes as Size;

    use super::*;
    use crate::account::{Account, Purpose};
    use crate::blocking::tests::with_others_busy;

    fn error(body: &str) -> String {
        decode(body.as_bytes()).unwrap_err()
    }

    #[test]
    fn a_long_body_is_decoded_where_nobody_waits() {
        let account = Account::new(Size::mib(16));
        let body = |size: usize| Bytes::from(format!("{{\"requestId\":\"{}\"}}", "x".repeat(size)));
        for (size, elsewhere) in [(100, false), (1 << 20, true)] {
            let mut held = account.open(Purpose::Requests);
            let (request, waited) = with_others_busy(|| decoded(body(size), &mut held, decode));
            assert_eq!((request.unwrap().request_id.len(), waited), (size, elsewhere));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_made_of_a_body_is_on_the_account_before_it_is_made() {
        let account = Account::new(Size::mib(16));
        let none = |_: &[u8]| -> Result<Request, String> { panic!("it is decoded") };
        let body =
            Bytes::from(format!("{{\"cmd\":[{{\"copyIn\":{{{}\"a\":{{}}}}}}]}}", "\"a\":{},".repeat(50_000)));
        let mut held = account.open(Purpose::Requests);
        let refused = decoded(body.clone(), &mut held, none).await.unwrap_err();
        assert!(matches!(refused, Refusal::Bad(_)), "{refused:?}");
        let body = body.slice(..20_000);
        let others = [5, 1].map(|size| account.try_take(Purpose::Requests, size << 20).unwrap());
        let refused = decoded(body.clone(), &mut held, none).await.unwrap_err();
        assert!(matches!(refused, Refusal::Busy(_)), "{refused:?}");
        drop(others);
        let decoded = decoded(body.clone(), &mut held, |_| Ok(7)).await;
        assert_eq!((decoded, held.bytes()), (Ok(7), weight(scanner::most_values(&body))));
    }

    #[test]
    fn commands_that_are_too_many_are_not_made() {
        let body = format!("{{\"cmd\":[{}{{}}]}}", "{},".repeat(99_000));
        assert_eq!(error(&body), "too many commands: 99001 > 128");
        let body = format!("{{\"cmd\":[{}{{}}]}}", "{},".repeat(127));
        assert_eq!(decode(body.as_bytes()).unwrap().commands.len(), 128);
    }

    #[test]
    fn a_wrong_type_is_named_with_the_path_of_go_judges_model() {
        let number = |n: &str| {
            format!("json: cannot unmarshal number {n} into Go struct field Cmd.cmd.cpuLimit of type uint64")
        };
        for n in ["-1", "1.5", "1e9", "99999999999999999999"] {
            assert_eq!(error(&format!("{{\"cmd\":[{{\"args\":[\"a\"],\"cpuLimit\":{n}}}]}}")), number(n));
        }
        assert_eq!(
            error(r#"{"cmd":[{"args":"a"}]}"#),
            "json: cannot unmarshal string into Go struct field Cmd.cmd.args of type []string"
        );
        assert_eq!(
            error(r#"{"cmd":[{"files":[{"max":"1"}]}]}"#),
            "json: cannot unmarshal string into Go struct field CmdFile.cmd.files.max of type int64"
        );
        assert_eq!(error("[]"), "json: cannot unmarshal array into Go value of type model.Request");
    }

    #[test]
    fn keys_in_any_case_nulls_and_unknown_fields_are_taken() {
        let body = r#"{"CMD":[{"ARGS":["a"],"CPULIMIT":5,"env":null,"files":[null,{"Name":"o","max":1}],
            "tty":null,"copyIn":null,"who":[1]}],"cmd2":0,"pipeMapping":null}"#;
        let request = decode(body.as_bytes()).unwrap();
        let command = &request.commands[0];
        assert_eq!((command.args.as_slice(), command.cpu_limit), (&["a".to_owned()][..], 5));
        assert_eq!(command.files[0], None);
        assert_eq!(command.files[1], Some(File::Collector { name: "o".into(), max: 1, pipe: false }));
    }

    #[test]
    fn the_last_of_doubled_keys_counts() {
        let request = decode(br#"{"cmd":[{"cpuLimit":1,"cpuLimit":2}]}"#).unwrap();
        assert_eq!(request.commands[0].cpu_limit, 2);
    }

    #[test]
    fn a_question_mark_makes_an_output_optional() {
        let request = decode(br#"{"cmd":[{"copyOut":["a","b?"],"copyOutCached":["c??"]}]}"#).unwrap();
        let names = |names: &[OutputName]| -> Vec<(String, bool)> {
            names.iter().map(|output| (output.name.clone(), output.optional)).collect()
        };
        assert_eq!(names(&request.commands[0].copy_out), [("a".to_owned(), false), ("b".to_owned(), true)]);
        assert_eq!(names(&request.commands[0].copy_out_cached), [("c?".to_owned(), true)]);
    }

    #[test]
    fn of_several_keys_of_a_file_one_counts_by_its_place() {
        let everything =
            r#"{"src":"s","content":"c","fileId":"f","name":"n","max":1,"symlink":"l","streamIn":true}"#;
        let of = |file: &str, decode: fn(&[u8]) -> Result<Request, String>| {
            let body = format!("{{\"cmd\":[{{\"files\":[{file}],\"copyIn\":{{\"a\":{file}}}}}]}}");
            let command = decode(body.as_bytes()).unwrap().commands.remove(0);
            (command.files[0].clone().unwrap(), command.copy_in["a"].clone())
        };
        let local = || File::Source(Source::Local("s".into()));
        assert_eq!(of(everything, decode), (local(), CopiedIn::Symlink("l".into())));
        assert_eq!(of(everything, decode_streaming), (File::StreamIn, CopiedIn::Symlink("l".into())));
        let content = Source::Content("c".into());
        let (file, copied) = of(r#"{"content":"c","fileId":"f","name":"n","max":1}"#, decode);
        assert_eq!((file, copied), (File::Source(content.clone()), CopiedIn::Source(content)));
        let collector = File::Collector { name: "n".into(), max: -1, pipe: true };
        assert_eq!(of(r#"{"name":"n","max":-1,"pipe":true}"#, decode), (collector, CopiedIn::Collector));
        let (File::Unusable(file), CopiedIn::Unusable(copied)) =
            of(r#"{"name":"n","streamOut":true}"#, decode)
        else {
            panic!("it is neither")
        };
        let told =
            "file type is not valid for cmd: &{<nil> <nil> <nil> 0xc000000000 <nil> <nil> false true false}";
        assert_eq!([file.to_string(), copied.to_string()], [told, told]);
    }

    #[test]
    fn a_message_that_cancels_is_nothing_else() {
        let cancel = |id: &str| Ok(SocketMessage::Cancel(id.to_owned()));
        assert_eq!(decode_message(br#"{"requestId":"a","cmd":[{}],"cancelrequestid":"b"}"#), cancel("b"));
        let run = br#"{"requestId":"a","cancelRequestId":null}"#;
        let request = Request { request_id: "a".into(), weight: weight(3), ..Request::default() };
        assert_eq!(decode_message(run), Ok(SocketMessage::Run(request)));
        assert!(decode_message(br#"{"cancelRequestId":5}"#).is_err());
    }

    #[test]
    fn what_is_more_than_a_request_can_be_is_refused_before_it_is_in_memory() {
        let few = format!("{{\"pipeMapping\":[{}{{}}]}}", "{},".repeat(scanner::MAX_VALUES - 3));
        assert_eq!(decode(few.as_bytes()).unwrap().pipes.len(), scanner::MAX_VALUES - 2);
        for hostile in ["{},", "null,", "[],", "0,", "\"\",", "[[],{\"a\":0}],"] {
            let many = format!("{{\"cmd\":[{}{{}}]}}", hostile.repeat(4_000_000));
            assert_eq!(error(&many), "too many values: 100000 are allowed", "{hostile}");
        }
        let keys = format!("{{{}\"a\":0}}", "\"\":0,".repeat(scanner::MAX_VALUES));
        assert_eq!(error(&keys), "too many values: 100000 are allowed");
        let deep = "{\"cmd\":".to_owned() + &"[".repeat(12 << 20);
        assert_eq!(error(&deep), "exceeded max depth");
    }

    #[test]
    fn bytes_that_are_no_text_do_not_multiply() {
        let body = [b"{\"requestId\":\"", &[0xff; 3 << 20][..], b"\"}"].concat();
        assert_eq!(decode(&body).unwrap_err(), "too much text that is no UTF-8");
        let body = [b"{\"requestId\":\"", &[0xff; 1000][..], b"\"}"].concat();
        assert_eq!(decode(&body).unwrap().request_id.len(), 3000);
    }

    #[test]
    fn hostile_pipe_ends_are_just_numbers_here() {
        let request = decode(br#"{"pipeMapping":[{"in":{"index":-1,"fd":9999999},"out":null}]}"#).unwrap();
        assert_eq!(request.pipes[0].input, PipeEnd { index: -1, fd: 9_999_999 });
        assert_eq!(request.pipes[0].output, PipeEnd::default());
    }
}
