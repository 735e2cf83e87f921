//! A session while it is being read: records in order, each with its number, and the accesses
//! that follow from what is known of tool calls.

use crate::names::Names;
use crate::record::{Content, Record, Role, Session};
use crate::tokens::{Counter, content_id};
use crate::touch::Touch;
use attune_trace::access::{Access, NUMBER_MAX};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Who does something, and when.
#[derive(Clone, Debug)]
pub(crate) struct At {
    pub(crate) agent: Arc<str>,
    pub(crate) time_ms: Option<i64>,
    pub(crate) model: Option<Arc<str>>,
    /// What the tool calls the model's answer; the next name is the next turn. Without names, a
    /// turn ends when the agent is given something.
    pub(crate) answer: Option<String>,
}

/// The agent that the user talks to.
pub(crate) const MAIN: &str = "main";

/// The name of a sub-agent.
pub(crate) fn sub_agent(id: &str) -> Arc<str> {
    format!("sub:{id}").into()
}

/// A call whose result is awaited.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) input: Value,
}

#[derive(Default)]
struct Agent {
    turn: u64,
    answer: Option<String>,
    answering: bool,
    model: Option<Arc<str>>,
}

pub(crate) struct Draft<'a> {
    session: Session,
    names: Names,
    counter: &'a mut Counter,
    agents: BTreeMap<Arc<str>, Agent>,
    calls: BTreeMap<String, Call>,
    answered: BTreeSet<String>,
    spawns: BTreeMap<String, usize>,
}

