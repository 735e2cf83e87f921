//! Sessions of agents' tools, as those tools leave them on disk: Claude Code, Codex, OpenCode,
//! Gemini CLI, SWE-agent, LangGraph, and plain access records or messages.
//!
//! [`Import`] finds the sessions below some paths and gives them one by one, in the order in which
//! they began: each with its whole [`Record`]s, from what was said to what was touched. The
//! [`attune_trace::access::Access`]es among them make an access trace; the contents of the others
//! are not in it. What is not understood is skipped and counted in the [`Report`]: other people's
//! formats change, and a session is worth having without one of its records.
//!
//! What counts as a read or a write, per tool, is in `docs/importing.md`.
//!
//! What looks like a secret is taken out of what is given, unless [`Options::redact`] is off.
//! Sizes and versions are of the original texts: they do not depend on it.

mod claude_code;
mod clock;
mod codex;
mod copies;
mod draft;
mod error;
mod files;
mod gemini;
mod json;
mod jsonl;
#[cfg(feature = "sqlite")]
mod langgraph;
mod lines;
mod names;
mod numbered;
mod opencode;
mod patch;
mod record;
mod recorded;
mod redact;
mod report;
mod shell;
mod sniff;
#[cfg(feature = "sqlite")]
mod sqlite;
mod swe_agent;
mod tokens;
mod tool;
mod touch;

pub use error::ImportError;
pub use record::{Content, Record, Role, Session};
pub use report::{FileReport, Report, Skipped};
pub use tokens::{Counter, TOKENIZER};
pub use tool::Tool;

use attune_trace::access::Op;
use files::Files;
use redact::Redactor;
use report::FileId;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

#[derive(Clone, Debug)]
pub struct Options {
    /// Take out what looks like a secret.
    pub redact: bool,
    /// The project of all sessions, instead of one per folder: for sessions of the same project
    /// from several machines or working copies.
    pub project: Option<String>,
}

impl Default for Options {
    fn default() -> Options {
        Options { redact: true, project: None }
    }
}

/// A session that was found, and how to read it.
struct Plan {
    id: String,
    began_ms: Option<i64>,
    read: Read,
}

type Read = Box<dyn FnOnce(&mut Counter, &mut Report) -> Result<Session, ImportError>>;

/// The sessions of a tool, one by one.
pub struct Import {
    plans: std::vec::IntoIter<Plan>,
    files: Files,
    /// The names that were given so far, and how often each was to be given.
    ids: BTreeMap<String, u64>,
    options: Options,
    counter: Counter,
    redactor: Option<&'static Redactor>,
    report: Report,
}

impl Import {
    /// Finds the sessions below these paths, files or folders.
    pub fn new(tool: Tool, paths: &[PathBuf], options: Options) -> Result<Import, ImportError> {
        let mut report = Report::default();
        let found = Files::find(tool, paths)?;
        let mut files: Vec<FileId> = Vec::new();
        for one in found.found() {
            if one.trouble.is_some() || tool != Tool::OpenCode || !opencode::is_a_part(&one.path) {
                let file = report.add(one);
                files.extend(one.trouble.is_none().then_some(file));
            }
        }
        let mut plans = match tool {
            Tool::ClaudeCode => claude_code::plan(&files, &mut report)?,
            Tool::Codex => codex::plan(&files, &mut report)?,
            Tool::OpenCode => opencode::plan(&files, &mut report)?,
            Tool::Gemini => gemini::plan(&files, &mut report)?,
            Tool::SweAgent => swe_agent::plan(&files, &mut report)?,
            #[cfg(feature = "sqlite")]
            Tool::LangGraph => langgraph::plan(&files, &mut report)?,
            #[cfg(not(feature = "sqlite"))]
            Tool::LangGraph => return Err(ImportError::WithoutSqlite { tool }),
            Tool::Jsonl => jsonl::plan(&files, &mut report)?,
            Tool::Messages => recorded::plan(&files, &mut report)?,
        };
        if plans.is_empty()
            && let [path, ..] = paths
        {
            return Err(nothing(tool, path, &found, &report));
        }
        // The same order whatever the folders are called.
        let began = |plan: &Plan| (plan.began_ms.unwrap_or(i64::MAX), plan.id.clone());
        plans.sort_by_cached_key(began);
        let redactor = options.redact.then(Redactor::compiled);
        let (plans, files, ids) = (plans.into_iter(), found, BTreeMap::new());
        Ok(Import { plans, files, ids, options, counter: Counter::new(), redactor, report })
    }

