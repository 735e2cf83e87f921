//! What a tool call did to one artifact, as it is read off the call and its result.

use attune_trace::access::{LineRange, Op, Outcome};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Touch {
    pub(crate) path: String,
    /// What the path is relative to, if not to the project.
    pub(crate) folder: Option<String>,
    pub(crate) op: Op,
    /// What was delivered, or the new text.
    pub(crate) text: Option<String>,
    /// The whole artifact: as read, or as it is after the write.
    pub(crate) whole: Option<String>,
    /// The whole artifact before the write.
    pub(crate) before: Option<String>,
    pub(crate) lines: Option<LineRange>,
    pub(crate) total_lines: Option<u64>,
    pub(crate) outcome: Outcome,
}

impl Touch {
    pub(crate) fn new(op: Op, path: &str) -> Touch {
        Touch {
            path: path.to_string(),
            folder: None,
            op,
            text: None,
            whole: None,
            before: None,
            lines: None,
            total_lines: None,
            outcome: Outcome::Done,
        }
    }

    pub(crate) fn read(path: &str) -> Touch {
        Touch::new(Op::Read, path)
    }

    pub(crate) fn write(path: &str) -> Touch {
        Touch::new(Op::Write, path)
    }

    pub(crate) fn within(mut self, folder: Option<&str>) -> Touch {
        self.folder = folder.map(str::to_string);
        self
    }

    pub(crate) fn text(mut self, text: impl Into<String>) -> Touch {
        self.text = Some(text.into());
        self
    }

    /// All of it: what was delivered or written is the whole artifact.
    pub(crate) fn whole(mut self, text: impl Into<String>) -> Touch {
        let text = text.into();
        self.whole = Some(text.clone());
        self.text = Some(text);
        self
    }

    /// These lines were delivered; all there are, if `total` says so.
    pub(crate) fn lines(mut self, first: u64, text: &str, total: Option<u64>) -> Touch {
        let count = line_count(text);
        self.text = Some(text.to_string());
        self.total_lines = total;
        let last = first.saturating_add(count).saturating_sub(1);
        self.lines = LineRange::new(first, last).ok().filter(|_| count > 0);
        if first == 1 && total == Some(last) {
            self.whole = Some(text.to_string());
        }
        self
    }

    pub(crate) fn outcome(mut self, outcome: Outcome) -> Touch {
        self.outcome = outcome;
        self
    }
}

pub(crate) fn line_count(text: &str) -> u64 {
    text.lines().count() as u64
}

/// What the tool said of a call that did not work.
pub(crate) fn failure(failed: bool, said: &str) -> Outcome {
    match failed {
        false => Outcome::Done,
        true if said.contains("has been modified since") || said.contains("has changed since") => {
            Outcome::Conflict
        }
        true => Outcome::Failed,
    }
}

/// One replacement of a text by another.
pub(crate) struct Edit<'a> {
    pub(crate) old: &'a str,
    pub(crate) new: &'a str,
    pub(crate) all: bool,
}

/// The text after these edits; `None` if one of them does not fit.
pub(crate) fn edited(before: &str, edits: &[Edit]) -> Option<String> {
    let mut text = before.to_string();
    for Edit { old, new, all } in edits {
        if old.is_empty() {
            if !text.is_empty() {
                return None;
            }
            text = (*new).to_string();
        } else if !text.contains(old) {
            return None;
        } else if *all {
            text = text.replace(old, new);
        } else {
            text = text.replacen(old, new, 1);
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_applied_in_order() {
        let edit = |old, new, all| Edit { old, new, all };
        let both = [edit("a", "b", false), edit("b", "c", true)];
        assert_eq!(edited("a a", &both), Some("c a".to_string()));
        assert_eq!(edited("", &[edit("", "new", false)]), Some("new".to_string()));
        assert_eq!(edited("x", &[edit("", "new", false)]), None);
        assert_eq!(edited("x", &[edit("y", "new", false)]), None);
    }

    #[test]
    fn all_lines_are_the_whole() {
        let touch = Touch::read("a").lines(1, "x\ny\n", Some(2));
        assert_eq!(touch.whole.as_deref(), Some("x\ny\n"));
        let part = Touch::read("a").lines(2, "y\n", Some(2));
        assert_eq!((part.whole, part.lines), (None, LineRange::new(2, 2).ok()));
        let nothing = Touch::read("a").lines(9, "", Some(2));
        assert_eq!((nothing.whole, nothing.lines), (None, None));
    }
}
