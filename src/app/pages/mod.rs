//! Pages: one a file. The first four are plain HTML, also for people who are not signed in; the last four are parts of
//! the desk, which the server makes.

pub mod sign_in;

pub mod set_up;

pub mod not_found;

pub mod refused;

pub mod forbidden;

pub mod inbox;

pub mod desk;

pub mod send;

pub mod details;

pub mod review;

pub mod sent;

pub mod sessions;

pub mod preferences;

pub mod quiet;

pub mod muted;

pub mod keys;

pub use desk::DeskPage;
pub use forbidden::ForbiddenPage;
pub use inbox::InboxPage;
pub use keys::KeysPage;
pub use not_found::NotFoundPage;
pub use preferences::{PreferencesAgain, PreferencesPage, Shown};
pub use refused::RefusedPage;
pub use review::ReviewPage;
pub use send::SendPage;
pub use sent::SentPage;
pub use sessions::{SessionsAgain, SessionsPage};
pub use set_up::{Refill, SetUpPage};
pub use sign_in::{SignInAgain, SignInPage};
