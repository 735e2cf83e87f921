//! Worlds that follow a script: what happens is written down step by step, with the messages
//! named by how they read, and told as a story.

use super::{Step, World, text};
use attune_protocol::{AgentId, Rules, Strategy, Strict};
use std::fmt::Write;
use std::path::PathBuf;

pub const A0: AgentId = AgentId(0);
pub const A1: AgentId = AgentId(1);
pub const A2: AgentId = AgentId(2);

/// A strategy without bound; grants last 10 ticks, claims wait 3.
pub fn plain(strategy: Strategy) -> Rules {
    Rules {
        strategy,
        bound_reads: None,
        lease_ticks: 10,
        acknowledgement_ticks: 3,
        revalidate: false,
        discipline: Strict,
    }
}

pub struct Story {
    pub world: World,
    /// What has been told, and the state as it was told last.
    text: String,
    rows: Vec<String>,
}

impl Story {
    pub fn new(title: &str, agents: u32, rules: Rules) -> Story {
        let mut world = World::new(agents, rules);
        world.story = Some(Vec::new());
        let rows = text::world(&world);
        Story { world, text: format!("{title}\n\n    {}\n", rows.join("\n    ")), rows }
    }

    pub fn note(&mut self, note: &str) {
        writeln!(self.text, "\n-- {note}").expect("a string takes everything");
    }

    /// Takes a step, tells it and what it changed.
    ///
    /// # Panics
    /// If a promise is broken by it.
    pub fn does(&mut self, step: Step) {
        let result = self.world.step(step);
        let happened = self.world.story.replace(Vec::new()).unwrap_or_default();
        let rows = text::world(&self.world);
        let changed = rows.iter().zip(&self.rows).filter(|(row, old)| row != old);
        let changed = changed.map(|(row, _)| format!("    {row}"));
        for row in happened.into_iter().chain(changed) {
            writeln!(self.text, "{row}").expect("a string takes everything");
        }
        self.rows = rows;
        result.unwrap_or_else(|wrong| panic!("{wrong}\n{}", self.text));
    }

    /// The oldest message under way that reads so arrives.
    pub fn arrives(&mut self, what: &str) {
        let step = self.under_way(what, Step::LineGets, Step::AgentGets);
        self.does(step);
    }

    pub fn lost(&mut self, what: &str) {
        let step = self.under_way(what, Step::LoseToLine, Step::LoseToAgent);
        self.does(step);
    }

    pub fn repeated(&mut self, what: &str) {
        let step = self.under_way(what, Step::RepeatToLine, Step::RepeatToAgent);
        self.does(step);
    }

    fn under_way(
        &self,
        what: &str,
        to_line: fn(usize) -> Step,
        to_agent: fn(usize) -> Step,
    ) -> Step {
        let World { to_line: up, to_agent: down, .. } = &self.world;
        let up = up.iter().position(|sent| text::to_line(&sent.message).starts_with(what));
        let down = down.iter().position(|sent| text::to_agent(&sent.message).starts_with(what));
        match (up, down) {
            (Some(index), _) => to_line(index),
            (None, Some(index)) => to_agent(index),
            (None, None) => panic!("no {what:?} is under way\n{}", self.text),
        }
    }

    /// Everything under way arrives, in order.
    pub fn all_arrive(&mut self) {
        while !(self.world.to_line.is_empty() && self.world.to_agent.is_empty()) {
            self.does(Step::LineGets(0));
            self.does(Step::AgentGets(0));
        }
    }

    /// An agent reads, and gets what it needs for that.
    pub fn reads(&mut self, agent: AgentId) {
        self.does(Step::Read(agent));
        self.all_arrive();
    }

    /// An agent upgrades, writes and commits, and everything arrives.
    pub fn commits(&mut self, agent: AgentId) {
        for step in [Step::Upgrade, Step::Write, Step::Commit] {
            self.does(step(agent));
            self.all_arrive();
        }
    }

    /// What was told is what is in `golden/`. `UPDATE_GOLDEN=1` writes it there.
    pub fn is_golden(&self, name: &str) {
        is_golden(name, &self.text);
    }
}

pub fn is_golden(name: &str, told: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
        .with_extension("txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, told).unwrap_or_else(|wrong| panic!("{}: {wrong}", path.display()));
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    let line = golden.lines().zip(told.lines()).take_while(|(one, other)| one == other).count();
    assert!(
        golden == told,
        "{} differs from line {} on (UPDATE_GOLDEN=1 accepts it):\n{told}",
        path.display(),
        line + 1
    );
}
