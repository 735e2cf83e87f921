//! What whole files held, as far as reads and edits tell: messages have only the texts of an edit,
//! not the file before and after it.
//!
//! The tools that edit by replacing a text refuse if the file changed since the agent read it. So
//! after an edit that worked, the file is the one that was read, with the edit; and whoever shows
//! other lines than that, or writes in a way that cannot be followed, ends what is known of it.

use super::tools::is_cut;
use crate::json::{any_text, flag, list};
use crate::touch::{Edit, Touch, edited};
use attune_trace::access::Op;
use serde_json::Value;
use std::collections::BTreeMap;

/// By artifact.
#[derive(Default)]
pub(super) struct Contents(BTreeMap<String, String>);

impl Contents {
    /// The touch, with the whole before and after it where that follows.
    pub(super) fn follow(&mut self, artifact: String, input: &Value, mut touch: Touch) -> Touch {
        if !touch.outcome.is_done() {
            return touch;
        }
        let before = self.0.remove(&artifact);
        if touch.op == Op::Read {
            let after = touch.whole.clone().or(before.filter(|known| shows(&touch, known)));
            self.0.extend(after.map(|after| (artifact, after)));
            return touch;
        }
        let after = before.as_deref().and_then(|before| edited(before, &edits(input)?));
        touch.whole = touch.whole.or(after);
        touch.before = touch.before.or(before);
        self.0.extend(touch.whole.clone().map(|after| (artifact, after)));
        touch
    }
}

/// Whether the lines that were read are those of the content.
fn shows(touch: &Touch, known: &str) -> bool {
    let (Some(lines), Some(text)) = (touch.lines, &touch.text) else { return true };
    let first = usize::try_from(lines.first()).unwrap_or(usize::MAX);
    let known = known.lines().skip(first.saturating_sub(1));
    text.lines().zip(known).filter(|(read, known)| read == known).count() == text.lines().count()
}

fn edits(input: &Value) -> Option<Vec<Edit<'_>>> {
    if is_cut(input) {
        return None;
    }
    let edit = |edit| {
        let old = any_text(edit, &["old_string", "oldString"])?;
        let new = any_text(edit, &["new_string", "newString"])?;
        let all = flag(edit, &["replace_all"]) || flag(edit, &["replaceAll"]);
        Some(Edit { old, new, all })
    };
    match list(input, &["edits"]) {
        [] => Some(vec![edit(input)?]),
        several => several.iter().map(edit).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn edits_are_followed_until_something_else_is_shown() {
        let mut contents = Contents::default();
        let mut touch = |input: Value, touch| contents.follow("a".to_string(), &input, touch);
        let edit = |old: &str, new: &str| json!({ "old_string": old, "new_string": new });
        assert_eq!(touch(edit("b", "c"), Touch::write("a")).whole, None);
        touch(Value::Null, Touch::read("a").whole("b\nb2\n"));
        let edited = touch(edit("b2", "c"), Touch::write("a"));
        assert_eq!(edited.before.as_deref(), Some("b\nb2\n"));
        assert_eq!(edited.whole.as_deref(), Some("b\nc\n"));
        // The same lines: it is still known. Others: it is not.
        touch(Value::Null, Touch::read("a").lines(2, "c\n", None));
        assert_eq!(touch(edit("c", "d"), Touch::write("a")).whole.as_deref(), Some("b\nd\n"));
        touch(Value::Null, Touch::read("a").lines(2, "changed\n", None));
        assert_eq!(touch(edit("b", "e"), Touch::write("a")).whole, None);
    }
}
