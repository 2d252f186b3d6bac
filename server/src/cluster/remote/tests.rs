//! A coordinator whose broker is not there: what would go over that is told it by hand.

use std::path::Path;

use tempfile::TempDir;
use tokio_util::sync::DropGuard;

use super::*;
use crate::config::Config;
use crate::content::Content;
use crate::judge::test_support::{LIMITS, blobs, cpp};
use crate::judge::{Told, Whose};

/// What it takes the broker to keep of contents.
const ROOM: Bytes = Bytes::kib(128);

/// The coordinator.
pub(super) struct Lone {
    pub(super) remote: Remote,
    _stop: DropGuard,
    _folder: TempDir,
}

impl Lone {
    pub(super) async fn start() -> Self {
        let config = Config::default();
        let broker = Broker::connect(&config.cluster, "nats://127.0.0.1:1", "server").await.unwrap();
        let languages = Languages::load(Path::new("../images/languages.toml"), "latest").unwrap();
        let (blobs, folder) = blobs();
        let stop = CancellationToken::new();
        let parts = RemoteParts {
            broker,
            name: "server".into(),
            artefacts: Arc::new(Artefacts::new(folder.path().to_owned(), Bytes::mib(1))),
            blobs,
            account: Account::new(Bytes::mib(16)),
            on_disk: config.limits.outputs,
            largest: config.limits.artefact,
            objects: ROOM,
            profiles: Vec::new(),
            scaling: TimeScaling::Off,
            dispatch: Dispatch::Pull,
            languages: Arc::new(languages),
            limits: config.limits,
        };
        let remote = Remote::start(parts, &stop);
        Self { remote, _stop: stop.drop_guard(), _folder: folder }
    }
}

#[tokio::test]
async fn a_test_that_is_made_of_more_than_the_broker_keeps_is_told_with_both_figures() {
    let lone = Lone::start().await;
    let (language, _) = cpp();
    let input = Content::from("7".repeat(200 << 10).as_str());
    let job = CaseJob::bare(&language, &input, &LIMITS, Whose::nobodys(None, Told::NOBODY));
    let ran = lone.remote.run_case(&job, &(), &CancellationToken::new()).await;
    let Err(JudgeError::GivenUp(why)) = ran else { panic!("it is sent: {ran:?}") };
    assert!(why.contains("200 KiB") && why.contains("128 KiB"), "{why}");
}
