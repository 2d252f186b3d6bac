use std::sync::Arc;

use gavel_protocol::Bytes;
use sqlx::SqliteConnection;

use super::writer::Extent;
use super::*;
use crate::judge::TimeScale;
use crate::judge::test_support::{LIMITS, submission};
use crate::submission::{Submission, TestCase};
use crate::throttle::{Happened, News, Strikes, Struck};
use crate::tokens::Sees;

async fn open(directory: &std::path::Path) -> Result<Store, StoreError> {
    Store::open(&directory.join("test.sqlite"), &directory.join("blobs")).await
}

async fn store() -> (Store, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    (open(directory.path()).await.unwrap(), directory)
}

async fn insert(store: &Store, size: usize) -> Result<SubmissionId, StoreError> {
    let tests = vec![TestCase { input: "x".repeat(size).as_str().into(), ..TestCase::default() }];
    insert_this(store, Submission { tests, ..submission("int main") }).await
}

async fn insert_this(store: &Store, submission: Submission) -> Result<SubmissionId, StoreError> {
    let submission = Arc::new(submission);
    let id = submission.id;
    let new = NewRecord { submission, created_at: Utc::now(), idempotency: None, begun: true };
    store.insert(new).await?.settled().await?;
    Ok(id)
}

fn accepted() -> Judgement {
    judgement(50_000)
}

fn judgement(size: usize) -> Judgement {
    let (reason, compile, tests) = (Some("x".repeat(size)), None, Vec::new());
    let limits = Some(LIMITS);
    Judgement { reason, compile, limits, tests, ..Judgement::empty(Verdict::Accepted) }
}

async fn pragma(store: &Store, sql: &'static str) {
    let set = store.writer.write(move |connection| {
        Box::pin(async move { sqlx::query(sql).execute(connection).await.map(drop) })
    });
    set.await.unwrap();
}

fn for_long(keep: Duration, max_size: Bytes) -> Retention {
    Retention { keep, keep_tests: keep, max_size }
}

fn begun(attempt: u32, lost: u32) -> Option<Begun> {
    Some(Begun { attempt, lost })
}

#[tokio::test]
async fn a_full_database_refuses_and_accepts_again_when_there_is_room() {
    let (store, _directory) = store().await;
    insert(&store, 10).await.unwrap();
    pragma(&store, "PRAGMA max_page_count = 40").await;
    for _ in 0..3 {
        let refusal = insert(&store, 1_000_000).await.unwrap_err().to_string();
        assert!(refusal.contains("full"), "{refusal}");
    }
    pragma(&store, "PRAGMA max_page_count = 1000000").await;
    let id = insert(&store, 1_000_000).await.unwrap();
    assert!(store.get(id).await.unwrap().is_some());
}

#[tokio::test]
async fn only_the_current_attempt_can_finish_and_only_once() {
    let (store, _directory) = store().await;
    let id = insert(&store, 10).await.unwrap();
    store.requeue(id, 1, false).await.unwrap();
    assert_eq!(store.begin(id, false).await.unwrap(), begun(2, 0));
    assert!(store.finish(id, 1, &accepted(), None, false).await.unwrap().is_none());
    assert!(store.finish(id, 2, &accepted(), None, false).await.unwrap().is_some());
    assert!(store.finish(id, 2, &accepted(), None, false).await.unwrap().is_none());
    assert_eq!(store.begin(id, false).await.unwrap(), None);
    assert_eq!(store.cancel(&Sees::Everything, id).await.unwrap(), Cancelled::Finished);
}

