//! Calls, customers and recordings over HTTP: who sees what, what people add, what is refused.

mod calls;
mod customers;
#[path = "../common/described.rs"]
mod described;
mod filters;
mod house;
mod recordings;
mod rights;
