//! What other tools add to a package: `domjudge-problem.ini` and `.timelimit`.

use crate::bounds;
use crate::flags::decimal;
use crate::metadata::Metadata;
use crate::report::{Place, Report};
use crate::tree::{Dir, File, TIME_LIMIT};

const INI: &str = "domjudge-problem.ini";

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

fn unquoted(value: &str) -> &str {
    let value = value.trim();
    let inner = |quote| value.strip_prefix(quote).and_then(|value: &str| value.strip_suffix(quote));
    inner('\'').or_else(|| inner('"')).unwrap_or(value)
}

fn entry(key: &str, value: &str, line: u64, metadata: &mut Metadata, report: &Report) {
    let place = Place::key(INI, line, key);
    match key {
        "timelimit" => time_limit(value, place, metadata, report),
        "name" if metadata.names.is_empty() => {
            metadata.names.insert("en".to_owned(), value.to_owned());
        }
        "name" => {}
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
    fn no_time_is_a_fault() {
        for text in ["", "x", "-1", "0", "inf"] {
            assert_eq!(Folder::legacy(&[(".timelimit", text)]).faults().len(), 1, "{text}");
        }
    }
}
