//! Verbs: what the reader does to items, at once on the page and then on the server, and what is told of it afterwards.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Call, Live, Pane, now_ms, west};
use crate::api::ApiError;
use crate::api::session::Me;
use crate::app::ask::{answer, ask, understand};
use crate::app::did::{Did, word};
use crate::app::inbox::Ticket;
use crate::app::navigation::go;
use crate::app::place::{Address, Place};
use crate::app::undo::{Last, Undos};
use crate::app::{focus, when};
use crate::domain::read::Read;
use crate::domain::{Acted, Action, Change, MessageId, Seq};

/// Most notes for the server that wait; further ones are dropped, as latencies are samples and what is in sight is told again.
const NOTES_MAX: usize = 200;

/// What the reader does.
impl Live {
    /// Does the verb: at once on the page, then on the server; a refusal is taken back and told.
    fn act(self, ids: Vec<MessageId>, action: Action) {
        if self.link.get_untracked().is_out() {
            return self.notice.set(Some("Nothing was changed: this page is signed out.".into()));
        }
        let ticket = self.inbox.try_update(|inbox| inbox.act(&ids, action));
        self.send(Change::Act(action, ids), ticket);
    }

    fn send(self, change: Change, ticket: Option<Ticket>) {
        self.notice.set(None);
        let mut form = ["change=", &change.to_string()].concat();
        if let Change::Act(_, ids) = &change {
            // A repeat that comes while this is on the way is left as it is: nobody has looked at it.
            let seen = self.peek(|inbox| {
                // A message that was opened may be known further than the stream is.
                let known = ids.iter().filter_map(|id| Some(inbox.item(*id)?.surfaced));
                known.chain(inbox.cursor().map(|cursor| cursor.seq)).max().unwrap_or_default()
            });
            form += &["~", &seen.to_string()].concat();
        }
        let looks = matches!(change, Change::Act(action, _) if action.looks());
        let nth = (!looks).then(|| self.begin());
        spawn_local(async move {
            let answer = self.ask_mine::<Acted>("act", &form).await;
            ticket.into_iter().for_each(|ticket| self.inbox.update(|inbox| inbox.settle(ticket, answer.is_ok())));
            let did = match answer {
                Ok(acted) => done(&change, acted),
                Err(error) => {
                    self.fail(error);
                    None
                }
            };
            if let Some(nth) = nth {
                self.tell_done(nth, did);
            }
            self.refill();
        });
    }

    /// Does what the reader asked for, who can take it back. When the open message leaves the list by it, the next one opens; on
    /// a phone, where the list is not beside it, the list does.
    pub fn act_and_go_on(self, ids: Vec<MessageId>, action: Action) {
        if ids.is_empty() {
            return;
        }
        let place = self.place.get_untracked();
        let listed = |id| self.rows.read_untracked().contains(&id);
        let open = place.message.filter(|id| ids.contains(id));
        let was_listed = open.is_some_and(listed);
        self.selection.maybe_update(|all| all.clear_when(&ids));
        self.act(ids, action);
        let Some(open) = open.filter(|id| action == Action::Delete || was_listed && !listed(*id)) else { return };
        let next =
            if self.list_shown() { self.peek(|inbox| inbox.rank(open).and_then(|at| inbox.near(at))) } else { None };
        focus::lead();
        go(self, Address::Inbox(Place { message: next, ..place }));
    }

    fn begin(self) -> u32 {
        self.undos.try_update(Undos::begin).unwrap_or_default()
    }

    /// Tells what was done, and how to take it back; unless the reader wants it back already.
    fn tell_done(self, nth: u32, did: Option<Did>) {
        let back = did.as_ref().and_then(|did| did.undo.clone());
        if let Some(back) = self.undos.try_update(|undos| undos.settle(nth, back)).flatten() {
            return self.take_back(back);
        }
        let Some(did) = did else { return };
        self.say(did.sentence.clone());
        self.did.set(Some(did));
    }

