//! Acts: what a reader asks of items, from the fields of a form to the store. Comes after the door `api::inbox::act`.

use super::auth::Caller;
use super::store::StoreError;
use super::zone::Zone;
use super::{answer, now_ms};
use crate::api::ApiError;
use crate::app::did::word;
use crate::domain::change::as_seen;
use crate::domain::snooze::LONGEST;
use crate::domain::{Acted, Action, Change, MessageId, Seq};

/// What a form says.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// A [`Change`], or the beginning of one when the other fields complete it.
    pub change: String,
    /// Until when to snooze, when that is a field of its own.
    pub until: String,
    /// Of which messages, when they were chosen by boxes.
    pub ids: Vec<i64>,
}

impl Asked {
    /// The change that all fields say together, and what its reader had seen.
    fn read(&self) -> Option<(Change, Option<Seq>)> {
        let (word, seen) = as_seen(&self.change)?;
        let change = self.change(word)?;
        let of_all = matches!(change, Change::ReadAll(_) | Change::Undo(_));
        (seen.is_none() || !of_all).then_some((change, seen))
    }

    fn change(&self, word: &str) -> Option<Change> {
        if self.until.is_empty() && self.ids.is_empty() {
            return Change::parse(word);
        }
        let (verb, ids) = word.split_once(':').unwrap_or((word, ""));
        let verb = if self.until.is_empty() { verb.to_owned() } else { format!("{verb}@{}", self.until) };
        let chosen = self.ids.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
        Change::parse(&format!("{verb}:{}", if self.ids.is_empty() { ids } else { &chosen }))
    }
}

/// Does what the form says, and sends a plain form back to its page, which tells what was done.
pub async fn act(caller: &Caller, asked: &Asked) -> Result<Acted, ApiError> {
    let (change, seen) = asked.read().ok_or_else(|| ApiError::Invalid("That is no change.".into()))?;
    let seen = seen.unwrap_or(Seq(i64::MAX));
    let acted = apply(caller, &change, seen).await?.ok_or(ApiError::NotFound)?;
    answer::back_after(word(&change), acted, leaves(&change));
    Ok(acted)
}

/// Whether what it was done to has left the list, so that a page must not show it open any more.
fn leaves(change: &Change) -> bool {
    use Action::{Delete, Done, Restore, Snooze, Wake};
    match change {
        Change::Act(action, _) => matches!(action, Done | Delete | Restore | Snooze(_) | Wake),
        Change::Later(..) => true,
        Change::ReadAll(_) | Change::Undo(_) => false,
    }
}

async fn apply(caller: &Caller, change: &Change, seen: Seq) -> Result<Option<Acted>, ApiError> {
    let (store, user) = (&caller.state.store, &caller.user);
    Ok(match change {
        Change::Act(action, ids) => verb(caller, *action, ids, seen).await?,
        Change::Later(when, ids) => {
            let zone = Zone::of(user.zone.as_deref());
            verb(caller, Action::Snooze(when.until(now_ms(), |at| zone.west(at))), ids, seen).await?
        }
        Change::ReadAll(up_to) => Some(store.read_all(user.id, *up_to).await?),
        Change::Undo(act) => store.undo(user.id, *act).await?,
    })
}

async fn verb(caller: &Caller, action: Action, ids: &[MessageId], seen: Seq) -> Result<Option<Acted>, ApiError> {
    let now = now_ms();
    if let Action::Snooze(until) = action
        && !(now..now + LONGEST).contains(&until)
    {
        return Err(ApiError::Invalid("Choose a moment that is still to come, in the next ten years.".into()));
    }
    let acted: Result<_, StoreError> = caller.state.store.act_as_seen(caller.user.id, ids, action, seen).await;
    Ok(acted?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::snooze::When;

    fn read(change: &str, until: &str, ids: &[i64]) -> Option<Change> {
        Asked { change: change.into(), until: until.into(), ids: ids.to_vec() }.read().map(|(change, _)| change)
    }

    #[test]
    fn a_verb_may_say_what_its_reader_had_seen() {
        let seen = |change: &str, until: &str, ids: &[i64]| {
            Asked { change: change.into(), until: until.into(), ids: ids.to_vec() }.read().map(|(_, seen)| seen)
        };
        assert_eq!(seen("done:12", "", &[]), Some(None));
        assert_eq!(seen("done:12,13~41", "", &[]), Some(Some(Seq(41))));
        assert_eq!(seen("snooze:12~41", "2026-11-24T09:00", &[]), Some(Some(Seq(41))));
        assert_eq!(seen("done~41", "", &[12, 13]), Some(Some(Seq(41))));
        for bad in ["done:12~", "done:12~x", "done~3:12", "read-all:41~41", "undo:41~41"] {
            assert_eq!(seen(bad, "", &[]), None, "{bad}");
        }
    }

    #[test]
    fn the_fields_of_a_form_make_one_change() {
        let ids = vec![MessageId(12), MessageId(13)];
        assert_eq!(read("done:12,13", "", &[]), Some(Change::Act(Action::Done, ids.clone())));
        assert_eq!(read("done", "", &[12, 13]), Some(Change::Act(Action::Done, ids.clone())));
        assert_eq!(read("snooze:12,13", "week", &[]), Some(Change::Later(When::Week, ids.clone())));
        assert!(matches!(read("snooze", "2026-11-24T09:00", &[12]), Some(Change::Later(When::Wall(_), _))));
        assert_eq!(read("snooze@tomorrow", "", &[12, 13]), Some(Change::Later(When::Tomorrow, ids)));
    }

    #[test]
    fn fields_that_make_no_sense_together_are_refused() {
        for (change, until, ids) in [
            ("", "", &[][..]),
            ("done", "", &[]),
            ("snooze:12", "", &[]),
            ("snooze:12", "yesterday", &[]),
            ("done:12", "week", &[]),
            ("snooze", "", &[12]),
            ("done", "", &[-12]),
            ("undo:3", "week", &[]),
        ] {
            assert_eq!(read(change, until, ids), None, "{change:?} {until:?} {ids:?}");
        }
    }
}
