//! What a broker that knows each machine by a key has against others, and against a machine that does what is not its own.

use std::time::{Duration, Instant};

use e2e::Client;
use e2e::cluster::Guarded;
use e2e::docker::Host;
use e2e::environment::patience;
use e2e::nats::{Liar, Who};

/// Each is told what is wrong.
pub(super) async fn whom_the_broker_does_not_know_it_does_not_let_in(cluster: &Guarded) {
    let refused = async |authorities: Option<&str>, who: Who<'_>| {
        let reached = cluster.reached_by(authorities, who).await;
        reached.err().unwrap_or_else(|| panic!("{who:?} is let in, with {authorities:?}"))
    };
    let key = Who::Key(cluster.key());
    let unknown = nkeys::KeyPair::new_user().seed().expect("a key has a seed");
    for who in [Who::Nobody, Who::Token("a-token"), Who::Key(&unknown)] {
        let told = refused(Some(Guarded::AUTHORITY), who).await;
        assert!(told.contains("Authorization Violation"), "{who:?}: {told}");
    }
    let told = refused(Some(""), key).await;
    assert!(told.contains("invalid peer certificate: UnknownIssuer"), "{told}");
    refused(None, key).await;
    let told = Host::connect().await.logs(&cluster.broker.name, "200").await;
    assert!(
        told.contains("TLS handshake error: tls: first record does not look like a TLS handshake"),
        "{told}"
    );
}

/// Of all that another machine does, and of what nobody but the coordinator may, each is refused by itself.
pub(super) async fn a_key_opens_what_is_its_own_and_nothing_else(cluster: &Guarded) {
    let mut liar = match cluster.reached_by(Some(Guarded::AUTHORITY), Who::Key(cluster.key())).await {
        Ok(liar) => liar,
        Err(why) => panic!("{why}"),
    };
    for own in
        ["gavel.results.x.node-a", "gavel.begin.x.node-a", "gavel.shown.x.node-a", "gavel.out.node-a.x.0"]
    {
        liar.say(own, "_INBOX.node-a.answers", "").await;
    }
    for own in ["gavel.node.node-a.ctl", "_INBOX.node-a.answers"] {
        liar.listen(own).await;
    }
    for subject in [
        "gavel.tasks.run",
        "gavel.tasks.toolchain-gcc",
        "gavel.node.node-b.ctl",
        "gavel.node.node-a.ctl",
        "gavel.results.x.node-b",
        "gavel.begin.x.node-b",
        "gavel.shown.x.node-b",
        "gavel.beat.node-b",
        "gavel.in.x.0",
        "gavel.out.node-b.x.0",
        "gavel.strikes.coordinator",
        "gavel.words.node-a",
        "gavel.busy.coordinator",
        "_INBOX.node-b.answers",
        "$JS.API.STREAM.PURGE.GAVEL_TASKS",
        "$JS.API.STREAM.DELETE.GAVEL_INPUTS",
        "$JS.API.CONSUMER.CREATE.GAVEL_TASKS",
        "$JS.API.CONSUMER.MSG.NEXT.GAVEL_RESULTS.results-coordinator",
        "$JS.API.DIRECT.GET.GAVEL_OUTPUTS.gavel.out.node-b.x.0",
        "$JS.API.DIRECT.GET.GAVEL_WORDS.gavel.words.node-b",
    ] {
        liar.say(subject, "_INBOX.node-a.answers", "").await;
        is_next_refused(&mut liar, "Publish", subject).await;
    }
    for subject in [
        "gavel.node.node-b.ctl",
        "gavel.node.*.ctl",
        "gavel.tasks.>",
        "gavel.results.>",
        "gavel.words.>",
        "_INBOX.>",
        ">",
    ] {
        liar.listen(subject).await;
        is_next_refused(&mut liar, "Subscription", subject).await;
    }
}

/// What was allowed before it was not refused, then.
async fn is_next_refused(liar: &mut Liar, doing: &str, subject: &str) {
    assert_eq!(liar.refused().await, format!("Permissions Violation for {doing} to \"{subject}\""));
}

/// Its own log says what is wrong with it.
pub(super) async fn a_node_with_the_key_of_another_is_nobody(cluster: &Guarded, client: &Client) {
    let host = Host::connect().await;
    let impostor = cluster.impostor().await;
    let subject = "Permissions Violation for Subscription to \"gavel.node.node-b.ctl\"";
    let deadline = Instant::now() + patience(Duration::from_secs(30));
    loop {
        let told = host.logs(&impostor.server, "200").await;
        // In a log of lines of JSON quotes are escaped.
        if told.replace('\\', "").contains(subject) {
            break;
        }
        assert!(Instant::now() < deadline, "it is not told what is wrong: {told}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let nodes = client.call(reqwest::Method::GET, "/api/v1/nodes", None).await.json;
    let names: Vec<_> =
        nodes.as_array().into_iter().flatten().filter_map(|node| node["name"].as_str()).collect();
    assert_eq!(names, ["coordinator", "node-a"]);
    impostor.remove().await;
}
