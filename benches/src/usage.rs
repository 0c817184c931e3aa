//! The CPU a process has used, from the kernel's own count.

use std::fs;
use std::time::Duration;

/// The kernel reports CPU time in hundredths of a second.
const TICK: Duration = Duration::from_millis(10);

/// What a process and those it has waited for have used, in user and in kernel.
pub fn cpu(pid: u32) -> Duration {
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { return Duration::ZERO };
    // The name in parentheses may hold spaces; utime, stime, cutime and cstime are the 12th to 15th behind it.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u32 = fields.skip(11).take(4).filter_map(|field| field.parse::<u32>().ok()).sum();
    TICK * ticks
}

/// The same with its living children: a PostgreSQL server is a family.
pub fn cpu_of_family(pid: u32) -> Duration {
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    let children = children.split_whitespace().filter_map(|child| child.parse().ok());
    cpu(pid) + children.map(cpu).sum::<Duration>()
}

/// So many in such a time, a second.
pub fn per_second(count: usize, took: Duration) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / took.as_secs_f64()
}

/// How busy the machine was: the load averages of 1, 5 and 15 minutes.
pub fn load_average() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}
