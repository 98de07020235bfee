//! Receipts: what readers' devices acknowledge, kept for each person and device. Comes after the page's acknowledgement;
//! marks that many items were seen are changes of the inbox like any other, with one number.

use async_trait::async_trait;

use super::StoreError;
use crate::domain::{MessageId, Seq, UserId};

/// Most messages in one acknowledgement. A page shows fewer.
pub const ACKNOWLEDGED_MAX: usize = 500;

/// What devices have applied, shown, and had read.
#[async_trait]
pub trait Receipts: Send + Sync {
    /// Keeps what a device acknowledges, and marks seen what it has shown. Can be repeated: a number never goes back,
    /// a time stays the first. What is not in this person's inbox is passed over.
    async fn acknowledge(&self, user: UserId, ack: Acknowledged) -> Result<(), StoreError>;

    /// The person's devices, the one heard of last first.
    async fn devices(&self, user: UserId) -> Result<Vec<Device>, StoreError>;

    /// What is known of one message in one inbox, device by device; for devices that it did not reach, nothing.
    async fn receipts(&self, user: UserId, id: MessageId) -> Result<Vec<Receipt>, StoreError>;
}

/// One acknowledgement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acknowledged {
    /// The name that the device gives itself.
    pub client: String,
    /// Browser and system.
    pub device: String,
    /// Every change up to this number has been applied; `None`: no news of that.
    pub applied: Option<Seq>,
    /// Stood before the reader's eyes.
    pub seen: Vec<MessageId>,
    /// Was opened.
    pub read: Vec<MessageId>,
    /// Now; milliseconds since the Unix epoch.
    pub at: i64,
}

/// A browser or program that reads an inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// The name that it gives itself.
    pub client: String,
    /// Browser and system.
    pub name: String,
    /// When it was heard of first; milliseconds since the Unix epoch, as all times here.
    pub first_at: i64,
    /// When it was heard of last.
    pub last_at: i64,
    /// Every change up to this number has been applied there.
    pub applied: Seq,
}

/// What happened to one message on one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The device's name for itself.
    pub client: String,
    /// When its arrival was acknowledged; `None` also when that is so long ago that the device's moments of then are
    /// forgotten.
    pub delivered_at: Option<i64>,
    /// When it was seen there first.
    pub seen_at: Option<i64>,
    /// When it was read there first.
    pub read_at: Option<i64>,
}
