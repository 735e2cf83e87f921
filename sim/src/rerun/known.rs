//! From the accesses of a group to steps: names become numbers, times ticks, and what one access
//! says of an artifact is known at the next.

use super::step::{ArtifactId, ContentNumber, Did, Extent, Step, Wanted};
use attune_protocol::{AgentId, Tick};
use attune_trace::access::{Access, ContentId, Op};
use std::collections::BTreeMap;

/// The first digits of the SHA-256 of nothing, which importers give empty contents.
const EMPTY: &str = "e3b0c44298fc1c14";

const MILLISECONDS_PER_TICK: i64 = 1000;

/// Leaves room for the deadline of a grant.
const LATEST: Tick = Tick(u32::MAX - 1);

/// What is known of a group by now.
#[derive(Default)]
pub struct Known {
    /// By session and agent.
    agents: BTreeMap<(String, String), usize>,
    calls: Vec<u64>,
    /// By project and name.
    names: BTreeMap<(Option<String>, String), ArtifactId>,
    artifacts: Vec<Artifact>,
    contents: BTreeMap<ContentId, ContentNumber>,
    now: Tick,
    origin_ms: Option<i64>,
    started: bool,
    /// Reads whose size was not recorded.
    pub reads_estimated: u64,
}

#[derive(Clone, Default)]
struct Artifact {
    /// Of the whole, as last recorded.
    tokens: Option<u64>,
    lines: Option<u64>,
    measured: Option<(u64, u64)>,
    /// The largest read so far, and the last line that was read: the whole is no smaller.
    largest: u64,
    last_line: u64,
    content: Option<ContentNumber>,
}

impl Known {
    pub fn agents(&self) -> usize {
        self.agents.len()
    }

    pub fn artifacts(&self) -> usize {
        self.artifacts.len()
    }

    /// Takes the next access that was done. `leaves`: its agent does nothing after it.
    pub fn step(&mut self, access: &Access, leaves: bool) -> Step {
        let now = self.tick(access.time_ms);
        let agent = self.agent(access);
        let (artifact, first) = self.artifact(access);
        let content = access.version.as_ref().map(|content| self.content(content));
        let base = access.base.as_ref().map(|content| self.content(content));
        let known = &mut self.artifacts[artifact.0];
        let found = match access.op {
            Op::Read => content,
            Op::Write => base,
        };
        let changed_outside =
            matches!((known.content, found), (Some(had), Some(found)) if had != found);
        let (did, before) = match access.op {
            Op::Read => {
                known.content = content.or(known.content);
                let (wanted, estimated) = known.learn_read(access);
                self.reads_estimated += u64::from(estimated);
                let extent = known.extent();
                let price = match (access.tokens, wanted) {
                    (Some(given), _) if given > 0 => given,
                    (_, Wanted::Whole) => extent.tokens,
                    (_, Wanted::Lines(lines)) => extent.price(lines.count()),
                    (_, Wanted::Scattered) => 0,
                };
                let given = access.tokens.unwrap_or(price);
                (Did::Read { wanted, given, price, content }, extent)
            }
            Op::Write => {
                let text = access.tokens;
                let whole = text.is_some() && text == access.artifact_tokens;
                if first {
                    let made = whole || access.base.as_ref().is_some_and(|base| base.0 == EMPTY);
                    known.tokens = if made { Some(0) } else { access.artifact_tokens };
                }
                let before = known.extent();
                known.learn_write(access);
                known.content = content;
                (Did::Write { text, whole, content, base }, before)
            }
        };
        let after = known.extent();
        Step {
            agent: AgentId(agent as u32 + 1),
            artifact,
            now,
            time_ms: access.time_ms,
            call: self.calls[agent],
            leaves,
            changed_outside,
            first,
            did,
            before,
            after,
        }
    }

