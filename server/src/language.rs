//! Languages and toolchains: data from `languages.toml`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::config::Config;

/// Everything that `languages.toml` says, checked.
#[derive(Debug, Clone)]
pub struct Languages {
    toolchains: BTreeMap<String, Toolchain>,
    runtimes: BTreeMap<String, Runtime>,
    languages: BTreeMap<String, Language>,
}

/// A container image in which programs run.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Runtime {
    /// The image.
    pub image: String,
}

/// A container image in which sources are compiled.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Toolchain {
    /// The image.
    pub image: String,
    /// Extensions of files that sources include.
    #[serde(default)]
    pub headers: Vec<String>,
}

/// What a client may name in `language`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Language {
    /// What a client names.
    pub id: String,
    /// What people read.
    pub name: String,
    /// Where it is compiled; none for a language without a compiler.
    #[serde(default)]
    pub toolchain: Option<String>,
    /// The runtime that its programs run in; none for the slim image, which is enough for static ones.
    #[serde(default)]
    pub runtime: Option<String>,
    /// File name that a single source gets.
    pub source: String,
    /// Extensions of sources; none where that of `source` is the only one.
    #[serde(default)]
    pub extensions: Vec<String>,
    /// Extensions of files that sources include: those of its toolchain.
    #[serde(skip)]
    pub headers: Vec<String>,
    /// The compiler's argv; `{source}` stands for all source files, each an argument.
    #[serde(default)]
    pub compile: Vec<String>,
    /// The file that compiling must leave.
    #[serde(default)]
    pub artefact: Option<String>,
    /// The program's argv; `{artefact}` stands for the compiled program.
    pub run: Vec<String>,
    /// Further environment of its programs, `KEY=value`.
    #[serde(default)]
    pub environment: Vec<String>,
    /// What its run-time checks report on standard error is the reason of a failed run.
    #[serde(default)]
    pub sanitized: bool,
    /// Prints the compiler's version.
    #[serde(default)]
    pub version: Vec<String>,
    /// A program that prints `ok`: the self-test compiles and runs it.
    #[serde(default)]
    pub sample: Option<String>,
}

impl Language {
    /// A file of this name is compiled, or for a language without a compiler: run.
    pub fn is_source(&self, name: &str) -> bool {
        match extension(name) {
            Some(found) => self.source_extensions().any(|extension| extension == found),
            None => extension(&self.source).is_none(),
        }
    }

    /// A file of this name is neither compiled nor included: the program finds it beside itself.
    pub fn is_data(&self, name: &str) -> bool {
        let is_header = |found| self.headers.iter().any(|extension| extension == found);
        !self.is_source(name) && !extension(name).is_some_and(is_header)
    }

    /// Extensions of sources, without the dot.
    pub fn source_extensions(&self) -> impl Iterator<Item = &str> {
        let alone = extension(&self.source).filter(|_| self.extensions.is_empty());
        self.extensions.iter().map(String::as_str).chain(alone)
    }
}

fn extension(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(_, extension)| extension)
}

/// Why `languages.toml` was refused.
#[derive(Debug, thiserror::Error)]
pub enum LanguagesError {
    /// It could not be read.
    #[error("failed to read {path}")]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// It is not TOML of the described form.
    #[error("{path} is not valid")]
    Parse {
        /// The file.
        path: String,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// An entry contradicts another or itself.
    #[error("language `{language}`: {problem}")]
    Entry {
        /// The entry.
        language: String,
        /// What is wrong with it.
        problem: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    toolchains: BTreeMap<String, Toolchain>,
    #[serde(default)]
    runtimes: BTreeMap<String, Runtime>,
    #[serde(default)]
    languages: Vec<Language>,
}

impl File {
    fn read(path: &Path, tag: &str) -> Result<Self, LanguagesError> {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|source| LanguagesError::Read { path: shown.clone(), source })?;
        Self::parse(&text, &shown, tag)
    }

    fn parse(text: &str, path: &str, tag: &str) -> Result<Self, LanguagesError> {
        let mut file: Self = toml::from_str(text)
            .map_err(|source| LanguagesError::Parse { path: path.into(), source: Box::new(source) })?;
        let toolchains = file.toolchains.values_mut().map(|toolchain| &mut toolchain.image);
        for image in toolchains.chain(file.runtimes.values_mut().map(|runtime| &mut runtime.image)) {
            *image = with_tag(image, tag);
        }
        Ok(file)
    }

    /// Adds what another file has; of the same name, the other's counts.
    fn take_in(&mut self, other: Self) {
        self.toolchains.extend(other.toolchains);
        self.runtimes.extend(other.runtimes);
        self.languages.retain(|ours| other.languages.iter().all(|theirs| theirs.id != ours.id));
        self.languages.extend(other.languages);
    }
}

impl Languages {
    /// Those of the configuration: the shipped file, and the site's own beside it.
    ///
    /// # Errors
    /// What cannot be read, is not of the form, or contradicts itself.
    pub fn configured(config: &Config) -> Result<Self, LanguagesError> {
        let tag = &config.sandbox.image_tag;
        let mut file = File::read(&config.languages, tag)?;
        if let Some(own) = &config.site_languages {
            file.take_in(File::read(own, tag)?);
        }
        Self::checked(file)
    }

