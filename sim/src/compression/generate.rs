//! Messages made up from parameters, to ask what compression depends on.
//!
//! What makes messages compressible is in them for reasons: agents of one project share names,
//! tools have schemas, prose has few words, and much is said again. Each of these reasons is a
//! parameter here, so that its effect is seen alone. The text itself is made of phrases with open
//! places (`phrases.rs`); it says nothing.
//!
//! What can make it wrong: phrases repeat more than real prose does, and real repetition is of whole
//! files and outputs, which `repeat_within` only imitates. So a table on made-up messages says how
//! savings move with a parameter, never how large they are for real agents.

use super::message::{Kind, Message, Role};
use super::phrases::{self, Blank};
use crate::workload::draw::Draw;
use crate::workload::law::Lognormal;
use serde::{Deserialize, Serialize};

/// What made-up messages are like. Probabilities and shares are from 0 to 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Generator {
    pub seed: u64,
    pub sessions: u32,
    /// Messages of one session, on average (each session draws its own, at least 2).
    pub messages: u32,
    /// Sessions are divided evenly over so many projects, each with names of its own.
    pub projects: u32,
    /// Names (of files, functions, fields) of one project.
    pub names: u32,
    /// Zipf: how unevenly names are used; 0: each alike.
    pub name_exponent: f64,
    /// Tools that agents call, of [`Generator::TOOLS_MAX`].
    pub tools: u32,
    /// Share of messages that call a tool; each is followed by its result.
    pub calls: f64,
    /// Share of texts that hold a piece of code.
    pub code: f64,
    /// Median of a message's size, in bytes, and the standard deviation of its logarithm.
    pub size_bytes: f64,
    pub size_sigma: f64,
    /// Probability that a message says again what an earlier one of its session said, with some words
    /// changed; and the same for an earlier one of another session.
    pub repeat_within: f64,
    pub repeat_across: f64,
    /// Share of the words of a repeated message that are changed.
    pub change: f64,
    /// Probability that JSON is written with line breaks, and that its fields are in another order.
    pub pretty: f64,
    pub shuffle: f64,
}

impl Default for Generator {
    fn default() -> Generator {
        Generator {
            seed: 1,
            sessions: 48,
            messages: 24,
            projects: 6,
            names: 200,
            name_exponent: 1.0,
            tools: 8,
            calls: 0.45,
            code: 0.3,
            size_bytes: 400.0,
            size_sigma: 1.1,
            repeat_within: 0.1,
            repeat_across: 0.0,
            change: 0.03,
            pretty: 0.1,
            shuffle: 0.1,
        }
    }
}

/// A parameter out of its range.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{parameter} is {value}; it may be {allowed}")]
pub struct BadParameter {
    pub parameter: &'static str,
    pub value: String,
    pub allowed: String,
}

/// Longest made-up message, in bytes.
const SIZE_MAX: f64 = 65_536.0;

impl Generator {
    pub const TOOLS_MAX: u32 = phrases::TOOLS.len() as u32;

    /// Fails if a parameter is out of its range.
    pub fn check(&self) -> Result<(), BadParameter> {
        let whole = [
            ("sessions", self.sessions, 1, 100_000),
            ("messages", self.messages, 2, 10_000),
            ("projects", self.projects, 1, self.sessions),
            ("names", self.names, 1, 100_000),
            ("tools", self.tools, 1, Generator::TOOLS_MAX),
        ];
        for (parameter, value, min, max) in whole {
            if !(min..=max).contains(&value) {
                let allowed = format!("a whole number from {min} to {max}");
                return Err(BadParameter { parameter, value: value.to_string(), allowed });
            }
        }
        let numbers = [
            ("name_exponent", self.name_exponent, 0.0, 10.0),
            ("calls", self.calls, 0.0, 1.0),
            ("code", self.code, 0.0, 1.0),
            ("size_bytes", self.size_bytes, 16.0, SIZE_MAX),
            ("size_sigma", self.size_sigma, 0.0, 5.0),
            ("repeat_within", self.repeat_within, 0.0, 1.0),
            ("repeat_across", self.repeat_across, 0.0, 1.0),
            ("change", self.change, 0.0, 1.0),
            ("pretty", self.pretty, 0.0, 1.0),
            ("shuffle", self.shuffle, 0.0, 1.0),
        ];
        for (parameter, value, min, max) in numbers {
            if !(min..=max).contains(&value) {
                let allowed = format!("a number from {min} to {max}");
                return Err(BadParameter { parameter, value: value.to_string(), allowed });
            }
        }
        Ok(())
    }