impl<'a> Draft<'a> {
    /// A session in this folder.
    pub(crate) fn new(id: &str, root: Option<&str>, counter: &'a mut Counter) -> Draft<'a> {
        let names = Names::new(root);
        let project = names.project();
        Draft {
            session: Session { id: id.to_string(), project, records: Vec::new() },
            names,
            counter,
            agents: BTreeMap::new(),
            calls: BTreeMap::new(),
            answered: BTreeSet::new(),
            spawns: BTreeMap::new(),
        }
    }

    pub(crate) fn finish(self) -> Session {
        self.session
    }

    /// For sessions whose folder is not known, but whose project is.
    pub(crate) fn set_project(&mut self, project: String) {
        self.session.project = Some(project);
    }

    pub(crate) fn root(&self) -> Option<&str> {
        self.names.root()
    }

    /// Something said; empty texts are left out.
    pub(crate) fn message(&mut self, at: &At, role: Role, text: &str) {
        if !text.trim().is_empty() {
            self.answers(at, matches!(role, Role::Assistant | Role::Thinking));
            self.push(at, Content::Message { role, text: text.to_string() });
        }
    }

    /// A call; `false` if there was one of this name already.
    pub(crate) fn call(&mut self, at: &At, call: &str, name: &str, input: Value) -> bool {
        if self.calls.contains_key(call) || self.answered.contains(call) {
            return false;
        }
        self.answers(at, true);
        let (call, name) = (call.to_string(), name.to_string());
        let known = Call { name: name.clone(), input: input.clone() };
        self.calls.insert(call.clone(), known);
        self.push(at, Content::ToolCall { call, name, input });
        true
    }

    /// The call that a result belongs to. Each has one result: the next ones find nothing.
    pub(crate) fn result(&mut self, at: &At, call: &str, text: &str, failed: bool) -> Option<Call> {
        let known = self.calls.remove(call)?;
        self.answered.insert(call.to_string());
        self.answers(at, false);
        let (call, text) = (call.to_string(), text.to_string());
        self.push(at, Content::ToolResult { call, text, failed });
        Some(known)
    }

    /// Whether this call has its result.
    pub(crate) fn is_answered(&self, call: &str) -> bool {
        self.answered.contains(call)
    }

    pub(crate) fn spawn(&mut self, at: &At, call: &str, agent: Option<Arc<str>>, prompt: &str) {
        self.spawns.insert(call.to_string(), self.session.records.len());
        let (call, prompt) = (call.to_string(), prompt.to_string());
        self.push(at, Content::Spawn { call, agent, prompt });
    }

    /// Which agent it was that a call started.
    pub(crate) fn spawned(&mut self, call: &str, child: &Arc<str>) {
        let record = self.spawns.get(call).map(|&place| &mut self.session.records[place]);
        if let Some(Record { content: Content::Spawn { agent: agent @ None, .. }, .. }) = record {
            *agent = Some(child.clone());
        }
    }

    pub(crate) fn returned(
        &mut self,
        at: &At,
        call: &str,
        agent: Option<Arc<str>>,
        text: &str,
        tokens: Option<u64>,
    ) {
        if let Some(agent) = &agent {
            self.spawned(call, agent);
        }
        let (call, text) = (call.to_string(), text.to_string());
        self.push(at, Content::Return { call, agent, text, tokens });
    }

    pub(crate) fn compaction(
        &mut self,
        at: &At,
        summary: Option<String>,
        tokens_before: Option<u64>,
        trigger: Option<&str>,
    ) {
        let trigger = trigger.map(str::to_string);
        self.push(at, Content::Compaction { summary, tokens_before, trigger });
    }

    /// The summary of the agent's compaction, which may stand in a record of its own.
    pub(crate) fn summary(&mut self, at: &At, text: String) {
        let last = self.session.records.iter_mut().rev().find(|record| record.agent == at.agent);
        if let Some(Record { content: Content::Compaction { summary: empty @ None, .. }, .. }) =
            last
        {
            *empty = Some(text);
        } else {
            self.compaction(at, Some(text), None, None);
        }
    }

    /// The tokens of a text.
    #[cfg(feature = "sqlite")]
    pub(crate) fn tokens(&mut self, text: &str) -> u64 {
        self.counter.count(text)
    }

    /// The name of what is touched.
    pub(crate) fn artifact(&self, touch: &Touch) -> String {
        self.names.artifact(&touch.path, touch.folder.as_deref())
    }

    pub(crate) fn touch(&mut self, at: &At, touch: Touch) {
        let artifact = self.artifact(&touch);
        let done = touch.outcome.is_done();
        let mut count = |text: &Option<String>| text.as_ref().map(|text| self.counter.count(text));
        let (tokens, artifact_tokens) = match done {
            true => (count(&touch.text), count(&touch.whole)),
            false => (Some(0), None),
        };
        let named = |text: &Option<String>| text.as_deref().filter(|_| done).map(content_id);
        let access = Access {
            session: String::new(),
            sequence: 0,
            time_ms: None,
            agent: String::new(),
            turn: None,
            project: None,
            artifact,
            op: touch.op,
            tokens,
            artifact_tokens,
            lines: touch.lines.filter(|lines| done && lines.last() <= NUMBER_MAX),
            total_lines: touch.total_lines.filter(|lines| done && *lines <= NUMBER_MAX),
            version: named(&touch.whole),
            base: named(&touch.before),
            outcome: touch.outcome,
            model: None,
        };
        self.access(at, access);
    }

    /// An access whose sizes are known; who, when and where are filled in.
    pub(crate) fn access(&mut self, at: &At, mut access: Access) {
        let agent = self.agents.entry(at.agent.clone()).or_default();
        access.session.clone_from(&self.session.id);
        access.sequence = self.session.records.len() as u64 + 1;
        access.time_ms = at.time_ms;
        access.agent = at.agent.to_string();
        access.turn = Some(agent.turn).filter(|turn| *turn > 0).or(access.turn);
        access.project = access.project.or_else(|| self.session.project.clone());
        let model = at.model.as_ref().or(agent.model.as_ref());
        access.model = model.map(|model| model.to_string()).or(access.model);
        self.push(at, Content::Access(Box::new(access)));
    }

    /// Keeps count of the agent's turns: this record is of an answer, or not.
    fn answers(&mut self, at: &At, answering: bool) {
        let agent = self.agents.entry(at.agent.clone()).or_default();
        if answering {
            let next = match &at.answer {
                Some(_) => agent.answer != at.answer,
                None => !agent.answering,
            };
            if next {
                agent.turn += 1;
                agent.answer.clone_from(&at.answer);
            }
        }
        agent.answering = answering;
    }

    fn push(&mut self, at: &At, content: Content) {
        let agent = self.agents.entry(at.agent.clone()).or_default();
        if at.model.is_some() {
            agent.model.clone_from(&at.model);
        }
        let record = Record {
            sequence: self.session.records.len() as u64 + 1,
            time_ms: at.time_ms,
            agent: at.agent.clone(),
            turn: agent.turn,
            model: agent.model.clone(),
            content,
        };
        self.session.records.push(record);
    }
}
