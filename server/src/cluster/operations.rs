//! The sandboxes of all nodes, as operators and the readiness of a coordinator see them.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;

use super::nodes::{NodeStatus, Nodes};
use super::remote::Remote;
use super::speed::Speed;
use super::strikes::SharedStrikes;
use super::wire::{Beat, Offer, PROTOCOL};
use crate::content::BlobId;
use crate::judge::Executor as _;
use crate::operations::{NodeState, NodeView, Operations, Recycled};
use crate::sandbox::{Pool, PoolStatus, Profile, ProfileStatus, SandboxStatus};

/// The nodes' sandboxes; those for commands are our own.
#[derive(Debug)]
pub struct ClusterOperations {
    pool: Pool,
    remote: Remote,
    nodes: Arc<Nodes>,
    /// The hashes of what languages are here, by id.
    definitions: BTreeMap<String, BlobId>,
    /// Those of each profile.
    images: Mutex<BTreeMap<Profile, Images>>,
    strikes: SharedStrikes,
}

/// The images that nodes have of a profile.
#[derive(Debug, Default)]
struct Images {
    /// The one that is told.
    told: Option<Arc<str>>,
    /// Those that were there while that was.
    beside: BTreeSet<Arc<str>>,
}

/// More than nodes have, by far: ids come from outside.
const MOST_BESIDE: usize = 4096;

impl Images {
    /// The one that is told where nodes have these: another than before once that has gone and one is there that was not beside it. With
    /// another all languages are tested anew, for which it is no reason that one of several nodes is drained.
    fn told(&mut self, there: &[Arc<str>]) -> Option<Arc<str>> {
        let is_there = |told: &Arc<str>| there.contains(told);
        if !self.told.as_ref().is_some_and(is_there)
            && let Some(new) = there.iter().find(|image| !self.beside.contains(*image))
        {
            *self = Self { told: Some(Arc::clone(new)), beside: BTreeSet::new() };
        }
        for image in there {
            if self.beside.len() < MOST_BESIDE {
                self.beside.insert(Arc::clone(image));
            }
        }
        self.told.clone().filter(|_| !there.is_empty())
    }
}

impl ClusterOperations {
    /// Of the nodes that this executor has, with our own pool.
    pub fn new(pool: Pool, remote: Remote, strikes: SharedStrikes) -> Self {
        let (nodes, definitions) = (remote.nodes(), remote.definitions());
        Self { pool, remote, nodes, definitions, images: Mutex::default(), strikes }
    }
}

impl Operations for ClusterOperations {
    fn status(&self) -> PoolStatus {
        let mut status = self.pool.status();
        let trouble = self.remote.trouble();
        let mut images = self.images.lock().unwrap_or_else(PoisonError::into_inner);
        for profile in status.profiles.iter_mut().filter(|status| status.profile != Profile::Command) {
            let offers = self.nodes.offers(&profile.profile);
            let there: Vec<Arc<str>> =
                offers.iter().filter_map(|offer| offer.image.as_deref()).map(Arc::from).collect();
            let image = images.entry(profile.profile.clone()).or_default().told(&there);
            *profile = ProfileStatus { image, ..seen(profile.clone(), &offers, trouble.as_deref()) };
        }
        drop(images);
        status.notes.extend(self.remote.note());
        status.unserved.extend(unserved(self.nodes.unknown_to_all(&self.definitions)));
        status
    }

    fn sandboxes(&self) -> Vec<SandboxStatus> {
        self.pool.sandboxes()
    }

    fn runs_at_once(&self) -> usize {
        self.remote.at_once()
    }

    fn recycle(&self) -> Recycled {
        // Those of nodes are not counted: each sees to its own.
        self.remote.recycle();
        Operations::recycle(&self.pool)
    }

    fn forget_contents(&self) -> BoxFuture<'_, io::Result<()>> {
        Box::pin(async {
            self.remote.forget_contents().await.map_err(io::Error::other)?;
            self.remote.forget_lengths().await?;
            // Whose they are stands in them.
            self.strikes.forget().await.map_err(io::Error::other)
        })
    }

    fn nodes(&self) -> Vec<NodeView> {
        self.nodes.status().into_iter().map(|node| told(node, &self.definitions)).collect()
    }

    fn drain(&self, node: &str, drained: bool) -> bool {
        self.remote.drain(node, drained)
    }
}

