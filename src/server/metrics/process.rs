//! Process: what the system says of this process. Linux tells it in `/proc`; elsewhere the numbers are 0.

use std::fs;

/// One look.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Process {
    /// Bytes of resident memory.
    pub(super) memory: f64,
    /// Open files.
    pub(super) files: f64,
}

impl Process {
    pub(super) fn now() -> Self {
        Self { memory: memory().unwrap_or_default(), files: files().unwrap_or_default() }
    }
}

/// `VmRSS:     1234 kB` (proc_pid_status(5)).
fn memory() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<f64>().ok()? * 1024.0)
}

/// Since Linux 6.2 the folder's size is their number; before, it is 0 and they are counted one by one.
fn files() -> Option<f64> {
    let folder = "/proc/self/fd";
    let size = fs::metadata(folder).ok()?.len();
    let count = if size > 0 { size } else { fs::read_dir(folder).ok()?.count() as u64 };
    Some(count as f64)
}
