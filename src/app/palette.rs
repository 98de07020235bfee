//! Palette: what can be chosen from it, given what was typed. Pure; the component of the same name shows it.

use super::command::{COMMANDS, Command, Entry};
use super::fuzzy::fit;

/// Most choices that are shown; who types more sees the right ones.
const SHOWN: usize = 10;

/// The state of the palette.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Palette {
    typed: String,
    at: usize,
}

impl Palette {
    /// What was typed now.
    pub fn narrow(&mut self, typed: String) {
        (self.typed, self.at) = (typed, 0);
    }

    /// Goes down, or up from the first to the last.
    pub fn step(&mut self, down: bool) {
        let count = self.choices().len().max(1);
        self.at = (self.at + if down { 1 } else { count - 1 }) % count;
    }

    /// What was typed.
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// Which of the choices is marked.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The commands that fit, best first. Before anything is typed, in the order of their table.
    pub fn choices(&self) -> Vec<Entry> {
        let mut fitting: Vec<(i32, Entry)> = Vec::new();
        for entry in COMMANDS.iter().filter(|entry| entry.command != Command::Palette) {
            let Some(fit) = fit(&self.typed, entry.label) else { continue };
            let fit = if self.typed.trim().is_empty() { 0 } else { fit };
            // Behind those that fit as well. So few need no general sort, of 4 KB.
            fitting.insert(fitting.partition_point(|(better, _)| *better >= fit), (fit, *entry));
        }
        fitting.into_iter().map(|(_, entry)| entry).take(SHOWN).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(palette: &Palette) -> Vec<&'static str> {
        palette.choices().iter().map(|entry| entry.label).collect()
    }

    #[test]
    fn typing_narrows_to_commands_best_first() {
        let mut palette = Palette::default();
        assert_eq!(labels(&palette).len(), SHOWN);
        palette.narrow("mark un".into());
        assert_eq!(labels(&palette)[0], "Mark unread");
        palette.narrow("qqq".into());
        assert!(labels(&palette).is_empty());
    }

    #[test]
    fn the_mark_goes_round_and_begins_anew_with_every_letter() {
        let mut palette = Palette::default();
        palette.narrow("mark".into());
        let count = palette.choices().len();
        assert!(count > 2);
        palette.step(false);
        assert_eq!(palette.at(), count - 1);
        palette.step(true);
        assert_eq!(palette.at(), 0);
        palette.step(true);
        palette.narrow("marku".into());
        assert_eq!(palette.at(), 0);
        palette.narrow("qqq".into());
        palette.step(false);
        assert_eq!(palette.at(), 0);
    }
}
