//! Requests as `/run` has them, and its results as gRPC has them.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use gavel_rpc::response::file_error::ErrorType;
use gavel_rpc::response::result::StatusType;
use gavel_rpc::response::{FileError, Result as CommandResult};
use serde::Deserialize;
use serde_json::{Value, json};
use tonic::Status;

use crate::gojudge::request::{
    Command, CopiedIn, File, OutputName, PipeEnd, PipeMap, Request, Source, Unusable,
};

/// Of each command, the outputs whose contents are answered with: collectors, pipes that are kept, files taken out. Not
/// those that are to be stored anyway.
pub(super) fn wanted(request: &Request) -> Vec<BTreeSet<String>> {
    let of = |(index, command): (i64, &Command)| {
        let collectors = command.files.iter().flatten().filter_map(collector);
        let kept = request.pipes.iter().filter(|pipe| pipe.proxy && pipe.input.index == index);
        let kept = kept.map(|pipe| pipe.name.clone()).filter(|name| !name.is_empty());
        let copied = command.copy_out.iter().map(|output| output.name.clone());
        let mut names: BTreeSet<String> = collectors.chain(kept).chain(copied).collect();
        for stored in &command.copy_out_cached {
            names.remove(&stored.name);
        }
        names
    };
    (0..).zip(&request.commands).map(of).collect()
}

/// Its name, where it is one.
fn collector(file: &File) -> Option<String> {
    match file {
        File::Collector { name, .. } => Some(name.clone()),
        File::Source(_) | File::StreamIn | File::StreamOut | File::Unusable(_) => None,
    }
}

/// Bytes of the contents that a request carries as texts, and that its body has once more.
pub(super) fn size_of_texts(request: &Request) -> u64 {
    let of_source = |source: &Source| match source {
        Source::Content(content) => content.len() as u64,
        Source::Local(_) | Source::Stored(_) => 0,
    };
    let of_file = |file: &File| if let File::Source(source) = file { of_source(source) } else { 0 };
    let of_copied = |file: &CopiedIn| if let CopiedIn::Source(source) = file { of_source(source) } else { 0 };
    let of_command = |command: &Command| {
        let files = command.files.iter().flatten().map(of_file).sum::<u64>();
        files + command.copy_in.values().map(of_copied).sum::<u64>()
    };
    request.commands.iter().map(of_command).sum()
}

/// The body of `POST /run`. Every output is stored.
///
/// # Errors
/// `INVALID_ARGUMENT` for what REST has no form for.
pub(super) fn body(request: &Request, wanted: &[BTreeSet<String>]) -> Result<Value, Status> {
    let commands: Result<Vec<Value>, Status> =
        request.commands.iter().zip(wanted).map(|(command, wanted)| command_body(command, wanted)).collect();
    let pipes: Vec<Value> = request.pipes.iter().map(pipe).collect();
    Ok(json!({"cmd": commands?, "pipeMapping": pipes}))
}

fn command_body(command: &Command, wanted: &BTreeSet<String>) -> Result<Value, Status> {
    let files: Result<Vec<Value>, Status> =
        command.files.iter().map(|file| file.as_ref().map_or(Ok(Value::Null), file_body)).collect();
    let copied: Result<serde_json::Map<String, Value>, Status> =
        command.copy_in.iter().map(|(path, file)| Ok((path.clone(), copied_in_body(file)?))).collect();
    let mut outputs = BTreeMap::new();
    for OutputName { name, optional } in command.copy_out.iter().chain(&command.copy_out_cached) {
        if name.ends_with('?') {
            return Err(Status::invalid_argument(format!("over REST no output can be named {name}")));
        }
        outputs.entry(name).or_insert(*optional);
    }
    for name in wanted {
        outputs.entry(name).or_insert(false);
    }
    let outputs: Vec<String> = outputs
        .into_iter()
        .map(|(name, optional)| if optional { format!("{name}?") } else { name.clone() })
        .collect();
    Ok(json!({
        "args": command.args,
        "env": command.env,
        "files": files?,
        "tty": command.tty,
        "cpuLimit": command.cpu_limit,
        "clockLimit": command.clock_limit,
        "memoryLimit": command.memory_limit,
        "stackLimit": command.stack_limit,
        "procLimit": command.proc_limit,
        "cpuRateLimit": command.cpu_rate_limit,
        "cpuSetLimit": command.cpu_set_limit,
        "copyIn": copied?,
        "copyOutCached": outputs,
        "copyOutMax": command.copy_out_max,
        "copyOutDir": command.copy_out_dir,
        "copyOutTruncate": command.copy_out_truncate,
        "dataSegmentLimit": command.data_segment_limit,
        "addressSpaceLimit": command.address_space_limit,
    }))
}

