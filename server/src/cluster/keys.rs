//! Keys of the machines of a cluster, and what the broker lets each of them do.

use super::names::{self, INPUTS, TASKS};

/// A machine's key.
#[derive(Debug)]
pub struct MachineKey {
    /// What the machine is called.
    pub name: String,
    /// What the machine keeps for itself, as `cluster.nkey`.
    pub seed: String,
    /// What the broker knows it by.
    pub public: String,
}

/// A key could not be made.
#[derive(Debug, thiserror::Error)]
#[error("a key could not be made: {0}")]
pub struct KeyError(String);

impl MachineKey {
    /// A new one.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn new(name: &str) -> Result<Self, KeyError> {
        let pair = nkeys::KeyPair::new_user();
        let seed = pair.seed().map_err(|why| KeyError(why.to_string()))?;
        Ok(Self { name: name.to_owned(), seed, public: pair.public_key() })
    }
}

/// The broker's configuration of who may connect, and do what: a node may take tasks, tell of them under its own name, and
/// hear what is for it alone.
pub fn authorization(coordinator: &MachineKey, nodes: &[MachineKey]) -> String {
    let mut text = String::from(
        "# Who may connect to the broker, and what each may do.\nauthorization {\n  users = [\n",
    );
    add(&mut text, coordinator, &[">".to_owned()], &[">".to_owned()]);
    for node in nodes {
        let name = &node.name;
        add(
            &mut text,
            node,
            &sent_by(name),
            &[format!("{}.>", names::inbox(name)), format!("gavel.node.{name}.ctl")],
        );
    }
    text.push_str("  ]\n}\n");
    text
}

/// What a node may publish.
fn sent_by(name: &str) -> Vec<String> {
    let own = ["gavel.beat", "gavel.begin.*", "gavel.results.*", "gavel.shown.*"]
        .map(|subject| format!("{subject}.{name}"));
    let tasks = [
        format!("$JS.API.CONSUMER.INFO.{TASKS}.*"),
        format!("$JS.API.CONSUMER.MSG.NEXT.{TASKS}.*"),
        format!("$JS.ACK.{TASKS}.>"),
    ];
    let objects = [format!("$JS.API.DIRECT.GET.{INPUTS}.>"), format!("gavel.out.{name}.>")];
    own.into_iter().chain(tasks).chain(objects).collect()
}

fn add(text: &mut String, key: &MachineKey, publish: &[String], subscribe: &[String]) {
    let list = |subjects: &[String]| {
        subjects.iter().map(|subject| format!("\"{subject}\"")).collect::<Vec<_>>().join(", ")
    };
    let MachineKey { name, public, .. } = key;
    text.push_str(&format!(
        "    # {name}\n    {{ nkey: {public}, permissions: {{\n      publish: [{}]\n      subscribe: [{}] }} }}\n",
        list(publish),
        list(subscribe)
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All of it: what is added to either list is looked at here, too.
    #[test]
    fn a_node_may_do_nothing_under_another_name() {
        let [coordinator, one, two] = ["server", "one", "two"].map(|name| MachineKey::new(name).unwrap());
        assert!(one.seed.starts_with("SU") && one.public.starts_with('U') && one.public != two.public);
        let of_node = |MachineKey { name, public, .. }: &MachineKey| {
            let publish = [
                &*format!("gavel.beat.{name}"),
                &format!("gavel.begin.*.{name}"),
                &format!("gavel.results.*.{name}"),
                &format!("gavel.shown.*.{name}"),
                "$JS.API.CONSUMER.INFO.GAVEL_TASKS.*",
                "$JS.API.CONSUMER.MSG.NEXT.GAVEL_TASKS.*",
                "$JS.ACK.GAVEL_TASKS.>",
                "$JS.API.DIRECT.GET.GAVEL_INPUTS.>",
                &format!("gavel.out.{name}.>"),
            ];
            let subscribe = [&*format!("_INBOX.{name}.>"), &format!("gavel.node.{name}.ctl")];
            entry(name, public, &publish.join("\", \""), &subscribe.join("\", \""))
        };
        let expected = format!(
            "# Who may connect to the broker, and what each may do.\nauthorization {{\n  users = [\n{}{}{}  ]\n}}\n",
            entry("server", &coordinator.public, ">", ">"),
            of_node(&one),
            of_node(&two)
        );
        let text = authorization(&coordinator, &[one, two]);
        assert_eq!(text, expected);
        assert!(!text.contains(&coordinator.seed), "what is secret is with the machine alone");
    }

    fn entry(name: &str, public: &str, publish: &str, subscribe: &str) -> String {
        format!(
            "    # {name}\n    {{ nkey: {public}, permissions: {{\n      publish: [\"{publish}\"]\n      subscribe: [\"{subscribe}\"] }} }}\n"
        )
    }
}
