use std::sync::Arc;

use gavel_protocol::Bytes;

use super::*;
use crate::judge::Summary;
use crate::judge::test_support::submission;

async fn store() -> (Store, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    (Store::open(&directory.path().join("test.sqlite")).await.unwrap(), directory)
}

async fn insert(store: &Store, size: usize) -> Result<SubmissionId, StoreError> {
    let submission = Arc::new(submission(&"x".repeat(size)));
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
    Judgement { verdict: Verdict::Accepted, reason, compile, tests, summary: Summary::default() }
}

async fn pragma(store: &Store, sql: &'static str) {
    let set = store.writer.write(move |connection| {
        Box::pin(async move { sqlx::query(sql).execute(connection).await.map(drop) })
    });
    set.await.unwrap();
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
    assert_eq!(store.begin(id).await.unwrap(), Some(2));
    assert_eq!(store.begin(id).await.unwrap(), None);
    assert!(!store.finish(id, 1, &accepted(), None).await.unwrap());
    assert!(store.finish(id, 2, &accepted(), None).await.unwrap());
    assert!(!store.finish(id, 2, &accepted(), None).await.unwrap());
    assert_eq!(store.cancel(id).await.unwrap(), Cancelled::Finished);
}

#[tokio::test]
async fn a_cancelled_submission_cannot_finish() {
    let (store, _directory) = store().await;
    let id = insert(&store, 10).await.unwrap();
    assert_eq!(store.cancel(id).await.unwrap(), Cancelled::Now);
    assert!(!store.finish(id, 1, &accepted(), None).await.unwrap());
    assert_eq!(store.get(id).await.unwrap().unwrap().state, StoredState::Cancelled);
}

#[tokio::test]
async fn an_attempt_that_does_not_count_is_taken_back() {
    let (store, _directory) = store().await;
    let id = insert(&store, 10).await.unwrap();
    for _ in 0..5 {
        store.requeue(id, 1, true).await.unwrap();
        assert_eq!(store.begin(id).await.unwrap(), Some(1));
    }
}

#[tokio::test]
async fn the_oldest_judgements_go_while_there_are_too_many_bytes() {
    let (store, directory) = store().await;
    let mut ids = Vec::new();
    for _ in 0..40 {
        let id = insert(&store, 10).await.unwrap();
        store.finish(id, 1, &accepted(), None).await.unwrap();
        ids.push(id);
    }
    let size = || std::fs::metadata(directory.path().join("test.sqlite")).unwrap().len();
    let waiting = insert(&store, 10).await.unwrap();
    let removed = store.purge(Duration::from_secs(3600), Bytes::mib(1)).await.unwrap();
    assert!((1..40).contains(&removed), "{removed}");
    assert!(store.get(ids[0]).await.unwrap().is_none());
    assert!(store.get(ids[39]).await.unwrap().is_some());
    assert!(store.get(waiting).await.unwrap().is_some());
    assert!(size() <= 1024 * 1024, "{}", size());
}

#[tokio::test]
async fn nothing_of_a_source_stays_when_it_is_judged() {
    let (store, _directory) = store().await;
    let id = insert(&store, 10).await.unwrap();
    assert!(store.request(id).await.unwrap().is_some());
    store.finish(id, 1, &accepted(), None).await.unwrap();
    assert!(store.request(id).await.unwrap().is_none());
}

#[tokio::test]
async fn a_write_that_fails_or_panics_does_not_take_its_neighbours_with_it() {
    let (store, _directory) = store().await;
    let set = |user: &'static str| {
        store.writer.hand_over(move |connection| {
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
        assert!(store.finish(id, 1, &judgement(10), None).await.unwrap());
    }
    let size = || std::fs::metadata(directory.path().join("test.sqlite")).unwrap().len();
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_all(&store.readers).await.unwrap();
    assert!(size() > 7_000_000, "{}", size());
    assert_eq!(store.purge(Duration::from_secs(3600), Bytes::mib(100)).await.unwrap(), 0);
    assert!(size() < 7_000_000, "{}", size());
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_is_named_with_its_owner_and_a_remedy() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("not/there.sqlite");
    let why = Store::open(&path).await.unwrap_err().to_string();
    assert!(why.contains(path.to_str().unwrap()) && why.contains("uid"), "{why}");
    let path = directory.path().join("text.sqlite");
    std::fs::write(&path, vec![b'x'; 4096]).unwrap();
    let why = Store::open(&path).await.unwrap_err().to_string();
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
    let why = Store::open(&directory.path().join("test.sqlite")).await.unwrap_err();
    assert!(matches!(why, StoreError::Newer { version: 9999, .. }), "{why}");
    assert!(why.to_string().contains("newer version of Gavel"), "{why}");
}
