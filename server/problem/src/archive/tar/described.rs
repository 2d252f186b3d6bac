//! What stands before an entry of a tar and is said of it: by GNU tar, or by pax.

use super::Stop;

/// What the next entry's header has no room for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Described {
    name: Option<Vec<u8>>,
    target: Option<Vec<u8>>,
    size: Option<u64>,
    sparse: bool,
    /// Records of pax have been read.
    pax: bool,
}

impl Described {
    pub(super) fn name(&self) -> Option<&[u8]> {
        self.name.as_deref()
    }

    /// Where a link leads to.
    pub(super) fn target(&self) -> Option<&[u8]> {
        self.target.as_deref()
    }

    pub(super) fn is_sparse(&self) -> bool {
        self.sparse
    }

    /// Whether anything is said that matters here.
    pub(super) fn is_said(&self) -> bool {
        self.name.is_some() || self.target.is_some() || self.size.is_some() || self.sparse
    }

    /// GNU tar's long name, which ends with NUL.
    ///
    /// # Errors
    /// It has one already.
    pub(super) fn name_is(&mut self, name: Vec<u8>) -> Result<(), Stop> {
        match self.name.replace(ended(name)) {
            None => Ok(()),
            Some(_) => Err(Stop::archive("names an entry twice")),
        }
    }

    /// GNU tar's long target of a link, which ends with NUL.
    ///
    /// # Errors
    /// It has one already.
    pub(super) fn target_is(&mut self, target: Vec<u8>) -> Result<(), Stop> {
        match self.target.replace(ended(target)) {
            None => Ok(()),
            Some(_) => Err(Stop::archive("names the target of a link twice")),
        }
    }

    /// The records of pax, each `length key=value` with a line's end.
    ///
    /// # Errors
    /// They are not of this form, or the entry has some already.
    pub(super) fn read(&mut self, text: &[u8]) -> Result<(), Stop> {
        if std::mem::replace(&mut self.pax, true) {
            return Err(Stop::archive("describes an entry twice"));
        }
        let mut rest = text;
        while !rest.is_empty() {
            let (key, value, behind) = record(rest).ok_or_else(unreadable)?;
            self.is(key, value)?;
            rest = behind;
        }
        Ok(())
    }

    fn is(&mut self, key: &[u8], value: &[u8]) -> Result<(), Stop> {
        match key {
            b"path" => self.name_is(value.to_vec())?,
            b"linkpath" => self.target_is(value.to_vec())?,
            b"size" => self.size = Some(number(value).ok_or_else(unreadable)?),
            _ if key.starts_with(b"GNU.sparse.") => self.sparse = true,
            _ => {}
        }
        Ok(())
    }

    /// Readers differ in which of two sizes they go by, and would see different entries.
    ///
    /// # Errors
    /// The header says another size.
    pub(super) fn check_size(&self, in_header: u64, path: &str) -> Result<(), Stop> {
        match self.size {
            Some(size) if size != in_header => Err(Stop::entry(path, "says that it has two sizes")),
            _ => Ok(()),
        }
    }
}

/// Without the NUL at its end.
fn ended(mut text: Vec<u8>) -> Vec<u8> {
    if text.last() == Some(&0) {
        text.pop();
    }
    text
}

fn unreadable() -> Stop {
    Stop::archive("describes an entry in a way that cannot be read")
}

/// Key and value of the first record, and what is behind it.
fn record(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let digits = text.iter().position(|byte| *byte == b' ')?;
    let length = usize::try_from(number(&text[..digits])?).ok()?;
    let (record, behind) = text.split_at_checked(length)?;
    let field = record.get(digits + 1..)?.strip_suffix(b"\n")?;
    let equals = field.iter().position(|byte| *byte == b'=')?;
    Some((&field[..equals], &field[equals + 1..], behind))
}

fn number(digits: &[u8]) -> Option<u64> {
    let text = str::from_utf8(digits).ok()?;
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Option<Described> {
        let mut described = Described::default();
        described.read(text).ok().map(|()| described)
    }

    #[test]
    fn records_of_pax_are_read() {
        let described = read(b"9 path=a\n19 comment=a\nb=\n\nx\n9 size=7\n").unwrap();
        assert_eq!((described.name(), described.size), (Some(&b"a"[..]), Some(7)));
        let described = read(b"17 linkpath=../a\n").unwrap();
        assert_eq!(described.target(), Some(&b"../a"[..]));
        assert!(described.is_said());
        assert!(read(b"").is_some_and(|described| !described.is_said()));
        assert!(read(b"22 GNU.sparse.major=1\n").is_some_and(|described| described.is_sparse()));
    }

    #[test]
    fn records_that_lie_are_refused() {
        for text in [
            &b"9"[..],
            b" path=a\n",
            b"0 path=a\n",
            b"1 path=a\n",
            b"2 path=a\n",
            b"8 path=a\n",
            b"11 path=a\n",
            b"-9 path=a\n",
            b"+9 path=a\n",
            b"99999999999999999999999 path=a\n",
            b"7 path\n",
            b"9 size=x\n",
            b"27 size=9999999999999999999\n",
            b"9 path=a\n9 path=b\n",
            b"13 linkpath=a\n13 linkpath=b\n",
            b"9 path=a\n\0\0",
        ] {
            assert!(read(text).is_none(), "{}", String::from_utf8_lossy(text));
        }
    }
}
