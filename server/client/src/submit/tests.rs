//! What a program is run on, where it is not a problem.

use std::io::Read as _;
use std::path::Path;

use gavel_problem::{Format, PLAIN_NAMES, Package, Refused};
use serde_json::Value;

use super::sources::content;
use crate::failure::Failure;
use crate::submission;

/// What a folder of tests has not got.
const METADATA: &str = "problem.yaml";
/// Bytes of all inputs and answers together: more than any server takes in one request.
const BYTES: u64 = 96 * 1024 * 1024;

/// Inputs, with or without answers.
#[derive(Debug, Default)]
pub(crate) struct Tests {
    names: Vec<String>,
    tests: Vec<Value>,
    input: Option<Vec<u8>>,
}

impl Tests {
    /// Reads a folder of tests, or one input; at most one of them is given.
    pub(super) fn read(folder: Option<&Path>, input: Option<&Path>) -> Result<Self, Failure> {
        match (folder, input) {
            (Some(folder), _) => in_folder(folder),
            (None, Some(input)) => Ok(Self { input: Some(given(input)?), ..Self::default() }),
            (None, None) => Ok(Self::default()),
        }
    }

    /// How many there are, if that is known.
    pub(super) fn count(&self) -> Option<u64> {
        (!self.tests.is_empty()).then_some(self.tests.len() as u64)
    }

    /// The name of a test, counted from 0.
    pub(super) fn name(&self, index: usize) -> Option<&str> {
        self.names.get(index).map(String::as_str)
    }

    /// There is nothing that the output is compared with.
    pub(super) fn are_none(&self) -> bool {
        self.tests.is_empty()
    }

    pub(super) fn add_to(&self, request: &mut Value) {
        if let Some(input) = &self.input {
            let test = submission::test(input.clone(), None);
            for (name, value) in test.as_object().into_iter().flatten() {
                request[name] = value.clone();
            }
        } else if !self.tests.is_empty() {
            request["tests"] = self.tests.clone().into();
        }
    }
}

fn in_folder(folder: &Path) -> Result<Tests, Failure> {
    let is_package =
        || Failure::file(folder, "is a problem's package: `gavel problem push` it, and use --problem");
    if folder.join(METADATA).exists() {
        return Err(is_package());
    }
    let (package, _notes) = Package::read(folder).map_err(|refused| no_tests(folder, &refused))?;
    if package.metadata.format != Format::Plain {
        return Err(is_package());
    }
    let mut tests = Tests::default();
    let mut room = BYTES;
    let mut file = |path: &str| -> Result<Vec<u8>, Failure> {
        let content = content(&folder.join(path), room)?;
        room -= content.len() as u64;
        Ok(content)
    };
    for case in package.data.cases {
        let input = file(&case.input)?;
        let answer = case.answer.as_deref().map(&mut file).transpose()?;
        tests.names.push(case.name.strip_prefix("secret/").unwrap_or(&case.name).to_owned());
        tests.tests.push(submission::test(input, answer));
    }
    Ok(tests)
}

fn no_tests(folder: &Path, refused: &Refused) -> Failure {
    if refused.faults.iter().any(|fault| fault.place.file == METADATA) {
        return Failure::file(folder, format!("has no inputs with answers, called such as {PLAIN_NAMES}"));
    }
    let faults: Vec<_> = refused.faults.iter().map(|fault| format!("\n  {fault}")).collect();
    Failure::file(folder, format!("is no folder of tests:{}", faults.concat()))
}

fn given(path: &Path) -> Result<Vec<u8>, Failure> {
    if path != Path::new("-") {
        return content(path, BYTES);
    }
    let mut input = Vec::new();
    let read = std::io::stdin().lock().take(BYTES + 1).read_to_end(&mut input);
    match read {
        Ok(_) if input.len() as u64 > BYTES => Err(Failure::file(path, format!("more than {BYTES} bytes"))),
        Ok(_) => Ok(input),
        Err(why) => Err(Failure::file(path, why)),
    }
}