    /// Whether this file, by whatever name, is among those that are read.
    pub fn reads(&self, path: &Path) -> bool {
        self.files.contain(path)
    }

    /// How many sessions are still to come.
    pub fn remaining(&self) -> usize {
        self.plans.len()
    }

    /// What counts the tokens of this tool's sessions.
    pub fn tokenizer(tool: Tool) -> &'static str {
        match tool {
            Tool::Jsonl => jsonl::TOKENIZER,
            _ => TOKENIZER,
        }
    }

    /// What was read so far, what was skipped, and why.
    pub fn report(&self) -> &Report {
        &self.report
    }

    fn read(&mut self, plan: Plan) -> Result<Session, ImportError> {
        let mut session = (plan.read)(&mut self.counter, &mut self.report)?;
        self.counter.forget();
        self.name(&mut session);
        if let Some(redactor) = &self.redactor {
            redactor.session(&mut session);
        }
        self.tally(&session);
        Ok(session)
    }

    /// Two sessions never have the same name, and all have the project that was asked for.
    fn name(&mut self, session: &mut Session) {
        if let Some(mut count) = self.ids.get(&session.id).copied() {
            let name = loop {
                count += 1;
                let name = format!("{}#{count}", session.id);
                if !self.ids.contains_key(&name) {
                    break name;
                }
            };
            self.ids.insert(std::mem::replace(&mut session.id, name), count);
        }
        self.ids.insert(session.id.clone(), 1);
        if self.options.project.is_some() {
            session.project.clone_from(&self.options.project);
        }
        for record in &mut session.records {
            if let Content::Access(access) = &mut record.content {
                access.session.clone_from(&session.id);
                if self.options.project.is_some() {
                    access.project.clone_from(&self.options.project);
                }
            }
        }
    }

    fn tally(&mut self, session: &Session) {
        let report = &mut self.report;
        report.sessions += 1;
        let agents: BTreeSet<_> = session.records.iter().map(|record| &record.agent).collect();
        report.agents += agents.len() as u64;
        let before = report.reads + report.writes;
        for access in session.accesses() {
            match access.op {
                Op::Read => report.reads += 1,
                Op::Write => report.writes += 1,
            }
            report.failed += u64::from(!access.outcome.is_done());
            report.without_tokens += u64::from(access.tokens.is_none());
        }
        report.sessions_without_accesses += u64::from(report.reads + report.writes == before);
    }
}

impl Iterator for Import {
    type Item = Result<Session, ImportError>;

    fn next(&mut self) -> Option<Result<Session, ImportError>> {
        let plan = self.plans.next()?;
        Some(self.read(plan))
    }
}

/// The tool whose sessions this file looks to hold. `None`: no known one's, a database, a folder.
pub fn looks_like(path: &Path) -> Option<Tool> {
    sniff::tool(path)
}

/// Why there is no session: the first of the reasons, or what the files look to be instead.
fn nothing(tool: Tool, path: &Path, found: &Files, report: &Report) -> ImportError {
    let usable = found.found().iter().filter(|file| file.trouble.is_none());
    let others = usable.filter_map(|file| sniff::tool(&file.path));
    let looks_like = others.into_iter().find(|other| *other != tool);
    let mut why = match report.files.len() {
        1 => "nothing in this file is one".to_string(),
        files => format!("nothing in its {files} files is one"),
    };
    if looks_like.is_none()
        && let Some((file, reason)) = report.first_reason()
    {
        why += &match file == path {
            true => format!(": {reason}"),
            false => format!("; {}: {reason}", file.display()),
        };
    }
    ImportError::Foreign { path: path.to_path_buf(), tool, why, looks_like }
}
