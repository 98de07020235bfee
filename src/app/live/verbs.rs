//! Verbs: what the reader does to items, at once on the page and then on the server, and what is told of it afterwards.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::commands::mend_focus;
use super::{Call, Live, clock, west};
use crate::api::ApiError;
use crate::api::session::Me;
use crate::app::ask::ask;
use crate::app::did::{Did, word};
use crate::app::inbox::Inbox;
use crate::app::navigation::go;
use crate::app::place::Address;
use crate::app::selection::Selection;
use crate::app::when;
use crate::domain::{Acted, Action, Change, MessageId, Seq};

/// Most notes for the server that wait; further ones are dropped, as latencies are samples and what is in sight is told again.
const NOTES_MAX: usize = 200;

/// What the reader does.
impl Live {
    /// Does the verb: at once on the page, then on the server; a refusal is taken back and told.
    fn act(self, ids: Vec<MessageId>, action: Action, told: bool) {
        if self.link.get_untracked().is_out() {
            return self.notice.set(Some("Nothing was changed: this page is signed out.".into()));
        }
        let Some(ticket) = self.inbox.try_update(|inbox| inbox.act(&ids, action)) else { return };
        // A repeat that comes while this is on the way is left as it is: nobody has looked at it.
        let seen = self.peek(|inbox| {
            // A message that was opened may be known further than the stream is.
            let known = ids.iter().filter_map(|id| Some(inbox.item(*id)?.surfaced));
            known.chain(inbox.cursor().map(|cursor| cursor.seq)).max().unwrap_or_default()
        });
        self.notice.set(None);
        spawn_local(async move {
            let answer = self.change_on_server(format!("{}~{seen}", Change::Act(action, ids))).await;
            self.inbox.update(|inbox| inbox.settle(ticket, answer.is_ok()));
            match answer {
                Ok(acted) => {
                    if told {
                        self.tell_done(acted, &Change::Act(action, Vec::new()));
                    }
                    self.refill();
                }
                Err(error) => self.fail(error),
            }
        });
    }

    /// Does what the reader asked for, who can take it back. Whoever works by keyboard goes on at the next row, when the one
    /// with the focus leaves.
    pub fn act_and_go_on(self, ids: Vec<MessageId>, action: Action) {
        if ids.is_empty() {
            return;
        }
        let focused = self.focused().filter(|id| ids.contains(id));
        let next = focused.and_then(|id| self.peek(|inbox| inbox.neighbour(id, &ids)));
        let open = self.place.get_untracked();
        self.act(ids.clone(), action, true);
        self.selection.update(Selection::clear);
        // What is deleted cannot stay open.
        if action == Action::Delete && open.message.is_some_and(|id| ids.contains(&id)) {
            go(self, Address::Inbox(open.list()));
        }
        if focused.is_some_and(|id| !self.peek(Inbox::rows).contains(&id)) {
            mend_focus(true, next);
        }
    }

    /// Tells what was done, and how to take it back.
    fn tell_done(self, acted: Acted, change: &Change) {
        let Some(mut did) = Did::new(word(change), acted.items, acted.undo) else { return };
        if let Change::Act(Action::Snooze(until), _) = change {
            did.until(&when::coming(*until, clock(), west));
        }
        if acted.left > 0 {
            did.left();
        }
        self.undos.update_untracked(|undos| acted.undo.into_iter().for_each(|undo| undos.push(undo)));
        self.say(did.sentence.clone());
        self.did.set(Some(did));
    }

    /// Takes the last act back.
    pub fn undo(self) {
        let Some(undo) = self.undos.try_maybe_update(|undos| (false, undos.pop())).flatten() else {
            return self.say("There is nothing to undo.".into());
        };
        self.did.set(None);
        self.ask_server(Change::Undo(undo));
    }

    /// Marks everything read that the page has: what comes while it is on the way stays unread.
    pub fn read_all(self) {
        let up_to = self.peek(|inbox| inbox.cursor().map_or(Seq(0), |cursor| cursor.seq));
        self.ask_server(Change::ReadAll(up_to));
    }

    async fn change_on_server(self, change: String) -> Result<Acted, ApiError> {
        self.still_mine().await?;
        ask("act", &["change=", &change].concat()).await
    }

    /// Whether the browser's session is still that of this page's reader. While news come in it is: they end with the
    /// session. Else somebody else may have signed in in another tab, and what is asked here would be theirs.
    pub(super) async fn still_mine(self) -> Result<(), ApiError> {
        if self.link.get_untracked().is_up() || ask::<Me>("me", "").await?.username == self.username.get_untracked() {
            return Ok(());
        }
        Err(ApiError::SignedOut)
    }

    /// Tells of a failure; the end of the session has its own place.
    pub(super) fn fail(self, error: ApiError) {
        match error {
            ApiError::SignedOut => self.call(Call::Doubt),
            error => self.notice.set(Some(error.sentence())),
        }
    }

    /// Marks a message read that is known and unread.
    pub fn mark_read(self, id: MessageId) {
        if self.peek(|inbox| inbox.item(id)).is_some_and(|item| !item.state.read) {
            self.act(vec![id], Action::Read, false);
        }
    }

    /// Asks the server for a change whose effect it alone can work out. It comes back as one event.
    fn ask_server(self, change: Change) {
        self.notice.set(None);
        spawn_local(async move {
            match self.change_on_server(change.to_string()).await {
                // Taking back is not offered again, or a key for it would go back and forth.
                Ok(_) if matches!(change, Change::Undo(_)) => self.say("Taken back.".into()),
                Ok(acted) => self.tell_done(acted, &change),
                Err(error) => self.fail(error),
            }
        });
    }

    /// Asks a door that changes how the open message looks, with the value of the button.
    pub fn knock(self, door: String, value: String) {
        self.notice.set(None);
        spawn_local(async move {
            let asked = async {
                self.still_mine().await?;
                ask(&door, &[&door, "=", &value].concat()).await
            };
            match asked.await {
                Ok(()) => self.read_again(),
                Err(error) => self.fail(error),
            }
        });
    }

    /// The message stands open before the reader.
    pub fn opened(self, id: MessageId) {
        self.receipts.update(|receipts| receipts.opened(id));
        self.mark_read(id);
    }

    /// The row stood before the reader's eyes.
    pub fn saw(self, id: MessageId) {
        if self.peek(|inbox| inbox.item(id)).is_some_and(|item| !item.state.seen) {
            self.receipts.update(|receipts| receipts.saw(id));
        }
    }

    /// What this tab has to acknowledge, as a note; then it has nothing.
    pub fn note(self) -> Option<String> {
        self.receipts.try_maybe_update(|receipts| (false, receipts.note())).flatten()
    }

    /// Takes a note for the server; an empty one says that there may be progress. A page in the background looks at them
    /// once a minute only, so there are so many and no more.
    pub fn hand(self, note: String) {
        self.notes.update(|notes| {
            if notes.is_empty() || (!note.is_empty() && notes.len() < NOTES_MAX) {
                notes.push(note);
            }
        });
    }

    /// What tabs handed to this one to tell the server; `None`: nothing new.
    pub fn handed(self) -> Option<Vec<String>> {
        let notes = self.notes.try_maybe_update(|notes| (false, std::mem::take(notes)))?;
        (!notes.is_empty()).then_some(notes)
    }
}