    /// Reads and checks the file. `tag` is what `{tag}` stands for in the names of images.
    ///
    /// # Errors
    /// What cannot be read, is not of the form, or contradicts itself.
    pub fn load(path: &Path, tag: &str) -> Result<Self, LanguagesError> {
        Self::checked(File::read(path, tag)?)
    }

    fn checked(File { toolchains, runtimes, languages }: File) -> Result<Self, LanguagesError> {
        let mut by_id = BTreeMap::new();
        for language in languages {
            let entry = |problem: String| LanguagesError::Entry { language: language.id.clone(), problem };
            check(&language, &toolchains, &runtimes).map_err(entry)?;
            let headers = language.toolchain.as_ref().and_then(|name| toolchains.get(name));
            let headers = headers.map(|toolchain| toolchain.headers.clone()).unwrap_or_default();
            if by_id.insert(language.id.clone(), Language { headers, ..language.clone() }).is_some() {
                return Err(entry("there are two of this id".into()));
            }
        }
        Ok(Self { toolchains, runtimes, languages: by_id })
    }

    /// The language of this id.
    pub fn get(&self, id: &str) -> Option<&Language> {
        self.languages.get(id)
    }

    /// All languages, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Language> {
        self.languages.values()
    }

    /// The toolchain of this name, with its name.
    pub fn toolchain(&self, name: &str) -> Option<(&str, &Toolchain)> {
        self.toolchains.get_key_value(name).map(|(name, toolchain)| (name.as_str(), toolchain))
    }

    /// All runtimes, by name.
    pub fn runtimes(&self) -> impl Iterator<Item = (&str, &Runtime)> {
        self.runtimes.iter().map(|(name, runtime)| (name.as_str(), runtime))
    }

    /// All toolchains, by name.
    pub fn toolchains(&self) -> impl Iterator<Item = (&str, &Toolchain)> {
        self.toolchains.iter().map(|(name, toolchain)| (name.as_str(), toolchain))
    }
}

/// An image's name with the tag of this instance in the place of `{tag}`.
pub(crate) fn with_tag(image: &str, tag: &str) -> String {
    image.replace("{tag}", tag)
}

