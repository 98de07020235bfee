//! Root: the app, made from the answer that comes with the page.
//!
//! One answer holds what the first paint shows, as of one moment: the server renders from it, the browser hydrates
//! from it, and nothing can be between the two. It travels as JSON in the document's head.

use leptos::prelude::*;

use super::clock::Clock;
use super::layout::Layout;
use super::live::Live;
use super::navigation::location;
use super::place::Address;
use super::zone::west;
use crate::api::session::First;
use crate::domain::read::read;

/// Names the element that holds the answer.
pub(super) const BROUGHT: &str = "brought";

/// The app at an address, with what is known of it.
#[component]
pub fn App(
    /// Which page.
    address: Address,
    /// The answer.
    first: First,
    /// The reader's.
    clock: Clock,
) -> impl IntoView {
    let me = first.me.clone();
    let live = Live::new(address, first, clock);
    view! { <Layout live me/> }
}

/// What came with the page that the browser is at. `None`: it is not a page of the app.
pub fn brought() -> Option<(Address, First, Clock)> {
    let first = document().get_element_by_id(BROUGHT)?.text_content()?;
    Some((Address::of(&location())?, read(&first)?, Clock::new(west)))
}
