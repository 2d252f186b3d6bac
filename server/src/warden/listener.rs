//! The warden's socket: one JSON object a line each way.

use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::signal::unix::{SignalKind, signal};

use super::WardenError;
use super::keeper::Keeper;
use crate::slots::{Answer, SERVER_UID, Verb};

/// Longest request line: a verb has a name and a number.
const MAX_LINE: u64 = 4096;

/// Listens for the server: mode 0660, group of the server.
pub(super) fn bind(path: &Path) -> Result<UnixListener, WardenError> {
    let failed = |doing| move |source| WardenError::Workspace { doing, path: path.to_owned(), source };
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed("replace")(error)),
        _ => {}
    }
    let listener = UnixListener::bind(path).map_err(failed("listen on"))?;
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o660)).map_err(failed("set the mode of"))?;
    if rustix::process::geteuid().is_root() {
        chown(path, None, Some(SERVER_UID)).map_err(failed("give away"))?;
    }
    Ok(listener)
}

/// Answers until a signal ends the warden.
pub(super) async fn serve(listener: UnixListener, keeper: Keeper) -> Result<(), WardenError> {
    let keeper = Arc::new(keeper);
    let on = |kind| {
        signal(kind).map_err(|source| WardenError::Workspace {
            doing: "watch",
            path: "signals".into(),
            source,
        })
    };
    let mut terminate = on(SignalKind::terminate())?;
    let mut interrupt = on(SignalKind::interrupt())?;
    loop {
        tokio::select! {
            _ = terminate.recv() => return Ok(()),
            _ = interrupt.recv() => return Ok(()),
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(tokio::spawn(converse(stream, Arc::clone(&keeper)))),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                }
            },
        }
    }
}

/// One connection, one verb after the other.
async fn converse(stream: UnixStream, keeper: Arc<Keeper>) {
    let (reader, mut writer) = stream.into_split();
    let mut reader = BufReader::new(reader);
    loop {
        let mut line = Vec::new();
        match (&mut reader).take(MAX_LINE).read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let understood = parse(&line);
        let last = understood.is_err();
        let answer = match understood {
            Ok(verb) => keeper.perform(verb).await,
            Err(problem) => Answer::Failed(problem),
        };
        if writer.write_all(&encode(&answer)).await.is_err() || last {
            return;
        }
    }
}

/// A line as a verb; `Err` says what is wrong with it.
fn parse(line: &[u8]) -> Result<Verb, String> {
    let Some(line) = line.strip_suffix(b"\n") else {
        return Err(format!("refused: a request is one line of at most {MAX_LINE} bytes"));
    };
    serde_json::from_slice(line).map_err(|error| format!("refused: {error}"))
}

fn encode(answer: &Answer) -> Vec<u8> {
    let mut line = serde_json::to_vec(answer).unwrap_or_else(|_| br#"{"failed":"no answer"}"#.to_vec());
    line.push(b'\n');
    line
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_four_verbs_are_understood() {
        let create = parse(b"{\"verb\":\"create\",\"profile\":\"run\",\"slot\":3}\n").unwrap();
        assert_eq!(create, Verb::Create { profile: "run".into(), slot: 3 });
        assert_eq!(parse(b"{\"verb\":\"retire\",\"slot\":3}\n").unwrap(), Verb::Retire { slot: 3 });
        assert_eq!(parse(b"{\"verb\":\"list\"}\n").unwrap(), Verb::List {});
        assert_eq!(parse(b"{\"verb\":\"drain\"}\n").unwrap(), Verb::Drain {});
    }

    #[test]
    fn a_field_that_is_not_of_the_verb_is_refused() {
        for line in [
            r#"{"verb":"create","profile":"run","slot":3,"image":"evil"}"#,
            r#"{"verb":"create","profile":"run","slot":3,"HostConfig":{"Privileged":true}}"#,
            r#"{"verb":"retire","slot":3,"force":true}"#,
            r#"{"verb":"list","all":true}"#,
            r#"{"verb":"drain","instance":"other"}"#,
        ] {
            let refused = parse(format!("{line}\n").as_bytes());
            assert!(
                refused.as_ref().is_err_and(|problem| problem.contains("unknown field")),
                "{line}: {refused:?}"
            );
        }
    }

    #[test]
    fn what_is_no_verb_is_refused() {
        for line in [
            r#"{"verb":"exec","slot":3}"#,
            r#"{"verb":"inspect","slot":3}"#,
            r#"{"slot":3}"#,
            r#"{"verb":"retire","slot":-1}"#,
            "[]",
            "",
            "{}{}",
        ] {
            assert!(parse(format!("{line}\n").as_bytes()).is_err(), "{line}");
        }
    }

    #[test]
    fn a_line_without_an_end_is_refused() {
        assert!(parse(br#"{"verb":"list"}"#).is_err());
    }

    proptest! {
        #[test]
        fn no_line_makes_the_parser_panic(mut line in proptest::collection::vec(any::<u8>(), 0..512)) {
            line.push(b'\n');
            let _ = parse(&line);
        }
    }
}
