//! Drafts: the message that somebody is writing, kept in their session between the steps of the form.
//!
//! Comes after the doors in `api::send`; before `publish`, which gets a checked draft and a key that makes a second
//! click on «Send» harmless.

use serde::{Deserialize, Serialize};

use super::auth::Caller;
use super::error::log_unexpected;
use super::fingerprint::fingerprint;
use super::hex::hex;
use super::store::{Idempotency, PublishError, Reach};
use super::values::{self, Values};
use crate::api::ApiError;
use crate::api::send::{Composed, Reviewed, SentMessage};
use crate::domain::{Audience, Details, Draft, DraftForm, Field, MessageId, Priority, Problem};

/// Names that the review shows; the others are counted.
const NAMES_SHOWN: usize = 12;

/// What the session keeps of a draft.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Kept {
    /// What was typed.
    form: DraftForm,
    /// It was sent to be reviewed, so its problems are shown.
    checked: bool,
    /// Of this wording. Another wording gets another key.
    key: String,
    /// The last one sent, so that a second click leads to the same page.
    sent: Option<(String, MessageId)>,
}

/// What the form shows.
pub async fn composed(caller: &Caller) -> Result<Composed, ApiError> {
    let kept = kept(caller).await?;
    let everyone = caller.state.store.reach(&Audience::Everyone).await?.recipients;
    let problems = if kept.checked { check(caller, &kept.form).await?.err().unwrap_or_default() } else { Vec::new() };
    Ok(Composed { form: kept.form, problems, everyone })
}

/// Keeps what was typed. `true`: it can be sent.
pub async fn keep(caller: &Caller, form: DraftForm) -> Result<bool, ApiError> {
    let good = check(caller, &form).await?.is_ok();
    let key = new_key()?;
    change(caller, |kept| Kept { form: form.clone(), checked: true, key: key.clone(), sent: kept.sent }).await?;
    Ok(good)
}

/// The draft as its readers will see it.
pub async fn reviewed(caller: &Caller) -> Result<Option<Reviewed>, ApiError> {
    let kept = kept(caller).await?;
    if !kept.checked {
        return Ok(None);
    }
    let Ok((draft, reach)) = check(caller, &kept.form).await? else { return Ok(None) };
    let names = match &draft.audience {
        Audience::Everyone => Vec::new(),
        Audience::Users(names) => names.iter().take(NAMES_SHOWN).map(ToString::to_string).collect(),
    };
    Ok(Some(Reviewed {
        key: kept.key,
        html: caller.state.markdown.render(&draft.body).html,
        title: draft.title,
        priority: draft.priority,
        link: draft.link,
        details: draft.details,
        from: caller.user.display_name.clone(),
        everyone: draft.audience == Audience::Everyone,
        names,
        recipients: reach.recipients,
    }))
}

/// Sends the draft with this key, once. Answers where to go on.
pub async fn send(caller: &Caller, key: &str) -> Result<String, ApiError> {
    let kept = kept(caller).await?;
    if let Some((_, id)) = kept.sent.as_ref().filter(|(sent, _)| sent == key) {
        return Ok(sent_page(*id));
    }
    if kept.key != key {
        // It was written anew in another tab. What is sent must be what was read.
        return Ok("/send/review".into());
    }
    let Ok((draft, _)) = check(caller, &kept.form).await? else { return Ok("/send".into()) };
    let idempotency = Idempotency { key: format!("form-{key}"), fingerprint: fingerprint(&draft) };
    let published = match caller.state.publisher.publish(&caller.user, draft, Some(idempotency)).await {
        Ok(published) => published,
        Err(PublishError::UnknownPeople(_)) => return Ok("/send".into()),
        Err(PublishError::KeyReused) => {
            return Err(ApiError::Invalid("The draft has changed; review it again.".into()));
        }
        Err(PublishError::Store(error)) => return Err(error.into()),
    };
    let sent = Some((key.to_owned(), published.id));
    // What was written anew in another tab meanwhile is not what was sent, and stays.
    let done = |kept: Kept| {
        let rest = if kept.key == key { Kept::default() } else { kept };
        Kept { sent: sent.clone(), ..rest }
    };
    change(caller, done).await?;
    Ok(sent_page(published.id))
}

/// Sends the caller a message of ours.
pub async fn send_test(caller: &Caller) -> Result<(), ApiError> {
    let draft = Draft {
        audience: Audience::Users(vec![caller.user.username.clone()]),
        title: "It works".into(),
        body: "This is your test. It was **stored first** and then came here through the stream; it is in your other tabs and \
               on your other devices by now.\n\nMark it *done* when you have seen it: `e` on a keyboard, a swipe to the right under a finger."
            .into(),
        priority: Priority::Normal,
        link: None,
        details: Details::default(),
    };
    match caller.state.publisher.publish(&caller.user, draft, None).await {
        Ok(_) => Ok(()),
        Err(PublishError::Store(error)) => Err(error.into()),
        Err(PublishError::UnknownPeople(_) | PublishError::KeyReused) => Err(ApiError::Forbidden),
    }
}

/// What the caller has sent.
pub async fn sent(caller: &Caller, id: MessageId) -> Result<SentMessage, ApiError> {
    let sent = caller.state.store.sent(id).await?;
    let sent = sent.filter(|sent| sent.sender == caller.user.id).ok_or(ApiError::NotFound)?;
    Ok(SentMessage {
        title: sent.title,
        priority: sent.priority,
        sent_at: sent.sent_at,
        everyone: sent.everyone,
        recipients: sent.recipients,
        delivered: sent.delivered,
    })
}

/// Everything that can be wrong with a form, including names that nobody has.
async fn check(caller: &Caller, form: &DraftForm) -> Result<Result<(Draft, Reach), Vec<Problem>>, ApiError> {
    let audience = if form.everyone { Ok(Audience::Everyone) } else { Audience::parse_names(&form.to) };
    let reach = match &audience {
        Ok(audience) => Some(caller.state.store.reach(audience).await?),
        Err(_) => None,
    };
    let mut problems = Vec::new();
    if let Some(reach) = reach.as_ref().filter(|reach| !reach.unknown.is_empty()) {
        let names: Vec<&str> = reach.unknown.iter().map(|name| name.as_str()).collect();
        problems.push(Problem::new(Field::To, format!("Nobody here has these names: {}.", names.join(", "))));
    }
    Ok(match (form.parse_for(audience), reach) {
        (Ok(draft), Some(reach)) if problems.is_empty() => Ok((draft, reach)),
        (parsed, _) => {
            problems.extend(parsed.err().unwrap_or_default());
            Err(problems)
        }
    })
}

fn sent_page(id: MessageId) -> String {
    format!("/send/sent/{id}")
}

fn new_key() -> Result<String, ApiError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| ApiError::Unexpected { id: log_unexpected(&error) })?;
    Ok(hex(&bytes))
}

async fn kept(caller: &Caller) -> Result<Kept, ApiError> {
    values::read(caller).await.map(|values| values.draft)
}

/// Changes the draft, whatever other requests of the session do to it meanwhile.
async fn change(caller: &Caller, next: impl Fn(Kept) -> Kept) -> Result<(), ApiError> {
    values::change(caller, |values| Values { draft: next(values.draft), ..values }).await
}
