//! The path below which we are served.

use actix_web::HttpRequest;

/// The path below which a proxy in front serves us, as `X-Forwarded-Prefix` has it: the sender finds there what we name.
pub(super) fn prefix(request: &HttpRequest) -> &str {
    let named = request.headers().get("X-Forwarded-Prefix").and_then(|value| value.to_str().ok());
    let prefix = named.unwrap_or_default().trim_end_matches('/');
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/-_.~".contains(c);
    // Two slashes would name another host.
    let is_path = prefix.starts_with('/') && !prefix.contains("//") && prefix.chars().all(is_plain);
    if is_path { prefix } else { "" }
}
