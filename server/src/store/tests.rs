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
    let (reason, compile, tests) = (Some("x".repeat(50_000)), None, Vec::new());
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
