//! Programs in Python 2, as packages have them that are older than Python 3. What runs them here is Python 3.

use crate::program::Program;
use crate::report::{Place, Report};
use crate::tree::Dir;

/// Notes programs of a package's own that seem to be in Python 2: or else they are found by those whose submissions they judge.
pub(crate) fn note<'p>(programs: impl Iterator<Item = &'p Program>, root: &Dir, report: &Report) {
    for program in programs.filter(|program| program.language.as_deref() == Some("python3")) {
        let sources = program.files.iter().filter(|path| path.ends_with(".py"));
        let mut sources = sources.filter_map(|path| root.file(path));
        if sources.any(|source| is_old(&source.searched(report))) {
            report.note(
                Place::file(&program.path),
                "seems to be in Python 2: it is run by Python 3, which may not take it",
            );
        }
    }
}

/// Whether a source says that it is in Python 2, or has what Python 3 does not take, or has not got.
fn is_old(source: &str) -> bool {
    says_so(source)
        || source.lines().map(str::trim_start).filter(|line| !line.starts_with('#')).any(is_old_line)
}

/// Whether the first line names Python 2, as older packages have it.
pub(crate) fn says_so(source: &str) -> bool {
    source.lines().next().is_some_and(|line| line.starts_with("#!") && line.contains("python2"))
}

fn is_old_line(line: &str) -> bool {
    let prints = ["print \"", "print '", "print >>", "print>>"].iter().any(|begin| line.starts_with(begin));
    let catches = line.strip_prefix("except ").is_some_and(|rest| {
        let (caught, _) = rest.split_once(':').unwrap_or((rest, ""));
        // `except (A, B):` is of both.
        caught.contains(',') && !caught.starts_with('(')
    });
    prints || catches || calls(line, "raw_input") || calls(line, "xrange")
}

/// Whether a function is called that is called so, and not one whose name ends so.
fn calls(line: &str, function: &str) -> bool {
    line.match_indices(function).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let is_name = before.is_none_or(|letter| !letter.is_alphanumeric() && !matches!(letter, '_' | '.'));
        is_name && line[at + function.len()..].starts_with('(')
    })
}

#[cfg(test)]
mod tests {
    use super::is_old;
    use crate::fixture::Folder;

    #[test]
    fn what_only_python_2_takes_is_known() {
        for source in [
            "#!/usr/bin/env python2\nimport sys\n",
            "print 'AC 1'\n",
            "import sys\nif True:\n    print >>sys.stderr, 7\n",
            "for at in xrange(10): pass\n",
            "text = raw_input()\n",
            "try:\n    pass\nexcept ValueError, why:\n    pass\n",
        ] {
            assert!(is_old(source), "{source}");
        }
        for source in [
            "print('AC 1')\nprint (1)\n",
            "# print 'AC 1'\n",
            "#!/usr/bin/env python3\n#!/usr/bin/env python2\n",
            "my_raw_input()\nself.xrange(1)\nxrange = range\n",
            "try:\n    pass\nexcept (ValueError, KeyError) as why:\n    pass\n",
            "raise SystemExit(42)\n",
        ] {
            assert!(!is_old(source), "{source}");
        }
    }

    #[test]
    fn validators_and_graders_in_python_2_are_noted() {
        let old = "import sys\nprint 'AC 1'\n";
        let yaml = "type: scoring\nvalidation: custom\n";
        let (_, notes) = Folder::legacy(&[
            ("problem.yaml", yaml),
            ("output_validators/v.py", old),
            ("output_validators/w.py", "raise SystemExit(42)\n"),
            ("input_validators/v.py", old),
            ("graders/g.py", old),
        ])
        .package();
        let why = "seems to be in Python 2: it is run by Python 3, which may not take it";
        let old = ["graders/g.py", "input_validators/v.py", "output_validators/v.py"];
        let expected: Vec<_> = old.iter().map(|path| format!("{path}: {why}")).collect();
        let mut found: Vec<_> = notes.into_iter().filter(|note| note.contains("Python")).collect();
        found.sort();
        assert_eq!(found, expected);
    }
}
