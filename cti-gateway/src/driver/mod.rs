//! The driver joins what decides (`sip`, `call`, `acd`, `ivr`) with what does (sockets, media threads, the ledger). It is
//! the only place in the gateway that reads the clock or awaits. Start at [`Gateway::start`].
//! One task, the [`switch`], owns all calls, the router and the legs of this node: no lock, no shared call, and a
//! packet's way to a decision is two hand-overs. Whoever wants something of a call sends the switch a message.

mod audit;
mod behind;
mod beside;
mod browsers;
mod caller;
mod clock;
mod company;
mod contacts;
mod dialed_stations;
mod dialing;
mod dialing_out;
mod ending;
mod fetching;
mod gateway;
mod legs;
mod lookups;
mod own_thread;
mod parking;
mod pbxs;
mod perform;
mod signals;
mod speech;
mod supervising;
mod switch;
#[cfg(test)]
mod tests;
mod trunks;
mod visitors;
mod vitals;

pub use beside::PbxLine;
pub use browsers::Browser;
pub use clock::Clock;
pub use company::{FlowFault, Prompts};
pub use gateway::{Gateway, GatewayConfig, Ports, Refused, StartError};
pub use switch::Gauges;
pub use trunks::TrunkLine;
pub use visitors::{Visit, Visitor};
