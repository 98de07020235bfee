//! [`ApiError`]: every failure that may cross the wire to the page. Made by the doors, shown by `crate::app`.

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use crate::domain::json::Json;
use crate::domain::read::{Read, field};

/// Why a door did not do what was asked. Says nothing that the caller must not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ApiError {
    /// Nobody is signed in, or the session has ended.
    SignedOut,
    /// Signed in, but not allowed.
    Forbidden,
    /// There is no such thing, or it belongs to somebody else.
    NotFound,
    /// The server cannot do it now; nothing was stored.
    Busy {
        /// Seconds after which another try makes sense.
        retry_after_s: u64,
    },
    /// The server's disk is full or cannot be written; nothing was stored.
    NotStored,
    /// The caller asks too often.
    TooMany {
        /// Seconds after which the next try is let through.
        retry_after_s: u64,
        /// Which limit was met, as a sentence.
        limit: String,
    },
    /// The request makes no sense; what is wrong, as one sentence.
    Invalid(String),
    /// Our own fault. The server's log has it under this id.
    Unexpected {
        /// What to look for in the log.
        id: String,
    },
    /// The server was not reached, or did not answer.
    Offline,
}

impl ApiError {
    /// The word in a URL after a form came back without JavaScript.
    pub fn code(&self) -> &'static str {
        match self {
            Self::SignedOut => "signed-out",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not-found",
            Self::Busy { .. } => "busy",
            Self::NotStored => "not-stored",
            Self::TooMany { .. } => "too-many",
            Self::Invalid(_) => "invalid",
            Self::Unexpected { .. } => "unexpected",
            Self::Offline => "offline",
        }
    }

    /// What a person is told.
    pub fn sentence(&self) -> String {
        match self {
            Self::SignedOut => "You are signed out.".into(),
            Self::Forbidden => "You are not allowed to do this.".into(),
            Self::NotFound => "It is not there any more.".into(),
            Self::Busy { .. } => "The server is busy. Nothing was changed; please try again.".into(),
            Self::NotStored => {
                "The server's disk is full or read-only. Nothing was stored; its operator must know.".into()
            }
            Self::TooMany { retry_after_s, limit } => format!("{limit} Please wait {retry_after_s} s."),
            Self::Invalid(what) => what.clone(),
            Self::Unexpected { id } => format!("Something went wrong on the server. Its log has it as {id}."),
            Self::Offline => "The server cannot be reached. Nothing was changed.".into(),
        }
    }

    /// The sentence for a [`Self::code`] that came in a URL. Codes only: text from a URL could be anybody's.
    pub fn sentence_of(code: &str) -> Option<&'static str> {
        Some(match code {
            "forbidden" => "You are not allowed to do this.",
            "not-found" => "It is not there any more.",
            "busy" => "The server is busy. Nothing was changed; please try again.",
            "not-stored" => "The server's disk is full or read-only. Nothing was stored; its operator must know.",
            "too-many" => "That was too often. Please wait a moment.",
            "invalid" => "The server could not make sense of that. Nothing was changed.",
            "filters-full" => "You keep 30 searches, and more there cannot be. Forget one of them first.",
            "unexpected" => "Something went wrong on the server. Its log has the details.",
            _ => return None,
        })
    }
}

/// As serde writes an enum: a word, or an object with one field that is the word.
impl Read for ApiError {
    fn read(value: &Json) -> Option<Self> {
        if let Some(word) = value.as_str() {
            return Some(match word {
                "signed-out" => Self::SignedOut,
                "forbidden" => Self::Forbidden,
                "not-found" => Self::NotFound,
                "not-stored" => Self::NotStored,
                "offline" => Self::Offline,
                _ => return None,
            });
        }
        let Json::Object(fields) = value else { return None };
        let (word, inside) = fields.first()?;
        Some(match word.as_str() {
            "busy" => Self::Busy { retry_after_s: field(inside, "retry_after_s")? },
            "too-many" => {
                Self::TooMany { retry_after_s: field(inside, "retry_after_s")?, limit: field(inside, "limit")? }
            }
            "invalid" => Self::Invalid(Read::read(inside)?),
            "unexpected" => Self::Unexpected { id: field(inside, "id")? },
            _ => return None,
        })
    }
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::Offline,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => {
                Self::Invalid("The server could not make sense of that.".into())
            }
            // The transport's own words are for developers; a layer in between answered something else than JSON.
            _ => Self::Unexpected { id: "transport".into() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::read::read;

    #[test]
    fn every_code_that_can_come_back_in_a_url_has_a_sentence() {
        let errors = [
            ApiError::Forbidden,
            ApiError::NotFound,
            ApiError::Busy { retry_after_s: 1 },
            ApiError::NotStored,
            ApiError::TooMany { retry_after_s: 1, limit: String::new() },
            ApiError::Invalid(String::new()),
            ApiError::Unexpected { id: String::new() },
        ];
        assert!(errors.iter().all(|error| ApiError::sentence_of(error.code()).is_some()));
        assert_eq!(ApiError::sentence_of("<b>send money</b>"), None);
    }

    #[test]
    fn it_reads_back_from_the_wire() {
        let errors = [
            ApiError::SignedOut,
            ApiError::Forbidden,
            ApiError::NotFound,
            ApiError::Busy { retry_after_s: 3 },
            ApiError::NotStored,
            ApiError::TooMany { retry_after_s: 1, limit: "So many.".into() },
            ApiError::Invalid("What?".into()),
            ApiError::Unexpected { id: "a1".into() },
            ApiError::Offline,
        ];
        for error in errors {
            let bytes = error.ser();
            assert_eq!(read(std::str::from_utf8(&bytes).expect("JSON")), Some(error.clone()));
            assert_eq!(ApiError::de(bytes), error);
        }
    }
}