    /// The messages, session by session; the same bytes for the same parameters.
    pub fn messages(&self) -> Result<Vec<Message>, BadParameter> {
        self.check()?;
        let projects: Vec<Names> = (0..self.projects).map(|at| Names::new(self, at)).collect();
        let mut all = Vec::new();
        for session in 0..self.sessions {
            let names = &projects[(session % self.projects) as usize];
            Talk::new(self, session, names).run(&mut all);
        }
        Ok(all)
    }
}

/// Names that the agents of a project share.
struct Names {
    names: Vec<String>,
    /// Sums of the names' weights, in order.
    sums: Vec<f64>,
}

/// Draws for projects are not those for sessions.
const PROJECT: u64 = 1 << 32;

impl Names {
    fn new(generator: &Generator, project: u32) -> Names {
        let mut draw = Draw::new(generator.seed, PROJECT + u64::from(project));
        let names = (0..generator.names).map(|_| phrases::name(&mut draw)).collect();
        let mut sum = 0.0;
        let weight = |rank: u32| libm::pow(f64::from(rank), -generator.name_exponent);
        let sums = (1..=generator.names).map(|rank| {
            sum += weight(rank);
            sum
        });
        Names { names, sums: sums.collect() }
    }

    fn draw(&self, draw: &mut Draw) -> &str {
        let total = self.sums[self.sums.len() - 1];
        let point = draw.unit() * total;
        let place = self.sums.partition_point(|&sum| sum <= point);
        &self.names[place.min(self.names.len() - 1)]
    }
}

/// One session as it is made up.
struct Talk<'g> {
    generator: &'g Generator,
    names: &'g Names,
    session: String,
    draw: Draw,
    calls: u64,
}

