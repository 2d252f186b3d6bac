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
use crate::cluster::speed::Speed;
use crate::cluster::wire::{Answer, Beat, Begin, Begun, Done, PROTOCOL, Parcel, Report, Stream};
use crate::config::Config;
use crate::content::Content;
use crate::judge::test_support::{LIMITS, blobs, cpp, submission};
use crate::judge::{Compilation, Judge, OwnEnd, ProgramEnd, Room, Side, TimeScale, Told, Whose};
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
            live: LiveOutputs::default(),
            on_disk: config.limits.outputs,
            largest: config.limits.artefact,
            objects: ROOM,
            profiles: Vec::new(),
            scaling: TimeScaling::Off,
            dispatch: Dispatch::Pull,
            languages: Arc::new(languages),
            limits: config.limits,
            lengths: folder.path().join("lengths"),
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
    let room = Room::Own { beside: Bytes(0), left: Bytes(0) };
    CaseJob { index, room, ..CaseJob::bare(language, input, &LIMITS, whose) }
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
        let told = lone.remote.dialogue(&job, &job, reply, &mut lone.remote.aside(&job)).await;
        assert!(matches!(told, Err(Untold::Theirs(_))), "{told:?}");
    }
    let faults = lone.remote.nodes().status().remove(0).faults;
    assert_eq!(faults, ["the node's report has more output than is allowed"]);
}

#[tokio::test(start_paused = true)]
async fn a_test_whose_output_cannot_be_fetched_keeps_its_memory_and_keeps_no_other_from_being_fetched() {
    let lone = Lone::start().await;
    let ((language, _), input) = (cpp(), Content::default());
    let job = |index, memory| {
        let room = Room::Own { beside: memory, left: Bytes(0) };
        CaseJob { room, ..run(&language, &input, (Some(Uuid::from_u128(1)), index)) }
    };
    // There are 3 MiB for all of them.
    let (first, small, large) = (job(0, Bytes::mib(2)), job(1, Bytes(0)), job(2, Bytes::mib(2)));
    let [mut aside, mut of_small, mut of_large] = [&first, &small, &large].map(|job| lone.remote.aside(job));
    let (on, written) = (("node", Terms::PLAIN), || report(Parcel::Here(b"3".to_vec())));
    let mut early = Box::pin(lone.remote.ran(&small, on, written(), &mut of_small));
    assert!(early.as_mut().now_or_never().is_none(), "it has its memory before the first");
    let told = lone.remote.ran(&first, on, report(far(9)), &mut aside).await;
    assert!(matches!(told, Err(Untold::Nobodys)), "{told:?}");
    early.await.unwrap();
    let mut next = Box::pin(lone.remote.ran(&large, on, written(), &mut of_large));
    assert!(next.as_mut().now_or_never().is_none(), "it takes the memory that the first has");
    drop(lone.remote.ran(&first, on, written(), &mut aside).await.unwrap());
    next.await.unwrap();
}

