//! Puts the layers together: defaults < file < environment < flags. In the environment our own names beat go-judge's.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ::config::builder::DefaultState;
use ::config::{ConfigBuilder, File, FileFormat};

use super::gojudge_names::{self, Translated};
use super::{Config, TokenConfig};

const DEFAULTS: &str = include_str!("defaults.toml");
/// What go-judge's variables begin with.
const GOJUDGE: &str = "ES_";
const STANDARD_FILE: &str = "/etc/gavel/gavel.toml";

/// Keys that `defaults.toml` leaves unset.
const UNSET: &[&str] = &[
    "site_languages",
    "http.token",
    "http.token_file",
    "http.admin_token",
    "http.admin_token_file",
    "http.memory",
    "http.metrics_token",
    "http.metrics_token_file",
    "http.tokens",
    "http.tokens_file",
    "workspace.host_path",
    "limits.run.wall",
    "limits.run.stack",
    "limits.run_max.stack",
    "limits.compile.wall",
    "limits.compile.stack",
    "limits.compile_max.stack",
    "sandbox.run_slots",
    "sandbox.toolchain_slots",
    "sandbox.spare_slots",
    "sandbox.recycle",
    "sandbox.cgroup_parent",
    "sandbox.runtime",
    "sandbox.monitor",
    "gojudge.slots",
    "gojudge.parallelism",
    "gojudge.file_dir",
    "gojudge.copy_out_dir",
    "gojudge.streams",
    "cluster.url",
    "cluster.token",
    "cluster.token_file",
    "cluster.nkey",
    "cluster.nkey_file",
    "cluster.ca",
    "cluster.name",
    "cluster.credits",
    "cluster.speed",
    "cluster.weight",
];
const SECRETS: &[&str] =
    &["http.token", "http.admin_token", "http.metrics_token", "http.tokens", "cluster.token", "cluster.nkey"];
/// Variables of ours that are no settings of the server.
const OTHER_VARIABLES: &[&str] =
    &["GAVEL_CONFIG", "GAVEL_LOG", "GAVEL_URL", "GAVEL_ADMIN_TOKEN", "GAVEL_TOKEN"];

/// What comes from outside the file: the environment and the flags.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--config`.
    pub file: Option<PathBuf>,
    /// The environment; only names that begin with `GAVEL_`, or as go-judge's with `ES_`, matter.
    pub environment: BTreeMap<String, String>,
    /// Flags: key (`http.listen`) and value.
    pub flags: Vec<(String, String)>,
}

/// Why the configuration was refused. Each message names the key or the file.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file could not be read.
    #[error("failed to read {path}")]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("{path} is not valid TOML")]
    Syntax {
        /// The file.
        path: String,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// A key that does not exist.
    #[error("unknown setting `{given}` in {origin}; did you mean `{nearest}`?")]
    Unknown {
        /// As written.
        given: String,
        /// Where it stands.
        origin: String,
        /// The known one that is most like it.
        nearest: String,
    },
    /// A value of the wrong form.
    #[error("{0}")]
    Value(String),
}

impl Overrides {
    /// With the environment of this process: the only place that reads it.
    pub fn from_process(file: Option<PathBuf>, flags: Vec<(String, String)>) -> Self {
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| name.starts_with("GAVEL_") || name.starts_with(GOJUDGE))
            .collect();
        Self { file, environment, flags }
    }

    /// What is to be logged, as in `RUST_LOG`.
    pub fn log_filter(&self) -> Option<&str> {
        let silent = self.gojudge_variables().any(|variable| variable == Ok(Translated::Silence));
        self.environment.get("GAVEL_LOG").map(String::as_str).or(silent.then_some("off"))
    }

    /// What to tell of go-judge's variables that have no effect here.
    pub fn warnings(&self) -> Vec<String> {
        let told = self.gojudge_variables().filter_map(|variable| match variable {
            Ok(Translated::Nothing(told)) => told,
            _ => None,
        });
        told.collect()
    }

    /// go-judge's variables that are set to something.
    fn gojudge_variables(&self) -> impl Iterator<Item = Result<Translated, String>> {
        let set =
            self.environment.iter().filter(|(name, value)| name.starts_with(GOJUDGE) && !value.is_empty());
        set.map(|(name, value)| gojudge_names::translate_variable(name, value))
    }

    /// Does a variable of ours set this key, or name the file that does?
    fn sets(&self, key: &str) -> bool {
        let name = format!("GAVEL_{}", key.replace('.', "__").to_uppercase());
        let is_set = |name: &str| self.environment.get(name).is_some_and(|value| !value.is_empty());
        is_set(&name) || is_set(&format!("{name}_FILE"))
    }

    fn config_file(&self) -> Option<PathBuf> {
        let named = self.file.clone().or_else(|| self.environment.get("GAVEL_CONFIG").map(PathBuf::from));
        named.or_else(|| Some(PathBuf::from(STANDARD_FILE)).filter(|path| path.exists()))
    }
}

