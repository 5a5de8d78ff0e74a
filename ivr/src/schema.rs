//! The published JSON Schema of flow files, made from the types that read them, so that it cannot say anything else.

/// The schema (2020-12) as it is committed in `flow.schema.json`, for editors and for the flow editor to come.
#[must_use]
pub fn json_schema() -> serde_json::Value {
    schemars::schema_for!(crate::spec::FlowSpec).to_value()
}
