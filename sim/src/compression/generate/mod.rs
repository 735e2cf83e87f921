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

mod compose;
mod names;
mod phrases;
mod talk;

use super::message::Message;
use names::Names;
use serde::{Deserialize, Serialize};
use talk::Talk;

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

#[cfg(test)]
mod tests {
    use super::super::message::Kind;
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