    /// A second of recorded time each, or one per access where there is none. It never goes back.
    fn tick(&mut self, time_ms: Option<i64>) -> Tick {
        let next = match time_ms {
            Some(time) => {
                // Accesses without a time may have come before.
                let now = i64::from(self.now.0);
                let origin =
                    *self.origin_ms.get_or_insert(time.saturating_sub(now * MILLISECONDS_PER_TICK));
                let ticks = time.saturating_sub(origin) / MILLISECONDS_PER_TICK;
                Tick(u32::try_from(ticks.max(0)).unwrap_or(LATEST.0))
            }
            None => self.now.after(u32::from(self.started)),
        };
        self.started = true;
        self.now = self.now.max(next).min(LATEST);
        self.now
    }

    /// The agent's number, its calls counted: by the trace, or one per access where it does not say.
    fn agent(&mut self, access: &Access) -> usize {
        let count = self.agents.len();
        let name = (access.session.clone(), access.agent.clone());
        let agent = *self.agents.entry(name).or_insert(count);
        if agent == count {
            self.calls.push(0);
        }
        let calls = &mut self.calls[agent];
        *calls = match access.turn {
            Some(turn) => turn.max(*calls).max(1),
            None => *calls + 1,
        };
        agent
    }

    fn artifact(&mut self, access: &Access) -> (ArtifactId, bool) {
        let count = self.artifacts.len();
        let name = (access.project.clone(), access.artifact.clone());
        let artifact = *self.names.entry(name).or_insert(ArtifactId(count));
        let first = artifact.0 == count;
        if first {
            self.artifacts.push(Artifact::default());
        }
        (artifact, first)
    }

    fn content(&mut self, content: &ContentId) -> ContentNumber {
        let next = ContentNumber(self.contents.len() as u32);
        *self.contents.entry(content.clone()).or_insert(next)
    }
}

impl Artifact {
    /// What a read asked for, and whether its size was not recorded.
    fn learn_read(&mut self, access: &Access) -> (Wanted, bool) {
        let Access { tokens, artifact_tokens, lines, total_lines, .. } = *access;
        let all_tokens = tokens.is_some() && tokens == artifact_tokens;
        let all_lines = lines.is_some_and(|lines| {
            lines.first() == 1 && total_lines.is_some_and(|total| lines.last() >= total)
        });
        let given = tokens.unwrap_or(0);
        let wanted = match lines {
            _ if all_tokens || all_lines => Wanted::Whole,
            Some(lines) => Wanted::Lines(lines),
            None => Wanted::Scattered,
        };
        self.tokens = artifact_tokens.or(self.tokens);
        self.lines = total_lines.or(self.lines);
        self.largest = self.largest.max(given);
        if let Some(lines) = lines {
            self.last_line = self.last_line.max(lines.last());
            if given > 0 {
                self.measured = Some((given, lines.count()));
            }
        }
        if wanted == Wanted::Whole && given > 0 {
            self.tokens = Some(given);
            self.lines = total_lines.or(lines.map(|lines| lines.last()));
        }
        (wanted, tokens.is_none())
    }

    fn learn_write(&mut self, access: &Access) {
        let Access { tokens, artifact_tokens, total_lines, .. } = *access;
        if artifact_tokens.is_some() && artifact_tokens != self.tokens {
            // How many lines it has now is not known; how long they are, nearly.
            let had =
                self.tokens.zip(self.lines).filter(|&(tokens, lines)| tokens > 0 && lines > 0);
            self.measured = had.or(self.measured);
            self.lines = None;
        }
        self.tokens = artifact_tokens.or(self.tokens);
        self.lines = total_lines.or(self.lines);
        self.largest = self.largest.max(tokens.unwrap_or(0));
        if artifact_tokens.is_some() {
            self.largest = 0;
        }
    }

    fn extent(&self) -> Extent {
        let Artifact { measured, lines, .. } = *self;
        let estimate = || {
            let lines = lines.unwrap_or(self.last_line);
            let by_lines = measured.map_or(0, |(tokens, of)| super::held::share(tokens, lines, of));
            by_lines.max(self.largest)
        };
        Extent { tokens: self.tokens.unwrap_or_else(estimate), lines, measured }
    }
}
