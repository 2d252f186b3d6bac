#![no_main]

use std::fs::{create_dir, read_dir};
use std::io::Write as _;

use gavel_problem::Package;
use gavel_problem::archive::{Bounds, Error, unpack};
use tempfile::{tempdir, tempfile};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let folder = tempdir().expect("a folder");
    let into = folder.path().join("into");
    create_dir(&into).expect("a folder in it");
    let mut archive = tempfile().expect("a file");
    archive.write_all(bytes).expect("room for the archive");
    match unpack(&mut archive, &into, &Bounds::default()) {
        Ok(_) => drop(Package::read(&into)),
        Err(Error::Faults(faults)) => assert!(!faults.is_empty()),
        Err(Error::Io(error)) => panic!("{error}"),
    }
    assert_eq!(read_dir(folder.path()).expect("the folder").count(), 1, "something is beside the folder");
});
