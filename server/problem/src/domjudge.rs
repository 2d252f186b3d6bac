//! What other tools add to a package: `domjudge-problem.ini` and `.timelimit`.

use crate::bounds;
use crate::flags::decimal;
use crate::metadata::Metadata;
use crate::report::{Place, Report};
use crate::tree::{Dir, File, TIME_LIMIT};

const INI: &str = "domjudge-problem.ini";

/// Whether this is a package of DOMjudge's.
pub(crate) fn is_there(root: &Dir) -> bool {
    root.files.contains_key(INI)
}

/// Adds what these files say; `problem.yaml` wins, then `domjudge-problem.ini`.
pub(crate) fn read(root: &Dir, metadata: &mut Metadata, report: &Report) {
    if let Some(file) = root.files.get(INI) {
        ini(file, metadata, report);
    }
    if let Some(file) = root.files.get(TIME_LIMIT) {
        let text = file.text(bounds::CONFIGURATION, report).unwrap_or_default();
        time_limit(text.trim(), Place::file(TIME_LIMIT), metadata, report);
    }
}

fn ini(file: &File, metadata: &mut Metadata, report: &Report) {
    let text = file.text(bounds::CONFIGURATION, report).unwrap_or_default();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';', '[']) {
            continue;
        }
        match line.split_once('=') {
            Some((key, value)) => entry(key.trim(), unquoted(value), number, metadata, report),
            None => report.note(Place { line: Some(number), ..Place::file(INI) }, "ignored: has no ="),
        }
    }
}

/// The value without its quotes, and without a comment behind it.
fn unquoted(value: &str) -> &str {
    let value = value.trim();
    let inner = |quote| value.strip_prefix(quote)?.split_once(quote);
    match inner('\'').or_else(|| inner('"')) {
        Some((inner, _)) => inner,
        None => value.split(';').next().unwrap_or(value).trim_end(),
    }
}

fn entry(key: &str, value: &str, line: u64, metadata: &mut Metadata, report: &Report) {
    let place = Place::key(INI, line, key);
    match key {
        "timelimit" => time_limit(value, place, metadata, report),
        "name" if metadata.names.is_empty() => {
            metadata.names.insert("en".to_owned(), value.to_owned());
        }
        "name" => {}
        "special_compare" | "special_compare_args" | "special_run" => {
            let what = format!(
                "ignored: \"{value}\" is a program of a DOMjudge; outputs are judged as the package says otherwise"
            );
            report.note(place, what);
        }
        _ => report.note(place, format!("ignored: \"{value}\" is of use to DOMjudge alone")),
    }
}

fn time_limit(text: &str, place: Place, metadata: &mut Metadata, report: &Report) {
    let Some(seconds) = decimal(text).filter(|seconds| *seconds > 0.0 && *seconds <= bounds::LIMIT) else {
        report.fault(place, format!("\"{text}\" is no time limit in seconds"));
        return;
    };
    match metadata.limits.time_limit {
        None => metadata.limits.time_limit = Some(seconds),
        Some(known) if known.total_cmp(&seconds).is_ne() => {
            report.note(place, format!("{seconds} s is ignored: the time limit is {known} s already"));
        }
        Some(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::fixture::Folder;

    #[test]
    fn the_time_limit_is_taken() {
        let ini = "# x\nprobid='A'\ntimelimit = \"2.5\"\nname='N'\n";
        let (package, notes) = Folder::legacy(&[("domjudge-problem.ini", ini)]).package();
        assert_eq!(package.metadata.limits.time_limit, Some(2.5));
        assert_eq!(notes, ["domjudge-problem.ini:2: probid: ignored: \"A\" is of use to DOMjudge alone"]);
    }

    #[test]
    fn the_first_that_tells_wins() {
        let folder = Folder::legacy(&[("domjudge-problem.ini", "timelimit=3\n"), (".timelimit", "4\n")]);
        let (package, notes) = folder.package();
        assert_eq!(package.metadata.limits.time_limit, Some(3.0));
        assert_eq!(notes, [".timelimit: 4 s is ignored: the time limit is 3 s already"]);
    }

    #[test]
    fn what_stands_behind_a_value_is_not_of_it() {
        for (line, limit) in
            [("timelimit = 3 ; seconds", 3.0), ("timelimit='4' ; s", 4.0), ("timelimit=\"5\";", 5.0)]
        {
            let (package, notes) = Folder::legacy(&[("domjudge-problem.ini", line)]).package();
            assert_eq!(package.metadata.limits.time_limit, Some(limit), "{line}");
            assert!(notes.is_empty(), "{notes:?}");
        }
    }

    #[test]
    fn programs_of_a_domjudge_are_told_to_be_missed() {
        let (_, notes) = Folder::legacy(&[("domjudge-problem.ini", "special_compare=float\n")]).package();
        assert_eq!(
            notes,
            [
                "domjudge-problem.ini:1: special_compare: ignored: \"float\" is a program of a DOMjudge; outputs are judged as the package says otherwise"
            ]
        );
    }

    #[test]
    fn a_package_of_domjudge_does_without_metadata() {
        let ini = ("domjudge-problem.ini", "name=Sum\ntimelimit=3\n");
        let cases = [("data/secret/1.in", ""), ("data/secret/1.ans", "")];
        let (package, notes) =
            Folder::with(&[&[ini, ("problem.pdf", "")], cases.as_slice()].concat()).package();
        assert_eq!(
            (package.metadata.names["en"].as_str(), package.metadata.limits.time_limit),
            ("Sum", Some(3.0))
        );
        assert!(package.validators.is_default() && package.data.cases.len() == 1);
        assert_eq!(notes[0], "problem.yaml: is not there: the package is taken as DOMjudge takes it");
        let validator = ("output_validators/v/v.py", "");
        let folder = Folder::with(&[&[ini, validator], cases.as_slice()].concat());
        assert_eq!(folder.package().0.validators.programs[0].path, "output_validators/v");
    }

    #[test]
    fn no_time_is_a_fault() {
        for text in ["", "x", "-1", "0", "inf"] {
            assert_eq!(Folder::legacy(&[(".timelimit", text)]).faults().len(), 1, "{text}");
        }
    }
}
