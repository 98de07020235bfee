//! Shell: the HTML around a page, made on the server. One for the live app, one for plain pages without any script.

use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

use super::root::App;

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

/// The document of the app. Under `make dev` it reloads itself after a build.
pub fn shell(assets: Assets, options: LeptosOptions) -> impl IntoView {
    // A name in quotes is a string in JavaScript too; the names come from our own build.
    let script = format!(
        "import init, {{ hydrate }} from {:?}; await init({{ module_or_path: {:?} }}); hydrate();",
        assets.js, assets.wasm
    );
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <Head css=assets.css/>
                <link rel="modulepreload" href=assets.js/>
                <link rel="preload" href=assets.wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
                <script type="module" nonce=use_nonce()>{script}</script>
                <AutoReload options/>
                <MetaTags/>
            </head>
            <body>
                <App/>
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
fn Head(css: String) -> impl IntoView {
    view! {
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
        <meta name="color-scheme" content="light dark"/>
        <meta name="robots" content="noindex"/>
        <link rel="icon" href="/favicon.svg" r#type="image/svg+xml"/>
        <link rel="stylesheet" href=css/>
    }
}
