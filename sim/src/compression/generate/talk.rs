//! A session: who says what kind of thing when, and what of it was said before.

use super::names::Names;
use super::{Generator, SIZE_MAX};
use crate::compression::message::{Kind, Message, Role};
use crate::workload::draw::Draw;
use crate::workload::law::Lognormal;

/// One session as it is made up.
pub(super) struct Talk<'g> {
    pub(super) generator: &'g Generator,
    pub(super) names: &'g Names,
    session: String,
    pub(super) draw: Draw,
    pub(super) calls: u64,
}

impl<'g> Talk<'g> {
    pub(super) fn new(generator: &'g Generator, session: u32, names: &'g Names) -> Talk<'g> {
        Talk {
            generator,
            names,
            session: format!("made-up-{:05}", session + 1),
            draw: Draw::new(generator.seed, session.into()),
            calls: 0,
        }
    }

    pub(super) fn run(mut self, all: &mut Vec<Message>) {
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

    pub(super) fn size(&mut self) -> usize {
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
}
