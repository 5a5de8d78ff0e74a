//! What desktops hear. [`fold`] decides, from the ledger's events, what is on each agent's desk; [`hub`] numbers it, keeps
//! the newest and hands it to whoever is connected; [`line`] is one WebSocket. The live board and the stations' health are
//! kept beside it, from the same events.
//! Never in this room: deciding about calls and seats. Intents go to the phones; their answer is an event.

pub mod fold;
pub mod hub;
mod line;
mod run;
mod sockets;

pub use fold::Desks;
pub use hub::{Hub, StationLive};
pub use sockets::Sockets;
pub use line::serve;
pub use run::{read_names, run};
