//! Somebody whose programs never end: each of them is a strike, whatever became of the machines that ran it.

use reqwest::Method;

use crate::programs::LOOP;
use crate::{Client, Request};

/// Submissions of somebody who had no strike before.
#[derive(Debug)]
pub struct Endless {
    user: String,
    ids: Vec<String>,
}

impl Endless {
    /// Submits so many: fewer than make somebody wait.
    ///
    /// # Panics
    /// When one is not taken.
    pub async fn submitted(client: &Client, user: &str, count: usize) -> Self {
        client.call(Method::DELETE, &throttle(user), None).await;
        let request = Request::new("c17", LOOP).user(user).test(b"", None);
        let request = request.limits("cpu_ms=300 wall_ms=60000");
        let mut ids = Vec::new();
        for _ in 0..count {
            ids.push(client.submit(&request).await.id);
        }
        Self { user: user.to_owned(), ids }
    }

    /// Each ran out of time, was judged once, and is one strike.
    ///
    /// # Panics
    /// When that is not so.
    pub async fn have_a_strike_each(self, client: &Client) {
        for id in &self.ids {
            let answer = client.judged_once(id).await;
            assert_eq!(answer.verdict(), "TimeLimitExceeded", "{answer:?}");
        }
        let throttle = client.call(Method::GET, &throttle(&self.user), None).await;
        assert_eq!(throttle.json["strikes"], self.ids.len(), "{}", throttle.json);
    }
}

fn throttle(user: &str) -> String {
    format!("/api/v1/users/{user}/throttle")
}
