//! What is said of a folder without `problem.yaml` and without plain inputs: what it seems to be, and what is taken.

use crate::plain::NAMES;
use crate::tree::Dir;

/// A file by which packages of another system are known.
type Other = (&'static str, &'static str, &'static str);

/// With the system, and what of such a package would be taken.
const OTHERS: [Other; 8] = [
    ("problem.xml", "Polygon", "p2d makes one of DOMjudge of it, which is taken"),
    ("init.yml", "DMOJ", "its inputs and answers alone are taken"),
    ("testdata/config.yaml", "Hydro", "its folder testdata/ alone is taken"),
    ("testdata/config.yml", "Hydro", "its folder testdata/ alone is taken"),
    ("problem.conf", "UOJ", "its inputs and answers alone are taken"),
    ("data/problem.conf", "UOJ", "its inputs and answers alone are taken"),
    ("task.yaml", "CMS", "its folders input/ and output/ alone are taken"),
    ("gen/GEN", "CMS", "its folders input/ and output/ alone are taken"),
];

/// Folders of a package without which it would be judged in another way.
const PARTS: [&str; 6] =
    ["data/sample", "data/secret", "output_validator", "output_validators", "static_validator", "graders"];

/// Endings of archives.
const ARCHIVES: [&str; 6] = [".zip", ".tar", ".tar.gz", ".tgz", ".7z", ".rar"];

/// Names of files and folders that are told.
const TOLD: usize = 3;

const LACKS: &str = "is not there";

/// What would be taken.
fn taken() -> String {
    format!(
        "a package has it in its root, and a plain folder has inputs with answers, called such as {NAMES}"
    )
}

/// Why this is no package.
pub(crate) fn told(root: &Dir) -> String {
    let taken = taken();
    if let Some(what) = seems(root) {
        return what;
    }
    let inputs = folders_with(root, &|dir| dir.files.keys().any(|name| name.ends_with(".in")));
    if !inputs.is_empty() {
        return format!("{LACKS}, and inputs without answers are in {}: {taken}", listed(&inputs));
    }
    match root.files.keys().find(|name| ARCHIVES.iter().any(|ending| name.ends_with(ending))) {
        Some(name) => format!("{LACKS}, and {name}, an archive in the archive, is not unpacked: {taken}"),
        None => format!("{LACKS}: {taken}"),
    }
}

/// What it seems to be, which is more than inputs and answers.
pub(crate) fn seems(root: &Dir) -> Option<String> {
    if let Some(name) = root.files.keys().find(|name| is_nearly(name)) {
        return Some(format!("{LACKS}, but {name} is"));
    }
    let taken = taken();
    let packages = folders_with(root, &|dir| dir.files.contains_key("problem.yaml"));
    if !packages.is_empty() {
        return Some(format!("{LACKS}, but is in {}: a package is one problem", listed(&packages)));
    }
    if let Some(what) = of_another(root) {
        return Some(format!("{LACKS}, and {what}: {taken}"));
    }
    let folder = PARTS.into_iter().find(|path| root.dir(path).is_some())?;
    Some(format!("{LACKS}, and {folder}/ is of a package: {taken}"))
}

/// What is said of a package of another system, or of a folder with some.
fn of_another(root: &Dir) -> Option<String> {
    let told = |(file, system, remedy): Other, place: &str| {
        format!("{file}{place} is of {system}, whose packages are not understood ({remedy})")
    };
    let here = OTHERS.into_iter().find(|(file, ..)| root.file(file).is_some());
    here.map(|other| told(other, "")).or_else(|| {
        OTHERS.into_iter().find_map(|other| {
            let folders = folders_with(root, &|dir| dir.file(other.0).is_some());
            (!folders.is_empty()).then(|| told(other, &format!(" in {}", listed(&folders))))
        })
    })
}

/// What is wrong with a package whose `problem.yaml` is not of the format.
pub(crate) fn foreign(root: &Dir) -> Option<String> {
    if root.dir("data").is_some() || root.dir("submissions").is_some() {
        return None;
    }
    Some(format!("is not of the format: {}", of_another(root)?))
}

/// What somebody may have meant to be it.
fn is_nearly(name: &str) -> bool {
    ["problem.yaml", "problem.yml"].iter().any(|meant| name.eq_ignore_ascii_case(meant))
}

/// Such folders, outermost first.
fn folders_with<'a>(dir: &'a Dir, such: &dyn Fn(&Dir) -> bool) -> Vec<&'a str> {
    let here = such(dir).then_some(dir.path.as_str());
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
        assert_eq!(told(&["main.py"]), format!("problem.yaml: is not there: {}", super::taken()));
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
        for (path, system, remedy) in super::OTHERS {
            let told = told(&[path, "x"]);
            assert!(told.contains(&format!(", and {path} is of {system}, whose")), "{told}");
            assert!(told.contains(&format!(" ({remedy}): a package has")), "{told}");
        }
    }

    #[test]
    fn a_folder_of_such_packages_is_no_plain_folder() {
        let told = told(&["a/problem.xml", "a/tests/01", "a/tests/01.a", "b/problem.xml"]);
        assert!(told.contains(", and problem.xml in a/, b/ is of Polygon, whose"), "{told}");
    }

    #[test]
    fn a_problem_yaml_of_another_system_is_none_of_the_format() {
        let files = [("problem.yaml", "pid: A\n"), ("testdata/config.yaml", ""), ("testdata/1.in", "")];
        let faults = Folder::with(&files).faults();
        assert_eq!(
            faults,
            ["problem.yaml: is not of the format: testdata/config.yaml is of Hydro, whose packages are not \
              understood (its folder testdata/ alone is taken)"]
        );
    }

    #[test]
    fn inputs_and_archives_in_the_wrong_place_are_told() {
        assert!(told(&["tests/1.in", "x"]).contains("inputs without answers are in tests/: a package has"));
        let package = told(&["data/secret/1.in", "data/secret/1.ans"]);
        assert!(
            package.contains("and data/secret/ is of a package: a package has it in its root"),
            "{package}"
        );
        assert!(told(&["sums.zip"]).contains("and sums.zip, an archive in the archive, is not unpacked"));
    }
}
