//! Words and shapes that other rooms own, for the description of the API. Plain enums tell their words themselves; what
//! travels on the desk's line is named as in `contract.gen.ts`, and the TypeScript client takes it from there.

use std::borrow::Cow;
use std::marker::PhantomData;

use serde::de::value::Error;
use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor};
use utoipa::openapi::RefOr;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

/// A plain enum.
#[derive(Debug)]
pub struct Words<T>(PhantomData<T>);

/// A type of `contract` that the desktop knows by the same name.
#[derive(Debug)]
pub struct Shape<T>(PhantomData<T>);

pub type CustomerKind = Words<crm::customers::CustomerKind>;
pub type Direction = Words<contract::Direction>;
pub type EndCause = Words<contract::EndCause>;
pub type PointKind = Words<crm::points::PointKind>;
pub type RecordingKind = Words<contract::RecordingKind>;
pub type RecordingState = Words<recordings::RecordingState>;
pub type SeatWhy = Words<contract::SeatWhy>;
pub type SegmentKind = Words<crm::interactions::SegmentKind>;
pub type StationHealth = Words<contract::StationHealth>;
pub type SuperviseMode = Words<contract::SuperviseMode>;

pub type Candidate = Shape<contract::Candidate>;
pub type DeskWords = Shape<contract::DeskWords>;
pub type Event = Shape<contract::Event>;
pub type HungUpBy = Shape<contract::HungUpBy>;
pub type LiveAgent = Shape<contract::LiveAgent>;
pub type LiveCall = Shape<contract::LiveCall>;
pub type LiveQueue = Shape<contract::LiveQueue>;
pub type ParkedCall = Shape<contract::ParkedCall>;
pub type Pressed = Shape<contract::Pressed>;
pub type SeatCommand = Shape<contract::SeatCommand>;
pub type TransferTarget = Shape<contract::TransferTarget>;

/// Where a schema says which type of `contract.gen.ts` it is.
const IN_CONTRACT: &str = "x-contract";

/// A type's name without its path.
fn name_of<T>() -> &'static str {
    std::any::type_name::<T>().rsplit("::").next().unwrap_or_default()
}

impl<T> ToSchema for Words<T>
where
    Self: PartialSchema,
{
    fn name() -> Cow<'static, str> {
        name_of::<T>().into()
    }
}

impl<T: DeserializeOwned> PartialSchema for Words<T> {
    fn schema() -> RefOr<Schema> {
        let words = words::<T>().iter().copied();
        ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).enum_values(Some(words)).into()
    }
}

impl<T> ToSchema for Shape<T>
where
    Self: PartialSchema,
{
    fn name() -> Cow<'static, str> {
        name_of::<T>().into()
    }
}

impl<T> PartialSchema for Shape<T> {
    fn schema() -> RefOr<Schema> {
        let name = name_of::<T>();
        ObjectBuilder::new()
            .description(Some(format!("`{name}` in `contract.gen.ts`.")))
            .extensions(Some(ExtensionsBuilder::new().add(IN_CONTRACT, name).build()))
            .into()
    }
}

/// The words of a plain enum, as serde knows them: a second list would go stale. Empty where `T` is none.
fn words<T: DeserializeOwned>() -> &'static [&'static str] {
    let mut found: &[&str] = &[];
    // It never gives a value: it was only asked.
    drop(T::deserialize(Asked(&mut found)));
    found
}

/// Reads nothing, and remembers which words would have been read.
struct Asked<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Asked<'_> {
    type Error = Error;

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        words: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        *self.0 = words;
        Err(Error::custom("only asked"))
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("no plain enum"))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_enum_tells_its_words_and_other_types_have_none() {
        assert_eq!(words::<contract::Direction>(), ["inbound", "outbound", "internal"]);
        assert_eq!(words::<crm::interactions::SegmentKind>().last(), Some(&"parked"));
        assert_eq!(words::<contract::HungUpBy>(), [""; 0], "its variants carry values");
        assert_eq!(words::<String>(), [""; 0]);
    }

    #[test]
    fn a_schema_is_named_as_the_type_is_at_home() {
        assert_eq!(<Direction as ToSchema>::name(), "Direction");
        assert_eq!(<Event as ToSchema>::name(), "Event");
        let shape = serde_json::to_value(<Event as PartialSchema>::schema()).unwrap();
        assert_eq!(shape["x-contract"], "Event");
    }
}
