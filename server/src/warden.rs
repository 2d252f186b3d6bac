//! The warden: keeps containers, and is the only part that talks to Docker.

pub mod verbs;
