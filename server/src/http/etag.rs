//! `If-None-Match`: whether a client has what it asks for.

use actix_web::http::header::{self, HeaderMap};

/// Does the client have what has this tag? Tags are compared weakly, as RFC 9110 wants it of this header; a `*` is any of them.
pub(super) fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers.get_all(header::IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
    let mut known = known.flat_map(|tags| tags.split(',')).map(str::trim);
    known.any(|known| known == "*" || opaque(known) == opaque(tag))
}

/// The tag without its mark of weakness.
fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn a_tag_is_known_weak_or_strong_among_others_and_by_a_star() {
        for (asked, known) in [
            ("\"a\"", true),
            ("W/\"a\"", true),
            ("\"b\", W/\"a\"", true),
            ("*", true),
            ("\"b\"", false),
            ("a", false),
        ] {
            let mut headers = HeaderMap::new();
            assert!(!is_known(&headers, "\"a\""));
            headers.insert(header::IF_NONE_MATCH, HeaderValue::from_static(asked));
            for tag in ["\"a\"", "W/\"a\""] {
                assert_eq!(is_known(&headers, tag), known, "{asked} {tag}");
            }
        }
    }
}
