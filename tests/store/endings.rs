//! Endings: what ends sessions or tokens tells every process on the database.

use tidings::domain::event::SignedOut;
use tidings::domain::{Role, UserId};
use tidings::server::store::{Ended, Ending, ManageError, NewToken, PasswordHash, Scope, TokenId};

use crate::bench::{Bench, NOW, on_each, session};

/// Gives a person two sessions and a token; answers the token's number.
async fn equip(bench: &Bench, user: UserId, first: u8) -> TokenId {
    for digest in [first, first + 1] {
        assert!(bench.store().create_session(session(user, digest)).await.unwrap());
    }
    let token = NewToken { user, scope: Scope::Read, digest: [first; 32], created_at: NOW };
    bench.store().add_tokens(vec![token]).await.unwrap()[0]
}

/// What another process hears that looks now and has heard the first so many.
async fn elsewhere(bench: &Bench, heard: i64) -> Vec<Ending> {
    let other = bench.open_elsewhere().await;
    let endings = other.endings_after(heard, 100).await.unwrap();
    assert!(endings.is_sorted_by(|a, b| a.0 < b.0));
    assert_eq!(other.newest_ending().await.unwrap(), endings.last().map_or(heard, |(number, _)| *number));
    endings.into_iter().map(|(_, ending)| ending).collect()
}

#[tokio::test]
async fn whatever_ends_sessions_or_tokens_is_told_elsewhere_one_by_one() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        let store = bench.store();
        // Or Ana, who gets a role, could not be kept out.
        store.set_role(bob, Role::Admin).await.unwrap();
        equip(&bench, bob, 100).await;
        let mut heard = 0;
        let mut first = 1;
        for (way, why) in [
            ("password", SignedOut::PasswordChanged),
            ("role", SignedOut::RoleChanged),
            ("disable", SignedOut::Disabled),
            ("all but one", SignedOut::EndedElsewhere),
            ("one", SignedOut::EndedElsewhere),
            ("sign out", SignedOut::SignedOut),
            ("revoke", SignedOut::Revoked),
        ] {
            // An ended session never comes back, so each way has its own.
            first += 2;
            let token = equip(&bench, ana, first).await;
            let (first, second) = ([first; 32], [first + 1; 32]);
            let (one, two) = (Ended::Session(first), Ended::Session(second));
            let expected = match way {
                "password" => {
                    store.set_password(ana, PasswordHash("$new".into())).await.unwrap();
                    vec![one, two]
                }
                "role" => {
                    store.set_role(ana, Role::Admin).await.unwrap();
                    vec![one, two]
                }
                "disable" => {
                    store.set_enabled(ana, false).await.unwrap();
                    vec![Ended::Token(token), one, two]
                }
                "all but one" => {
                    store.end_sessions(ana, Some(first), why).await.unwrap();
                    vec![two]
                }
                "one" => {
                    store.end_session_of(ana, first, why).await.unwrap();
                    vec![one]
                }
                "sign out" => {
                    store.end_session(second, why).await.unwrap();
                    vec![two]
                }
                _ => {
                    store.revoke_token(token).await.unwrap();
                    vec![Ended::Token(token)]
                }
            };
            let expected: Vec<_> = expected.into_iter().map(|what| Ending { user: ana, what, why }).collect();
            assert_eq!(elsewhere(&bench, heard).await, expected, "{way}");
            let told = expected.iter().find_map(|ending| match ending.what {
                Ended::Session(digest) => Some(digest),
                _ => None,
            });
            if let Some(digest) = told {
                assert_eq!(store.why_session_ended(digest).await.unwrap(), Some(why), "{way}");
            }
            assert_eq!(store.why_session_ended([100; 32]).await.unwrap(), None, "Bob's goes on");
            // Back to where it began; what that ends is not looked at.
            store.set_enabled(ana, true).await.unwrap();
            store.end_sessions(ana, None, why).await.unwrap();
            store.revoke_token(token).await.unwrap();
            heard = store.newest_ending().await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn what_ends_nothing_tells_nothing() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        let token = equip(&bench, ana, 1).await;
        let store = bench.store();
        store.set_enabled(ana, true).await.unwrap();
        store.set_role(ana, Role::Reader).await.unwrap();
        store.set_password(bob, PasswordHash("$new".into())).await.unwrap();
        store.end_session([9; 32], SignedOut::SignedOut).await.unwrap();
        store.end_session_of(bob, [1; 32], SignedOut::EndedElsewhere).await.unwrap();
        store.revoke_token(TokenId(token.0 + 1)).await.unwrap();
        assert_eq!(elsewhere(&bench, 0).await, []);
        store.set_role(bob, Role::Admin).await.unwrap();
        store.create_session(session(bob, 50)).await.unwrap();
        assert!(matches!(store.set_role(bob, Role::Reader).await, Err(ManageError::LastAdmin)));
        assert!(matches!(store.set_enabled(bob, false).await, Err(ManageError::LastAdmin)));
        assert_eq!(elsewhere(&bench, 0).await, [], "and what is refused tells nothing either");
    })
    .await;
}

#[tokio::test]
async fn endings_are_read_in_parts_and_forgotten_and_their_numbers_are_not_given_again() {
    on_each(async |bench| {
        let [ana] = bench.people(["ana"]).await;
        equip(&bench, ana, 1).await;
        bench.store().end_sessions(ana, None, SignedOut::EndedElsewhere).await.unwrap();
        let part = async |after| bench.store().endings_after(after, 1).await.unwrap();
        let first = part(0).await;
        let second = part(first[0].0).await;
        assert_eq!((first.len(), second.len(), part(second[0].0).await.len()), (1, 1, 0));
        assert_eq!(bench.store().sweep_endings(0).await.unwrap(), 0, "they are new");
        assert_eq!(bench.store().sweep_endings(i64::MAX).await.unwrap(), 2);
        assert_eq!(bench.store().newest_ending().await.unwrap(), 0);
        equip(&bench, ana, 3).await;
        bench.store().end_session([3; 32], SignedOut::SignedOut).await.unwrap();
        assert_eq!(part(second[0].0).await.len(), 1, "who heard the forgotten ones hears the next");
    })
    .await;
}
