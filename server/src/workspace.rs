//! Where things are in the workspace: the only place that joins host paths.

use std::path::{Path, PathBuf};

/// The directory that the server, the warden and (read-only, in parts) the sandboxes share.
///
/// The same layout is seen below different roots: `/workspace` in our containers, another path on the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The workspace below this root.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Its root.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What only the server reads: queue, results, settings that change.
    pub fn state(&self) -> PathBuf {
        self.root.join("state")
    }

    /// The queue and the results.
    pub fn database(&self) -> PathBuf {
        self.state().join("gavel.sqlite")
    }

    /// Contents that are too large for the database, by content hash.
    pub fn blobs(&self) -> PathBuf {
        self.state().join("blobs")
    }

    /// Compiled programs, by content hash.
    pub fn store(&self) -> PathBuf {
        self.root.join("store")
    }

    /// The parent of all slots' directories.
    pub fn slots(&self) -> PathBuf {
        self.root.join("slots")
    }

    /// A slot's directory, which its container sees read-only as `/ctl`.
    pub fn slot(&self, number: u32) -> PathBuf {
        self.slots().join(number.to_string())
    }

    /// The socket that a slot's monitor connects to, once.
    pub fn slot_socket(&self, number: u32) -> PathBuf {
        self.slot(number).join("monitor.sock")
    }

    /// The users of a slot's container, as passwd(5): the images' own file is a link to `/ctl/.passwd`.
    pub fn slot_users(&self, number: u32) -> PathBuf {
        self.slot(number).join(".passwd")
    }

    /// The groups of a slot's container, as group(5): the images' own file is a link to `/ctl/.group`.
    pub fn slot_groups(&self, number: u32) -> PathBuf {
        self.slot(number).join(".group")
    }

    /// What the warden puts into containers.
    pub fn bin(&self) -> PathBuf {
        self.root.join("bin")
    }

    /// The monitor's binary of this content hash.
    pub fn monitor(&self, hash: &str) -> PathBuf {
        self.bin().join(format!("monitor-{hash}"))
    }
}
