//! What the description of the API calls things that have their names elsewhere.

use std::borrow::Cow;

use utoipa::openapi::schema::{AnyOf, Object, ObjectBuilder, Ref, Schema, Type};
use utoipa::openapi::{KnownFormat, RefOr, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

use super::query::SHOWS;
use super::wire_checker::{self, NewChecker};
use crate::judge::Verdict;
use crate::submission::Isolation;
use crate::tokens::Scope;

/// Described by hand: a name of the schema, and the schema.
macro_rules! described {
    ($($(#[doc = $doc:literal])+ $name:ident as $called:literal = $schema:expr;)+) => {
        $($(#[doc = $doc])+
        #[derive(Debug)]
        pub(super) struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                $schema
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                $called.into()
            }
        })+
    };
}

described! {
    /// A verdict.
    VerdictName as "Verdict" = names(Verdict::ALL.map(Verdict::as_str), "That of a submission, or of a test.");
    /// Which sandboxes may serve a submission.
    IsolationName as "Isolation" = names(
        Isolation::NAMES,
        "`pooled`: any that is proven clean; `per-user`: none that has served another user; `fresh`: one that has served nobody."
    );
    /// What is told of secret tests.
    ShowName as "Show" = names(SHOWS, "What is told of secret tests.");
    /// What a token may be used for.
    ScopeName as "Scope" = names(Scope::NAMES, "What a token may be used for.");
    /// How outputs are compared.
    CheckerRule as "Checker" = checker();
    /// `compile_limits`: its fields are filled in where those of `limits` are.
    CompileLimits as "CompileLimits" = Object::new().into();
    /// `limits` of a test: the same.
    TestLimits as "TestLimits" = Object::new().into();
    /// The answer to a submission that was accepted.
    Accepted as "Accepted" = accepted();
    /// An event of a stream.
    Event as "Event" = event();
    /// Bytes.
    Archive as "Bytes" = bytes();
}

fn names<const N: usize>(names: [&'static str; N], what: &str) -> RefOr<Schema> {
    text().enum_values(Some(names)).description(Some(what)).build().into()
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn checker() -> RefOr<Schema> {
    let named = names(wire_checker::NAMED, "A rule by its name.");
    let flags = Ref::from_schema_name(NewChecker::name());
    let either = AnyOf::builder().item(named).item(flags);
    Schema::AnyOf(either.description(Some("How an output is compared.")).build()).into()
}

/// The submission, unless it cannot be read at the moment.
fn accepted() -> RefOr<Schema> {
    let known = ObjectBuilder::new()
        .property("id", text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid))))
        .property("state", text().enum_values(Some(["queued"])))
        .required("id")
        .required("state");
    let whole = Ref::from_schema_name(super::view::SubmissionView::name());
    let what = "The submission; where it cannot be read at the moment, its id and state alone.";
    Schema::AnyOf(AnyOf::builder().item(whole).item(known.build()).description(Some(what)).build()).into()
}

fn event() -> RefOr<Schema> {
    let data = text().content_media_type("application/json").description(Some("What it is about."));
    let name = text().description(Some("What it tells."));
    ObjectBuilder::new()
        .property("event", name)
        .property("data", data)
        .property("id", text())
        .required("data")
        .build()
        .into()
}

fn bytes() -> RefOr<Schema> {
    text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary))).build().into()
}
