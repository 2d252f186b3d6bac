//! What kind of file it is: by its name, else by its first bytes, as Go's `http.DetectContentType` tells.

use mime::Mime;

/// So many bytes are looked at.
pub(super) const SNIFFED: usize = 512;

/// Beginnings that tell.
const BEGINNINGS: &[(&[u8], &str)] = &[
    (b"%PDF-", "application/pdf"),
    (b"%!PS-Adobe-", "application/postscript"),
    (b"\xfe\xff", "text/plain; charset=utf-16be"),
    (b"\xff\xfe", "text/plain; charset=utf-16le"),
    (b"\xef\xbb\xbf", "text/plain; charset=utf-8"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b\x08", "application/x-gzip"),
    (b"\0asm", "application/wasm"),
];
/// Beginnings that tell in any case and behind white space.
const MARKUP: &[(&[u8], &str)] = &[
    (b"<?xml", "text/xml; charset=utf-8"),
    (b"<!doctype html", "text/html; charset=utf-8"),
    (b"<html", "text/html; charset=utf-8"),
    (b"<!--", "text/html; charset=utf-8"),
];

/// By the extension, if it is known. Texts are UTF-8, as nearly all are.
pub(super) fn of_name(name: &str) -> Option<Mime> {
    let guessed = mime_guess::from_path(name).first()?;
    if guessed.type_() != mime::TEXT || guessed.get_param(mime::CHARSET).is_some() {
        return Some(guessed);
    }
    format!("{}; charset=utf-8", guessed.essence_str()).parse().ok()
}

/// By the first bytes.
pub(super) fn of_content(head: &[u8]) -> Mime {
    let told = BEGINNINGS.iter().find(|(beginning, _)| head.starts_with(beginning));
    let told = told.or_else(|| {
        let text = head.trim_ascii_start();
        let begins = |tag: &[u8]| text.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
        MARKUP.iter().find(|(tag, _)| begins(tag))
    });
    let told = told.and_then(|(_, media_type)| media_type.parse().ok());
    told.unwrap_or(if head.iter().copied().any(is_binary) {
        mime::APPLICATION_OCTET_STREAM
    } else {
        mime::TEXT_PLAIN_UTF_8
    })
}

/// Bytes that no text has.
fn is_binary(byte: u8) -> bool {
    matches!(byte, 0..=0x08 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_extension_tells() {
        for (name, expected) in [
            ("a.txt", Some("text/plain; charset=utf-8")),
            ("page.html", Some("text/html; charset=utf-8")),
            ("a.json", Some("application/json")),
            ("a.png", Some("image/png")),
            ("stdout", None),
            ("1.unheardof", None),
            ("..", None),
            ("", None),
        ] {
            assert_eq!(of_name(name).as_ref().map(Mime::as_ref), expected, "{name}");
        }
    }

    #[test]
    fn else_the_first_bytes_tell() {
        for (head, expected) in [
            (&b"3\n"[..], "text/plain; charset=utf-8"),
            (b"", "text/plain; charset=utf-8"),
            ("gr\u{f6}\u{df}e".as_bytes(), "text/plain; charset=utf-8"),
            (b"\x7fELF\x02\x01\x01\0", "application/octet-stream"),
            (b"a\0b", "application/octet-stream"),
            (b"%PDF-1.7", "application/pdf"),
            (b" \n<HTML><body>", "text/html; charset=utf-8"),
            (b"<?xml version=", "text/xml; charset=utf-8"),
            (b"\x89PNG\r\n\x1a\n\0", "image/png"),
            (b"#include <html>", "text/plain; charset=utf-8"),
        ] {
            assert_eq!(of_content(head).as_ref(), expected, "{head:?}");
        }
    }
}
