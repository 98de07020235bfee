//! Verbs: what the reader does to items, at once on the page and then on the server, and what is told of it afterwards.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Call, Live};
use crate::api::ApiError;
use crate::api::session::Me;
use crate::app::ask::ask;
use crate::app::did::{Did, word};
use crate::domain::{Acted, Action, Change, MessageId};

/// Most notes for the server that wait; further ones are dropped, as latencies are samples and what is in sight is told again.
const NOTES_MAX: usize = 200;

/// What the reader does.
impl Live {
    /// Does the verb: at once on the page, then on the server; a refusal is taken back and told.
    pub fn act(self, id: MessageId, action: Action) {
        self.act_on(vec![id], action);
    }

    /// The same with several items. What was done is told, with what takes it back.
    pub fn act_on(self, ids: Vec<MessageId>, action: Action) {
        self.carry_out(ids, action, true);
    }

    fn carry_out(self, ids: Vec<MessageId>, action: Action, tells: bool) {
        if self.link.get_untracked().is_out() {
            return self.notice.set(Some("Nothing was changed: this page is signed out.".into()));
        }
        let Some(ticket) = self.inbox.try_update(|inbox| inbox.act(&ids, action)) else { return };
        self.notice.set(None);
        spawn_local(async move {
            let answer = self.change_on_server(Change::Act(action, ids).to_string()).await;
            self.inbox.update(|inbox| inbox.settle(ticket, answer.is_ok()));
            match answer {
                Ok(acted) => {
                    if tells {
                        self.did.set(Did::new(action.as_str(), acted.items, acted.undo));
                    }
                    self.refill();
                }
                Err(error) => self.fail(error),
            }
        });
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
            self.carry_out(vec![id], Action::Read, false);
        }
    }

    /// Asks the server for a change whose effect it alone can work out. It comes back as one event.
    pub fn ask_server(self, change: Change) {
        self.notice.set(None);
        spawn_local(async move {
            match self.change_on_server(change.to_string()).await {
                // Taking back is not offered again, or a key for it would go back and forth.
                Ok(acted) => self.did.set(match change {
                    Change::Undo(_) => None,
                    _ => Did::new(word(&change), acted.items, acted.undo),
                }),
                Err(error) => self.fail(error),
            }
        });
    }

    /// Takes back what the reader did last.
    pub fn undo(self) {
        if let Some(act) = self.did.get_untracked().and_then(|did| did.undo) {
            self.ask_server(Change::Undo(act));
        }
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
