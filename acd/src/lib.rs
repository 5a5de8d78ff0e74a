//! Who talks to whom next. The [`Router`] holds the seats, the queues and the offers, and is the only writer of all three:
//! it is told what happened ([`Input`]) and answers what to do and what is now a fact ([`Decision`]), the same for the same
//! inputs. Start at [`Router::handle`]. Never in this room: clocks, chance, sockets, SQL, async.

mod audit;
mod callers;
mod company;
mod explain;
mod fitness;
mod health;
mod line;
mod offers;
mod pools;
mod router;
mod seats;
mod state;
mod talks;
mod timers;
mod words;

pub use audit::{Facts, Orphan};
pub use explain::{AgentExplained, CallExplained, NotReadyWhy, Obstacle, Verdict};
pub use callers::QueueFacts;
pub use router::{Counts, Router};
pub use words::*;
