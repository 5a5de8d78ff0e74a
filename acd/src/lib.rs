//! Who talks to whom next. The [`Router`] holds the seats, the queues and the offers, and is the only writer of all three:
//! it is told what happened and answers what to do. Start at [`Router::handle`].
//! Never in this room: clocks, chance, sockets, SQL, async.

pub mod words;

pub use words::*;
