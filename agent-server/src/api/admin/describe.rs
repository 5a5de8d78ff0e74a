//! The description of the routes that all kinds of documents have, made from the kind's schema.

use utoipa::openapi::path::{HttpMethod, OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::{AllOfBuilder, ArrayBuilder, Object, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Required, ResponseBuilder};
use utoipa::{PartialSchema as _, ToSchema};

use super::documents::Managed;
use crate::desk::StationLive;
use crate::phones::FlowFault;

/// Adds the six operations of a kind.
pub fn kind<T: Managed>(document: &mut OpenApi) {
    let (name, what) = (T::name().into_owned(), T::KIND);
    let (kept, edited) = (format!("Kept_{name}"), format!("Edited_{name}"));
    let (change, edit) = (format!("Change_{name}"), format!("{name}Edit"));
    let mut known = vec![(name.clone(), T::schema())];
    <T as ToSchema>::schemas(&mut known);
    <FlowFault as ToSchema>::schemas(&mut known);
    known.push((FlowFault::name().into_owned(), FlowFault::schema()));
    known.push((StationLive::name().into_owned(), StationLive::schema()));
    known.push((kept.clone(), kept_schema(&name, what)));
    known.push((edited.clone(), edited_schema(&kept)));
    known.push((change.clone(), change_schema(&name)));
    known.push((edit.clone(), edit_schema(&name)));
    document.components.get_or_insert_default().schemas.extend(known);

    let (all, one) = (format!("/{what}"), format!("/{what}/{{id}}"));
    let list = operation(what, "list").parameter(query("cursor", Type::String)).parameter(query("limit", Type::Integer));
    add(document, &all, HttpMethod::Get, list, "200", Some(page(&kept)));
    add(document, &all, HttpMethod::Post, operation(what, "add").request_body(Some(body(&edit))), "201", Some(refer(&edited)));
    add(document, &one, HttpMethod::Get, operation(what, "read").parameter(id()), "200", Some(refer(&kept)));
    let put = operation(what, "change").parameter(id()).request_body(Some(body(&edit)));
    add(document, &one, HttpMethod::Put, put, "200", Some(refer(&edited)));
    let delete = operation(what, "remove").parameter(id()).parameter(query("version", Type::Integer));
    add(document, &one, HttpMethod::Delete, delete, "204", None);
    let history = operation(what, "history").parameter(id()).parameter(query("limit", Type::Integer));
    add(document, &format!("{one}/history"), HttpMethod::Get, history, "200", Some(page(&change)));
}

fn operation(what: &str, verb: &str) -> OperationBuilder {
    OperationBuilder::new().tag("admin").summary(Some(format!("{what}: {verb}")))
}

fn id() -> Parameter {
    let built = ParameterBuilder::new().name("id").parameter_in(ParameterIn::Path).required(Required::True);
    built.schema(Some(of(Type::String))).build()
}

fn query(name: &str, kind: Type) -> Parameter {
    let built = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Query).required(Required::False);
    built.schema(Some(of(kind))).build()
}

fn body(edit: &str) -> RequestBody {
    let content = ContentBuilder::new().schema(Some(refer(edit))).build();
    RequestBodyBuilder::new().required(Some(Required::True)).content("application/json", content).build()
}

fn of(kind: Type) -> Object {
    ObjectBuilder::new().schema_type(kind).build()
}

fn or_null(kind: Type) -> Object {
    ObjectBuilder::new().schema_type(SchemaType::from_iter([kind, Type::Null])).build()
}

fn refer(name: &str) -> RefOr<Schema> {
    RefOr::Ref(Ref::from_schema_name(name))
}

fn both(first: &str, more: Object) -> RefOr<Schema> {
    RefOr::T(Schema::AllOf(AllOfBuilder::new().item(refer(first)).item(more).build()))
}

fn page(item: &str) -> RefOr<Schema> {
    let page = ObjectBuilder::new().property("items", ArrayBuilder::new().items(refer(item))).required("items");
    RefOr::T(Schema::Object(page.property("next", or_null(Type::String)).required("next").build()))
}

/// As [`company::Kept`]; stations with what the phones know of them.
fn kept_schema(name: &str, what: &str) -> RefOr<Schema> {
    let own = ObjectBuilder::new()
        .property("id", of(Type::String))
        .property("version", of(Type::Integer))
        .property("updatedAt", of(Type::Integer))
        .property("updatedBy", or_null(Type::String));
    let own = ["id", "version", "updatedAt", "updatedBy"].into_iter().fold(own, ObjectBuilder::required).build();
    let all = AllOfBuilder::new().item(refer(name)).item(own);
    let all = if what == "stations" { all.item(refer(&StationLive::name())) } else { all };
    RefOr::T(Schema::AllOf(all.build()))
}

/// As [`super::documents::Edited`].
fn edited_schema(kept: &str) -> RefOr<Schema> {
    let faults = ArrayBuilder::new().items(refer(&FlowFault::name()));
    both(kept, ObjectBuilder::new().property("flowFaults", faults).required("flowFaults").build())
}

/// As [`company::edit::Change`].
fn change_schema(name: &str) -> RefOr<Schema> {
    let change = ObjectBuilder::new()
        .property("version", of(Type::Integer))
        .property("at", of(Type::Integer))
        .property("by", or_null(Type::String))
        .property("note", of(Type::String))
        .property("item", refer(name))
        .description(Some("Without an item it was removed"));
    RefOr::T(Schema::Object(["version", "at", "by", "note"].into_iter().fold(change, ObjectBuilder::required).build()))
}

/// The document, the version the edit began from (for a change), and a note for its history.
fn edit_schema(name: &str) -> RefOr<Schema> {
    let version = ObjectBuilder::new().schema_type(Type::Integer).description(Some("The version the edit began from")).build();
    let note = ObjectBuilder::new().schema_type(Type::String).description(Some("For the history")).build();
    both(name, ObjectBuilder::new().property("version", version).property("changeNote", note).build())
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