/// Why languages are not served that no node knows: the same of all of them, so that it is told once.
fn unserved(unknown: BTreeSet<String>) -> impl Iterator<Item = (String, String)> {
    let all = unknown.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let why = format!("no node that is here has this server's definition of {all} (languages.toml)");
    unknown.into_iter().map(move |id| (id, why.clone()))
}

fn told(node: NodeStatus, definitions: &BTreeMap<String, BlobId>) -> NodeView {
    let state = match (node.is_here, node.is_draining) {
        (false, _) => NodeState::Away,
        (true, true) => NodeState::Draining,
        (true, false) => NodeState::Ready,
    };
    let (stranger, others) = (stranger(&node.beat), others(&node.beat, definitions));
    let resting: Vec<String> = resting(&node.beat).collect();
    let Beat { version, credits, compilations, speed, busy, profiles, trouble, .. } = node.beat;
    let image = |offer: Offer| Some((offer.profile, offer.image?));
    NodeView {
        name: node.name,
        state,
        version,
        credits,
        compilations,
        speed: speed.map(Speed::factor),
        weight: node.weight,
        busy,
        done: node.done,
        failures: node.failures,
        faults: trouble.into_iter().chain(stranger).chain(others).chain(resting).chain(node.faults).collect(),
        silent_ms: u64::try_from(node.silent_for.as_millis()).unwrap_or(u64::MAX),
        images: profiles.into_iter().filter_map(image).collect(),
    }
}

/// Why a node does nothing for this server that is of a version with another form of messages.
fn stranger(beat: &Beat) -> Option<String> {
    let why = "it is of another version, whose messages have another form: it has no tasks of this server";
    (beat.protocol != PROTOCOL).then(|| why.to_owned())
}

/// Why a node leaves tasks to others for which it has images.
fn resting(beat: &Beat) -> impl Iterator<Item = String> {
    beat.profiles.iter().filter(|offer| offer.rests).map(|Offer { profile, problem, .. }| {
        let why = problem.as_deref().unwrap_or("it does not say why");
        format!("it leaves tasks of {profile} to others, as it can make no sandbox for them: {why}")
    })
}

/// What a node says of languages that are others here, and of which it does nothing. What it does not know it may have no use for.
fn others(beat: &Beat, definitions: &BTreeMap<String, BlobId>) -> Option<String> {
    let is_other =
        |id: &&String| definitions.get(*id).is_some_and(|own| beat.languages.get(*id) != Some(own));
    let others: Vec<&str> = beat.languages.keys().filter(is_other).map(String::as_str).collect();
    let told = || {
        format!("it has other definitions of {} (languages.toml), and none of their tasks", others.join(", "))
    };
    (!others.is_empty()).then(told)
}

