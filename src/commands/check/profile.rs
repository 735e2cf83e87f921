//! A profile: many cases, reported in their order. The small ones of the quick profile are checked as
//! many at a time as there are threads; the large ones of the deep one have all threads each.

use super::options::{Arguments, Format, Profile};
use super::{Timed, baseline, goes_on, show};
use crate::commands::{CheckFailed, CutShort};
use attune_models::case::Case;
use attune_models::check::{Defect, Progress, Report, Watch, check_and_tell};
use attune_models::profile::{deep, quick};
use attune_trace::reference::{Seen, Witness};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

pub fn run(profile: Profile, arguments: &Arguments) -> anyhow::Result<()> {
    let cases = match profile {
        Profile::Quick => quick(),
        Profile::Deep => deep(),
    };
    let defect = arguments.defect()?;
    let reports = all(&cases, profile, defect, arguments)?;
    if reports.len() < cases.len() {
        return Err(CutShort("interrupted: the rest of the profile was not checked".into()).into());
    }
    if arguments.format == Format::Json {
        let values: Vec<_> = reports.iter().map(show::value).collect();
        show::json(&values, &mut io::stdout().lock())?;
    }
    let mut outcome = Ok(());
    for timed in &reports {
        outcome = outcome.and(timed.status());
    }
    outcome?;
    let mut seen = Seen::default();
    let witnesses = reports.iter().flat_map(|timed| &timed.report.witnesses);
    witnesses.for_each(|&witness| seen.note(witness));
    let untried: Vec<_> = Witness::ALL.iter().filter(|&&witness| !seen.has(witness)).collect();
    if arguments.format == Format::Text {
        let states: usize = reports.iter().map(|timed| timed.report.states).sum();
        writeln!(
            io::stdout().lock(),
            "{} cases held, {} states; {} of {} situations met",
            reports.len(),
            show::grouped(states as u64),
            Witness::ALL.len() - untried.len(),
            Witness::ALL.len()
        )?;
    }
    if profile == Profile::Quick && !untried.is_empty() {
        let names: Vec<_> = untried
            .iter()
            .map(|witness| format!("{} ({})", witness.name(), witness.words()))
            .collect();
        return Err(CheckFailed(format!(
            "never met, so nothing is shown about: {}",
            names.join("; ")
        ))
        .into());
    }
    // With a rule left out, other spaces are to be expected.
    if arguments.mutant().is_some() && arguments.baseline.is_none() {
        return Ok(());
    }
    let row = |timed: &Timed| {
        let Report { case, states, transitions, depth, .. } = &timed.report;
        baseline::Row {
            case: case.to_string(),
            states: *states,
            transitions: *transitions,
            depth: *depth,
        }
    };
    let rows: Vec<_> = reports.iter().map(row).collect();
    let command = format!("check --profile {}", profile.name());
    baseline::compare(profile.baseline(), profile.accepted(), &rows, arguments, &command)
}

/// Checks all cases; rows are written in the cases' order as soon as they can be.
fn all(
    cases: &[Case],
    profile: Profile,
    defect: Defect,
    arguments: &Arguments,
) -> anyhow::Result<Vec<Timed>> {
    let (at_a_time, threads) = match profile {
        Profile::Quick => (arguments.threads(), 1),
        Profile::Deep => (1, arguments.threads()),
    };
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    let sender = Mutex::new(sender);
    let mut reports = Vec::new();
    // Set when rows can no longer be written: then there is nobody to check for.
    let unread = AtomicBool::new(false);
    let on = || goes_on() && !unread.load(Ordering::Relaxed);
    std::thread::scope(|scope| -> io::Result<()> {
        for _ in 0..at_a_time {
            scope.spawn(|| {
                let sender = sender.lock().expect("nobody panics with it").clone();
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = cases.get(index) else { return };
                    let timed = Timed::of(arguments, |allowed| {
                        let go_on = |progress: Progress| on() && allowed.go_on(progress.states);
                        check_and_tell(case, defect, None, Watch { threads, go_on: &go_on })
                    });
                    if !on() || sender.send((index, timed)).is_err() {
                        return;
                    }
                }
            });
        }
        // The workers hold clones of their own.
        let mut waiting = BTreeMap::new();
        for _ in 0..cases.len() {
            let received = loop {
                match receiver.recv_timeout(std::time::Duration::from_millis(100)) {
                    Ok(received) => break Some(received),
                    Err(_) if !goes_on() => break None,
                    Err(_) => {}
                }
            };
            let Some((index, timed)) = received else { break };
            waiting.insert(index, timed);
            while let Some(timed) = waiting.remove(&reports.len()) {
                if arguments.format == Format::Text
                    && let Err(error) = show::row(&timed, &mut io::stdout().lock())
                {
                    unread.store(true, Ordering::Relaxed);
                    return Err(error);
                }
                reports.push(timed);
            }
        }
        Ok(())
    })?;
    Ok(reports)
}
