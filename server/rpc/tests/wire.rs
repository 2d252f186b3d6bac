//! Messages as go-judge's own client and server (v1.12.2) write them: every field has its name, number and type.

use std::fmt::Debug;

use gavel_rpc::request::pipe_map::PipeIndex;
use gavel_rpc::request::{
    CachedFile, CmdCopyOutFile, CmdType, File, LocalFile, MemoryFile, PipeCollector, PipeMap, file,
};
use gavel_rpc::response::{self, FileError, file_error::ErrorType, result::StatusType};
use gavel_rpc::stream_request::{Input, Request::*, Resize};
use gavel_rpc::stream_response::{Output, Response::*};
use gavel_rpc::{FileContent, FileId, FileListType, Request, Response, StreamRequest, StreamResponse};
use prost::Message;

/// Both ways: what was recorded means this, and this is written as it was recorded.
fn check<M: Message + Default + PartialEq + Debug>(message: &M, recorded: &str) {
    let recorded: Vec<u8> = (0..recorded.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&recorded[at..at + 2], 16).unwrap())
        .collect();
    assert_eq!(M::decode(recorded.as_slice()).unwrap(), *message);
    // The order of fields is a writer's own affair, so what we write is read again.
    assert_eq!(message.encoded_len(), recorded.len());
    assert_eq!(M::decode(message.encode_to_vec().as_slice()).unwrap(), *message);
}

fn of(file: file::File) -> File {
    File { file: Some(file) }
}

fn memory() -> File {
    of(file::File::Memory(MemoryFile { content: vec![0, 255, b'x'].into() }))
}

fn output(name: &str, optional: bool) -> CmdCopyOutFile {
    CmdCopyOutFile { name: name.into(), optional }
}

fn command() -> CmdType {
    CmdType {
        args: vec!["a".into(), "b".into()],
        env: vec!["K=v".into()],
        files: vec![
            of(file::File::Local(LocalFile { src: "/srv/a".into() })),
            memory(),
            of(file::File::Cached(CachedFile { file_id: "ID".into() })),
            of(file::File::Pipe(PipeCollector { name: "stdout".into(), max: 1 << 40, pipe: true })),
            of(file::File::StreamIn(())),
            of(file::File::StreamOut(())),
            File { file: None },
        ],
        tty: true,
        cpu_time_limit: 4,
        clock_time_limit: 5,
        memory_limit: 6,
        stack_limit: 12,
        proc_limit: 7,
        cpu_rate_limit: 15,
        cpu_set_limit: "0,2-3".into(),
        data_segment_limit: true,
        address_space_limit: true,
        copy_in: [("in".into(), memory())].into(),
        symlinks: [("link".into(), "/dev/stdin".into())].into(),
        copy_out: vec![output("o", false), output("p", true)],
        copy_out_cached: vec![output("q?", true)],
        copy_out_dir: "dir".into(),
        copy_out_max: 14,
        copy_out_truncate: true,
    }
}

#[test]
fn requests_are_written_as_go_judges_client_writes_them() {
    let pipe = PipeMap {
        r#in: Some(PipeIndex { index: 0, fd: 1 }),
        out: Some(PipeIndex { index: 1, fd: -2 }),
        proxy: true,
        name: "talk".into(),
        max: u64::MAX,
        disable_zero_copy: true,
    };
    let request = Request {
        request_id: "id-1".into(),
        cmd: vec![command(), CmdType::default()],
        pipe_mapping: vec![pipe],
    };
    check(
        &request,
        "0a0469642d3112a5010a01610a016212034b3d761a0a0a080a062f7372762f611a0712050a0300ff781a061a040a0249441a1322110a06737464\
         6f75741080808080802018011a022a001a0232001a002004280530063807420d0a02696e120712050a0300ff784a030a016f4a050a0170100152\
         060a02713f10015a03646972600c6801700e780f8001018a0105302c322d339201120a046c696e6b120a2f6465762f737464696e980101a00101\
         12001a280a021001120d080110feffffffffffffffff011801220474616c6b28ffffffffffffffffff013001",
    );
}

#[test]
fn responses_are_written_as_go_judge_writes_them() {
    let error = FileError { name: "h".into(), r#type: ErrorType::Symlink.into(), message: "m".into() };
    let result = response::Result {
        status: StatusType::Signalled.into(),
        exit_status: -9,
        error: "err".into(),
        time: 4,
        run_time: 8,
        proc_peak: 10,
        memory: 5,
        files: [("f".into(), vec![0, 255].into())].into(),
        file_i_ds: [("g".into(), "ID".into())].into(),
        file_error: vec![error],
    };
    check(
        &Response { request_id: "id-1".into(), results: vec![result], error: "e".into() },
        "0a0469642d311236080910f7ffffffffffffffff011a036572722004280532070a0166120200ff3a070a01671202494440084a080a016810091a\
         016d500a1a0165",
    );
}

#[test]
fn messages_of_streams_and_of_files_are_written_as_go_judge_writes_them() {
    let content = || vec![0, 255].into();
    let sent = |request| StreamRequest { request: Some(request) };
    check(&sent(ExecInput(Input { index: 1, fd: 3, content: content() })), "12080801120200ff1803");
    let resize = Resize { index: 1, fd: 6, rows: 2, cols: 3, x: 4, y: 5 };
    check(&sent(ExecResize(resize)), "1a0c080110021803200428053006");
    check(&sent(ExecCancel(())), "2200");
    check(&sent(ExecRequest(Request { request_id: "r".into(), ..Request::default() })), "0a030a0172");
    let told = |response| StreamResponse { response: Some(response) };
    check(&told(ExecOutput(Output { index: 1, fd: 3, content: content() })), "12080801120200ff1803");
    check(&told(ExecResponse(Response { request_id: "r".into(), ..Response::default() })), "0a030a0172");
    check(&FileId { file_id: "ID".into() }, "0a024944");
    check(&FileContent { name: "n".into(), content: content() }, "0a016e120200ff");
    check(&FileListType { file_i_ds: [("ID".into(), "n".into())].into() }, "0a070a02494412016e");
}

#[test]
fn statuses_and_errors_have_go_judges_numbers() {
    let statuses = [
        "Invalid",
        "Accepted",
        "WrongAnswer",
        "PartiallyCorrect",
        "MemoryLimitExceeded",
        "TimeLimitExceeded",
        "OutputLimitExceeded",
        "FileError",
        "NonZeroExitStatus",
        "Signalled",
        "DangerousSyscall",
        "JudgementFailed",
        "InvalidInteraction",
        "InternalError",
    ];
    for (number, name) in (0..).zip(statuses) {
        assert_eq!(StatusType::try_from(number).unwrap().as_str_name(), name);
    }
    let errors = [
        "CopyInOpenFile",
        "CopyInCreateFile",
        "CopyInCopyContent",
        "CopyOutOpen",
        "CopyOutNotRegularFile",
        "CopyOutSizeExceeded",
        "CopyOutCreateFile",
        "CopyOutCopyContent",
        "CollectSizeExceeded",
        "Symlink",
    ];
    for (number, name) in (0..).zip(errors) {
        assert_eq!(ErrorType::try_from(number).unwrap().as_str_name(), name);
    }
}
