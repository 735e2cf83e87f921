//! All names that can be asked for or that reports use.

use super::options::Arguments;
use crate::output::TextOrJson;
use attune_models::case::{Layer, StrategyName};
use attune_models::fault::Fault;
use attune_models::mutants;
use attune_trace::Defect;
use attune_trace::reference::{Property, Witness};
use serde_json::{Value, json};
use std::io::{self, Write};

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match arguments.format {
        TextOrJson::Json => writeln!(out, "{}", serde_json::to_string_pretty(&all())?)?,
        TextOrJson::Text => tell(&mut out)?,
    }
    Ok(())
}

/// Rules and duties, each with its sentence.
fn defects() -> impl Iterator<Item = Defect> {
    mutants::all().into_iter().filter_map(|(name, _)| Defect::named(name))
}

fn layers(fault: Fault) -> Vec<&'static str> {
    let know = Layer::ALL.into_iter().filter(|layer| layer.faults().contains(&fault));
    know.map(Layer::name).collect()
}

fn tell(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{} promises, which every check is about:", Property::all().count())?;
    for property in Property::all() {
        writeln!(out, "  {:<36} {}", property.name(), property.statement())?;
    }
    writeln!(out, "\n{} situations that put them to the test (--witness):", Witness::ALL.len())?;
    for witness in Witness::ALL {
        let (name, property) = (witness.name(), witness.property());
        writeln!(out, "  {name:<36} {} [{property}]", witness.words())?;
    }
    let rules = defects().filter(|defect| defect.rule().is_some());
    writeln!(out, "\n{} rules of the protocol (--mutant leaves one out):", rules.count())?;
    for defect in defects().filter(|defect| defect.rule().is_some()) {
        writeln!(out, "  {:<36} {}", defect.name(), defect.says())?;
    }
    let duties = defects().filter(|defect| defect.duty().is_some());
    writeln!(out, "\n{} duties of its drivers (--mutant neglects one):", duties.count())?;
    for defect in defects().filter(|defect| defect.duty().is_some()) {
        writeln!(out, "  {:<36} {}", defect.name(), defect.says())?;
    }
    writeln!(out, "\n{} faults (--faults):", Fault::ALL.len())?;
    for fault in Fault::ALL {
        let layers = layers(fault).join(", ");
        writeln!(out, "  {:<36} {} [{layers}]", fault.name(), fault.words())?;
    }
    let strategies: Vec<_> = StrategyName::all().map(StrategyName::name).collect();
    writeln!(out, "\n{} strategies (--strategy): {}", strategies.len(), strategies.join(", "))
}

fn all() -> Value {
    let properties = Property::all().map(|property| {
        json!({
            "name": property.name(),
            "statement": property.statement(),
            "source": property.source(),
        })
    });
    let witnesses = Witness::ALL.iter().map(|witness| {
        json!({
            "name": witness.name(),
            "words": witness.words(),
            "property": witness.property().name(),
        })
    });
    let mutants = defects().map(|defect| {
        json!({
            "name": defect.name(),
            "kind": if defect.rule().is_some() { "rule" } else { "duty" },
            "says": defect.says(),
        })
    });
    let faults = Fault::ALL.map(
        |fault| json!({ "name": fault.name(), "words": fault.words(), "layers": layers(fault) }),
    );
    json!({
        "properties": properties.collect::<Vec<_>>(),
        "situations": witnesses.collect::<Vec<_>>(),
        "mutants": mutants.collect::<Vec<_>>(),
        "faults": faults,
        "strategies": StrategyName::all().map(StrategyName::name).collect::<Vec<_>>(),
    })
}
