//! Toast: what arrived out of sight, in one corner of one tab. Goes by itself, but not while the reader is at it.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;

use crate::app::live::Live;
use crate::app::place::Place;
use crate::app::toast::Toast as News;

/// How long it stays.
const STAYS: Duration = Duration::from_secs(8);

/// The toast, when there is one. Screen readers are told by the announcer.
#[component]
pub fn Toast(
    /// The state of the page.
    live: Live,
) -> impl IntoView {
    let toast = live.toast;
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let hold = move || timer.update_value(|timer| timer.take().into_iter().for_each(|timer| timer.clear()));
    let count_down = move || {
        hold();
        timer.set_value(set_timeout_with_handle(move || toast.set(None), STAYS).ok());
    };
    Effect::new(move |_| if toast.with(Option::is_some) { count_down() } else { hold() });
    let shown = Memo::new(move |_| toast.with(Option::is_some));
    let words = move || toast.with(|toast| toast.as_ref().map(words).unwrap_or_default());
    let href = move || {
        let id = toast.with(|toast| toast.as_ref().map(|toast| toast.id));
        id.map_or_else(|| "/".into(), |id| Place::default().with(id).href())
    };
    view! {
        <Show when=move || shown.get()>
            <div
                class="toast"
                data-testid="toast"
                on:mouseenter=move |_| hold()
                on:mouseleave=move |_| count_down()
                on:focusin=move |_| hold()
                on:focusout=move |_| count_down()
                on:keydown=move |event| if event.key() == "Escape" { toast.set(None) }
            >
                <i class="icon i-mail" aria-hidden="true"></i>
                <a data-testid="toast-link" href=href on:click=move |_| toast.set(None)>
                    <b>{move || words().0}</b>
                    <span>{move || words().1}</span>
                </a>
                <button type="button" class="quiet" data-testid="toast-close" on:click=move |_| toast.set(None)>
                    "Dismiss"
                </button>
            </div>
        </Show>
    }
}

fn words(news: &News) -> (String, String) {
    match news.count {
        1 => (news.from.clone(), news.title.clone()),
        n => ([&n.to_string(), " new messages"].concat(), ["Latest: ", &news.title].concat()),
    }
}
