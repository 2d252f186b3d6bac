//! What is said of a folder without `problem.yaml` and without plain inputs: what it seems to be, and what is taken.

use crate::tree::Dir;

/// Files by which packages of other systems are known.
const OTHERS: [(&str, &str); 8] = [
    ("problem.xml", "Polygon"),
    ("init.yml", "DMOJ"),
    ("testdata/config.yaml", "Hydro"),
    ("testdata/config.yml", "Hydro"),
    ("problem.conf", "UOJ"),
    ("data/problem.conf", "UOJ"),
    ("task.yaml", "CMS"),
    ("gen/GEN", "CMS"),
];

/// Endings of archives.
const ARCHIVES: [&str; 6] = [".zip", ".tar", ".tar.gz", ".tgz", ".7z", ".rar"];

/// Names of files and folders that are told.
const TOLD: usize = 3;

const TAKEN: &str = "a package has it in its root, and a plain folder has 1.in with 1.ans or 1.out there";

/// Why this is no package.
pub(crate) fn told(root: &Dir) -> String {
    const LACKS: &str = "is not there";
    if let Some(name) = root.files.keys().find(|name| is_nearly(name)) {
        return format!("{LACKS}, but {name} is");
    }
    let packages = folders_with(root, |name| name == "problem.yaml");
    if !packages.is_empty() {
        return format!("{LACKS}, but is in {}: a package is one problem", listed(&packages));
    }
    if let Some((file, system)) = OTHERS.into_iter().find(|(path, _)| root.file(path).is_some()) {
        return format!("{LACKS}, and {file} is of {system}, whose packages are not understood: {TAKEN}");
    }
    let inputs = folders_with(root, |name| name.ends_with(".in"));
    if !inputs.is_empty() {
        return format!("{LACKS}, and inputs are in {} only: {TAKEN}", listed(&inputs));
    }
    match root.files.keys().find(|name| ARCHIVES.iter().any(|ending| name.ends_with(ending))) {
        Some(name) => format!("{LACKS}, and {name}, an archive in the archive, is not unpacked: {TAKEN}"),
        None => format!("{LACKS}: {TAKEN}"),
    }
}

/// What somebody may have meant to be it.
fn is_nearly(name: &str) -> bool {
    ["problem.yaml", "problem.yml"].iter().any(|meant| name.eq_ignore_ascii_case(meant))
}

/// The folders with such a file, outermost first.
fn folders_with(dir: &Dir, such: fn(&str) -> bool) -> Vec<&str> {
    let here = dir.files.keys().any(|name| such(name)).then_some(dir.path.as_str());
    let below = dir.dirs.values().flat_map(|dir| folders_with(dir, such));
    here.into_iter().chain(below).collect()
}

fn listed(paths: &[&str]) -> String {
    let told = paths.iter().take(TOLD).map(|path| format!("{path}/")).collect::<Vec<_>>().join(", ");
    match paths.len().checked_sub(TOLD) {
        None | Some(0) => told,
        Some(more) => format!("{told} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use crate::fixture::Folder;

    /// What is said of these files.
    fn told(paths: &[&str]) -> String {
        let files: Vec<_> = paths.iter().map(|path| (*path, "")).collect();
        let mut faults = Folder::with(&files).faults();
        assert_eq!(faults.len(), 1, "{faults:?}");
        faults.pop().unwrap()
    }

    #[test]
    fn what_is_taken_is_told() {
        assert_eq!(
            told(&["main.py"]),
            "problem.yaml: is not there: a package has it in its root, and a plain folder has 1.in with 1.ans or 1.out there"
        );
    }

    #[test]
    fn a_name_that_is_nearly_right_is_told() {
        assert_eq!(told(&["problem.yml"]), "problem.yaml: is not there, but problem.yml is");
        assert_eq!(told(&["Problem.yaml", "a"]), "problem.yaml: is not there, but Problem.yaml is");
    }

    #[test]
    fn packages_in_folders_are_told() {
        assert_eq!(
            told(&["readme", "a/problem.yaml"]),
            "problem.yaml: is not there, but is in a/: a package is one problem"
        );
        assert_eq!(
            told(&[
                "a/problem.yaml",
                "b/problem.yaml",
                "c/problem.yaml",
                "d/e/problem.yaml",
                "d/f/problem.yaml"
            ]),
            "problem.yaml: is not there, but is in a/, b/, c/ and 2 more: a package is one problem"
        );
    }

    #[test]
    fn packages_of_other_systems_are_named() {
        for (path, system) in super::OTHERS {
            let told = told(&[path, "x"]);
            assert!(told.contains(&format!(", and {path} is of {system}, whose")), "{told}");
        }
    }

    #[test]
    fn inputs_and_archives_in_the_wrong_place_are_told() {
        assert!(told(&["tests/1.in", "x"]).contains("inputs are in tests/ only: a package has"));
        assert!(told(&["sums.zip"]).contains("and sums.zip, an archive in the archive, is not unpacked"));
    }
}
