//! The one place that writes to the terminal. A reader that has gone away (`zelo key list | head -1`) is no error,
//! which is why these are not `println!`.

use std::error::Error;
use std::io::{self, Write as _};

/// An answer, on standard output.
pub(crate) fn say(text: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// A remark that is not the answer, on standard error.
pub(crate) fn remark(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Why it was not done: one sentence on standard error.
pub(crate) fn complain(error: &dyn Error) {
    remark(&format!("zelo: {}", sentence(error)));
}

/// An error with its causes, each said once.
pub(crate) fn sentence(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let said = cause.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        next = cause.source();
    }
    text
}

/// Rows under headings, in columns as wide as their widest cell.
pub(crate) fn table<const N: usize>(headings: [&str; N], rows: &[[String; N]]) -> String {
    let mut widths = headings.map(|heading| heading.chars().count());
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: [&str; N]| {
        let cells: Vec<_> = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        cells.join("  ").trim_end().to_owned()
    };
    let mut lines = vec![line(headings)];
    lines.extend(rows.iter().map(|row| line(row.each_ref().map(String::as_str))));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_lines_end_where_they_end() {
        let rows = [["loja".to_owned(), "10".to_owned()], ["newsletter".to_owned(), String::new()]];
        assert_eq!(table(["SOURCE", "PRIORITY"], &rows), "SOURCE      PRIORITY\nloja        10\nnewsletter");
    }

    #[test]
    fn a_cause_that_is_already_said_is_not_said_twice() {
        #[derive(Debug, thiserror::Error)]
        #[error("the folder is gone: {0}")]
        struct Outer(#[source] io::Error);
        let error = Outer(io::Error::other("no such disk"));
        assert_eq!(sentence(&error), "the folder is gone: no such disk");
    }
}