/// `Err` says what is wrong with an entry.
fn check(
    language: &Language,
    toolchains: &BTreeMap<String, Toolchain>,
    runtimes: &BTreeMap<String, Runtime>,
) -> Result<(), String> {
    if let Some(name) = language.runtime.as_ref().filter(|name| !runtimes.contains_key(*name)) {
        return Err(format!("there is no runtime `{name}`"));
    }
    let plain = |name: &str| !name.is_empty() && !name.contains('/') && name != "." && name != "..";
    if !plain(&language.source) {
        return Err(format!("source `{}` is not a plain file name", language.source));
    }
    if language.run.is_empty() {
        return Err("run is empty".into());
    }
    if !language.is_source(&language.source) {
        return Err(format!("the extension of `{}` is not among its extensions", language.source));
    }
    if let Some(word) = language.environment.iter().find(|word| !word.contains('=')) {
        return Err(format!("environment `{word}` is not of the form KEY=value"));
    }
    match (&language.toolchain, language.compile.is_empty(), &language.artefact) {
        (None, true, None) => Ok(()),
        (Some(name), false, Some(artefact)) => {
            if !toolchains.contains_key(name) {
                return Err(format!("there is no toolchain `{name}`"));
            }
            if !plain(artefact) {
                return Err(format!("artefact `{artefact}` is not a plain file name"));
            }
            Ok(())
        }
        _ => Err("toolchain, compile and artefact go together".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &str = include_str!("../../images/languages.toml");

    fn problem(text: &str) -> String {
        parse(text, "latest").unwrap_err().to_string()
    }

    fn parse(text: &str, tag: &str) -> Result<Languages, LanguagesError> {
        Languages::checked(File::parse(text, "test", tag)?)
    }

    #[test]
    fn the_shipped_file_is_valid_and_has_the_promised_languages() {
        let languages = parse(SHIPPED, "latest").unwrap();
        for id in ["c11", "c17", "c23", "cpp17", "cpp20", "cpp23", "cpp26", "cpp20-sanitized"] {
            assert!(languages.get(id).is_some(), "{id}");
        }
    }

    #[test]
    fn the_shipped_images_have_the_tag_of_the_instance() {
        let languages = parse(SHIPPED, "class-7").unwrap();
        let images: Vec<_> = languages.toolchains().map(|(_, toolchain)| toolchain.image.clone()).collect();
        assert!(images.iter().all(|image| image.ends_with(":class-7")), "{images:?}");
    }

    #[test]
    fn the_examples_of_the_page_are_valid() {
        let page = include_str!("../../docs/languages.md");
        let examples: Vec<_> =
            page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
        assert_eq!(examples.len(), 2);
        for example in examples {
            assert_eq!(parse(example, "latest").unwrap().iter().count(), 1, "{example}");
        }
    }

    #[test]
    fn a_site_adds_languages_and_replaces_shipped_ones() {
        let shipped = Path::new("../images/languages.toml");
        let own = tempfile::NamedTempFile::new().unwrap();
        let mut config = Config { languages: shipped.into(), ..Config::default() };
        config.site_languages = Some(own.path().into());
        let count = |config: &Config| Languages::configured(config).unwrap().iter().count();
        let shipped = count(&config);
        assert_eq!(
            shipped,
            count(&Config { site_languages: None, ..config.clone() }),
            "an empty file adds none"
        );
        let text = "[toolchains.jdk]\nimage = 'site/jdk'\n\
                    [[languages]]\nid='c17'\nname='Our C'\nsource='a.c'\nrun=['true']\n\
                    [[languages]]\nid='sh'\nname='Shell'\nsource='a.sh'\nrun=['sh', 'a.sh']";
        std::fs::write(own.path(), text).unwrap();
        let languages = Languages::configured(&config).unwrap();
        assert_eq!(languages.iter().count(), shipped + 1);
        assert_eq!(languages.get("c17").unwrap().name, "Our C");
        assert!(languages.toolchain("jdk").is_some() && languages.toolchain("gcc").is_some());
        std::fs::write(own.path(), "[[languages]]\nid='sh'").unwrap();
        let problem = Languages::configured(&config).unwrap_err().to_string();
        assert!(problem.contains(&own.path().display().to_string()), "{problem}");
    }

    #[test]
    fn a_language_of_an_unknown_toolchain_is_refused() {
        let text = "[[languages]]\nid='x'\nname='X'\nsource='a'\nrun=['a']\ntoolchain='no'\ncompile=['c']\nartefact='b'";
        assert_eq!(problem(text), "language `x`: there is no toolchain `no`");
    }

    #[test]
    fn sources_are_known_by_every_usual_extension_and_headers_and_data_are_none() {
        let languages = parse(SHIPPED, "latest").unwrap();
        let (cpp, c) = (languages.get("cpp20").unwrap(), languages.get("c17").unwrap());
        for name in ["a.cpp", "a.cc", "a.cxx", "a.c++", "a.C", "two.dots.cc"] {
            assert!(cpp.is_source(name) && !c.is_source(name), "{name}");
        }
        for name in ["a.h", "a.hpp", "a.tcc"] {
            assert!(!cpp.is_data(name) && !cpp.is_source(name) && !c.is_source(name), "{name}");
        }
        for name in ["data.txt", "Makefile", "cpp", "a.cpp.txt", "a.py"] {
            assert!(cpp.is_data(name) && c.is_data(name), "{name}");
        }
        assert!(c.is_source("a.c") && !cpp.is_source("a.c"));
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        let text = "[[languages]]\nid='x'\nname='X'\nsource='a.x'\nrun=['a']\n";
        let refused = problem(&format!("{text}extensions=['y']"));
        assert_eq!(refused, "language `x`: the extension of `a.x` is not among its extensions");
        let refused = problem(&format!("{text}environment=['HOME']"));
        assert_eq!(refused, "language `x`: environment `HOME` is not of the form KEY=value");
    }

    #[test]
    fn a_language_names_the_image_that_its_programs_run_in() {
        let text = "[runtimes.jre]\nimage='site/jre:{tag}'\n[[languages]]\nid='x'\nname='X'\nsource='a'\nrun=['a']\n";
        let languages = parse(&format!("{text}runtime='jre'"), "7").unwrap();
        assert_eq!(languages.get("x").unwrap().runtime.as_deref(), Some("jre"));
        assert_eq!(languages.runtimes().next().unwrap().1.image, "site/jre:7");
        assert_eq!(problem(&format!("{text}runtime='jdk'")), "language `x`: there is no runtime `jdk`");
    }

    #[test]
    fn half_a_compiler_is_refused() {
        let text = "[[languages]]\nid='x'\nname='X'\nsource='a'\nrun=['a']\ncompile=['c']";
        assert_eq!(problem(text), "language `x`: toolchain, compile and artefact go together");
    }

    #[test]
    fn an_unknown_key_is_refused() {
        let text = "[[languages]]\nid='x'\nname='X'\nsource='a'\nrun=['a']\nflags='-O2'";
        assert_eq!(problem(text), "test is not valid");
    }
}
