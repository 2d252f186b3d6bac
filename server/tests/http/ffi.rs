//! The C library, called from C and from Python.

use crate::bench::Bench;

#[path = "../../ffi/demo/run.rs"]
mod run;

const TOKEN: &str = "backend-token-0123456789";

async fn tour(program: fn(&str, &str)) {
    let bench = Bench::with(&[("http.token", TOKEN)]).await;
    let address = bench.url.clone();
    tokio::task::spawn_blocking(move || program(&address, TOKEN)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_function_of_the_library_works_from_c() {
    tour(run::tour_in_c).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_function_of_the_library_works_from_python() {
    tour(run::tour_in_python).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_library_says_that_a_token_is_missing() {
    let bench = Bench::with(&[("http.token", TOKEN)]).await;
    let address = bench.url.clone();
    let run = tokio::task::spawn_blocking(move || {
        std::panic::catch_unwind(|| run::tour_in_c(&address, "wrong-token-0123456789"))
    });
    let told = *run.await.unwrap().unwrap_err().downcast::<String>().unwrap();
    assert!(told.contains("the server wants a token, or another one (401)"), "{told}");
}
