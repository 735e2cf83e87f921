//! `attune check`.

mod baseline;
mod hunt;
mod names;
mod options;
mod profile;
mod show;
mod situation;

use super::{CheckFailed, CutShort};
use crate::interrupt;
use crate::output::Target;
use anyhow::bail;
use attune_models::case::Case;
use attune_models::check::{Defect, Progress, Report, Verdict, Watch, check_and_tell};
use attune_models::engine;
use attune_models::printed::findings;
use attune_models::story::Story;
use indicatif::{ProgressBar, ProgressStyle};
pub use options::Arguments;
use options::{Engine, Format, Model};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    interrupt::listen();
    if arguments.mutants {
        return hunt::run(arguments);
    }
    if let Some(profile) = arguments.profile {
        return profile::run(profile, arguments);
    }
    if arguments.model == Model::Printed {
        arguments.refuse_for_printed()?;
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
    let mut reports = Vec::new();
    let mut outcome = Ok(());
    for case in &cases {
        let timed = match arguments.engine {
            Engine::Attune => Timed::of(|| searched(case, defect, arguments)),
            Engine::Stateright => {
                outcome = outcome.and(second_opinion(case, defect, arguments)?);
                continue;
            }
        };
        if arguments.format == Format::Text {
            show::report(&timed, &mut io::stdout().lock())?;
        }
        if let Some(path) = &arguments.trace {
            write_trace(path, &timed.report)?;
        }
        outcome = outcome.and(status(&timed.report));
        reports.push(timed);
        if !goes_on() {
            break;
        }
    }
    if arguments.format == Format::Json && arguments.engine == Engine::Attune {
        show::json(&reports, &mut io::stdout().lock())?;
    }
    outcome
}

/// A report, and how long it took.
pub struct Timed {
    pub report: Report,
    pub seconds: f64,
}

impl Timed {
    fn of(work: impl FnOnce() -> Report) -> Timed {
        let begun = now();
        let report = work();
        Timed { report, seconds: begun.elapsed().as_secs_f64() }
    }
}

/// Writes the counterexample, if there is one.
fn write_trace(path: &Path, report: &Report) -> anyhow::Result<()> {
    let Some(story) = &report.story else { return Ok(()) };
    let story = story.as_ref().map_err(|why| anyhow::anyhow!("--trace: {why}"))?;
    write_story(path, story, "counterexample")
}

fn write_story(path: &Path, story: &Story, what: &str) -> anyhow::Result<()> {
    let mut target = Target::open_as("--trace", Some(path))?;
    story.write(&mut target)?;
    target.finish()?;
    eprintln!("the {what} is in {0}: attune replay {0} --diagram", path.display());
    Ok(())
}

/// What a report means for the exit status.
fn status(report: &Report) -> anyhow::Result<()> {
    match &report.end {
        Verdict::Held => Ok(()),
        Verdict::Broken { broken, .. } => {
            Err(CheckFailed(format!("{}: {broken}", report.case)).into())
        }
        Verdict::CutShort => Err(CutShort(format!(
            "{}: cut short after {} states; nothing is proved beyond them",
            report.case, report.states
        ))
        .into()),
    }
}

fn searched(case: &Case, defect: Defect, arguments: &Arguments) -> Report {
    let threads = arguments.threads();
    watched(case, arguments, &|command, go_on| {
        check_and_tell(case, defect, Some(command), Watch { threads, go_on })
    })
}

/// What a search is given: the command that it is made by, and whom to tell how far it is.
type Searches<'a, T> = &'a dyn Fn(&str, &dyn Fn(Progress) -> bool) -> T;

/// Shows how far a search has come, and stops it where it may go no further.
fn watched<T>(case: &Case, arguments: &Arguments, search: Searches<T>) -> T {
    let bar = spinner();
    let begun = now();
    let command: Vec<String> = std::env::args().skip(1).collect();
    let command = format!("attune {}", command.join(" "));
    let found = search(&command, &|progress| {
        let rate = progress.states as f64 / begun.elapsed().as_secs_f64().max(0.001);
        bar.set_message(format!(
            "{} states, {:.0}/s, depth {}, {} pending, {} MB: {case}",
            show::grouped(progress.states as u64),
            rate,
            progress.depth,
            show::grouped(progress.pending as u64),
            memory_mb("VmRSS:"),
        ));
        let in_time = arguments.states_max.is_none_or(|most| progress.states <= most);
        in_time && !interrupt::was_asked()
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
fn second_opinion(
    case: &Case,
    defect: Defect,
    arguments: &Arguments,
) -> anyhow::Result<anyhow::Result<()>> {
    if case.depth.is_some()
        || case.liveness
        || case.refinement
        || case.subsumption
        || arguments.trace.is_some()
    {
        bail!(
            "--engine stateright counts states and sees whether the promises of each step hold; \
             leave out --depth, --liveness, --refinement, --subsumption and --trace"
        );
    }
    let begun = now();
    let threads = arguments.threads();
    let counted = engine::count(case, defect, threads, &|states| {
        arguments.states_max.is_none_or(|most| states <= most) && !interrupt::was_asked()
    });
    let mut out = io::stdout().lock();
    match arguments.format {
        Format::Json => writeln!(
            out,
            "{}",
            serde_json::json!({ "case": case.to_string(), "engine": "stateright", "counted": counted })
        )?,
        Format::Text => writeln!(
            out,
            "{case}\n  stateright: {}, {} states, {:.1} s",
            match (counted.held, counted.whole) {
                (false, _) => "broken (see --engine attune for the shortest way)",
                (true, false) => "CUT SHORT",
                (true, true) => "held",
            },
            show::grouped(counted.states as u64),
            begun.elapsed().as_secs_f64()
        )?,
    }
    Ok(match (counted.held, counted.whole) {
        (false, _) => Err(CheckFailed(format!("{case}: a promise is broken")).into()),
        (true, false) => Err(CutShort(format!("{case}: cut short")).into()),
        (true, true) => Ok(()),
    })
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
