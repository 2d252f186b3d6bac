//! Lets everybody through while things work, and one at a time with pauses while they do not.

use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard};
use tokio::time::Instant;

/// Guards something that may be out of order, as the engine.
#[derive(Debug)]
pub(super) struct Gate {
    failing: std::sync::atomic::AtomicBool,
    /// When the next attempt may be made; held by whoever makes it.
    next: Mutex<Instant>,
    pause: Duration,
}

/// The right to make an attempt. Held during it while things are out of order.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    gate: &'a Gate,
    next: Option<MutexGuard<'a, Instant>>,
}

impl Gate {
    pub(super) fn new(pause: Duration) -> Self {
        Self { failing: false.into(), next: Mutex::new(Instant::now()), pause }
    }

    /// Waits for a turn.
    pub(super) async fn turn(&self) -> Turn<'_> {
        if !self.is_failing() {
            return Turn { gate: self, next: None };
        }
        let next = self.next.lock().await;
        if self.is_failing() {
            tokio::time::sleep_until(*next).await;
            return Turn { gate: self, next: Some(next) };
        }
        Turn { gate: self, next: None }
    }

    fn is_failing(&self) -> bool {
        self.failing.load(std::sync::atomic::Ordering::Relaxed)
    }
}

impl Turn<'_> {
    /// The attempt has succeeded or not.
    pub(super) fn done(self, success: bool) {
        self.gate.failing.store(!success, std::sync::atomic::Ordering::Relaxed);
        match self.next {
            Some(mut next) => *next = Instant::now() + self.gate.pause,
            None if !success => {
                if let Ok(mut next) = self.gate.next.try_lock() {
                    *next = Instant::now() + self.gate.pause;
                }
            }
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn attempts_that_fail_are_made_one_at_a_time_with_pauses() {
        let gate = std::sync::Arc::new(Gate::new(Duration::from_secs(1)));
        gate.turn().await.done(false);
        let started = Instant::now();
        let attempts = (0..5).map(|_| {
            let gate = std::sync::Arc::clone(&gate);
            tokio::spawn(async move { gate.turn().await.done(false) })
        });
        for attempt in attempts.collect::<Vec<_>>() {
            attempt.await.unwrap();
        }
        assert_eq!(started.elapsed().as_secs(), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn one_success_opens_the_gate_for_all() {
        let gate = Gate::new(Duration::from_secs(1));
        gate.turn().await.done(false);
        gate.turn().await.done(true);
        let started = Instant::now();
        gate.turn().await.done(true);
        gate.turn().await.done(true);
        assert_eq!(started.elapsed(), Duration::ZERO);
    }
}
