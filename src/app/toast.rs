//! Toast: arrivals that the reader would not see otherwise, as one sentence. Pure; `live` decides when it is shown.

use crate::domain::Item;

/// What is told of `count` arrivals, this one the latest: many are one sentence, so that a flood is no flood.
pub fn sentence(count: u32, item: &Item) -> String {
    match count {
        0 | 1 => [&item.from, ": ", &item.title].concat(),
        n => [&n.to_string(), " new messages. Latest: ", &item.title].concat(),
    }
}