impl Config {
    /// Puts the layers together and checks the result.
    ///
    /// # Errors
    /// Any [`ConfigError`]; the server must not start then.
    pub fn load(overrides: &Overrides) -> Result<Self, ConfigError> {
        let known = Known::new();
        let mut builder = ::config::Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
        if let Some(path) = overrides.config_file() {
            let text = read(&path)?;
            known.check_file(&text, &path)?;
            builder = builder.add_source(File::from_str(&text, FileFormat::Toml));
        }
        for variable in overrides.gojudge_variables() {
            let variable = variable.map_err(ConfigError::Value)?;
            if let Translated::Setting(key, value) = variable
                && !overrides.sets(&key)
            {
                builder = known.set(builder, &key, &value)?;
            }
        }
        for (name, value) in overrides.environment.iter().filter(|(name, _)| !is_other(name)) {
            // `NAME=` in an environment file is how people leave a variable unset; a misspelt one is still refused.
            let key = known.variable(name)?;
            if value.is_empty() {
                continue;
            }
            builder = known.set(builder, &key, value)?;
        }
        for (key, value) in &overrides.flags {
            if !known.keys.contains(key) {
                return Err(known.unknown(key, key, "the flags".into(), Clone::clone));
            }
            builder = known.set(builder, key, value)?;
        }
        let layers = with_secret_files(builder)?;
        let mut config: Self = layers.try_deserialize().map_err(|why| ConfigError::Value(told(&why)))?;
        config.http.tokens.iter_mut().try_for_each(read_secrets)?;
        config.sandbox.run_image = with_tag(&config.sandbox.run_image, &config.sandbox.image_tag);
        config.gojudge.image = with_tag(&config.gojudge.image, &config.sandbox.image_tag);
        super::check::check(&config).map_err(ConfigError::Value)?;
        Ok(config)
    }
}

/// An image's name with the tag of this instance in the place of `{tag}`.
pub(crate) fn with_tag(image: &str, tag: &str) -> String {
    image.replace("{tag}", tag)
}

impl Default for Config {
    /// The settings of `defaults.toml`.
    fn default() -> Self {
        #[expect(clippy::expect_used, reason = "the text is compiled in, and a test loads it")]
        Self::load(&Overrides { file: Some("/dev/null".into()), ..Overrides::default() })
            .expect("defaults.toml is valid")
    }
}

/// All keys there are.
struct Known {
    keys: Vec<String>,
    /// Those whose values are lists.
    lists: Vec<String>,
}

impl Known {
    fn new() -> Self {
        let mut known = Self { keys: UNSET.iter().map(ToString::to_string).collect(), lists: Vec::new() };
        if let Ok(table) = DEFAULTS.parse::<toml::Table>() {
            flatten("", &table, &mut |key, value| {
                if value.is_array() {
                    known.lists.push(key.clone());
                }
                known.keys.push(key);
            });
        }
        known
    }

    /// Sets a key to a value given as text; the items of a list are separated by commas.
    fn set(
        &self,
        builder: ConfigBuilder<DefaultState>,
        key: &str,
        value: &str,
    ) -> Result<ConfigBuilder<DefaultState>, ConfigError> {
        if !self.lists.iter().any(|list| list == key) {
            return set(builder, key, value);
        }
        let items: Vec<&str> = value.split(',').map(str::trim).filter(|item| !item.is_empty()).collect();
        set(builder, key, items)
    }

