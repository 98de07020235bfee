//! Components: the parts of pages, one a file.

pub mod avatar;

pub mod loudness;

pub mod time;

pub mod pill;

pub mod rail;

pub mod search;

pub mod kept;

pub mod list;

pub mod row;

pub mod verbs;

pub mod bulk;

pub mod snooze;

pub mod palette;

pub mod undo_toast;

pub mod message;

pub mod empty;

pub mod nothing;

pub mod failed;

pub mod messages;

pub mod announcer;

pub mod toast;

pub mod field;

pub mod change;

pub use announcer::Announcer;
pub use avatar::{Avatar, avatar};
pub use bulk::Bulk;
pub use change::{focus_row, on_change};
pub use empty::Empty;
pub use failed::{Failed, Trouble};
pub use field::Field;
pub use kept::{KeptSearch, KeptSearches};
pub use list::List;
pub use loudness::{Loudness, loudness};
pub use message::{Message, NoMessage};
pub use messages::Messages;
pub use nothing::Nothing;
pub use palette::{PALETTE, Palette};
pub use pill::Pill;
pub use rail::Rail;
pub use row::Row;
pub use search::Search;
pub use snooze::{SNOOZE, Snooze};
pub use time::set_clocks;
pub use toast::Toast;
pub use undo_toast::UndoToast;
