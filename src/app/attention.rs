//! Attention: what an arrival may do to get its reader's attention, and what is told after quiet hours. Pure; `live` does it, in
//! the one tab that tells.

use crate::domain::{Item, Priority, Wishes};

/// What arrived longer ago is no news, in milliseconds.
const RECENT: i64 = 10 * 60_000;

/// How the page stands when something arrives.
#[derive(Clone, Copy, Debug)]
pub struct Scene {
    /// The reader's clock.
    pub now: i64,
    /// The new row fades in before the reader's eyes.
    pub in_sight: bool,
    /// The reader is at this tab, and not elsewhere.
    pub here: bool,
}

/// What is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attention {
    /// A screen reader says it.
    pub said: bool,
    /// A toast comes up.
    pub toast: bool,
    /// A sound is played.
    pub sound: bool,
    /// The browser shows a notification, where it may.
    pub notify: bool,
    /// It is told when the quiet hours end; with or without a sound, as it would have been.
    pub held: Option<bool>,
}

/// What a message that has just come may do.
///
/// Urgent messages pass quiet hours, and have their toast whatever was chosen for their category; whether there is a sound is
/// always the reader's choice. What came while the machine slept is no news, but when it was quiet then, it is told of with
/// the rest.
pub fn attention(item: &Item, wishes: &Wishes, scene: Scene) -> Attention {
    let urgent = item.priority == Priority::Urgent;
    let loud = wishes.loud(item.category.as_deref());
    let toast = loud.toast || urgent;
    let late = scene.now - item.surfaced_at > RECENT;
    let quiet = wishes.is_quiet(if late { item.surfaced_at } else { scene.now });
    if quiet && (late || !urgent) {
        return Attention { said: !late, held: (toast || loud.sound).then_some(loud.sound), ..Attention::default() };
    }
    if late {
        return Attention::default();
    }
    Attention {
        said: true,
        toast: toast && !scene.in_sight,
        sound: loud.sound,
        notify: toast && !scene.here,
        held: None,
    }
}

/// What came in quiet hours and is told when they end. Kept in the browser's storage, so that it outlives the tab.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// How many messages.
    pub count: i64,
    /// One of them would have had a sound.
    pub sound: bool,
    /// The title of the latest.
    pub latest: String,
}

impl Held {
    /// One more.
    pub fn add(self, item: &Item, sound: bool) -> Self {
        Self { count: self.count + 1, sound: self.sound || sound, latest: item.title.clone() }
    }

    /// «While it was quiet: 7 messages. Latest: …», of those that are `unseen` still; `None`: all were seen.
    pub fn sentence(&self, unseen: i64) -> Option<String> {
        let count = self.count.min(unseen);
        let messages = if count == 1 { " message. Latest: " } else { " messages. Latest: " };
        (count > 0).then(|| ["While it was quiet: ", &count.to_string(), messages, &self.latest].concat())
    }

    /// As one line.
    pub fn encode(&self) -> String {
        [&*self.count.to_string(), if self.sound { ":1:" } else { ":0:" }, &self.latest].concat()
    }