#[tokio::test]
async fn a_strike_is_to_be_told_where_its_judgement_is_stored_and_nowhere_else() {
    let (store, _directory) = store().await;
    let store = store.telling_strikes();
    let id = insert(&store, 10).await.unwrap();
    store.requeue(id, 1, false).await.unwrap();
    store.begin(id, false).await.unwrap();
    let news = News { person: "alice".into(), what: Happened::TimedOut, at: Utc::now() };
    let struck = Struck { news, strikes: Strikes { in_a_row: 1, ..Strikes::default() } };
    assert!(store.finish(id, 1, &accepted(), Some(struck.clone()), false).await.unwrap().is_none());
    assert!(store.untold_strikes(9).await.unwrap().is_empty(), "that attempt is no more");
    pragma(
        &store,
        "CREATE TRIGGER no_end BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'by the test'); END",
    )
    .await;
    store.finish(id, 2, &accepted(), Some(struck.clone()), false).await.unwrap_err();
    assert!(store.untold_strikes(9).await.unwrap().is_empty(), "nothing of it is stored");
    pragma(&store, "DROP TRIGGER no_end").await;
    assert!(store.finish(id, 2, &accepted(), Some(struck), false).await.unwrap().is_some());
    let untold = store.untold_strikes(9).await.unwrap();
    assert!(untold.len() == 1 && untold[0].news.contains("alice"), "{untold:?}");
    assert_eq!(store.heard_strikes(&untold[0].epoch).await.unwrap(), untold[0].number, "it is no news here");
    // Nor is it told when nothing of the user is to be left.
    store.forget_user(&Sees::Everything, "alice", &["alice".into()], |_| ()).await.unwrap();
    assert!(store.untold_strikes(9).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_end_and_its_number_count_both_or_neither() {
    let (store, _directory) = store().await;
    let [first, second] = [insert(&store, 10).await.unwrap(), insert(&store, 10).await.unwrap()];
    store.finish(first, 1, &accepted(), None, false).await.unwrap().unwrap();
    assert_eq!(store.ends_kept().await.unwrap().1, 1);
    pragma(
        &store,
        "CREATE TRIGGER no_end BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'by the test'); END",
    )
    .await;
    let why = store.finish(second, 1, &accepted(), None, false).await.unwrap_err().to_string();
    assert!(why.contains("by the test"), "{why}");
    assert_eq!(store.get(second).await.unwrap().unwrap().state, StoredState::Running);
    pragma(&store, "DROP TRIGGER no_end").await;
    store.finish(second, 1, &accepted(), None, false).await.unwrap().unwrap();
    assert_eq!(store.ends_kept().await.unwrap().1, 2);
}

#[tokio::test]
async fn a_cancelled_submission_cannot_finish() {
    let (store, _directory) = store().await;
    let id = insert(&store, 10).await.unwrap();
    assert_eq!(store.cancel(&Sees::Everything, id).await.unwrap(), Cancelled::Now);
    assert!(store.finish(id, 1, &accepted(), None, false).await.unwrap().is_none());
    assert_eq!(store.get(id).await.unwrap().unwrap().state, StoredState::Cancelled);
}

#[tokio::test]
async fn an_attempt_that_does_not_count_is_taken_back() {
    let (store, _directory) = store().await;
    let id = insert(&store, 10).await.unwrap();
    for _ in 0..5 {
        store.requeue(id, 1, true).await.unwrap();
        assert_eq!(store.begin(id, false).await.unwrap(), begun(1, 0));
    }
}

#[tokio::test]
async fn an_attempt_that_had_no_sandbox_when_the_server_died_is_lost_and_not_counted() {
    let (store, directory) = store().await;
    let [served, not_served, waiting] =
        [insert(&store, 10).await, insert(&store, 10).await, insert(&store, 10).await].map(Result::unwrap);
    store.requeue(waiting, 1, true).await.unwrap();
    let _note = store.served().note(served, 1).unwrap();
    let next = open(directory.path()).await.unwrap();
    let restored = next.restore().await.unwrap();
    let lost: Vec<_> = restored.iter().map(|one| (one.about.id, one.is_lost)).collect();
    assert_eq!(lost, [(served, false), (not_served, true), (waiting, false)]);
    assert_eq!(next.begin(served, false).await.unwrap(), begun(2, 0));
    assert_eq!(next.begin(not_served, true).await.unwrap(), begun(1, 1));
    assert_eq!(next.begin(waiting, false).await.unwrap(), begun(1, 0));
    // What the note says is of the attempt before.
    let third = open(directory.path()).await.unwrap();
    assert!(third.restore().await.unwrap().iter().all(|one| one.is_lost));
    assert_eq!(third.begin(not_served, true).await.unwrap(), begun(1, 2));
}

#[tokio::test]
async fn the_oldest_judgements_go_while_there_are_too_many_bytes() {
    let (store, _directory) = store().await;
    let mut ids = Vec::new();
    for _ in 0..40 {
        let id = insert(&store, 10).await.unwrap();
        store.finish(id, 1, &accepted(), None, false).await.unwrap();
        ids.push(id);
    }
    let waiting = insert(&store, 10).await.unwrap();
    let removed = store.purge(for_long(Duration::from_secs(3600), Bytes::mib(1))).await.unwrap();
    assert!((1..40).contains(&removed), "{removed}");
    assert!(store.get(ids[0]).await.unwrap().is_none());
    assert!(store.get(ids[39]).await.unwrap().is_some());
    assert!(store.get(waiting).await.unwrap().is_some());
    // Some pages stay in the file for the next rows.
    let used = store.used().await.unwrap();
    assert!(used <= 1024 * 1024, "{used}");
}

#[tokio::test]
async fn inputs_go_with_the_judgement_and_sources_stay() {
    let (store, _directory) = store().await;
    let id = insert(&store, 10).await.unwrap();
    let stored = || async {
        let sql = "SELECT program, tests FROM submissions WHERE id = $1";
        let row = sqlx::query(sql).bind(id.to_string()).fetch_one(&store.readers).await.unwrap();
        let column = |name| sqlx::Row::get::<Option<Vec<u8>>, _>(&row, name);
        (String::from_utf8(column("program").unwrap()).unwrap(), column("tests"))
    };
    assert!(stored().await.1.is_some() && store.request(id).await.unwrap().is_some());
    store.finish(id, 1, &accepted(), None, false).await.unwrap();
    let (program, tests) = stored().await;
    assert!(program.contains("int main") && tests.is_none(), "{program}");
    assert!(store.request(id).await.unwrap().is_none());
}

/// As the first version stored it.
async fn insert_old(store: &Store, state: &'static str, request: String) -> SubmissionId {
    let id = uuid::Uuid::new_v4();
    let inserted = store.writer.write(move |connection| {
        Box::pin(async move {
            let sql = "INSERT INTO submissions (id, client, language, state, attempt, created_at, request) \
                       VALUES ($1, 'alice', 'cpp17', $2, 1, 5, $3)";
            let insert = sqlx::query(sql).bind(id.to_string()).bind(state).bind(request.into_bytes());
            insert.execute(connection).await.map(drop)
        })
    });
    inserted.await.unwrap();
    id
}

#[tokio::test]
async fn what_an_earlier_version_has_stored_is_taken_over_one_by_one() {
    let (store, _directory) = store().await;
    let limits = r#"{"cpu":{"secs":1,"nanos":0},"wall":{"secs":4,"nanos":0},"memory":1,"stack":2,"file":3,"output":4,
        "processes":5,"open_files":6}"#;
    let large = "7".repeat(200_000);
    let request = format!(
        r#"{{"id":"-","language":"cpp17","files":{{"main.cpp":"int"}},"tests":[{{"stdin":"{large}","expected":"1"}}],
        "limits":{limits},"compile_limits":{limits},"user":"alice","isolation":"pooled"}}"#
    );
    let ran = insert_old(&store, "running", request.clone()).await;
    let waited = insert_old(&store, "queued", request).await;
    let broken = insert_old(&store, "running", "{".to_owned()).await;
    let restored = store.restore().await.unwrap();
    assert_eq!(restored.iter().map(|one| one.about.id).collect::<Vec<_>>(), [ran, waited, broken]);
    assert!(restored.iter().all(|one| one.is_old && one.footprint.files.is_empty()));
    for id in [ran, waited] {
        assert_eq!(store.convert(id).await.unwrap(), Converted::Yes);
        assert!(store.begin(id, false).await.unwrap().is_some());
        let submission = store.request(id).await.unwrap().unwrap();
        let [test] = submission.tests.as_slice() else { panic!() };
        assert_eq!((test.input.size(), test.answer.clone()), (200_000, Some("1".into())));
        assert!(test.input.blob().is_some());
    }
    assert!(matches!(store.convert(broken).await.unwrap(), Converted::Unreadable(_)));
    store.give_up(broken, &Judgement::internal_error("unreadable".into(), 0)).await.unwrap();
    assert_eq!(store.get(broken).await.unwrap().unwrap().verdict, Some(Verdict::InternalError));
    let restored = store.restore().await.unwrap();
    assert!(restored.iter().all(|one| !one.is_old && one.footprint.files.len() == 1));
    assert_eq!(restored.len(), 2);
}

#[tokio::test]
async fn a_large_judgement_of_an_earlier_version_is_taken_over_when_it_is_asked_for() {
    let (store, _directory) = store().await;
    let id = insert(&store, 10).await.unwrap();
    let mut judgement = accepted();
    let content = "x".repeat(5_000_000).as_str().into();
    let stdout = crate::judge::Stream { content, is_text: true, truncated: false };
    judgement.tests = vec![crate::judge::TestResult { stdout, ..crate::judge::test_support::result() }];
    store.finish(id, 1, &judgement, None, false).await.unwrap();
    let got = store.get(id).await.unwrap().unwrap().judgement.unwrap();
    assert_eq!(got.tests[0].stdout.content.hash(), judgement.tests[0].stdout.content.hash());
    assert!(got.tests[0].stdout.content.blob().is_some());
}

#[tokio::test]
async fn a_row_that_makes_no_sense_does_not_keep_the_others_from_being_judged() {
    let (store, _directory) = store().await;
    let broken = insert(&store, 10).await.unwrap();
    let good = insert(&store, 10).await.unwrap();
    pragma(&store, "UPDATE submissions SET id = 'nonsense' WHERE seq = 1").await;
    let restored = store.restore().await.unwrap();
    assert_eq!(restored.iter().map(|one| one.about.id).collect::<Vec<_>>(), [good]);
    assert_eq!(store.restore().await.unwrap().len(), 1, "{broken}");
}

#[tokio::test]
async fn a_statement_that_fails_or_panics_by_itself_is_told_and_the_next_one_is_written() {
    let (store, _directory) = store().await;
    let say = |sql: &'static str| {
        store.writer.hand_over(Extent::Statement, move |connection| {
            Box::pin(async move {
                assert!(!sql.is_empty(), "by the test's will");
                sqlx::query(sql).execute(connection).await.map(drop)
            })
        })
    };
    let note = "INSERT INTO throttle VALUES ('alice', 1, 0, 0, 0)";
    say(note).await.unwrap().settled().await.unwrap();
    let twice = say(note).await.unwrap().settled().await.unwrap_err();
    assert!(twice.to_string().contains("UNIQUE"), "{twice}");
    assert!(matches!(say("").await.unwrap().settled().await, Err(StoreError::Closed)));
    // On disk, and no transaction stays open in which a later one would be.
    insert(&store, 10).await.unwrap();
    assert_eq!(store.strikes().await.unwrap().len(), 1);
    assert_eq!(store.restore().await.unwrap().len(), 1);
}

