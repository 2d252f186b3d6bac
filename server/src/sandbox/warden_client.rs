//! Asks the warden. A connection for each request, so that a warden which restarts is found again.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

use crate::slots::{Answer, ImageState, Profile, Verb};

/// Longer than the warden's own deadlines together, so that its answer comes first.
const CREATE: Duration = Duration::from_secs(180);
const REMOVE: Duration = Duration::from_secs(120);
const LOOK: Duration = Duration::from_secs(20);

/// Longest answer: a list of a few hundred containers.
const MAX_ANSWER: u64 = 1024 * 1024;

/// Why the warden did not do it.
#[derive(Debug, thiserror::Error)]
pub(super) enum WardenCallError {
    /// It cannot be reached.
    #[error("the warden cannot be reached at {path}: {source}")]
    Unreachable {
        /// Its socket.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It did not answer in time.
    #[error("the warden did not answer within {0:?}")]
    Slow(Duration),
    /// It refused or failed.
    #[error("{0}")]
    Failed(String),
    /// The profile's image is not there.
    #[error("{}", no_image(.0))]
    NoImage(String),
    /// It answered something else than was asked for.
    #[error("the warden's answer makes no sense")]
    Nonsense,
}

/// What is told where a profile's image is missing.
pub(super) fn no_image(image: &str) -> String {
    format!(
        "there is no image {image}: `make images` builds ours, `make toolchain` with a name those of further languages, \
         `docker pull` fetches others"
    )
}

/// The server's end of the verbs.
#[derive(Debug, Clone)]
pub(super) struct WardenClient {
    socket: PathBuf,
}

impl WardenClient {
    pub(super) fn new(socket: &Path) -> Self {
        Self { socket: socket.to_owned() }
    }

    /// Makes and starts a slot's container; the id of its image.
    pub(super) async fn create(&self, profile: &Profile, slot: u32) -> Result<String, WardenCallError> {
        match self.ask(&Verb::Create { profile: profile.to_string(), slot }, CREATE).await? {
            Answer::Created { image, .. } => Ok(image),
            Answer::NoImage(image) => Err(WardenCallError::NoImage(image)),
            _ => Err(WardenCallError::Nonsense),
        }
    }

    /// Removes a slot's container.
    pub(super) async fn retire(&self, slot: u32) -> Result<(), WardenCallError> {
        match self.ask(&Verb::Retire { slot }, REMOVE).await? {
            Answer::Done => Ok(()),
            _ => Err(WardenCallError::Nonsense),
        }
    }

    /// Removes all containers of this instance.
    pub(super) async fn drain(&self) -> Result<(), WardenCallError> {
        match self.ask(&Verb::Drain {}, REMOVE).await? {
            Answer::Done => Ok(()),
            _ => Err(WardenCallError::Nonsense),
        }
    }

    /// What each profile's image is now.
    pub(super) async fn images(&self) -> Result<Vec<ImageState>, WardenCallError> {
        match self.ask(&Verb::Images {}, LOOK).await? {
            Answer::Images(images) => Ok(images),
            _ => Err(WardenCallError::Nonsense),
        }
    }

    async fn ask(&self, verb: &Verb, limit: Duration) -> Result<Answer, WardenCallError> {
        let talk = async {
            let mut stream = UnixStream::connect(&self.socket).await?;
            let mut line = serde_json::to_vec(verb)?;
            line.push(b'\n');
            stream.write_all(&line).await?;
            let mut answer = Vec::new();
            BufReader::new(stream).take(MAX_ANSWER).read_until(b'\n', &mut answer).await?;
            std::io::Result::Ok(answer)
        };
        let answer = match tokio::time::timeout(limit, talk).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(source)) => {
                return Err(WardenCallError::Unreachable { path: self.socket.clone(), source });
            }
            Err(_) => return Err(WardenCallError::Slow(limit)),
        };
        match serde_json::from_slice(&answer) {
            Ok(Answer::Failed(why)) => Err(WardenCallError::Failed(why)),
            Ok(answer) => Ok(answer),
            Err(_) => Err(WardenCallError::Nonsense),
        }
    }
}
