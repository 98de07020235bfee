//! Refusals: counted where the answer leaves, so that whoever refuses only has to say at which [`Limit`].

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::super::state::AppState;
use super::labels::Limit;

/// The layer that counts answers that carry a [`Limit`] as an extension.
pub(in crate::server) async fn refusals(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if let Some(limit) = response.extensions().get::<Limit>() {
        state.metrics.refused(*limit);
    }
    response
}