#[tokio::test]
async fn statements_that_share_a_transaction_fail_apart_unless_it_is_no_more() {
    let (store, _directory) = store().await;
    let say = |sql: &'static str| {
        store.writer.hand_over(Extent::Statement, move |connection| {
            Box::pin(async move { sqlx::query(sql).execute(connection).await.map(drop) })
        })
    };
    let alice = "INSERT INTO throttle VALUES ('alice', 1, 0, 0, 0)";
    let bob = "INSERT INTO throttle VALUES ('bob', 1, 0, 0, 0)";
    let carol = "INSERT INTO throttle VALUES ('carol', 1, 0, 0, 0)";
    let dave = "INSERT INTO throttle VALUES ('dave', 1, 0, 0, 0)";
    // Handed over before the writer gets to run.
    let (first, again, other) = tokio::join!(say(alice), say(alice), say(bob));
    first.unwrap().settled().await.unwrap();
    assert!(again.unwrap().settled().await.unwrap_err().to_string().contains("UNIQUE"));
    other.unwrap().settled().await.unwrap();
    // As SQLite ends a transaction by itself where the disk is full.
    let (before, ends, after) = tokio::join!(say(carol), say("ROLLBACK; SELECT no_such_column"), say(dave));
    for lost in [before, ends, after] {
        lost.unwrap().settled().await.unwrap_err();
    }
    let mut stored: Vec<_> = store.strikes().await.unwrap().into_keys().collect();
    stored.sort();
    assert_eq!(stored, ["alice", "bob"]);
    say(carol).await.unwrap().settled().await.unwrap();
}

/// As where the disk is full: SQLite has ended the transaction, and no other begins.
#[tokio::test]
async fn what_is_written_behind_a_transaction_that_is_no_more_is_not_kept_while_none_can_begin() {
    let (store, directory) = store().await;
    pragma(&store, "PRAGMA busy_timeout = 0").await;
    let other = options(&directory.path().join("test.sqlite")).connect().await.unwrap();
    let other = Arc::new(tokio::sync::Mutex::new(other));
    let say = |sql: [&'static str; 2], first: Option<&'static str>| {
        let other = Arc::clone(&other);
        store.writer.hand_over(Extent::Statement, move |connection| {
            Box::pin(async move {
                if let Some(first) = first {
                    sqlx::query(first).execute(&mut *other.lock().await).await?;
                }
                sqlx::query(sql[0]).execute(&mut *connection).await?;
                if sql[0] == "ROLLBACK" {
                    sqlx::query("BEGIN IMMEDIATE").execute(&mut *other.lock().await).await?;
                }
                sqlx::query(sql[1]).execute(connection).await.map(drop)
            })
        })
    };
    // Handed over before the writer gets to run.
    let (before, ends, after) = tokio::join!(
        say(["INSERT INTO throttle VALUES ('before', 1, 0, 0, 0)", "SELECT 1"], None),
        say(["ROLLBACK", "SELECT no_such_column"], None),
        say(["INSERT INTO throttle VALUES ('after', 1, 0, 0, 0)", "SELECT 1"], Some("COMMIT")),
    );
    for lost in [before, ends, after] {
        lost.unwrap().settled().await.unwrap_err();
    }
    assert_eq!(store.strikes().await.unwrap().len(), 0, "all were told that nothing is written");
    sqlx::query("COMMIT").execute(&mut *other.lock().await).await.unwrap();
    insert(&store, 10).await.unwrap();
}

#[tokio::test]
async fn a_write_that_fails_or_panics_does_not_take_its_neighbours_with_it() {
    let (store, _directory) = store().await;
    let set = |user: &'static str| {
        store.writer.hand_over(Extent::Several, move |connection| {
            Box::pin(async move {
                super::strikes::put_strikes(
                    connection,
                    user,
                    crate::throttle::Strikes { in_a_row: 1, ..Default::default() },
                )
                .await?;
                match user {
                    "fails" => sqlx::query("SELECT no_such_column").execute(connection).await.map(drop),
                    "panics" => panic!("in a write"),
                    _ => Ok(()),
                }
            })
        })
    };
    // Handed over before the writer gets to run, so that they share a transaction.
    let (before, fails, panics, after) =
        tokio::join!(set("before"), set("fails"), set("panics"), set("after"));
    before.unwrap().settled().await.unwrap();
    assert!(fails.unwrap().settled().await.unwrap_err().to_string().contains("no_such_column"));
    assert!(matches!(panics.unwrap().settled().await, Err(StoreError::Closed)));
    after.unwrap().settled().await.unwrap();
    let mut stored: Vec<_> = store.strikes().await.unwrap().into_keys().collect();
    stored.sort();
    assert_eq!(stored, ["after", "before"]);
}

#[tokio::test]
async fn pages_that_became_free_go_back_to_the_file_system_though_nothing_is_removed() {
    let (store, directory) = store().await;
    let mut ids = Vec::new();
    for _ in 0..200 {
        ids.push(insert(&store, 60_000).await.unwrap());
    }
    for id in ids {
        assert!(store.finish(id, 1, &judgement(10), None, false).await.unwrap().is_some());
    }
    let size = || std::fs::metadata(directory.path().join("test.sqlite")).unwrap().len();
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_all(&store.readers).await.unwrap();
    assert!(size() > 7_000_000, "{}", size());
    assert_eq!(store.purge(for_long(Duration::from_secs(3600), Bytes::mib(100))).await.unwrap(), 0);
    assert!(size() < 7_000_000, "{}", size());
}

#[tokio::test]
async fn others_write_between_the_steps_in_which_pages_go_back() {
    let (store, _directory) = store().await;
    // Each row has a page of its own.
    let filler = "CREATE TABLE filler AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8000) \
                  SELECT zeroblob(4000) AS page FROM n";
    pragma(&store, filler).await;
    pragma(&store, "DROP TABLE filler").await;
    let purging = store.purge(for_long(Duration::from_secs(3600), Bytes::mib(1024)));
    let mut purging = std::pin::pin!(purging);
    let mut meanwhile = 0;
    loop {
        tokio::select! {
            biased;
            purged = &mut purging => {
                assert_eq!(purged.unwrap(), 0);
                break;
            }
            inserted = insert(&store, 10) => {
                inserted.unwrap();
                meanwhile += 1;
            }
        }
    }
    // There are more than six steps; where all went at once, whoever came in between waited for all.
    assert!(meanwhile >= 3, "{meanwhile} were written");
    let free: i64 = sqlx::query_scalar("PRAGMA freelist_count").fetch_one(&store.readers).await.unwrap();
    assert!(free <= 1024, "{free} pages are still free");
}

