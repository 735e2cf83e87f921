//! `attune handoff`: what one agent leaves to the next.

mod measure;

#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Say how much of a session a handoff preserves, beside what else could be kept.
    Measure(measure::Arguments),
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    match &arguments.command {
        Command::Measure(arguments) => measure::run(arguments),
    }
}
