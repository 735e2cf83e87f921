//! Sessions made up from a model, as access traces: the replay takes them as it takes real ones.

use super::draw::Draw;
use super::fit::logistic;
use super::history::{Choice, History};
use super::model::{Model, Part, Role, Situation, Turns};
use crate::rerun::{Extent, Wanted};
use attune_trace::access::{Access, ContentId, LineRange, NUMBER_MAX, Op, Outcome};

/// Accesses of one session, at most.
const ACCESSES_MAX: u64 = 100_000;

/// Draws of which model are not those of its session.
const KIND: u64 = 0x6b69_6e64;

/// When sessions begin: 2026-01-01T00:00Z, milliseconds since 1970.
const BEGINNING_MS: i64 = 1_767_225_600_000;

/// One session of some models, each taken as often as it has sessions; `None` if there is no model.
pub fn made_up(models: &[Model], seed: u64, number: u64) -> Option<Vec<Access>> {
    let mut draw = Draw::new(seed ^ KIND, number);
    let place = draw.weighted(models.iter().map(|model| model.sessions as f64))?;
    Some(session(&models[place], seed, number))
}

/// One session of a model. Its bytes depend on the arguments alone.
pub fn session(model: &Model, seed: u64, number: u64) -> Vec<Access> {
    let mut draw = Draw::new(seed, number);
    let mut team = Crew::new(model, &mut draw);
    let mut session = Session {
        model,
        name: format!("{}-{:06}", model.source, number + 1),
        draw,
        history: History::default(),
        artifacts: Vec::new(),
        now_ms: BEGINNING_MS,
        accesses: Vec::new(),
    };
    while let Some(agent) = team.next(model.team.stay, &mut session.draw) {
        let turn = model.turns.as_ref().map(|turns| team.call(agent, turns, &mut session.draw));
        session.access(agent, turn);
    }
    session.accesses
}

/// Whose turn it is.
struct Crew {
    /// Accesses that each agent still has to do.
    left: Vec<u64>,
    calls: Vec<Option<u64>>,
    current: Option<usize>,
}

impl Crew {
    fn new(model: &Model, draw: &mut Draw) -> Crew {
        let Model { team, lead, helper, .. } = model;
        let mut left = vec![draw.count(&lead.accesses).min(ACCESSES_MAX)];
        if let Some(helper) = helper
            && !draw.hits(team.alone)
        {
            let helpers = 1 + draw.row(team.another_helper);
            left.extend((0..helpers).map(|_| draw.count(&helper.accesses).min(ACCESSES_MAX)));
        }
        let calls = vec![None; left.len()];
        Crew { left, calls, current: None }
    }

    /// The same agent goes on, or one of the others, who is chosen by what it has left to do.
    fn next(&mut self, stay: f64, draw: &mut Draw) -> Option<usize> {
        let current = self.current.filter(|agent| self.left[*agent] > 0);
        let stays = current.is_some() && draw.hits(stay);
        let chosen = current.filter(|_| stays).or_else(|| {
            let weight = |(agent, left): (usize, &u64)| match self.current == Some(agent) {
                true => 0.0,
                false => *left as f64,
            };
            draw.weighted(self.left.iter().enumerate().map(weight)).or(current)
        })?;
        self.left[chosen] -= 1;
        self.current = Some(chosen);
        Some(chosen)
    }

    /// The call in which the agent's next access is.
    fn call(&mut self, agent: usize, turns: &Turns, draw: &mut Draw) -> u64 {
        let call = match self.calls[agent] {
            None => {
                let before = turns.before_first;
                1 + draw.row(before / (1.0 + before))
            }
            Some(call) if draw.hits(turns.same) => call,
            Some(call) if draw.hits(turns.touch_after_touch) => call + 1,
            Some(call) => call + 2 + draw.row(1.0 - turns.touch_after_pause),
        };
        self.calls[agent] = Some(call);
        call
    }
}

struct Session<'m> {
    model: &'m Model,
    name: String,
    draw: Draw,
    history: History,
    artifacts: Vec<Artifact>,
    now_ms: i64,
    accesses: Vec<Access>,
}

struct Artifact {
    tokens: u64,
    lines: u64,
    never_written: bool,
    /// How often its content changed, where contents have names.
    content: u64,
}

impl Artifact {
    fn extent(&self) -> Extent {
        Extent { tokens: self.tokens, lines: Some(self.lines), measured: None }
    }

    fn price(&self, lines: LineRange) -> u64 {
        self.extent().price(lines.count())
    }
}

