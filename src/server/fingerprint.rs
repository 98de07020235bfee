//! Fingerprint: what tells a repeated send from another one under the same key. Made of the checked draft, so the form
//! and the API agree, and a retry that writes the same JSON differently is the same. Comes before `publish`.

use sha2::{Digest as _, Sha256};

use super::store::Digest;
use crate::domain::{Audience, Details, Draft, LinkAction};

/// Fingerprints are stored: another list of fields needs another word here.
const VERSION: &str = "tidings-message-1";

/// The list of fields of a message that says something about itself. The others keep the fingerprints that they had.
const DETAILED: &str = "tidings-message-2";

/// SHA-256 of the fields in a fixed order, each after its length, so that no two drafts run together to the same bytes.
pub(super) fn fingerprint(draft: &Draft) -> Digest {
    let Draft { audience, title, body, priority, link, details } = draft;
    let mut hash = Sha256::new();
    let mut field = |text: &str| {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    };
    let plain = *details == Details::default();
    for text in
        [if plain { VERSION } else { DETAILED }, title, body, priority.as_str(), link.as_deref().unwrap_or_default()]
    {
        field(text);
    }
    if !plain {
        let Details { category, tags, collapse_key, resolved, actions, acknowledge } = details;
        let flag = |set: &bool| if *set { "1" } else { "" };
        let actions_of = |action: &LinkAction| [action.label.clone(), action.url.clone()];
        for text in [category, collapse_key].map(|text| text.as_deref().unwrap_or_default()) {
            field(text);
        }
        [resolved, acknowledge].into_iter().for_each(|set| field(flag(set)));
        field(&tags.len().to_string());
        tags.iter().for_each(|tag| field(tag));
        field(&actions.len().to_string());
        actions.iter().flat_map(actions_of).for_each(|text| field(&text));
    }
    // Last, because it is as long as it likes.
    match audience {
        Audience::Everyone => field("everyone"),
        Audience::Users(names) => {
            field("users");
            names.iter().for_each(|name| field(name.as_str()));
        }
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::super::hex::hex;
    use super::*;
    use crate::domain::DraftForm;

    fn form() -> DraftForm {
        DraftForm { to: "ann bob".into(), title: "Lunch".into(), body: "At **noon**".into(), ..DraftForm::default() }
    }

    fn actions(labels: &[&str]) -> Vec<LinkAction> {
        labels.iter().map(|label| LinkAction { label: (*label).into(), url: "https://a.example/".into() }).collect()
    }

    fn of(form: DraftForm) -> String {
        hex(&fingerprint(&form.parse().expect("a valid form")))
    }

    #[test]
    fn stored_fingerprints_stay_good() {
        assert_eq!(of(form()), "0d16549ded626efe4ffa4d19b8146fcd1282359a6f071d10b9a59c01af5893f6");
    }

    #[test]
    fn every_field_counts() {
        let all = [
            form(),
            DraftForm { everyone: true, ..form() },
            DraftForm { to: "ann".into(), ..form() },
            DraftForm { to: "annbob".into(), ..form() },
            DraftForm { title: "LunchAt".into(), body: " **noon**".into(), ..form() },
            DraftForm { body: String::new(), ..form() },
            DraftForm { priority: "high".into(), ..form() },
            DraftForm { link: "https://example.org".into(), ..form() },
            DraftForm { category: "k".into(), ..form() },
            DraftForm { collapse_key: "k".into(), ..form() },
            DraftForm { collapse_key: "k".into(), resolved: true, ..form() },
            DraftForm { collapse_key: "k".into(), acknowledge: true, ..form() },
            DraftForm { acknowledge: true, ..form() },
            DraftForm { tags: vec!["k".into()], ..form() },
            DraftForm { tags: vec!["k".into(), "l".into()], ..form() },
            DraftForm { actions: actions(&["a"]), ..form() },
            DraftForm { actions: actions(&["a", "b"]), ..form() },
        ];
        let n = all.len();
        let different: std::collections::HashSet<_> = all.into_iter().map(of).collect();
        assert_eq!(different.len(), n);
    }
}
