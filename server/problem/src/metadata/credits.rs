//! Who made the problem and where it comes from (2025-09, "Credits", "Source"; legacy, "Author", "Source").

use std::collections::BTreeMap;

use crate::bounds;
use crate::yaml::{Fields, Node, Value};

/// Somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// The full name.
    pub name: String,
    /// The address.
    pub email: Option<String>,
    /// The ORCID.
    pub orcid: Option<String>,
    /// The name at Kattis.
    pub kattis: Option<String>,
}

impl Person {
    /// `Full Name <address>`, or a name alone.
    fn of_text(text: &str) -> Self {
        let text = text.trim();
        match text.strip_suffix('>').and_then(|text| text.split_once('<')) {
            Some((name, email)) if !name.trim().is_empty() => {
                Self { name: name.trim().to_owned(), email: Some(email.trim().to_owned()), ..Self::default() }
            }
            _ => Self { name: text.to_owned(), ..Self::default() },
        }
    }
}

/// Who did what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Credits {
    /// Who thought of the problem.
    pub authors: Vec<Person>,
    /// Who made the package.
    pub contributors: Vec<Person>,
    /// Who tested it.
    pub testers: Vec<Person>,
    /// Who translated it, by language.
    pub translators: BTreeMap<String, Vec<Person>>,
    /// Who made the package of a problem that was there.
    pub packagers: Vec<Person>,
    /// Who is thanked.
    pub acknowledgements: Vec<Person>,
}

/// Where the problem was first used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source {
    /// A contest or a course, with its year.
    pub name: String,
    /// Its page.
    pub url: Option<String>,
}

/// `credits`: one author, or a map.
pub(super) fn current(fields: &mut Fields<'_>) -> Credits {
    let Some(node) = fields.take("credits") else { return Credits::default() };
    if !matches!(node.value, Value::Map(_)) {
        return Credits { authors: persons(fields, "credits", node), ..Credits::default() };
    }
    let Some(mut map) = fields.as_fields("credits", node) else { return Credits::default() };
    Credits {
        authors: of_key(&mut map, "authors"),
        contributors: of_key(&mut map, "contributors"),
        testers: of_key(&mut map, "testers"),
        translators: translators(&mut map),
        packagers: of_key(&mut map, "packagers"),
        acknowledgements: of_key(&mut map, "acknowledgements"),
    }
}

/// `author`: names with commas or `and` between.
pub(super) fn legacy(fields: &mut Fields<'_>) -> Credits {
    let Some(text) = fields.text("author") else { return Credits::default() };
    let text = text.replace(" and ", ",").replace(" & ", ",");
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    Credits { authors: names.map(Person::of_text).collect(), ..Credits::default() }
}

fn translators(map: &mut Fields<'_>) -> BTreeMap<String, Vec<Person>> {
    let Some(mut languages) = map.map("translators") else { return BTreeMap::new() };
    let all = languages.take_all();
    all.into_iter()
        .map(|(language, node)| {
            let found = persons(&languages, &language, node);
            (language, found)
        })
        .collect()
}

/// The persons of a key.
pub(crate) fn of_key(fields: &mut Fields<'_>, key: &str) -> Vec<Person> {
    let Some(node) = fields.take(key) else { return Vec::new() };
    persons(fields, key, node)
}

fn persons(fields: &Fields<'_>, key: &str, node: Node) -> Vec<Person> {
    match node.value {
        Value::List(items) if items.len() > bounds::PERSONS => {
            fields.fault(key, node.line, format!("more than {} persons", bounds::PERSONS));
            Vec::new()
        }
        Value::List(items) => items.into_iter().filter_map(|item| person(fields, key, item)).collect(),
        _ => person(fields, key, node).into_iter().collect(),
    }
}

fn person(fields: &Fields<'_>, key: &str, node: Node) -> Option<Person> {
    if !matches!(node.value, Value::Map(_)) {
        return fields.as_text(key, &node).map(|text| Person::of_text(&text));
    }
    let line = node.line;
    let mut map = fields.as_fields(key, node)?;
    let Some(name) = map.text("name") else {
        fields.fault(key, line, "a person without a name");
        return None;
    };
    let (email, orcid, kattis) = (map.text("email"), map.text("orcid"), map.text("kattis"));
    Some(Person { name, email, orcid, kattis })
}

