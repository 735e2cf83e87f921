//! The text of one message, put together from phrases: said, called, or given back by a tool.

use super::phrases::{self, Blank};
use super::talk::Talk;

impl Talk<'_> {
    pub(super) fn text(&mut self) -> String {
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

    pub(super) fn call(&mut self) -> String {
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

    pub(super) fn result(&mut self) -> String {
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
