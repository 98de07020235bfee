//! Toast: arrivals that the reader would not see otherwise, over the page for a while. Pure; `live` decides when.

use crate::domain::{Item, MessageId};

/// Arrivals since the reader last looked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// How many.
    pub count: u32,
    /// The latest.
    pub id: MessageId,
    /// Who sent it.
    pub from: String,
    /// What it is called.
    pub title: String,
}

impl Toast {
    /// One more: many are told as one, so that a flood is no flood.
    pub fn add(before: Option<Self>, item: &Item) -> Self {
        let count = before.map_or(0, |before| before.count) + 1;
        Self { count, id: item.id, from: item.from.clone(), title: item.title.clone() }
    }
}
