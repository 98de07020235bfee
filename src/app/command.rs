//! Command: everything that can be done by key or by name, in one table. The keys, the palette and the page of help read it.
//!
//! Keys are those of `KeyboardEvent.key` (W3C UI Events): a capital is the letter with Shift. Whoever dictates or slips off a
//! key can switch the single ones off (WCAG 2.1.4); arrows, Enter, Escape and the palette stay. Pure.

use crate::domain::theme::Theme;

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// To the row below.
    Next,
    /// To the row above.
    Previous,
    /// Open the row's message.
    Open,
    /// Back to the list.
    Close,
    /// Out of the inbox; in Done, back into it.
    Done,
    /// Mark read.
    Read,
    /// Mark unread.
    Unread,
    /// Choose until when it stays away.
    Snooze,
    /// Back from its snooze.
    Wake,
    /// Keep it in Pinned, or no more.
    Pin,
    /// Take note, where the message asks for it.
    Acknowledge,
    /// Nothing more from this sender.
    Mute,
    /// Delete.
    Delete,
    /// Select the row, or no more.
    Select,
    /// Select on to the row below.
    SelectNext,
    /// Select on to the row above.
    SelectPrevious,
    /// Select every row of the list, or none.
    SelectAll,
    /// Take the last act back.
    Undo,
    /// Mark everything read.
    ReadAll,
    /// Copy the address of the message.
    CopyLink,
    /// To the search field.
    Search,
    /// To the inbox.
    GoInbox,
    /// To what is pinned.
    GoPinned,
    /// To what is snoozed.
    GoSnoozed,
    /// To what is done.
    GoDone,
    /// To one's preferences.
    GoPreferences,
    /// To one's sessions.
    GoSessions,
    /// The palette.
    Palette,
    /// The page of keys.
    Help,
    /// Other colours.
    Colours(Theme),
}

impl Command {
    /// Whether it only moves, so that its key may be held.
    pub fn moves(self) -> bool {
        matches!(self, Self::Next | Self::Previous | Self::SelectNext | Self::SelectPrevious)
    }
}

/// Where commands stand together on the page of help.
pub const GROUPS: [&str; 4] = ["Move", "Message", "Select", "Go to"];

/// A command with its words and keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it does.
    pub command: Command,
    /// What it is called.
    pub label: &'static str,
    /// One of [`GROUPS`], by its place.
    pub group: usize,
    /// Any of these does it. A space stands between keys that are pressed one after the other, `Mod` for Ctrl or ⌘.
    pub keys: &'static [&'static str],
}

const fn entry(command: Command, group: usize, label: &'static str, keys: &'static [&'static str]) -> Entry {
    Entry { command, label, group, keys }
}

/// All of them, in the order of the page of help.
pub const COMMANDS: [Entry; 32] = [
    entry(Command::Next, 0, "Next message", &["j", "ArrowDown"]),
    entry(Command::Previous, 0, "Previous message", &["k", "ArrowUp"]),
    entry(Command::Open, 0, "Open", &["o", "Enter"]),
    entry(Command::Close, 0, "Back to the list", &["u", "Escape"]),
    entry(Command::Search, 0, "Search", &["/"]),
    entry(Command::Palette, 0, "Find a command", &["Mod+k"]),
    entry(Command::Help, 0, "Keys", &["?"]),
    entry(Command::Done, 1, "Done, or back to the inbox", &["e"]),
    entry(Command::Read, 1, "Mark read", &["I"]),
    entry(Command::Unread, 1, "Mark unread", &["U"]),
    entry(Command::Snooze, 1, "Snooze", &["h"]),
    entry(Command::Wake, 1, "End the snooze", &["H"]),
    entry(Command::Pin, 1, "Pin, or unpin", &["s"]),
    entry(Command::Acknowledge, 1, "Acknowledge", &["a"]),
    entry(Command::Mute, 1, "Mute the sender", &["m"]),
    entry(Command::Delete, 1, "Delete", &["#"]),
    entry(Command::CopyLink, 1, "Copy the link", &["c"]),
    entry(Command::Undo, 1, "Undo", &["z"]),
    entry(Command::ReadAll, 1, "Mark all read", &["Shift+Escape"]),
    entry(Command::Select, 2, "Select", &["x"]),
    entry(Command::SelectNext, 2, "Select the next, too", &["J"]),
    entry(Command::SelectPrevious, 2, "Select the previous, too", &["K"]),
    entry(Command::SelectAll, 2, "Select all, or none", &["*"]),
    entry(Command::GoInbox, 3, "Inbox", &["g i"]),
    entry(Command::GoPinned, 3, "Pinned", &["g p"]),
    entry(Command::GoSnoozed, 3, "Snoozed", &["g s"]),
    entry(Command::GoDone, 3, "Done", &["g d"]),
    entry(Command::GoPreferences, 3, "Preferences", &["g ,"]),
    entry(Command::GoSessions, 3, "Your sessions and password", &[]),
    entry(Command::Colours(Theme::Dark), 3, "Dark colours", &[]),
    entry(Command::Colours(Theme::Light), 3, "Light colours", &[]),
    entry(Command::Colours(Theme::System), 3, "Colours of my system", &[]),
];

/// A key that was pressed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stroke {
    /// `KeyboardEvent.key`.
    pub key: String,
    /// `KeyboardEvent.code`: where it is on the keyboard.
    pub code: String,
    /// With Shift.
    pub shift: bool,
    /// CapsLock is on.
    pub caps: bool,
    /// With Ctrl or ⌘.
    pub modifier: bool,
    /// With Alt, which types other characters; on Windows AltGr is Ctrl and Alt.
    pub alt: bool,
    /// Where text is typed.
    pub typing: bool,
}

