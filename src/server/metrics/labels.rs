//! Labels: the words by which counts are told apart. Each set is closed, so the number of series is known beforehand
//! and nothing that a client sends can add one.

use super::super::store::PublishError;
use super::super::store::StoreError;
use crate::domain::Verdict;
use crate::domain::event::{DrainWhy, SignedOut};

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
        /// Streams of one person that come faster than they go.
        UserStreams = "user-streams",
        /// The server stops and opens no more streams.
        Draining = "draining",
        /// Connections of one address.
        AddressConnections = "address-connections",
        /// Requests from one address in a second.
        AddressRequests = "address-requests",
        /// Requests by one person in a second.
        UserRequests = "user-requests",
        /// Requests with one token in a second.
        TokenRequests = "token-requests",
        /// Messages of one token in a second.
        TokenSends = "token-sends",
        /// Failed sign-ins by one name or from one network.
        SignIns = "sign-ins",
        /// Passwords that are checked at one time.
        PasswordChecks = "password-checks",
        /// Bytes and headers of a request's head.
        HeadSize = "head-size",
        /// Time to send a request's head.
        HeadTime = "head-time",
        /// Bytes of a request's body.
        BodySize = "body-size",
        /// Time to send a request's body.
        BodyTime = "body-time",
        /// Bytes of all bodies in memory.
        BodyMemory = "body-memory",
        /// Items of all replays in memory.
        ReplayMemory = "replay-memory",
        /// Time in which a reader took nothing.
        WriteTime = "write-time",
        /// Acknowledgements that wait for the database.
        Acknowledgements = "acknowledgements",
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
    /// Why a stream ended: the words of `signed-out` and `drain` on the wire, and what no event tells.
    Cause as "cause" {
        /// The other side closed, or its connection broke.
        ClientGone = "client-gone",
        /// The other side took nothing for too long.
        WriteStall = "write-stall",
        /// A poll was answered.
        Answered = "answered",
        /// See [`SignedOut::SignedOut`].
        SignedOut = "signed-out",
        /// See [`SignedOut::EndedElsewhere`].
        EndedElsewhere = "ended-elsewhere",
        /// See [`SignedOut::PasswordChanged`].
        PasswordChanged = "password-changed",
        /// See [`SignedOut::Disabled`].
        Disabled = "disabled",
        /// See [`SignedOut::RoleChanged`].
        RoleChanged = "role-changed",
        /// See [`SignedOut::Idle`].
        Idle = "idle",
        /// See [`SignedOut::Expired`].
        Expired = "expired",
        /// See [`SignedOut::Revoked`].
        Revoked = "revoked",
        /// See [`DrainWhy::Replaced`].
        Replaced = "replaced",
        /// See [`DrainWhy::Superseded`].
        Superseded = "superseded",
        /// See [`DrainWhy::Store`].
        Store = "store",
        /// See [`DrainWhy::Stopping`].
        Stopping = "stopping",
    }
}

impl From<SignedOut> for Cause {
    fn from(why: SignedOut) -> Self {
        match why {
            SignedOut::SignedOut => Self::SignedOut,
            SignedOut::EndedElsewhere => Self::EndedElsewhere,
            SignedOut::PasswordChanged => Self::PasswordChanged,
            SignedOut::Disabled => Self::Disabled,
            SignedOut::RoleChanged => Self::RoleChanged,
            SignedOut::Idle => Self::Idle,
            SignedOut::Expired => Self::Expired,
            SignedOut::Revoked => Self::Revoked,
        }
    }
}

impl From<DrainWhy> for Cause {
    fn from(why: DrainWhy) -> Self {
        match why {
            DrainWhy::Replaced => Self::Replaced,
            DrainWhy::Superseded => Self::Superseded,
            DrainWhy::Store => Self::Store,
            DrainWhy::Stopping => Self::Stopping,
        }
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
    fn causes_have_the_words_of_the_wire() {
        for why in SignedOut::ALL {
            assert_eq!(Cause::from(why).word(), why.as_str());
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
