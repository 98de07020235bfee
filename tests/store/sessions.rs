//! Sessions: one that has ended stays ended, whoever still holds it.

use futures_util::future::{join, join_all};
use tidings::domain::event::SignedOut;
use tidings::server::store::{Ended, Ending, PasswordHash, SESSIONS_MAX, SessionRow, StoreError};

use crate::bench::{NOW, message, on_each, session};

#[tokio::test]
async fn a_session_is_kept_touched_and_ended() {
    on_each(async |bench| {
        let [ana] = bench.people(["ana"]).await;
        let (store, row) = (bench.store(), session(ana, 1));
        assert!(store.create_session(row.clone()).await.unwrap());
        assert_eq!(store.session(row.digest, NOW).await.unwrap(), Some(row.clone()));
        let later = SessionRow { last_used_at: NOW + 60, expires_at: NOW + 2000, data: "{}".into(), ..row.clone() };
        assert!(store.replace_values(row.digest, row.data.clone(), "{}".into()).await.unwrap());
        store.touch_session(row.digest, NOW + 60, NOW + 2000).await.unwrap();
        store.touch_session(row.digest, NOW + 30, NOW + 1000).await.unwrap();
        assert!(!store.replace_values(row.digest, row.data.clone(), "x".into()).await.unwrap(), "not what it read");
        assert_eq!(store.session(row.digest, NOW + 1500).await.unwrap(), Some(later.clone()), "the latest use counts");
        store.end_session(row.digest, SignedOut::SignedOut).await.unwrap();
        assert_eq!(store.session(row.digest, NOW).await.unwrap(), None);
        store.touch_session(row.digest, NOW + 90, NOW + 3000).await.unwrap();
        assert!(
            !store.replace_values(row.digest, "{}".into(), "x".into()).await.unwrap(),
            "what is late revives nothing"
        );
        assert_eq!(store.session(row.digest, NOW).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_taken_digest_is_not_overwritten() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        assert!(bench.store().create_session(session(ana, 1)).await.unwrap());
        assert!(!bench.store().create_session(session(bob, 1)).await.unwrap());
        assert_eq!(bench.store().session([1; 32], NOW).await.unwrap().unwrap().user, ana);
    })
    .await;
}

#[tokio::test]
async fn expired_sessions_are_not_found_and_are_swept() {
    on_each(async |bench| {
        let [ana] = bench.people(["ana"]).await;
        for (digest, expires_at) in [(1, NOW), (2, NOW + 1)] {
            bench.store().create_session(SessionRow { expires_at, ..session(ana, digest) }).await.unwrap();
        }
        assert!(bench.store().session([1; 32], NOW).await.unwrap().is_none());
        assert_eq!(bench.store().sweep_sessions(NOW).await.unwrap(), 1);
        assert_eq!(bench.store().sweep_sessions(NOW).await.unwrap(), 0);
        assert!(bench.store().session([2; 32], NOW).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn a_persons_sessions_are_listed_the_one_used_last_first() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        let used = |row, last_used_at| SessionRow { last_used_at, ..row };
        let rows = [used(session(ana, 1), NOW + 5), used(session(ana, 2), NOW + 9), used(session(ana, 3), NOW + 7)];
        let expired = SessionRow { expires_at: NOW, ..session(ana, 4) };
        for row in rows.iter().chain([&expired, &session(bob, 5)]) {
            assert!(bench.store().create_session(row.clone()).await.unwrap());
        }
        let [one, two, three] = rows;
        assert_eq!(bench.store().sessions(ana, NOW).await.unwrap(), [two, three, one]);
    })
    .await;
}

#[tokio::test]
async fn a_person_has_so_many_sessions_and_the_one_used_least_lately_ends() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        bench.store().create_session(session(bob, 255)).await.unwrap();
        for n in 0..SESSIONS_MAX as u8 {
            let used = SessionRow { last_used_at: NOW + i64::from(n), ..session(ana, n) };
            bench.store().create_session(used).await.unwrap();
        }
        assert_eq!(bench.ended(), []);
        let latest = SessionRow { last_used_at: NOW + 500, ..session(ana, 200) };
        bench.store().create_session(latest).await.unwrap();

        let sessions = bench.store().sessions(ana, NOW).await.unwrap();
        assert_eq!((sessions.len(), sessions.last().map(|row| row.digest[0])), (SESSIONS_MAX, Some(1)));
        let what = Ended::Session(session(ana, 0).digest);
        assert_eq!(bench.ended(), [Ending { user: ana, what, why: SignedOut::EndedElsewhere }], "and its streams");
        assert_eq!(bench.store().sessions(bob, NOW).await.unwrap().len(), 1, "nobody else's");
    })
    .await;
}

