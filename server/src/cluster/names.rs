//! The names of streams, subjects and consumers at the broker.

use async_nats::Message;
use async_nats::header::NATS_STREAM;

use crate::config::{LONGEST_NAME, is_name};
use crate::slots::Profile;

/// Tasks that any node takes which has what they need.
pub(super) const TASKS: &str = "GAVEL_TASKS";
/// What came of tasks.
pub(super) const RESULTS: &str = "GAVEL_RESULTS";
/// Contents that tasks are made of.
pub(super) const INPUTS: &str = "GAVEL_INPUTS";
/// Contents that nodes have made.
pub(super) const OUTPUTS: &str = "GAVEL_OUTPUTS";

/// What happens to users' strikes.
pub(super) const STRIKES: &str = "GAVEL_STRIKES";

/// What was last said of nodes.
pub(super) const WORDS: &str = "GAVEL_WORDS";

/// Of any text something that may be a name.
pub(super) fn name_of(text: &str) -> String {
    let plain = |c: char| {
        let c = c.to_ascii_lowercase();
        if c.is_ascii_lowercase() || c.is_ascii_digit() { c } else { '-' }
    };
    let name: String = text.trim().chars().map(plain).take(LONGEST_NAME).collect();
    if name.is_empty() { "node".to_owned() } else { name }
}

/// The tasks of one profile, as a part of subjects: `run`, `run-java`, `toolchain-gcc`.
pub(super) fn pool(profile: &Profile) -> String {
    pool_of(&profile.to_string())
}

/// As [`pool`], of a profile as it is displayed.
pub(super) fn pool_of(profile: &str) -> String {
    let plain = |c: char| match c {
        ':' => '-',
        c if c.is_ascii_alphanumeric() || c == '-' => c,
        _ => '_',
    };
    profile.chars().map(plain).collect()
}

/// A pool is of tasks that compile.
pub(super) fn is_of_compilations(pool: &str) -> bool {
    pool.starts_with("toolchain-")
}

/// Where tasks of a pool go.
pub(super) fn tasks(pool: &str) -> String {
    format!("gavel.tasks.{pool}")
}

/// Where a node sends what came of a coordinator's tasks. The broker lets a node with a key of its own publish under its
/// own name only.
pub(super) fn results(coordinator: &str, node: &str) -> String {
    format!("gavel.results.{coordinator}.{node}")
}

/// Where a node asks whether it may begin a coordinator's task.
pub(super) fn begin(coordinator: &str, node: &str) -> String {
    format!("gavel.begin.{coordinator}.{node}")
}

/// Where a node tells a coordinator what programs write while they run.
pub(super) fn shown(coordinator: &str, node: &str) -> String {
    format!("gavel.shown.{coordinator}.{node}")
}

/// Where a chunk of a content goes that tasks are made of.
pub(super) fn input(hash: &str, chunk: u64) -> String {
    format!("gavel.in.{hash}.{chunk}")
}

/// Where a chunk of a content goes that a node has made.
pub(super) fn output(node: &str, hash: &str, chunk: u64) -> String {
    format!("gavel.out.{node}.{hash}.{chunk}")
}

/// Where a coordinator tells what has happened to users' strikes. No node may.
pub(super) fn strikes(coordinator: &str) -> String {
    format!("gavel.strikes.{coordinator}")
}

/// Where the last word on a node is. No node may say it.
pub(super) fn word(node: &str) -> String {
    format!("gavel.words.{node}")
}

/// Where a coordinator tells others that it has work.
pub(super) fn busy(coordinator: &str) -> String {
    format!("gavel.busy.{coordinator}")
}

/// What a node's questions have as the beginning of where the answer goes: an answer is sent nowhere else on its behalf.
pub(super) fn inbox(node: &str) -> String {
    format!("_INBOX.{node}")
}

/// Where a node tells how it is.
pub(super) fn beat(node: &str) -> String {
    format!("gavel.beat.{node}")
}

/// Where a node is told what to do.
pub(super) fn control(node: &str) -> String {
    format!("gavel.node.{node}.ctl")
}

/// Who has sent to such a subject: its last part.
pub(super) fn sender(subject: &str) -> Option<&str> {
    subject.rsplit('.').next().filter(|name| is_name(name))
}

/// The broker has it from what it keeps, and sends it where somebody wanted an answer: nobody has said it here. Whoever may ask for a
/// content may name any subject for the answer, and the content may be anybody's.
pub(super) fn is_kept(message: &Message) -> bool {
    message.headers.as_ref().is_some_and(|headers| headers.get(NATS_STREAM).is_some())
}

/// As [`is_kept`], of what is said and not kept: a task that is handed out comes with where it is acknowledged.
pub(super) fn is_handed_out(message: &Message) -> bool {
    is_kept(message) || message.reply.as_ref().is_some_and(|reply| reply.starts_with("$JS."))
}

#[cfg(test)]
mod tests {
    use async_nats::HeaderMap;

    use super::*;

    #[test]
    fn what_the_broker_hands_out_is_told_from_what_somebody_says() {
        let message = |reply: Option<&str>, is_of_stream: bool| {
            let mut headers = HeaderMap::new();
            if is_of_stream {
                headers.insert(NATS_STREAM, INPUTS);
            }
            Message {
                subject: control("lab-2").into(),
                reply: reply.map(Into::into),
                payload: r#""drain""#.into(),
                headers: is_of_stream.then_some(headers),
                status: None,
                description: None,
                length: 0,
            }
        };
        for said in [message(None, false), message(Some("_INBOX.lab-2.7"), false)] {
            assert!(!is_handed_out(&said), "{said:?}");
        }
        for handed_out in [message(None, true), message(Some("$JS.ACK.GAVEL_TASKS.run.1.2.3.4.0"), false)] {
            assert!(is_handed_out(&handed_out), "{handed_out:?}");
        }
        let task = message(Some("$JS.ACK.GAVEL_TASKS.run.1.2.3.4.0"), false);
        assert!(!is_kept(&task) && is_kept(&message(None, true)));
    }

    #[test]
    fn names_are_parts_of_subjects() {
        for good in ["a", "node-1", "0", &"n".repeat(40)] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "a.b", "A", "a b", "*", ">", "ä", &"n".repeat(41)] {
            assert!(!is_name(bad), "{bad}");
            assert!(is_name(&name_of(bad)), "{bad}");
        }
        assert_eq!(sender(&results("gavel", "node-1")), Some("node-1"));
        assert_eq!(sender("gavel.results.gavel.>"), None);
    }

    #[test]
    fn profiles_have_pools_of_their_own() {
        let toolchain = Profile::Toolchain("gcc".into());
        let runtime = Profile::Runtime("gcc".into());
        assert_eq!([&Profile::Run, &runtime, &toolchain].map(pool), ["run", "run-gcc", "toolchain-gcc"]);
        assert_eq!(pool(&Profile::Runtime("c#.net".into())), "run-c__net");
    }
}
