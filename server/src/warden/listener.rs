//! The warden's socket: one JSON object a line each way.

use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;
use std::sync::Arc;

use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::WardenError;
use super::keeper::Keeper;
use crate::slots::{Answer, SERVER_UID, Verb};

/// Longest request line: a verb has a name and a number.
const MAX_LINE: u64 = 4096;

/// Most connections at one time: the server has one for each sandbox that is being made or removed, and each is over in
/// seconds. Each costs two descriptors and some KiB.
const MOST: usize = 256;

/// A connection on which nobody says anything, or takes the answer, for so long is closed.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often it is looked whether the socket is still there, and this warden's.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Tells a file from another that takes its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    device: u64,
    inode: u64,
    /// An inode may be used again at once.
    made: (i64, i64),
}

impl Identity {
    fn of(path: &Path) -> std::io::Result<Self> {
        let about = std::fs::symlink_metadata(path)?;
        Ok(Self { device: about.dev(), inode: about.ino(), made: (about.mtime(), about.mtime_nsec()) })
    }
}

/// Completes when something else is at a path, or nothing: nobody finds this socket any more.
pub(super) async fn replaced(path: &Path, own: Identity) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        match Identity::of(path) {
            Ok(found) if found == own => {}
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(%error, path = %path.display(), "the warden's socket cannot be looked at");
            }
            Ok(_) | Err(_) => return,
        }
    }
}

/// Listens for the server: mode 0660, group of the server. With it goes what tells that socket from others.
pub(super) fn bind(path: &Path) -> Result<(UnixListener, Identity), WardenError> {
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
    let own = Identity::of(path).map_err(failed("look at"))?;
    Ok((listener, own))
}

/// Answers until a signal ends the warden.
pub(super) async fn serve(listener: UnixListener, keeper: Keeper) -> Result<(), WardenError> {
    let on = |kind| {
        signal(kind).map_err(|source| WardenError::Workspace {
            doing: "watch",
            path: "signals".into(),
            source,
        })
    };
    let mut terminate = on(SignalKind::terminate())?;
    let mut interrupt = on(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        _ = interrupt.recv() => Ok(()),
        () = accept(listener, Arc::new(keeper)) => Ok(()),
    }
}

/// Who does what a verb says.
trait Performs: Send + Sync + 'static {
    fn perform(&self, verb: Verb) -> impl Future<Output = Answer> + Send;
}

impl Performs for Keeper {
    fn perform(&self, verb: Verb) -> impl Future<Output = Answer> + Send {
        Keeper::perform(self, verb)
    }
}

