//! Life: whether the file is still the one that was served last, or an older copy that was put back.
//!
//! The database counts the numbers that it gives, and a note beside it says how far the count had come when readers heard of
//! it. Comes with opening and with every commit, after it is on disk and before it is told; so the note is never ahead of
//! the database, and no reader has a number that is ahead of the note. `docs/DESIGN.md` has what that cannot see.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use sqlx::SqliteConnection;

use crate::domain::Epoch;
use crate::server::store::StoreError;

/// Longer is no note of ours.
const NOTE_MAX: u64 = 256;

/// Adds to the count, in the commit that gives the numbers. Answers where it stands.
pub(super) async fn count(connection: &mut SqliteConnection, numbers: usize) -> Result<i64, StoreError> {
    let counted = sqlx::query_scalar("UPDATE meta SET changes = changes + ? RETURNING changes");
    Ok(counted.bind(i64::try_from(numbers).unwrap_or(i64::MAX)).fetch_one(connection).await?)
}

/// Why a database cannot go on with its epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Broken {
    #[error("there is no note of its life beside it")]
    NoNote,
    #[error("the note beside it was copied, so both may be old")]
    Copied,
    #[error("the note beside it is of another life")]
    OtherLife,
    #[error("it is older than the note beside it")]
    Older,
}

/// Whether a database with this epoch and count is the one that the note is about.
pub(super) fn goes_on(database: &Path, epoch: &str, changes: i64) -> Result<(), Broken> {
    let noted = read(&place(database)).ok().flatten().ok_or(Broken::NoNote)?;
    if noted.birth != noted.found {
        return Err(Broken::Copied);
    }
    if noted.epoch != epoch {
        return Err(Broken::OtherLife);
    }
    if changes < noted.changes { Err(Broken::Older) } else { Ok(()) }
}

/// What a note says, and whose birth it has.
struct Noted {
    epoch: String,
    changes: i64,
    birth: String,
    found: String,
}

fn place(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push("-life");
    name.into()
}

/// A file keeps these when it is written in place, renamed or moved within its file system; a copy has its own.
fn birth(file: &Metadata) -> String {
    let born = file.created().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    format!("{}.{}", file.ino(), born.as_nanos())
}

/// `None`: something, but no note.
fn read(place: &Path) -> io::Result<Option<Noted>> {
    let file = File::open(place)?;
    let found = birth(&file.metadata()?);
    let mut text = String::new();
    file.take(NOTE_MAX).read_to_string(&mut text)?;
    let mut words = text.strip_suffix('\n').unwrap_or_default().split(' ');
    let (Some(epoch), Some(changes), Some(birth), None) = (words.next(), words.next(), words.next(), words.next())
    else {
        return Ok(None);
    };
    let (epoch, birth) = (epoch.to_owned(), birth.to_owned());
    Ok(changes.parse().ok().map(|changes| Noted { epoch, changes, birth, found }))
}

/// The open note of a database that is served. Who serves nobody has a silent one.
pub(super) struct Note {
    place: PathBuf,
    epoch: Epoch,
    /// With its birth. `None`: nothing is noted.
    file: Mutex<Option<(File, String)>>,
}

impl Note {
    /// Notes nothing.
    pub(super) fn silent(database: &Path, epoch: Epoch) -> Self {
        Self { place: place(database), epoch, file: Mutex::new(None) }
    }

    /// Goes on with the note that is there, or begins another one.
    pub(super) fn begin(database: &Path, epoch: Epoch, changes: i64, anew: bool) -> Self {
        let note = Self::silent(database, epoch);
        match note.open(anew) {
            Ok(file) => *note.file.lock().unwrap_or_else(PoisonError::into_inner) = Some(file),
            Err(error) => note.lose(&error),
        }
        note.write(changes);
        note.sync();
        note
    }

    fn open(&self, anew: bool) -> io::Result<(File, String)> {
        let mut options = File::options();
        options.write(true).mode(0o600);
        if anew {
            // Another file, with another birth; a shorter text over a longer one would be no note either.
            match fs::remove_file(&self.place) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => options.create_new(true),
            };
        }
        let file = options.open(&self.place)?;
        let birth = birth(&file.metadata()?);
        Ok((file, birth))
    }

    /// Notes where the count stands. One write of always the same length to memory that outlives this process: there is
    /// nothing to wait for, and nothing that `kill -9` could leave half-done.
    pub(super) fn write(&self, changes: i64) {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((open, birth)) = &*file else { return };
        let text = format!("{} {changes:020} {birth}\n", self.epoch.as_str());
        if let Err(error) = open.write_all_at(text.as_bytes(), 0) {
            *file = None;
            self.lose(&error);
        }
    }

    /// Power loss takes at most what came since.
    fn sync(&self) {
        if let Some((open, _)) = &*self.file.lock().unwrap_or_else(PoisonError::into_inner) {
            // Without it, the note may be empty after power loss; then the epoch changes, and nothing else.
            let _ = open.sync_all();
        }
    }

    /// No note is better than an old one: without it the next start begins another epoch.
    fn lose(&self, error: &io::Error) {
        let _ = fs::remove_file(&self.place);
        let note = self.place.display();
        tracing::warn!(%error, "cannot write {note}; after the next start every reader reloads their list");
    }
}
