//! What lists have in common.

use serde::{Deserialize, Serialize};
use store::page::PageAsk;
use utoipa::{IntoParams, ToSchema};

/// Some of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// The `cursor` of the next page; null: this was the last.
    pub next: Option<String>,
}

/// Which part of a list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// 1 to 200; 50 where left out.
    pub limit: Option<u32>,
}

impl PageQuery {
    /// At least 1, at most 200.
    #[must_use]
    pub fn size(&self) -> u32 {
        self.limit.unwrap_or(50).clamp(1, 200)
    }

    /// As the rooms are asked.
    #[must_use]
    pub fn ask(self) -> PageAsk {
        PageAsk { limit: self.size(), cursor: self.cursor }
    }
}

/// Something by id, with the name to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Ref {
    pub id: String,
    pub name: String,
}

impl Ref {
    pub fn new(id: impl std::fmt::Display, name: impl Into<String>) -> Self {
        Self { id: id.to_string(), name: name.into() }
    }
}