/// In a process of its own, which it ends.
#[test]
fn a_store_whose_writer_panics_ends_the_process() {
    const THERE: &str = "GAVEL_TEST_OF_A_WRITER_THAT_PANICS";
    if std::env::var_os(THERE).is_some() {
        return panic_in_the_writer();
    }
    let mut there = std::process::Command::new(std::env::current_exe().unwrap());
    there.args(["--exact", "store::tests::a_store_whose_writer_panics_ends_the_process"]).env(THERE, "1");
    let ended = there.output().unwrap();
    let signal = std::os::unix::process::ExitStatusExt::signal(&ended.status);
    assert_eq!(signal, Some(rustix::process::Signal::ABORT.as_raw()), "{ended:?}");
}

#[tokio::main(flavor = "current_thread")]
async fn panic_in_the_writer() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).unwrap();
    let (store, _directory) = store().await;
    let told = |(): &()| panic!("by the test's will");
    let written = store.writer.write_and_tell(Extent::Several, |_| Box::pin(async { Ok(()) }), told);
    drop(written.await);
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_is_named_with_its_owner_and_a_remedy() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("not/there.sqlite");
    let why = Store::open(&path, &directory.path().join("blobs")).await.unwrap_err().to_string();
    assert!(why.contains(path.to_str().unwrap()) && why.contains("uid"), "{why}");
    let path = directory.path().join("text.sqlite");
    std::fs::write(&path, vec![b'x'; 4096]).unwrap();
    let why = Store::open(&path, &directory.path().join("blobs")).await.unwrap_err().to_string();
    assert!(why.contains("text.sqlite") && why.contains("put back a backup"), "{why}");
}

#[tokio::test]
async fn a_database_of_a_later_version_is_refused_as_such() {
    let (store, directory) = store().await;
    pragma(
        &store,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'later', 1, x'00', 0)",
    )
    .await;
    drop(store);
    let why = open(directory.path()).await.unwrap_err();
    assert!(matches!(why, StoreError::Newer { version: 9999, .. }), "{why}");
    assert!(why.to_string().contains("newer version of Gavel"), "{why}");
}

/// Databases that have one of them are not opened where it has changed since: what is to be different is one more.
#[test]
fn no_migration_changes_once_databases_have_it() {
    let known = [
        0x5923_4b9d_u32,
        0xaef5_7a20,
        0x3013_7f95,
        0x5869_4697,
        0xb81c_0366,
        0x26c6_75ea,
        0x137b_c4df,
        0xdedc_86c5,
        0xc4ec_0d7a,
        0x670a_de73,
        0x4fb7_daf9,
        0x7bf4_57d2,
        0x3ccf_1592,
        0x0d1b_a5e6,
        0x0a15_f415,
    ];
    let migrations = sqlx::migrate!("./migrations");
    let begin = |checksum: &[u8]| u32::from_be_bytes(checksum[..4].try_into().unwrap());
    let found: Vec<u32> = migrations.iter().map(|one| begin(&one.checksum)).collect();
    assert_eq!(found, known);
}

#[tokio::test]
async fn a_file_stays_while_the_row_that_names_it_is_on_its_way_to_the_disk() {
    let (store, _directory) = store().await;
    let mut packer = crate::blobs::Packer::new(store.blobs().clone());
    packer.put(&[7; 100_000]).unwrap();
    let input = packer.finish().unwrap().remove(0);
    let id = input.blob().unwrap().id;
    let tests = vec![TestCase { input, ..TestCase::default() }];
    let submission = Arc::new(Submission { tests, ..submission("int main") });
    let new = NewRecord { submission, created_at: Utc::now(), idempotency: None, begun: true };
    // Shares the transaction, and keeps it open for long.
    let slow = store.writer.hand_over(Extent::Several, |_| {
        Box::pin(async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            Ok(())
        })
    });
    let (inserted, slow) = tokio::join!(store.insert(new), slow);
    // Whoever asked goes away.
    drop(inserted.unwrap());
    slow.unwrap().settled().await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(store.blobs().has(id), "the row names a file that is gone");
}

fn result(reason: &str) -> crate::judge::TestResult {
    crate::judge::TestResult { reason: Some(reason.to_owned()), ..crate::judge::test_support::result() }
}

fn compilation(log: String) -> crate::judge::Compilation {
    let (cpu, wall, memory) = (Duration::ZERO, Duration::ZERO, Bytes(0));
    crate::judge::Compilation {
        ok: true,
        log,
        log_truncated: false,
        cpu,
        wall,
        memory,
        cached: false,
        node: Some("lab-2".into()),
        time_scale: Some(TimeScale::of(1.5)),
    }
}

async fn row(store: &Store, id: SubmissionId) -> Vec<u8> {
    let sql = "SELECT judgement FROM submissions WHERE id = $1";
    sqlx::query_scalar(sql).bind(id.to_string()).fetch_one(&store.readers).await.unwrap()
}

#[tokio::test]
async fn a_judgement_has_a_bounded_row_whatever_programs_and_compilers_have_said() {
    let (store, _directory) = store().await;
    let id = insert(&store, 10).await.unwrap();
    let mut judgement = judgement(10);
    judgement.compile = Some(compilation("\u{fffd}\"".repeat(1 << 20)));
    judgement.tests = (0..1000).map(|_| result(&"😀".repeat(1000))).collect();
    assert!(store.finish(id, 1, &judgement, None, false).await.unwrap().is_some());
    let stored = row(&store, id).await;
    assert!(stored.len() < 2 * 1024 * 1024 + 512 * 1024, "{}", stored.len());
    let got = store.get(id).await.unwrap().unwrap().judgement.unwrap();
    let compile = got.compile.unwrap();
    assert!(compile.log_truncated && compile.log.len() > 500_000, "{}", compile.log.len());
    assert_eq!(got.tests.len(), 1000);
    let reason = got.tests[999].reason.as_ref().unwrap();
    assert!(reason.len() > 500 && judgement.tests[999].reason.as_ref().unwrap().starts_with(reason));
    assert!(row(&store, id).await == stored);
}

#[tokio::test]
async fn what_is_told_of_a_judgement_at_once_is_what_is_read_later_and_large_ones_are_read() {
    let (store, _directory) = store().await;
    for (size, is_told) in [(10, true), (15_000, true), (17_000, false)] {
        let id = insert(&store, 10).await.unwrap();
        let reason = "\u{1}".repeat(5) + &"x".repeat(size);
        let judged = Judgement { tests: vec![result("r")], reason: Some(reason), ..judgement(0) };
        let told = store.finish(id, 1, &judged, None, false).await.unwrap().unwrap();
        let read = store.get(id).await.unwrap().unwrap();
        assert_eq!((Some(told.at), told.size), (read.finished_at, row(&store, id).await.len() as u64));
        assert_eq!(told.judgement, read.judgement.filter(|_| is_told), "{size}");
    }
}

#[tokio::test]
async fn a_judgement_is_read_up_to_a_size_and_its_size_is_told_in_any_case() {
    let (store, _directory) = store().await;
    let id = insert(&store, 10).await.unwrap();
    let (record, size) = store.get_up_to(&Sees::Everything, id, 100).await.unwrap().unwrap();
    assert_eq!((record.judgement, size), (None, 0));
    store.finish(id, 1, &judgement(10), None, false).await.unwrap();
    let size = row(&store, id).await.len();
    for (most, is_read) in [(size - 1, false), (size, true)] {
        let (record, told) =
            store.get_up_to(&Sees::Everything, id, most.try_into().unwrap()).await.unwrap().unwrap();
        assert_eq!((record.judgement.is_some(), told), (is_read, size as u64));
    }
    let stranger = Sees::Own(Some("other".into()));
    assert!(store.get_up_to(&stranger, id, 100).await.unwrap().is_none());
    assert!(store.get_up_to(&Sees::Everything, SubmissionId::new_v4(), 100).await.unwrap().is_none());
}

