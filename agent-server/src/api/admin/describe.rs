//! The description of the routes that all kinds of documents have, made from the kind's schema.

use utoipa::openapi::path::{HttpMethod, OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::{
    AllOfBuilder, ArrayBuilder, Object, ObjectBuilder, OneOfBuilder, Schema, SchemaType, Type,
};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Required, ResponseBuilder};
use utoipa::{PartialSchema as _, ToSchema};

use super::documents::Managed;
use crate::phones::FlowFault;

/// How what the phones know is described.
pub struct Words {
    name: String,
    schemas: Vec<(String, RefOr<Schema>)>,
}

impl Words {
    pub fn of<L: ToSchema>() -> Self {
        let mut schemas = Vec::new();
        L::schemas(&mut schemas);
        schemas.push((L::name().into_owned(), L::schema()));
        Self { name: L::name().into_owned(), schemas }
    }
}

/// Adds the six operations of a kind. A document as it is sent (`Edit_…`) may leave out what has a default; as it is kept,
/// every field is there but the password.
pub fn kind<T: Managed>(document: &mut OpenApi) {
    let (name, what) = (T::name().into_owned(), T::KIND);
    let (kept, edited) = (format!("Kept_{name}"), format!("Edited_{name}"));
    let (change, edit) = (format!("Change_{name}"), format!("Edit_{name}"));
    let mut known = Vec::new();
    <T as ToSchema>::schemas(&mut known);
    <FlowFault as ToSchema>::schemas(&mut known);
    known.push((FlowFault::name().into_owned(), FlowFault::schema()));
    known.push((name.clone(), RefOr::T(Schema::Object(as_kept(fields::<T>())))));
    known.push((kept.clone(), kept_schema(&name)));
    known.push((edited.clone(), edited_schema(&kept)));
    known.push((change.clone(), change_schema(&name)));
    known.push((edit.clone(), RefOr::T(Schema::Object(as_sent::<T>(fields::<T>())))));
    // As [`super::documents::Shown`].
    let mut shown = kept.clone();
    if let Some(live) = T::live_words() {
        shown = format!("Shown_{name}");
        known.push((shown.clone(), all_of([refer(&kept), refer(&live.name)])));
        known.extend(live.schemas);
    }
    document.components.get_or_insert_default().schemas.extend(known);

    let (all, one) = (format!("/{what}"), format!("/{what}/{{id}}"));
    let list =
        operation(what, "list").parameter(query("cursor", Type::String)).parameter(query("limit", Type::Integer));
    add(document, &all, HttpMethod::Get, list, "200", Some(page(&shown)));
    let post = operation(what, "add").request_body(Some(body(refer(&edit))));
    add(document, &all, HttpMethod::Post, post, "201", Some(refer(&edited)));
    add(document, &one, HttpMethod::Get, operation(what, "read").parameter(id()), "200", Some(refer(&shown)));
    let put = operation(what, "change").parameter(id()).request_body(Some(body(all_of([refer(&edit), begun()]))));
    add(document, &one, HttpMethod::Put, put, "200", Some(refer(&edited)));
    let delete = operation(what, "remove").parameter(id()).parameter(query("version", Type::Integer));
    add(document, &one, HttpMethod::Delete, delete, "204", None);
    let history = operation(what, "history").parameter(id());
    let history = history.parameter(query("cursor", Type::String)).parameter(query("limit", Type::Integer));
    add(document, &format!("{one}/history"), HttpMethod::Get, history, "200", Some(page(&change)));
}

/// The fields of a document, as its type says.
fn fields<T: Managed>() -> Object {
    match T::schema() {
        RefOr::T(Schema::Object(object)) => object,
        _ => unreachable!("a document is an object"),
    }
}

fn as_kept(mut object: Object) -> Object {
    object.properties.remove("password");
    object.required = object.properties.keys().cloned().collect();
    object
}

/// With a note for its history.
fn as_sent<T: Managed>(mut object: Object) -> Object {
    let text = |about: &str| ObjectBuilder::new().schema_type(Type::String).description(Some(about)).build().into();
    object.properties.insert("changeNote".to_owned(), text("For the history"));
    if T::PASSWORD {
        object
            .properties
            .insert("password".to_owned(), text("To be changed at the next sign-in; left out, the old one stays"));
    }
    object
}

/// What a change has besides.
fn begun() -> RefOr<Schema> {
    let version =
        ObjectBuilder::new().schema_type(Type::Integer).description(Some("The version the edit began from")).build();
    RefOr::T(Schema::Object(ObjectBuilder::new().property("version", version).required("version").build()))
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

fn body(edit: RefOr<Schema>) -> RequestBody {
    let content = ContentBuilder::new().schema(Some(edit)).build();
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

fn all_of(parts: [RefOr<Schema>; 2]) -> RefOr<Schema> {
    RefOr::T(Schema::AllOf(parts.into_iter().fold(AllOfBuilder::new(), AllOfBuilder::item).build()))
}

fn both(first: &str, more: Object) -> RefOr<Schema> {
    all_of([refer(first), RefOr::T(Schema::Object(more))])
}

fn page(item: &str) -> RefOr<Schema> {
    let page = ObjectBuilder::new().property("items", ArrayBuilder::new().items(refer(item))).required("items");
    RefOr::T(Schema::Object(page.property("next", or_null(Type::String)).required("next").build()))
}

/// As [`company::Kept`].
fn kept_schema(name: &str) -> RefOr<Schema> {
    let own = ObjectBuilder::new()
        .property("id", of(Type::String))
        .property("version", of(Type::Integer))
        .property("updatedAt", of(Type::Integer))
        .property("updatedBy", or_null(Type::String));
    both(name, ["id", "version", "updatedAt", "updatedBy"].into_iter().fold(own, ObjectBuilder::required).build())
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
        .property("item", OneOfBuilder::new().item(of(Type::Null)).item(refer(name)))
        .description(Some("Without an item it was removed"));
    RefOr::T(Schema::Object(
        ["version", "at", "by", "note", "item"].into_iter().fold(change, ObjectBuilder::required).build(),
    ))
}

fn add(
    document: &mut OpenApi,
    path: &str,
    method: HttpMethod,
    operation: OperationBuilder,
    status: &str,
    answer: Option<RefOr<Schema>>,
) {
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
