//! Fingerprint: what tells a repeated send from another one under the same key. Made of the checked draft, so the form
//! and the API agree, and a retry that writes the same JSON differently is the same. Comes before `publish`.

use sha2::{Digest as _, Sha256};

use super::store::Digest;
use crate::domain::{Audience, Draft};

/// Fingerprints are stored: another list of fields needs another word here.
const VERSION: &str = "tidings-message-1";

/// SHA-256 of the fields in a fixed order, each after its length, so that no two drafts run together to the same bytes.
pub(super) fn fingerprint(draft: &Draft) -> Digest {
    let Draft { audience, title, body, priority, link } = draft;
    let mut hash = Sha256::new();
    let mut field = |text: &str| {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    };
    for text in [VERSION, title, body, priority.as_str(), link.as_deref().unwrap_or_default()] {
        field(text);
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
        ];
        let different: std::collections::HashSet<_> = all.into_iter().map(of).collect();
        assert_eq!(different.len(), 8);
    }
}
