//! Query: what a reader types to find messages, as terms that must all hold. Parsed here, by hand; looked for by the store.
//!
//! `backup "disk full" -retry is:unread from:ci tag:deploy category:ops priority:high after:2026-11-01 before:7d`
//! A word of three letters or more also finds words that begin with it; quoted words stand next to each other, just so; `-` excludes.
//! `docs/PROTOCOL.md` has the whole grammar.

use std::fmt;

use super::day::Day;
use super::message::Priority;

/// Longest query, in bytes. An address has to carry it.
pub const QUERY_MAX: usize = 500;

/// Most terms: each costs the store a look.
pub const TERMS_MAX: usize = 10;

/// What to look for: at least one term, and all of them hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    terms: Vec<Term>,
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// It must not hold.
    pub not: bool,
    /// The condition.
    pub what: What,
}

/// What a term is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A word of the title or the text, or the beginning of one.
    Word(String),
    /// Words of the title or the text, next to each other.
    Phrase(String),
    /// What the reader did with it.
    Is(Is),
    /// Words of the sender's names, or the beginning of one.
    From(String),
    /// Words of the sender's names, next to each other.
    FromExactly(String),
    /// A tag, whole.
    Tag(String),
    /// A category, whole.
    Category(String),
    /// How loud.
    Priority(Priority),
    /// It came before that day or moment.
    Before(When),
    /// It came on that day or later.
    After(When),
}

/// A state to look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Is {
    /// Not read.
    Unread,
    /// Read.
    Read,
    /// Not seen.
    Unseen,
    /// Pinned.
    Pinned,
    /// Away until later.
    Snoozed,
    /// Done.
    Done,
}

/// A border in time. What a day or an hour is depends on the reader's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// The beginning of a day.
    Day(Day),
    /// So many hours ago.
    Hours(u32),
    /// So many times 24 hours ago.
    Days(u32),
}

/// Why a text is no query, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem} (at character {at})")]
pub struct NotAQuery {
    /// Which character it begins at; the first is 1.
    pub at: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong with a query.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Longer than [`QUERY_MAX`].
    #[error("A search has at most {QUERY_MAX} bytes")]
    Long,
    /// More than [`TERMS_MAX`].
    #[error("A search has at most {TERMS_MAX} words and filters")]
    Many,
    /// No term is left, or a term has nothing that can be looked for.
    #[error("There is no letter or digit here to look for")]
    Nothing,
    /// `"` without its other half.
    #[error("This quote does not end: put a second \" behind its last word")]
    Quote,
    /// `from:` and then a space.
    #[error("«{0}:» needs something right behind it, without a space")]
    Value(&'static str),
    /// `form:ci`
    #[error(
        "«{0}:» is no filter. Filters are is: from: tag: category: priority: before: after:; put it in \"quotes\" to look for the words"
    )]
    Filter(String),
    /// `is:raed`
    #[error("«is:{0}» is unknown. It can be unread, read, unseen, pinned, snoozed, or done")]
    Is(String),
    /// `priority:loud`
    #[error("«priority:{0}» is unknown. It can be low, normal, high, or urgent")]
    Priority(String),
    /// `before:monday`
    #[error("«{0}» is no day that I know. Write 2026-11-23, 7d for 7 days ago, or 12h for 12 hours ago")]
    When(String),
}

/// `"`, and what telephones and word processors make of it in various countries.
const QUOTES: [char; 7] = ['"', '“', '”', '„', '‟', '«', '»'];

const FILTERS: [&str; 7] = ["is", "from", "tag", "category", "priority", "before", "after"];

impl Is {
    const ALL: [Self; 6] = [Self::Unread, Self::Read, Self::Unseen, Self::Pinned, Self::Snoozed, Self::Done];

    fn as_str(self) -> &'static str {
        match self {
            Self::Unread => "unread",
            Self::Read => "read",
            Self::Unseen => "unseen",
            Self::Pinned => "pinned",
            Self::Snoozed => "snoozed",
            Self::Done => "done",
        }
    }
}

impl When {
    fn parse(word: &str) -> Option<Self> {
        let number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?;
        if let Some(hours) = word.strip_suffix('h') {
            return number(hours).map(Self::Hours);
        }
        if let Some(days) = word.strip_suffix('d') {
            return number(days).map(Self::Days);
        }
        Day::parse(word).map(Self::Day)
    }
}

impl Query {
    /// All terms, in the order in which they were typed.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// Reads what was typed.
    pub fn parse(text: &str) -> Result<Self, NotAQuery> {
        if text.len() > QUERY_MAX {
            return Err(NotAQuery { at: QUERY_MAX, problem: Problem::Long });
        }
        let mut terms = Vec::new();
        let mut rest = text;
        loop {
            rest = rest.trim_start_matches(is_space);
            let wrong = |problem| NotAQuery { at: text[..text.len() - rest.len()].chars().count() + 1, problem };
            if rest.is_empty() {
                break;
            }
            let (term, after) = term(rest).map_err(wrong)?;
            if terms.len() == TERMS_MAX && term.is_some() {
                return Err(wrong(Problem::Many));
            }
            terms.extend(term);
            rest = after;
        }
        if terms.is_empty() {
            return Err(NotAQuery { at: 1, problem: Problem::Nothing });
        }
        Ok(Self { terms })
    }
}

