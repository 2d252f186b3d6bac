use std::path::Path;

use chrono::TimeDelta;

use super::*;

fn new(name: &str, scopes: &[Scope]) -> NewToken {
    NewToken {
        name: name.to_owned(),
        scopes: scopes.iter().copied().collect(),
        quota: Some(7),
        priority: 9,
        expires_at: None,
    }
}

async fn store(directory: &Path) -> Store {
    Store::open(&directory.join("gavel.sqlite"), &directory.join("blobs")).await.unwrap()
}

fn found(tokens: &Tokens, secret: &Secret, now: DateTime<Utc>) -> Option<String> {
    match tokens.of(&secret.digest(), now)? {
        Found::Valid(token, _) => Some(token.name.to_string()),
        Found::Ended => Some("ended".into()),
    }
}

#[tokio::test]
async fn a_token_is_there_after_a_restart_and_only_its_digest_was_stored() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(directory.path()).await;
    let tokens = Tokens::default();
    let (_, secret) = tokens.create(&store, new("cs101", &[Scope::Submit, Scope::ReadAll])).await.unwrap();
    tokens.of(&secret.digest(), Utc::now()).unwrap();
    tokens.save_uses(&store).await.unwrap();
    let again = Tokens::default();
    again.load(&store).await.unwrap();
    let token = again.get("cs101").unwrap();
    assert_eq!(
        (token.scopes.to_string().as_str(), token.quota, token.priority),
        ("submit read-all", Some(7), 9)
    );
    assert!(token.used_at().is_some());
    assert_eq!(found(&again, &secret, Utc::now()).as_deref(), Some("cs101"));
    assert_eq!(format!("{secret:?} {:?}", secret.digest()), "Secret Digest");
    let told = secret.told();
    for entry in std::fs::read_dir(directory.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap_or_default();
        assert!(!bytes.windows(told.len()).any(|bytes| bytes == told.as_bytes()));
    }
}

#[tokio::test]
async fn two_secrets_are_valid_while_a_token_is_rotated_and_never_three() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(directory.path()).await;
    let tokens = Tokens::default();
    let (_, first) = tokens.create(&store, new("cs101", &[Scope::Submit])).await.unwrap();
    let (now, soon) = (Utc::now(), Utc::now() + TimeDelta::minutes(5));
    let (_, second) = tokens.rotate(&store, "cs101", Scopes::all(), soon).await.unwrap().unwrap();
    for tokens in [tokens.clone(), {
        let again = Tokens::default();
        again.load(&store).await.unwrap();
        again
    }] {
        let of = |secret, now| found(&tokens, secret, now);
        assert_eq!((of(&first, now).as_deref(), of(&second, now).as_deref()), (Some("cs101"), Some("cs101")));
        assert_eq!(
            (of(&first, soon).as_deref(), of(&second, soon).as_deref()),
            (Some("ended"), Some("cs101"))
        );
    }
    let (_, third) = tokens.rotate(&store, "cs101", Scopes::all(), soon).await.unwrap().unwrap();
    let valid = [&first, &second, &third].map(|secret| found(&tokens, secret, now).is_some());
    assert_eq!(valid, [false, true, true]);
    let (_, fourth) = tokens.rotate(&store, "cs101", Scopes::all(), now).await.unwrap().unwrap();
    let valid = [&second, &third, &fourth].map(|secret| found(&tokens, secret, now).is_some());
    assert_eq!(valid, [false, false, true], "the old one was not to be kept");
    assert!(tokens.rotate(&store, "none", Scopes::all(), now).await.unwrap().is_none());
}

#[tokio::test]
async fn a_changed_token_is_another_one_with_the_same_secrets_also_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(directory.path()).await;
    let tokens = Tokens::default();
    let (token, secret) = tokens.create(&store, new("cs101", &[Scope::Submit])).await.unwrap();
    let change = Change { quota: Some(None), priority: Some(16), ..Change::default() };
    let [was, is] = tokens.change(&store, "cs101", Scopes::all(), change).await.unwrap().unwrap();
    assert_eq!((was.quota, is.quota, is.priority, is.scopes), (Some(7), None, 16, token.scopes));
    // Who came with it comes again.
    token.gone().await;
    let again = Tokens::default();
    again.load(&store).await.unwrap();
    for tokens in [&tokens, &again] {
        assert_eq!(found(tokens, &secret, Utc::now()).as_deref(), Some("cs101"));
        assert_eq!(tokens.terms(Some("cs101")), Terms { quota: None, priority: 16 });
    }
    let within: Scopes = [Scope::Read].into_iter().collect();
    let beyond = tokens.change(&store, "cs101", within, change).await;
    assert!(matches!(beyond, Err(TokenError::Beyond(Scope::Submit))), "{beyond:?}");
    assert!(tokens.change(&store, "none", Scopes::all(), change).await.unwrap().is_none());
}

#[tokio::test]
async fn a_revoked_token_is_gone_for_whoever_came_with_it() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(directory.path()).await;
    let tokens = Tokens::default();
    let (token, secret) = tokens.create(&store, new("cs101", &[Scope::Submit])).await.unwrap();
    assert!(matches!(tokens.create(&store, new("cs101", &[Scope::Read])).await, Err(TokenError::Taken(_))));
    assert!(!token.has_ended(Utc::now()));
    assert!(tokens.revoke(&store, "cs101").await.unwrap());
    assert!(token.has_ended(Utc::now()));
    token.gone().await;
    assert_eq!(found(&tokens, &secret, Utc::now()), None);
    assert!(!tokens.revoke(&store, "cs101").await.unwrap());
    assert!(store.tokens().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_change_is_made_whole_though_nobody_waits_for_it() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(directory.path()).await;
    let tokens = Tokens::default();
    tokens.create(&store, new("cs101", &[Scope::Submit])).await.unwrap();
    drop(futures_util::poll!(Box::pin(tokens.revoke(&store, "cs101"))));
    while tokens.get("cs101").is_some() {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    assert!(store.tokens().await.unwrap().is_empty());
}

#[tokio::test]
async fn nobody_gets_a_secret_with_more_than_his_own_scopes() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(directory.path()).await;
    let tokens = Tokens::default();
    tokens.create(&store, new("cs101", &[Scope::Submit, Scope::Operate])).await.unwrap();
    let own: Scopes = [Scope::Submit].into_iter().collect();
    let rotated = tokens.rotate(&store, "cs101", own, Utc::now()).await;
    assert!(matches!(rotated, Err(TokenError::Beyond(Scope::Operate))));
}