/// As an earlier version stored it.
async fn put_row(store: &Store, id: SubmissionId, json: serde_json::Value) {
    let put = store.writer.write(move |connection| {
        Box::pin(async move {
            let sql = "UPDATE submissions SET judgement = $2 WHERE id = $1";
            let update = sqlx::query(sql).bind(id.to_string()).bind(json.to_string().into_bytes());
            update.execute(connection).await.map(drop)
        })
    });
    put.await.unwrap();
}

#[tokio::test]
async fn a_large_row_of_an_earlier_version_is_read_and_rewritten_once() {
    let (store, _directory) = store().await;
    let id = insert(&store, 10).await.unwrap();
    let mut small = judgement(10);
    small.tests = vec![result("r")];
    store.finish(id, 1, &small, None, false).await.unwrap();
    let mut json: serde_json::Value = serde_json::from_slice(&row(&store, id).await).unwrap();
    json["tests"][0]["reason"] = "x".repeat(5_000_000).into();
    put_row(&store, id, json).await;
    let first = store.get(id).await.unwrap().unwrap().judgement.unwrap();
    let taken_over = row(&store, id).await;
    assert!(taken_over.len() < 600_000, "{}", taken_over.len());
    assert!(first.tests[0].reason.as_ref().unwrap().len() > 500_000);
    assert_eq!(store.get(id).await.unwrap().unwrap().judgement.unwrap(), first);
    assert!(row(&store, id).await == taken_over);
}

#[tokio::test]
async fn a_judgement_of_very_many_tests_is_read_and_not_rewritten() {
    let (store, _directory) = store().await;
    let id = insert(&store, 10).await.unwrap();
    let mut judgement = judgement(10);
    judgement.tests = (0..20_000).map(|_| result(&"r".repeat(60))).collect();
    store.finish(id, 1, &judgement, None, false).await.unwrap();
    assert!(row(&store, id).await.len() > 4 * 1024 * 1024);
    pragma(&store, "PRAGMA query_only = 1").await;
    assert!(store.get(id).await.unwrap().unwrap().judgement.unwrap() == judgement);
}

#[tokio::test]
async fn a_store_that_cannot_be_written_is_restored_all_the_same() {
    let (store, _directory) = store().await;
    insert(&store, 10).await.unwrap();
    let good = insert(&store, 10).await.unwrap();
    pragma(&store, "UPDATE submissions SET id = 'nonsense' WHERE seq = 1").await;
    let full =
        "CREATE TRIGGER full BEFORE UPDATE ON submissions BEGIN SELECT RAISE(FAIL, 'disk is full'); END";
    pragma(&store, full).await;
    let restored = store.restore().await.unwrap();
    assert_eq!(restored.iter().map(|one| one.about.id).collect::<Vec<_>>(), [good]);
    pragma(&store, "DROP TRIGGER full").await;
    assert_eq!(
        store.begin(good, false).await.unwrap(),
        begun(2, 0),
        "it is judged though the store still calls it running"
    );
    store.restore().await.unwrap();
    let sql = "SELECT verdict FROM submissions WHERE seq = 1";
    let verdict: String = sqlx::query_scalar(sql).fetch_one(&store.readers).await.unwrap();
    assert_eq!(verdict, "InternalError");
}

