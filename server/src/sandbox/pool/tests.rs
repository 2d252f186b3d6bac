//! The pool's policy, and what it does about monitors that do not behave.

use std::time::{Duration, Instant};

use gavel_protocol::{Bytes, CgroupTier, Ending, Limits};
use tokio_util::sync::CancellationToken;

use super::fake::{Manner, Stage};
use crate::readiness::not_up;
use crate::sandbox::capture::Capture;
use crate::sandbox::order;
use crate::sandbox::{
    CollectFile, Input, Lease, LeasedSandbox, Output, Profile, Program, PutContent, PutFile, Ran,
    RetireReason, RunEnding, SandboxError, Sandboxes, Wire,
};
use crate::submission::Isolation;

const PATIENCE: Duration = Duration::from_secs(10);

fn program(wall: Duration) -> Program {
    Program {
        argv: vec![b"say".to_vec(), b"it".to_vec()],
        env: Vec::new(),
        executable: None,
        search_box: false,
        files: Vec::new(),
        stdin: Input::Empty,
        stdout: Output::Capture { head: 100, tail: 0, kill: true },
        stderr: Output::Discard,
        others: Vec::new(),
        terminal: None,
        limits: Limits {
            cpu_time: wall,
            wall_time: wall,
            memory: Bytes::mib(64),
            stack: Bytes::mib(64),
            file_size: Bytes::mib(1),
            open_files: 64,
            processes: 8,
            core: Bytes(1),
            address_space: None,
            data: None,
            cpu_rate: None,
            cpus: None,
        },
        collect: Vec::new(),
        leavings: false,
    }
}

async fn lease(stage: &Stage, isolation: Isolation, user: Option<&str>) -> LeasedSandbox {
    stage.pool.lease(&Profile::Run, isolation, user, PATIENCE).await.unwrap()
}

async fn run(lease: &mut LeasedSandbox) -> Result<Ran, SandboxError> {
    lease.run(program(Duration::from_secs(5)), &CancellationToken::new()).await
}

fn retired(stage: &Stage, reason: RetireReason) -> u64 {
    stage.pool.status().profiles[0].retired.get(&reason).copied().unwrap_or(0)
}

/// Uses a sandbox once, for a user.
async fn use_once(stage: &Stage, isolation: Isolation, user: Option<&str>) {
    let mut leased = lease(stage, isolation, user).await;
    run(&mut leased).await.unwrap();
}

#[tokio::test]
async fn a_sandbox_serves_again_and_again() {
    let stage = Stage::new(1, |_| {});
    for _ in 0..50 {
        let mut leased = lease(&stage, Isolation::Pooled, None).await;
        for _ in 0..2 {
            let ran = run(&mut leased).await.unwrap();
            assert_eq!(ran.ending, RunEnding::Ended(Ending::Exited { code: 0 }));
            assert_eq!(ran.stdout.head, b"say it");
        }
    }
    assert_eq!(stage.created(), 1);
}

#[tokio::test]
async fn after_its_number_of_runs_a_sandbox_is_replaced() {
    let stage = Stage::new(1, |config| config.sandbox.max_runs = 3);
    for _ in 0..7 {
        use_once(&stage, Isolation::Pooled, None).await;
    }
    stage.until("two are retired", |_| retired(&stage, RetireReason::MaxRuns) >= 2).await;
}

#[tokio::test]
async fn an_idle_sandbox_is_replaced_at_its_age() {
    let stage = Stage::new(2, |config| config.sandbox.max_age = Duration::from_secs(1));
    stage.until("both are warm", |shelf| shelf.idle == 2).await;
    stage.until("both were replaced", |_| retired(&stage, RetireReason::MaxAge) >= 2).await;
}

#[tokio::test]
async fn recycling_replaces_every_sandbox_and_interrupts_nothing() {
    let stage = Stage::new(2, |_| {});
    stage.until("both are warm", |shelf| shelf.idle == 2).await;
    let mut leased = lease(&stage, Isolation::Pooled, None).await;
    assert_eq!(stage.pool.recycle(None), 2);
    run(&mut leased).await.unwrap();
    stage.until("the idle one is new", |_| retired(&stage, RetireReason::Recycled) == 1).await;
    drop(leased);
    stage.until("the other is new", |shelf| shelf.idle == 2 && shelf.created == 4).await;
    assert_eq!(retired(&stage, RetireReason::Recycled), 2);
}

