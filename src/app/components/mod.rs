//! Components: the parts of pages, one a file.

pub mod avatar;

pub mod loudness;

pub mod time;

pub mod pill;

pub mod rail;

pub mod list;

pub mod row;

pub mod message;

pub mod empty;

pub mod failed;

pub mod messages;

pub mod announcer;

pub mod toast;

pub mod flash;

pub mod field;

pub mod change;

pub use announcer::Announcer;
pub use avatar::Avatar;
pub use change::on_change;
pub use empty::Empty;
pub use failed::{Failed, Trouble};
pub use field::Field;
pub use flash::Flash;
pub use list::List;
pub use loudness::Loudness;
pub use message::{Message, NoMessage};
pub use messages::Messages;
pub use pill::Pill;
pub use rail::Rail;
pub use row::Row;
pub use time::Time;
pub use toast::Toast;
