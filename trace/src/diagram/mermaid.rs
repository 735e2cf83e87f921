//! The diagram as Mermaid text (`sequenceDiagram`), for wherever Markdown is shown.

use super::label;
use super::picture::{Stroke, Way, Who, participants, steps};
use crate::{End, Event, Header, Verdict};

/// The sequence diagram of a trace, in Mermaid.
pub fn mermaid(header: &Header, events: &[Event], end: &End) -> String {
    let who = participants(header, events);
    let mut text = "sequenceDiagram\n".to_string();
    let mut say = |line: String| text += &format!("    {line}\n");
    for &it in &who {
        say(format!("participant {}", name(it)));
    }
    let (first, last) = (who.first(), who.last());
    let all = match (first, last) {
        (Some(&first), Some(&last)) if first != last => {
            format!("{},{}", name(first), name(last))
        }
        _ => name(Who::Line),
    };
    let mut note = super::rules(header);
    if let Some(defect) = header.defect().ok().flatten() {
        note += &format!("<br/>{defect}: {}", defect.says());
    }
    say(format!("Note over {all}: {}", escape(&note)));
    let repeats = match end.verdict {
        Verdict::Repeats { from_step, .. } => Some(from_step),
        _ => None,
    };
    let mut looping = false;
    for step in steps(header, events) {
        if repeats == Some(step.number) {
            say("loop for ever".to_string());
            looping = true;
        }
        for stroke in &step.strokes {
            say(match stroke {
                Stroke::Arrow { from, to, label, way } => {
                    // Dotted and open: sent; solid: arrives; crossed: lost.
                    let arrow = match way {
                        Way::Sent => "--)",
                        Way::Arrives => "->>",
                        Way::Lost => "--x",
                    };
                    let (from, to, label) = (name(*from), name(*to), escape(label));
                    format!("{from}{arrow}{to}: {}: {label}", step.number)
                }
                Stroke::Note { at, text } | Stroke::State { at, text } => {
                    format!("Note over {}: {}", name(*at), escape(text.trim_start_matches("* ")))
                }
            });
        }
    }
    if looping {
        say("end".to_string());
    }
    let (heading, explanation) = super::verdict(end, events.len());
    for (line, entries) in end.lines.iter().zip(&end.entries) {
        let copies = entries.iter().enumerate();
        let copies: Vec<String> =
            copies.map(|(agent, entry)| format!("a{agent}: {}", label::entry(entry))).collect();
        let state = format!("line: {}<br/>{}", label::line(line), copies.join("<br/>"));
        say(format!("Note over {all}: {}", escape(&state)));
    }
    let how = match &end.verdict {
        Verdict::Broken { how, .. } => how.as_slice(),
        _ => &[],
    };
    let closing = [heading].into_iter().chain(how.iter().cloned()).chain([explanation]);
    let closing: Vec<String> = closing.filter(|part| !part.is_empty()).collect();
    say(format!("Note over {all}: {}", escape(&closing.join("<br/>"))));
    text
}

fn name(who: Who) -> String {
    match who {
        Who::Line => "line".to_string(),
        Who::Agent(agent) => agent.to_string(),
    }
}

/// `;` ends a statement and `#` begins a character by its number.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '#' => escaped.push_str("#35;"),
            ';' => escaped.push(','),
            '\n' | '\r' => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}
