//! Start: what a person can do before anything has come. Made on the server; the browser puts it into the empty inbox.

use leptos::prelude::*;

/// The first steps.
#[component]
pub fn Start(
    /// May send.
    sends: bool,
    /// Their name.
    username: String,
    /// Where the server is reached, without a slash at the end.
    address: String,
) -> impl IntoView {
    if !sends {
        return view! {
            <p class="buttons">
                <a class="button" href="/preferences">"Choose how you are told"</a>
                <a class="button" href="/keys">"See the keys"</a>
            </p>
        }
        .into_any();
    }
    let token = format!("tidings token create {username} --scope send");
    let curl = format!(
        "curl {address}/api/v1/messages \\\n  -H 'Authorization: Bearer td_…' \\\n  -H 'Content-Type: application/json' \\\n  -d '{{\"to\": [\"{username}\"], \"title\": \"Hello from curl\"}}'"
    );
    view! {
        <form method="post" action="/api/send_test">
            <button class="primary" name="send_test" value="me" data-testid="send-test">
                <i class="icon i-send" aria-hidden="true"></i>
                "Send yourself a test"
            </button>
        </form>
        <div class="first-steps">
            <p>"Or from a terminal. On the server, make a token:"</p>
            <Code text=token/>
            <p>"Then, from anywhere:"</p>
            <Code text=curl/>
            <p>"Or write to somebody by "<a href="/send">"the form"</a>"."</p>
        </div>
    }
    .into_any()
}

/// Text to be copied: by the button where script runs, else by a click, which selects all of it.
#[component]
fn Code(text: String) -> impl IntoView {
    view! {
        <div class="copy">
            <pre tabindex="0"><code>{text}</code></pre>
            <button type="button" class="quiet needs-script" data-do="copy" data-testid="copy">"Copy"</button>
        </div>
    }
}