    /// Reads [`Self::encode`] back. The storage is open to whatever else runs at this address.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, ':');
        let count = parts.next()?.parse().ok()?;
        Some(Self { count, sound: parts.next()? == "1", latest: parts.next()?.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::preferences::{Choice, Loud};

    /// It is quiet from 1,000 min to 1,100 min.
    const MINUTE: i64 = 60_000;
    const BEFORE: i64 = 900 * MINUTE;
    const NIGHT: i64 = 1_050 * MINUTE;
    const AFTER: i64 = 1_200 * MINUTE;

    const AWAY: Scene = Scene { now: 0, in_sight: false, here: false };

    fn wishes() -> Wishes {
        let choice = |category: &str, toast, sound| Choice { category: category.into(), loud: Loud { toast, sound } };
        let choices = vec![choice("silent", false, false), choice("bell", false, true), choice("loud", true, true)];
        Wishes { quiet: vec![1_000 * MINUTE, 1_100 * MINUTE], choices, ..Wishes::default() }
    }

    /// What is done, as letters: said, toast, sound, notification, held, held with a sound.
    fn done(category: &str, priority: Priority, sent_at: i64, scene: Scene) -> String {
        let category = Some(category.to_owned());
        let item = Item { category, priority, surfaced_at: sent_at, ..Item::default() };
        let Attention { said, toast, sound, notify, held } = attention(&item, &wishes(), scene);
        let letters = [
            (said, 's'),
            (toast, 't'),
            (sound, '♪'),
            (notify, 'n'),
            (held == Some(false), 'h'),
            (held == Some(true), 'H'),
        ];
        letters.into_iter().filter(|(done, _)| *done).map(|(_, letter)| letter).collect()
    }

    #[test]
    fn the_table() {
        use Priority::{High, Low, Normal, Urgent};
        let looks = Scene { in_sight: true, here: true, ..AWAY };
        let elsewhere = Scene { in_sight: false, here: true, ..AWAY };
        for (category, priority, sent_at, now, scene, expected) in [
            // By day
            ("else", Normal, BEFORE, BEFORE, AWAY, "stn"),
            ("else", High, BEFORE, BEFORE, AWAY, "stn"),
            ("else", Low, BEFORE, BEFORE, elsewhere, "st"),
            ("else", Normal, BEFORE, BEFORE, looks, "s"),
            ("silent", Normal, BEFORE, BEFORE, AWAY, "s"),
            ("bell", Normal, BEFORE, BEFORE, AWAY, "s♪"),
            ("bell", Normal, BEFORE, BEFORE, looks, "s♪"),
            ("loud", Normal, BEFORE, BEFORE, AWAY, "st♪n"),
            // Urgent ones have a toast, and a sound only where one was chosen
            ("silent", Urgent, BEFORE, BEFORE, AWAY, "stn"),
            ("bell", Urgent, BEFORE, BEFORE, AWAY, "st♪n"),
            // At night
            ("else", Normal, NIGHT, NIGHT, AWAY, "sh"),
            ("else", High, NIGHT, NIGHT, looks, "sh"),
            ("silent", Normal, NIGHT, NIGHT, AWAY, "s"),
            ("bell", Normal, NIGHT, NIGHT, AWAY, "sH"),
            ("loud", Normal, NIGHT, NIGHT, AWAY, "sH"),
            ("loud", Urgent, NIGHT, NIGHT, AWAY, "st♪n"),
            ("silent", Urgent, NIGHT, NIGHT, looks, "s"),
            // The machine slept meanwhile
            ("else", Normal, BEFORE, AFTER, AWAY, ""),
            ("else", Urgent, BEFORE, AFTER, AWAY, ""),
            ("else", Normal, NIGHT, AFTER, AWAY, "h"),
            ("loud", Urgent, NIGHT, AFTER, AWAY, "H"),
            ("silent", Normal, NIGHT, AFTER, AWAY, ""),
            ("else", Normal, BEFORE, NIGHT, AWAY, ""),
            // What came just before the end is told at once, when it has ended
            ("else", Normal, 1_099 * MINUTE, 1_101 * MINUTE, AWAY, "stn"),
        ] {
            let done = done(category, priority, sent_at, Scene { now, ..scene });
            assert_eq!(done, expected, "{category} {priority:?} {sent_at} {now} {scene:?}");
        }
    }

    #[test]
    fn one_sentence_tells_of_all_that_was_held_and_is_not_seen() {
        let item = |title: &str| Item { title: title.into(), ..Item::default() };
        let held = Held::default().add(&item("Lunch"), true).add(&item("Backup failed: disk"), false);
        assert_eq!(held, Held { count: 2, sound: true, latest: "Backup failed: disk".into() });
        assert_eq!(held.sentence(9).as_deref(), Some("While it was quiet: 2 messages. Latest: Backup failed: disk"));
        assert_eq!(held.sentence(1).as_deref(), Some("While it was quiet: 1 message. Latest: Backup failed: disk"));
        assert_eq!(held.sentence(0), None);
    }

    #[test]
    fn what_is_held_reads_back_and_nothing_else_is_taken() {
        let held = Held { count: 7, sound: true, latest: "a:b\n☂".into() };
        assert_eq!(Held::parse(&held.encode()), Some(held));
        for bad in ["", "7", "7:1", "x:1:a", ":1:a"] {
            assert_eq!(Held::parse(bad), None, "{bad:?}");
        }
    }
}