#[tokio::test]
async fn there_is_always_a_sandbox_for_who_comes_while_all_are_recycled() {
    let stage = Stage::new(1, |_| {});
    stage.until("it is warm", |shelf| shelf.idle == 1).await;
    for _ in 0..3 {
        let created = stage.created();
        let none_is_made = stage.hold().await;
        stage.pool.recycle(None);
        for _ in 0..3 {
            let used = use_once(&stage, Isolation::Pooled, None);
            tokio::time::timeout(Duration::from_secs(10), used).await.expect("there is none");
        }
        drop(none_is_made);
        while stage.created() == created || stage.pool.status().profiles[0].leased > 0 {
            use_once(&stage, Isolation::Pooled, None).await;
        }
    }
    stage.until("the old ones have gone", |_| retired(&stage, RetireReason::Recycled) == 3).await;
}

#[tokio::test]
async fn the_container_of_a_sandbox_that_has_no_successor_in_its_place_is_removed() {
    let stage = Stage::new(1, |_| {});
    stage.until("it is warm", |shelf| shelf.idle == 1).await;
    stage.pool.recycle(None);
    stage.until("it has gone", |_| stage.removed() == [0]).await;
}

#[tokio::test]
async fn a_container_that_could_not_be_removed_is_tried_again() {
    let stage = Stage::new(1, |_| {});
    stage.until("it is warm", |shelf| shelf.idle == 1).await;
    stage.keep_containers(true);
    stage.pool.recycle(None);
    stage.until("its removal is refused", |_| stage.refused() > 0).await;
    stage.keep_containers(false);
    stage.until("it has gone", |_| stage.removed() == [0]).await;
}

#[tokio::test]
async fn places_that_cannot_be_cleared_keep_no_others_from_being_made() {
    let stage = Stage::new(6, |_| {});
    stage.keep_containers(true);
    stage.break_warden(Some("the name is taken"));
    stage.until("what is in the way stays", |_| stage.refused() >= 4).await;
    stage.break_warden(None);
    stage.until("there is a sandbox", |shelf| shelf.idle > 0).await;
}

/// A container that was to be replaced, or one whose monitor never called.
#[tokio::test]
async fn whatever_is_in_a_place_after_a_start_that_failed_is_removed() {
    let stage = Stage::new(1, |_| {});
    stage.until("it is warm", |shelf| shelf.idle == 1).await;
    stage.break_warden(Some("no image"));
    stage.pool.recycle(None);
    stage.until("the place is cleared", |_| stage.removed().contains(&1)).await;
    assert!(!stage.removed().contains(&0), "the old one serves until there is another");
}

#[tokio::test]
async fn who_waits_first_is_served_first() {
    let stage = Stage::new(1, |_| {});
    let first = lease(&stage, Isolation::Pooled, None).await;
    let order = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let mut waiting = Vec::new();
    for number in 0..5 {
        let (pool, order) = (stage.pool.clone(), std::sync::Arc::clone(&order));
        waiting.push(tokio::spawn(async move {
            let leased = pool.lease(&Profile::Run, Isolation::Pooled, None, PATIENCE).await.unwrap();
            order.lock().unwrap().push(number);
            drop(leased);
        }));
        stage.until("it waits", |shelf| shelf.waiting > number).await;
    }
    drop(first);
    for one in waiting {
        one.await.unwrap();
    }
    assert_eq!(*order.lock().unwrap(), [0, 1, 2, 3, 4]);
}

