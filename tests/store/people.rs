//! People: names are unique in every case, passwords and doors, and the set-up link that works once.

use tidings::domain::event::SignedOut;
use tidings::domain::{Role, UserId};
use tidings::server::store::{AddUserError, Ended, Ending, ManageError, NewUser, PasswordHash, UserRef};

use crate::bench::{NOW, name, on_each, person, session};

#[tokio::test]
async fn a_person_is_found_by_number_and_by_name_in_any_case() {
    on_each(async |bench| {
        let hash = PasswordHash("$argon2id$x".into());
        let admin = NewUser { role: Role::Admin, password: Some(hash.clone()), ..person("Ana.Petrov") };
        let id = bench.store().add_user(admin).await.unwrap();
        let wanted = name("ANA.petrov");
        for who in [UserRef::Id(id), UserRef::Name(&wanted)] {
            let user = bench.store().user(who).await.unwrap().unwrap();
            assert_eq!((user.id, user.username.as_str(), user.display_name.as_str()), (id, "Ana.Petrov", "ANA.PETROV"));
            assert_eq!((user.role, user.enabled, user.created_at), (Role::Admin, true, NOW));
            assert_eq!(user.password, Some(hash.clone()));
        }
        assert!(bench.store().user(UserRef::Name(&name("zoe"))).await.unwrap().is_none());
        assert!(bench.store().user(UserRef::Id(UserId(99))).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn a_name_is_taken_in_every_case() {
    on_each(async |bench| {
        bench.people(["josé"]).await;
        let refused = bench.store().add_user(person("JOSE\u{301}")).await;
        assert!(matches!(refused, Err(AddUserError::NameTaken)), "{refused:?}");
        assert_eq!(bench.store().count_users().await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn of_many_people_one_taken_name_refuses_all() {
    on_each(async |bench| {
        bench.people(["ana"]).await;
        let refused = bench.store().add_users(vec![person("bob"), person("Ana"), person("eve")]).await;
        assert!(matches!(refused, Err(AddUserError::NameTaken)), "{refused:?}");
        let twice = bench.store().add_users(vec![person("bob"), person("BOB")]).await;
        assert!(matches!(twice, Err(AddUserError::NameTaken)), "{twice:?}");
        assert_eq!(bench.store().count_users().await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn everyone_is_listed_by_name() {
    on_each(async |bench| {
        let ids = bench.people(["eve", "Bob", "ana"]).await;
        bench.store().set_enabled(ids[1], false).await.unwrap();
        let users = bench.store().users().await.unwrap();
        let listed: Vec<_> = users.iter().map(|user| (user.username.as_str(), user.enabled)).collect();
        assert_eq!(listed, [("ana", true), ("Bob", false), ("eve", true)]);
        assert_eq!(bench.store().count_users().await.unwrap(), 3, "disabled ones count");
    })
    .await;
}

#[tokio::test]
async fn a_new_password_replaces_the_old_one() {
    on_each(async |bench| {
        let [ana] = bench.people(["ana"]).await;
        bench.store().set_password(ana, PasswordHash("$new".into())).await.unwrap();
        let user = bench.store().user(UserRef::Id(ana)).await.unwrap().unwrap();
        assert_eq!(user.password, Some(PasswordHash("$new".into())));
    })
    .await;
}

#[tokio::test]
async fn a_new_role_ends_all_sessions_and_the_same_one_ends_none() {
    on_each(async |bench| {
        let [ana] = bench.people(["ana"]).await;
        let set = async |role| {
            bench.store().create_session(session(ana, 1)).await.unwrap();
            bench.store().set_role(ana, role).await.unwrap();
            let there = bench.store().session([1; 32], NOW).await.unwrap().is_some();
            (bench.store().user(UserRef::Id(ana)).await.unwrap().unwrap().role, there, bench.ended())
        };
        let ending = Ending { user: ana, what: Ended::Sessions { except: None }, why: SignedOut::RoleChanged };
        assert_eq!(set(Role::Reader).await, (Role::Reader, true, vec![]));
        assert_eq!(set(Role::Admin).await, (Role::Admin, false, vec![ending]));
    })
    .await;
}

#[tokio::test]
async fn the_last_admin_who_is_let_in_stays_one() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        for user in [ana, bob] {
            bench.store().set_role(user, Role::Admin).await.unwrap();
        }
        bench.store().set_enabled(bob, false).await.unwrap();
        bench.store().create_session(session(ana, 1)).await.unwrap();
        bench.ended();
        let refused = bench.store().set_role(ana, Role::Reader).await;
        assert!(matches!(refused, Err(ManageError::LastAdmin)), "{refused:?}");
        let refused = bench.store().set_enabled(ana, false).await;
        assert!(matches!(refused, Err(ManageError::LastAdmin)), "nor are they kept out: {refused:?}");
        let user = bench.store().user(UserRef::Id(ana)).await.unwrap().unwrap();
        assert!(user.role == Role::Admin && user.enabled);
        assert!(bench.store().session([1; 32], NOW).await.unwrap().is_some() && bench.ended().is_empty());
        bench.store().set_enabled(bob, true).await.unwrap();
        bench.store().set_role(ana, Role::Reader).await.unwrap();
        // Who is not let in manages nothing, so taking their role away takes nothing away.
        bench.store().set_role(ana, Role::Admin).await.unwrap();
        bench.store().set_enabled(bob, false).await.unwrap();
        bench.store().set_role(bob, Role::Reader).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_disabled_person_keeps_the_inbox_for_when_they_come_back() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        let id = bench.send(ana, &["bob"]).await.id;
        bench.store().set_enabled(bob, false).await.unwrap();
        bench.store().set_enabled(bob, true).await.unwrap();
        assert!(bench.inbox(bob).await.items.contains_key(&id));
        bench.send(ana, &["bob"]).await;
        assert_eq!(bench.numbers(bob), [1, 2]);
    })
    .await;
}

#[tokio::test]
async fn the_set_up_link_makes_the_first_person_once() {
    on_each(async |bench| {
        let (link, store) = ([7; 32], bench.store());
        store.offer_setup(link, NOW + 1000).await.unwrap();
        assert!(store.setup_offered(link, NOW).await.unwrap());
        assert!(!store.setup_offered([8; 32], NOW).await.unwrap());
        assert_eq!(store.set_up([8; 32], NOW, person("eve")).await.unwrap(), None);
        let admin = NewUser { role: Role::Admin, ..person("ana") };
        let id = store.set_up(link, NOW, admin).await.unwrap().unwrap();
        assert_eq!(store.user(UserRef::Id(id)).await.unwrap().unwrap().role, Role::Admin);
        assert!(!store.setup_offered(link, NOW).await.unwrap());
        assert_eq!(store.set_up(link, NOW, person("bob")).await.unwrap(), None);
        assert_eq!(store.count_users().await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_expired_or_replaced_link_is_dead_and_so_is_any_when_somebody_is_there() {
    on_each(async |bench| {
        let store = bench.store();
        store.offer_setup([1; 32], NOW).await.unwrap();
        assert!(!store.setup_offered([1; 32], NOW).await.unwrap(), "the end is not included");
        assert_eq!(store.set_up([1; 32], NOW, person("ana")).await.unwrap(), None);
        store.offer_setup([2; 32], NOW + 1000).await.unwrap();
        store.offer_setup([3; 32], NOW + 1000).await.unwrap();
        assert!(!store.setup_offered([2; 32], NOW).await.unwrap() && store.setup_offered([3; 32], NOW).await.unwrap());
        bench.people(["bob"]).await;
        assert!(!store.setup_offered([3; 32], NOW).await.unwrap());
        assert_eq!(store.set_up([3; 32], NOW, person("ana")).await.unwrap(), None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_use_the_link_at_once_one_wins() {
    on_each(async |bench| {
        bench.store().offer_setup([1; 32], NOW + 1000).await.unwrap();
        let tries = (0..8).map(|n| {
            let store = bench.store().clone();
            tokio::spawn(async move { store.set_up([1; 32], NOW, person(&format!("u{n}"))).await.unwrap() })
        });
        let winners = futures_util::future::join_all(tries).await;
        assert_eq!(winners.into_iter().filter_map(Result::unwrap).count(), 1);
        assert_eq!(bench.store().count_users().await.unwrap(), 1);
    })
    .await;
}
