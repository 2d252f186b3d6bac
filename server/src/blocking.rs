//! Work that would keep the threads waiting on which everybody is served: on the disk, and on much in memory.

use std::io;

/// Looking at no more bytes than this is done where it is asked for: handing it over costs more.
pub(crate) const QUICK: usize = 64 * 1024;

/// Has work done by a thread that may wait. It is done to its end even when nobody waits for it any more.
///
/// # Errors
/// The work's; that it panicked.
pub(crate) async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    elsewhere(work).await.unwrap_or_else(Err)
}

/// As [`on_disk`], for work that has no errors of its own.
///
/// # Errors
/// That it panicked.
pub(crate) async fn elsewhere<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)
}

/// Something that is used, and dropped, by threads that may wait: between two uses it holds none of them.
#[derive(Debug)]
pub(crate) struct Aside<T: Send + 'static>(Option<T>);

impl<T: Send + 'static> Aside<T> {
    /// Keeps it.
    pub(crate) fn new(kept: T) -> Self {
        Self(Some(kept))
    }

    /// Has something done with it, for which it is given away.
    ///
    /// # Errors
    /// That it panicked.
    pub(crate) async fn with<R: Send + 'static>(
        mut self,
        work: impl FnOnce(T) -> R + Send + 'static,
    ) -> io::Result<R> {
        match self.0.take() {
            Some(kept) => elsewhere(move || work(kept)).await,
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

impl<T: Send + 'static> Drop for Aside<T> {
    fn drop(&mut self) {
        // Where there is no runtime any more, nobody waits.
        if let (Some(kept), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current()) {
            runtime.spawn_blocking(move || drop(kept));
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::pin::pin;
    use std::sync::mpsc;
    use std::time::Duration;

    use tokio::runtime::Builder;
    use tokio::task::LocalSet;

    use super::*;

    /// What a future comes to, on a runtime whose only thread that may wait is busy for some time; and whether it has
    /// waited for that thread.
    pub(crate) fn with_others_busy<F: Future>(start: impl FnOnce() -> F) -> (F::Output, bool) {
        let runtime = Builder::new_current_thread().enable_all().max_blocking_threads(1).build().unwrap();
        LocalSet::new().block_on(&runtime, async {
            let (free, busy) = mpsc::channel::<()>();
            let waiting = tokio::task::spawn_blocking(move || busy.recv());
            let mut future = pin!(start());
            let early = tokio::time::timeout(Duration::from_millis(300), &mut future).await;
            drop(free);
            waiting.await.unwrap().unwrap_err();
            match early {
                Ok(output) => (output, false),
                Err(_still_waiting) => (future.await, true),
            }
        })
    }

    #[test]
    fn work_is_handed_over_and_comes_back() {
        let (done, waited) = with_others_busy(|| on_disk(|| Ok(7)));
        assert_eq!((done.unwrap(), waited), (7, true));
        assert_eq!(with_others_busy(async || 7), (7, false));
        let (failed, _) = with_others_busy(|| on_disk(|| Err::<(), _>(io::ErrorKind::NotFound.into())));
        assert_eq!(failed.unwrap_err().kind(), io::ErrorKind::NotFound);
        let (lost, _) = with_others_busy(|| on_disk(|| -> io::Result<()> { panic!("by the test's will") }));
        assert_eq!(lost.unwrap_err().kind(), io::ErrorKind::Other);
    }
}