    fn check_file(&self, text: &str, path: &Path) -> Result<(), ConfigError> {
        let origin = path.display().to_string();
        let table = text
            .parse::<toml::Table>()
            .map_err(|source| ConfigError::Syntax { path: origin.clone(), source: Box::new(source) })?;
        let mut given = Vec::new();
        flatten("", &table, &mut |key, _value| given.push(key));
        match given.into_iter().find(|key| !self.keys.contains(key)) {
            Some(key) => Err(self.unknown(&key, &key, origin, Clone::clone)),
            None => Ok(()),
        }
    }

    /// The key that an environment variable sets.
    fn variable(&self, name: &str) -> Result<String, ConfigError> {
        let key = name.trim_start_matches("GAVEL_").replace("__", ".").to_lowercase();
        if self.keys.contains(&key) {
            return Ok(key);
        }
        let variable = |key: &String| format!("GAVEL_{}", key.replace('.', "__").to_uppercase());
        Err(self.unknown(name, &key, "the environment".into(), variable))
    }

    fn unknown(
        &self,
        given: &str,
        key: &str,
        origin: String,
        show: impl Fn(&String) -> String,
    ) -> ConfigError {
        let nearest = self
            .keys
            .iter()
            .min_by_key(|known| strsim::levenshtein(known, key))
            .map(show)
            .unwrap_or_default();
        ConfigError::Unknown { given: given.into(), origin, nearest }
    }
}

/// What is wrong with a value, and what may stand there.
fn told(why: &::config::ConfigError) -> String {
    let ::config::ConfigError::Type { unexpected, expected, key: Some(key), .. } = why else {
        return why.to_string();
    };
    let form = match *expected {
        expected if expected.contains("32 bit integer") => "a whole number, from 0 to 4294967295",
        expected if expected.contains("integer") => "a whole number, from 0",
        "a boolean" => "true or false",
        expected => expected,
    };
    format!("`{key}` is {}; it must be {form}", shown(&unexpected.to_string()))
}

/// The value alone of `string "abc"`.
fn shown(value: &str) -> String {
    let quoted = value.find(['"', '`']).map(|at| value[at..].trim_matches(['"', '`']));
    quoted.map_or_else(|| value.to_owned(), |quoted| format!("`{quoted}`"))
}

fn is_other(name: &str) -> bool {
    OTHER_VARIABLES.contains(&name) || name.starts_with(GOJUDGE)
}

fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path)
        .map_err(|source| ConfigError::Read { path: path.display().to_string(), source })
}

fn set(
    builder: ConfigBuilder<DefaultState>,
    key: &str,
    value: impl Into<::config::Value>,
) -> Result<ConfigBuilder<DefaultState>, ConfigError> {
    builder.set_override(key, value.into()).map_err(|why| ConfigError::Value(why.to_string()))
}

/// Reads `<secret>_file` into the secret where it is set.
fn with_secret_files(builder: ConfigBuilder<DefaultState>) -> Result<::config::Config, ConfigError> {
    let build = |builder: &ConfigBuilder<DefaultState>| {
        builder.build_cloned().map_err(|why| ConfigError::Value(why.to_string()))
    };
    let mut builder = builder;
    let layers = build(&builder)?;
    for secret in SECRETS {
        let Ok(path) = layers.get_string(&format!("{secret}_file")) else { continue };
        if layers.get::<::config::Value>(secret).is_ok() {
            return Err(ConfigError::Value(format!("`{secret}` and `{secret}_file` are both set; drop one")));
        }
        builder = set(builder, secret, read(Path::new(&path))?.trim())?;
    }
    build(&builder)
}

/// Reads the secrets of a token that are in files.
fn read_secrets(token: &mut TokenConfig) -> Result<(), ConfigError> {
    let TokenConfig { name, secret, secret_file, previous_secret, previous_secret_file, .. } = token;
    for (key, secret, file) in
        [("secret", secret, secret_file), ("previous_secret", previous_secret, previous_secret_file)]
    {
        let Some(path) = file else { continue };
        if secret.is_some() {
            let both = format!("token `{name}`: `{key}` and `{key}_file` are both set; drop one");
            return Err(ConfigError::Value(both));
        }
        *secret = Some(read(path)?.trim().to_owned());
    }
    Ok(())
}

/// Calls `each` with every key of the table and its value.
fn flatten(prefix: &str, table: &toml::Table, each: &mut impl FnMut(String, &toml::Value)) {
    for (name, value) in table {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            toml::Value::Table(inner) => flatten(&key, inner, each),
            _ => each(key, value),
        }
    }
}
