//! A disk that fails now and then: `strace` answers system calls on chosen files with an error.

use std::path::Path;

/// Which calls fail, on which files, with what, and how often.
pub(super) struct Fault<'f> {
    /// Files in the data folder, or beside it.
    pub(super) files: &'f [&'f str],
    /// The system call.
    pub(super) call: &'f str,
    /// `EIO` or `ENOSPC`.
    pub(super) error: &'f str,
    /// The first of a thread's calls to fail, and how many lie between the next ones.
    pub(super) when: (u32, u32),
}

impl Fault<'_> {
    /// The words to start a program under this fault with; what happened is written to `notes`.
    pub(super) fn words(&self, data: &Path, notes: &Path) -> Vec<String> {
        let Self { files, call, error, when: (first, step) } = self;
        let mut words = strace(notes);
        words.extend(["-e".to_owned(), format!("trace={call}")]);
        words.extend(["-e".to_owned(), format!("inject={call}:error={error}:when={first}+{step}")]);
        let data = data.canonicalize().unwrap();
        for file in *files {
            let (folder, name) = match file.strip_prefix("../") {
                Some(name) => (data.parent().unwrap(), name),
                None => (data.as_path(), *file),
            };
            words.extend(["-P".to_owned(), folder.join(name).display().to_string()]);
        }
        words.push("--".to_owned());
        words
    }
}

/// `strace` on all threads, writing to a file.
pub(super) fn strace(notes: &Path) -> Vec<String> {
    let notes = notes.display().to_string();
    ["strace", "-f", "-y", "-qq", "-o", &notes].map(str::to_owned).to_vec()
}

/// How many calls were made to fail on files whose path holds this.
pub(super) fn injected(notes: &Path, file: &str) -> usize {
    let notes = std::fs::read_to_string(notes).unwrap();
    notes.lines().filter(|line| line.ends_with("(INJECTED)") && line.contains(file)).count()
}
