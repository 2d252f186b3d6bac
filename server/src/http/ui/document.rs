//! The document, made for one answer: where the page is found, and what it may do.

use uuid::Uuid;

/// What every answer with the document tells browsers beside the policy and what all answers do. No other site may hold on to its
/// window.
pub(super) const HEADERS: [(&str, &str); 3] = [
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
];

/// Stand in the built document for what is known only when it is asked for.
const BASE: &str = "__BASE__";
const NONCE: &str = "__NONCE__";

/// Served where the program was built without the page.
const WITHOUT: &str = "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><base href=\"__BASE__\">\
    <meta name=\"viewport\" content=\"width=device-width\"><title>Gavel</title></head><body><main><h1>Gavel</h1>\
    <p>This server was built without its web page: <code>make ui</code> makes it, with Node and npm; then build the \
    server again.</p><p>Everything else is there: <a href=\"docs\">the API</a>.</p></main></body></html>\n";

/// The document, and the policy that goes with it.
pub(super) struct Document {
    pub(super) html: String,
    pub(super) policy: String,
}

/// Fills it in, for a page that is found below this path.
pub(super) fn document(index: Option<&str>, prefix: &str) -> Document {
    let nonce = Uuid::new_v4().simple().to_string();
    let html = index.unwrap_or(WITHOUT).replace(BASE, &format!("{prefix}/")).replace(NONCE, &nonce);
    Document { html, policy: policy(&nonce) }
}

/// Scripts come from files of ours alone, and none of them may make another one, or markup, of text. The editor and the
/// terminal write style sheets of their own, which the nonce lets through.
fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' blob: data:; \
         font-src 'self'; connect-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_document_has_a_nonce_of_its_own_that_its_policy_names() {
        let index = Some("<base href=\"__BASE__\"><meta nonce=\"__NONCE__\">");
        let [one, other] = [(); 2].map(|()| document(index, "/judge"));
        assert!(one.html.starts_with("<base href=\"/judge/\">"), "{}", one.html);
        assert_ne!(one.html, other.html);
        let nonce = one.html.split("nonce=\"").nth(1).unwrap().split('"').next().unwrap();
        assert!(one.policy.contains(&format!("style-src 'self' 'nonce-{nonce}';")), "{}", one.policy);
        assert_eq!(nonce.len(), 32);
    }

    #[test]
    fn without_the_page_the_document_says_how_to_make_it() {
        let Document { html, policy } = document(None, "");
        assert!(html.contains("make ui") && html.contains("<base href=\"/\">"), "{html}");
        assert!(!policy.contains("unsafe"), "{policy}");
    }
}