#[tokio::test]
async fn a_session_is_ended_by_its_person_and_by_nobody_else() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        bench.store().create_session(session(ana, 1)).await.unwrap();
        let end = async |user| bench.store().end_session_of(user, [1; 32], SignedOut::EndedElsewhere).await.unwrap();
        assert!(!end(bob).await && bench.ended().is_empty());
        assert!(bench.store().session([1; 32], NOW).await.unwrap().is_some());
        assert!(end(ana).await && !end(ana).await);
        assert!(bench.store().session([1; 32], NOW).await.unwrap().is_none());
        let ending = Ending { user: ana, what: Ended::Session([1; 32]), why: SignedOut::EndedElsewhere };
        assert_eq!(bench.ended(), [ending]);
    })
    .await;
}

#[tokio::test]
async fn all_sessions_but_one_are_ended_also_those_that_no_list_shows() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        for row in
            [session(ana, 1), session(ana, 2), SessionRow { expires_at: NOW, ..session(ana, 3) }, session(bob, 4)]
        {
            bench.store().create_session(row).await.unwrap();
        }
        let end = async |except| bench.store().end_sessions(ana, except, SignedOut::EndedElsewhere).await.unwrap();
        let ending = |except| Ending { user: ana, what: Ended::Sessions { except }, why: SignedOut::EndedElsewhere };
        assert_eq!((end(Some([1; 32])).await, bench.ended()), (2, vec![ending(Some([1; 32]))]));
        assert_eq!(bench.store().sessions(ana, NOW).await.unwrap(), [session(ana, 1)]);
        assert_eq!((end(None).await, bench.ended()), (1, vec![ending(None)]));
        assert_eq!(bench.store().sessions(ana, NOW).await.unwrap(), []);
        assert_eq!(bench.store().sessions(bob, NOW).await.unwrap(), [session(bob, 4)]);
    })
    .await;
}

#[tokio::test]
async fn a_new_password_ends_all_sessions_of_that_person_only() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        for row in [session(ana, 1), session(ana, 2), session(bob, 3)] {
            bench.store().create_session(row).await.unwrap();
        }
        bench.store().set_password(ana, PasswordHash("$new".into())).await.unwrap();
        for (digest, there) in [(1, false), (2, false), (3, true)] {
            assert_eq!(bench.store().session([digest; 32], NOW).await.unwrap().is_some(), there);
        }
    })
    .await;
}

#[tokio::test]
async fn disabling_ends_sessions_for_good_and_enabling_revives_none() {
    on_each(async |bench| {
        let [ana] = bench.people(["ana"]).await;
        bench.store().create_session(session(ana, 1)).await.unwrap();
        bench.store().set_enabled(ana, true).await.unwrap();
        assert!(bench.store().session([1; 32], NOW).await.unwrap().is_some(), "who was in stays in");
        bench.store().set_enabled(ana, false).await.unwrap();
        bench.store().create_session(session(ana, 2)).await.unwrap();
        assert!(bench.store().session([2; 32], NOW).await.unwrap().is_none());
        bench.store().set_enabled(ana, true).await.unwrap();
        for digest in [1, 2] {
            assert!(bench.store().session([digest; 32], NOW).await.unwrap().is_none());
        }
    })
    .await;
}

#[tokio::test]
async fn a_closed_store_says_so() {
    on_each(async |bench| {
        let [ana] = bench.people(["ana"]).await;
        bench.store().ready().await.unwrap();
        bench.store().close().await;
        bench.store().close().await;
        assert!(matches!(bench.store().create_session(session(ana, 1)).await, Err(StoreError::Closed)));
        assert!(matches!(bench.store().session([1; 32], NOW).await, Err(StoreError::Closed)));
        assert!(matches!(bench.store().ready().await, Err(StoreError::Closed)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_finishes_what_was_accepted() {
    on_each(async |mut bench| {
        let [ana] = bench.people(["ana"]).await;
        let sends = join_all((0..50).map(|_| bench.store().publish(message(ana, &["ana"]))));
        // The first is asked first, so all sends are accepted when closing begins, and hardly any is answered.
        let (answers, ()) = join(sends, bench.store().close()).await;
        assert!(answers.iter().all(Result::is_ok), "what was accepted is answered");
        bench.close_and_reopen().await;
        assert_eq!(bench.inbox(ana).await.items.len(), 50, "and it is there, once");
    })
    .await;
}
