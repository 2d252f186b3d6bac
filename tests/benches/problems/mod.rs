//! What a test costs of a submission of many, and what a validator of the problem's own costs on top.

use std::time::{Duration, Instant};

use e2e::bench::{Times, line};
use e2e::programs::{SUM, unique};
use e2e::{Client, Package, Request};
use reqwest::Method;

/// As the format's default validator would judge these outputs, in C++.
const VALIDATOR: &str = "#include <fstream>\n#include <iostream>\n#include <string>\n\
    int main(int, char **arguments) {\n    std::ifstream answer(arguments[2]);\n    std::string wanted, got;\n    \
    answer >> wanted;\n    std::cin >> got;\n    return wanted == got ? 42 : 43;\n}\n";

/// Prints the lines.
pub(crate) async fn compare(client: &Client, samples: u32) {
    let few = Problem::push(client, 100, None).await;
    let many = Problem::push(client, 1000, None).await;
    let validated = Problem::push(client, 1000, Some(VALIDATOR)).await;
    let all = [&few, &many, &validated];
    for problem in all {
        problem.judged(client).await;
    }
    let mut times = [Times::default(), Times::default(), Times::default()];
    for _ in 0..samples {
        for (times, problem) in times.iter_mut().zip(all) {
            times.add(problem.judged(client).await);
        }
    }
    let [of_few, of_many, of_validated] = times.map(|times| {
        let spread = times.spread();
        [spread.min, spread.median]
    });
    println!();
    println!("{}", line("one test of a submission", &["min".into(), "median".into()]));
    let show = |name: &str, values: [f64; 2], unit: &str| {
        println!("{}", line(name, &values.map(|value| format!("{value:.2}{unit}"))));
    };
    let milliseconds = |times: [Duration; 2]| times.map(|time| time.as_secs_f64() * 1000.0);
    show("  of 100", milliseconds(of_few), " ms");
    show("  of 1000", milliseconds(of_many), " ms");
    show("  ratio", [0, 1].map(|at| of_many[at].as_secs_f64() / of_few[at].as_secs_f64()), "x");
    show("  of 1000, with a validator in C++", milliseconds(of_validated), " ms");
    let over = [0, 1].map(|at| (of_validated[at].as_secs_f64() - of_many[at].as_secs_f64()) * 1000.0);
    show("  over the default validator", over, " ms");
    for problem in all {
        problem.remove(client).await;
    }
}

/// A problem with so many tests.
struct Problem {
    id: String,
    tests: u32,
    request: Request,
}

impl Problem {
    async fn push(client: &Client, tests: u32, validator: Option<&str>) -> Self {
        let id = format!("bench-{tests}-{}", uuid::Uuid::new_v4().simple());
        let yaml = format!("problem_format_version: 2025-09\nname: B\nuuid: {}\n", uuid::Uuid::new_v4());
        let package = (0..tests).fold(Package::default().with("problem.yaml", yaml), |package, number| {
            let case = format!("data/secret/{number:04}");
            package
                .with(&format!("{case}.in"), format!("{number} 1\n"))
                .with(&format!("{case}.ans"), format!("{}\n", number + 1))
        });
        let package = match validator {
            Some(source) => package.with("output_validator/v.cpp", source),
            None => package,
        };
        package.push(client, &id, "verdicts").await;
        let request = Request::new("c17", &unique(SUM)).by_problem(&id).user("bench");
        Self { id, tests, request }
    }

    /// How long one test took.
    async fn judged(&self, client: &Client) -> Duration {
        let started = Instant::now();
        let answer = client.judge(&self.request).await;
        assert_eq!(answer.verdict(), "Accepted", "{answer:?}");
        started.elapsed() / self.tests
    }

    async fn remove(&self, client: &Client) {
        client.call(Method::DELETE, &format!("/api/v1/problems/{}", self.id), None).await;
    }
}
