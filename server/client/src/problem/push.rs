//! `gavel problem push`: sends a package.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use gavel_problem::{Links, Refused, archive};
use serde_json::Value;

use super::Id;
use super::archive::Archive;
use super::show;
use crate::failure::{Failure, Status};
use crate::http::{Ask, Client, Content};
use crate::options::Server;
use crate::terminal::Terminal;
use crate::text;

/// A package to send.
#[derive(Debug, Args)]
pub struct Push {
    #[command(flatten)]
    server: Server,
    /// The package's folder, or a zip, tar or tar.gz of it
    #[arg(value_name = "FOLDER|FILE")]
    package: PathBuf,
    /// The problem's id
    #[arg(long)]
    id: Id,
    /// What judgements tell of secret tests [default: the server's, verdicts]
    #[arg(long, value_enum)]
    show: Option<Show>,
    /// Whether only tokens that keep problems find it [default: as it was; a new one is for all]
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    private: Option<bool>,
    #[command(flatten)]
    links: LinksOut,
    /// Print JSON: the problem as the server tells it
    #[arg(long)]
    json: bool,
}

/// Whether links may lead out of a package's folder.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct LinksOut {
    /// Take along what links in the folder lead to outside of it
    #[arg(long)]
    follow_links: bool,
}

impl LinksOut {
    pub(super) fn links(self) -> Links {
        if self.follow_links { Links::Anywhere } else { Links::Inside }
    }
}

/// What judgements tell of secret tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Show {
    /// Everything
    Full,
    /// Verdict, time and memory of each
    Verdicts,
    /// Nothing but the whole's verdict
    Summary,
}

impl Show {
    fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Verdicts => "verdicts",
            Self::Summary => "summary",
        }
    }
}

impl Push {
    pub(super) fn execute(&self, terminal: &mut Terminal<'_>) -> Result<Status, Failure> {
        if self.package.is_dir() {
            read(&self.package, self.links.links(), terminal)?;
        }
        let package = Package { path: &self.package, links: self.links.links(), time_limit: None };
        let told = Told { show: self.show, private: self.private };
        let (status, view) = push(&self.server.client()?, package, &self.id, told)?;
        if self.json {
            terminal.json(&view)?;
        } else {
            let is_new = if status == 201 { "new" } else { "there already" };
            let version = text::line(view["version"].as_str().unwrap_or_default());
            terminal.print(&format!(
                "{}: version {version}, {is_new}\n{}",
                self.id.as_str(),
                show::notes(&view)
            ))?;
        }
        Ok(Status::Good)
    }
}

/// Reads a package before it is sent; what is only worth knowing is told.
pub(super) fn read(
    folder: &Path,
    links: Links,
    terminal: &mut Terminal<'_>,
) -> Result<gavel_problem::Package, Failure> {
    let (read, notes) = match gavel_problem::Package::read_with(folder, links) {
        Ok((package, notes)) => (Ok(package), notes),
        Err(Refused { faults, notes }) => (Err(faults), notes),
    };
    for note in notes {
        terminal.remark(&format!("note: {}", text::line(&note.to_string())))?;
    }
    read.map_err(|faults| Failure::Package(faults.iter().map(ToString::to_string).collect()))
}

/// What is sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Package<'a> {
    /// A folder or an archive.
    pub(super) path: &'a Path,
    /// Where links in the folder may lead.
    pub(super) links: Links,
    /// Seconds that are added to a folder that tells no time limit.
    pub(super) time_limit: Option<f64>,
}

/// Who is told what of it, where that is not the server's usual.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Told {
    /// Of secret tests.
    pub(super) show: Option<Show>,
    /// It is there for those alone who keep problems.
    pub(super) private: Option<bool>,
}

impl Told {
    /// What stands behind the path of a problem that is pushed so.
    fn query(self) -> String {
        let show = self.show.map(|show| format!("show={}", show.name()));
        let private = self.private.map(|private| format!("private={private}"));
        let all: Vec<_> = show.into_iter().chain(private).collect();
        if all.is_empty() { String::new() } else { format!("?{}", all.join("&")) }
    }
}

/// Sends a package; 201 where the server did not have it yet, and the problem as it tells it.
pub(super) fn push(
    client: &Client,
    Package { path: package, links, time_limit }: Package<'_>,
    id: &Id,
    told: Told,
) -> Result<(u16, Value), Failure> {
    let path = id.path() + &told.query();
    let failed = |why: std::io::Error| Failure::file(package, why);
    if package.is_dir() {
        let archive = Archive::of(package, links).map_err(failed)?;
        let archive = match time_limit {
            Some(seconds) => archive.with_time_limit(seconds),
            None => archive,
        };
        let open = || Ok(Box::new(archive.open()) as Box<dyn Read>);
        return client
            .ask(Ask::put(&path, Content { kind: "application/x-tar", size: archive.size(), open: &open }));
    }
    let (kind, size) = kind(package).map_err(failed)?;
    let kind = kind.ok_or_else(|| Failure::file(package, "is no folder, and no zip, tar or tar.gz"))?;
    let open = || Ok(Box::new(File::open(package)?.take(size)) as Box<dyn Read>);
    client.ask(Ask::put(&path, Content { kind, size, open: &open }))
}

/// The media type of an archive by its first bytes, as the server tells it, and its size.
fn kind(path: &Path) -> std::io::Result<(Option<&'static str>, u64)> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut beginning = Vec::new();
    file.take(512).read_to_end(&mut beginning)?;
    Ok((archive::media_type(&beginning), size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_are_told_by_their_first_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        let tar = |mut header: tar::Header| {
            header.set_path("1.in").unwrap();
            header.set_size(0);
            header.set_cksum();
            header.as_bytes().to_vec()
        };
        for (bytes, expected) in [
            (b"PK\x03\x04...".to_vec(), Some("application/zip")),
            (vec![0x1f, 0x8b, 8], Some("application/gzip")),
            (tar(tar::Header::new_ustar()), Some("application/x-tar")),
            (tar(tar::Header::new_old()), Some("application/x-tar")),
            (vec![b'x'; 512], None),
            (b"BZh9".to_vec(), None),
            (Vec::new(), None),
        ] {
            std::fs::write(&path, &bytes).unwrap();
            assert_eq!(kind(&path).unwrap(), (expected, bytes.len() as u64));
        }
    }
}
