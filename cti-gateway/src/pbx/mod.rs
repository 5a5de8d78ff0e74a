//! PBXs beside us: they route and carry the audio, we see what happens there and steer it. `ami` and `esl` cut bytes, `asterisk`
//! and `freeswitch` translate, `link` keeps the connection up, `calls` makes interactions of what is seen, `pauses` keeps seats
//! and the PBX's queues in step. All of it is pure; sockets and files are the driver's.

pub mod ami;
pub mod asterisk;
pub mod calls;
pub mod dialect;
pub mod esl;
pub mod fields;
pub mod freeswitch;
pub mod link;
pub mod pauses;
pub mod seen;

pub use calls::commands::can;
pub use link::{Fault, LinkStage, LinkState};
