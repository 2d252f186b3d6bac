//! From results to the message that tells them.

use gavel_rpc::response::file_error::ErrorType;
use gavel_rpc::response::result::StatusType;
use gavel_rpc::response::{FileError as FileErrorMessage, Result as ResultMessage};

use super::kept::Kept;
use crate::gojudge::answer::{CommandResult, FileError, FileErrorKind, Status};

/// The answer to the request of this id. Contents are copied when it is written: what finds no room for that is not
/// answered with.
pub(super) fn converted(
    request_id: String,
    mut results: Vec<CommandResult>,
    kept: &Kept,
) -> gavel_rpc::Response {
    for result in &mut results {
        let contents = result.files.values().map(|content| content.len() as u64).sum();
        if let Err(full) = kept.take(contents) {
            result.files.clear();
            result.held.clear();
            result.fail(full.to_string());
        }
        kept.keep(result.held.drain(..));
    }
    let results = results.into_iter().map(result).collect();
    gavel_rpc::Response { request_id, results, error: String::new() }
}

fn result(result: CommandResult) -> ResultMessage {
    let CommandResult {
        status,
        exit_status,
        error,
        time,
        memory,
        run_time,
        proc_peak,
        files,
        file_ids,
        file_error,
        held: _,
    } = result;
    ResultMessage {
        status: status_type(status).into(),
        exit_status,
        error,
        time,
        run_time,
        proc_peak: proc_peak.into(),
        memory,
        files: files.into_iter().map(|(name, content)| (name, content.into())).collect(),
        file_i_ds: file_ids.tell(),
        file_error: file_error.into_iter().map(self::file_error).collect(),
    }
}

fn status_type(status: Status) -> StatusType {
    match status {
        Status::Accepted => StatusType::Accepted,
        Status::MemoryLimitExceeded => StatusType::MemoryLimitExceeded,
        Status::TimeLimitExceeded => StatusType::TimeLimitExceeded,
        Status::OutputLimitExceeded => StatusType::OutputLimitExceeded,
        Status::FileError => StatusType::FileError,
        Status::NonzeroExit => StatusType::NonZeroExitStatus,
        Status::Signalled => StatusType::Signalled,
        Status::DangerousSyscall => StatusType::DangerousSyscall,
        Status::InternalError => StatusType::InternalError,
    }
}

fn file_error(error: FileError) -> FileErrorMessage {
    let FileError { name, kind, message } = error;
    FileErrorMessage { name, r#type: error_type(kind).into(), message }
}

fn error_type(kind: FileErrorKind) -> ErrorType {
    match kind {
        FileErrorKind::CopyInOpenFile => ErrorType::CopyInOpenFile,
        FileErrorKind::CopyInCreateFile => ErrorType::CopyInCreateFile,
        FileErrorKind::CopyInCopyContent => ErrorType::CopyInCopyContent,
        FileErrorKind::CopyOutOpen => ErrorType::CopyOutOpen,
        FileErrorKind::CopyOutNotRegularFile => ErrorType::CopyOutNotRegularFile,
        FileErrorKind::CopyOutSizeExceeded => ErrorType::CopyOutSizeExceeded,
        FileErrorKind::CopyOutCreateFile => ErrorType::CopyOutCreateFile,
        FileErrorKind::CopyOutCopyContent => ErrorType::CopyOutCopyContent,
        FileErrorKind::CollectSizeExceeded => ErrorType::CollectSizeExceeded,
        FileErrorKind::Symlink => ErrorType::Symlink,
    }
}

#[cfg(test)]
mod tests {
    use super::super::incoming::Link;
    use super::*;
    use crate::account::Account;

    #[test]
    fn everything_of_a_result_is_told() {
        let error =
            FileError { name: "h".into(), kind: FileErrorKind::CollectSizeExceeded, message: "m".into() };
        let result = CommandResult {
            status: Status::NonzeroExit,
            exit_status: -3,
            error: "e".into(),
            time: 1,
            memory: 2,
            run_time: 3,
            proc_peak: 4,
            files: [("f".into(), vec![0, 255])].into(),
            file_ids: [("g".to_owned(), "ID".to_owned())].into(),
            file_error: vec![error],
            held: Vec::new(),
        };
        let kept = Kept::new(&Account::new(gavel_protocol::Bytes::mib(1)), Link::default());
        let response = converted("id".into(), vec![result], &kept);
        let expected = ResultMessage {
            status: StatusType::NonZeroExitStatus.into(),
            exit_status: -3,
            error: "e".into(),
            time: 1,
            memory: 2,
            run_time: 3,
            proc_peak: 4,
            files: [("f".into(), vec![0, 255].into())].into(),
            file_i_ds: [("g".into(), "ID".into())].into(),
            file_error: vec![FileErrorMessage {
                name: "h".into(),
                r#type: ErrorType::CollectSizeExceeded.into(),
                message: "m".into(),
            }],
        };
        assert_eq!((response.request_id.as_str(), response.error.as_str()), ("id", ""));
        assert_eq!(response.results, [expected]);
    }

    #[test]
    fn each_status_and_error_is_the_one_of_its_name() {
        let spaceless = |text: &str| text.replace(' ', "").to_lowercase();
        for status in [
            Status::Accepted,
            Status::MemoryLimitExceeded,
            Status::TimeLimitExceeded,
            Status::OutputLimitExceeded,
            Status::FileError,
            Status::NonzeroExit,
            Status::Signalled,
            Status::DangerousSyscall,
            Status::InternalError,
        ] {
            assert_eq!(spaceless(status_type(status).as_str_name()), spaceless(status.text()));
        }
        for kind in [
            FileErrorKind::CopyInOpenFile,
            FileErrorKind::CopyInCreateFile,
            FileErrorKind::CopyInCopyContent,
            FileErrorKind::CopyOutOpen,
            FileErrorKind::CopyOutNotRegularFile,
            FileErrorKind::CopyOutSizeExceeded,
            FileErrorKind::CopyOutCreateFile,
            FileErrorKind::CopyOutCopyContent,
            FileErrorKind::CollectSizeExceeded,
            FileErrorKind::Symlink,
        ] {
            assert_eq!(error_type(kind).as_str_name(), format!("{kind:?}"));
        }
    }
}
