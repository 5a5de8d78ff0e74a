//! The phones: SIP signalling, RTP media, and the life of a call. `sip` and `call` decide without I/O, `media` moves
//! packets on its own threads, `driver` joins them. Start at `driver::Gateway`.
//! Never in this room: SQL, HTTP, customers' names. Who rings next is `acd`'s business, what a caller walks through `ivr`'s.

pub mod call;
pub mod driver;
pub mod media;
pub mod pbx;
mod precedence;
pub mod reach;
pub mod sip;
