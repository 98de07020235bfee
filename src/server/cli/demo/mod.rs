//! `tidings demo`: a few people and messages to look at. People and messages are made when they are not there;
//! passwords are new each time, because nobody wrote the old ones down.

mod messages;

use std::sync::Arc;

use super::super::config::Config;
use super::super::markdown::Markdown;
use super::super::publish::rendered;
use super::super::store::{Idempotency, NewUser, Published, Store, UserRef};
use super::super::{auth, now_ms};
use super::{Failure, open, say};
use crate::domain::{DraftForm, Role, UserId, Username, typed};
use messages::{MESSAGES, Sample};

/// Name, shown name, role. The last two are programs.
const PEOPLE: [(&str, &str, Role); 6] = [
    ("ana", "Ana Petrov", Role::Admin),
    ("ben", "Ben Okafor", Role::Reader),
    ("chloe", "Chloé Martin", Role::Reader),
    ("daichi", "Daichi Sato", Role::Reader),
    ("deploys", "Deploys", Role::Sender),
    ("monitoring", "Monitoring", Role::Sender),
];

/// Without what is easily misread: 0 and o, 1, i and l.
const LETTERS: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";

pub(super) async fn demo(config: &Config) -> Result<(), Failure> {
    print(&fill(config).await?)
}

/// Makes what is missing; gives everybody's new password.
async fn fill(config: &Config) -> Result<Vec<String>, Failure> {
    let store = open(config).await?;
    let mut ids = Vec::new();
    let mut passwords = Vec::new();
    for (name, shown, role) in PEOPLE {
        let password = fresh_password();
        ids.push(ensure_person(&store, name, shown, role, &password).await?);
        passwords.push(password);
    }
    let mut new = Vec::new();
    // In the order of their times, as they would have come.
    let mut samples: Vec<&Sample> = MESSAGES.iter().collect();
    samples.sort_by_key(|sample| -sample.minutes_ago);
    for sample in samples {
        let sender = PEOPLE.iter().position(|(name, ..)| *name == sample.from).expect("a sample is from somebody");
        let published = send(&store, ids[sender], sample).await?;
        // Messages to everyone wait for the server otherwise.
        while store.deliver_chunk().await? {}
        if !published.repeated {
            new.push((published.id, sample));
        }
    }
    for (message, sample) in new {
        let Some(action) = sample.then else { continue };
        for user in &ids {
            store.act(*user, &[message], action).await?;
        }
    }
    store.close().await;
    Ok(passwords)
}

async fn ensure_person(
    store: &Arc<dyn Store>,
    name: &str,
    shown: &str,
    role: Role,
    password: &str,
) -> Result<UserId, Failure> {
    let username = Username::parse(name)?;
    let password = auth::hash_password(password);
    if let Some(user) = store.user(UserRef::Name(&username)).await? {
        store.set_password(user.id, password).await?;
        return Ok(user.id);
    }
    let display_name = shown.to_owned();
    let user = NewUser { username, display_name, role, password: Some(password), created_at: now_ms() };
    Ok(store.add_user(user).await?)
}

/// Sends a sample once: its title is the key by which the store knows it again.
async fn send(store: &Arc<dyn Store>, sender: UserId, sample: &Sample) -> Result<Published, Failure> {
    let form = DraftForm {
        everyone: sample.to.is_empty(),
        to: sample.to.into(),
        title: sample.title.into(),
        body: sample.body.into(),
        priority: sample.priority.into(),
        link: sample.link.into(),
        category: sample.category.into(),
        tags: typed::words(sample.tags),
        collapse_key: sample.collapse_key.into(),
        resolved: sample.resolved,
        actions: typed::actions(sample.actions),
        acknowledge: sample.acknowledge,
    };
    let draft =
        form.parse().map_err(|problems| Failure::new(format!("the sample «{}»: {problems:?}", sample.title)))?;
    let key = format!("demo: {}", sample.title);
    let idempotency = Idempotency { fingerprint: auth::digest(&key), key };
    let message =
        rendered(&Markdown::new(Vec::new()), sender, draft, now_ms() - sample.minutes_ago * 60_000, Some(idempotency));
    Ok(store.publish(message).await?)
}

fn print(passwords: &[String]) -> Result<(), Failure> {
    say("Who can sign in (the passwords are new each time):\n")?;
    say(format_args!("  {:10}  {:20}  MAY", "NAME", "PASSWORD"))?;
    for ((name, _, role), password) in PEOPLE.iter().zip(passwords) {
        let may = if role.may_send() { "read and send" } else { "read" };
        say(format_args!("  {name:10}  {password:20}  {may}"))?;
    }
    say("")
}

/// Four groups of four letters, some 79 bits.
fn fresh_password() -> String {
    let mut letters = String::new();
    while letters.len() < 19 {
        let mut byte = [0];
        getrandom::fill(&mut byte).expect("the system has randomness");
        // 248 is the greatest multiple of 31 below 256; what is above would make some letters likelier.
        if let Some(letter) = (byte[0] < 248).then(|| LETTERS[usize::from(byte[0]) % LETTERS.len()]) {
            if letters.len() % 5 == 4 {
                letters.push('-');
            }
            letters.push(char::from(letter));
        }
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::View;
    use crate::domain::user::check_password;

    #[test]
    fn passwords_are_good_and_new() {
        let password = fresh_password();
        assert_eq!(password.len(), 19, "{password}");
        assert!(password.split('-').all(|group| group.len() == 4), "{password}");
        assert_eq!(check_password(&password), Ok(()));
        assert_ne!(password, fresh_password());
    }

    #[tokio::test]
    async fn the_second_time_only_passwords_change() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let mut config = Config::default();
        config.storage.data_dir = folder.path().to_owned();
        fill(&config).await.expect("the first time");
        let inbox = async || {
            let store = open(&config).await.expect("the store");
            let ben = Username::parse("ben").expect("a name");
            let ben = store.user(UserRef::Name(&ben)).await.expect("read").expect("there");
            let page = store.page(ben.id, View::Inbox, None, 50).await.expect("a page");
            (ben.password, page)
        };
        let (password, page) = inbox().await;
        assert!(page.items.len() >= 5);
        fill(&config).await.expect("the second time");
        let (other_password, same_page) = inbox().await;
        assert_ne!(password, other_password);
        assert_eq!(page, same_page);
    }
}
