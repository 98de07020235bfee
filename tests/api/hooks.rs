//! The hooks of the page that the manual promises: each `data-testid` that is written in a page is in `docs/TESTING.md`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() { sources(&entry, found) } else { found.push(entry) }
    }
}

/// The names that stand behind `data-testid=` between quotes, also between those of a Rust string; not those that are put together.
fn hooks(source: &str) -> impl Iterator<Item = &str> {
    source.split("data-testid=").skip(1).filter_map(|rest| {
        let name = rest.trim_start_matches('\\').strip_prefix('"')?;
        let end = name.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-' && letter != '_')?;
        Some(&name[..end]).filter(|name| !name.is_empty() && !name.ends_with('-'))
    })
}

#[test]
fn every_hook_of_the_page_is_in_the_manual() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manual = std::fs::read_to_string(root.join("docs/TESTING.md")).expect("the manual");
    let mut files = Vec::new();
    sources(&root.join("src/app"), &mut files);
    let sources: Vec<_> = files.iter().map(|file| std::fs::read_to_string(file).expect("a source")).collect();
    let hooks: BTreeSet<_> = sources.iter().flat_map(|source| hooks(source)).collect();
    assert!(hooks.len() > 80, "hooks are found");
    let missing: Vec<_> = hooks.into_iter().filter(|hook| !manual.contains(&format!("`{hook}`"))).collect();
    assert!(missing.is_empty(), "not in docs/TESTING.md: {missing:?}");
}
