//! `attune check`.

mod baseline;
mod cut;
mod hunt;
mod killed;
mod lineage;
mod list;
mod names;
mod options;
mod profile;
mod show;
mod situation;

use super::{CheckFailed, CutShort};
use crate::interrupt;
use crate::output::Target;
use anyhow::{Context, bail};
use attune_models::case::Case;
use attune_models::check::{Defect, Progress, Report, Verdict, Watch, check_and_tell};
use attune_models::engine::{self, Counted};
use attune_models::mutants::Killed;
use attune_models::printed::findings;
use attune_models::story::Story;
use cut::{Allowed, Cut};
use indicatif::{ProgressBar, ProgressStyle};
pub use options::Arguments;
use options::{Engine, Format, Model};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    interrupt::listen();
    arguments.refuse_ignored()?;
    if arguments.model() == Model::Lineage {
        return lineage::run(arguments);
    }
    if arguments.list {
        return list::run(arguments);
    }
    if arguments.mutants {
        return hunt::run(arguments);
    }
    if let Some(profile) = arguments.profile {
        return profile::run(profile, arguments);
    }
    if arguments.model() == Model::Printed {
        return printed(arguments);
    }
    let defect = arguments.defect()?;
    let cases = arguments.cases()?;
    if let Some(address) = arguments.explore {
        let [case] = cases.as_slice() else { bail!("--explore: choose one --strategy") };
        return explore(case, defect, address);
    }
    if let Some(witness) = arguments.witness()? {
        return situation::run(witness, &cases, arguments);
    }
    if let Some(path) = &arguments.trace {
        // Better now than after a long search.
        Target::open_as("--trace", Some(path))?;
    }
    let mut values = Vec::new();
    let mut told = Vec::new();
    let mut outcome = Ok(());
    for case in &cases {
        if arguments.engine() == Engine::Stateright {
            let opinion = SecondOpinion::of(case, defect, arguments);
            match arguments.format {
                Format::Text => opinion.tell(&mut io::stdout().lock())?,
                Format::Json => values.push(show::counted_value(&opinion)),
            }
            outcome = outcome.and(opinion.status());
        } else {
            let mut timed = Timed::of(arguments, |allowed| {
                searched(case, defect, arguments.threads(), allowed)
            });
            if let (Verdict::Held, Some(mutant)) = (&timed.report.end, arguments.mutant()) {
                timed.killed = killed::elsewhere(mutant).map(|killed| (mutant.to_string(), killed));
            }
            match arguments.format {
                Format::Text => show::report(&timed, &mut io::stdout().lock())?,
                Format::Json => values.push(show::value(&timed)),
            }
            outcome = outcome.and(timed.status());
            told.push(timed);
        }
        if !goes_on() {
            break;
        }
    }
    if arguments.format == Format::Json {
        show::json(&values, &mut io::stdout().lock())?;
    }
    if let Some(path) = &arguments.trace {
        write_trace(path, &told)?;
    }
    outcome
}

/// A report, how long it took, and why it was cut short if it was.
pub struct Timed {
    pub report: Report,
    pub seconds: f64,
    pub cut: Option<Cut>,
    /// A mutant that this case does not kill, and where one does.
    pub killed: Option<(String, Killed)>,
}

impl Timed {
    fn of(arguments: &Arguments, work: impl FnOnce(&Allowed) -> Report) -> Timed {
        let (begun, allowed) = (now(), Allowed::by(arguments));
        let report = work(&allowed);
        let is_cut = report.end == Verdict::CutShort;
        let cut = allowed.cut(report.case.depth).filter(|_| is_cut);
        Timed { report, seconds: begun.elapsed().as_secs_f64(), cut, killed: None }
    }

    /// What it means for the exit status.
    fn status(&self) -> anyhow::Result<()> {
        let Report { case, end, states, .. } = &self.report;
        match end {
            Verdict::Held => Ok(()),
            Verdict::Broken { broken, .. } => Err(CheckFailed(format!("{case}: {broken}")).into()),
            Verdict::CutShort => Err(cut_short(case, *states, self.cut)),
        }
    }
}

fn cut_short(case: &Case, states: usize, cut: Option<Cut>) -> anyhow::Error {
    let why = cut.map_or(String::new(), |cut| format!(" ({cut})"));
    let proved = "nothing is proved beyond them";
    CutShort(format!("{case}: cut short after {states} states{why}; {proved}")).into()
}

/// Writes the first counterexample, and says so if there is none or another one.
fn write_trace(path: &Path, reports: &[Timed]) -> anyhow::Result<()> {
    let mut stories =
        reports.iter().filter_map(|timed| Some((timed, timed.report.story.as_ref()?)));
    let Some((_, story)) = stories.next() else {
        let several = reports.iter().any(|timed| timed.report.end != Verdict::Held);
        let why = match several {
            true => "there is no counterexample that can be told",
            false => "every promise held, so there is no counterexample",
        };
        eprintln!("--trace {}: not written; {why}", path.display());
        return Ok(());
    };
    let story = story.as_ref().map_err(|why| anyhow::anyhow!("--trace: {why}"))?;
    write_story(path, story, "counterexample")?;
    for (timed, _) in stories {
        let case = &timed.report.case;
        eprintln!("--trace: the one of {case} is not written; choose that --strategy alone");
    }
    Ok(())
}

