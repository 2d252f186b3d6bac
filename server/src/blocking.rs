//! Work that would keep the threads waiting on which everybody is served: on the disk, and on much in memory.

use std::io;
use std::sync::LazyLock;
use std::thread::available_parallelism;

use tokio::sync::Semaphore;

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

/// So much is computed at one time: hundreds of threads that compute would leave those that serve next to nothing of the
/// cores.
static CORES: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(available_parallelism().map_or(1, std::num::NonZero::get)));

/// As [`elsewhere`], for work that computes much and waits for nothing: it is done when a core is free for that.
///
/// # Errors
/// That it panicked.
pub(crate) async fn computed<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
    let core = CORES.acquire().await.map_err(io::Error::other)?;
    elsewhere(move || {
        // Kept to the work's end, also where nobody waits for it any more.
        let _core = core;
        work()
    })
    .await
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
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, mpsc};
    use std::time::Duration;

    use tokio::runtime::Builder;
    use tokio::task::LocalSet;

    use super::*;

    #[tokio::test]
    async fn no_more_is_computed_at_one_time_than_there_are_cores_and_all_of_it_in_the_end() {
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let work = || {
            let (running, most) = (running.clone(), most.clone());
            move || {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(2));
                running.fetch_sub(1, Ordering::SeqCst);
            }
        };
        let all: Vec<_> = (0..100).map(|_| tokio::spawn(computed(work()))).collect();
        // Who does not wait any more leaves its core to others, once its work is done.
        all.iter().step_by(10).for_each(tokio::task::JoinHandle::abort);
        for (number, one) in all.into_iter().enumerate() {
            assert!(one.await.is_ok_and(|done| done.is_ok()) || number % 10 == 0, "{number}");
        }
        assert!(computed(|| ()).await.is_ok());
        let cores = available_parallelism().unwrap().get();
        assert!((1..=cores).contains(&most.load(Ordering::SeqCst)), "{most:?} of {cores}");
    }

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
