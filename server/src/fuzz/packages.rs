//! Packages of problems, as archives and as what is in them.

use std::fs::{create_dir, read_dir};
use std::io::{self, Write as _};

use gavel_problem::Package;
use gavel_problem::archive::{Bounds, Error, unpack};
use tempfile::{tempdir, tempfile};

/// What is pushed as a problem. Panics where it is not read within its folder, or the disk fails.
pub fn packages(bytes: &[u8]) {
    if let Err(error) = unpacked(bytes) {
        panic!("{error}");
    }
}

fn unpacked(bytes: &[u8]) -> io::Result<()> {
    let folder = tempdir()?;
    let into = folder.path().join("into");
    create_dir(&into)?;
    let mut archive = tempfile()?;
    archive.write_all(bytes)?;
    match unpack(&mut archive, &into, &Bounds::default()) {
        Ok(_) => drop(Package::read(&into)),
        Err(Error::Faults(faults)) => assert!(!faults.is_empty(), "refused without a reason"),
        Err(Error::Io(error)) => return Err(error),
    }
    assert_eq!(read_dir(folder.path())?.count(), 1, "something is beside the folder");
    Ok(())
}