#[tokio::test]
async fn files_that_several_judgements_share_go_and_count_with_the_last() {
    let (store, _directory) = store().await;
    let output = |size: usize| {
        let mut packer = crate::blobs::Packer::new(store.blobs().clone());
        packer.put(&vec![7; size]).unwrap();
        packer.finish().unwrap().remove(0)
    };
    let (shared, own) = (output(3_000_000), output(1_000_000));
    let mut ids = Vec::new();
    for content in [&shared, &shared, &own, &shared] {
        let id = insert(&store, 10).await.unwrap();
        let stdout = crate::judge::Stream { content: content.clone(), is_text: false, truncated: false };
        let mut judgement = judgement(10);
        judgement.tests = vec![crate::judge::TestResult { stdout, ..crate::judge::test_support::result() }];
        store.finish(id, 1, &judgement, None, false).await.unwrap();
        ids.push(id);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    tokio::time::sleep(Duration::from_millis(5)).await;
    let mut files = super::refs::kept(&store.readers).await.unwrap();
    assert_eq!(files, 4_000_000);
    for left in [4_000_000, 4_000_000, 3_000_000, 0] {
        files -= store.remove_finished_before(millis(Utc::now()), 1).await.unwrap().files;
        assert_eq!((files, super::refs::kept(&store.readers).await.unwrap()), (left, left));
    }
}

#[tokio::test]
async fn connections_that_read_write_nothing() {
    let (store, directory) = store().await;
    insert(&store, 10).await.unwrap();
    let path = directory.path().join("test.sqlite");
    let log = || std::fs::read(directory.path().join("test.sqlite-wal")).unwrap();
    let before = log();
    let mut readers = Vec::new();
    for _ in 0..READERS {
        readers.push(store.readers.acquire().await.unwrap());
    }
    let another = options(&path).connect().await.unwrap();
    assert!(log() == before);
    drop(another);
    let vacuum: i64 = sqlx::query_scalar("PRAGMA auto_vacuum").fetch_one(&mut *readers[0]).await.unwrap();
    assert_eq!(vacuum, 2, "free pages can be given back");
}

#[tokio::test]
async fn a_submission_is_found_by_what_its_site_calls_it_until_it_goes() {
    let (store, _directory) = store().await;
    let mut ids = Vec::new();
    for (course, attempt) in [("a", "1"), ("a", "2"), ("b", "1")] {
        let named = [("course", course), ("attempt", attempt)];
        let reference = named.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
        let named = Submission { reference, ..submission("int main") };
        ids.push(insert_this(&store, named).await.unwrap());
    }
    insert(&store, 1).await.unwrap();
    let found = async |names: &[(&str, &str)]| {
        let reference = names.iter().map(|&(name, text)| (name.to_owned(), text.to_owned())).collect();
        let page = store.list(&Filter { reference, ..Filter::of(Sees::Everything) }, 9).await.unwrap();
        page.records.into_iter().map(|(_, record)| record.id).collect::<Vec<_>>()
    };
    assert_eq!(found(&[("course", "a")]).await, [ids[1], ids[0]]);
    assert_eq!(found(&[("course", "a"), ("attempt", "1")]).await, [ids[0]]);
    assert!(found(&[("course", "c")]).await.is_empty());
    assert!(found(&[("week", "a")]).await.is_empty());
    let told = store.get(ids[2]).await.unwrap().unwrap().reference;
    assert_eq!(told.get("course").map(String::as_str), Some("b"));
    let request = store.request(ids[2]).await.unwrap().unwrap();
    assert_eq!(request.reference, told);
    store.finish(ids[2], 1, &accepted(), None, false).await.unwrap();
    assert_eq!(store.remove_finished_before(millis(Utc::now()) + 1, 9).await.unwrap().rows, 1);
    let left: i64 =
        sqlx::query_scalar("SELECT count(*) FROM reference_parts").fetch_one(&store.readers).await.unwrap();
    assert_eq!(left, 4);
}

fn ref_of(name: &[u8]) -> crate::submission::ProblemRef {
    crate::submission::ProblemRef { id: "sums".into(), version: crate::content::BlobId::of(name) }
}

#[tokio::test]
async fn a_problem_that_was_removed_since_it_was_looked_at_stores_nothing() {
    let (store, _directory) = store().await;
    for begun in [true, false] {
        let problem = Some(ref_of(b"version"));
        let submission = Arc::new(Submission { problem, tests: Vec::new(), ..submission("int main") });
        let id = submission.id;
        let idempotency = (!begun).then(|| ("key".to_owned(), [7; 32]));
        let new = NewRecord { submission, created_at: Utc::now(), idempotency, begun };
        let stored = store.insert(new).await.unwrap().settled().await.unwrap();
        assert_eq!(stored.inserted, Inserted::NoProblem);
        assert!(store.get(id).await.unwrap().is_none());
    }
    assert_eq!(store.repeated("key", [7; 32]).await.unwrap(), None);
    let keys: i64 =
        sqlx::query_scalar("SELECT count(*) FROM idempotency").fetch_one(&store.readers).await.unwrap();
    assert_eq!(keys, 0);
}

async fn judged(store: &Store, size: usize) -> SubmissionId {
    let id = insert(store, size).await.unwrap();
    store.finish(id, 1, &judgement(100), None, false).await.unwrap();
    id
}

/// Judges a submission again, as an order has it.
async fn again(store: &Store, id: SubmissionId, judgement: &Judgement) {
    let selection = Selection { submissions: vec![id], ..Selection::default() };
    let order = store.add_rejudge(&Sees::Everything, &selection).await.unwrap().unwrap();
    let ungathered = store.ungathered().await.unwrap();
    assert!(!store.gather(&ungathered[0]).await.unwrap());
    let item = store.begin_item(0).await.unwrap().unwrap();
    assert_eq!((item.id, item.attempt), (id, 1));
    assert!(store.finish_item(&item, judgement, None, 10).await.unwrap());
    assert!(!store.finish_item(&item, judgement, None, 10).await.unwrap(), "once only");
    assert_eq!(store.rejudge(&Sees::Everything, order).await.unwrap().unwrap().0.state, RejudgeState::Done);
}

#[tokio::test]
async fn inputs_are_kept_for_a_while_where_that_is_wanted() {
    let (store, _directory) = store().await;
    let store = store.keeping_tests(true);
    let id = judged(&store, 100).await;
    assert_eq!(store.judged_request(id).await.unwrap().unwrap().tests[0].input.size(), 100);
    assert!(store.request(id).await.unwrap().is_none(), "it waits for nothing");
    let day = Duration::from_secs(86_400);
    let retention = |keep_tests| Retention { keep: day, keep_tests, max_size: Bytes::mib(100) };
    store.purge(retention(day)).await.unwrap();
    assert!(store.judged_request(id).await.unwrap().is_some());
    tokio::time::sleep(Duration::from_millis(20)).await;
    store.purge(retention(Duration::from_millis(10))).await.unwrap();
    assert!(store.judged_request(id).await.unwrap().is_none());
    assert!(store.get(id).await.unwrap().unwrap().judgement.is_some());
}

#[tokio::test]
async fn where_there_is_too_much_inputs_go_first_then_older_judgements_then_submissions() {
    let (store, _directory) = store().await;
    let store = store.keeping_tests(true);
    let [first, second] = [judged(&store, 2_000_000).await, judged(&store, 100).await];
    again(&store, second, &judgement(450_000)).await;
    again(&store, second, &judgement(450_000)).await;
    assert_eq!(store.judgements(second).await.unwrap().len(), 3);
    tokio::time::sleep(Duration::from_millis(5)).await;
    let purge = async |kib| store.purge(for_long(Duration::from_secs(3600), Bytes::kib(kib))).await.unwrap();
    assert_eq!(purge(1500).await, 0);
    assert!(store.judged_request(first).await.unwrap().is_none());
    assert_eq!(store.judgements(second).await.unwrap().len(), 3);
    assert_eq!(purge(900).await, 0);
    assert_eq!(store.judgements(second).await.unwrap().len(), 1);
    assert!(store.get(first).await.unwrap().is_some());
    assert!(purge(100).await > 0);
    assert!(store.get(first).await.unwrap().is_none());
}

#[tokio::test]
async fn orders_take_turns_and_are_forgotten_when_they_are_old() {
    let (store, _directory) = store().await;
    let store = store.keeping_tests(true);
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(judged(&store, 10).await);
    }
    for some in [&ids[..3], &ids[3..]] {
        let selection = Selection { submissions: some.to_vec(), ..Selection::default() };
        store.add_rejudge(&Sees::Everything, &selection).await.unwrap().unwrap();
    }
    for order in store.ungathered().await.unwrap() {
        assert!(!store.gather(&order).await.unwrap());
    }
    let mut last = 0;
    let mut begun = Vec::new();
    while let Some(item) = store.begin_item(last).await.unwrap() {
        last = item.rejudge;
        begun.push(item.id);
        store.fail_item(&item, "no".into()).await.unwrap();
    }
    assert_eq!(begun, [ids[0], ids[3], ids[1], ids[2]]);
    let keep = Duration::from_millis(10);
    tokio::time::sleep(2 * keep).await;
    store.purge(Retention { keep, keep_tests: keep, max_size: Bytes::mib(100) }).await.unwrap();
    assert!(store.rejudges(&Sees::Everything, None, 10).await.unwrap().is_empty());
    let items = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM rejudge_items");
    assert_eq!(items.fetch_one(&store.readers).await.unwrap(), 0);
}

#[tokio::test]
async fn an_order_of_many_is_gathered_in_pieces_and_one_whose_submissions_are_removed_ends() {
    let (store, _directory) = store().await;
    let store = store.keeping_tests(true);
    let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500) \
               INSERT INTO submissions (id, client, language, state, verdict, created_at, finished_at, judgement, program, tests) \
               SELECT printf('00000000-0000-4000-8000-%012d', i), 'alice', 'c17', 'done', 'Accepted', 5, 6, '{}', '{}', '[]' FROM n";
    pragma(&store, sql).await;
    let selection = Selection { user: Some("alice".into()), ..Selection::default() };
    assert_eq!(
        store.selected(&Sees::Everything, &selection, 1000).await.unwrap().total,
        1001,
        "not counted further"
    );
    let id = store.add_rejudge(&Sees::Everything, &selection).await.unwrap().unwrap();
    let order = store.ungathered().await.unwrap().remove(0);
    assert!(store.gather(&order).await.unwrap());
    assert!(!store.gather(&order).await.unwrap());
    let (order, tally) = store.rejudge(&Sees::Everything, id).await.unwrap().unwrap();
    assert_eq!((order.state, order.total, tally.waiting), (RejudgeState::Running, 1500, 1500));
    store.purge(for_long(Duration::from_secs(1), Bytes::mib(100))).await.unwrap();
    let (order, tally) = store.rejudge(&Sees::Everything, id).await.unwrap().unwrap();
    assert_eq!((order.state, tally.waiting, tally.failed), (RejudgeState::Done, 0, 1500));
}

