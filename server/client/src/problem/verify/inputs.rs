//! A package's inputs, looked at by its own validators of inputs, as Kattis' and DOMjudge's tools do.
//!
//! A validator is sent as a submission whose tests are the inputs: 42 is what it ends with where it accepts one.

use std::path::Path;

use gavel_problem::Package;
use gavel_problem::data::{Case, InputArguments, Subject};
use gavel_problem::program::Program;
use gavel_problem::validator::Testlib;
use serde_json::{Value, json};

use super::compare;
use super::examples;
use super::temporary::Problem;
use crate::failure::Failure;
use crate::languages::{self, Language};
use crate::submission::{self, Submission, Test};
use crate::text;

/// What validators end with that accept.
const ICPC: &[i64] = &[42];
/// As it is, or adapted to the format.
const TESTLIB: &[i64] = &[0, 42];

/// Inputs that are sent together, and their bytes together; a larger one is sent alone.
const TOGETHER: usize = 200;
const BYTES: u64 = 16 * 1024 * 1024;

/// What a validator may take for an input: CPU time in ms, memory in bytes.
const LIMITS: (u64, u64) = (10_000, 1 << 30);

/// What came of one validator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Checked {
    validator: String,
    outcome: Outcome,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    /// How many of the cases' inputs it accepts; what it does not, with the reason; and what of `data/invalid_input` it accepts.
    Ran { accepted: usize, refused: Vec<(String, String)>, let_pass: Vec<String> },
    /// It could not be run at all.
    Broken(String),
    /// It cannot be run here.
    Skipped(String),
}

impl Checked {
    pub(super) fn is_good(&self) -> bool {
        match &self.outcome {
            Outcome::Ran { refused, .. } => refused.is_empty(),
            Outcome::Broken(_) => false,
            Outcome::Skipped(_) => true,
        }
    }

    pub(super) fn json(&self) -> Value {
        let mut told = json!({"validator": self.validator, "good": self.is_good()});
        match &self.outcome {
            Outcome::Ran { accepted, refused, .. } => {
                let one = |(input, why): &(String, String)| json!({"input": input, "reason": why});
                told["accepted"] = json!(accepted);
                told["refused"] = refused.iter().map(one).collect();
            }
            Outcome::Broken(why) => told["broken"] = json!(why),
            Outcome::Skipped(why) => told["skipped"] = json!(why),
        }
        told
    }

    /// A line for what was well, and one for each input that was not.
    fn told(&self) -> String {
        let validator = text::line(&self.validator);
        match &self.outcome {
            Outcome::Skipped(why) => format!("{validator}: skipped: {}\n", text::line(why)),
            Outcome::Broken(why) => format!("{validator}: {}\n", text::line(why)),
            Outcome::Ran { accepted, refused, .. } => {
                let line = |(input, why): &(String, String)| {
                    format!("{validator}: {}: {}\n", text::line(input), text::line(why))
                };
                let all = accepted + refused.len();
                let conclusion = format!("{validator}: {accepted} of {all} inputs are accepted\n");
                refused.iter().map(line).collect::<String>() + &conclusion
            }
        }
    }
}

/// What came of all validators.
#[derive(Debug, Clone, Default)]
pub(super) struct Inputs {
    checked: Vec<Checked>,
    /// What of `data/invalid_input` no validator refuses.
    let_pass: Vec<String>,
}

impl Inputs {
    fn of(checked: Vec<Checked>) -> Self {
        let mut sets = checked.iter().map(|one| match &one.outcome {
            Outcome::Ran { let_pass, .. } => let_pass.clone(),
            // It may be the one that refuses.
            Outcome::Broken(_) | Outcome::Skipped(_) => Vec::new(),
        });
        let first = sets.next().unwrap_or_default();
        let let_pass =
            sets.fold(first, |all, set| all.into_iter().filter(|name| set.contains(name)).collect());
        Self { checked, let_pass }
    }

    pub(super) fn is_good(&self) -> bool {
        self.let_pass.is_empty() && self.checked.iter().all(Checked::is_good)
    }

    pub(super) fn json(&self) -> Value {
        let validators: Vec<_> = self.checked.iter().map(Checked::json).collect();
        json!({"validators": validators, "let_pass": self.let_pass})
    }

    pub(super) fn told(&self) -> String {
        let pass = |name: &String| format!("{}: no validator refuses it\n", text::line(name));
        self.checked.iter().map(Checked::told).chain(self.let_pass.iter().map(pass)).collect()
    }
}

/// A package whose inputs are looked at.
#[derive(Debug)]
pub(super) struct Checking<'a> {
    pub(super) folder: &'a Path,
    pub(super) package: &'a Package,
    pub(super) known: &'a [Language],
    pub(super) problem: &'a Problem<'a>,
}

