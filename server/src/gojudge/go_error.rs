//! Texts as Go's standard library words them.

/// An error of the operating system: `no such file or directory`.
pub(crate) fn text(error: &std::io::Error) -> String {
    match error.raw_os_error() {
        Some(errno) => errno_text(errno),
        None => error.to_string(),
    }
}

/// Those that a command or a file can meet, and for which GNU has other words than the crate.
const OTHERWISE: [(i32, &str); 10] = [
    (nix::libc::EIO, "input/output error"),
    (nix::libc::EBADF, "bad file descriptor"),
    (nix::libc::EAGAIN, "resource temporarily unavailable"),
    (nix::libc::ENOMEM, "cannot allocate memory"),
    (nix::libc::EXDEV, "invalid cross-device link"),
    (nix::libc::ENFILE, "too many open files in system"),
    (nix::libc::ENOTTY, "inappropriate ioctl for device"),
    (nix::libc::ERANGE, "numerical result out of range"),
    (nix::libc::ELOOP, "too many levels of symbolic links"),
    (nix::libc::EDQUOT, "disk quota exceeded"),
];

/// What Go prints for an error number: the C library's text with a small first letter, as GNU's words it.
pub(crate) fn errno_text(errno: i32) -> String {
    if let Some((_, text)) = OTHERWISE.iter().find(|(number, _)| *number == errno) {
        return (*text).to_owned();
    }
    let text = nix::errno::Errno::from_raw(errno).desc();
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => format!("errno {errno}"),
    }
}

/// A string as `%q` prints it.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_ascii_control() => quoted.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_read_as_in_go() {
        assert_eq!(errno_text(nix::libc::ENOENT), "no such file or directory");
        assert_eq!(errno_text(nix::libc::ENOEXEC), "exec format error");
        assert_eq!(errno_text(nix::libc::ENOSPC), "no space left on device");
        assert_eq!(errno_text(nix::libc::EACCES), "permission denied");
        assert_eq!(errno_text(nix::libc::ERANGE), "numerical result out of range");
        assert_eq!(errno_text(nix::libc::ELOOP), "too many levels of symbolic links");
        assert_eq!(errno_text(nix::libc::ENOMEM), "cannot allocate memory");
    }

    #[test]
    fn strings_are_quoted_as_in_go() {
        assert_eq!(quote("a\"b\\\n\u{1}é"), "\"a\\\"b\\\\\\n\\x01é\"");
    }
}
