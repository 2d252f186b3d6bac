//! What the server and the monitor say to each other.
//!
//! One `SOCK_SEQPACKET` connection per container. A frame is one packet: an [`Envelope`] in postcard
//! encoding with up to [`MAX_DESCRIPTORS`] file descriptors beside it. The server sends [`Order`]s,
//! the monitor answers with [`Reply`]s. The conversation:
//!
//! ```text
//! monitor ── Hello ─────────────▶ server      once, when the monitor has connected
//!         ◀───────────── Welcome ──           once; who the program is to be
//!         ◀─── Files* ── Run ─────            per run; what it needs, by descriptor or inline
//!         ◀──────────────── Kill ──           at any time during a run
//!         ── Leavings*, Collected* ─▶         per run; what it left, by descriptor
//!         ── Report ────────────────▶         per run; everything of the run is dead by now
//!         ── Clean ─────────────────▶         per run; the box is wiped, or why it is not
//!         ◀──────────────── Ping ──           at any time; the Pong carries its run id
//!         ── Pong ──────────────────▶
//! ```
//!
//! Descriptors are named in a message by their position among the descriptors of the *same* frame.

#![forbid(unsafe_code)]

mod ending;
mod frame;
mod limits;
mod order;
mod reply;
pub mod socket;

pub use ending::{Ending, Limit, Outcome, Step, Usage};
pub use frame::{Envelope, FrameError, MAX_DESCRIPTORS, MAX_FRAME, RunId, VERSION, decode, encode};
pub use limits::{Bytes, CpuRate, Limits};
pub use order::{BoxFile, Collect, Content, Descriptor, Order, Run, Setup, Stdio, StdioSource};
pub use reply::{CgroupTier, Clean, Collected, CollectedFile, Hello, MAX_LEAVINGS, Reply, Report};
