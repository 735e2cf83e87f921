//! `attune codec`: the Compact Protocol on files of messages.

mod generate;
mod messages;

#[derive(clap::Args)]
#[command(after_help = "Examples:
  attune codec messages claude-code ~/.claude/projects/my-project -o messages.jsonl
  attune codec generate --set repeat_within=0.5 -o made-up.jsonl

A file of messages has a line per message: source, session, seq, role, kind, content. What the codec
is, is in docs/compact-protocol.md.")]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Take the messages out of the sessions that agents' tools keep.
    Messages(messages::Arguments),
    /// Make up messages from parameters.
    Generate(generate::Arguments),
}

pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    match &arguments.command {
        Command::Messages(arguments) => messages::run(arguments),
        Command::Generate(arguments) => generate::run(arguments),
    }
}
