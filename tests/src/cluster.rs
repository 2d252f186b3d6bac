//! Several machines on one: a broker, a coordinator that does not judge itself, and nodes, each with its own warden,
//! workspace, uids and slots.

use futures_util::future::join_all;

use crate::Client;
use crate::broker::{Broker, FOLDER};
use crate::docker::Host;
use crate::environment;
use crate::instance::{Instance, Plan};
use crate::nats::{Liar, Tls, Who};

/// What the broker has, and those who reach it trust.
const CERTIFICATE: &str = include_str!("../certificates/broker.pem");
const CERTIFICATE_KEY: &str = include_str!("../certificates/broker.key");
const AUTHORITY: &str = include_str!("../certificates/ca.pem");
/// Where those find it.
const AUTHORITY_FILE: &str = "/workspace/ca.pem";

/// What the broker knows everybody by.
const TOKEN: &str = "the-token-of-the-cluster-under-test";

/// A node's name, its settings, and the size of its workspace where that is bounded.
type NodePlan<'a> = (&'a str, Vec<(&'a str, &'a str)>, Option<&'a str>);

/// A cluster.
#[derive(Debug)]
pub struct Cluster {
    /// What they all reach.
    pub broker: Broker,
    /// What has the API.
    pub coordinator: Instance,
    /// What judges.
    pub nodes: Vec<Instance>,
}

impl Cluster {
    /// Makes and starts one with these nodes, which are as fast as is said, and have the images of a tag of their own where that is
    /// named, and waits until it is ready. Limits of time are longer on slow ones, and each runs one program at a time.
    ///
    /// # Panics
    /// When it does not become ready.
    pub async fn of_speeds(name: &str, nodes: &[(&str, &str, Option<&str>)]) -> Self {
        let settings = |speed, tag: Option<_>| {
            // Alike as far as is to be seen: what one is at the other is not given, too, however busy the host makes one of them.
            let mut settings = vec![("GAVEL_CLUSTER__SPEED", speed), ("GAVEL_CLUSTER__WEIGHT", "1")];
            settings.extend(tag.map(|tag| ("GAVEL_SANDBOX__IMAGE_TAG", tag)));
            settings
        };
        let nodes = nodes.iter().map(|(node, speed, tag)| (*node, settings(*speed, *tag), None));
        let coordinator = [("GAVEL_CLUSTER__TIME_SCALE", "calibrated")];
        Self::launch(name, &coordinator, &nodes.collect::<Vec<_>>(), 1).await
    }

    /// As [`Self::of_speeds`], with nodes alike that run so many programs at a time.
    ///
    /// # Panics
    /// When it does not become ready.
    pub async fn of_slots(name: &str, nodes: &[&str], slots: u32) -> Self {
        let nodes: Vec<_> = nodes.iter().map(|node| (*node, None)).collect();
        Self::of(name, &nodes, slots).await
    }

    /// As [`Self::of_slots`], with nodes whose workspace has no more room than is said.
    ///
    /// # Panics
    /// When it does not become ready.
    pub async fn of(name: &str, nodes: &[(&str, Option<&str>)], slots: u32) -> Self {
        let nodes: Vec<_> = nodes.iter().map(|(node, room)| (*node, Vec::new(), *room)).collect();
        Self::launch(name, &[], &nodes, slots).await
    }

    /// As [`Self::of`], with nodes of one slot and of these weights.
    ///
    /// # Panics
    /// When it does not become ready.
    pub async fn of_weights(name: &str, nodes: &[(&str, &str, Option<&str>)]) -> Self {
        Self::launch(name, &[], &weighted(nodes), 1).await
    }

    /// As [`Self::of_weights`], whose nodes are dealt tasks by these.
    ///
    /// # Panics
    /// When it does not become ready.
    pub async fn dealing(name: &str, nodes: &[(&str, &str)]) -> Self {
        let nodes: Vec<_> = nodes.iter().map(|(node, weight)| (*node, *weight, None)).collect();
        Self::launch(name, &[("GAVEL_CLUSTER__DISPATCH", "wrr")], &weighted(&nodes), 1).await
    }

    /// With these settings of the coordinator.
    async fn launch(name: &str, settings: &[(&str, &str)], nodes: &[NodePlan<'_>], slots: u32) -> Self {
        let broker_name = format!("gavel-e2e-{name}-broker");
        let broker = Broker::start(&broker_name, &[("GAVEL_CLUSTER__TOKEN", TOKEN)]).await;
        let plan = |part: &str| plan(name, &broker.name, part).run_slots(slots);
        let coordinator = coordinating(plan("coordinator"));
        let coordinator = settings.iter().fold(coordinator, |plan, (key, value)| plan.with(key, value));
        let nodes = nodes.iter().map(|(node, settings, room)| {
            let plan = settings.iter().fold(plan(node).as_node(), |plan, (key, value)| plan.with(key, value));
            match room {
                Some(room) => plan.workspace_of(room),
                None => plan,
            }
        });
        // One after another the containers of each would wait for those of the one before.
        let mut started = join_all(std::iter::once(coordinator).chain(nodes).map(Plan::start)).await;
        let coordinator = started.remove(0);
        Self { broker, coordinator, nodes: started }
    }

    /// Makes and starts another coordinator with these settings, which has the broker and the nodes in common with the first, and
    /// waits until it is ready.
    ///
    /// # Panics
    /// When it does not become ready.
    pub async fn another_coordinator(&self, name: &str, settings: &[(&str, &str)]) -> Instance {
        let of = self.broker.name.trim_start_matches("gavel-e2e-").trim_end_matches("-broker");
        let plan = coordinating(plan(of, &self.broker.name, name));
        settings.iter().fold(plan, |plan, (key, value)| plan.with(key, value)).start().await
    }

    /// A client of the coordinator.
    pub fn client(&self) -> Client {
        self.coordinator.client()
    }

    /// Somebody at the broker who has its token.
    ///
    /// # Panics
    /// When the broker cannot be reached.
    pub async fn liar(&self) -> Liar {
        Liar::connect(&self.broker.address().await, TOKEN).await
    }

    /// Removes everything of it.
    pub async fn remove(self) {
        join_all(self.nodes.into_iter().chain([self.coordinator]).map(Instance::remove)).await;
        self.broker.remove().await;
    }
}

fn weighted<'a>(nodes: &[(&'a str, &'a str, Option<&'a str>)]) -> Vec<NodePlan<'a>> {
    let plan = |(node, weight, room): &(&'a str, &'a str, Option<&'a str>)| {
        (*node, vec![("GAVEL_CLUSTER__WEIGHT", *weight)], *room)
    };
    nodes.iter().map(plan).collect()
}