impl<'g> Talk<'g> {
    fn new(generator: &'g Generator, session: u32, names: &'g Names) -> Talk<'g> {
        Talk {
            generator,
            names,
            session: format!("made-up-{:05}", session + 1),
            draw: Draw::new(generator.seed, session.into()),
            calls: 0,
        }
    }

    fn run(mut self, all: &mut Vec<Message>) {
        let begun = all.len();
        let spread = 0.5 + self.draw.unit();
        let length = ((f64::from(self.generator.messages) * spread) as usize).max(2);
        self.say(Role::User, Kind::Text, begun, all);
        while all.len() < begun + length {
            if self.draw.hits(self.generator.calls) {
                self.say(Role::Assistant, Kind::ToolCall, begun, all);
                self.say(Role::Tool, Kind::ToolResult, begun, all);
            } else {
                let role = if self.draw.hits(0.2) { Role::User } else { Role::Assistant };
                self.say(role, Kind::Text, begun, all);
            }
        }
    }

    fn say(&mut self, role: Role, kind: Kind, begun: usize, all: &mut Vec<Message>) {
        let within = self.draw.hits(self.generator.repeat_within);
        let across = self.draw.hits(self.generator.repeat_across);
        let earlier = if within { &all[begun..] } else { &all[..begun] };
        let same = |message: &&Message| message.kind == kind;
        let count = earlier.iter().filter(same).count() as u64;
        let content = if (within || across) && count > 0 {
            let chosen = self.draw.below(count) as usize;
            let original = earlier.iter().filter(same).nth(chosen);
            original.map(|message| message.content.clone())
        } else {
            None
        };
        let content = match content {
            Some(original) => self.change(&original),
            None => match kind {
                Kind::Text => self.text(),
                Kind::ToolCall => self.call(),
                Kind::ToolResult => self.result(),
            },
        };
        let seq = (all.len() - begun) as u64;
        let (source, session) = ("made_up".to_string(), self.session.clone());
        all.push(Message { source, session, seq, role, kind, content });
    }

    fn size(&mut self) -> usize {
        let Generator { size_bytes: median, size_sigma: sigma, .. } = *self.generator;
        let law = Lognormal { median, sigma, max: SIZE_MAX };
        self.draw.lognormal(&law).max(16.0) as usize
    }

    /// Another name, or another number, where a word of a repeated message is changed. What is not of
    /// letters and digits alone stays, so JSON stays JSON.
    fn change(&mut self, original: &str) -> String {
        let mut changed = String::with_capacity(original.len());
        let mut rest = original;
        while let Some(start) = rest.find(|c: char| c.is_ascii_alphanumeric()) {
            let (before, word) = rest.split_at(start);
            let end = word.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(word.len());
            changed.push_str(before);
            let (word, after) = word.split_at(end);
            // `\n` in JSON must not become another escape.
            let escaped = before.ends_with('\\');
            if !escaped && self.draw.hits(self.generator.change) {
                if word.bytes().all(|byte| byte.is_ascii_digit()) {
                    changed.push_str(&(1 + self.draw.below(998)).to_string());
                } else if word.len() > 3 {
                    changed.push_str(self.names.draw(&mut self.draw));
                } else {
                    changed.push_str(word);
                }
            } else {
                changed.push_str(word);
            }
            rest = after;
        }
        changed.push_str(rest);
        changed
    }

    fn text(&mut self) -> String {
        let size = self.size();
        let mut text = String::new();
        let code = self.draw.hits(self.generator.code);
        while text.len() < size {
            match self.draw.below(6) {
                0 => self.fill(phrases::HEADINGS, &mut text),
                1 => {
                    for _ in 0..2 + self.draw.below(4) {
                        text.push_str("- ");
                        self.fill(phrases::SENTENCES, &mut text);
                        text.push('\n');
                    }
                }
                2 if code => {
                    let language = self.draw.below(phrases::CODE.len() as u64) as usize;
                    let (name, lines) = phrases::CODE[language];
                    text.push_str("```");
                    text.push_str(name);
                    text.push('\n');
                    self.code(lines, size.saturating_sub(text.len()).min(1500), &mut text);
                    text.push_str("```\n\n");
                }
                _ => {
                    for _ in 0..1 + self.draw.below(4) {
                        self.fill(phrases::SENTENCES, &mut text);
                        text.push(' ');
                    }
                    text.pop();
                    text.push_str("\n\n");
                }
            }
        }
        text.truncate(text.trim_end().len());
        text
    }

    fn code(&mut self, lines: &[&str], size: usize, text: &mut String) {
        let end = text.len() + size.max(40);
        while text.len() < end {
            self.fill(lines, text);
            text.push('\n');
        }
    }

    fn call(&mut self) -> String {
        self.calls += 1;
        let tool = self.draw.below(self.generator.tools.into()) as usize;
        let (name, fields) = phrases::TOOLS[tool];
        let mut input: Vec<(String, String)> = Vec::new();
        for field in fields {
            let mut value = String::new();
            match field.holds {
                phrases::Holds::Phrase(phrases) => self.fill(phrases, &mut value),
                phrases::Holds::Code => {
                    let language = self.draw.below(phrases::CODE.len() as u64) as usize;
                    let size = self.size();
                    self.code(phrases::CODE[language].1, size, &mut value);
                }
            }
            input.push((field.name.to_string(), value));
        }
        if self.draw.hits(self.generator.shuffle) {
            input.reverse();
        }
        self.json(&[("name", name), ("id", &format!("call_{}", self.calls))], &input)
    }

    fn result(&mut self) -> String {
        let size = self.size();
        let mut text = String::new();
        match self.draw.below(4) {
            0 => {
                let lines = phrases::CODE[self.draw.below(phrases::CODE.len() as u64) as usize].1;
                let mut number = 1 + self.draw.below(400);
                while text.len() < size {
                    text.push_str(&format!("{number:>6}\t"));
                    self.fill(lines, &mut text);
                    text.push('\n');
                    number += 1;
                }
            }
            1 => {
                let rows = phrases::RECORD;
                let mut fields: Vec<(String, String)> = Vec::new();
                for (name, phrases) in rows {
                    let mut value = String::new();
                    self.fill(phrases, &mut value);
                    fields.push((name.to_string(), value));
                }
                if self.draw.hits(self.generator.shuffle) {
                    fields.reverse();
                }
                return self.json(&[("status", "ok")], &fields);
            }
            _ => {
                while text.len() < size {
                    self.fill(phrases::OUTPUT, &mut text);
                    text.push('\n');
                }
            }
        }
        text
    }

    /// An object with these fields and, under `input`, those, in this order: a map of `serde_json` has
    /// an order that depends on how it was built.
    fn json(&mut self, head: &[(&str, &str)], input: &[(String, String)]) -> String {
        let [outer, inner, space] = match self.draw.hits(self.generator.pretty) {
            true => ["\n  ", "\n    ", "\n"],
            false => ["", "", ""],
        };
        let mut json = "{".to_string();
        for (name, value) in head {
            json.push_str(&format!("{outer}{}: {},", quoted(name), quoted(value)));
        }
        json.push_str(&format!("{outer}\"input\": {{"));
        for (place, (name, value)) in input.iter().enumerate() {
            let comma = if place > 0 { "," } else { "" };
            json.push_str(&format!("{comma}{inner}{}: {}", quoted(name), quoted(value)));
        }
        json.push_str(&format!("{outer}}}{space}}}"));
        json
    }

    /// One of the phrases, its open places filled.
    fn fill(&mut self, phrases: &[&str], text: &mut String) {
        let phrase = phrases[self.draw.below(phrases.len() as u64) as usize];
        for piece in phrases::pieces(phrase) {
            match piece {
                Blank::Words(words) => text.push_str(words),
                Blank::Name => text.push_str(self.names.draw(&mut self.draw)),
                Blank::Number => text.push_str(&(1 + self.draw.below(998)).to_string()),
                Blank::Path => {
                    for part in ["src/", "/", ""] {
                        if part != "src/" {
                            text.push_str(self.names.draw(&mut self.draw));
                        }
                        text.push_str(part);
                    }
                    let endings = [".rs", ".py", ".ts", ".go", ".md", ".yaml"];
                    text.push_str(endings[self.draw.below(endings.len() as u64) as usize]);
                }
                Blank::Verb => {
                    let verbs = phrases::VERBS;
                    text.push_str(verbs[self.draw.below(verbs.len() as u64) as usize]);
                }
            }
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Generator {
        Generator { sessions: 12, messages: 20, projects: 3, ..Generator::default() }
    }

    #[test]
    fn the_same_parameters_give_the_same_bytes() {
        assert_eq!(small().messages(), small().messages());
        assert_ne!(small().messages(), Generator { seed: 2, ..small() }.messages());
    }

    #[test]
    fn calls_are_json_and_are_answered() {
        let changed = Generator { repeat_within: 0.5, change: 0.3, pretty: 0.5, ..small() };
        let messages = changed.messages().unwrap();
        let calls = |kind| messages.iter().filter(|message| message.kind == kind).count();
        assert!(calls(Kind::ToolCall) > 20);
        assert_eq!(calls(Kind::ToolCall), calls(Kind::ToolResult));
        for message in messages.iter().filter(|message| message.kind == Kind::ToolCall) {
            serde_json::from_str::<serde_json::Value>(&message.content).expect(&message.content);
        }
    }

    #[test]
    fn sizes_follow_the_median() {
        let sizes = |median| {
            let generator = Generator { size_bytes: median, repeat_within: 0.0, ..small() };
            let messages = generator.messages().unwrap();
            let texts = messages.iter().filter(|message| message.kind == Kind::Text);
            let mut sizes: Vec<usize> = texts.map(|message| message.content.len()).collect();
            sizes.sort_unstable();
            sizes[sizes.len() / 2]
        };
        assert!(sizes(300.0) > 250 && sizes(300.0) < 500, "{}", sizes(300.0));
        assert!(sizes(3000.0) > 2400 && sizes(3000.0) < 4200, "{}", sizes(3000.0));
    }

    #[test]
    fn repeated_messages_are_nearly_those_they_repeat() {
        let generator = Generator { repeat_within: 1.0, change: 0.0, ..small() };
        let messages = generator.messages().unwrap();
        let texts: Vec<&str> = messages
            .iter()
            .filter(|message| message.session == "made-up-00001" && message.kind == Kind::Text)
            .map(|message| &*message.content)
            .collect();
        assert!(texts.len() > 2);
        assert!(texts.iter().all(|text| *text == texts[0]));
    }

    #[test]
    fn a_parameter_out_of_its_range_is_named() {
        let error = Generator { change: 1.5, ..small() }.messages().unwrap_err();
        assert_eq!(error.to_string(), "change is 1.5; it may be a number from 0 to 1");
        let error = Generator { projects: 13, ..small() }.messages().unwrap_err();
        assert_eq!(error.to_string(), "projects is 13; it may be a whole number from 1 to 12");
        assert!(Generator { size_sigma: f64::NAN, ..small() }.messages().is_err());
    }
}