/// An order of so many submissions that are all gathered.
async fn order_of(store: &Store, count: usize) -> RejudgeId {
    let sql = format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) \
         INSERT INTO submissions (id, client, language, state, verdict, created_at, finished_at, judgement, program, tests) \
         SELECT printf('00000000-0000-4000-8000-%012d', i), 'alice', 'c17', 'done', 'Accepted', 5, 6, '{{}}', '{{}}', '[]' FROM n"
    );
    pragma(store, String::leak(sql)).await;
    let selection = Selection { user: Some("alice".into()), ..Selection::default() };
    let id = store.add_rejudge(&Sees::Everything, &selection).await.unwrap().unwrap();
    let order = store.ungathered().await.unwrap().remove(0);
    while store.gather(&order).await.unwrap() {}
    id
}

#[tokio::test]
async fn an_order_of_many_is_cancelled_to_its_last_submission_also_where_the_server_dies_over_that() {
    let (store, _directory) = store().await;
    let id = order_of(&store, 2500).await;
    let item = store.begin_item(0).await.unwrap().unwrap();
    assert!(store.is_current(&item).await.unwrap());
    assert_eq!(store.cancel_rejudge(&Sees::Everything, id).await.unwrap(), Some(true));
    assert!(!store.is_current(&item).await.unwrap(), "who was at it sees that");
    let tally = async || store.rejudge(&Sees::Everything, id).await.unwrap().unwrap().1;
    assert_eq!((tally().await.waiting, tally().await.cancelled), (0, 2500));
    assert_eq!(store.cancel_rejudge(&Sees::Everything, id).await.unwrap(), Some(false));
    // As it was before the first part of them was ended.
    pragma(&store, "UPDATE rejudge_items SET state = CASE WHEN seq % 2 THEN 'running' ELSE 'waiting' END")
        .await;
    assert_eq!(store.begin_item(0).await.unwrap(), None, "nothing of it begins");
    store.restore_items().await.unwrap();
    assert_eq!((tally().await.waiting, tally().await.running, tally().await.cancelled), (0, 0, 2500));
}

#[tokio::test]
async fn an_attempt_that_a_stopping_server_gives_up_does_not_count_and_one_that_it_died_over_does() {
    let (store, _directory) = store().await;
    order_of(&store, 1).await;
    let begin = async || store.begin_item(0).await.unwrap().unwrap().attempt;
    assert_eq!(begin().await, 1);
    store.put_items_back().await.unwrap();
    assert_eq!(begin().await, 1);
    store.restore_items().await.unwrap();
    assert_eq!(begin().await, 2);
}

#[tokio::test]
async fn a_judgement_that_cannot_be_read_keeps_no_later_one_from_being_stored() {
    let (store, _directory) = store().await;
    let id = insert(&store, 10).await.unwrap();
    store.finish(id, 1, &accepted(), None, false).await.unwrap();
    store.add_rejudge(&Sees::Everything, &Selection::default()).await.unwrap().unwrap();
    let order = store.ungathered().await.unwrap().remove(0);
    store.gather(&order).await.unwrap();
    let item = store.begin_item(0).await.unwrap().unwrap();
    pragma(&store, "UPDATE submissions SET judgement = CAST('{}' AS BLOB)").await;
    assert!(store.finish_item(&item, &accepted(), None, 1).await.unwrap());
    let record = store.get(id).await.unwrap().unwrap();
    assert_eq!(record.judgement.unwrap().verdict, Verdict::Accepted);
}

#[tokio::test]
async fn submissions_of_a_time_are_found_by_an_index() {
    let (store, _directory) = store().await;
    let sql = "EXPLAIN QUERY PLAN SELECT count(*) FROM submissions WHERE state = 'done' AND created_at >= 5";
    let plan = sqlx::query(sql).fetch_one(&store.readers).await.unwrap();
    let plan: String = sqlx::Row::try_get(&plan, "detail").unwrap();
    assert!(plan.contains("submissions_created"), "{plan}");
}

#[tokio::test]
async fn files_of_what_waits_are_found_without_a_look_at_all_others() {
    let (store, _directory) = store().await;
    let explain = format!("EXPLAIN QUERY PLAN {}", refs::OF_UNFINISHED);
    let steps = sqlx::query(sqlx::AssertSqlSafe(explain)).fetch_all(&store.readers).await.unwrap();
    let steps: Vec<_> = steps.iter().map(|row| sqlx::Row::get::<String, _>(row, "detail")).collect();
    assert!(steps[0].contains("submissions_unfinished"), "{steps:?}");
}

#[tokio::test]
async fn submissions_of_a_problem_that_wait_are_found_by_an_index_that_has_no_others() {
    let (store, _directory) = store().await;
    let sql = "EXPLAIN QUERY PLAN SELECT 1 FROM submissions WHERE problem = 'p' AND problem_version = 'v' \
               AND state IN ('queued', 'running')";
    let plan = sqlx::query(sql).fetch_one(&store.readers).await.unwrap();
    let plan: String = sqlx::Row::try_get(&plan, "detail").unwrap();
    assert!(plan.contains("submissions_awaiting"), "{plan}");
    let sql = "SELECT count(*) FROM sqlite_schema WHERE name = 'submissions_awaiting' AND sql LIKE '%problem IS NOT NULL%'";
    assert_eq!(sqlx::query_scalar::<_, i64>(sql).fetch_one(&store.readers).await.unwrap(), 1);
}

/// A user's submissions that are judged, each with this file as its output.
async fn judged_with_file(store: &Store, count: usize) -> crate::content::BlobId {
    let mut packer = crate::blobs::Packer::new(store.blobs().clone());
    packer.put(&[7; 100_000]).unwrap();
    let content = packer.finish().unwrap().remove(0);
    let file = content.blob().unwrap().id;
    let stdout = crate::judge::Stream { content, is_text: false, truncated: false };
    let mut judgement = judgement(10);
    judgement.tests = vec![crate::judge::TestResult { stdout, ..crate::judge::test_support::result() }];
    for number in 0..count {
        let id = insert(store, 10).await.unwrap();
        let judgement = if number == 0 { &judgement } else { &accepted() };
        store.finish(id, 1, judgement, None, false).await.unwrap();
    }
    file
}

