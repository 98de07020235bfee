//! Tokens: found by digest while they and their owner are good.

use tidings::domain::UserId;
use tidings::server::store::{NewToken, Scope, TokenId, TokenRow};

use crate::bench::{NOW, on_each};

fn token(user: UserId, scope: Scope, digest: u8) -> NewToken {
    NewToken { user, scope, digest: [digest; 32], created_at: NOW }
}

#[tokio::test]
async fn a_token_is_found_and_listed_until_it_is_revoked() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        let store = bench.store();
        let tokens = vec![token(ana, Scope::Read, 1), token(ana, Scope::Send, 2), token(bob, Scope::Read, 3)];
        let ids = store.add_tokens(tokens).await.unwrap();
        let row = |n: usize, scope| TokenRow { id: ids[n], user: ana, scope, created_at: NOW, last_used_at: None };
        assert_eq!(store.token([2; 32]).await.unwrap(), Some(row(1, Scope::Send)));
        assert_eq!(store.tokens(ana).await.unwrap(), [row(0, Scope::Read), row(1, Scope::Send)]);
        assert!(store.revoke_token(ids[1]).await.unwrap());
        assert!(!store.revoke_token(ids[1]).await.unwrap() && !store.revoke_token(TokenId(99)).await.unwrap());
        assert_eq!(store.token([2; 32]).await.unwrap(), None);
        assert_eq!(store.tokens(ana).await.unwrap(), [row(0, Scope::Read)]);
    })
    .await;
}

#[tokio::test]
async fn a_token_of_a_disabled_person_opens_nothing() {
    on_each(async |bench| {
        let [ana] = bench.people(["ana"]).await;
        bench.store().add_tokens(vec![token(ana, Scope::Read, 1)]).await.unwrap();
        bench.store().set_enabled(ana, false).await.unwrap();
        assert_eq!(bench.store().token([1; 32]).await.unwrap(), None);
        bench.store().set_enabled(ana, true).await.unwrap();
        assert!(bench.store().token([1; 32]).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn tokens_are_kept_all_or_none() {
    on_each(async |bench| {
        let [ana] = bench.people(["ana"]).await;
        let twice = vec![token(ana, Scope::Read, 1), token(ana, Scope::Read, 1)];
        assert!(bench.store().add_tokens(twice).await.is_err());
        let nobodys = vec![token(ana, Scope::Read, 1), token(UserId(99), Scope::Read, 2)];
        assert!(bench.store().add_tokens(nobodys).await.is_err());
        assert!(bench.store().tokens(ana).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_last_use_is_remembered() {
    on_each(async |bench| {
        let [ana] = bench.people(["ana"]).await;
        let ids = bench.store().add_tokens(vec![token(ana, Scope::Read, 1)]).await.unwrap();
        bench.store().touch_token(ids[0], NOW + 60_000).await.unwrap();
        assert_eq!(bench.store().token([1; 32]).await.unwrap().unwrap().last_used_at, Some(NOW + 60_000));
    })
    .await;
}