    /// Takes the last act of this page back.
    pub fn undo(self) {
        match self.undos.try_update(Undos::pop) {
            Some(Last::Back(back)) => self.take_back(back),
            Some(Last::OnItsWay) => {}
            _ => self.say("There is nothing to undo.".into()),
        }
    }

    /// Takes back what a button names. What fails on the way can be tried again; it is not offered to be taken back in its turn, or a
    /// key for it would go back and forth.
    pub fn take_back(self, back: String) {
        self.undos.update(|undos| undos.forget(&back));
        self.notice.set(None);
        let did = self.did.try_update(Option::take).flatten();
        spawn_local(async move {
            let muted = back.starts_with("unmute=");
            let (door, name) = if muted { ("unmute", "") } else { ("act", "change=") };
            match self.ask_mine::<()>(door, &[name, &back].concat()).await {
                Ok(()) => {
                    self.say("Taken back.".into());
                    if muted {
                        self.read_again();
                    }
                }
                Err(ApiError::NotFound) => {
                    self.notice.set(Some("It was not taken back: it has changed since.".into()));
                }
                Err(error) => {
                    self.did.set(did.filter(|did| did.undo.as_ref() == Some(&back)));
                    self.undos.update(|undos| undos.push(back));
                    self.fail(error);
                }
            }
        });
    }

    /// Marks everything read that the page has: what comes while it is on the way stays unread.
    pub fn read_all(self) {
        let (up_to, ids) = self.peek(|inbox| (inbox.cursor().map_or(Seq(0), |cursor| cursor.seq), inbox.unread_rows()));
        let ticket = self.inbox.try_update(|inbox| inbox.act(&ids, Action::Read));
        self.send(Change::ReadAll(up_to), ticket);
    }

    /// Asks a door in the name of this page's reader.
    pub(super) async fn ask_mine<T: Read>(self, door: &str, form: &str) -> Result<T, ApiError> {
        understand(&self.mine(door, form).await?)
    }

    async fn mine(self, door: &str, form: &str) -> Result<String, ApiError> {
        self.still_mine().await?;
        answer(door, form).await
    }

    /// Whether the browser's session is still that of this page's reader. While news come in it is: they end with the
    /// session. Else somebody else may have signed in in another tab, and what is asked here would be theirs.
    async fn still_mine(self) -> Result<(), ApiError> {
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

    fn is_unread(self, id: MessageId) -> bool {
        self.peek(|inbox| inbox.item(id)).is_some_and(|item| !item.state.read)
    }

    /// Marks a message read that is known and unread, because it was opened.
    pub fn mark_read(self, id: MessageId) {
        if self.is_unread(id) {
            self.act(vec![id], Action::Open);
        }
    }

    /// Asks a door that changes how the message looks, with the value of the button.
    pub fn knock(self, door: String, value: String) {
        self.notice.set(None);
        let nth = (door == "mute").then(|| self.begin());
        spawn_local(async move {
            let answer = self.ask_mine::<()>(&door, &[&door, "=", &value].concat()).await;
            let done = answer.is_ok();
            answer.err().into_iter().for_each(|error| self.fail(error));
            let did = done.then(|| Did::muted(&value));
            if let Some(nth) = nth {
                self.tell_done(nth, did);
            }
            if done {
                self.read_again();
            }
        });
    }

    /// The open message is before the reader, if the page is.
    pub fn look(self) {
        let open = self.pane.with_untracked(Pane::id);
        if let Some(id) = open.filter(|_| !document().hidden()) {
            self.receipts.update(|receipts| receipts.opened(id));
            self.mark_read(id);
        }
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

/// What was done, in words.
fn done(change: &Change, acted: Acted) -> Option<Did> {
    let mut did = Did::new(word(change), acted.items, acted.undo)?;
    if let Change::Act(Action::Snooze(until), _) = change {
        did.until(&when::coming(*until, now_ms(), west));
    }
    if acted.left > 0 {
        did.left();
    }
    Some(did)
}