async fn is_gone(store: &Store, file: crate::content::BlobId) -> bool {
    for _ in 0..100 {
        if !store.blobs().has(file) {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    false
}

#[tokio::test]
async fn files_of_a_user_go_also_where_the_store_fails_before_all_rows_are_gone() {
    let (store, _directory) = store().await;
    let file = judged_with_file(&store, 101).await;
    pragma(
        &store,
        "CREATE TRIGGER fails BEFORE DELETE ON submissions WHEN old.seq = 101 BEGIN \
         SELECT raise(ABORT, 'by the test''s will'); END",
    )
    .await;
    let gone = std::sync::Mutex::new(0);
    let told = |ids: &[SubmissionId]| *gone.lock().unwrap() += ids.len();
    store.forget_user(&Sees::Everything, "alice", &["alice".to_owned()], told).await.unwrap_err();
    assert_eq!(*gone.lock().unwrap(), 100);
    assert!(is_gone(&store, file).await);
    pragma(&store, "DROP TRIGGER fails").await;
    assert_eq!(
        store
            .forget_user(&Sees::Everything, "alice", &["alice".to_owned()], |_| ())
            .await
            .unwrap()
            .submissions
            .len(),
        1
    );
    store.until_forgotten("alice").await.unwrap();
}

#[tokio::test]
async fn who_has_a_user_forgotten_waits_for_files_that_an_earlier_call_has_left() {
    let (store, _directory) = store().await;
    judged_with_file(&store, 1).await;
    let mut packer = crate::blobs::Packer::new(store.blobs().clone());
    packer.put(&[7; 100_000]).unwrap();
    // Somebody reads it still.
    let held = packer.finish().unwrap();
    let first = store.forget_user(&Sees::Everything, "alice", &["alice".to_owned()], |_| ()).await.unwrap();
    assert_eq!(first.submissions.len(), 1);
    let second = store.forget_user(&Sees::Everything, "alice", &["alice".to_owned()], |_| ()).await.unwrap();
    assert!(second.submissions.is_empty());
    let waiting = tokio::time::timeout(Duration::from_millis(500), store.until_forgotten("alice"));
    assert!(waiting.await.is_err(), "a file is there still");
    // Others need not wait.
    store.until_forgotten("bob").await.unwrap();
    drop(held);
    store.until_forgotten("alice").await.unwrap();
    assert!(store.leaving.of("alice").is_empty());
}

#[tokio::test]
async fn what_is_finished_while_its_user_is_forgotten_stays_with_its_key() {
    let (store, _directory) = store().await;
    judged_with_file(&store, 101).await;
    let id = insert(&store, 10).await.unwrap();
    pragma(
        &store,
        "CREATE TRIGGER finishes AFTER DELETE ON submissions WHEN old.seq = 1 BEGIN \
         UPDATE submissions SET state = 'done', finished_at = 1 WHERE seq = 102; \
         INSERT INTO idempotency SELECT 'late', x'00', id, 1 FROM submissions WHERE seq = 102; END",
    )
    .await;
    let forgotten =
        store.forget_user(&Sees::Everything, "alice", &["alice".to_owned()], |_| ()).await.unwrap();
    assert_eq!((forgotten.submissions.len(), forgotten.keys), (101, 0));
    let keys: Vec<String> =
        sqlx::query_scalar("SELECT id FROM idempotency").fetch_all(&store.readers).await.unwrap();
    assert_eq!(keys, [id.to_string()]);
}

#[tokio::test]
async fn keys_are_forgotten_after_a_day_however_many_there_are_and_found_by_their_time() {
    let (store, _directory) = store().await;
    let now = millis(Utc::now());
    let keys = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1300) \
                INSERT INTO idempotency SELECT 'key-' || i, x'00', 'id-' || i, i FROM n";
    pragma(&store, keys).await;
    let young = store.writer.write(move |connection| {
        Box::pin(async move {
            let sql = "INSERT INTO idempotency VALUES ('young', x'00', 'id', $1)";
            sqlx::query(sql).bind(now).execute(connection).await.map(drop)
        })
    });
    young.await.unwrap();
    store.purge(for_long(Duration::from_secs(3600), Bytes::mib(64))).await.unwrap();
    let left: Vec<String> = sqlx::query_scalar("SELECT idempotency_key FROM idempotency")
        .fetch_all(&store.readers)
        .await
        .unwrap();
    assert_eq!(left, ["young"]);
    let sql = "EXPLAIN QUERY PLAN SELECT rowid FROM idempotency WHERE created_at < 5 LIMIT 7";
    let steps = sqlx::query(sql).fetch_all(&store.readers).await.unwrap();
    let steps: Vec<_> = steps.iter().map(|row| sqlx::Row::get::<String, _>(row, "detail")).collect();
    assert!(steps.iter().all(|step| step.contains("idempotency_created")), "{steps:?}");
}

#[tokio::test]
async fn while_the_log_is_emptied_for_a_user_others_can_write() {
    let (store, directory) = store().await;
    let id = insert(&store, 10).await.unwrap();
    store.finish(id, 1, &accepted(), None, false).await.unwrap();
    let mut reader = options(&directory.path().join("test.sqlite")).connect().await.unwrap();
    for sql in ["BEGIN", "SELECT count(*) FROM submissions"] {
        sqlx::query(sql).execute(&mut reader).await.unwrap();
    }
    store.forget_user(&Sees::Everything, "alice", &["alice".to_owned()], |_| ()).await.unwrap();
    let (waiting, wanted) = (store.clone(), Duration::from_secs(2));
    let waiting = tokio::spawn(async move { waiting.until_forgotten("alice").await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    for _ in 0..3 {
        let began = std::time::Instant::now();
        insert(&store, 10).await.unwrap();
        assert!(began.elapsed() < wanted, "{:?}", began.elapsed());
    }
    assert!(!waiting.is_finished(), "the reader needs the log");
    sqlx::query("COMMIT").execute(&mut reader).await.unwrap();
    waiting.await.unwrap().unwrap();
}

#[tokio::test]
async fn what_is_rare_is_judged_again_with_a_look_at_a_part_of_the_rows_at_one_time() {
    let (store, _directory) = store().await;
    let rows = "WITH RECURSIVE n(i) AS (SELECT 101 UNION ALL SELECT i + 1 FROM n WHERE i < 25100) \
                INSERT INTO submissions (seq, id, language, state, verdict, created_at, finished_at) \
                SELECT i, printf('00000000-0000-4000-8000-%012d', i), iif(i % 12000 = 200, 'ada', 'c'), 'done', \
                'Accepted', i, i FROM n";
    pragma(&store, rows).await;
    let all = Sees::Everything;
    let selection = Selection { language: Some("ada".into()), ..Selection::default() };
    let selected = async |most| store.selected(&all, &selection, most).await.unwrap().total;
    assert_eq!((selected(100).await, selected(3).await, selected(1).await), (3, 3, 2));
    let id = store.add_rejudge(&all, &selection).await.unwrap().unwrap();
    let mut totals = Vec::new();
    loop {
        let ungathered = store.ungathered().await.unwrap();
        let more = store.gather(&ungathered[0]).await.unwrap();
        totals.push(store.rejudge(&all, id).await.unwrap().unwrap().0.total);
        if !more {
            break;
        }
    }
    assert_eq!(totals, [1, 2, 3]);
    assert!(store.ungathered().await.unwrap().is_empty());
}

/// What a statement sets aside is in memory, `/tmp` being small where there is one.
#[tokio::test]
async fn what_statements_set_aside_is_in_memory_and_caches_give_way_to_it() {
    async fn told(connection: &mut SqliteConnection) -> Result<(i64, i64), sqlx::Error> {
        let kind = sqlx::query_scalar("PRAGMA temp_store").fetch_one(&mut *connection).await?;
        Ok((kind, sqlx::query_scalar("PRAGMA soft_heap_limit").fetch_one(connection).await?))
    }
    const IN_MEMORY: i64 = 2;
    let expected = (IN_MEMORY, MUCH_MEMORY.parse().unwrap());
    let (store, _directory) = store().await;
    let mut readers = Vec::new();
    for _ in 0..READERS {
        let mut reader = store.readers.acquire().await.unwrap();
        assert_eq!(told(&mut reader).await.unwrap(), expected);
        readers.push(reader);
    }
    let writer = store.writer.write(|connection| Box::pin(async move { told(connection).await }));
    assert_eq!(writer.await.unwrap(), expected);
}
