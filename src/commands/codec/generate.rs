//! `attune codec generate`: messages made up from parameters.

use crate::output::Target;
use anyhow::{Context, bail};
use attune_sim::compression::Generator;
use serde_json::{Map, Value};
use std::io::{BufWriter, Write};
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "Examples:
  attune codec generate -o made-up.jsonl
  attune codec generate --set sessions=200 --set repeat_within=0.5 --set seed=7 -o made-up.jsonl
  attune codec generate --parameters

The same parameters give the same bytes. Exit status: 0 done, 2 a parameter is wrong.")]
pub struct Arguments {
    /// Set a parameter; may be given several times.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Show the parameters and their values, as JSON, and make nothing up.
    #[arg(long)]
    parameters: bool,
    /// Write to this file instead of standard output.
    #[arg(long, short = 'o', value_name = "F")]
    out: Option<PathBuf>,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let generator = generator(&arguments.set)?;
    if arguments.parameters {
        generator.check()?;
        let mut out = BufWriter::new(Target::open(arguments.out.as_deref())?);
        serde_json::to_writer_pretty(&mut out, &generator).map_err(std::io::Error::from)?;
        out.write_all(b"\n")?;
        return Ok(out.into_inner().map_err(|error| error.into_error())?.finish()?);
    }
    let messages = generator.messages()?;
    let mut out = BufWriter::new(Target::open(arguments.out.as_deref())?);
    for message in &messages {
        serde_json::to_writer(&mut out, message).map_err(std::io::Error::from)?;
        out.write_all(b"\n")?;
    }
    Ok(out.into_inner().map_err(|error| error.into_error())?.finish()?)
}

fn generator(set: &[String]) -> anyhow::Result<Generator> {
    let defaults = serde_json::to_value(Generator::default())?;
    let Value::Object(defaults) = defaults else { unreachable!("a struct is an object") };
    let mut chosen = Map::new();
    for pair in set {
        let Some((name, value)) = pair.split_once('=') else {
            bail!("--set {pair}: write it as NAME=VALUE; --parameters shows the names");
        };
        if !defaults.contains_key(name) {
            let names: Vec<&str> = defaults.keys().map(String::as_str).collect();
            bail!("--set {name}: there is no such parameter; there are {}", names.join(", "));
        }
        let Ok(value @ Value::Number(_)) = serde_json::from_str(value) else {
            bail!("--set {pair}: a parameter is a number");
        };
        let alone = Map::from_iter([(name.to_string(), value.clone())]);
        if serde_json::from_value::<Generator>(Value::Object(alone)).is_err() {
            bail!("--set {pair}: {name} is a whole number, 0 or more");
        }
        if chosen.insert(name.to_string(), value).is_some() {
            bail!("--set {name}: given twice");
        }
    }
    serde_json::from_value(Value::Object(chosen)).context("--set")
}