#[tokio::test]
async fn what_has_the_room_of_another_run_has_no_turn() {
    let lone = Lone::start().await;
    let ((language, _), input) = (cpp(), Content::default());
    let submission = Some(Uuid::from_u128(1));
    let _program = lone.remote.aside(&run(&language, &input, (submission, 0)));
    let validator = CaseJob { room: Room::Others, ..run(&language, &input, (submission, 1)) };
    let mut aside = lone.remote.aside(&validator);
    let written = report(Parcel::Here(b"3".to_vec()));
    let ran = lone.remote.ran(&validator, ("node", Terms::PLAIN), written, &mut aside);
    assert!(Box::pin(ran).now_or_never().expect("it waits for the program of an earlier test").is_ok());
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

/// The next task that goes out, as nodes that are given it see it.
async fn sent(shared: &Shared) -> Begin {
    loop {
        if let Some((task, asked)) = shared.sent_next() {
            let (incarnation, process) = (shared.incarnation, Uuid::nil());
            return Begin { incarnation, task, asked, process, unread: false };
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// A node does a task of one part, of which this comes. False where another shall do it.
fn does(shared: &Arc<Shared>, node: &str, begin: &Begin, outcome: Outcome) -> bool {
    let Begun::Go { grant, .. } = shared.answer_to(node, begin) else { return false };
    let Begin { incarnation, task, asked, .. } = *begin;
    let done = vec![Done { part: 0, outcome }];
    let answer = Answer { protocol: PROTOCOL, incarnation, task, grant, asked, done };
    shared.result(node, &serde_json::to_vec(&answer).unwrap());
    true
}

/// A slow node and a fast one, of which each compiles and runs C++.
fn slow_and_fast(shared: &Shared, language: &Language) {
    let languages = BTreeMap::from([(language.id.clone(), packing::definition(language))]);
    for (node, speed) in [("slow", 0.5), ("fast", 1.0)] {
        let (speed, languages) = (Some(Speed::of(speed)), languages.clone());
        let able = Beat { speed, languages, ..beat(2, &["run", "toolchain:gcc"]) };
        shared.nodes.heard(node, able).unwrap();
    }
}

#[tokio::test]
async fn a_compilation_that_ran_out_of_time_on_a_slow_node_is_done_again_on_a_faster_one() {
    let lone = Lone::start().await;
    let (shared, (language, _)) = (&lone.remote.0, cpp());
    slow_and_fast(shared, &language);
    let sources = BTreeMap::from([("main.cpp".to_owned(), Content::from("int main() {}"))]);
    let profile = Profile::of_compilations(&language).unwrap();
    let whose = Whose::nobodys(None, Told::NOBODY);
    let (language, profile, sources) = (&language, &profile, &sources);
    let job = CompileJob { language, profile, sources, entry_point: None, limits: &LIMITS, whose };
    let rejected = || {
        let compilation = Compilation { cpu: LIMITS.cpu.mul_f64(1.1), ..Compilation::default() };
        let reason = Some("compiling takes more than the time allowed".to_owned());
        Outcome::Compiled(Box::new(Made::Rejected { compilation, reason }))
    };
    let cancel = CancellationToken::new();
    let nodes = async {
        assert!(does(shared, "slow", &sent(shared).await, rejected()));
        let again = sent(shared).await;
        assert!(!does(shared, "slow", &again, rejected()), "it is for the faster one");
        assert!(does(shared, "fast", &again, rejected()));
    };
    let (compiled, ()) = tokio::join!(lone.remote.compile(&job, &cancel), nodes);
    let Ok(Compiled::Rejected { compilation, .. }) = compiled else { panic!("{compiled:?}") };
    assert_eq!(compilation.node.as_deref(), Some("fast"), "once, and what comes of it then counts");
    assert_eq!(compilation.time_scale, Some(TimeScale::ONE));
}

#[tokio::test]
async fn a_validator_that_is_late_by_little_on_a_slow_node_talks_with_the_program_on_a_faster_one() {
    let lone = Lone::start().await;
    let (shared, (language, _), input) = (&lone.remote.0, cpp(), Content::default());
    slow_and_fast(shared, &language);
    let job = run(&language, &input, (None, 0));
    let talked = |cpu| {
        let [program, mut validator] = [(); 2].map(|()| Box::new(report(Parcel::Here(Vec::new()))));
        validator.usage.cpu_user = cpu;
        Outcome::Talked { program, validator, first: Side::Program, transcript: None }
    };
    let cancel = CancellationToken::new();
    let nodes = async {
        let late = LIMITS.cpu + Duration::from_millis(50);
        assert!(does(shared, "slow", &sent(shared).await, talked(late)));
        assert!(does(shared, "fast", &sent(shared).await, talked(LIMITS.cpu / 2)));
    };
    let (talked, ()) = tokio::join!(lone.remote.run_pair(&job, &job, &cancel), nodes);
    let machine = talked.unwrap().program.machine.unwrap();
    assert_eq!((&*machine.node, machine.first.as_deref()), ("fast", Some("slow")));
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
        let begin = sent(shared).await;
        for node in ["one", "two", "three"] {
            let answer = shared.answer_to(node, &begin);
            assert!(matches!(answer, Begun::Go { .. }), "{node} is told {answer:?}");
        }
        assert_eq!(shared.answer_to("four", &begin), Begun::Gone);
    };
    let (judged, ()) = tokio::join!(judged, taken_down);
    let told = format!("{:?}", judged.expect("it is judged").record);
    assert!(told.contains("InternalError") && told.contains("one, two, three"), "{told}");
    let state = shared.state();
    assert!(state.line.is_empty() && state.desk.is_empty(), "it is tried again");
}

/// A node that compiles and runs what is in this language.
fn able(language: &Language) -> Beat {
    let languages = BTreeMap::from([(language.id.clone(), packing::definition(language))]);
    Beat { languages, ..beat(1, &["run", "toolchain:gcc"]) }
}

#[tokio::test]
async fn what_does_not_fit_into_a_sandbox_is_no_nodes_fault_and_is_tried_on_no_other() {
    let lone = Lone::start().await;
    let ((language, _), input) = (cpp(), Content::default());
    let shared = &lone.remote.0;
    shared.nodes.heard("node", able(&language)).unwrap();
    let (job, cancel) = (run(&language, &input, (None, 0)), CancellationToken::new());
    let full = Outcome::Failed { way: Way::Broken, why: "too much".into(), no_room: true };
    let (ran, ()) = tokio::join!(lone.remote.run_case(&job, &(), &cancel), async {
        assert!(does(shared, "node", &sent(shared).await, full));
    });
    assert!(matches!(ran, Err(JudgeError::NoRoom)), "{ran:?}");
    let node = shared.nodes.status().remove(0);
    assert_eq!((node.failures, node.faults.len()), (0, 0));
}

#[tokio::test]
async fn what_a_node_lacks_is_sent_again_and_nothing_else() {
    let lone = Lone::start().await;
    let (language, _) = cpp();
    let (shared, text) = (&lone.remote.0, "7".repeat(20 << 10));
    let (own, other, input) =
        (BlobId::of(text.as_bytes()), BlobId::of(b"other"), Content::from(text.as_str()));
    shared.nodes.heard("node", able(&language)).unwrap();
    [own, other].into_iter().for_each(|hash| shared.objects.note_sent(hash));
    let (job, cancel) = (run(&language, &input, (None, 0)), CancellationToken::new());
    let lacking = Outcome::failed(Way::Lacking, "the content is not at the broker".into());
    let forgotten = async {
        assert!(does(shared, "node", &sent(shared).await, lacking));
        while shared.objects.has_sent(own) {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        ran = lone.remote.run_case(&job, &(), &cancel) => panic!("{ran:?}"),
        () = forgotten => {}
    }
    assert!(shared.objects.has_sent(other));
}

#[tokio::test]
async fn a_server_has_no_more_on_its_way_than_its_share_of_the_brokers_room() {
    let lone = Lone::start().await;
    let ((language, _), input, cancel) = (cpp(), Content::default(), CancellationToken::new());
    let of = |user, number| {
        let whose =
            Whose { submission: Some(Uuid::from_u128(number)), ..Whose::nobodys(Some(user), Told::NOBODY) };
        CaseJob { whose, ..run(&language, &input, (None, 0)) }
    };
    let (first, second) = (of("a", 1), of("b", 2));
    let half = ROOM.get() / 2;
    let ahead = |job| Box::pin(lone.remote.ahead(half, job, &cancel)).now_or_never();
    let sent = ahead(&first).expect("there is room").unwrap();
    assert!(ahead(&second).is_some());
    lone.remote.0.peers.heard("another", 1, Instant::now());
    assert!(ahead(&second).is_none(), "the other half is that server's");
    drop(sent);
    assert!(ahead(&second).is_some());
}
