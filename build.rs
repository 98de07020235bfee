//! Names the build and makes sure that a release binary carries the site that was built last.
//!
//! The name is the version and a digest of what the build is made of. It needs no git, and the two builds of one tree,
//! for the server and for the browser, get the same one.

use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// What goes into the digest.
const SOURCES: [&str; 6] = ["src", "style", "public", "migrations", "Cargo.toml", "Cargo.lock"];

/// What cargo-leptos builds and `server::assets` embeds.
const SITE: &str = "target/site";

fn main() -> io::Result<()> {
    let mut digest = DefaultHasher::new();
    for source in SOURCES.map(Path::new).into_iter().filter(|source| source.exists()) {
        println!("cargo:rerun-if-changed={}", source.display());
        hash(source, &mut digest)?;
    }
    println!("cargo:rerun-if-changed=build.rs");
    // Debug builds read the site from disk. In a release, a folder that is not there makes cargo run this each time,
    // so a site that appears later is not missed.
    if env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed={SITE}");
    }
    let version = env::var("CARGO_PKG_VERSION").unwrap_or_default();
    println!("cargo:rustc-env=TIDINGS_BUILD={version}-{:08x}", digest.finish() >> 32);
    Ok(())
}

/// Names and contents, in the same order on every machine.
fn hash(path: &Path, digest: &mut DefaultHasher) -> io::Result<()> {
    if path.is_dir() {
        let mut entries: Vec<PathBuf> =
            fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>()?;
        entries.sort();
        return entries.iter().try_for_each(|entry| hash(entry, digest));
    }
    digest.write(path.to_string_lossy().as_bytes());
    digest.write(&fs::read(path)?);
    Ok(())
}
