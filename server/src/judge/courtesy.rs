//! Judging that lets others go first.

use futures_util::future::BoxFuture;

/// Knows who is to go first.
pub trait Courtesy: Send + Sync {
    /// Completes when nobody has to go first. Asked before each test, with no sandbox in hand.
    fn wait(&self) -> BoxFuture<'_, ()>;
}
