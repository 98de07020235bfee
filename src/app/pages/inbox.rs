//! Inbox page: the list, and the message that is open beside it.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::api::ApiError;
use crate::api::inbox::{open, page};
use crate::app::components::{Failed, List, Message, NoMessage};
use crate::app::live::Live;
use crate::app::news::title;
use crate::app::place::Place;
use crate::app::whole::whole;
use crate::app::wire::ask;
use crate::domain::item::Opened;
use crate::domain::{Action, MessageId, View};

/// The page.
#[component]
pub fn InboxPage() -> impl IntoView {
    let live = expect_context::<Live>();
    let query = use_query_map();
    let place = Memo::new(move |_| Place::of(&query.read()));
    // The title may be asked for once more when the page has gone already.
    let name = move || match place.try_get().unwrap_or_default().view {
        View::Inbox => "Inbox",
        View::Done => "Done",
    };
    view! {
        <Title text=move || title(live.counts().unread, name())/>
        <main
            id="main"
            class="inbox"
            data-testid="inbox-page"
            data-reading=move || place.get().message.is_some().then_some("")
        >
            <section class="list" aria-labelledby="heading">
                <Rows place/>
            </section>
            <section class="pane" aria-label="Message">
                <Pane place/>
            </section>
        </main>
    }
}

/// Loads a part of a list, then keeps it live.
///
/// Only the first load is waited for here. Later ones change what the list shows, not the list: a view that is made
/// anew while events come in would read what is disposed already.
#[component]
fn Rows(place: Memo<Place>) -> impl IntoView {
    let live = expect_context::<Live>();
    // Opening a message changes the place, not the list.
    let list = Memo::new(move |_| place.get().list());
    let first = list.get_untracked();
    let page = ask(|| (), move |()| page(first.view, first.before));
    Effect::new(move |before: Option<Place>| {
        let list = list.get();
        if before.is_some_and(|before| before != list) {
            live.go(list.view, list.before);
        }
        list
    });
    view! {
        <Suspense fallback=Skeleton>
            {move || Suspend::new(async move {
                let trouble = page.await.map(|page| live.load(page)).err();
                let failed = move || trouble.clone().map(|error| view! { <Trouble error/> });
                view! {
                    <Show when=move || live.with(|inbox| inbox.place().is_some()) fallback=failed>
                        <List place/>
                    </Show>
                }
            })}
        </Suspense>
    }
}

/// The heading is there also when the list is not: it names the landmark.
#[component]
fn Trouble(error: ApiError) -> impl IntoView {
    view! {
        <h1 class="sr" id="heading">"Messages"</h1>
        <Failed error/>
    }
}

/// Loads the message that is open.
#[component]
fn Pane(place: Memo<Place>) -> impl IntoView {
    let live = expect_context::<Live>();
    let chosen = Memo::new(move |_| place.get().message);
    let opened = ask(
        move || chosen.get(),
        |id| async move {
            match id {
                Some(id) => open(id).await.map(Some),
                None => Ok(None),
            }
        },
    );
    // Reading is marked by the page and not by the server while it renders: a GET changes nothing. Once for every
    // message that is opened, so that marking it unread holds.
    Effect::new(move |marked: Option<Option<MessageId>>| {
        let id = chosen.get();
        if id != marked.flatten() && id.is_some_and(|id| is_unread(live, id, opened.get())) {
            id.into_iter().for_each(|id| live.act(id, Action::Read));
        }
        id.filter(|id| live.peek(|inbox| inbox.item(*id)).is_some())
    });
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                match opened.await {
                    Ok(Some(opened)) => whole(view! { <Message opened place/> }),
                    Ok(None) => whole(view! { <NoMessage missing=false place/> }),
                    Err(ApiError::NotFound) => whole(view! { <NoMessage missing=true place/> }),
                    Err(error) => whole(view! { <Failed error/> }),
                }
            })}
        </Transition>
    }
}

/// What the list knows is enough; a message outside of it is known when it was fetched.
fn is_unread(live: Live, id: MessageId, opened: Option<Result<Option<Opened>, ApiError>>) -> bool {
    let fetched = opened.and_then(Result::ok).flatten().map(|opened| opened.item).filter(|item| item.id == id);
    live.peek(|inbox| inbox.item(id)).or(fetched).is_some_and(|item| !item.state.read)
}

/// Grey rows; the style shows them only when it takes long.
#[component]
fn Skeleton() -> impl IntoView {
    view! {
        <div class="skeleton" aria-hidden="true">
            {(0..6).map(|_| view! { <i></i> }).collect_view()}
        </div>
    }
}
