//! Words: what a text consists of for whoever looks for it. What is indexed and what is asked both come through here, and so
//! does what is marked in what was found: the three cannot disagree.
//!
//! A word is a run of letters and digits, in small letters, without the accents on them. Where words are written without spaces
//! between them, each letter is one: `会議` in `明日の会議室` is then two words next to each other, as a phrase is.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The shortest beginning of a word that also finds what begins with it. Shorter ones would find half of everything.
const BEGINNING_MIN: usize = 3;

/// A word, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Its bytes in the text.
    pub(super) at: Range<usize>,
    /// As it is compared.
    pub(super) folded: String,
}

/// The words of a text.
pub(super) fn words(text: &str) -> impl Iterator<Item = Word> {
    let mut rest = 0;
    std::iter::from_fn(move || {
        let from = rest + text[rest..].find(|letter: char| letter.is_alphanumeric() && !is_combining_mark(letter))?;
        rest = from + length(&text[from..]);
        Some(Word { at: from..rest, folded: fold(&text[from..rest]) })
    })
}

/// The words of a text with a space between them: all that the store's index gets to see, so nothing in it is syntax.
pub(super) fn spaced(text: &str) -> String {
    let mut all = String::with_capacity(text.len());
    for Word { folded, .. } in words(text) {
        if !all.is_empty() {
            all.push(' ');
        }
        all.push_str(&folded);
    }
    all
}

/// Whether what was typed also finds longer words. What ends in a digit is a whole number: «db-1» is not «db-10».
pub(super) fn is_beginning(typed: &str) -> bool {
    let Some(Word { at, folded }) = words(typed).last() else { return false };
    let alone = typed[at].starts_with(stands_alone);
    folded.chars().count() >= BEGINNING_MIN && !alone && !folded.ends_with(char::is_numeric)
}

/// How long the word is that a text begins with.
fn length(text: &str) -> usize {
    let mut letters = text.char_indices();
    let alone = letters.next().is_some_and(|(_, first)| stands_alone(first));
    let ends = |letter: char| alone || stands_alone(letter) || !letter.is_alphanumeric();
    let next = letters.find(|(_, letter)| !is_combining_mark(*letter) && ends(*letter));
    next.map_or(text.len(), |(at, _)| at)
}

fn fold(word: &str) -> String {
    let letters = word.nfd().filter(|letter| !is_combining_mark(*letter) || is_spelling(*letter));
    letters.flat_map(char::to_lowercase).map(|letter| if letter == 'ς' { 'σ' } else { letter }).collect()
}

/// Marks without which a word is another one: the vowels of India and South-East Asia, the voice of kana.
fn is_spelling(mark: char) -> bool {
    matches!(mark, '\u{900}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3099}' | '\u{309a}')
}

/// Letters of scripts that do not part words, and of Hangul, which writes endings right behind them.
fn stands_alone(letter: char) -> bool {
    matches!(letter,
        '\u{e00}'..='\u{eff}' // Thai, Lao
        | '\u{1000}'..='\u{109f}' // Myanmar
        | '\u{1780}'..='\u{17ff}' // Khmer
        | '\u{3005}'..='\u{3007}'
        | '\u{3040}'..='\u{312f}' // kana, Bopomofo
        | '\u{31a0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' // Han
        | '\u{ac00}'..='\u{d7a3}' // Hangul
        | '\u{ff66}'..='\u{ff9f}' // kana at half width
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_of_all_scripts_have_words() {
        let cases = [
            ("Backup of DB-1: failed!", "backup of db 1 failed"),
            ("Le Café, cafe\u{301}; İzmir ΟΔΟΣ", "le cafe cafe izmir οδοσ"),
            ("漢字テスト", "漢 字 テ ス ト"),
            ("v2の会議 is off", "v2 の 会 議 is off"),
            ("ไปกินข้าว", "ไ ป กิ น ข้ า ว"),
            ("हिन्दी में", "हिन्दी में"),
            ("می\u{200c}خواهم مُهِمّ", "می خواهم مهم"),
            ("🎉 * -", ""),
        ];
        for (text, words) in cases {
            assert_eq!(spaced(text), words.nfd().collect::<String>(), "{text}");
        }
        assert_eq!(spaced("서버가").split(' ').count(), 3);
        assert_ne!(spaced("バス"), spaced("ハス"), "the voice of a kana is not an accent");
    }

    #[test]
    fn some_words_are_beginnings() {
        for typed in ["dep", "db-web", "ΟΔΟ", "हिन्दी", "テストabc"] {
            assert!(is_beginning(typed), "{typed}");
        }
        for typed in ["", "de", "db-1", "abc1", "漢字テスト", "서버가", "กินข้าว"] {
            assert!(!is_beginning(typed), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn words_follow_each_other_and_fold_once(text in "(\\PC|[a-zé漢テก्ि\u{300} ]){0,40}") {
            let mut last = 0;
            for Word { at, folded } in words(&text) {
                prop_assert!(last <= at.start && at.start < at.end && !folded.is_empty());
                prop_assert!(!folded.bytes().any(|byte| byte.is_ascii_punctuation() || byte.is_ascii_whitespace()));
                last = at.end;
            }
            prop_assert_eq!(spaced(&spaced(&text)), spaced(&text));
        }
    }
}