#[tokio::test]
async fn what_came_with_a_revoked_token_is_found_by_its_name() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(directory.path()).await;
    let tokens = Tokens::default();
    tokens.create(&store, new("cs101", &[Scope::Submit])).await.unwrap();
    tokens.revoke(&store, "cs101").await.unwrap();
    let persons = store.persons(&Sees::Everything, "alice").await.unwrap();
    assert_eq!(persons.len(), 2, "{persons:?}");
    // One of its name has not been used.
    tokens.create(&store, new("cs101", &[Scope::Submit])).await.unwrap();
    let again = Tokens::default();
    again.load(&store).await.unwrap();
    assert_eq!(again.get("cs101").unwrap().used_at(), None);
}

#[tokio::test]
async fn so_many_tokens_there_are_and_no_more() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(directory.path()).await;
    let tokens = Tokens::default();
    for number in 0..MOST {
        tokens.create(&store, new(&format!("t{number}"), &[Scope::Read])).await.unwrap();
    }
    let one_more = tokens.create(&store, new("one-more", &[Scope::Read])).await;
    assert!(matches!(one_more, Err(TokenError::TooMany)));
}

#[tokio::test]
async fn a_token_of_the_settings_counts_and_is_changed_there() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(directory.path()).await;
    let stored = Tokens::default();
    let (_, secret) = stored.create(&store, new("cs101", &[Scope::Operate])).await.unwrap();
    let now = Utc::now();
    let config = TokenConfig {
        name: "cs101".into(),
        secret: Some("0123456789abcdef".into()),
        secret_file: None,
        previous_secret: Some("fedcba9876543210".into()),
        previous_secret_file: None,
        previous_until: Some(now + TimeDelta::hours(1)),
        scopes: vec![Scope::Read],
        quota: None,
        priority: None,
        expires_at: Some(now + TimeDelta::hours(2)),
    };
    let tokens = Tokens::new(&[config]);
    tokens.load(&store).await.unwrap();
    assert_eq!(found(&tokens, &secret, now), None, "that of the settings has its name");
    let of = |secret: &str, hours| match tokens.of(&Digest::of(secret), now + TimeDelta::hours(hours)) {
        Some(Found::Valid(token, _)) => token.scopes.to_string(),
        Some(Found::Ended) => "ended".into(),
        None => "unknown".into(),
    };
    assert_eq!((of("0123456789abcdef", 0), of("fedcba9876543210", 0)), ("read".into(), "read".into()));
    assert_eq!((of("0123456789abcdef", 1), of("fedcba9876543210", 1)), ("read".into(), "ended".into()));
    assert_eq!((of("0123456789abcdef", 2), of("0123456789abcdeX", 0)), ("ended".into(), "unknown".into()));
    // That which is stored goes, and with it what would come back with the settings' entry gone.
    assert!(tokens.revoke(&store, "cs101").await.unwrap());
    assert!(store.tokens().await.unwrap().is_empty());
    assert!(matches!(tokens.revoke(&store, "cs101").await, Err(TokenError::OfSettings(_))));
    assert_eq!(of("0123456789abcdef", 0), "read");
    let rotated = tokens.rotate(&store, "cs101", Scopes::all(), now).await;
    assert!(matches!(rotated, Err(TokenError::OfSettings(_))));
}

#[test]
fn what_a_token_may_be_like_has_bounds() {
    for name in ["a", "cs101", "0.a_b-c", &"x".repeat(64)] {
        check_name(name).unwrap();
    }
    for name in ["", "A", "-a", ".a", "a b", "a/b", "a\nb", "ä", &"x".repeat(65)] {
        check_name(name).unwrap_err();
    }
    let good = new("a", &[Scope::Submit]);
    assert_eq!(good.wrong(), []);
    let field = |new: NewToken| new.wrong()[0].0;
    assert_eq!(field(NewToken { scopes: Scopes::default(), ..good.clone() }), "scopes");
    for quota in [0, QUOTA_MAX + 1] {
        assert_eq!(field(NewToken { quota: Some(quota), ..good.clone() }), "quota");
    }
    for priority in [0, 17] {
        assert_eq!(field(NewToken { priority, ..good.clone() }), "priority");
    }
    let ended = Change { quota: Some(Some(0)), expires_at: Some(Some(Utc::now())), ..Change::default() };
    let fields: Vec<_> = ended.wrong().into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["quota", "expires_at"]);
}

#[test]
fn scopes_are_written_and_read_again() {
    for (scope, name) in Scope::ALL.into_iter().zip(Scope::NAMES) {
        assert_eq!((scope.name(), Scope::parse(name)), (name, Some(scope)));
        assert_eq!(serde_json::to_value(scope).unwrap(), name);
    }
    let some: Scopes = [Scope::Operate, Scope::Submit].into_iter().collect();
    assert_eq!(some.to_string(), "submit operate");
    assert_eq!(Scopes::all().beyond(some), Some(Scope::Read));
    assert_eq!(some.beyond(Scopes::all()), None);
}
