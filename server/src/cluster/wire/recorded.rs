//! Messages as the first version of this protocol wrote them: of each kind one with nothing but what it must have, and some with all that
//! there is. They go on being read, and whoever wrote them goes on reading ours.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Answer, Beat, Begin, Begun, Control, Task};

const RECORDED: &str = include_str!("recorded.json");

/// A message as we would write it that was written so before.
fn again<T: Serialize + DeserializeOwned>(message: &Value) -> serde_json::Result<Value> {
    serde_json::to_value(serde_json::from_value::<T>(message.clone())?)
}

fn again_of(kind: &str, message: &Value) -> serde_json::Result<Value> {
    match kind {
        "task" => again::<Task>(message),
        "begin" => again::<Begin>(message),
        "begun" => again::<Begun>(message),
        "answer" => again::<Answer>(message),
        "beat" => again::<Beat>(message),
        "control" => again::<Control>(message),
        other => panic!("there is no such message: {other}"),
    }
}

/// All that is in one is in the other, which may have more: what an earlier version does not know it leaves out of account.
fn has_all(ours: &Value, recorded: &Value) -> bool {
    match (ours, recorded) {
        (Value::Object(ours), Value::Object(recorded)) => {
            recorded.iter().all(|(key, value)| ours.get(key).is_some_and(|ours| has_all(ours, value)))
        }
        (Value::Array(ours), Value::Array(recorded)) => {
            ours.len() == recorded.len()
                && ours.iter().zip(recorded).all(|(ours, value)| has_all(ours, value))
        }
        (ours, recorded) => ours == recorded,
    }
}

#[test]
fn what_earlier_versions_have_written_is_read_and_what_they_read_is_written() {
    let recorded: BTreeMap<String, Vec<Value>> = serde_json::from_str(RECORDED).unwrap();
    assert_eq!(recorded.len(), 6, "messages of each kind");
    for (kind, messages) in recorded {
        for message in messages {
            match again_of(&kind, &message) {
                Ok(ours) => assert!(has_all(&ours, &message), "{kind}:\n{message}\nis written\n{ours}"),
                Err(why) => panic!("{kind} is not read: {why}\n{message}"),
            }
        }
    }
}
