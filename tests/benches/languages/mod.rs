//! Each installed language beside its bare toolchain: a first submission against compiling and running the same source by
//! hand, taken in turn.

use std::time::{Duration, Instant};

use e2e::bench::{Times, line};
use e2e::{Answer, Client, Request, TestProgram, header};
use reqwest::Method;

mod bare;
mod recipe;

use bare::{Bare, Recipe};

/// What it takes where a language has a name of its own for it, and what it is told of.
const WHOLE_LIBRARY: &str = "#include <bits/stdc++.h>\nusing namespace std;\nint main() {\n    map<string, vector<int>> m;\n    \
                             string s;\n    while (cin >> s) m[s].push_back(1);\n    for (auto& [k, v] : m) cout << k << ' ' << \
                             v.size() << '\\n';\n}\n";

/// The times of one program in one language.
#[derive(Default)]
struct Figures {
    first: Times,
    repeated: Times,
    compile: Times,
    run: Times,
    bare_whole: Times,
    bare_compile: Times,
    bare_run: Times,
    /// The first submission of all, when no sandbox of the language may have waited.
    cold: Duration,
}

/// Prints a line for each language that the service has.
pub(crate) async fn compare(client: &Client, samples: u32) {
    let answer = client.call(Method::GET, "/api/v1/languages", None).await.json;
    let languages = answer.as_array().map(Vec::as_slice).unwrap_or_default();
    println!();
    let columns =
        ["first", "bare", "of bare", "compile", "run takes", "of bare", "repeated", "of first", "cold"];
    println!("{}", line("languages, by medians", &columns.map(String::from)));
    for language in languages.iter().filter(|language| language["state"] == "installed") {
        let (id, Some(recipe)) = (recipe::text(language, "id"), recipe::of(language)) else { continue };
        let program = program(id, &recipe.source);
        print_line(id, &measure(client, id, recipe.clone(), &program, samples).await);
        if id == "cpp17" {
            let whole = TestProgram { source: WHOLE_LIBRARY.into(), ..program };
            print_line("cpp17, <bits/stdc++.h>", &measure(client, id, recipe, &whole, samples).await);
        }
    }
}

/// A greeting or a sum: of the language, else of its family.
fn program(id: &str, source: &str) -> TestProgram {
    let family = if source.ends_with(".c") { "c17" } else { "cpp17" };
    let all = header::all();
    let of = |language: &str, name: &str| {
        let start = format!("{language}/{name}.");
        all.iter().find(|program| program.name.starts_with(&start)).cloned()
    };
    let found = of(id, "hello").or_else(|| of(id, "accepted_sum")).or_else(|| of(family, "accepted_sum"));
    found.unwrap_or_else(|| panic!("there is no program in {id}"))
}

async fn measure(client: &Client, id: &str, recipe: Recipe, program: &TestProgram, samples: u32) -> Figures {
    let mut figures = Figures::default();
    let mut bare = Bare::start(recipe);
    // The first of each reads from the disk.
    bare.sample(&program.source, &program.stdin);
    figures.cold = judged(client, id, program, &never_seen(&program.source)).await.0;
    for _ in 0..samples {
        let source = never_seen(&program.source);
        let took = bare.sample(&source, &program.stdin);
        figures.bare_compile.add(took.compile);
        figures.bare_run.add(took.run);
        figures.bare_whole.add(took.compile + took.run);
        let (first, answer) = judged(client, id, program, &source).await;
        figures.first.add(first);
        figures.compile.add(milliseconds(answer.compile.as_ref().map_or(0.0, |compile| compile.wall_ms)));
        figures.run.add(milliseconds(answer.tests.first().map_or(0.0, |test| test.wall_ms)));
        figures.repeated.add(judged(client, id, program, &source).await.0);
    }
    figures
}

/// From the submission to the verdict, which must be Accepted.
async fn judged(client: &Client, id: &str, program: &TestProgram, source: &str) -> (Duration, Answer) {
    let request = Request::new(id, source).test(&program.stdin, None).user("bench");
    let started = Instant::now();
    let answer = client.judge(&request).await;
    let took = started.elapsed();
    assert_eq!(answer.verdict(), "Accepted", "{}: {answer:?}", program.name);
    (took, answer)
}

/// The same source with blank lines behind it, which say in every language what a number says.
fn never_seen(source: &str) -> String {
    let bits = uuid::Uuid::new_v4().as_u128();
    let blanks: String = (0..64).map(|bit| if bits >> bit & 1 == 0 { '\n' } else { ' ' }).collect();
    format!("{source}\n{blanks}\n")
}

fn print_line(name: &str, figures: &Figures) {
    let median = |times: &Times| times.spread().median;
    let shown = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1000.0);
    let ratio = |ours: Duration, bare: Duration| match bare.as_secs_f64() {
        bare if bare > 0.0005 => format!("{:.2}x", ours.as_secs_f64() / bare),
        _ => "-".to_owned(),
    };
    let (first, bare) = (median(&figures.first), median(&figures.bare_whole));
    let repeated = median(&figures.repeated);
    let columns = [
        shown(first),
        shown(bare),
        ratio(first, bare),
        ratio(median(&figures.compile), median(&figures.bare_compile)),
        shown(median(&figures.run)),
        ratio(median(&figures.run), median(&figures.bare_run)),
        shown(repeated),
        ratio(repeated, first),
        shown(figures.cold),
    ];
    println!("{}", line(&format!("  {name}"), &columns));
}

fn milliseconds(time: f64) -> Duration {
    Duration::from_secs_f64(time / 1000.0)
}
