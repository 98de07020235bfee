//! Components: the parts of pages, one a file.

pub mod avatar;

pub mod loudness;

pub mod time;

pub mod pill;

pub mod rail;

pub mod search;

pub mod kept;

pub mod sources;

pub mod chips;

pub mod filters;

pub mod list;

pub mod row;

pub mod verbs;

pub mod bulk;

pub mod snooze;

pub mod palette;

pub mod undo_toast;

pub mod message;

pub mod empty;

pub mod start;

pub mod failed;

pub mod banners;

pub mod announcer;

pub mod toast;

pub mod field;

pub mod change;

pub use announcer::Announcer;
pub use avatar::{Avatar, avatar};
pub use banners::Banners;
pub use bulk::Bulk;
pub use change::on_change;
pub use chips::Chips;
pub use empty::Empty;
pub use failed::{Failed, Trouble};
pub use field::Field;
pub use filters::Filters;
pub use kept::{KeptSearch, KeptSearches, SEARCHES};
pub use list::List;
pub use loudness::{Loudness, loudness};
pub use message::{Message, NoMessage};
pub use palette::{PALETTE, Palette};
pub use pill::{Down, Pill};
pub use rail::Rail;
pub use row::Row;
pub use search::Search;
pub use snooze::{SNOOZE, Snooze};
pub use sources::{Source, Sources};
pub use start::Start;
pub use time::{Moment, set_clocks};
pub use toast::Toast;
pub use undo_toast::UndoToast;
