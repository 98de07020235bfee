//! An open message in SQLite: what there is beside its row.

use sqlx::types::Json;
use sqlx::{FromRow, SqliteConnection};

use crate::domain::item::{Earlier, HISTORY, Opened, Why};
use crate::domain::{Item, LinkAction, MessageId, UserId};
use crate::server::store::StoreError;

#[derive(FromRow)]
struct OpenedRow {
    shown: i64,
    html: String,
    username: String,
    everyone: bool,
    muted: bool,
    actions: Json<Vec<LinkAction>>,
}

/// Reads the rest of an item that was found at this moment.
pub(super) async fn open(connection: &mut SqliteConnection, user: UserId, item: Item) -> Result<Opened, StoreError> {
    let row: OpenedRow = sqlx::query_as(
        "SELECT messages.id AS shown, html, username, actions,
                EXISTS (SELECT 1 FROM broadcasts WHERE broadcasts.message_id = messages.id) AS everyone,
                EXISTS (SELECT 1 FROM mutes WHERE mutes.user_id = items.user_id AND mutes.sender_id = messages.sender_id)
                 OR EXISTS (SELECT 1 FROM mutes WHERE mutes.user_id = items.user_id AND mutes.category = messages.category)
                AS muted
         FROM items JOIN messages ON messages.id = coalesce(shown_id, items.message_id)
         JOIN users ON users.id = sender_id
         WHERE items.user_id = ? AND items.message_id = ?",
    )
    .bind(user.0)
    .bind(item.id.0)
    .fetch_one(&mut *connection)
    .await?;
    let history = if item.times > 1 { history(connection, user, item.id, row.shown).await? } else { Vec::new() };
    Ok(Opened {
        item,
        html: row.html,
        sender: row.username,
        why: if row.everyone { Why::Everyone } else { Why::You },
        muted: row.muted,
        actions: row.actions.0,
        history,
    })
}

/// The latest of the messages that the row had beside the one that it shows.
async fn history(
    connection: &mut SqliteConnection,
    user: UserId,
    item: MessageId,
    shown: i64,
) -> Result<Vec<Earlier>, StoreError> {
    let rows: Vec<(i64, String, String, bool, Option<i64>)> = sqlx::query_as(
        "SELECT sent_at, title, html, resolved, at FROM
             (SELECT ?2 AS id UNION ALL
              SELECT * FROM (SELECT message_id FROM repeats WHERE user_id = ?1 AND item_id = ?2
                             ORDER BY message_id DESC LIMIT ?4 + 1)) AS row
         JOIN messages ON messages.id = row.id
         LEFT JOIN acknowledgements ON acknowledgements.message_id = row.id AND acknowledgements.user_id = ?1
         WHERE row.id <> ?3 ORDER BY row.id DESC LIMIT ?4",
    )
    .bind(user.0)
    .bind(item.0)
    .bind(shown)
    .bind(HISTORY as i64)
    .fetch_all(connection)
    .await?;
    let earlier =
        |(sent_at, title, html, resolved, acknowledged_at)| Earlier { sent_at, title, html, resolved, acknowledged_at };
    Ok(rows.into_iter().map(earlier).collect())
}
