//! Problem packages as archives, and their way to a service.

use std::fs;
use std::path::Path;

use reqwest::Method;

use crate::client::{Client, Response};

/// Bytes of a tar's unit.
const BLOCK: usize = 512;

/// A package: paths and contents.
#[derive(Debug, Clone, Default)]
pub struct Package(Vec<(String, Vec<u8>)>);

impl Package {
    /// That of a folder.
    ///
    /// # Panics
    /// When it cannot be read.
    pub fn of(folder: &Path) -> Self {
        let mut package = Self::default();
        package.add_folder(folder, "");
        package
    }

    /// With a file more.
    #[must_use]
    pub fn with(mut self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        self.0.push((path.to_owned(), content.into()));
        self
    }

    fn add_folder(&mut self, folder: &Path, path: &str) {
        for entry in fs::read_dir(folder).expect("the package's folder") {
            let entry = entry.expect("an entry of the package's folder");
            let name = format!("{path}{}", entry.file_name().to_str().expect("a name in UTF-8"));
            if entry.path().is_dir() {
                self.add_folder(&entry.path(), &format!("{name}/"));
            } else {
                self.0.push((name, fs::read(entry.path()).expect("a file of the package")));
            }
        }
    }

    /// As a tar.
    pub fn tar(&self) -> Vec<u8> {
        let mut tar = Vec::new();
        for (path, content) in &self.0 {
            tar.extend(header(path, content.len()));
            tar.extend(content);
            tar.resize(tar.len().next_multiple_of(BLOCK), 0);
        }
        tar.resize(tar.len() + 2 * BLOCK, 0);
        tar
    }

    /// A tar.gz whose one file is of so many zeros, of which each KiB takes six bytes or seven. Its end is missing.
    pub fn bomb(path: &str, size: usize) -> Vec<u8> {
        // By RFC 1951: the header as it is, which ends with zeros, and then "258 bytes of the one before", again and again.
        const COPY: [bool; 13] =
            [true, true, false, false, false, true, false, true, false, false, false, false, false];
        let header = header(path, size);
        let mut gzip = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0, 0x00, 0x02, 0xff, 0xfd];
        gzip.extend(header);
        let begin_of_block = [true, true, false];
        let copies = std::iter::repeat_n(COPY, size / 258).flatten();
        let bits: Vec<bool> = begin_of_block.into_iter().chain(copies).collect();
        let byte = |bits: &[bool]| bits.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
        gzip.extend(bits.chunks(8).map(byte));
        gzip
    }

    /// Sends it as a version of this problem, of which so much is shown.
    ///
    /// # Panics
    /// When the service does not take it.
    pub async fn push(&self, client: &Client, id: &str, show: &str) {
        let path = format!("/api/v1/problems/{id}?show={show}");
        let pushed: Response = client.send_bytes(Method::PUT, &path, self.tar()).await.expect("an answer");
        assert!(pushed.status.is_success(), "{} {}", pushed.status, pushed.text);
    }
}

/// A header as of ustar, of a path of up to 100 bytes.
fn header(path: &str, size: usize) -> [u8; BLOCK] {
    assert!(path.len() <= 100, "{path} is too long");
    let mut header = [0; BLOCK];
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, path.as_bytes());
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{size:011o}\0").as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        0");
    put(257, b"ustar\x0000");
    let sum: u32 = header.iter().copied().map(u32::from).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    header
}