fn file_body(file: &File) -> Result<Value, Status> {
    match file {
        File::Source(source) => Ok(source_body(source)),
        File::Collector { name, max, pipe } => Ok(json!({"name": name, "max": max, "pipe": pipe})),
        File::StreamIn | File::StreamOut => Err(no_streams()),
        File::Unusable(what) => Err(Status::invalid_argument(what.to_string())),
    }
}

fn copied_in_body(file: &CopiedIn) -> Result<Value, Status> {
    match file {
        CopiedIn::Source(source) => Ok(source_body(source)),
        CopiedIn::Symlink(target) => Ok(json!({"symlink": target})),
        // What becomes of a collector there the server says, whatever its name is.
        CopiedIn::Collector => Ok(json!({"name": "", "max": 0})),
        CopiedIn::Unusable(Unusable::STREAM_IN | Unusable::STREAM_OUT) => Err(no_streams()),
        CopiedIn::Unusable(what) => Err(Status::invalid_argument(what.to_string())),
    }
}

fn no_streams() -> Status {
    Status::invalid_argument("streams are for ExecStream only")
}

fn source_body(source: &Source) -> Value {
    match source {
        Source::Local(src) => json!({"src": src}),
        Source::Content(content) => json!({"content": String::from_utf8_lossy(content)}),
        Source::Stored(id) => json!({"fileId": id}),
    }
}

fn pipe(map: &PipeMap) -> Value {
    let end = |end: PipeEnd| json!({"index": end.index, "fd": end.fd});
    json!({"in": end(map.input), "out": end(map.output), "proxy": map.proxy, "name": map.name, "max": map.max})
}

/// One result of `/run`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Answered {
    status: String,
    exit_status: i32,
    #[serde(default)]
    error: String,
    time: u64,
    memory: u64,
    run_time: u64,
    #[serde(default)]
    proc_peak: u64,
    #[serde(default)]
    files: BTreeMap<String, String>,
    #[serde(default)]
    file_ids: BTreeMap<String, String>,
    #[serde(default)]
    file_error: Vec<AnsweredError>,
}

#[derive(Debug, Deserialize)]
struct AnsweredError {
    name: String,
    r#type: String,
    #[serde(default)]
    message: String,
}

impl Answered {
    /// Names and ids of the outputs that were stored only to be fetched.
    pub(super) fn take_ids(&mut self, wanted: &BTreeSet<String>) -> Vec<(String, String)> {
        wanted.iter().filter_map(|name| self.file_ids.remove_entry(name)).collect()
    }

    /// The result, with the contents that were fetched.
    ///
    /// # Errors
    /// `INTERNAL` for a status that go-judge does not have.
    pub(super) fn result(self, fetched: Vec<(String, Bytes)>) -> Result<CommandResult, Status> {
        let told = self.files.into_iter().map(|(name, text)| (name, Bytes::from(text)));
        Ok(CommandResult {
            status: status(&self.status)?.into(),
            exit_status: self.exit_status,
            error: self.error,
            time: self.time,
            run_time: self.run_time,
            proc_peak: self.proc_peak,
            memory: self.memory,
            files: told.chain(fetched).collect(),
            file_i_ds: self.file_ids,
            file_error: self.file_error.into_iter().map(file_error).collect(),
        })
    }
}

/// `Time Limit Exceeded` is `TimeLimitExceeded`.
fn status(text: &str) -> Result<StatusType, Status> {
    let name = match text {
        "Nonzero Exit Status" => "NonZeroExitStatus".to_owned(),
        text => text.replace(' ', ""),
    };
    StatusType::from_str_name(&name)
        .ok_or_else(|| Status::internal(format!("the status `{text}` is unknown")))
}

fn file_error(error: AnsweredError) -> FileError {
    // `CopyInCreateDir` has no number.
    let kind = ErrorType::from_str_name(&error.r#type).unwrap_or(ErrorType::CopyInCreateFile);
    FileError { name: error.name, r#type: kind.into(), message: error.message }
}
