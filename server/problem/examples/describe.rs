//! Tells what a package holds, what is wrong in it and what is worth knowing: `describe FOLDER…`.

use std::env;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use gavel_problem::{Package, Refused};

fn main() -> io::Result<ExitCode> {
    let mut out = io::stdout().lock();
    let mut status = ExitCode::SUCCESS;
    for folder in env::args().skip(1) {
        writeln!(out, "{folder}")?;
        match Package::read(Path::new(&folder)) {
            Ok((package, notes)) => {
                describe(&mut out, &package)?;
                notes.iter().try_for_each(|note| writeln!(out, "  note: {note}"))?;
            }
            Err(Refused { faults, notes }) => {
                status = ExitCode::FAILURE;
                notes.iter().try_for_each(|note| writeln!(out, "  note: {note}"))?;
                faults.iter().try_for_each(|fault| writeln!(out, "  fault: {fault}"))?;
            }
        }
    }
    Ok(status)
}

fn describe(out: &mut impl io::Write, package: &Package) -> io::Result<()> {
    let metadata = &package.metadata;
    writeln!(out, "  {:?} {:?} {:?}", metadata.format, metadata.names, metadata.kind)?;
    writeln!(out, "  {:?}", metadata.limits)?;
    let groups =
        ["sample", "secret"].map(|name| package.data.root.find(name).map_or(0, |group| group.cases().len()));
    writeln!(
        out,
        "  {} samples, {} secret cases, {} dialogues",
        groups[0],
        groups[1],
        package.data.interactions.len()
    )?;
    let own = package.validators.programs.iter().map(|program| program.path.as_str()).collect::<Vec<_>>();
    writeln!(out, "  validators {own:?}, interactive {}", package.metadata.kind.interactive)?;
    writeln!(out, "  {} submissions, {} statements", package.submissions.len(), package.statements.len())
}
