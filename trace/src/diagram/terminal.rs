//! The diagram as plain text: a column for each agent and one for the line, a hundred characters
//! wide for up to three agents.

use super::label;
use super::picture::{Step, Stroke, Way, Who, participants, steps};
use crate::{End, Event, Header, Verdict};

const WIDTH: usize = 100;
/// Where the first column is.
const MARGIN: usize = 6;
/// What the last column has room for.
const LAST: usize = 22;

const LEGEND: [&str; 8] = [
    "v1 version, e2 epoch, #3 request (each agent counts its own), t4 time, (5) sent at step 5",
    "has v1: the sender has a copy of v1; e2 on v1: under the grant of e2, a draft derived from v1",
    "copies: I invalid, S shared, E exclusive (granted), M modified (written, not yet committed)",
    "o╌╌╌▷ sent   ────▶ arrives   ╌╌╌✗ lost   twice: a duplicate stays in flight",
    "The line is the authority's record of the artifact: its version, who has it, who has copies.",
    "line: free, claimed (to be granted once others acknowledge), owned (granted); current: who may",
    "have a copy of its version; behind: who may have an older one, until they acknowledge",
    "held: another agent has claimed or owns the line, ask again later",
];

/// The sequence diagram of a trace.
pub fn terminal(header: &Header, events: &[Event], end: &End) -> String {
    let canvas = Canvas::new(participants(header, events));
    let mut text = String::new();
    for line in LEGEND {
        text += &format!("{line}\n");
    }
    for line in wrap(&format!("Rules: {}.", super::rules(header)), WIDTH) {
        text += &format!("{line}\n");
    }
    if let Some(mutant) = &header.origin.mutant {
        let what = header.defect().ok().flatten().map_or(mutant.clone(), |it| it.to_string());
        text += &format!("Wrong on purpose: {what}.\n");
        let says = header.defect().ok().flatten().map_or("", |defect| defect.says());
        for line in wrap(says, WIDTH - 2) {
            text += &format!("  {line}\n");
        }
    }
    text.push('\n');
    text += &canvas.heads();
    let repeats = match end.verdict {
        Verdict::Repeats { from_step, .. } => Some(from_step),
        _ => None,
    };
    for step in steps(header, events) {
        if repeats == Some(step.number) {
            text += "====  from here on, again and again\n";
        }
        canvas.step(&step, &mut text);
    }
    if let Some(from) = repeats {
        text += &format!("====  and again from step {from}\n");
    }
    text.push('\n');
    text += &states(end);
    let (heading, explanation) = super::verdict(end, events.len());
    for line in wrap(&heading, WIDTH) {
        text += &format!("{line}\n");
    }
    if let Verdict::Broken { how, .. } = &end.verdict {
        for part in how {
            for (number, line) in wrap(part, WIDTH - 4).iter().enumerate() {
                let margin = if number == 0 { "  " } else { "    " };
                text += &format!("{margin}{line}\n");
            }
        }
    }
    for line in wrap(&explanation, WIDTH) {
        text += &format!("{line}\n");
    }
    text
}

/// Everything as it is at the end.
fn states(end: &End) -> String {
    let mut text = "At the end:\n".to_string();
    for (artifact, (line, entries)) in end.lines.iter().zip(&end.entries).enumerate() {
        let name = if end.lines.len() > 1 { format!("[{artifact}] ") } else { String::new() };
        text += &format!("  {name}line  {}; {}\n", label::line(line), label::copies(line));
        for (agent, entry) in entries.iter().enumerate() {
            let agent = format!("a{agent}");
            text += &format!("  {name}{agent:<4}  {}\n", label::entry(entry));
        }
    }
    text
}

struct Canvas {
    who: Vec<Who>,
    gap: usize,
}

impl Canvas {
    fn new(who: Vec<Who>) -> Canvas {
        let between = who.len().saturating_sub(1).max(1);
        let gap = ((WIDTH - MARGIN - LAST) / between).clamp(24, 36);
        Canvas { who, gap }
    }

