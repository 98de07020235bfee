//! Link: how the page is connected, as its reader is told. Pure.
//!
//! Decided by `tab`, told from tab to tab by `channel`, shown by the pill.

use crate::domain::event::SignedOut;

/// How the page is connected. Moments are in milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// On the way, for the first time or after the server asked to come back.
    #[default]
    Connecting,
    /// Connected; what was missed is coming in.
    CatchingUp,
    /// What is shown is what is.
    Live,
    /// As good as live: streams do not pass, so the page asks again and again.
    Polling,
    /// Not connected.
    Offline {
        /// Since when.
        since: i64,
        /// The next try.
        retry: i64,
    },
    /// The server asks to come later.
    Busy {
        /// When.
        retry: i64,
    },
    /// Other pages of the same person took the place of this one.
    Paused {
        /// When it comes back by itself.
        retry: i64,
    },
    /// The session has ended; the reason, when the stream has told it.
    SignedOut(Option<SignedOut>),
    /// Somebody else is signed in in this browser now.
    Other,
}

impl Link {
    /// The state in one word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::CatchingUp => "catching-up",
            Self::Live => "live",
            Self::Polling => "polling",
            Self::Offline { .. } => "offline",
            Self::Busy { .. } => "busy",
            Self::Paused { .. } => "paused",
            Self::SignedOut(_) => "signed-out",
            Self::Other => "other",
        }
    }

    /// Events come in.
    pub fn is_up(self) -> bool {
        matches!(self, Self::CatchingUp | Self::Live | Self::Polling)
    }

    /// Whoever sees this page is not the person whose page it is, as far as the server knows.
    pub fn is_out(self) -> bool {
        matches!(self, Self::SignedOut(_) | Self::Other)
    }

    /// When the next try is, while one is waited for.
    pub fn retry(self) -> Option<i64> {
        match self {
            Self::Offline { retry, .. } | Self::Busy { retry } | Self::Paused { retry } => Some(retry),
            _ => None,
        }
    }

    /// As one word for another tab: parts between colons.
    pub fn encode(self) -> String {
        let since = if let Self::Offline { since, .. } = self { since } else { 0 };
        let why = if let Self::SignedOut(Some(why)) = self { why.as_str() } else { "" };
        [self.word(), &self.retry().unwrap_or_default().to_string(), &since.to_string(), why].join(":")
    }

    /// Reads [`Self::encode`] back.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let word = parts.next()?;
        let retry = parts.next()?.parse().ok()?;
        let since = parts.next()?.parse().ok()?;
        let why = parts.next().and_then(SignedOut::parse);
        let all = [
            Self::Connecting,
            Self::CatchingUp,
            Self::Live,
            Self::Polling,
            Self::Offline { since, retry },
            Self::Busy { retry },
            Self::Paused { retry },
            Self::SignedOut(why),
            Self::Other,
        ];
        all.into_iter().find(|link| link.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_reads_back() {
        let links = [
            Link::Connecting,
            Link::CatchingUp,
            Link::Live,
            Link::Polling,
            Link::Offline { since: 4, retry: 1_795_394_712_000 },
            Link::Busy { retry: 5 },
            Link::Paused { retry: 6 },
            Link::SignedOut(None),
            Link::Other,
        ];
        let ended = SignedOut::ALL.map(|why| Link::SignedOut(Some(why)));
        for link in links.into_iter().chain(ended) {
            assert_eq!(Link::parse(&link.encode()), Some(link));
        }
        assert_eq!(Link::parse("quantum:0:0:"), None);
    }
}
