//! The flow of a number whose own flow cannot run.

use std::sync::Arc;

use contract::EndCause;

use crate::Language;
use crate::flow::{Fallback, Flow, Kind, Node, Piece};

/// Long enough for the longest way of saying sorry.
const MOST_MS: u32 = 60_000;

impl Flow {
    /// Says sorry in `language` and hangs up. It names nothing of the company, so that nothing of the company can break it;
    /// where even the prompt is missing, the call ends in order all the same.
    #[must_use]
    pub fn apology(name: &str, language: Language) -> Self {
        let sorry = vec![Piece::Named(Arc::from("technical"))];
        Self {
            name: name.to_owned(),
            version: 0,
            start: 0,
            language: Some(language),
            company_language: language,
            languages: vec![language],
            variables: Vec::new(),
            calendars: Vec::new(),
            zone: chrono_tz::Tz::UTC,
            fallback: Fallback::default(),
            max_ms: MOST_MS,
            for_agents: false,
            nodes: vec![Node { name: "sorry".into(), kind: Kind::Hangup { prompts: sorry, cause: EndCause::Failed } }],
            warnings: Vec::new(),
        }
    }
}
