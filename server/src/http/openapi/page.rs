//! The description as a page: nothing but HTML, so that it needs no script and nothing of any other host.

use std::fmt::Write as _;

use serde_json::Value;

/// What it looks like.
pub(super) const STYLE: &str = include_str!("page.css");

/// The page may fetch its style, and do nothing.
pub(super) const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Methods in the order in which they are shown.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Writes it.
pub(super) fn page(document: &Value) -> String {
    let mut page = Page::default();
    page.head(&document["info"]);
    page.contents_of(&document["tags"]);
    for tag in items(&document["tags"]) {
        page.tag(tag, &document["paths"]);
    }
    page.schemas(&document["components"]["schemas"]);
    page.html.push_str("</main></body></html>\n");
    page.html
}

#[derive(Default)]
struct Page {
    html: String,
}

impl Page {
    /// Writing to memory does not fail.
    fn add(&mut self, html: std::fmt::Arguments<'_>) {
        let _infallible = self.html.write_fmt(html);
    }

    fn head(&mut self, info: &Value) {
        let (title, version) = (text(&info["title"]), text(&info["version"]));
        self.add(format_args!(
            "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\"><title>{title}: the API</title>\
             <link rel=\"stylesheet\" href=\"docs/style.css\"></head><body><main>\
             <p><a href=\"./\">Back to {title}</a></p><h1>{title} <small>{version}</small></h1>{}\
             <p><a href=\"openapi.json\">openapi.json</a></p>",
            words(&info["description"])
        ));
    }

    /// Where each part begins.
    fn contents_of(&mut self, tags: &Value) {
        self.html.push_str("<nav aria-label=\"Parts\">");
        for name in items(tags).map(|tag| text(&tag["name"])).chain(["schemas".to_owned()]) {
            self.add(format_args!("<a href=\"#{name}\">{name}</a>"));
        }
        self.html.push_str("</nav>");
    }

    fn tag(&mut self, tag: &Value, paths: &Value) {
        let name = text(&tag["name"]);
        self.add(format_args!("<h2 id=\"{name}\">{name}</h2>{}", words(&tag["description"])));
        for (path, methods) in fields(paths) {
            for method in METHODS {
                let operation = &methods[method];
                if operation["tags"][0] == tag["name"] {
                    self.operation(method, path, operation);
                }
            }
        }
    }

    fn operation(&mut self, method: &str, path: &str, operation: &Value) {
        self.add(format_args!(
            "<details id=\"{}\"><summary><b class=\"{method}\">{method}</b> <code>{}</code> {}</summary>{}",
            text(&operation["operationId"]),
            escaped(path),
            inline(&operation["summary"]),
            words(&operation["description"])
        ));
        self.parameters(&operation["parameters"]);
        self.contents("Body", &operation["requestBody"]);
        self.html.push_str("<h3>Answers</h3><table>");
        for (status, answer) in fields(&operation["responses"]) {
            self.add(format_args!("<tr><th>{}</th><td>{}", escaped(status), words(&answer["description"])));
            for (name, header) in fields(&answer["headers"]) {
                self.add(format_args!(
                    "<p><code>{}</code>: {}</p>",
                    escaped(name),
                    inline(&header["description"])
                ));
            }
            self.media(&answer["content"]);
            self.html.push_str("</td></tr>");
        }
        self.html.push_str("</table></details>");
    }

    fn parameters(&mut self, parameters: &Value) {
        if items(parameters).next().is_none() {
            return;
        }
        self.html.push_str("<h3>Parameters</h3><table>");
        for parameter in items(parameters) {
            let needed = if parameter["required"] == true { ", needed" } else { "" };
            self.add(format_args!(
                "<tr><th><code>{}</code></th><td>{}{needed}</td><td>{}</td><td>{}</td></tr>",
                text(&parameter["name"]),
                text(&parameter["in"]),
                kind(&parameter["schema"]),
                words(&parameter["description"])
            ));
        }
        self.html.push_str("</table>");
    }

    fn contents(&mut self, title: &str, body: &Value) {
        if body.is_object() {
            self.add(format_args!("<h3>{title}</h3>{}", words(&body["description"])));
            self.media(&body["content"]);
        }
    }

    fn media(&mut self, content: &Value) {
        for (media_type, described) in fields(content) {
            self.add(format_args!(
                "<p><code>{}</code> {}</p>",
                escaped(media_type),
                kind(&described["schema"])
            ));
        }
    }

    fn schemas(&mut self, schemas: &Value) {
        self.html.push_str("<h2 id=\"schemas\">schemas</h2>");
        for (name, schema) in fields(schemas) {
            let name = escaped(name);
            self.add(format_args!(
                "<section id=\"schema-{name}\"><h3>{name}</h3>{}",
                words(&schema["description"])
            ));
            self.schema(schema);
            self.html.push_str("</section>");
        }
    }

    fn schema(&mut self, schema: &Value) {
        let parts = items(&schema["allOf"]);
        if schema["properties"].is_object() {
            self.properties(schema);
        } else if schema["allOf"].is_array() {
            parts.for_each(|part| self.schema(part));
        } else {
            self.add(format_args!("<p>{}</p>", kind(schema)));
        }
    }

