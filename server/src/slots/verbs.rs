//! What the server may ask of the warden: five verbs, one JSON object a line each way over a unix socket.
//!
//! A caller names a profile and a slot; images, mounts and options are the warden's own.

use serde::{Deserialize, Serialize};

/// A request, one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "snake_case", deny_unknown_fields)]
pub enum Verb {
    /// Makes and starts the container of a slot; one that is there already is removed first. The server listens on
    /// the slot's socket before it asks.
    Create {
        /// `run`, `command`, `run:<name>` or `toolchain:<name>` with a name from `languages.toml`.
        profile: String,
        /// One of the profile's kind, below the number of slots that the configuration allows.
        slot: u32,
    },
    /// Removes the container of a slot; one that is gone already is no error.
    Retire {
        /// The slot.
        slot: u32,
    },
    /// Lists the containers of this instance.
    // Braces: of a unit variant serde would ignore unknown fields.
    List {},
    /// Removes every container of this instance.
    Drain {},
    /// Tells which images of the profiles there are.
    Images {},
}

/// An answer, one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Answer {
    /// Done; nothing to tell.
    Done,
    /// A container is there and starts.
    Created {
        /// Its id.
        container: String,
        /// The id of its image: what its tag named at that moment.
        image: String,
    },
    /// There is no image of this name.
    NoImage(String),
    /// The containers of this instance.
    Containers(Vec<ContainerState>),
    /// What each profile's image is now.
    Images(Vec<ImageState>),
    /// Why it was refused or failed.
    Failed(String),
}

/// The image of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageState {
    /// The profile.
    pub profile: String,
    /// What its containers are made from.
    pub image: String,
    /// Id of the image of that name; none while there is none.
    pub id: Option<String>,
}

/// A container of this instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContainerState {
    /// Docker's id.
    pub id: String,
    /// Its slot.
    pub slot: u32,
    /// Its profile.
    pub profile: String,
    /// Running and not paused.
    pub running: bool,
}