/// A validator that is ready to be sent.
struct Ready<'a> {
    program: &'a Program,
    request: Value,
    /// Its exit statuses where it accepts.
    accepts: &'static [i64],
}

/// An input's name, and why it was not accepted, if it was not.
type Looked = (String, Option<String>);

impl Checking<'_> {
    /// Has all inputs looked at by all validators.
    ///
    /// # Errors
    /// The server is gone, or a file cannot be read.
    pub(super) fn all(&self) -> Result<Inputs, Failure> {
        let checked = self.package.validators.inputs.iter().map(|program| {
            let outcome = match self.ready(program)? {
                Ok(ready) => self.by(&ready)?,
                Err(why) => Outcome::Skipped(why),
            };
            Ok(Checked { validator: program.path.clone(), outcome })
        });
        Ok(Inputs::of(checked.collect::<Result<_, Failure>>()?))
    }

    /// What is sent of a validator; or why it cannot be run here.
    fn ready<'p>(&self, program: &'p Program) -> Result<Result<Ready<'p>, String>, Failure> {
        if program.build || program.run {
            return Ok(Err("what begins with scripts is not run here".to_owned()));
        }
        let code = program.language.as_deref();
        let found = languages::for_code(self.known, code, &program.files);
        let Some(language) = found.filter(|id| languages::is_available(self.known, id)) else {
            let ending = || program.name.rsplit_once('.').map_or("its files", |(_, ending)| ending);
            return Ok(Err(format!("the server has no language for {}", code.unwrap_or_else(ending))));
        };
        let mut request = json!({
            "language": language, "limits": {"cpu_ms": LIMITS.0, "memory_bytes": LIMITS.1},
        });
        examples::add_program(&mut request, self.folder, program, &self.package.metadata.constants)?;
        let accepts = if is_of_testlib(&request) { TESTLIB } else { ICPC };
        Ok(Ok(Ready { program, request, accepts }))
    }

    fn by(&self, ready: &Ready<'_>) -> Result<Outcome, Failure> {
        let data = &self.package.data;
        let cases: Vec<_> = data.cases.iter().filter(|case| case.subject == Subject::Output).collect();
        let invalid: Vec<_> = data.invalid_input.iter().collect();
        let looked = self.look(ready, &cases)?;
        let looked_at_invalid = self.look(ready, &invalid)?;
        let (looked, invalid) = match (looked, looked_at_invalid) {
            (Ok(looked), Ok(invalid)) => (looked, invalid),
            (Err(outcome), _) | (_, Err(outcome)) => return Ok(outcome),
        };
        let accepted = looked.iter().filter(|(_, refusal)| refusal.is_none()).count();
        let refused = looked.into_iter().filter_map(|(name, refusal)| Some((name, refusal?)));
        let let_pass = invalid.into_iter().filter(|(_, refusal)| refusal.is_none()).map(|(name, _)| name);
        Ok(Outcome::Ran { accepted, refused: refused.collect(), let_pass: let_pass.collect() })
    }

    /// Runs it on these inputs, some at a time; or what became of it where it did not run.
    fn look(&self, ready: &Ready<'_>, cases: &[&Case]) -> Result<Result<Vec<Looked>, Outcome>, Failure> {
        let mut looked = Vec::new();
        let mut waiting = cases;
        while !waiting.is_empty() {
            let together = together(&self.sizes(waiting)?);
            let (these, rest) = waiting.split_at(together);
            waiting = rest;
            let mut request = ready.request.clone();
            request["tests"] = these.iter().map(|case| self.test(ready, case)).collect::<Result<_, _>>()?;
            let submission = match self.judged(ready, request) {
                Ok(submission) => submission,
                Err(Failure::Refused(refusal)) if matches!(refusal.status, 400 | 413 | 422) => {
                    return Ok(Err(Outcome::Skipped(refusal.to_string())));
                }
                Err(failure) => return Err(failure),
            };
            if submission.tests().len() != these.len() {
                let why = format!("{}{}", submission.outcome(), compare::because(&submission, ""));
                return Ok(Err(Outcome::Broken(why)));
            }
            let tests = these.iter().zip(submission.tests());
            looked.extend(tests.map(|(case, test)| (case.name.clone(), refusal(test, ready.accepts))));
        }
        Ok(Ok(looked))
    }

    fn sizes(&self, cases: &[&Case]) -> Result<Vec<u64>, Failure> {
        let size = |case: &&Case| {
            let path = self.folder.join(&case.input);
            path.metadata().map(|metadata| metadata.len()).map_err(|why| Failure::file(&path, why))
        };
        cases.iter().take(TOGETHER).map(size).collect()
    }

    fn test(&self, ready: &Ready<'_>, case: &Case) -> Result<Value, Failure> {
        let path = self.folder.join(&case.input);
        let input = std::fs::read(&path).map_err(|why| Failure::file(&path, why))?;
        let mut test = submission::test(input, None);
        test["arguments"] = json!(arguments(case, ready.program));
        Ok(test)
    }

    fn judged(&self, ready: &Ready<'_>, request: Value) -> Result<Submission, Failure> {
        let client = self.problem.client();
        let sent = examples::send(client, request, || examples::likely_entry(ready.program))?;
        let id = Submission::of(&sent)?.id;
        self.problem.begin(&id);
        let judged = submission::wait(client, sent, None);
        self.problem.end(&id);
        Submission::of(&judged?)
    }
}

