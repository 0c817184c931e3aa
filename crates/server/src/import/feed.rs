//! Reading ahead: a thread reads rows and makes batches of them while others are on their way.

use tokio::sync::mpsc;
use zelo_intake::file::{FileError, Head, Original, Part, Progress, Reading, Reject, Rows};

use crate::admin::ImportRow;

/// The most messages of a batch.
const MESSAGES: usize = 500;
/// The most bytes of a batch's messages.
const BYTES: usize = 512 * 1024;

/// A batch, and the rows it was made of.
pub(super) struct Fed {
    /// What is sent: those rows that could be read.
    pub(super) rows: Vec<ImportRow>,
    /// All rows, in their order.
    pub(super) read: Vec<Read>,
    /// The head of the table they stand in.
    pub(super) head: Option<Head>,
}

/// A row that was read.
pub(super) struct Read {
    pub(super) part: Option<String>,
    pub(super) line: u64,
    pub(super) original: Original,
    /// Why it is not sent.
    pub(super) rejected: Option<Reject>,
}

/// Batches, read ahead.
pub(super) struct Feed(mpsc::Receiver<Result<Fed, FileError>>);

impl Feed {
    /// Starts to read behind so many rows.
    pub(super) fn start(input: (Vec<Part>, Reading), digest: String, skip: u64, read: Progress) -> Self {
        let (sender, receiver) = mpsc::channel(2);
        tokio::task::spawn_blocking(move || {
            let (parts, reading) = input;
            let feeder = Feeder { sender, digest, skip, row: 0, batch: Batch::default() };
            feeder.all(&parts, &reading, &read);
        });
        Self(receiver)
    }

    /// The next batch; `None` at the end.
    pub(super) async fn next(&mut self) -> Option<Result<Fed, FileError>> {
        self.0.recv().await
    }
}

struct Feeder {
    sender: mpsc::Sender<Result<Fed, FileError>>,
    digest: String,
    skip: u64,
    /// How many rows were read.
    row: u64,
    batch: Batch,
}

#[derive(Default)]
struct Batch {
    rows: Vec<ImportRow>,
    read: Vec<Read>,
    messages: usize,
    bytes: usize,
}

/// Nobody listens any more.
struct Gone;

impl Feeder {
    fn all(mut self, parts: &[Part], reading: &Reading, read: &Progress) {
        let mut head = None;
        for part in parts {
            let done = self.part(part, reading, read, &mut head);
            match done {
                Ok(Ok(())) => {}
                Ok(Err(Gone)) => return,
                Err(error) => {
                    // What was read before is brought in, and counts.
                    if self.flush(head.as_ref()).is_ok() {
                        let _ = self.sender.blocking_send(Err(error));
                    }
                    return;
                }
            }
        }
        let _ = self.flush(head.as_ref());
    }

    fn part(
        &mut self,
        part: &Part,
        reading: &Reading,
        read: &Progress,
        head: &mut Option<Head>,
    ) -> Result<Result<(), Gone>, FileError> {
        let mut rows = Rows::open(&part.path, reading, read)?;
        if let (Some(first), Some(own)) = (&head, rows.head())
            && first != own
        {
            return Err(FileError::Table {
                path: part.path.clone(),
                line: 1,
                problem: "its head is another than that of the first file".to_owned(),
                remedy: "import it alone, with a map of its own".to_owned(),
            });
        }
        *head = rows.head().cloned();
        while let Some(row) = rows.next_row()? {
            self.row += 1;
            if self.row <= self.skip {
                continue;
            }
            let rejected = match row.messages {
                Ok(messages) => {
                    self.batch.messages += messages.len();
                    self.batch.bytes += messages.iter().map(String::len).sum::<usize>();
                    let id = format!("{}-{}", self.digest.get(..24).unwrap_or(&self.digest), self.row);
                    self.batch.rows.push(ImportRow { id, messages });
                    None
                }
                Err(reject) => Some(reject),
            };
            let (line, original) = (row.line, row.original);
            self.batch.read.push(Read { part: part.name.clone(), line, original, rejected });
            let full = self.batch.messages >= MESSAGES || self.batch.bytes >= BYTES;
            if (full || self.batch.read.len() >= 2 * MESSAGES) && self.flush(head.as_ref()).is_err() {
                return Ok(Err(Gone));
            }
        }
        Ok(Ok(()))
    }

    fn flush(&mut self, head: Option<&Head>) -> Result<(), Gone> {
        let Batch { rows, read, .. } = std::mem::take(&mut self.batch);
        if read.is_empty() {
            return Ok(());
        }
        let fed = Fed { rows, read, head: head.cloned() };
        self.sender.blocking_send(Ok(fed)).map_err(|_| Gone)
    }
}
