//! `attune handoff measure`: questions about recorded sessions, answered from what is handed on.

mod show;

use crate::output::{CsvSink, Target, show as show_table};
use anyhow::{Context, bail};
use attune_handoff::Form;
use attune_import::{Import, ImportError, Options, Tool};
use attune_recall::measure::{self, Case, Method};
use attune_recall::{Cut, Handoff, Part, questions};
use attune_sim::results::{RowSink, Table};
use clap::ValueEnum;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
#[command(after_help = "Examples:
  attune handoff measure sessions/*.jsonl
  attune handoff measure ~/.claude/projects/my-project --cuts made --budgets 1KiB,4KiB
  attune handoff measure messages.jsonl --questions

What is asked, how a text answers, and what could be wrong with it is in docs/recall.md. Recall is
corrected for guessing: 1 is all, 0 is nothing or guessing. Exit status: 0 done, 2 nothing to
measure.")]
pub struct Arguments {
    /// Files of sessions, or folders: messages, compactions, or what a tool keeps.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How long a handoff may be: bytes, or KiB.
    #[arg(long, value_delimiter = ',', value_parser = attune_handoff::bytes, value_name = "BYTES",
          default_value = "512,1KiB,2KiB,4KiB,8KiB,16KiB")]
    budgets: Vec<usize>,
    /// Where sessions are cut: where their tools did, or at 50 and 75 % of their records.
    #[arg(long, value_enum, default_value_t = Cuts::All)]
    cuts: Cuts,
    /// Which sessions: those to develop rules on, those kept apart to judge them, by a hash of
    /// their names.
    #[arg(long, value_enum, default_value_t = Parts::All)]
    part: Parts,
    /// Show each question with its answer, and which texts knew it.
    #[arg(long)]
    questions: bool,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write to this file instead of standard output.
    #[arg(long, short = 'o', value_name = "F")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Cuts {
    Real,
    Made,
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Parts {
    Develop,
    Test,
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Tables for people.
    Text,
    /// The same tables as an array.
    Json,
    /// A row per method, budget, sort of cut, source and kind.
    Csv,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let cases = cases(arguments)?;
    let methods = methods();
    let mut budgets = arguments.budgets.clone();
    budgets.sort_unstable();
    budgets.dedup();
    let outcomes = measure::measure(&cases, &methods, &budgets);
    let mut out = Target::open(arguments.out.as_deref())?;
    let tables = match arguments.questions {
        true => vec![show::questions(&cases, &outcomes, &budgets)],
        false => show::tables(&cases, &outcomes, &budgets),
    };
    match arguments.format {
        Format::Text => {
            for table in &tables {
                writeln!(out, "{}\n\n{}", table.title, show_table(table))?;
            }
        }
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, &tables)?;
            writeln!(out)?;
        }
        Format::Csv => {
            let table = match arguments.questions {
                true => tables.into_iter().next().context("there is a table of questions")?,
                false => show::rows(&cases, &outcomes),
            };
            return csv(out, &table);
        }
    }
    Ok(out.finish()?)
}

fn csv(out: Target, table: &Table) -> anyhow::Result<()> {
    let mut sink: Box<dyn RowSink> = Box::new(CsvSink::new(out, &table.columns)?);
    table.rows.iter().try_for_each(|row| sink.row(row))?;
    Ok(sink.finish()?)
}

/// What is measured: the DNA, which joins the others by its text alone, then the baselines.
fn methods() -> Vec<Method<'static>> {
    let dna = |form| {
        move |handoff: &Handoff, budget_bytes: usize| {
            let options = attune_handoff::Options { budget_bytes, form, at: None };
            Some(attune_handoff::extract(&handoff.before, &options).written(form))
        }
    };
    let mut methods =
        vec![Method::new("DNA", dna(Form::Text)), Method::new("DNA as JSON", dna(Form::Json))];
    methods.extend(measure::baselines());
    methods
}

/// The handoffs of all files, with their questions.
fn cases(arguments: &Arguments) -> anyhow::Result<Vec<Case>> {
    let mut cases = Vec::new();
    let mut summaries: BTreeSet<String> = BTreeSet::new();
    let mut cut_in: BTreeMap<String, &Path> = BTreeMap::new();
    for path in &arguments.files {
        for session in sessions(path)? {
            let session = session?;
            let part = match Part::of(&session.id) {
                Part::Develop => Parts::Develop,
                Part::Test => Parts::Test,
            };
            if arguments.part != Parts::All && arguments.part != part {
                continue;
            }
            for handoff in Handoff::find(&session) {
                let wanted = match (arguments.cuts, handoff.cut) {
                    (Cuts::All, _) | (Cuts::Real, Cut::Real) | (Cuts::Made, Cut::Made { .. }) => {
                        true
                    }
                    (Cuts::Real, Cut::Made { .. }) | (Cuts::Made, Cut::Real) => false,
                };
                // The same session may be in a sample of messages and in one of compactions.
                let name = session.id.split('#').next().unwrap_or_default().to_string();
                let new = match &handoff.summary {
                    Some(summary) => wanted && summaries.insert(summary.clone()),
                    None => wanted && *cut_in.entry(name).or_insert(path) == path,
                };
                if new {
                    let questions = questions(&handoff);
                    cases.push(Case { source: source(path), handoff, questions });
                }
            }
        }
    }
    if cases.iter().all(|case| case.questions.is_empty()) {
        bail!(
            "none of the sessions has a handoff of this sort that can be asked about: name longer \
             sessions, or see --cuts and --part"
        );
    }
    Ok(cases)
}

/// Whatever tool the sessions are of.
fn sessions(path: &Path) -> anyhow::Result<Import> {
    let open = |tool| Import::new(tool, &[path.to_path_buf()], Options::default());
    match open(attune_import::looks_like(path).unwrap_or(Tool::Messages)) {
        // A folder says whose it is once it was looked through.
        Err(ImportError::Foreign { looks_like: Some(tool), .. }) => Ok(open(tool)?),
        opened => Ok(opened?),
    }
}

/// A source is a folder, as that of a tool's sessions.
fn source(path: &Path) -> String {
    let whole = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let folder = if whole.is_dir() { Some(whole.as_path()) } else { whole.parent() };
    let name = folder.and_then(Path::file_name).unwrap_or(whole.as_os_str());
    name.to_string_lossy().into_owned()
}
