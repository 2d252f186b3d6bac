//! Tasks that go on for as long as the server does: what panics is said, and begins anew.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;

/// Pause before what has panicked begins anew.
const PAUSE: Duration = Duration::from_secs(1);

/// Runs what `begin` makes to its end, again and again while it panics.
pub(crate) async fn watched<F: Future<Output = ()>>(name: &str, mut begin: impl FnMut() -> F) {
    while let Err(panic) = AssertUnwindSafe(async { begin().await }).catch_unwind().await {
        tracing::error!("{name} panicked, and begins anew: {}", said(&*panic));
        tokio::time::sleep(PAUSE).await;
    }
}

/// What a panic said.
pub(crate) fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|&text| text.to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no text".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_panics_begins_anew_and_what_ends_has_ended() {
        let mut times = 0;
        watched("the test", || {
            times += 1;
            let time = times;
            async move { assert_eq!(time, 3, "by the test's will") }
        })
        .await;
        assert_eq!(times, 3);
    }

    #[test]
    fn a_panic_is_told_in_its_own_words() {
        let panic = |what: fn()| std::panic::catch_unwind(what).unwrap_err();
        assert_eq!(said(&*panic(|| panic!("plain"))), "plain");
        assert_eq!(said(&*panic(|| panic!("number {}", 7))), "number 7");
        assert_eq!(said(&*panic(|| std::panic::panic_any(7))), "no text");
    }
}