    fn place(&self, who: Who) -> usize {
        let index = self.who.iter().position(|&it| it == who).unwrap_or(0);
        MARGIN + index * self.gap
    }

    /// An empty row: the lifelines.
    fn row(&self) -> Vec<char> {
        let mut row = vec![' '; MARGIN + self.gap * self.who.len()];
        for &who in &self.who {
            row[self.place(who)] = '│';
        }
        row
    }

    fn heads(&self) -> String {
        let mut row = vec![' '; MARGIN + self.gap * self.who.len()];
        write(&mut row, 0, "step");
        for &who in &self.who {
            let name = match who {
                Who::Line => "line".to_string(),
                Who::Agent(agent) => agent.to_string(),
            };
            write(&mut row, self.place(who), &name);
        }
        finish(&row)
    }

    fn step(&self, step: &Step, text: &mut String) {
        let mut rows = Vec::new();
        for stroke in &step.strokes {
            match stroke {
                Stroke::Arrow { from, to, label, way } => {
                    self.arrow(*from, *to, label, *way, &mut rows);
                }
                Stroke::Note { at, text } | Stroke::State { at, text } => {
                    self.words(*at, text, &mut rows);
                }
            }
        }
        if rows.is_empty() {
            rows.push(self.row());
        }
        write(&mut rows[0], 0, &format!("{:>4}", step.number));
        rows.iter().for_each(|row| *text += &finish(row));
    }

    /// Words at a lifeline, in as many rows as they need to stay off the next.
    fn words(&self, at: Who, text: &str, rows: &mut Vec<Vec<char>>) {
        let place = self.place(at);
        let last = self.who.last() == Some(&at);
        let room = if last { WIDTH.saturating_sub(place + 2).max(LAST) } else { self.gap - 3 };
        for line in wrap(text, room) {
            let mut row = self.row();
            write(&mut row, place + 2, &line);
            rows.push(row);
        }
    }

    fn arrow(&self, from: Who, to: Who, label: &str, way: Way, rows: &mut Vec<Vec<char>>) {
        let (start, stop) = (self.place(from), self.place(to));
        let (left, right) = (start.min(stop), start.max(stop));
        let rightwards = start < stop;
        let shaft = if way == Way::Arrives { '─' } else { '╌' };
        let mut row = self.row();
        row[left + 1..right].fill(shaft);
        let head = match (way, rightwards) {
            (Way::Sent, true) => '▷',
            (Way::Sent, false) => '◁',
            (Way::Arrives, true) => '▶',
            (Way::Arrives, false) => '◀',
            (Way::Lost, _) => '✗',
        };
        // What is lost does not get there.
        let short = if way == Way::Lost { 4 } else { 1 };
        let tip = if rightwards { right - short } else { left + short };
        row[tip] = head;
        if way == Way::Lost {
            let beyond = if rightwards { tip + 1..right } else { left + 1..tip };
            row[beyond].fill(' ');
        }
        if way == Way::Sent {
            row[start] = 'o';
        }
        let length = label.chars().count();
        let room = (right - left).saturating_sub(2 + short);
        if length + 2 <= room {
            let begin = if rightwards { left + 2 } else { left + 1 + short };
            let begin = begin + (room - length - 2) / 2;
            write(&mut row, begin, &format!(" {label} "));
        } else {
            let mut above = self.row();
            write(&mut above, left + 2, label);
            rows.push(above);
        }
        rows.push(row);
    }
}

fn write(row: &mut Vec<char>, at: usize, text: &str) {
    for (place, letter) in (at..).zip(text.chars()) {
        if place >= row.len() {
            row.resize(place + 1, ' ');
        }
        row[place] = letter;
    }
}

fn finish(row: &[char]) -> String {
    let text: String = row.iter().collect();
    format!("{}\n", text.trim_end())
}

/// Text in lines of so many characters, broken between words.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_string()),
        }
    }
    lines
}
