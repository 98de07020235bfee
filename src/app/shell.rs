//! Shell: the HTML around a page, made on the server. One for the live app, one for plain pages without any script.

use leptos::nonce::Nonce;
use leptos::prelude::*;

use super::badge::{icon, title};
use super::clock::Clock;
use super::components::Failed;
use super::layout::name;
use super::place::Address;
use super::root::{App, BROUGHT};
use crate::api::ApiError;
use crate::api::session::First;
use crate::domain::theme::Theme;

/// Where the site's files are, as absolute paths. Their names carry a hash of their content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assets {
    /// The style sheet.
    pub css: String,
    /// The script that loads the WASM.
    pub js: String,
    /// The app.
    pub wasm: String,
}

/// What a page of the app is made of, or why it cannot be.
pub type Brought = Result<(Address, First, Clock), ApiError>;

/// The document of the app. Under `make dev` it reloads itself after a build.
pub fn shell(assets: Assets, options: LeptosOptions, nonce: Option<Nonce>, brought: Brought) -> AnyView {
    match brought {
        Ok((address, first, clock)) => app(assets, options, nonce, address, first, clock).into_any(),
        Err(error) => failed(assets, error).into_any(),
    }
}

fn app(
    assets: Assets,
    options: LeptosOptions,
    nonce: Option<Nonce>,
    address: Address,
    first: First,
    clock: Clock,
) -> impl IntoView {
    // A name in quotes is a string in JavaScript too; the names come from our own build.
    let script = format!(
        "import init, {{ hydrate }} from {:?}; await init({{ module_or_path: {:?} }}); hydrate();",
        assets.js, assets.wasm
    );
    // What looks like the end of the element cannot stand in it (WHATWG HTML, «Restrictions for contents of script
    // elements»); in JSON a «<» only stands in strings, where it can be written so.
    let answer = serde_json::to_string(&first).expect("an answer has string keys only").replace('<', "\\u003c");
    let view = first.page.as_ref().map_or_else(Default::default, |page| page.view);
    let icon = icon(first.me.counts.unread);
    let title = title(first.me.counts.unread, name(&address, view));
    let theme = first.me.wishes.theme;
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme.as_str()>
            <head>
                <Head css=assets.css icon theme/>
                <title>{title}</title>
                <script type="application/json" id=BROUGHT>{answer}</script>
                <link rel="modulepreload" href=assets.js/>
                <link rel="preload" href=assets.wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
                <script type="module" nonce=nonce>{script}</script>
                <AutoReload options/>
            </head>
            <body>
                <App address first clock/>
            </body>
        </html>
    }
}

/// In place of a page that could not be made. Nothing is live on it.
fn failed(assets: Assets, error: ApiError) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <Head css=assets.css/>
                <title>"Tidings"</title>
            </head>
            <body>
                <Failed error/>
            </body>
        </html>
    }
}

/// A whole document without any script: for people who are not signed in, and for addresses that lead nowhere.
pub fn plain(css: String, title: &'static str, page: AnyView) -> String {
    let document = view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <Head css/>
                <title>{title}</title>
            </head>
            <body>{page}</body>
        </html>
    };
    document.to_html()
}

#[component]
fn Head(css: String, #[prop(default = icon(0))] icon: String, #[prop(optional)] theme: Theme) -> impl IntoView {
    view! {
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
        <meta name="color-scheme" content=theme.scheme()/>
        <meta name="robots" content="noindex"/>
        <link rel="icon" href=icon r#type="image/svg+xml"/>
        <link rel="stylesheet" href=css/>
    }
}
