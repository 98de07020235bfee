//! `tidings config`: what is in force.

use super::super::config::{Loaded, report};
use super::{Failure, say};

pub(super) fn print(settings: &Loaded) -> Result<(), Failure> {
    say(report(settings).trim_end())
}
