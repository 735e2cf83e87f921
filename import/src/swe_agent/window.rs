//! The commands that show and edit one open file, a window of it at a time.

use crate::numbered;
use crate::touch::Touch;
use attune_trace::access::{Op, Outcome};

/// What a command did to the open file, which it may change to another.
pub(super) fn touches(action: &str, observation: &str, open: &mut Option<String>) -> Vec<Touch> {
    let (command, rest) = action.split_once(char::is_whitespace).unwrap_or((action, ""));
    let shown = Window::of(observation);
    let named = rest.split_whitespace().next().map(|word| word.trim_matches(['"', '\'']));
    let path = match command {
        "open" | "create" => shown.as_ref().map(|shown| shown.path).or(named),
        _ => shown.as_ref().map(|shown| shown.path).or(open.as_deref()),
    };
    let Some(path) = path.map(str::to_string) else { return Vec::new() };
    let reads = matches!(command, "open" | "goto" | "scroll_down" | "scroll_up");
    let failed = shown.is_none() || refused(observation);
    let touch = Touch::new(if reads { Op::Read } else { Op::Write }, &path);
    if failed {
        return vec![touch.outcome(Outcome::Failed)];
    }
    *open = Some(path);
    let touch = match (command, shown) {
        ("create", _) => touch.whole(""),
        ("edit" | "insert" | "append", _) => touch.text(new_text(rest)),
        (_, Some(shown)) => match numbered::strip(shown.lines) {
            Some(lines) => touch.lines(lines.lines.first(), &lines.text, shown.total),
            None => touch.text(""),
        },
        (_, None) => touch,
    };
    vec![touch]
}

fn refused(observation: &str) -> bool {
    observation.starts_with("Your proposed edit has introduced")
        || observation.starts_with("Error")
        || observation.starts_with("Usage")
}

/// The lines between the numbers of `edit 3:5` and `end_of_edit`.
fn new_text(rest: &str) -> String {
    let body = rest.split_once('\n').map_or("", |(_, body)| body);
    let end = body.trim_end();
    let body = end
        .strip_suffix("end_of_edit")
        .or_else(|| end.strip_suffix("end_of_insert"))
        .or_else(|| end.strip_suffix("EOF"))
        .unwrap_or(body);
    body.to_string()
}

/// `[File: /path (1997 lines total)]`, maybe `(1458 more lines above)`, then numbered lines.
struct Window<'a> {
    path: &'a str,
    total: Option<u64>,
    lines: &'a str,
}

impl Window<'_> {
    fn of(observation: &str) -> Option<Window<'_>> {
        let start = observation.find("[File: ")?;
        let (head, rest) = observation[start + "[File: ".len()..].split_once(")]")?;
        let (path, lines) = head.rsplit_once(" (")?;
        let total = lines.split(' ').next().and_then(|count| count.parse().ok());
        let rest = rest.trim_start_matches('\n');
        let above = rest.starts_with('(') && rest.contains("more lines above)");
        let lines = match above {
            true => rest.split_once('\n').map_or("", |(_, lines)| lines),
            false => rest,
        };
        Some(Window { path, total, lines })
    }
}
