//! First: what a page shows when it is loaded. Comes after the door `api::session::first`; reads the store once for each
//! part. The browser's copy goes on from here by events.

use super::answer;
use super::auth::Caller;
use super::desk;
use crate::api::ApiError;
use crate::api::session::First;
use crate::app::place::{Address, Place, parameter};
use crate::domain::item::Opened;

/// The parts that the page with this address needs.
pub async fn read(caller: &Caller, address: &str) -> Result<First, ApiError> {
    let me = answer::me(caller).await?;
    let notice = parameter(address, "problem").and_then(ApiError::sentence_of).map(str::to_owned);
    match Address::of(address).ok_or(ApiError::NotFound)? {
        Address::Inbox(place) => {
            let page = caller.state.store.page(caller.user.id, place.view, place.before).await?;
            Ok(First { me, page: Some(page), opened: opened(caller, place).await?, desk: None, notice })
        }
        Address::Desk(_) => {
            let html = desk::page(caller, address).await.or_else(desk::refused)?;
            Ok(First { me, page: None, opened: None, desk: Some(html), notice })
        }
    }
}

/// The open message. One that is not there is told in its place, with the status of the page.
async fn opened(caller: &Caller, place: Place) -> Result<Option<Result<Opened, ApiError>>, ApiError> {
    let Some(id) = place.message else { return Ok(None) };
    let opened = caller.state.store.opened(caller.user.id, id).await?.ok_or(ApiError::NotFound);
    Ok(Some(opened.inspect_err(answer::mark)))
}