/// White space, and what nobody can type or see.
fn is_space(letter: char) -> bool {
    letter.is_whitespace() || letter.is_control()
}

/// Whether there is anything to look for: the store's index has letters and digits only.
fn has_words(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// The first term, and what follows it. A word of punctuation only is passed over: people paste titles.
fn term(text: &str) -> Result<(Option<Term>, &str), Problem> {
    let (not, text) = match text.strip_prefix('-') {
        Some(rest) if !rest.is_empty() && !rest.starts_with(is_space) => (true, rest),
        _ => (false, text),
    };
    if text.starts_with(QUOTES) {
        let (phrase, rest) = value(text)?;
        if !has_words(phrase) {
            return Err(Problem::Nothing);
        }
        return Ok((Some(Term { not, what: What::Phrase(phrase.to_owned()) }), rest));
    }
    let word = &text[..text.find(is_space).unwrap_or(text.len())];
    if let Some((key, rest)) = word.split_once(':')
        && let Some(name) = filter(key, rest)?
    {
        let text = &text[key.len() + 1..];
        let (value, rest) = value(text)?;
        if value.is_empty() {
            return Err(Problem::Value(name));
        }
        let what = match condition(name, value)? {
            What::From(name) if text.starts_with(QUOTES) => What::FromExactly(name),
            what => what,
        };
        return Ok((Some(Term { not, what }), rest));
    }
    let what = has_words(word).then(|| What::Word(word.to_owned()));
    Ok((what.map(|what| Term { not, what }), &text[word.len()..]))
}

/// The filter of this name. `None`: the word only has a colon in it, as an address does, or the end of «Alert:».
fn filter(key: &str, rest: &str) -> Result<Option<&'static str>, Problem> {
    let known = FILTERS.into_iter().find(|name| name.eq_ignore_ascii_case(key));
    let like_one = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphabetic());
    match known {
        None if like_one && !rest.is_empty() && !rest.starts_with("//") => Err(Problem::Filter(key.to_owned())),
        known => Ok(known),
    }
}

/// What stands between quotes, or up to the next space; and what follows.
fn value(text: &str) -> Result<(&str, &str), Problem> {
    let Some(quoted) = text.strip_prefix(QUOTES) else {
        return Ok(text.split_at(text.find(is_space).unwrap_or(text.len())));
    };
    // What begins plainly may have the others in it.
    let plain = if text.starts_with('"') { quoted.split_once('"') } else { None };
    plain.or_else(|| quoted.split_once(QUOTES)).ok_or(Problem::Quote)
}

fn condition(name: &str, value: &str) -> Result<What, Problem> {
    let when = || When::parse(value).ok_or_else(|| Problem::When(value.to_owned()));
    let words = || if has_words(value) { Ok(value.to_owned()) } else { Err(Problem::Nothing) };
    Ok(match name {
        "is" => {
            let is = Is::ALL.into_iter().find(|is| is.as_str().eq_ignore_ascii_case(value));
            What::Is(is.ok_or_else(|| Problem::Is(value.to_owned()))?)
        }
        "from" => What::From(words()?),
        "tag" => What::Tag(words()?),
        "category" => What::Category(words()?),
        "priority" => {
            let priority = Priority::ALL.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(value));
            What::Priority(priority.ok_or_else(|| Problem::Priority(value.to_owned()))?)
        }
        "before" => What::Before(when()?),
        _ => What::After(when()?),
    })
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, term) in self.terms.iter().enumerate() {
            f.write_str(if nth > 0 { " " } else { "" })?;
            term.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.not { "-" } else { "" })?;
        let split = |value: &str| value.contains(is_space) || value.starts_with(QUOTES);
        let quoted = |value: &str| if split(value) { format!("\"{value}\"") } else { value.to_owned() };
        match &self.what {
            What::Word(word) => f.write_str(word),
            What::Phrase(words) => write!(f, "\"{words}\""),
            What::Is(is) => write!(f, "is:{}", is.as_str()),
            What::From(name) => write!(f, "from:{name}"),
            What::FromExactly(name) => write!(f, "from:\"{name}\""),
            What::Tag(tag) => write!(f, "tag:{}", quoted(tag)),
            What::Category(category) => write!(f, "category:{}", quoted(category)),
            What::Priority(priority) => write!(f, "priority:{}", priority.as_str()),
            What::Before(when) => write!(f, "before:{when}"),
            What::After(when) => write!(f, "after:{when}"),
        }
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(f),
            Self::Hours(hours) => write!(f, "{hours}h"),
            Self::Days(days) => write!(f, "{days}d"),
        }
    }
}

#[cfg(test)]
#[path = "query_tests.rs"]
mod tests;