/// A part of a cluster, with one slot of each kind.
fn plan(cluster: &str, broker: &str, part: &str) -> Plan {
    let plan = Plan::of_one_slot(&format!("{cluster}-{part}")).without_commands();
    let plan = plan.with("GAVEL_CLUSTER__URL", &format!("nats://{broker}:4222"));
    plan.with("GAVEL_CLUSTER__TOKEN", TOKEN).with("GAVEL_CLUSTER__NAME", part)
}

/// As one that judges nothing itself.
fn coordinating(plan: Plan) -> Plan {
    // What streams may take the broker reserves.
    plan.with("GAVEL_CLUSTER__JUDGE_HERE", "false").with("GAVEL_CLUSTER__OBJECTS", "512MiB")
}

/// A cluster whose machines have keys, and whose broker has a certificate, and less room than a coordinator asks for. Its name is that
/// of the certificate. The coordinator judges, too.
#[derive(Debug)]
pub struct Guarded {
    /// What they all reach.
    pub broker: Broker,
    /// What has the API.
    pub coordinator: Instance,
    /// The node whose key there is.
    pub node: Instance,
    /// Seed of that.
    key: String,
}

impl Guarded {
    /// The certificate of the authority that has signed that of the broker.
    pub const AUTHORITY: &str = AUTHORITY;

    const BROKER: &str = "gavel-e2e-guarded-broker";

    /// Makes and starts one with one node, and waits until it is ready.
    ///
    /// # Panics
    /// When it does not become ready.
    pub async fn start() -> Self {
        let [authorization, coordinator_key, key] = keys(&Host::connect().await).await;
        // Two seconds, as it has it by itself, are little where other tests are at work.
        let tls = format!(
            "tls {{ cert_file: \"{FOLDER}/broker.pem\", key_file: \"{FOLDER}/broker.key\", timeout: 20 }}"
        );
        let files = [
            ("auth.conf", &*authorization),
            ("tls.conf", &*tls),
            ("broker.pem", CERTIFICATE),
            ("broker.key", CERTIFICATE_KEY),
        ];
        // Three quarters of that are for streams.
        let broker = Broker::with_files(Self::BROKER, &files, "800m").await;
        let coordinator = Self::plan("coordinator", &coordinator_key);
        let node = Self::plan("node-a", &key).as_node();
        let (coordinator, node) = tokio::join!(coordinator.start(), node.start());
        Self { broker, coordinator, node, key }
    }

    /// Seed of the node's key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Somebody connects to the broker: encrypted where he has certificates of authorities, or says that he has none (an empty text).
    ///
    /// # Errors
    /// What is against it, in the words of whoever says so.
    ///
    /// # Panics
    /// When nothing is said.
    pub async fn reached_by(&self, authorities: Option<&str>, who: Who<'_>) -> Result<Liar, String> {
        let tls = authorities.map(|authorities| Tls { name: Self::BROKER, authorities });
        Liar::try_connect(&self.broker.address().await, tls, who).await
    }

    fn plan(name: &str, key: &str) -> Plan {
        let plan = Plan::of_one_slot(&format!("guarded-{name}")).without_commands();
        let plan = plan.with("GAVEL_CLUSTER__NAME", name);
        let plan = plan.with("GAVEL_CLUSTER__URL", &format!("tls://{}:4222", Self::BROKER));
        let plan = plan.with("GAVEL_CLUSTER__NKEY", key).with("GAVEL_CLUSTER__CA", AUTHORITY_FILE);
        plan.file(AUTHORITY_FILE, AUTHORITY)
    }

    /// Starts another node with the key of the first.
    pub async fn impostor(&self) -> Instance {
        Self::plan("node-b", &self.key).as_node().launch().await
    }

    /// Removes everything of it.
    pub async fn remove(self) {
        tokio::join!(self.node.remove(), self.coordinator.remove(), self.broker.remove());
    }
}

/// What the service makes for a cluster of one node: the broker's list, and both seeds.
async fn keys(host: &Host) -> [String; 3] {
    let server = host.service(&environment::project(), "server").await;
    let folder = format!("/tmp/keys-{}", uuid::Uuid::new_v4());
    let make = ["gavel", "nodes", "keys", "--folder", &folder, "--server-name", "coordinator", "node-a"];
    host.exec(&server, "10001", &make).await;
    let mut found = [const { String::new() }; 3];
    for (text, name) in found.iter_mut().zip(["auth.conf", "coordinator.nkey", "node-a.nkey"]) {
        *text = host.exec(&server, "10001", &["cat", &format!("{folder}/{name}")]).await.trim().to_owned();
    }
    host.exec(&server, "10001", &["rm", "-r", &folder]).await;
    found
}
