//! A coordinator whose broker is not there: what would go over that is told it by hand.

use std::path::Path;

use futures_util::FutureExt as _;
use gavel_protocol::Usage;
use tempfile::TempDir;
use tokio_util::sync::DropGuard;

use super::*;
use crate::cluster::nodes::tests::beat;
use crate::cluster::remote::taking::Untold;
use crate::cluster::wire::{Parcel, Report, Stream};
use crate::config::Config;
use crate::content::Content;
use crate::judge::test_support::{LIMITS, blobs, cpp};
use crate::judge::{OwnEnd, ProgramEnd, Side, Told, Whose};

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

/// A run of a C++ program on this input, of a submission where it is one's.
fn run<'a>(
    language: &'a Language,
    input: &'a Content,
    (submission, index): (Option<Uuid>, u32),
) -> CaseJob<'a> {
    let whose = Whose { submission, ..Whose::nobodys(None, Told::NOBODY) };
    CaseJob { index, ..CaseJob::bare(language, input, &LIMITS, whose) }
}

/// What a node says of a run that has written this.
fn report(head: Parcel) -> Report {
    let stream = |head: Parcel| Stream { total: head.size(), head, whole: None };
    Report {
        end: ProgramEnd::ByItself(OwnEnd::Exited { code: 0 }),
        usage: Usage::default(),
        stdout: stream(head),
        no_output: None,
        stderr: stream(Parcel::Here(Vec::new())),
        collected: Vec::new(),
        files: Vec::new(),
        leavings: Vec::new(),
    }
}

fn far(size: u64) -> Parcel {
    Parcel::Object { hash: BlobId::of(b"far"), size }
}

#[tokio::test]
async fn a_lie_of_either_of_two_that_talk_is_refused_before_it_is_weighed() {
    let lone = Lone::start().await;
    lone.remote.nodes().heard("liar", beat(2, &["run"])).unwrap();
    let ((language, _), input) = (cpp(), Content::default());
    let job = run(&language, &input, (None, 0));
    let honest = || Box::new(report(Parcel::Here(Vec::new())));
    let lie = || Box::new(Report { stderr: report(far(u64::MAX)).stdout, ..report(far(u64::MAX)) });
    for (program, validator) in [(honest(), lie()), (lie(), honest())] {
        let outcome = Outcome::Talked { program, validator, first: Side::Program, transcript: None };
        let reply = Reply { node: "liar".to_owned(), outcome, terms: Terms::PLAIN };
        let told = lone.remote.dialogue(&job, &job, reply, None).await;
        assert!(matches!(told, Err(Untold::Theirs(_))), "{told:?}");
    }
    let faults = lone.remote.nodes().status().remove(0).faults;
    assert_eq!(faults, ["the node's report has more output than is allowed"]);
}

#[tokio::test(start_paused = true)]
async fn a_test_whose_output_cannot_be_fetched_keeps_its_turn() {
    let lone = Lone::start().await;
    let ((language, _), input) = (cpp(), Content::default());
    let submission = Some(Uuid::from_u128(1));
    let (first, second) = (run(&language, &input, (submission, 0)), run(&language, &input, (submission, 1)));
    let orders = &lone.remote.0.orders;
    let turn = orders.enter(submission, first.index);
    let turn_of_second = orders.enter(submission, second.index);
    let on = ("node", Terms::PLAIN);
    let written = || report(Parcel::Here(b"3".to_vec()));
    let told = lone.remote.ran(&first, on, report(far(9)), turn.as_ref()).await;
    assert!(matches!(told, Err(Untold::Nobodys)), "{told:?}");
    let mut next = Box::pin(lone.remote.ran(&second, on, written(), turn_of_second.as_ref()));
    assert!(next.as_mut().now_or_never().is_none(), "it takes the memory that the first is to have");
    lone.remote.ran(&first, on, written(), turn.as_ref()).await.unwrap();
    drop(turn);
    next.await.unwrap();
}

#[tokio::test]
async fn a_test_with_more_files_than_a_message_has_room_for_is_told_with_both_figures() {
    let lone = Lone::start().await;
    let ((language, _), input) = (cpp(), Content::default());
    let files = (0..40_000).map(|number| (format!("data/{number:06}.txt"), Content::from("")));
    let beside: BTreeMap<String, Content> = files.collect();
    let job = CaseJob { beside: &beside, ..run(&language, &input, (None, 0)) };
    let cancel = CancellationToken::new();
    let asking = lone.remote.run_case(&job, &(), &cancel);
    let ran = tokio::time::timeout(Duration::from_secs(20), asking).await.expect("it is sent for ever");
    let Err(JudgeError::GivenUp(why)) = ran else { panic!("{ran:?}") };
    assert!(why.contains("900 KiB") && why.contains("too many files"), "{why}");
}

#[tokio::test]
async fn a_test_that_is_made_of_more_than_the_broker_keeps_is_told_with_both_figures() {
    let lone = Lone::start().await;
    let (language, _) = cpp();
    let input = Content::from("7".repeat(200 << 10).as_str());
    let job = run(&language, &input, (None, 0));
    let ran = lone.remote.run_case(&job, &(), &CancellationToken::new()).await;
    let Err(JudgeError::GivenUp(why)) = ran else { panic!("it is sent: {ran:?}") };
    assert!(why.contains("200 KiB") && why.contains("128 KiB"), "{why}");
}