#[tokio::test]
async fn patience_ends() {
    let stage = Stage::new(1, |_| {});
    let _leased = lease(&stage, Isolation::Pooled, None).await;
    let started = Instant::now();
    let patience = Duration::from_millis(100);
    let refused = stage.pool.lease(&Profile::Run, Isolation::Pooled, None, patience).await.unwrap_err();
    assert!(matches!(refused, SandboxError::Busy { waited } if waited == patience), "{refused:?}");
    assert!(started.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn per_user_isolation_never_follows_another_user() {
    let stage = Stage::new(1, |_| {});
    use_once(&stage, Isolation::PerUser, Some("alice")).await;
    use_once(&stage, Isolation::PerUser, Some("alice")).await;
    assert_eq!(stage.created(), 1, "the same user needs no other sandbox");
    use_once(&stage, Isolation::PerUser, Some("bob")).await;
    assert_eq!(stage.created(), 2);
    use_once(&stage, Isolation::PerUser, None).await;
    use_once(&stage, Isolation::PerUser, None).await;
    assert_eq!(stage.created(), 4, "somebody without a name may be anybody");
}

#[tokio::test]
async fn fresh_isolation_takes_only_unused_sandboxes() {
    let stage = Stage::new(2, |_| {});
    stage.until("both are warm", |shelf| shelf.idle == 2).await;
    use_once(&stage, Isolation::Pooled, Some("alice")).await;
    for _ in 0..4 {
        use_once(&stage, Isolation::Fresh, Some("alice")).await;
    }
    // Of five in all three may still be there.
    assert!(retired(&stage, RetireReason::Isolation) >= 2, "{:?}", stage.pool.status());
}

#[tokio::test]
async fn who_needs_a_fresh_sandbox_is_not_starved_by_others() {
    let stage = Stage::new(1, |_| {});
    use_once(&stage, Isolation::Pooled, Some("alice")).await;
    let held = lease(&stage, Isolation::Pooled, Some("alice")).await;
    let pool = stage.pool.clone();
    let fresh =
        tokio::spawn(
            async move { pool.lease(&Profile::Run, Isolation::Fresh, None, PATIENCE).await.unwrap() },
        );
    stage.until("its sandbox is there", |shelf| shelf.waiting == 1 && shelf.idle == 1).await;
    let pool = stage.pool.clone();
    let pooled =
        tokio::spawn(async move { pool.lease(&Profile::Run, Isolation::Pooled, None, PATIENCE).await });
    stage.until("both wait", |shelf| shelf.waiting == 2).await;
    drop(held);
    let leased = fresh.await.unwrap();
    assert!(!pooled.is_finished());
    drop(leased);
    pooled.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_group_gets_its_sandboxes_together_and_more_than_there_can_be_is_refused() {
    let stage = Stage::new(1, |config| {
        config.gojudge.enabled = true;
        config.gojudge.commands = 6;
        config.gojudge.slots = Some(2);
    });
    let group = async |count: usize, memory: Bytes| {
        stage.pool.lease_group(&Profile::Command, &vec![memory; count], "somebody", PATIENCE).await
    };
    let (first, second) = tokio::join!(group(3, Bytes::mib(64)), group(3, Bytes::mib(64)));
    assert_eq!((first.unwrap().len(), second.unwrap().len()), (3, 3));
    let refused = group(7, Bytes::mib(64)).await.unwrap_err();
    assert!(matches!(refused, SandboxError::TooMany { count: 7, most: 6 }), "{refused:?}");
    let refused = group(2, Bytes::mib(100_000)).await.unwrap_err();
    assert!(matches!(refused, SandboxError::TooMuchMemory { .. }), "{refused:?}");
}

#[tokio::test]
async fn a_run_is_cancelled() {
    let stage = Stage::new(1, |_| {});
    stage.behave(Manner::Patient);
    let mut leased = lease(&stage, Isolation::Pooled, None).await;
    let cancel = CancellationToken::new();
    let run = leased.run(program(Duration::from_secs(60)), &cancel);
    let (ran, ()) = tokio::join!(run, async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        cancel.cancel();
    });
    assert_eq!(ran.unwrap().ending, RunEnding::Ended(Ending::Cancelled));
}

#[tokio::test]
async fn a_run_that_is_given_up_costs_the_sandbox() {
    let stage = Stage::new(1, |_| {});
    stage.behave(Manner::Patient);
    let mut leased = lease(&stage, Isolation::Pooled, None).await;
    assert!(tokio::time::timeout(Duration::from_millis(50), run(&mut leased)).await.is_err());
    drop(leased);
    assert_eq!(retired(&stage, RetireReason::Abandoned), 1);
}

#[tokio::test]
async fn a_sandbox_that_is_not_clean_is_never_used_again() {
    let stage = Stage::new(1, |_| {});
    stage.behave(Manner::Dirty);
    let mut leased = lease(&stage, Isolation::Pooled, None).await;
    run(&mut leased).await.unwrap();
    assert!(matches!(run(&mut leased).await, Err(SandboxError::Died(_))));
    drop(leased);
    assert_eq!(retired(&stage, RetireReason::Dirty), 1);
    stage.behave(Manner::Honest);
    use_once(&stage, Isolation::Pooled, None).await;
    assert_eq!(stage.created(), 2);
}

/// Runs once with a monitor of this manner; the error, and that the sandbox was replaced for this reason.
async fn misbehaves(manner: Manner, reason: RetireReason) -> SandboxError {
    let stage = Stage::new(1, |_| {});
    stage.behave(manner);
    let mut leased = lease(&stage, Isolation::Pooled, None).await;
    // The run is waited for for several times as long: a busy host may hold it up.
    let mut program = program(Duration::from_millis(100));
    program.collect.push(CollectFile {
        path: "out".into(),
        anywhere: false,
        max: Bytes(1000),
        truncate: false,
    });
    let result = tokio::time::timeout(PATIENCE, leased.run(program, &CancellationToken::new())).await;
    let error = result.unwrap_or_else(|_| panic!("{manner:?} is waited for")).unwrap_err();
    drop(leased);
    assert_eq!(retired(&stage, reason), 1, "{manner:?}: {:?}", stage.pool.status());
    stage.behave(Manner::Honest);
    use_once(&stage, Isolation::Pooled, None).await;
    error
}

#[tokio::test]
async fn a_monitor_that_breaks_the_protocol_costs_the_sandbox() {
    for manner in [
        Manner::SkipsAFrame,
        Manner::ReportsAnother,
        Manner::Oversize,
        Manner::Garbage,
        Manner::ClaimsACancel,
        Manner::ClaimsAges,
        Manner::HandsOutAPipe,
        Manner::HandsOutTooMuch,
        Manner::HandsOutNothing,
        Manner::LeaksADescriptor,
        Manner::Floods,
    ] {
        let error = misbehaves(manner, RetireReason::Protocol).await;
        assert!(matches!(error, SandboxError::Protocol(_)), "{manner:?}: {error:?}");
    }
}

#[tokio::test]
async fn a_frame_after_the_proof_costs_the_sandbox() {
    let stage = Stage::new(1, |_| {});
    stage.behave(Manner::ProvesTwice);
    use_once(&stage, Isolation::Pooled, None).await;
    stage.until("it is retired", |_| retired(&stage, RetireReason::Protocol) == 1).await;
}

#[tokio::test]
async fn a_container_that_dies_in_mid_run_is_noticed_at_once() {
    let started = Instant::now();
    let error = misbehaves(Manner::Dies, RetireReason::Gone).await;
    assert!(matches!(error, SandboxError::Died(_)), "{error:?}");
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_monitor_that_falls_silent_is_not_waited_for() {
    let started = Instant::now();
    let error = misbehaves(Manner::Mute, RetireReason::Gone).await;
    assert!(matches!(&error, SandboxError::Died(why) if why.contains("silent")), "{error:?}");
    assert!(started.elapsed() < Duration::from_secs(7), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_monitor_has_time_for_what_it_copies_before_it_must_answer() {
    let stage = Stage::new(1, |_| {});
    stage.behave(Manner::Copies);
    let holes = tempfile::tempfile().unwrap();
    holes.set_len(256 << 20).unwrap();
    let content = PutContent::Descriptor(std::sync::Arc::new(holes.into()));
    let mut program = program(Duration::from_secs(1));
    program.files = vec![PutFile { path: "large".into(), mode: 0o444, content }];
    let mut leased = lease(&stage, Isolation::Pooled, None).await;
    let ran = leased.run(program, &CancellationToken::new()).await.unwrap();
    assert_eq!(ran.ending, RunEnding::Ended(Ending::Exited { code: 0 }));
    stage.behave(Manner::Honest);
    run(&mut leased).await.unwrap();
}

/// It is silent for longer than any on a usual host.
#[tokio::test]
async fn a_monitor_that_starves_beside_many_programs_is_waited_for_and_serves_on() {
    let stage = Stage::new(1, |_| {});
    let mut leased = lease(&stage, Isolation::Pooled, None).await;
    crate::sandbox::patience::injected::set(3);
    stage.behave(Manner::Copies);
    let ran = leased.run(program(Duration::from_secs(1)), &CancellationToken::new()).await.unwrap();
    assert_eq!(ran.ending, RunEnding::Ended(Ending::Exited { code: 0 }));
    stage.behave(Manner::Honest);
    run(&mut leased).await.unwrap();
    crate::sandbox::patience::injected::set(1);
    stage.behave(Manner::Copies);
    let died = leased.run(program(Duration::from_secs(1)), &CancellationToken::new()).await.unwrap_err();
    assert!(matches!(&died, SandboxError::Died(why) if why.contains("silent")), "{died:?}");
}

#[tokio::test]
async fn a_monitor_that_answers_pings_and_never_reports_is_overdue() {
    let error = misbehaves(Manner::Endless, RetireReason::Silent).await;
    assert!(matches!(error, SandboxError::Overdue(_)), "{error:?}");
}

#[tokio::test]
async fn output_without_end_hides_no_deadline() {
    let error = misbehaves(Manner::Spouts, RetireReason::Silent).await;
    assert!(matches!(error, SandboxError::Overdue(_)), "{error:?}");
}

#[tokio::test]
async fn while_the_warden_fails_it_is_asked_once_a_second_and_the_reason_shows() {
    let stage = Stage::new(4, |_| {});
    stage.until("all are warm", |shelf| shelf.idle == 4).await;
    stage.break_warden(Some("the engine is down"));
    let before = stage.attempts();
    stage.pool.recycle(None);
    stage.until("the failure shows", |shelf| shelf.problem.as_deref() == Some("the engine is down")).await;
    tokio::time::sleep(Duration::from_millis(2500)).await;
    let attempts = stage.attempts() - before;
    // Fewer where the host is slow.
    assert!((1..=4).contains(&attempts), "{attempts}");
    assert_eq!(stage.pool.status().profiles[0].idle, 4, "the old ones serve on");
    stage.break_warden(None);
    stage.until("all are warm again", |shelf| shelf.idle == 4 && shelf.problem.is_none()).await;
}

#[tokio::test]
async fn what_is_due_is_done_while_a_silent_monitor_is_waited_for() {
    // Longer than any wait here, however slow the host is.
    let stage = Stage::with_ping(Duration::from_secs(60), 2, |_| {});
    stage.until("all are warm", |shelf| shelf.idle == 2).await;
    stage.behave(Manner::Mute);
    stage.until("they are asked", |shelf| shelf.leased == 2).await;
    stage.break_warden(Some("the engine is down"));
    stage.pool.recycle(None);
    stage.until("an attempt fails", |shelf| shelf.problem.is_some()).await;
    stage.break_warden(None);
    let created = stage.created();
    stage.until("it is tried again", |_| stage.created() > created).await;
    assert_eq!(stage.pool.status().profiles[0].leased, 2, "they are still waited for");
}

#[tokio::test]
async fn a_closed_pool_tells_who_waits() {
    let stage = Stage::new(1, |_| {});
    let _leased = lease(&stage, Isolation::Pooled, None).await;
    let pool = stage.pool.clone();
    let waiting =
        tokio::spawn(async move { pool.lease(&Profile::Run, Isolation::Pooled, None, PATIENCE).await });
    stage.until("it waits", |shelf| shelf.waiting == 1).await;
    stage.pool.close().await;
    assert!(matches!(waiting.await.unwrap(), Err(SandboxError::Stopping)));
    let refused = stage.pool.lease(&Profile::Run, Isolation::Pooled, None, PATIENCE).await;
    assert!(matches!(refused, Err(SandboxError::Stopping)));
}

#[tokio::test]
async fn a_container_that_is_being_made_when_the_pool_closes_is_removed_too() {
    let stage = Stage::new(4, |_| {});
    stage.until("all are warm", |shelf| shelf.idle == 4).await;
    let attempts = stage.attempts();
    stage.pool.recycle(None);
    stage.until("another is being made", |_| stage.attempts() == attempts + 1).await;
    stage.pool.close().await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(stage.containers.load(std::sync::atomic::Ordering::SeqCst), 0);
    assert_eq!(stage.attempts(), attempts + 1, "nothing is made after the end");
}

#[tokio::test]
async fn arguments_that_fit_no_frame_are_the_programs_failure() {
    let stage = Stage::new(1, |_| {});
    let mut leased = lease(&stage, Isolation::Pooled, None).await;
    let mut large = program(Duration::from_secs(5));
    large.argv.push(vec![b'x'; 200_000]);
    let ran = leased.run(large, &CancellationToken::new()).await.unwrap();
    assert!(matches!(ran.ending, RunEnding::NotStarted { errno: 7, .. }), "{:?}", ran.ending);
    run(&mut leased).await.unwrap();
}

#[tokio::test]
async fn names_that_fit_no_frame_are_the_programs_failure_and_cost_no_sandbox() {
    let stage = Stage::new(1, |_| {});
    let mut leased = lease(&stage, Isolation::Pooled, None).await;
    let put = |path: usize, content| PutFile { path: "p".repeat(path), mode: 0o444, content };
    let long = [
        put(200_000, PutContent::Bytes(bytes::Bytes::new())),
        put(4096, PutContent::Bytes(bytes::Bytes::new())),
        put(1, PutContent::Symlink("t".repeat(4096))),
    ];
    for file in long {
        let mut named = program(Duration::from_secs(5));
        named.files = vec![put(1, PutContent::Bytes(bytes::Bytes::new())), file];
        let ran = leased.run(named, &CancellationToken::new()).await.unwrap();
        assert_eq!(ran.ending, RunEnding::NotPut { file: 1, errno: 36 });
    }
    let mut wired = program(Duration::from_secs(5));
    wired.others = (3..60).map(|fd| (fd, Wire::BoxFile("w".repeat(2000)))).collect();
    let ran = leased.run(wired, &CancellationToken::new()).await.unwrap();
    assert!(matches!(ran.ending, RunEnding::NotStarted { errno: 7, .. }), "{:?}", ran.ending);
    // As many as are allowed, of the longest kind, do fit.
    let mut many = program(Duration::from_secs(5));
    many.files = (0..40).map(|_| put(4095, PutContent::Symlink("t".repeat(4095)))).collect();
    leased.run(many, &CancellationToken::new()).await.unwrap();
    run(&mut leased).await.unwrap();
    drop(leased);
    assert_eq!(stage.created(), 1);
}

#[tokio::test]
async fn what_cannot_be_opened_when_it_is_to_be_sent_costs_no_sandbox() {
    let stage = Stage::new(1, |_| {});
    let mut leased = lease(&stage, Isolation::Pooled, None).await;
    for at in 0..4 {
        let mut large = program(Duration::from_secs(5));
        let file = |name| PutFile {
            path: format!("f{name}"),
            mode: 0o444,
            content: PutContent::Bytes(vec![1; 12_000].into()),
        };
        large.files = (0..18).map(file).collect();
        let mut outgoing = order::outgoing(large).await.unwrap();
        assert_eq!(outgoing.messages.len(), 4);
        outgoing.messages[at].descriptors.push(order::Passed::Broken);
        let sent = leased.sandbox().send(outgoing, &CancellationToken::new()).await;
        assert!(
            matches!(sent, Err(SandboxError::Io { doing: "pass a file to the sandbox", .. })),
            "{sent:?}"
        );
        assert_eq!(run(&mut leased).await.unwrap().stdout.head, b"say it", "after frame {at}");
    }
    drop(leased);
    use_once(&stage, Isolation::Pooled, None).await;
    assert_eq!(stage.created(), 1);
}

#[tokio::test]
async fn output_that_cannot_be_read_costs_the_run_and_no_sandbox() {
    let stage = Stage::new(1, |_| {});
    let mut leased = lease(&stage, Isolation::Pooled, None).await;
    for manner in [Manner::Honest, Manner::Patient] {
        stage.behave(manner);
        let mut outgoing = order::outgoing(program(Duration::from_secs(5))).await.unwrap();
        let _pipe = outgoing.stdout.replace(Capture::broken());
        let read = leased.sandbox().send(outgoing, &CancellationToken::new()).await;
        assert!(
            matches!(read, Err(SandboxError::Io { doing: "read the output", .. })),
            "{manner:?}: {read:?}"
        );
        stage.behave(Manner::Honest);
        assert_eq!(run(&mut leased).await.unwrap().stdout.head, b"say it", "{manner:?}");
    }
    drop(leased);
    assert_eq!(stage.created(), 1);
}

#[tokio::test]
async fn a_monitor_without_cgroups_is_no_sandbox_where_the_settings_ask_for_them() {
    for (are_required, tier) in [(true, None), (false, Some(CgroupTier::None))] {
        let stage = Stage::new(1, |config| config.sandbox.require_cgroups = are_required);
        // No container is there yet.
        stage.behave(Manner::HasNoCgroups);
        stage.until("it is refused, or up", |shelf| shelf.problem.is_some() || shelf.idle == 1).await;
        let status = stage.pool.status();
        // What `/readyz` is 503 for.
        let why = not_up(&status.profiles[0]).unwrap_or_default();
        assert_eq!((why.contains("sandbox.require_cgroups"), status.tier), (are_required, tier), "{why}");
    }
}