    fn properties(&mut self, schema: &Value) {
        self.html.push_str("<table>");
        for (name, property) in fields(&schema["properties"]) {
            let is_needed = items(&schema["required"]).any(|needed| needed.as_str() == Some(name));
            let needed = if is_needed { "" } else { "may be left out" };
            self.add(format_args!(
                "<tr><th><code>{}</code></th><td>{}</td><td>{needed}</td><td>{}</td></tr>",
                escaped(name),
                kind(property),
                words(&property["description"])
            ));
        }
        self.html.push_str("</table>");
    }
}

/// What a value may be, in a few words.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|to| to.rsplit('/').next()) {
        return format!("<a href=\"#schema-{0}\">{0}</a>", escaped(name));
    }
    for (several, word) in [("anyOf", " or "), ("oneOf", " or "), ("allOf", " and ")] {
        if schema[several].is_array() && !schema["properties"].is_object() {
            let kinds: Vec<_> = items(&schema[several]).map(kind).filter(|kind| !kind.is_empty()).collect();
            return kinds.join(word);
        }
    }
    let mut kind = simple(schema);
    if schema["items"].is_object() {
        let _infallible = write!(kind, " of {}", self::kind(&schema["items"]));
    }
    if schema["additionalProperties"].is_object() {
        let _infallible = write!(kind, " of {}", self::kind(&schema["additionalProperties"]));
    }
    kind + &bounds(schema)
}

/// Its type, or its values.
fn simple(schema: &Value) -> String {
    if schema["enum"].is_array() {
        let values = items(&schema["enum"]).map(|value| format!("<code>{}</code>", text(value)));
        return values.collect::<Vec<_>>().join(" ");
    }
    match &schema["type"] {
        Value::Array(types) => types.iter().map(text).collect::<Vec<_>>().join(" or "),
        other => text(other),
    }
}

const BOUNDS: [(&str, &str); 11] = [
    ("minimum", "≥ "),
    ("exclusiveMinimum", "> "),
    ("maximum", "≤ "),
    ("minLength", "length ≥ "),
    ("maxLength", "length ≤ "),
    ("minItems", "items ≥ "),
    ("maxItems", "items ≤ "),
    ("maxProperties", "names ≤ "),
    ("default", "default "),
    ("format", ""),
    ("contentEncoding", ""),
];

fn bounds(schema: &Value) -> String {
    let told = BOUNDS.iter().filter(|(name, _)| !schema[name].is_null());
    told.map(|(name, word)| format!(", {word}{}", text(&schema[name]))).collect()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// Paragraphs and lists of a description.
fn words(description: &Value) -> String {
    let Some(description) = description.as_str() else { return String::new() };
    let paragraph = |lines: &str| match lines.strip_prefix("- ") {
        Some(list) => {
            let items = list.split("\n- ").map(|item| format!("<li>{}</li>", code(item)));
            format!("<ul>{}</ul>", items.collect::<String>())
        }
        None => format!("<p>{}</p>", code(lines)),
    };
    description.split("\n\n").map(paragraph).collect()
}

fn inline(description: &Value) -> String {
    code(description.as_str().unwrap_or_default())
}

/// What stands between back quotes is code.
fn code(line: &str) -> String {
    let parts = line.split('`').enumerate().map(|(index, part)| match index % 2 {
        0 => escaped(part),
        _ => format!("<code>{}</code>", escaped(part)),
    });
    parts.collect()
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => escaped(text),
        Value::Null => String::new(),
        other => escaped(&other.to_string()),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_of_a_description_is_markup_of_the_page() {
        let hostile = "<script>alert(\"`<b>`\")</script> & more";
        let document = json!({
            "info": {"title": hostile, "version": hostile, "description": hostile},
            "tags": [{"name": hostile, "description": hostile}],
            "paths": {hostile: {"get": {
                "tags": [hostile], "operationId": hostile, "summary": hostile,
                "parameters": [{"name": hostile, "in": hostile, "schema": {"enum": [hostile]}, "description": hostile}],
                "responses": {hostile: {"description": hostile, "content": {hostile: {"schema": {"$ref": hostile}}}}},
            }}},
            "components": {"schemas": {hostile: {"type": hostile, "properties": {hostile: {"type": hostile}}}}},
        });
        let page = page(&document);
        assert!(page.contains("&lt;script&gt;alert(&quot;"), "{page}");
        for markup in ["<script", "<b>`", "<b>\"", " & more"] {
            assert!(!page.contains(markup), "{markup}: {page}");
        }
    }

    #[test]
    fn lines_that_begin_with_a_dash_are_a_list() {
        let told = words(&json!("Of these:\n\n- `one`,\n  or more\n- two"));
        assert_eq!(told, "<p>Of these:</p><ul><li><code>one</code>,\n  or more</li><li>two</li></ul>");
    }

    #[test]
    fn what_a_value_may_be_is_told_in_a_few_words() {
        for (schema, told) in [
            (json!({"type": ["integer", "null"], "minimum": 1, "maximum": 9}), "integer or null, ≥ 1, ≤ 9"),
            (json!({"type": "array", "items": {"$ref": "#/a/B"}}), "array of <a href=\"#schema-B\">B</a>"),
            (
                json!({"oneOf": [{"type": "null"}, {"enum": ["a", "b"]}]}),
                "null or <code>a</code> <code>b</code>",
            ),
        ] {
            assert_eq!(kind(&schema), told);
        }
    }
}