fn write_story(path: &Path, story: &Story, what: &str) -> anyhow::Result<()> {
    let mut target = Target::open_as("--trace", Some(path))?;
    let written = story.write(&mut target).map(drop).and_then(|()| target.finish());
    written.with_context(|| format!("--trace {}: cannot write there", path.display()))?;
    eprintln!("the {what} is in {0}: attune replay {0} --diagram", path.display());
    Ok(())
}

fn searched(case: &Case, defect: Defect, threads: usize, allowed: &Allowed) -> Report {
    watched(&case.to_string(), allowed, &|command, go_on| {
        check_and_tell(case, defect, Some(command), Watch { threads, go_on })
    })
}

/// What a search is given: the command that it is made by, and whom to tell how far it is.
type Searches<'a, T> = &'a dyn Fn(&str, &dyn Fn(Progress) -> bool) -> T;

/// Shows how far a search has come, and stops it where it may go no further.
fn watched<T>(what: &str, allowed: &Allowed, search: Searches<T>) -> T {
    let bar = spinner();
    let begun = now();
    let command: Vec<String> = std::env::args().skip(1).collect();
    let command = format!("attune {}", command.join(" "));
    let found = search(&command, &|progress| {
        let rate = progress.states as f64 / begun.elapsed().as_secs_f64().max(0.001);
        bar.set_message(format!(
            "{} states, {:.0}/s, depth {}, {} pending, {} MB: {what}",
            show::grouped(progress.states as u64),
            rate,
            progress.depth,
            show::grouped(progress.pending as u64),
            memory_mb("VmRSS:"),
        ));
        allowed.go_on(progress.states)
    });
    bar.finish_and_clear();
    found
}

/// What this process holds in memory now (`VmRSS:`) or has held at most (`VmHWM:`), where the system
/// tells.
fn memory_mb(which: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(which));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1024
}

fn spinner() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    bar.set_style(ProgressStyle::with_template("{wide_msg}").expect("the template is well formed"));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// stateright's own search of the same model.
pub struct SecondOpinion {
    pub case: Case,
    pub counted: Counted,
    pub seconds: f64,
    pub cut: Option<Cut>,
}

impl SecondOpinion {
    fn of(case: &Case, defect: Defect, arguments: &Arguments) -> SecondOpinion {
        let (begun, allowed) = (now(), Allowed::by(arguments));
        let counted =
            engine::count(case, defect, arguments.threads(), &|states| allowed.go_on(states));
        let cut = allowed.cut(None).filter(|_| !counted.whole);
        let seconds = begun.elapsed().as_secs_f64();
        SecondOpinion { case: case.clone(), counted, seconds, cut }
    }

    fn tell(&self, out: &mut impl Write) -> io::Result<()> {
        let SecondOpinion { case, counted, seconds, cut } = self;
        let end = match (counted.held, counted.whole) {
            (false, _) => "broken (see --engine attune for what, and the shortest way)".to_string(),
            (true, false) => show::cut_short(*cut),
            (true, true) => "held".to_string(),
        };
        let states = show::grouped(counted.states as u64);
        writeln!(out, "{case}\n  stateright: {end}, {states} states, {seconds:.1} s")
    }

    fn status(&self) -> anyhow::Result<()> {
        let SecondOpinion { case, counted, cut, .. } = self;
        match (counted.held, counted.whole) {
            (false, _) => Err(CheckFailed(format!("{case}: a promise is broken")).into()),
            (true, false) => Err(cut_short(case, counted.states, *cut)),
            (true, true) => Ok(()),
        }
    }
}

fn explore(case: &Case, defect: Defect, address: SocketAddr) -> anyhow::Result<()> {
    // stateright's server says nothing of an address that is taken.
    std::net::TcpListener::bind(address)
        .map_err(|error| anyhow::anyhow!("--explore {address}: {error}; name another address"))?;
    eprintln!("{case}: exploring at http://{address} (Ctrl-C ends it)");
    interrupt::end_at_once();
    engine::serve(case, defect, address);
    Ok(())
}

/// The paper's own specification: what it claims, and what holds.
fn printed(arguments: &Arguments) -> anyhow::Result<()> {
    let findings = findings::all(arguments.agents.unwrap_or(6) as usize);
    let mut out = io::stdout().lock();
    match arguments.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&findings)?)?,
        Format::Text => {
            for finding in &findings {
                writeln!(out, "{finding}")?;
            }
        }
    }
    Ok(())
}

/// For how long a search takes, which is shown and decides nothing.
#[expect(clippy::disallowed_methods, reason = "told to whoever waits, no part of what is found")]
fn now() -> Instant {
    Instant::now()
}

/// Whether to go on.
fn goes_on() -> bool {
    !interrupt::was_asked()
}
