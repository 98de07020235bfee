//! First: what a page shows when it is loaded. Comes after `router`; reads the store once for each part. The browser's copy
//! goes on from here by events.

use super::auth::{self, Caller};
use super::{answer, around, desk, find, zone};
use crate::api::ApiError;
use crate::api::session::First;
use crate::app::Brought;
use crate::app::did::Did;
use crate::app::place::{Address, Place, parameter};
use crate::domain::Seq;
use crate::domain::item::{Opened, PAGE};

/// The page with this address, for who asks.
pub async fn read(href: &str) -> Brought {
    answer::with(async {
        let address = Address::of(href).ok_or(ApiError::NotFound)?;
        let caller = auth::caller().await?;
        let first = parts(&caller, &address, href).await?;
        Ok((address, first, zone::clock(caller.user.zone.as_deref())))
    })
    .await
}

async fn parts(caller: &Caller, address: &Address, href: &str) -> Result<First, ApiError> {
    let me = answer::me(caller).await?;
    let notice = parameter(href, "problem").and_then(ApiError::sentence_of).map(str::to_owned);
    let number = |name| parameter(href, name).and_then(|text| text.parse().ok());
    let mut did = parameter(href, "did").and_then(|word| Did::new(word, number("items")?, number("undo").map(Seq)));
    if number("left").is_some_and(|left| left > 0) {
        did.iter_mut().for_each(Did::left);
    }
    match address {
        Address::Inbox(place) => {
            let page = find::page(caller, place.view, place.before, PAGE, &place.query).await?;
            let around = around::read(caller, &place.query).await?;
            Ok(First { me, page: Some(page), opened: opened(caller, place).await?, desk: None, around, notice, did })
        }
        Address::Desk(_) => {
            let html = desk::page(caller, href).await.or_else(desk::refused)?;
            let around = around::read(caller, "").await?;
            Ok(First { me, page: None, opened: None, desk: Some(html), around, notice, did: None })
        }
    }
}

/// The open message. One that is not there is told in its place, with the status of the page.
async fn opened(caller: &Caller, place: &Place) -> Result<Option<Result<Opened, ApiError>>, ApiError> {
    let Some(id) = place.message else { return Ok(None) };
    let opened = caller.state.store.opened(caller.user.id, id).await?.ok_or(ApiError::NotFound);
    Ok(Some(opened.inspect_err(answer::mark)))
}
