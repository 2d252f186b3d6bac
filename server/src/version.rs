//! What program this is.

/// Of the package.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The first letters of the commit that it is made from; `unknown` where the build was not told.
pub(crate) const COMMIT: &str = env!("GAVEL_COMMIT");
/// Both, for people.
pub(crate) const LONG: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("GAVEL_COMMIT"), ")");
