//! Labels: the words by which counts are told apart. Each set is closed, so the number of series is known beforehand
//! and nothing that a client sends can add one.

use super::super::store::PublishError;
use super::super::store::StoreError;
use crate::domain::Verdict;

/// A closed set of words.
pub trait Label: Copy + 'static {
    /// What the set is of.
    const NAME: &'static str;
    /// All of it, in the order of [`Self::index`].
    const ALL: &'static [Self];

    /// As it stands in the text.
    fn word(self) -> &'static str;

    /// Its place in [`Self::ALL`].
    fn index(self) -> usize;
}

macro_rules! label {
    ($(#[$doc:meta])* $set:ident as $name:literal { $($(#[$about:meta])* $value:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $set { $($(#[$about])* $value,)+ }

        impl Label for $set {
            const NAME: &'static str = $name;
            const ALL: &'static [Self] = &[$(Self::$value,)+];

            fn word(self) -> &'static str {
                match self { $(Self::$value => $word,)+ }
            }

            fn index(self) -> usize {
                self as usize
            }
        }
    };
}

label! {
    /// What a caller ran into.
    Limit as "limit" {
        /// Streams of the server.
        Streams = "streams",
        /// The server stops and opens no more streams.
        Draining = "draining",
        /// Messages of one token in a second.
        TokenSends = "token-sends",
        /// Failed sign-ins by one name or from one network.
        SignIns = "sign-ins",
        /// Passwords that are checked at one time.
        PasswordChecks = "password-checks",
        /// Bytes of a request's body.
        BodySize = "body-size",
        /// Time to send a request's body.
        BodyTime = "body-time",
        /// Writes that wait.
        WriterQueue = "writer-queue",
    }
}

label! {
    /// How a stream found its place.
    Opened as "verdict" {
        /// It brought no cursor.
        Fresh = "fresh",
        /// It went on after its cursor.
        Resumed = "resumed",
        /// Its cursor could not be continued.
        Reset = "reset",
    }
}

label! {
    /// How a reader reads.
    Way as "way" {
        /// One answer that stays open.
        Stream = "stream",
        /// Long polling.
        Poll = "poll",
    }
}

label! {
    /// How publishing ended.
    Outcome as "outcome" {
        /// It is on disk.
        Stored = "stored",
        /// The key was used before with the same message; it got the first answer again.
        Repeated = "repeated",
        /// The caller's fault: unknown people, or a key used for another message.
        Refused = "refused",
        /// The queue of writes was full, or the database was held.
        Busy = "busy",
        /// The store could not do it.
        Failed = "failed",
    }
}

label! {
    /// Why a stream ended.
    Cause as "cause" {
        /// The other side closed, or its connection broke.
        ClientGone = "client-gone",
        /// It signed out, or its token was revoked, from wherever.
        SignedOut = "signed-out",
        /// Its session came of age.
        Expired = "expired",
        /// The server stopped.
        Drain = "drain",
        /// The store could not be read.
        Store = "store",
    }
}

impl From<Verdict> for Opened {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Fresh => Self::Fresh,
            Verdict::Resumed => Self::Resumed,
            Verdict::Reset => Self::Reset,
        }
    }
}

impl From<&PublishError> for Outcome {
    fn from(error: &PublishError) -> Self {
        match error {
            PublishError::UnknownPeople(_) | PublishError::KeyReused => Self::Refused,
            PublishError::Store(StoreError::Busy | StoreError::Closed) => Self::Busy,
            PublishError::Store(_) => Self::Failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn well_formed<L: Label>() {
        for (place, value) in L::ALL.iter().enumerate() {
            assert_eq!(value.index(), place, "{}", value.word());
            let word = value.word();
            assert!(word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}: {word}", L::NAME);
            assert_eq!(L::ALL.iter().filter(|other| other.word() == word).count(), 1, "{}: {word}", L::NAME);
        }
    }

    #[test]
    fn every_set_has_its_own_plain_words() {
        well_formed::<Limit>();
        well_formed::<Opened>();
        well_formed::<Way>();
        well_formed::<Outcome>();
        well_formed::<Cause>();
    }
}
