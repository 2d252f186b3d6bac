//! A request on its way to its results.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use super::refusal::Outcome;

/// A request that runs while it is polled, by whoever waits for it. Dropping it cancels the request: its programs are
/// killed and its sandboxes cleaned in the background.
#[must_use]
pub(crate) struct Running {
    /// None once it has ended.
    future: Option<BoxFuture<'static, Outcome>>,
    cancel: CancellationToken,
}

impl Running {
    /// A request that heeds this token.
    pub(super) fn new(future: BoxFuture<'static, Outcome>, cancel: CancellationToken) -> Self {
        Self { future: Some(future), cancel }
    }

    /// Cancels the request while somebody waits for it: its programs are killed, and it ends as such requests do.
    pub(crate) fn canceller(&self) -> CancellationToken {
        self.cancel.clone()
    }
}

impl Future for Running {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        // Taken out, so that what panics is not polled again.
        let Some(mut future) = self.future.take() else { return Poll::Pending };
        let polled = future.as_mut().poll(context);
        if polled.is_pending() {
            self.future = Some(future);
        }
        polled
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let Some(future) = self.future.take() else { return };
        self.cancel.cancel();
        // Outside a runtime nothing runs on: it is shutting down, and its sandboxes with it.
        if let Ok(runtime) = Handle::try_current() {
            drop(runtime.spawn(future));
        }
    }
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running").field("ended", &self.future.is_none()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt;
    use tokio::sync::oneshot;

    use super::*;

    /// Ends when it is cancelled, and then says so.
    fn endless() -> (Running, oneshot::Receiver<()>) {
        let (told, ended) = oneshot::channel();
        let cancel = CancellationToken::new();
        let heeded = cancel.clone();
        let future = async move {
            heeded.cancelled().await;
            tokio::task::yield_now().await;
            let _ = told.send(());
            Ok(Vec::new())
        };
        (Running::new(future.boxed(), cancel), ended)
    }

    #[tokio::test]
    async fn who_drops_a_request_cancels_it_and_it_ends_in_order() {
        let (mut running, ended) = endless();
        assert!((&mut running).now_or_never().is_none());
        drop(running);
        tokio::time::timeout(Duration::from_secs(20), ended).await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_request_that_has_ended_is_not_cancelled() {
        let cancel = CancellationToken::new();
        let mut running = Running::new(async { Ok(Vec::new()) }.boxed(), cancel.clone());
        assert_eq!((&mut running).await.unwrap().len(), 0);
        drop(running);
        assert!(!cancel.is_cancelled());
    }

    #[test]
    fn dropped_without_a_runtime_it_is_just_gone() {
        let (running, mut ended) = endless();
        drop(running);
        assert!(ended.try_recv().is_err());
    }
}
