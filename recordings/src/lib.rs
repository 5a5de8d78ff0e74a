//! Recordings: which there are and of whom ([`rows`]), how their rows follow the ledger ([`RecordingFold`]), their bytes
//! ([`audio`]) and shape ([`peaks`]), how a killed server's files are made whole ([`repair`]), and the proof that nothing
//! is missing ([`certificate`]). The audio itself is written by the media engine, here it is read, mended and deleted.
//! Never in this room: RTP, HTTP, and who may listen (the caller asks and audits).

pub mod audio;
mod batch;
pub mod certificate;
mod fold;
pub mod peaks;
pub mod repair;
pub mod rows;
mod schema;
pub mod wav;

pub use fold::RecordingFold;
pub use rows::{Recording, RecordingState};
pub use schema::MIGRATIONS;
