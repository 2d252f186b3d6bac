//! `gavel token` against a stand-in for a server.

use serde_json::json;

use crate::stand_in::{Answer, Server, run};

fn keeping() -> Server {
    Server::start(|request| match request.line().as_str() {
        "POST /tokens" => Answer::Json(201, json!({"name": "cs101", "secret": "gavel_one", "secrets": [{}]})),
        "PATCH /tokens/cs101" => Answer::Json(
            200,
            json!({"name": "cs101", "scopes": ["read"], "quota": null, "priority": 16, "of_settings": false,
                "last_used_at": null, "expires_at": null, "secrets": [{}]}),
        ),
        "POST /tokens/cs101/rotate" => {
            Answer::Json(200, json!({"name": "cs101", "secret": "gavel_\u{1b}two"}))
        }
        "POST /tokens/silent/rotate" => Answer::Json(200, json!({"name": "silent"})),
        "POST /tokens/broken/rotate" => Answer::Raw(Vec::new()),
        "GET /tokens" => Answer::Json(
            200,
            json!({"tokens": [
                {"name": "cs\u{1b}101", "scopes": ["submit", "read"], "quota": 200, "priority": 4,
                    "of_settings": false, "last_used_at": "2026-11-29T06:41:27.214Z", "expires_at": null,
                    "secrets": [{}, {}]},
                {"name": "site", "scopes": ["operate"], "quota": null, "priority": 16, "of_settings": true,
                    "last_used_at": null, "expires_at": null, "secrets": [{}]},
            ]}),
        ),
        "DELETE /tokens/cs101" => Answer::Json(204, json!(null)),
        _ => Answer::Json(404, json!({"detail": "there is no such token"})),
    })
}

#[test]
fn a_secret_is_printed_alone_and_asked_for_once() {
    let server = keeping();
    let ended = run(
        &server,
        &[
            "token",
            "create",
            "cs101",
            "--scope",
            "submit",
            "--scope",
            "read",
            "--quota",
            "7",
            "--expires",
            "2027-01-31",
        ],
    );
    assert_eq!((ended.status, ended.out.as_str()), (0, "gavel_one\n"), "{}", ended.err);
    // Whoever made it has shown no token.
    assert!(ended.err.starts_with("note: this server takes requests without a token"), "{}", ended.err);
    let sent = server.requests().pop().unwrap().json();
    let expected = json!({"name": "cs101", "scopes": ["submit", "read"], "quota": 7, "expires_at": "2027-01-31T00:00:00Z"});
    assert_eq!(sent, expected);
    let whole = run(&server, &["token", "create", "cs101", "--scope", "submit", "--json"]);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&whole.out).unwrap()["secrets"], json!([{}]));
    let before = server.requests().len();
    assert_eq!(run(&server, &["token", "rotate", "broken"]).status, 3);
    assert_eq!(server.requests().len(), before + 1, "a second attempt would make another secret");
    assert_eq!(run(&server, &["token", "rotate", "silent"]).status, 3);
}

#[test]
fn a_token_is_changed_by_what_is_said_and_nothing_else() {
    let server = keeping();
    for (said, expected) in [
        (
            &["--quota", "7", "--scope", "read", "--scope", "submit"][..],
            json!({"quota": 7, "scopes": ["read", "submit"]}),
        ),
        (&["--no-quota", "--never-expires"], json!({"quota": null, "expires_at": null})),
        (
            &["--priority", "16", "--expires", "2027-01-31"],
            json!({"priority": 16, "expires_at": "2027-01-31T00:00:00Z"}),
        ),
    ] {
        let ended = run(&server, &[&["token", "change", "cs101"], said].concat());
        assert_eq!(ended.status, 0, "{}", ended.err);
        assert!(ended.out.contains("cs101  read"), "{}", ended.out);
        assert_eq!(server.requests().pop().unwrap().json(), expected);
    }
    for odd in [&[][..], &["--quota", "7", "--no-quota"], &["--expires", "2d", "--never-expires"]] {
        assert_eq!(run(&server, &[&["token", "change", "cs101"], odd].concat()).status, 2, "{odd:?}");
    }
}

#[test]
fn tokens_are_listed_rotated_and_revoked() {
    let server = keeping();
    let expected = "\
NAME    SCOPES       QUOTA  PRIORITY  LAST USED                 SECRETS
cs␛101  submit read    200         4  2026-11-29T06:41:27.214Z        2
site    operate                   16  never                           1  of the settings
";
    assert_eq!(run(&server, &["token", "list"]).out, expected);
    let ended = run(&server, &["token", "rotate", "cs101", "--keep-old", "2d"]);
    assert_eq!((ended.status, ended.out.as_str()), (0, "gavel_␛two\n"), "{}", ended.err);
    assert_eq!(server.requests().pop().unwrap().json(), json!({"keep_old_s": 172_800}));
    assert_eq!(run(&server, &["token", "revoke", "cs101"]).status, 0);
    let told = run(&server, &["token", "revoke", "cs101", "--json"]).out;
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&told).unwrap(),
        json!({"name": "cs101", "revoked": true})
    );
    assert_eq!(run(&server, &["token", "revoke", "../x"]).status, 2);
    server.was_asked("DELETE /tokens/..%2Fx");
    for odd in [&["token", "create", "a"][..], &["token", "rotate", "a", "--keep-old", "soon"], &["token"]] {
        assert_eq!(run(&server, odd).status, 2, "{odd:?}");
    }
}
