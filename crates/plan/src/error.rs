//! Why a plan is refused: which file, where in it, what is wrong and what to do.

/// The first mistake of a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the tracking plan is refused: {file}{at}: {problem}; {remedy}")]
pub struct PlanError {
    file: String,
    /// A line and column, or a JSON Pointer; empty for the file itself.
    at: String,
    problem: String,
    remedy: String,
}

impl PlanError {
    pub(crate) fn new(
        file: impl Into<String>,
        pointer: &str,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        let at = if pointer.is_empty() { String::new() } else { format!(" at {pointer}") };
        Self { file: file.into(), at, problem: problem.into(), remedy: remedy.into() }
    }

    pub(crate) fn of_file(
        file: impl Into<String>,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::new(file, "", problem, remedy)
    }
}
