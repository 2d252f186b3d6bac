//! Many commands on one connection.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use e2e::Client;
use e2e::environment::patience;
use e2e::websocket::{Socket, command};
use serde_json::{Value, json};
use tokio::sync::Mutex;

/// One of them at a time: they fill the service.
static ALONE: Mutex<()> = Mutex::const_new(());

/// What cancelling may take.
const SOON: Duration = Duration::from_millis(500);

fn request(id: &str, args: &[&str]) -> Value {
    let files = json!([{"content": ""}, {"name": "stdout", "max": 1000}, {"name": "stderr", "max": 1000}]);
    json!({"requestId": id, "cmd": [command(args, files)]})
}

/// Commands that sleep, as many as there are turns for; afterwards others wait.
async fn occupy(socket: &mut Socket) -> usize {
    let client = Client::connect().await;
    let command_slots = async || {
        let ready = client.call(reqwest::Method::GET, "/readyz", None).await.json;
        let profiles = ready["pool"]["profiles"].as_array().cloned().unwrap_or_default();
        let of_commands = profiles.into_iter().find(|profile| profile["profile"] == "command");
        of_commands.map_or(0, |profile| profile["leased"].as_u64().unwrap_or(0))
    };
    // More than any host of these tests has cores.
    let sleepers = 64;
    for number in 0..sleepers {
        socket.send(&request(&format!("sleeper {number}"), &["/bin/sleep", "20"])).await;
    }
    let deadline = Instant::now() + patience(Duration::from_secs(10));
    while command_slots().await == 0 {
        assert!(Instant::now() < deadline, "nothing runs");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    sleepers
}

#[tokio::test]
async fn many_in_flight_are_each_answered_once() {
    let _alone = ALONE.lock().await;
    Client::connect().await;
    let mut socket = Socket::open("/ws").await;
    let mut expected = BTreeSet::new();
    for number in 0..100 {
        let id = format!("r{number}");
        socket.send(&request(&id, &["/bin/echo", &id])).await;
        expected.insert(id);
    }
    while !expected.is_empty() {
        let answer = socket.answer().await;
        let id = answer["requestId"].as_str().unwrap_or_default().to_owned();
        assert!(expected.remove(&id), "{answer}");
        assert_eq!(answer["results"][0]["files"]["stdout"], format!("{id}\n"), "{answer}");
    }
}

#[tokio::test]
async fn what_is_cancelled_makes_room_within_500_ms() {
    let _alone = ALONE.lock().await;
    let mut socket = Socket::open("/ws").await;
    let sleepers = occupy(&mut socket).await;
    socket.send(&request("waits", &["/bin/echo", "at last"])).await;
    let begun = Instant::now();
    for number in 0..sleepers {
        socket.send(&json!({"cancelRequestId": format!("sleeper {number}")})).await;
    }
    let (mut killed, mut unstarted) = (0, 0);
    for _ in 0..=sleepers {
        let answer = socket.answer().await;
        let result = &answer["results"][0];
        match (answer["requestId"].as_str(), answer["error"].as_str()) {
            (Some("waits"), _) => assert_eq!(result["files"]["stdout"], "at last\n", "{answer}"),
            (_, Some("request cancelled before execute")) => unstarted += 1,
            _ => {
                assert_eq!(
                    (&result["status"], &result["exitStatus"]),
                    (&json!("Signalled"), &json!(9)),
                    "{answer}"
                );
                killed += 1;
            }
        }
    }
    let took = begun.elapsed();
    assert!(killed > 0 && killed + unstarted == sleepers, "{killed} killed, {unstarted} unstarted");
    assert!(took < patience(SOON), "{took:?}");
}

#[tokio::test]
async fn a_connection_that_goes_away_makes_room_within_500_ms() {
    let _alone = ALONE.lock().await;
    let mut leaving = Socket::open("/ws").await;
    occupy(&mut leaving).await;
    let mut socket = Socket::open("/ws").await;
    socket.send(&request("waits", &["/bin/echo", "at last"])).await;
    let begun = Instant::now();
    drop(leaving);
    assert_eq!(socket.answer().await["results"][0]["files"]["stdout"], "at last\n");
    let took = begun.elapsed();
    assert!(took < patience(SOON), "{took:?}");
}
