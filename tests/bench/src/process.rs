//! What Linux tells of a process: the processor time it took, its memory, its sockets, and how many files it may open.

use anyhow::Context;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// The processor time of all threads of `pid` so far.
pub(crate) fn cpu_time(pid: u32) -> anyhow::Result<Duration> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).context("failed to list the threads")?;
    let mut time = Duration::ZERO;
    for task in tasks {
        time += scheduled(&task?.path())?;
    }
    Ok(time)
}

/// The processor time of this thread so far.
pub(crate) fn own_cpu_time() -> anyhow::Result<Duration> {
    scheduled(Path::new("/proc/thread-self"))
}

/// How long a thread has run, exact to the nanosecond where ticks would not be.
fn scheduled(task: &Path) -> anyhow::Result<Duration> {
    let text =
        fs::read_to_string(task.join("schedstat")).context("failed to read a thread's time")?;
    let nanos = text.split_whitespace().next().unwrap_or_default();
    Ok(Duration::from_nanos(
        nanos.parse().context("failed to read a thread's time")?,
    ))
}

/// The memory that `pid` holds, in bytes.
pub(crate) fn memory(pid: u32) -> anyhow::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))
        .context("failed to read the process's status")?;
    let kilobytes = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok())
        .context("failed to find VmRSS")?;
    Ok(kilobytes * 1024)
}

/// How many sockets `pid` holds open, the one that listens among them.
pub(crate) fn sockets(pid: u32) -> anyhow::Result<usize> {
    let files = fs::read_dir(format!("/proc/{pid}/fd")).context("failed to list open files")?;
    let links = files
        .flatten()
        .filter_map(|file| fs::read_link(file.path()).ok());
    Ok(links
        .filter(|link| link.to_string_lossy().starts_with("socket:"))
        .count())
}

/// How many files this process may have open, and how many it may ask for.
pub(crate) fn open_files() -> anyhow::Result<(u64, u64)> {
    let limits = fs::read_to_string("/proc/self/limits").context("failed to read the limits")?;
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))
        .context("failed to find the limit of open files")?;
    let mut numbers = line
        .split_whitespace()
        .map(|word| word.parse().unwrap_or(u64::MAX));
    match (numbers.next(), numbers.next()) {
        (Some(soft), Some(hard)) => Ok((soft, hard)),
        _ => anyhow::bail!("failed to read the limit of open files"),
    }
}
