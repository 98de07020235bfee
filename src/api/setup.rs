//! Set-up: the door through which the first admin comes.

use leptos::prelude::*;

use super::ApiError;
use crate::domain::user::UserError;

/// Makes the first admin and signs them in. Every outcome is a redirect.
#[server(prefix = "/api", endpoint = "set_up")]
pub async fn set_up(
    /// The secret of the link.
    #[server(default)]
    link: String,
    /// The username.
    #[server(default)]
    name: String,
    /// The name that others see.
    #[server(default)]
    display_name: String,
    /// The new password.
    #[server(default)]
    password: String,
) -> Result<(), ApiError> {
    use crate::server::{answer, setup};
    let outcome = setup::complete(link.clone(), name.clone(), display_name.clone(), password).await;
    answer::redirect(&answer::after_set_up(outcome, &link, &name, &display_name));
    Ok(())
}

/// What can be wrong with a new account, with the word for it in a URL.
const PROBLEMS: [(&str, UserError); 8] = [
    ("name-empty", UserError::Empty),
    ("name-too-long", UserError::TooLong),
    ("name-character", UserError::Character),
    ("name-edge", UserError::Edge),
    ("name-mixed", UserError::MixedScripts),
    ("name-reserved", UserError::Reserved),
    ("display-name", UserError::DisplayName),
    ("password", UserError::Password),
];

/// The word for a problem in a URL.
pub fn problem_code(problem: UserError) -> &'static str {
    PROBLEMS.iter().find(|(_, known)| *known == problem).map_or("invalid", |(code, _)| code)
}

/// Reads [`problem_code`] back.
pub fn problem_of(code: &str) -> Option<UserError> {
    PROBLEMS.iter().find(|(known, _)| *known == code).map(|(_, problem)| *problem)
}