/// Reads strokes; knows whether one has begun a longer key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    begun: Option<(String, i64)>,
}

/// How long the second key of two may take, in milliseconds.
const TOGETHER: i64 = 1_500;

impl Keys {
    /// What the stroke asks for. `letters`: the single keys are on; `now` in milliseconds.
    pub fn press(&mut self, stroke: &Stroke, letters: bool, now: i64) -> Option<Command> {
        let begun = self.begun.take().filter(|(_, at)| now - at <= TOGETHER);
        let modifier = stroke.modifier && !stroke.alt;
        let (key, printable) = character(stroke);
        let sign = printable && !key.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if stroke.alt && !sign || stroke.typing && !modifier {
            return None;
        }
        let name = match (modifier, printable) {
            (true, _) => ["Mod+", &key.to_ascii_lowercase()].concat(),
            (false, true) if !letters => return None,
            (false, true) => key,
            (false, false) => [if stroke.shift { "Shift+" } else { "" }, &key].concat(),
        };
        let pair = begun.map(|(first, _)| [&first, " ", &name].concat());
        let found = pair.as_deref().and_then(of_keys).or_else(|| of_keys(&name));
        if found.is_none() && COMMANDS.iter().any(|entry| entry.keys.iter().any(|keys| begins(keys, &name))) {
            self.begun = Some((name, now));
        }
        found
    }
}

/// What the key is called, and whether it types a character. Under CapsLock a letter is a capital by Shift alone; one of another script is
/// the one that stands in its place on a Latin keyboard.
fn character(stroke: &Stroke) -> (String, bool) {
    let mut typed = stroke.key.chars();
    let (Some(first), None) = (typed.next(), typed.next()) else { return (stroke.key.clone(), false) };
    // From Greek on.
    let foreign = first >= '\u{370}';
    let letter = if foreign { stroke.code.strip_prefix("Key").unwrap_or(&stroke.key) } else { &stroke.key };
    let name = match (foreign || stroke.caps, stroke.shift) {
        (false, _) => letter.to_owned(),
        (true, true) => letter.to_ascii_uppercase(),
        (true, false) => letter.to_ascii_lowercase(),
    };
    (name, true)
}

fn begins(keys: &str, first: &str) -> bool {
    keys.strip_prefix(first).is_some_and(|rest| rest.starts_with(' '))
}

/// The command of these keys.
pub fn of_keys(name: &str) -> Option<Command> {
    COMMANDS.iter().find(|entry| entry.keys.contains(&name)).map(|entry| entry.command)
}

