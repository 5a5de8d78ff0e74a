//! What is written about the work, as text for people or JSON for collectors.

use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// Starts writing; once per process.
pub fn start(log: &Log) {
    let filter = EnvFilter::try_new(&log.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match log.format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    if let Err(e) = started {
        eprintln!("the log goes elsewhere already: {e}");
    }
}
