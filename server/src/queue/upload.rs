//! Bytes of submissions on their way to the disk: they count with those of the ones that wait.

use std::sync::Arc;

use super::{Refusal, Shared};

/// What one request has put on the disk so far; not counted any more when it is dropped.
#[derive(Debug)]
pub struct Upload {
    shared: Arc<Shared>,
    bytes: u64,
}

impl Upload {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, bytes: 0 }
    }

    /// So many more bytes are there.
    ///
    /// # Errors
    /// [`Refusal::Full`], and where the disk is. One that is larger than the bound alone may still come when nothing else is there.
    pub fn grow(&mut self, by: u64) -> Result<(), Refusal> {
        self.shared.store.check_room()?;
        let mut state = self.shared.state();
        let others = state.stored.bytes() + state.uploading - self.bytes;
        let all = others.saturating_add(self.bytes).saturating_add(by);
        if others > 0 && all > self.shared.policy.max_bytes.get() {
            return Err(Refusal::Full { waiting: state.total, retry_after: state.retry_after() });
        }
        state.uploading += by;
        self.bytes += by;
        Ok(())
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        self.shared.state().uploading -= self.bytes;
    }
}