/// Lets connections in, for ever. Those beyond [`MOST`] end at once: a server that was taken over must not fell the
/// warden by their number.
async fn accept(listener: UnixListener, keeper: Arc<impl Performs>) {
    let places = Arc::new(Semaphore::new(MOST));
    loop {
        match listener.accept().await {
            Ok((stream, _)) => match Arc::clone(&places).try_acquire_owned() {
                Ok(place) => drop(tokio::spawn(converse(stream, Arc::clone(&keeper), place))),
                Err(_full) => tracing::warn!(most = MOST, "a connection is refused: there are too many"),
            },
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// One connection, one verb after the other.
async fn converse(stream: UnixStream, keeper: Arc<impl Performs>, _place: OwnedSemaphorePermit) {
    let (reader, mut writer) = stream.into_split();
    let mut reader = BufReader::new(reader);
    loop {
        let mut line = Vec::new();
        let mut limited = (&mut reader).take(MAX_LINE);
        match tokio::time::timeout(PATIENCE, limited.read_until(b'\n', &mut line)).await {
            Ok(Ok(1..)) => {}
            Ok(Ok(0) | Err(_)) | Err(_) => return,
        }
        let understood = parse(&line);
        let last = understood.is_err();
        let answer = match understood {
            Ok(verb) => keeper.perform(verb).await,
            Err(problem) => Answer::Failed(problem),
        };
        let line = encode(&answer);
        let taken = tokio::time::timeout(PATIENCE, writer.write_all(&line)).await;
        if last || !matches!(taken, Ok(Ok(()))) {
            return;
        }
    }
}

/// A line as a verb; `Err` says what is wrong with it.
pub(super) fn parse(line: &[u8]) -> Result<Verb, String> {
    let Some(line) = line.strip_suffix(b"\n") else {
        return Err(format!("refused: a request is one line of at most {MAX_LINE} bytes"));
    };
    // Of an array serde would take the fields by their order.
    if !line.trim_ascii_start().starts_with(b"{") {
        return Err("refused: a request is an object".to_owned());
    }
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

    #[tokio::test(start_paused = true)]
    async fn a_socket_that_is_gone_or_another_is_noticed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("warden.sock");
        let (_first, own) = bind(&path).unwrap();
        let long = Duration::from_secs(60);
        tokio::time::timeout(long, replaced(&path, own)).await.expect_err("it is its own");
        let (_second, other) = bind(&path).unwrap();
        tokio::time::timeout(long, replaced(&path, own)).await.unwrap();
        std::fs::remove_file(&path).unwrap();
        tokio::time::timeout(long, replaced(&path, other)).await.unwrap();
    }

    #[test]
    fn the_five_verbs_are_understood() {
        let create = parse(b"{\"verb\":\"create\",\"profile\":\"run\",\"slot\":3}\n").unwrap();
        assert_eq!(create, Verb::Create { profile: "run".into(), slot: 3 });
        assert_eq!(parse(b"{\"verb\":\"retire\",\"slot\":3}\n").unwrap(), Verb::Retire { slot: 3 });
        assert_eq!(parse(b"{\"verb\":\"list\"}\n").unwrap(), Verb::List {});
        assert_eq!(parse(b"{\"verb\":\"drain\"}\n").unwrap(), Verb::Drain {});
        assert_eq!(parse(b"{\"verb\":\"images\"}\n").unwrap(), Verb::Images {});
    }

    #[test]
    fn a_field_that_is_not_of_the_verb_is_refused() {
        for line in [
            r#"{"verb":"create","profile":"run","slot":3,"image":"evil"}"#,
            r#"{"verb":"create","profile":"run","slot":3,"HostConfig":{"Privileged":true}}"#,
            r#"{"verb":"retire","slot":3,"force":true}"#,
            r#"{"verb":"list","all":true}"#,
            r#"{"verb":"drain","instance":"other"}"#,
            r#"{"verb":"images","of":"other"}"#,
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
            r#"["list"]"#,
            r#"["retire",3]"#,
            r#"["create","run",3]"#,
            r#" [ "drain" ]"#,
            r#""list""#,
            "",
            "{}{}",
        ] {
            assert!(parse(format!("{line}\n").as_bytes()).is_err(), "{line}");
        }
    }

    /// Says "done" to whatever it is asked.
    struct Willing;

    impl Performs for Willing {
        async fn perform(&self, _: Verb) -> Answer {
            Answer::Done
        }
    }

    /// Where a warden listens.
    fn listening() -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("warden.sock");
        let listener = UnixListener::bind(&path).unwrap();
        tokio::spawn(accept(listener, Arc::new(Willing)));
        (folder, path)
    }

    /// What is answered; nothing where the connection is closed.
    async fn ask(stream: &mut UnixStream) -> String {
        let mut answer = String::new();
        if stream.write_all(b"{\"verb\":\"list\"}\n").await.is_ok() {
            // A connection that was closed over our question is reset.
            let _ = BufReader::new(stream).read_line(&mut answer).await;
        }
        answer
    }

    #[tokio::test]
    async fn connections_are_bounded_and_one_that_ends_makes_room() {
        let (_folder, path) = listening();
        let mut open = Vec::new();
        for _ in 0..MOST {
            let mut stream = UnixStream::connect(&path).await.unwrap();
            assert_eq!(ask(&mut stream).await, "\"done\"\n");
            open.push(stream);
        }
        for _ in 0..MOST {
            let mut beyond = UnixStream::connect(&path).await.unwrap();
            assert_eq!(ask(&mut beyond).await, "");
        }
        drop(open.pop());
        let made_room = async {
            while ask(&mut UnixStream::connect(&path).await.unwrap()).await.is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), made_room).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_on_which_nothing_is_said_is_closed() {
        let (_folder, path) = listening();
        let mut stream = UnixStream::connect(&path).await.unwrap();
        stream.write_all(b"{\"verb\":").await.unwrap();
        let begun = tokio::time::Instant::now();
        assert_eq!(stream.read(&mut [0; 16]).await.unwrap(), 0);
        assert!(begun.elapsed() >= PATIENCE, "{:?}", begun.elapsed());
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
