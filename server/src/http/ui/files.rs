//! What `make ui` has made, as it is embedded: see `build.rs`.

use std::collections::BTreeMap;

use crate::http::encoding::unpacked;

include!(concat!(env!("OUT_DIR"), "/page.rs"));

/// All files of the page.
#[derive(Debug)]
pub(in crate::http) struct Files {
    index: Option<String>,
    assets: BTreeMap<&'static str, File>,
}

/// One that the page loads.
#[derive(Debug)]
pub(super) struct File {
    compressed: &'static [u8],
    content_type: &'static str,
    tag: String,
}

impl Files {
    /// Those that were there when the program was built.
    pub(in crate::http) fn new() -> Self {
        let index = EMBEDDED.iter().find(|(name, _)| *name == "index.html").map(|(_, content)| *content);
        let index = index.map(|compressed| String::from_utf8_lossy(&unpacked(compressed)).into_owned());
        let named =
            EMBEDDED.iter().filter_map(|(path, content)| Some((path.strip_prefix("assets/")?, content)));
        let assets = named.map(|(name, content)| (name, File::new(name, content))).collect();
        Self { index, assets }
    }

    /// The document, before it is filled in.
    pub(super) fn index(&self) -> Option<&str> {
        self.index.as_deref()
    }

    /// The file of this name.
    pub(super) fn get(&self, name: &str) -> Option<&File> {
        self.assets.get(name)
    }
}

impl File {
    fn new(name: &str, compressed: &'static [u8]) -> Self {
        // Weak: it is that of the compressed form and of the plain one.
        let tag = format!("W/\"{}\"", &blake3::hash(compressed).to_hex()[..16]);
        Self { compressed, content_type: content_type(name), tag }
    }

    pub(super) fn compressed(&self) -> &'static [u8] {
        self.compressed
    }

    pub(super) fn content_type(&self) -> &'static str {
        self.content_type
    }

    pub(super) fn tag(&self) -> &str {
        &self.tag
    }
}

/// Browsers are told not to guess.
fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_file_can_be_unpacked_and_has_a_type() {
        let files = Files::new();
        for (name, file) in &files.assets {
            assert!(!unpacked(file.compressed).is_empty(), "{name}");
            assert_ne!(file.content_type, "application/octet-stream", "{name}");
        }
        assert!(files.index().is_none_or(|index| index.contains("__BASE__") && index.contains("__NONCE__")));
    }
}
