//! The description of the routes that all kinds of documents have, made from the kind's schema.

use utoipa::openapi::path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{AllOfBuilder, ObjectBuilder, Schema, Type};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Required, ResponseBuilder};
use utoipa::{PartialSchema, ToSchema};

use company::edit::Change;

use super::documents::{Edited, Managed, Shown};
use crate::api::Page;

/// Adds the six operations of a kind.
pub fn kind<T: Managed>(document: &mut OpenApi) {
    let mut known = vec![(T::name().into_owned(), T::schema())];
    <T as ToSchema>::schemas(&mut known);
    <Edited<T> as ToSchema>::schemas(&mut known);
    <Shown<T> as ToSchema>::schemas(&mut known);
    let edit = format!("{}Edit", T::name());
    known.push((edit.clone(), edit_schema::<T>()));
    document.components.get_or_insert_default().schemas.extend(known);

    let what = T::KIND;
    let (all, one) = (format!("/{what}"), format!("/{what}/{{id}}"));
    add(document, &all, HttpMethod::Get, operation(what, "list").parameter(query("cursor", false)).parameter(query("limit", false)), "200", Some(Page::<Shown<T>>::schema()));
    add(document, &all, HttpMethod::Post, operation(what, "add").request_body(Some(body(&edit))), "201", Some(Edited::<T>::schema()));
    add(document, &one, HttpMethod::Get, operation(what, "read").parameter(id()), "200", Some(Shown::<T>::schema()));
    add(document, &one, HttpMethod::Put, operation(what, "change").parameter(id()).request_body(Some(body(&edit))), "200", Some(Edited::<T>::schema()));
    add(document, &one, HttpMethod::Delete, operation(what, "remove").parameter(id()).parameter(query("version", false)), "204", None);
    add(document, &format!("{one}/history"), HttpMethod::Get, operation(what, "history").parameter(id()).parameter(query("limit", false)), "200", Some(Page::<Change<T>>::schema()));
}

fn operation(what: &str, verb: &str) -> OperationBuilder {
    OperationBuilder::new().tag("admin").summary(Some(format!("{what}: {verb}")))
}

fn id() -> utoipa::openapi::path::Parameter {
    let text = ObjectBuilder::new().schema_type(Type::String).build();
    ParameterBuilder::new().name("id").parameter_in(ParameterIn::Path).required(Required::True).schema(Some(text)).build()
}

fn query(name: &str, required: bool) -> utoipa::openapi::path::Parameter {
    let kind = if name == "cursor" { Type::String } else { Type::Integer };
    let required = if required { Required::True } else { Required::False };
    let schema = ObjectBuilder::new().schema_type(kind).build();
    ParameterBuilder::new().name(name).parameter_in(ParameterIn::Query).required(required).schema(Some(schema)).build()
}

fn body(edit: &str) -> utoipa::openapi::request_body::RequestBody {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(edit))).build();
    RequestBodyBuilder::new().required(Some(Required::True)).content("application/json", content).build()
}

/// The document, the version the edit began from (for a change), and a note for its history.
fn edit_schema<T: Managed>() -> RefOr<Schema> {
    let version = ObjectBuilder::new().schema_type(Type::Integer).description(Some("The version the edit began from")).build();
    let note = ObjectBuilder::new().schema_type(Type::String).description(Some("For the history")).build();
    let more = ObjectBuilder::new().property("version", version).property("changeNote", note).build();
    RefOr::T(Schema::AllOf(AllOfBuilder::new().item(Ref::from_schema_name(T::name())).item(more).build()))
}

fn add(document: &mut OpenApi, path: &str, method: HttpMethod, operation: OperationBuilder, status: &str, answer: Option<RefOr<Schema>>) {
    let mut response = ResponseBuilder::new().description("Done");
    if answer.is_some() {
        response = response.content("application/json", ContentBuilder::new().schema(answer).build());
    }
    let item = PathItem::new(method, operation.response(status, response.build()).build());
    match document.paths.paths.get_mut(path) {
        Some(known) => known.merge_operations(item),
        None => {
            document.paths.paths.insert(path.to_owned(), item);
        }
    }
}