/// A profile as nodes have it: up where one of them has it, installed where one may have it. Where no node is here nobody
/// knows, and submissions wait, as they do while nothing can go over the broker.
fn seen(own: ProfileStatus, offers: &[Offer], trouble: Option<&str>) -> ProfileStatus {
    let is_up = |offer: &&Offer| !offer.no_image && offer.problem.is_none();
    let idle = if trouble.is_some() { 0 } else { offers.iter().filter(is_up).count() };
    let no_image = !offers.is_empty() && offers.iter().all(|offer| offer.no_image);
    let problem = match offers.iter().find_map(|offer| offer.problem.clone()) {
        _ if trouble.is_some() => trouble.map(str::to_owned),
        _ if idle > 0 => None,
        Some(problem) => Some(problem),
        None => Some("no node that is here has it".to_owned()),
    };
    ProfileStatus { idle, leased: 0, starting: 0, kept: idle, problem, no_image, image: None, ..own }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::nodes::tests::beat;
    use crate::readiness::not_up;

    fn own() -> ProfileStatus {
        ProfileStatus {
            profile: Profile::Run,
            slots: 2,
            places: 3,
            warm: 2,
            kept: 2,
            idle: 2,
            leased: 0,
            starting: 0,
            waiting: 0,
            created: 2,
            retired: BTreeMap::new(),
            problem: None,
            no_image: false,
            image: Some("sha256:own".into()),
        }
    }

    fn offer(no_image: bool, problem: Option<&str>) -> Offer {
        let image = (!no_image).then(|| "sha256:theirs".to_owned());
        Offer { profile: "run".into(), image, no_image, problem: problem.map(str::to_owned), rests: false }
    }

    #[test]
    fn one_node_that_has_it_is_enough() {
        let status = seen(own(), &[offer(true, Some("there is no image")), offer(false, None)], None);
        assert_eq!((status.idle, status.problem.clone(), status.lacks_image()), (1, None, false));
        assert_eq!(not_up(&status), None);
    }

    #[test]
    fn without_a_node_submissions_wait_and_where_none_can_have_it_they_are_refused() {
        let none = seen(own(), &[], None);
        assert!(!none.lacks_image() && not_up(&none).unwrap().contains("no node that is here"));
        assert!(seen(own(), &[offer(true, None)], None).lacks_image());
        let failing = seen(own(), &[offer(false, Some("the disk is full"))], None);
        assert!(!failing.lacks_image() && not_up(&failing).unwrap().contains("the disk is full"));
    }

    #[test]
    fn that_one_of_several_nodes_goes_is_no_other_image_and_a_new_one_is() {
        let mut images = Images::default();
        let mut told = |there: &[&str]| {
            let there: Vec<Arc<str>> = there.iter().map(|image| Arc::from(*image)).collect();
            images.told(&there).map(|image| image.to_string()).unwrap_or_default()
        };
        assert_eq!(told(&[]), "");
        assert_eq!([told(&["a"]), told(&["a", "b"]), told(&["b"])], ["a"; 3], "`b` was beside it");
        assert_eq!([told(&["new", "b"]), told(&["b"]), told(&[])], ["new", "new", ""]);
        assert_eq!([told(&["c"]), told(&["b"]), told(&["c"])], ["c", "b", "c"], "it was taken back");
    }

    #[test]
    fn a_nodes_languages_that_are_others_here_are_told() {
        let definitions = |c17: &[u8]| {
            let hash = |id: &str, what: &[u8]| (id.to_owned(), BlobId::of(what));
            BTreeMap::from([hash("c17", c17), hash("go", b"go")])
        };
        let beat = Beat { languages: definitions(b"old"), ..beat(1, &["run"]) };
        assert_eq!(others(&beat, &definitions(b"old")), None);
        let told = others(&beat, &definitions(b"new")).unwrap();
        assert!(told.contains("definitions of c17 (languages.toml)"), "{told}");
        assert_eq!(others(&beat, &BTreeMap::new()), None, "the server asks nobody for them");
    }

    #[test]
    fn of_a_node_that_can_make_no_sandbox_it_is_told_why() {
        let told = |rests| {
            let offer = Offer { rests, ..offer(false, Some("the engine is away")) };
            resting(&Beat { profiles: vec![offer], ..beat(1, &[]) }).collect::<Vec<_>>()
        };
        assert!(told(false).is_empty(), "none may be needed");
        assert!(
            told(true).concat().contains("tasks of run to others")
                && told(true).concat().ends_with("is away")
        );
    }

    #[test]
    fn of_a_node_of_another_protocol_it_is_told_why_it_does_nothing() {
        let faults = |protocol| {
            let nodes = Nodes::default();
            nodes.heard("node", Beat { protocol, ..beat(1, &["run"]) }).unwrap();
            told(nodes.status().remove(0), &BTreeMap::new()).faults
        };
        assert_eq!(faults(PROTOCOL), [""; 0]);
        assert!(faults(PROTOCOL + 1).concat().contains("of another version"));
    }

    #[test]
    fn languages_that_no_node_knows_are_told_of_in_one_line() {
        let unknown = BTreeSet::from(["c17", "go"].map(str::to_owned));
        let told = unserved(unknown).collect::<BTreeMap<_, _>>();
        assert_eq!(told.keys().collect::<Vec<_>>(), ["c17", "go"]);
        assert_eq!(told["c17"], told["go"]);
        assert!(told["go"].contains("definition of c17, go (languages.toml)"), "{}", told["go"]);
        assert_eq!(unserved(BTreeSet::new()).count(), 0);
    }

    #[test]
    fn what_is_wrong_with_the_broker_is_told_whatever_nodes_have() {
        let status = seen(own(), &[offer(false, None)], Some("the broker cannot be reached"));
        assert!(!status.lacks_image() && status.idle == 0);
        assert!(not_up(&status).unwrap().ends_with("the broker cannot be reached"));
    }
}
