//! Languages and toolchains: data from `languages.toml`.

use std::collections::BTreeMap;
use std::path::Path;

use crate::config::Config;
use crate::slots::Profile;

mod allowance;
mod check;
mod definition;
mod failures;
mod file;
mod template;
#[cfg(test)]
mod tests;

pub use allowance::Allowance;
pub use definition::{EntryError, Language, Runtime, Toolchain};
pub use failures::{Failure, Failures};
pub use file::LanguagesError;
pub use template::{Placeholder, Template, Values};

/// Everything that `languages.toml` says, checked.
#[derive(Debug, Clone)]
pub struct Languages {
    toolchains: BTreeMap<String, Toolchain>,
    runtimes: BTreeMap<String, Runtime>,
    scripts: Option<Language>,
    languages: BTreeMap<String, Language>,
}

impl Languages {
    /// Those of the configuration: the shipped file, and the site's own beside it.
    ///
    /// # Errors
    /// What cannot be read, is not of the form, or contradicts itself.
    pub fn configured(config: &Config) -> Result<Self, LanguagesError> {
        let tag = &config.sandbox.image_tag;
        let mut file = file::File::read(&config.languages, tag)?;
        if let Some(own) = &config.site_languages {
            file.take_in(file::File::read(own, tag)?);
        }
        check::checked(file)
    }

    /// Reads and checks the file. `tag` is what `{tag}` stands for in the names of images.
    ///
    /// # Errors
    /// What cannot be read, is not of the form, or contradicts itself.
    pub fn load(path: &Path, tag: &str) -> Result<Self, LanguagesError> {
        check::checked(file::File::read(path, tag)?)
    }

    /// The command that makes the image of a profile which languages need.
    pub fn install(&self, profile: &Profile) -> String {
        let needed = match profile {
            Profile::Run | Profile::Command => return "make images".to_owned(),
            Profile::Toolchain(name) => self.toolchains.get(name).map(|it| (&it.image, &it.install)),
            Profile::Runtime(name) => self.runtimes.get(name).map(|it| (&it.image, &it.install)),
        };
        match needed {
            Some((_, Some(own))) => own.clone(),
            Some((image, None)) => usual_install(image),
            None => format!("make toolchain {}", profile.short()),
        }
    }

    /// The language of this id.
    pub fn get(&self, id: &str) -> Option<&Language> {
        self.languages.get(id)
    }

    /// How programs of problem packages are built and run that have scripts for that.
    pub fn scripts(&self) -> Option<&Language> {
        self.scripts.as_ref()
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

/// The command for an image whose entry names none: of `make toolchain` where the image is one of ours, whatever a site calls what it has
/// in it. Any other one is somebody else's to build, and may be had where images are.
fn usual_install(image: &str) -> String {
    match image.strip_prefix("gavel/") {
        Some(ours) => format!("make toolchain {}", ours.split(':').next().unwrap_or(ours)),
        None => format!("docker pull {image}"),
    }
}
