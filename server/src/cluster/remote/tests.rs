//! A coordinator whose broker is not there: what would go over that is told it by hand.

use std::collections::HashMap;
use std::path::Path;

use futures_util::FutureExt as _;
use gavel_protocol::Usage;
use tempfile::TempDir;
use tokio_util::sync::DropGuard;

use super::*;
use crate::cluster::nodes::tests::beat;
use crate::cluster::remote::taking::Untold;
use crate::cluster::wire::{Beat, Begin, Begun, Parcel, Report, Stream};
use crate::config::Config;
use crate::content::Content;
use crate::judge::test_support::{LIMITS, blobs, cpp, submission};
use crate::judge::{Judge, OwnEnd, ProgramEnd, Side, Told, Whose};
use crate::problems::Problems;
use crate::queue::Queue;
use crate::store::Store;
use crate::throttle::Throttle;
use crate::tokens::{Sees, Tokens};

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

/// A queue whose submissions the nodes of this coordinator judge, in this folder.
async fn queue(remote: &Remote, folder: &Path) -> Queue {
    let store = Store::open(&folder.join("gavel.sqlite"), &folder.join("blobs")).await.unwrap();
    let Config { queue, throttle, limits, .. } = Config::default();
    let (languages, blobs) = (Arc::clone(&remote.0.languages), store.blobs().clone());
    let judge = Judge::new(remote.clone(), languages, blobs, Arc::new(Problems::new(store.clone())), limits);
    let throttle = Arc::new(Throttle::new(throttle, HashMap::new()));
    Queue::start(queue, store, throttle, Tokens::default(), Arc::new(judge), 1).await.unwrap()
}

#[tokio::test]
async fn a_submission_that_takes_three_nodes_down_is_an_internal_error_with_their_names_and_not_tried_again()
{
    let (lone, folder) = (Lone::start().await, tempfile::tempdir().unwrap());
    let shared = &lone.remote.0;
    for node in ["one", "two", "three", "four"] {
        let able = Beat { languages: lone.remote.definitions(), ..beat(1, &["run", "toolchain:gcc"]) };
        shared.nodes.heard(node, able).unwrap();
    }
    let queue = queue(&lone.remote, folder.path()).await;
    let id = queue.submit(Arc::new(submission("int main")), None).await.unwrap();
    let judged = async { queue.wait(&Sees::Everything, id, Duration::from_secs(60)).await };
    let taken_down = async {
        let (task, asked) = loop {
            match shared.sent_next() {
                Some(sent) => break sent,
                None => tokio::time::sleep(Duration::from_millis(1)).await,
            }
        };
        let begins = |node: &str| {
            let (incarnation, process) = (shared.incarnation, Uuid::nil());
            shared.answer_to(node, &Begin { incarnation, task, asked, process, unread: false })
        };
        for node in ["one", "two", "three"] {
            assert!(matches!(begins(node), Begun::Go { .. }), "{node}");
        }
        assert_eq!(begins("four"), Begun::Gone);
    };
    let (judged, ()) = tokio::join!(judged, taken_down);
    let told = format!("{:?}", judged.expect("it is judged").record);
    assert!(told.contains("InternalError") && told.contains("one, two, three"), "{told}");
    let state = shared.state();
    assert!(state.line.is_empty() && state.desk.is_empty(), "it is tried again");
}
