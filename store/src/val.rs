//! A value on its way into SQL. It carries its type even when null, because PostgreSQL wants to know
//! (`None::<String>` into a BIGINT column is an error there). Start at [`vals!`](crate::vals).

/// One bound value. All whole numbers, ids, moments and yes/no are `Int`; JSON is `Text`.
#[derive(Debug, Clone, PartialEq)]
pub enum Val {
    Int(Option<i64>),
    Real(Option<f64>),
    Text(Option<String>),
    Blob(Option<Vec<u8>>),
}

/// `vals![id, name, Option::<i64>::None]`: the values of one statement, in the order of `$1`, `$2`, ….
#[macro_export]
macro_rules! vals {
    ($($value:expr),* $(,)?) => { ::std::vec![$($crate::Val::from($value)),*] };
}

macro_rules! small_ints {
    ($($kind:ty)*) => { $(
        impl From<$kind> for Val { fn from(value: $kind) -> Self { Self::Int(Some(i64::from(value))) } }
        impl From<Option<$kind>> for Val { fn from(value: Option<$kind>) -> Self { Self::Int(value.map(i64::from)) } }
    )* };
}
small_ints! { i64 i32 i16 i8 u32 u16 u8 bool }

/// Past `i64::MAX` the value is held at `i64::MAX`: no engine has a wider integer.
macro_rules! wide_ints {
    ($($kind:ty)*) => { $(
        impl From<$kind> for Val { fn from(value: $kind) -> Self { Self::Int(Some(i64::try_from(value).unwrap_or(i64::MAX))) } }
        impl From<Option<$kind>> for Val {
            fn from(value: Option<$kind>) -> Self { Self::Int(value.map(|v| i64::try_from(v).unwrap_or(i64::MAX))) }
        }
    )* };
}
wide_ints! { u64 usize }

macro_rules! plain {
    ($($kind:ty => $variant:ident),* $(,)?) => { $(
        impl From<$kind> for Val { fn from(value: $kind) -> Self { Self::$variant(Some(value.into())) } }
        impl From<Option<$kind>> for Val { fn from(value: Option<$kind>) -> Self { Self::$variant(value.map(Into::into)) } }
    )* };
}
plain! { f64 => Real, f32 => Real, String => Text, &str => Text, &String => Text, Vec<u8> => Blob, &[u8] => Blob }

impl From<&contract::PhoneNumber> for Val {
    fn from(number: &contract::PhoneNumber) -> Self {
        Self::Text(Some(number.reveal().to_owned()))
    }
}

impl From<Option<&contract::PhoneNumber>> for Val {
    fn from(number: Option<&contract::PhoneNumber>) -> Self {
        Self::Text(number.map(|n| n.reveal().to_owned()))
    }
}

/// The ids of the contract, for [`Val`] and [`crate::Cell`].
macro_rules! for_ids {
    ($mac:ident) => {
        $mac! {
            InteractionId LegId OfferId AgentId QueueId SkillId StationId TrunkId PbxId NumberId CustomerId ContactId
            ContactPointId RecordingId TeamId DispositionId ReasonId RowId
        }
    };
}
pub(crate) use for_ids;

macro_rules! id_vals {
    ($($id:ident)*) => { $(
        impl From<contract::$id> for Val { fn from(id: contract::$id) -> Self { Self::Int(Some(id.0)) } }
        impl From<Option<contract::$id>> for Val { fn from(id: Option<contract::$id>) -> Self { Self::Int(id.map(|id| id.0)) } }
    )* };
}
for_ids!(id_vals);
