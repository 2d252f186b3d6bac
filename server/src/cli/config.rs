//! `gavel config`: the effective settings.

use super::output;
use crate::config::Config;

/// Why they cannot be shown.
#[derive(Debug, thiserror::Error)]
pub(super) enum PrintError {
    #[error("failed to write the configuration")]
    Write(#[from] std::io::Error),
    #[error("failed to render the configuration")]
    Render(#[from] toml::ser::Error),
}

/// Prints them as TOML, secrets masked.
pub(super) fn print(config: &Config) -> Result<(), PrintError> {
    let text = toml::to_string(config)?;
    Ok(output::print(&text)?)
}
