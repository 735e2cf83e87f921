//! What was needed again after the handoff: whether the answer stands in what the agent called and
//! said from then on. What tools gave back, and the summary itself, do not count: they say it
//! without anybody's need.

use crate::matcher::Reader;
use crate::question::{Form, Question};
use crate::transcript::transcript;
use attune_import::{Content, Record, Role, Session};

pub(crate) struct Used {
    reader: Reader,
}

impl Used {
    pub(crate) fn of(after: &[Record]) -> Used {
        let by_agent = |record: &&Record| {
            matches!(
                record.content,
                Content::ToolCall { .. } | Content::Message { role: Role::Assistant, .. }
            )
        };
        let records = after.iter().filter(by_agent).cloned().collect();
        let session = Session { id: String::new(), project: None, records };
        Used { reader: Reader::new(&transcript(&session)) }
    }

    /// Of an outcome: whether the same sort of thing was run again.
    pub(crate) fn needs(&self, question: &Question) -> bool {
        match question.form {
            Form::Outcome => question.subject.iter().any(|word| self.reader.has_word(word)),
            _ => self.reader.mentions_answer(question),
        }
    }
}
