//! SQLite: the engine inside the binary. One file, one writer, many readers.
//!
//! A change goes `writer` (queue → group commit → [`OnCommit`](super::OnCommit) → answers); reads take a connection of
//! their own pool and see the last commit. The files after `writer` are one for each trait. `broker` comes after.

mod open;

mod life;

mod error;

mod writer;

#[cfg(test)]
mod writer_tests;

mod messages;

mod deliver;

mod opened;

mod acknowledgements;

mod mutes;

mod preferences;

mod inboxes;

mod acts;

mod index;

mod find;

mod habits;

mod found;

mod people;

mod tokens;

mod sessions;

mod receipts;

mod endings;

use std::sync::Arc;

use async_trait::async_trait;
use sqlx::SqlitePool;

use super::{Store, StoreError, Watch};
use crate::domain::Epoch;
use writer::Writer;

pub use open::SqliteOptions;

/// The embedded engine. Rows never leave it: they become words of the domain here.
pub struct Sqlite {
    epoch: Epoch,
    readers: SqlitePool,
    writer: Writer,
}

#[async_trait]
impl Store for Sqlite {
    fn epoch(&self) -> &Epoch {
        &self.epoch
    }

    /// Reads, and lets the writer take and give back the lock of the file.
    async fn ready(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT epoch FROM meta").fetch_one(&self.readers).await?;
        // A real write, or a full disk would go unnoticed: an empty transaction writes nothing.
        self.writer
            .write(|transaction| {
                Box::pin(async move {
                    sqlx::query("UPDATE meta SET epoch = epoch").execute(&mut transaction.connection).await?;
                    Ok(())
                })
            })
            .await
    }

    fn waiting(&self) -> usize {
        self.writer.waiting()
    }

    fn watch(&self, watch: Arc<dyn Watch>) {
        self.writer.watch(watch);
    }

    async fn close(&self) {
        self.writer.close().await;
        self.readers.close().await;
    }
}
