//! How a program is judged, where that is not as usual.

use clap::Args;
use serde_json::{Map, Value, json};

use crate::pair::Pair;

/// What a submission says beside its sources and tests. What of it makes no sense the server says.
#[derive(Debug, Args)]
pub(super) struct Conditions {
    /// What it is called elsewhere, such as course=cs101; may be given several times
    #[arg(long = "reference", value_name = "NAME=TEXT")]
    references: Vec<Pair>,
    /// A limit of each run, such as cpu_ms=2000 or memory_bytes=67108864; may be given several times
    #[arg(long = "limit", value_name = "NAME=NUMBER")]
    limits: Vec<Pair>,
    /// What stands behind the program's name; may be given several times
    #[arg(long = "argument", value_name = "TEXT", allow_hyphen_values = true)]
    arguments: Vec<String>,
    /// How an output is compared: lines, tokens, exact or icpc; with flags as JSON, such as {"icpc": {"float_tolerance": 1e-6}}
    #[arg(long, value_name = "CHECKER", conflicts_with_all = ["problem", "stdin"])]
    checker: Option<String>,
}

impl Conditions {
    pub(super) fn add_to(&self, request: &mut Value) {
        if !self.references.is_empty() {
            request["reference"] = object(&self.references, |text| text.into());
        }
        if !self.limits.is_empty() {
            request["limits"] = object(&self.limits, of_json);
        }
        if !self.arguments.is_empty() {
            request["arguments"] = json!(self.arguments);
        }
        if let Some(checker) = &self.checker {
            request["checker"] = of_json(checker);
        }
    }
}

fn object(pairs: &[Pair], value: impl Fn(&str) -> Value) -> Value {
    let named = pairs.iter().map(|Pair { name, text }| (name.clone(), value(text)));
    named.collect::<Map<_, _>>().into()
}

/// JSON as it is, and all else as a text.
fn of_json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}
