//! Badge: how many messages are unread, told where the page itself is not in sight: in its title, its icon, and on the app's
//! icon. Pure up to [`show`], which lives in the browser only.

use leptos::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use super::ask::quietly;
use super::live::Live;

#[wasm_bindgen]
extern "C" {
    // web-sys has it only for builds with a flag for unstable interfaces.
    type Badged;

    /// W3C Badging API. Throws where there is none; 0 takes the badge away.
    #[wasm_bindgen(method, catch, js_name = setAppBadge)]
    fn set_app_badge(this: &Badged, count: f64) -> Result<js_sys::Promise, JsValue>;
}

/// The number as short as a badge needs it: up to 99, then «99+».
pub fn number(unread: i64) -> String {
    if unread > 99 { "99+".into() } else { unread.to_string() }
}

/// The title of the page: «(3) Inbox · Tidings».
pub fn title(unread: i64, page: &str) -> String {
    let page = [page, " · Tidings"].concat();
    if unread > 0 { ["(", &number(unread), ") ", &page].concat() } else { page }
}

/// The address of the page's icon. With a number it is drawn here, in colours that can be told apart on dark and on light.
pub fn icon(unread: i64) -> String {
    if unread <= 0 {
        return "/favicon.svg".into();
    }
    let number = number(unread);
    let (x, width) = [("13", "19"), ("8", "24"), ("1", "31")][number.len().min(3) - 1];
    let at = if number.len() > 2 {
        "16.5"
    } else if number.len() > 1 {
        "20"
    } else {
        "22.5"
    };
    [
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E\
         %3Cpath fill='%2311907c' d='M16 4c5 0 8 3.7 8 8.6 0 5.4 2 7.4 3 8.4H5c1-1 3-3 3-8.4C8 7.7 11 4 16 4z'/%3E\
         %3Crect y='13' height='19' rx='6' fill='%23c8401b' x='",
        x,
        "' width='",
        width,
        "'/%3E%3Ctext y='28' font-family='sans-serif' font-weight='700' font-size='16' text-anchor='middle' fill='white' x='",
        at,
        "'%3E",
        &number,
        "%3C/text%3E%3C/svg%3E",
    ]
    .concat()
}

/// Shows the number wherever it goes beside the title, and follows it.
pub fn show(live: Live) {
    // A page that is signed out has nothing to tell.
    let unread = Memo::new(move |_| if live.link.get().is_out() { 0 } else { live.counts().unread });
    Effect::new(move |_| {
        let unread = unread.get();
        if let Ok(Some(link)) = document().query_selector("link[rel=icon]") {
            let _ = link.set_attribute("href", &icon(unread));
        }
        let navigator: Badged = window().navigator().unchecked_into();
        // Refused where the site is not installed as an app.
        let _ = navigator.set_app_badge(unread as f64).map(quietly);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_counts_what_is_unread_up_to_99() {
        assert_eq!(title(3, "Inbox"), "(3) Inbox · Tidings");
        assert_eq!(title(99, "Inbox"), "(99) Inbox · Tidings");
        assert_eq!(title(100, "Done"), "(99+) Done · Tidings");
        assert_eq!(title(0, "Inbox"), "Inbox · Tidings");
    }

    #[test]
    fn the_icon_has_the_number_and_can_stand_in_an_attribute() {
        assert_eq!(icon(0), "/favicon.svg");
        for (unread, number) in [(1, ">1<"), (42, ">42<"), (100_000, ">99+<")] {
            let icon = icon(unread);
            assert!(icon.replace("%3C", "<").replace("%3E", ">").contains(number), "{icon}");
            assert!(icon.starts_with("data:image/svg+xml,") && !icon.contains(['#', '"', '<', '\n']), "{icon}");
        }
    }
}
