//! Snippet: the part of a message in which the words stand that were looked for. Pure; comes after the store has found the
//! message, which it has by its index of words: here they are found again in the text, folded in the same way.

use super::words::{Word, is_beginning, words};
use crate::domain::found::Pieces;
use crate::domain::query::{Query, What};

/// Longest snippet, in characters: the two lines of a row.
const SNIPPET_MAX: usize = 140;

/// How much of that stands before the first word that was found.
const BEFORE: usize = 40;

/// What to mark: words next to each other, the last of them perhaps only begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    words: Vec<String>,
    begun: bool,
}

/// The words of a query that a message has because it was found.
pub(super) fn marks(query: &Query) -> Vec<Mark> {
    let sought = query.terms().iter().filter(|term| !term.not);
    let mark = |text: &str, begun| Mark { words: words(text).map(|word| word.folded).collect(), begun };
    let marks = sought.filter_map(|term| match &term.what {
        What::Word(word) => Some(mark(word, is_beginning(word))),
        What::Phrase(words) => Some(mark(words, false)),
        _ => None,
    });
    marks.filter(|mark| !mark.words.is_empty()).collect()
}

/// All of a line, in pieces.
pub(super) fn marked(line: &str, marks: &[Mark]) -> Pieces {
    pieces(line, &places(line, marks))
}

/// The part of a text around its first marks, in pieces; its beginning when nothing is to be marked.
pub(super) fn snippet(text: &str, marks: &[Mark]) -> Pieces {
    let places = places(text, marks);
    let first = places.first().map_or(0, |(from, _)| *from);
    let begin =
        if text[..first].chars().count() <= BEFORE { 0 } else { begin_of_word(text, back(text, first, BEFORE)) };
    let end = text[begin..].char_indices().nth(SNIPPET_MAX).map_or(text.len(), |(at, _)| begin + at);
    // A word that is cut in two is left out, unless it is the one that was found.
    let cut = text[begin..end].rfind(' ').map_or(end, |at| begin + at);
    let end = if end == text.len() || cut <= first { end } else { cut };
    let inside: Vec<(usize, usize)> = places
        .iter()
        .filter(|(from, to)| *from >= begin && *to <= end)
        .map(|(from, to)| (from - begin, to - begin))
        .collect();
    let mut pieces = pieces(&text[begin..end], &inside);
    if begin > 0 {
        pieces[0].insert(0, '…');
    }
    if end < text.len() {
        let last = pieces.len() - 1;
        if last.is_multiple_of(2) { pieces[last].push('…') } else { pieces.push("…".into()) }
    }
    pieces
}

/// So many characters back from a place.
fn back(text: &str, at: usize, characters: usize) -> usize {
    text[..at].char_indices().rev().nth(characters - 1).map_or(0, |(at, _)| at)
}

/// The beginning of the next word, unless that is far.
fn begin_of_word(text: &str, at: usize) -> usize {
    text[at..]
        .char_indices()
        .take(BEFORE / 2)
        .find(|(_, letter)| *letter == ' ')
        .map_or(at, |(space, _)| at + space + 1)
}

/// Cuts a text at places that lie one after another.
fn pieces(text: &str, places: &[(usize, usize)]) -> Pieces {
    let mut pieces = Pieces::new();
    let mut done = 0;
    for (from, to) in places {
        pieces.push(text[done..*from].to_owned());
        pieces.push(text[*from..*to].to_owned());
        done = *to;
    }
    if done < text.len() || pieces.is_empty() {
        pieces.push(text[done..].to_owned());
    }
    pieces
}

/// Where marks stand, in order and beside each other.
fn places(text: &str, marks: &[Mark]) -> Vec<(usize, usize)> {
    let words: Vec<Word> = words(text).collect();
    let mut places: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let longest = marks.iter().filter(|mark| mark.is_at(&words[at..])).map(|mark| mark.words.len()).max();
        if let Some(length) = longest {
            places.push((words[at].at.start, words[at + length - 1].at.end));
        }
        at += longest.unwrap_or(1);
    }
    places
}

impl Mark {
    fn is_at(&self, words: &[Word]) -> bool {
        let last = self.words.len() - 1;
        words.len() > last
            && self.words.iter().zip(words).enumerate().all(|(nth, (mine, Word { folded, .. }))| {
                if nth == last && self.begun { folded.starts_with(mine.as_str()) } else { folded == mine }
            })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(query: &str) -> Vec<Mark> {
        marks(&Query::parse(query).expect(query))
    }

    #[test]
    fn words_are_marked_as_the_index_has_them() {
        let cases = [
            ("back", "Backup of db-1", vec!["", "Backup", " of db-1"]),
            ("host1", "host10 or host1", vec!["host10 or ", "host1"]),
            ("alert:", "Alerting", vec!["", "Alerting"]),
            ("db", "Backup of db-1", vec!["Backup of ", "db", "-1"]),
            ("db-1", "Backup of DB-1", vec!["Backup of ", "DB-1"]),
            ("\"back\"", "Backup", vec!["Backup"]),
            ("\"of db\" backup", "Backup of db", vec!["", "Backup", " ", "of db"]),
            ("cafe", "Le Cafe\u{301} ouvert", vec!["Le ", "Cafe\u{301}", " ouvert"]),
            ("CAFÉ", "le café", vec!["le ", "café"]),
            ("-of is:unread", "Backup of", vec!["Backup of"]),
            ("会議", "明日の会議室", vec!["明日の", "会議", "室"]),
            ("서버", "서버가 꺼짐", vec!["", "서버", "가 꺼짐"]),
            ("ข้าว", "ไปกินข้าว", vec!["ไปกิน", "ข้าว"]),
        ];
        for (query, line, pieces) in cases {
            assert_eq!(marked(line, &of(query)), pieces, "{query} in {line}");
        }
    }

    #[test]
    fn a_snippet_is_around_the_first_word() {
        let text = format!("{}needle {}", "hay ".repeat(100), "straw ".repeat(100));
        let pieces = snippet(&text, &of("needle"));
        assert_eq!(pieces[1], "needle");
        assert!(pieces[0].starts_with("…hay ") && pieces[0].chars().count() <= BEFORE + 1, "{pieces:?}");
        assert!(pieces[2].ends_with("straw…"), "{pieces:?}");
        assert!(pieces.concat().chars().count() <= SNIPPET_MAX + 2);
        assert_eq!(snippet("short", &of("tag:x")), ["short"]);
    }

    proptest! {
        #[test]
        fn pieces_are_the_text(text in "(\\PC|word ){0,80}", query in "[a-zü\"]{1,5}( word)?") {
            let marks = Query::parse(&query).map(|query| marks(&query)).unwrap_or_default();
            prop_assert_eq!(marked(&text, &marks).concat(), text.clone());
            let snippet = snippet(&text, &marks).concat();
            prop_assert!(snippet.chars().count() <= SNIPPET_MAX + 2);
            prop_assert!(text.contains(snippet.trim_matches('…')) || text.contains('…'));
        }
    }
}
