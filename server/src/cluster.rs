//! Several machines: a coordinator (`gavel serve` with `cluster.url`) cuts judgings into tasks, which nodes (`gavel node`)
//! take from a broker, NATS with JetStream. docs/cluster.md has the whole of it.
//!
//! `judge` sees an executor, [`Remote`], as it sees one of this machine. A node carries tasks out by the very executor that
//! a machine alone has.

mod broker;
mod calibration;
mod desk;
mod expected;
#[cfg(test)]
mod fake_broker;
mod keys;
mod line;
mod names;
mod node;
mod nodes;
mod objects;
mod operations;
mod pace;
mod packing;
mod peers;
mod pulls;
mod remote;
mod seldom;
#[cfg(test)]
mod simulation;
mod speed;
mod standing;
mod streams;
mod strikes;
mod turns;
mod wire;
mod words;

pub use broker::{Broker, BrokerError};
pub use keys::{KeyError, MachineKey, authorization};
pub use node::{Node, NodeParts};
pub use nodes::{NodeStatus, Nodes};
pub use operations::ClusterOperations;
pub use remote::{Remote, RemoteParts};
pub use speed::Speed;
pub use strikes::SharedStrikes;
pub use wire::{Beat, Offer, PROTOCOL};

use tokio::sync::mpsc;

use crate::blobs::Blobs;
use crate::blocking::on_disk;
use crate::config::ClusterConfig;
pub use crate::config::is_name;
use crate::content::BlobId;

/// Removes what nobody on a node needs any more, and what is left of before.
pub(crate) async fn collect(blobs: Blobs, mut orphans: mpsc::UnboundedReceiver<BlobId>) {
    let all = blobs.clone();
    if let Err(why) = on_disk(move || all.sweep()).await {
        tracing::warn!("What is left of an earlier start was not found: {why}");
    }
    while let Some(id) = orphans.recv().await {
        let removing = blobs.clone();
        if !blobs.mark(id) {
            continue;
        }
        if let Err(why) = on_disk(move || removing.remove_marked(id)).await {
            tracing::warn!("A content that nobody needs could not be removed: {why}");
        }
    }
}

/// What this machine is called among the nodes: as the settings have it, else as the host.
pub fn own_name(settings: &ClusterConfig) -> String {
    settings.name.clone().unwrap_or_else(|| {
        let host = rustix::system::uname();
        names::name_of(&host.nodename().to_string_lossy())
    })
}