impl Session<'_> {
    fn role(&self, agent: usize) -> &Role {
        match &self.model.helper {
            Some(helper) if agent > 0 => helper,
            _ => &self.model.lead,
        }
    }

    fn access(&mut self, agent: usize, turn: Option<u64>) {
        let artifact = self.choose(agent);
        let situation = self.history.situation(agent, artifact);
        self.pass_time(situation);
        let probability = self.role(agent).write.of(situation);
        let may = !self.artifacts[artifact].never_written;
        let op = if may && self.draw.hits(probability) { Op::Write } else { Op::Read };
        let outside = self.model.artifacts.changed_outside;
        let named = outside > 0.0;
        if named && situation != Situation::New && self.draw.hits(outside) {
            self.artifacts[artifact].content += 1;
        }
        let base = self.artifacts[artifact].content;
        self.history.touch(agent, artifact, op);
        let what = match op {
            Op::Read => self.read(agent, artifact),
            Op::Write => self.write(agent, artifact, situation),
        };
        let content = |number: u64| named.then(|| ContentId(format!("{artifact}.{number}")));
        let Artifact { tokens, lines, content: now, .. } = self.artifacts[artifact];
        self.accesses.push(Access {
            session: self.name.clone(),
            sequence: self.accesses.len() as u64 + 1,
            time_ms: self.model.time.is_some().then_some(self.now_ms),
            agent: if agent == 0 { "main".to_string() } else { format!("sub:{agent}") },
            turn: turn.map(|turn| turn.min(NUMBER_MAX)),
            project: None,
            artifact: format!("artifact-{artifact}"),
            op,
            tokens: what.tokens,
            artifact_tokens: what.sized.then_some(tokens),
            lines: what.lines,
            total_lines: what.sized.then_some(lines),
            version: content(now),
            base: content(base).filter(|_| op == Op::Write),
            outcome: Outcome::Done,
            model: None,
        });
    }

    fn pass_time(&mut self, situation: Situation) {
        let Some(time) = &self.model.time else { return };
        let gap = match situation {
            Situation::New | Situation::Shared => &time.new,
            Situation::Stay(_) | Situation::Back(_) => &time.known,
        };
        if !self.accesses.is_empty() && !self.draw.hits(gap.together) {
            let seconds = self.draw.value(&gap.seconds).max(1.0);
            self.now_ms = self.now_ms.saturating_add(libm::round(1000.0 * seconds) as i64);
        }
    }

    fn choose(&mut self, agent: usize) -> usize {
        let Role { locality, discovery, returns, .. } = self.role(agent).clone();
        let past = self.history.agent(agent);
        let last = past.last();
        let (moves, distinct) = (past.moves, past.distinct());
        if let Some((artifact, past)) = last
            && self.draw.hits(locality.of(past))
        {
            return artifact;
        }
        if self.draw.hits(discovery.probability(moves, distinct)) {
            let others = self.history.others(agent);
            if !others.is_empty() && self.draw.hits(discovery.shared) {
                let place = self.draw.weighted(others.iter().map(|(_, touches)| *touches as f64));
                return others[place.unwrap_or(0)].0;
            }
            return self.discover();
        }
        let weight = |choice: &Choice| {
            let Choice { count, age, past } = *choice;
            let weight = returns.popularity * libm::log(count as f64)
                - returns.recency * libm::log(age as f64)
                + returns.past.of(past);
            libm::exp(weight)
        };
        let choices = self.history.agent(agent).choices();
        let choices: Vec<(usize, f64)> =
            choices.iter().map(|(artifact, choice)| (*artifact, weight(choice))).collect();
        let place = self.draw.weighted(choices.iter().map(|(_, weight)| *weight));
        place.map_or_else(|| self.discover(), |place| choices[place].0)
    }

    fn discover(&mut self) -> usize {
        let law = &self.model.artifacts;
        let tokens = self.draw.count(&law.tokens).min(NUMBER_MAX);
        let per_line = self.draw.value(&law.tokens_per_line).max(0.1);
        let lines = (libm::round(tokens as f64 / per_line) as u64).clamp(1, NUMBER_MAX);
        let never_written = self.draw.hits(law.never_written);
        self.artifacts.push(Artifact { tokens, lines, never_written, content: 0 });
        self.artifacts.len() - 1
    }

    fn read(&mut self, agent: usize, artifact: usize) -> What {
        let model = self.model;
        let reads = &model.reads;
        let size = self.artifacts[artifact].tokens;
        let touched = self.history.agent(agent).touched(artifact);
        let which = if touched.has_whole() {
            let again = &reads.again_after_whole;
            match () {
                () if self.draw.hits(again.whole) => Which::Whole,
                () if self.draw.hits(again.scattered) => Which::Scattered(&again.part),
                () => Which::Somewhere(&again.part),
            }
        } else if touched.has_parts() {
            let again = &reads.again_after_parts;
            match () {
                () if self.draw.hits(again.whole) => Which::Whole,
                () if self.draw.hits(again.scattered) => Which::Scattered(&again.part),
                () if self.draw.hits(again.same_lines) => Which::Same,
                () => Which::Other(&again.part, again.fresh),
            }
        } else {
            let first = &reads.first;
            let odds = first.whole_log_odds + first.whole_slope * libm::log(size as f64);
            match () {
                () if self.draw.hits(logistic(odds)) => Which::Whole,
                () if self.draw.hits(first.scattered) => Which::Scattered(&first.part),
                () => Which::Somewhere(&first.part),
            }
        };
        let (wanted, tokens) = self.lines_of(agent, artifact, which);
        let extent = self.artifacts[artifact].extent();
        self.history.agent(agent).touched(artifact).see(wanted, tokens, &extent);
        let lines = match wanted {
            Wanted::Whole => LineRange::new(1, self.artifacts[artifact].lines).ok(),
            Wanted::Lines(lines) => Some(lines),
            Wanted::Scattered => None,
        };
        What { tokens: Some(tokens), lines, sized: true }
    }

    /// Which lines a part is, and their tokens.
    fn lines_of(&mut self, agent: usize, artifact: usize, which: Which) -> (Wanted, u64) {
        let Artifact { tokens, lines: total, .. } = self.artifacts[artifact];
        // A part is not all of it.
        let size = |draw: &mut Draw, part: &Part| {
            libm::pow(tokens as f64, part.slope) * draw.value(&part.draw)
        };
        let count = |draw: &mut Draw, part: &Part| {
            let share = size(draw, part) / tokens as f64;
            (libm::round(share * total as f64) as u64).clamp(1, (total - 1).max(1))
        };
        let (first, length) = match which {
            Which::Whole => return (Wanted::Whole, tokens),
            Which::Scattered(part) => {
                let part = libm::round(size(&mut self.draw, part)).max(1.0) as u64;
                return (Wanted::Scattered, part.min(tokens));
            }
            Which::Same => {
                let asked = &self.history.agent(agent).touched(artifact).asked;
                let lines = asked[self.draw.below(asked.len() as u64) as usize];
                (lines.first(), lines.count())
            }
            Which::Somewhere(part) => {
                let length = count(&mut self.draw, part);
                (1 + self.draw.below(total - length + 1), length)
            }
            Which::Other(part, fresh) => {
                let length = count(&mut self.draw, part);
                let known = libm::round((1.0 - fresh) * length as f64) as u64;
                let touched = self.history.agent(agent).touched(artifact);
                let after = touched.asked.last().map_or(1, |lines| lines.last() + 1);
                // Beyond the end it goes on at the first lines that are missing.
                let missing = match touched.read.first_missing(after) {
                    line if line > total => touched.read.first_missing(1),
                    line => line,
                };
                (missing.saturating_sub(known).max(1), length)
            }
        };
        let last = (first + length - 1).min(total).max(first);
        match LineRange::new(first, last) {
            Ok(lines) if lines.count() < total => {
                (Wanted::Lines(lines), self.artifacts[artifact].price(lines).max(1))
            }
            _ => (Wanted::Whole, tokens),
        }
    }

    fn write(&mut self, agent: usize, artifact: usize, situation: Situation) -> What {
        let texts = &self.model.writes;
        let whole = match situation {
            Situation::New => texts.whole_first,
            _ => texts.whole_later,
        };
        let place = &mut self.artifacts[artifact];
        place.content += 1;
        let sized = true;
        if self.draw.hits(whole) {
            let (tokens, extent) = (place.tokens, place.extent());
            self.history.agent(agent).touched(artifact).see(Wanted::Whole, 0, &extent);
            return What { tokens: Some(tokens), lines: None, sized };
        }
        if self.draw.hits(texts.unrecorded) {
            return What { tokens: None, lines: None, sized };
        }
        // A text of as many tokens as the whole would be taken for the whole.
        let tokens = self.draw.count(&texts.tokens).min(place.tokens.saturating_sub(1));
        What { tokens: Some(tokens), lines: None, sized }
    }
}

/// Which part is read, and how large parts are.
enum Which<'m> {
    Whole,
    Scattered(&'m Part),
    /// What was asked for before.
    Same,
    Somewhere(&'m Part),
    /// What was not, but for a share that was; the share is of what is new.
    Other(&'m Part, f64),
}

struct What {
    /// `None`: not recorded.
    tokens: Option<u64>,
    lines: Option<LineRange>,
    /// The size of the whole is known.
    sized: bool,
}
