//! Preferences: what was chosen is there as a whole, in a new version, and only for who chose it.

use tidings::domain::preferences::{Choice, Loud};
use tidings::domain::quiet::{Hours, Week};
use tidings::domain::theme::Theme;
use tidings::domain::{Details, Preferences};
use tidings::server::store::NewMessage;

use crate::bench::{message, on_each};

fn chosen() -> Preferences {
    let mut week = Week::default();
    week.0[0] = Hours::parse("22:00", "07:00");
    week.0[6] = Hours::parse("00:00", "00:00");
    let choice = |category: &str, toast, sound| Choice { category: category.into(), loud: Loud { toast, sound } };
    Preferences {
        zone: Some("Europe/Berlin".into()),
        keys: false,
        theme: Theme::Dark,
        week,
        other: Loud { toast: false, sound: true },
        choices: vec![choice("deploy", false, false), choice("incident", true, true)],
    }
}

#[tokio::test]
async fn what_was_chosen_is_kept_as_a_whole_and_who_chose_nothing_has_the_usual() {
    on_each(async |mut bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        assert_eq!(bench.store().prefer(ana, chosen()).await.unwrap(), 1);
        bench.drop_and_reopen().await;
        assert_eq!(bench.store().preferences(ana).await.unwrap(), (1, chosen()));
        assert_eq!(bench.store().preferences(bob).await.unwrap(), (0, Preferences::default()));
    })
    .await;
}

#[tokio::test]
async fn the_zone_of_a_browser_is_kept_once_and_never_against_a_choice() {
    on_each(async |bench| {
        let [ana, bob] = bench.people(["ana", "bob"]).await;
        let store = bench.store();
        store.settle_zone(ana, "Asia/Tokyo".into()).await.unwrap();
        let settled = Preferences { zone: Some("Asia/Tokyo".into()), ..Preferences::default() };
        assert_eq!(
            store.preferences(ana).await.unwrap(),
            (1, settled.clone()),
            "a new version, so open pages hear of it"
        );
        store.settle_zone(ana, "Europe/Rome".into()).await.unwrap();
        assert_eq!(store.preferences(ana).await.unwrap(), (1, settled));
        store.prefer(bob, chosen()).await.unwrap();
        store.settle_zone(bob, "Asia/Tokyo".into()).await.unwrap();
        assert_eq!(store.preferences(bob).await.unwrap(), (1, chosen()));
    })
    .await;
}

#[tokio::test]
async fn other_colours_leave_the_rest_as_it_is() {
    on_each(async |bench| {
        let [ana] = bench.people(["ana"]).await;
        let store = bench.store();
        store.prefer(ana, chosen()).await.unwrap();
        let light = Preferences { theme: Theme::Light, ..chosen() };
        assert_ne!(light, chosen());
        for version in [2, 2] {
            store.prefer_theme(ana, Theme::Light).await.unwrap();
            assert_eq!(store.preferences(ana).await.unwrap(), (version, light.clone()));
        }
    })
    .await;
}

#[tokio::test]
async fn every_change_is_a_version_and_nothing_new_is_none() {
    on_each(async |bench| {
        let [ana] = bench.people(["ana"]).await;
        let store = bench.store();
        assert_eq!(store.prefer(ana, Preferences::default()).await.unwrap(), 0, "the usual is no choice");
        assert_eq!(store.prefer(ana, chosen()).await.unwrap(), 1);
        assert_eq!(store.prefer(ana, chosen()).await.unwrap(), 1);
        let moved = Preferences { zone: Some("Asia/Tokyo".into()), ..chosen() };
        assert_eq!(store.prefer(ana, moved).await.unwrap(), 2, "the zone counts, too");
        assert_eq!(store.prefer(ana, Preferences::default()).await.unwrap(), 3);
        assert_eq!(store.preferences(ana).await.unwrap(), (3, Preferences::default()), "nothing is left of the others");
        assert_eq!(store.preferences_version(ana).await.unwrap(), 3);
    })
    .await;
}

#[tokio::test]
async fn categories_are_those_of_ones_own_messages_each_once() {
    on_each(async |bench| {
        let [ana, _] = bench.people(["ana", "bob"]).await;
        for (to, category) in [("ana", "lunch"), ("ana", "deploy"), ("ana", "lunch"), ("bob", "secret")] {
            let details = Details { category: Some(category.into()), ..Details::default() };
            bench.store().publish(NewMessage { details, ..message(ana, &[to]) }).await.unwrap();
        }
        bench.send(ana, &["ana"]).await;
        assert_eq!(bench.store().categories(ana).await.unwrap(), ["deploy", "lunch"]);
    })
    .await;
}