/// The keys of a command as people read them: «Shift+I», «g i», «Ctrl+K».
pub fn words(keys: &str) -> String {
    let word = |key: &str| match key {
        "ArrowDown" => "↓".to_owned(),
        "ArrowUp" => "↑".to_owned(),
        "Escape" => "Esc".to_owned(),
        "Shift+Escape" => "Shift+Esc".to_owned(),
        key if key.starts_with("Mod+") => ["Ctrl+", &key[4..].to_ascii_uppercase()].concat(),
        key if key.len() == 1 && key.as_bytes()[0].is_ascii_uppercase() => ["Shift+", key].concat(),
        key => key.to_owned(),
    };
    keys.split(' ').map(word).collect::<Vec<_>>().join(" then ")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn stroke(key: &str) -> Stroke {
        Stroke { key: key.into(), ..Stroke::default() }
    }

    fn one(stroke: &Stroke, letters: bool) -> Option<Command> {
        Keys::default().press(stroke, letters, 0)
    }

    #[test]
    fn no_two_commands_share_a_key_and_none_begins_another() {
        let keys: Vec<&str> = COMMANDS.iter().flat_map(|entry| entry.keys).copied().collect();
        assert_eq!(keys.iter().collect::<HashSet<_>>().len(), keys.len());
        for first in &keys {
            assert!(!keys.iter().any(|other| begins(other, first)), "{first} would never wait for the second key");
        }
        assert_eq!(COMMANDS.iter().map(|entry| entry.command).collect::<HashSet<_>>().len(), COMMANDS.len());
    }

    #[test]
    fn every_key_of_the_table_does_its_command() {
        for entry in COMMANDS {
            for keys in entry.keys {
                let mut reader = Keys::default();
                let done = keys.split(' ').map(|key| {
                    let modifier = key.starts_with("Mod+");
                    let (shift, key) = key.strip_prefix("Shift+").map_or((false, key), |key| (true, key));
                    let pressed = stroke(key.strip_prefix("Mod+").unwrap_or(key));
                    reader.press(&Stroke { shift, modifier, ..pressed }, true, 0)
                });
                assert_eq!(done.last(), Some(Some(entry.command)), "{keys}");
            }
        }
    }

    #[test]
    fn two_keys_belong_together_for_a_moment_only() {
        let mut keys = Keys::default();
        assert_eq!(keys.press(&stroke("g"), true, 0), None);
        assert_eq!(keys.press(&stroke("i"), true, TOGETHER), Some(Command::GoInbox));
        keys.press(&stroke("g"), true, 0);
        assert_eq!(keys.press(&stroke("s"), true, TOGETHER + 1), Some(Command::Pin), "too late: a key of its own");
        keys.press(&stroke("g"), true, 0);
        assert_eq!(keys.press(&stroke("j"), true, 1), Some(Command::Next), "no such pair");
        assert_eq!(keys.press(&stroke("i"), true, 2), None, "the g is forgotten");
    }

    #[test]
    fn single_keys_can_be_switched_off_and_what_names_no_letter_stays() {
        for key in ["j", "e", "#", "?", "/", "I", "*"] {
            assert!(one(&stroke(key), true).is_some(), "{key}");
            assert_eq!(one(&stroke(key), false), None, "{key}");
        }
        assert_eq!(one(&stroke("ArrowDown"), false), Some(Command::Next));
        assert_eq!(one(&Stroke { modifier: true, ..stroke("k") }, false), Some(Command::Palette));
        assert_eq!(one(&Stroke { shift: true, ..stroke("Escape") }, false), Some(Command::ReadAll));
    }

    #[test]
    fn what_is_typed_is_no_command() {
        for key in ["j", "#", "Enter", "Escape", "ArrowDown"] {
            assert_eq!(one(&Stroke { typing: true, ..stroke(key) }, true), None, "{key}");
        }
        for key in ["j", "Enter", "Escape", "ArrowDown"] {
            assert_eq!(one(&Stroke { alt: true, ..stroke(key) }, true), None, "{key}");
        }
        assert_eq!(one(&Stroke { typing: true, modifier: true, ..stroke("K") }, true), Some(Command::Palette));
        assert_eq!(one(&Stroke { modifier: true, ..stroke("e") }, true), None, "a browser's own key");
    }

    #[test]
    fn keyboards_of_all_kinds_reach_the_keys() {
        let caps = |key: &str, shift| one(&Stroke { shift, caps: true, ..stroke(key) }, true);
        assert_eq!(
            [caps("E", false), caps("J", false), caps("j", true)],
            [Command::Done, Command::Next, Command::SelectNext].map(Some)
        );
        let alt_gr = |modifier| one(&Stroke { alt: true, modifier, ..stroke("#") }, true);
        assert_eq!([alt_gr(false), alt_gr(true)], [Some(Command::Delete); 2]);
        let on = |key: &str, code: &str| one(&Stroke { code: code.into(), ..stroke(key) }, true);
        assert_eq!([on("о", "KeyJ"), on("ε", "KeyE")], [Command::Next, Command::Done].map(Some));
        assert_eq!([on("ä", "Quote"), on("ę", "KeyE"), on("ж", "Semicolon")], [None; 3]);
        let palette = Stroke { modifier: true, code: "KeyK".into(), ..stroke("л") };
        assert_eq!(one(&palette, false), Some(Command::Palette));
    }

    #[test]
    fn keys_are_written_as_people_say_them() {
        assert_eq!(
            ["I", "g i", "Mod+k", "Shift+Escape", "ArrowUp", "#"].map(words),
            ["Shift+I", "g then i", "Ctrl+K", "Shift+Esc", "↑", "#"]
        );
    }
}
