//! What has to be asked.

use crate::error::{Error, ErrorKind, Result};

/// Questions, all of which are asked at once.
#[derive(Default)]
pub(super) struct Questions(Vec<String>);

impl Questions {
    pub(super) fn ask(&mut self, question: String) {
        self.0.push(question);
    }

    /// Errs with the questions, if there are any.
    pub(super) fn asked(&self) -> Result<()> {
        let text = match &self.0[..] {
            [] => return Ok(()),
            [question] => question.clone(),
            several => format!("{} questions:\n- {}", several.len(), several.join("\n- ")),
        };
        Err(Error::new(ErrorKind::Configuration, text))
    }
}
