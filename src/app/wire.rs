//! Wire: resources whose values come with the page as JSON, read the way in which answers of server functions are read.
//!
//! Leptos's own codec reads from text, server functions read from bytes, and serde compiles every type once for each:
//! this one reads from bytes too, and the WASM has one reader less for everything.

use leptos::prelude::*;
use leptos::server::codee::{Decoder, Encoder};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::api::ApiError;

/// JSON, from bytes.
pub struct Json;

/// What a door answers, fetched on the server and brought along with the page.
pub type Answer<T> = Resource<Result<T, ApiError>, Json>;

/// Asks `door` now, and again whenever `source` changes.
pub fn ask<S, T, F>(
    source: impl Fn() -> S + Send + Sync + 'static,
    door: impl Fn(S) -> F + Send + Sync + 'static,
) -> Answer<T>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = Result<T, ApiError>> + Send + 'static,
{
    Resource::new_with_options(source, door, false)
}

impl<T: Serialize> Encoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, Self::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, Self::Error> {
        serde_json::from_slice(text.as_bytes())
    }
}
