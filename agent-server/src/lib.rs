//! The one program: HTTP, WebSocket, sign-in and wiring. Start at [`house::House::open`], which lists what is started;
//! `main` reads the command line. Handlers only translate: a rule found here belongs in a room below.
//! Never in this room: SQL, SIP, audio, and any decision about a call.

pub mod api;
pub mod api_error;
pub mod auth;
pub mod backup;
pub mod chores;
pub mod clock;
pub mod config;
pub mod desk;
pub mod extract;
pub mod first;
pub mod flows;
pub mod health;
pub mod house;
pub mod http;
pub mod ice;
pub mod log;
pub mod metrics;
pub mod noted;
pub mod office;
pub mod phones;
pub mod prompts;
pub mod recover;
pub mod rooms;
pub mod run;
pub mod supervise;
pub mod web_calls;
pub mod welcome;

pub use house::{App, House};