/// How many inputs of these sizes are sent together: one at least.
fn together(sizes: &[u64]) -> usize {
    let mut bytes = 0_u64;
    let fit = sizes.iter().take_while(|size| {
        bytes = bytes.saturating_add(**size);
        bytes <= BYTES
    });
    fit.count().max(1)
}

/// Whether one of the sources that are sent is written with testlib.
fn is_of_testlib(request: &Value) -> bool {
    let files = request["files"].as_object().into_iter().flat_map(|files| files.values());
    let mut testlib = Testlib::default();
    files.filter_map(Value::as_str).for_each(|source| testlib.look(source));
    testlib.is_included()
}

/// Those of the validator, and the program's behind them (2025-09, "Input validators").
fn arguments(case: &Case, validator: &Program) -> Vec<String> {
    let own = match &case.settings.input_validator_args {
        InputArguments::All(arguments) => arguments.as_slice(),
        InputArguments::Named(named) => {
            let stem = validator.name.split('.').next().unwrap_or_default();
            named.get(&validator.name).or_else(|| named.get(stem)).map(Vec::as_slice).unwrap_or_default()
        }
    };
    own.iter().chain(&case.settings.args).cloned().collect()
}

/// Why the input is not accepted, if it is not.
fn refusal(test: &Test, accepts: &[i64]) -> Option<String> {
    if test.exit_code.is_some_and(|status| accepts.contains(&status)) {
        return None;
    }
    let status = match test.exit_code {
        Some(status) => format!("refused with exit status {status}"),
        None => format!("not accepted: {}", test.reason.as_deref().unwrap_or(&test.verdict)),
    };
    let said = test.stderr() + &test.stdout();
    Some(match said.lines().map(str::trim).rfind(|line| !line.is_empty()) {
        Some(line) => format!("{status}: {line}"),
        None => status,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(test: Value, accepts: &[i64]) -> Option<String> {
        refusal(&serde_json::from_value(test).unwrap(), accepts)
    }

    #[test]
    fn an_input_is_accepted_by_one_exit_status_alone() {
        assert_eq!(told(json!({"verdict": "RuntimeError", "exit_code": 42}), ICPC), None);
        assert_eq!(told(json!({"verdict": "Accepted", "exit_code": 0}), TESTLIB), None);
        let refused =
            json!({"verdict": "RuntimeError", "exit_code": 43, "stderr": "line 1\n  no number\n\n"});
        assert_eq!(told(refused, ICPC).unwrap(), "refused with exit status 43: no number");
        assert_eq!(told(json!({"exit_code": 0}), ICPC).unwrap(), "refused with exit status 0");
        let slow = json!({"verdict": "TimeLimitExceeded", "reason": "used 10.01 s of 10.00 s CPU"});
        assert_eq!(told(slow, ICPC).unwrap(), "not accepted: used 10.01 s of 10.00 s CPU");
    }

    #[test]
    fn inputs_are_sent_in_pieces() {
        assert_eq!(together(&[1, 2, 3]), 3);
        assert_eq!(together(&[BYTES - 1, 1, 1]), 2);
        assert_eq!(together(&[u64::MAX, 1]), 1);
    }

    #[test]
    fn arguments_are_those_of_the_validator() {
        let named = |name: &str| Case {
            settings: gavel_problem::data::Settings {
                input_validator_args: InputArguments::Named([(name.to_owned(), vec!["x".to_owned()])].into()),
                ..Default::default()
            },
            ..Case::default()
        };
        let validator = Program { name: "bounds.py".to_owned(), ..Program::default() };
        assert_eq!(arguments(&named("bounds"), &validator), ["x"]);
        assert_eq!(arguments(&named("bounds.py"), &validator), ["x"]);
        assert!(arguments(&named("other"), &validator).is_empty());
        let mut case = named("bounds");
        case.settings.args = vec!["7".to_owned()];
        assert_eq!(arguments(&case, &validator), ["x", "7"]);
    }
}