/// `source`: one, or a sequence; `source_url` goes with one of the versions before 2023.
pub(super) fn sources(fields: &mut Fields<'_>) -> Vec<Source> {
    let mut found = match fields.take("source") {
        None => Vec::new(),
        Some(Node { value: Value::List(items), .. }) => {
            items.into_iter().filter_map(|item| source(fields, item)).collect()
        }
        Some(node) => source(fields, node).into_iter().collect(),
    };
    let url = fields.text("source_url");
    match (found.as_mut_slice(), url) {
        (_, None) => {}
        ([one], Some(url)) => one.url = Some(url),
        (_, Some(_)) => fields.note("source_url", 0, "ignored: there is not one source"),
    }
    found
}

fn source(fields: &Fields<'_>, node: Node) -> Option<Source> {
    if !matches!(node.value, Value::Map(_)) {
        return fields.as_text("source", &node).map(|name| Source { name, url: None });
    }
    let line = node.line;
    let mut map = fields.as_fields("source", node)?;
    let url = map.text("url");
    match map.text("name") {
        Some(name) => Some(Source { name, url }),
        None => {
            fields.fault("source", line, "a source without a name");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Metadata;
    use crate::fixture::{CURRENT, Folder};

    fn current_metadata(yaml: &str) -> Metadata {
        let yaml = format!("{CURRENT}name: x\n{yaml}");
        Folder::current(&[("problem.yaml", &yaml)]).package().0.metadata
    }

    fn names(persons: &[Person]) -> Vec<&str> {
        persons.iter().map(|person| person.name.as_str()).collect()
    }

    #[test]
    fn a_person_is_a_name_with_an_address() {
        let person = Person::of_text("Full Name <a@b.example>");
        assert_eq!((person.name.as_str(), person.email.as_deref()), ("Full Name", Some("a@b.example")));
        assert_eq!(Person::of_text("Only Name").email, None);
    }

    #[test]
    fn credits_are_one_or_many() {
        assert_eq!(names(&current_metadata("credits: A <a@b>\n").credits.authors), ["A"]);
        let yaml = "credits:\n  authors: [A, {name: B, orcid: 1-2}]\n  translators:\n    sv: C\n";
        let credits = current_metadata(yaml).credits;
        assert_eq!(names(&credits.authors), ["A", "B"]);
        assert_eq!(credits.authors[1].orcid.as_deref(), Some("1-2"));
        assert_eq!(names(&credits.translators["sv"]), ["C"]);
    }

    #[test]
    fn legacy_authors_are_split() {
        let folder = Folder::legacy(&[("problem.yaml", "name: x\nauthor: A, B and C\n")]);
        assert_eq!(names(&folder.package().0.metadata.credits.authors), ["A", "B", "C"]);
    }

    #[test]
    fn sources_are_one_or_many() {
        let sources = current_metadata("source:\n  - name: N\n    url: U\n  - S\n").sources;
        assert_eq!((sources.len(), sources[0].url.as_deref()), (2, Some("U")));
        let folder = Folder::legacy(&[("problem.yaml", "name: x\nsource: S\nsource_url: U\n")]);
        assert_eq!(folder.package().0.metadata.sources, [Source { name: "S".into(), url: Some("U".into()) }]);
    }

    #[test]
    fn persons_have_a_bound() {
        let yaml = format!(
            "{CURRENT}name: x\ncredits:\n  authors: [{}]\n",
            vec!["a"; bounds::PERSONS + 1].join(",")
        );
        let faults = Folder::current(&[("problem.yaml", &yaml)]).faults();
        assert!(faults[0].contains("more than 64 persons"), "{faults:?}");
    }

    #[test]
    fn a_person_without_a_name_is_a_fault() {
        let yaml = format!("{CURRENT}name: x\ncredits:\n  testers:\n  - email: e\n");
        let faults = Folder::current(&[("problem.yaml", &yaml)]).faults();
        assert!(faults[0].contains("credits.testers: a person without a name"), "{faults:?}");
    }
}
