//! `submissions.json` in the package's root: DOMjudge keeps the entry points of submissions there.

use super::Submission;
use crate::report::{Place, Report};
use crate::tree::File;
use crate::yaml;

/// The file, which is JSON and therefore YAML.
pub(crate) const FILE: &str = "submissions.json";

/// Adds what the file says to the submissions that it names, by their paths in the package.
pub(super) fn read(file: &File, submissions: &mut [Submission], report: &Report) {
    let mut fields = yaml::read(file, report);
    for (path, node) in fields.take_all() {
        let line = node.line;
        let Some(mut entry) = fields.as_fields(&path, node) else { continue };
        let entry_point = entry.text("entry_point");
        let wanted = path.trim_end_matches('/');
        match submissions.iter_mut().find(|submission| submission.program.path == wanted) {
            Some(submission) if submission.entrypoint.is_none() => submission.entrypoint = entry_point,
            // `submissions.yaml` is the format's own.
            Some(_) => {}
            None => report.note(Place::key(FILE, line, &path), "is no submission of the package"),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::fixture::Folder;

    const TWO: [(&str, &str); 2] =
        [("submissions/accepted/two/main.py", ""), ("submissions/accepted/two/more.py", "")];

    fn entry(files: &[(&str, &str)]) -> (Option<String>, Vec<String>) {
        let (package, notes) = Folder::legacy(&[TWO.as_slice(), files].concat()).package();
        (package.submissions[1].entrypoint.clone(), notes)
    }

    #[test]
    fn a_submission_begins_where_domjudges_file_says() {
        let json = r#"{"submissions/accepted/two/": {"entry_point": "main.py"}}"#;
        assert_eq!(entry(&[("submissions.json", json)]), (Some("main.py".to_owned()), Vec::new()));
        let yaml = ("submissions/submissions.yaml", "accepted/two:\n  entrypoint: more.py\n");
        assert_eq!(entry(&[("submissions.json", json), yaml]).0.as_deref(), Some("more.py"));
    }

    #[test]
    fn what_is_named_there_and_is_not_there_is_noted() {
        let json = r#"{"submissions/accepted/three": {"entry_point": "main.py"}}"#;
        let (found, notes) = entry(&[("submissions.json", json)]);
        assert_eq!(found, None);
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert!(notes[0].contains("is no submission of the package"), "{notes:?}");
    }

    #[test]
    fn a_file_that_is_no_map_is_a_fault() {
        assert_eq!(Folder::legacy(&[("submissions.json", "[1, 2]")]).faults().len(), 1);
    }
}
