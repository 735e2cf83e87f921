//! What a shell command read and wrote, where that is clear from its text.
//!
//! `cat`, `head`, `tail`, `nl`, `sed -n` and searches of one file are reads; redirections, `tee`,
//! `sed -i`, `rm`, `mv`, `cp` and `apply_patch` are writes. A path with a variable or a pattern in
//! it is not clear, and what a program does by itself is not seen.

mod command;
mod words;

use crate::patch::{self, Change};
use crate::touch::{Touch, line_count};
use attune_trace::access::Outcome;
pub(crate) use command::is_a_file;
use command::{Asked, Does, Reads};
use words::{Command, Joint};

/// A command as it was run, and what it printed.
pub(crate) struct Ran<'a> {
    pub(crate) script: &'a str,
    /// Where it was run, if not in the project's folder.
    pub(crate) folder: Option<&'a str>,
    pub(crate) output: &'a str,
    pub(crate) failed: bool,
}

/// How many lines a part of a script prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Prints {
    Exactly(u64),
    AtMost(u64),
    Unknown,
}

/// A part of a script that prints.
struct Part {
    prints: Prints,
    /// `None`: what it prints is no artifact.
    reads: Option<(Reads, Option<String>)>,
}

pub(crate) fn touches(ran: &Ran) -> Vec<Touch> {
    let pipelines = words::pipelines(ran.script);
    let mut folder = ran.folder.map(str::to_string);
    let mut found = Vec::new();
    let mut parts = Vec::new();
    for pipeline in &pipelines {
        // What stands after `||` is there for the case that something goes wrong.
        if pipeline.joint == Joint::Or {
            continue;
        }
        for (place, command) in pipeline.commands.iter().enumerate() {
            let wrote = writes(command, pipeline.commands.get(place.wrapping_sub(1)));
            found.extend(wrote.into_iter().map(|touch| touch.within(folder.as_deref())));
        }
        match command::does(&pipeline.commands) {
            Does::Nothing => {}
            Does::Enter(into) => folder = Some(entered(folder.as_deref(), &into)),
            Does::Prints(lines) => {
                let prints = lines.map_or(Prints::Unknown, Prints::Exactly);
                parts.push(Part { prints, reads: None });
            }
            Does::Read(reads) => {
                for reads in reads {
                    let prints = reads.asked.prints();
                    parts.push(Part { prints, reads: Some((reads, folder.clone())) });
                }
            }
        }
    }
    let texts = split(&parts, ran.output);
    for (part, text) in parts.iter().zip(texts) {
        if let Some((reads, folder)) = &part.reads {
            found.push(read(reads, text.as_deref(), ran.output).within(folder.as_deref()));
        }
    }
    if ran.failed {
        // Of several commands it is not known which one failed.
        if pipelines.len() > 1 {
            return Vec::new();
        }
        found = found.into_iter().map(|touch| touch.outcome(Outcome::Failed)).collect();
    }
    found
}

fn entered(folder: Option<&str>, into: &str) -> String {
    match folder {
        Some(folder) if !crate::names::is_absolute(into) => format!("{folder}/{into}"),
        _ => into.to_string(),
    }
}

/// Which part printed what; `None` where that cannot be told.
fn split(parts: &[Part], output: &str) -> Vec<Option<String>> {
    if let [_] = parts {
        return vec![Some(output.to_string())];
    }
    let total = line_count(output);
    let most = |part: &Part| match part.prints {
        Prints::Exactly(lines) | Prints::AtMost(lines) => Some(lines),
        Prints::Unknown => None,
    };
    let asked: Option<u64> = parts.iter().map(most).sum();
    let inexact = |part: &&Part| !matches!(part.prints, Prints::Exactly(_));
    let exact: u64 = parts.iter().filter(|part| !inexact(part)).filter_map(most).sum();
    let counts: Vec<u64> = if asked == Some(total) {
        parts.iter().filter_map(most).collect()
    } else if parts.iter().filter(inexact).count() == 1 && exact <= total {
        let count = |part| if inexact(&part) { total - exact } else { most(part).unwrap_or(0) };
        parts.iter().map(count).collect()
    } else {
        return vec![None; parts.len()];
    };
    let mut lines = output.split_inclusive('\n');
    let mut take = |count: u64| (0..count).map_while(|_| lines.next()).collect::<String>();
    counts.into_iter().map(|count| Some(take(count))).collect()
}

fn read(reads: &Reads, text: Option<&str>, output: &str) -> Touch {
    let touch = Touch::read(&reads.path);
    let Some(text) = text else { return touch };
    let numbered = reads.numbered.then(|| crate::numbered::strip(text)).flatten();
    let text = numbered.as_ref().map_or(text, |numbered| &numbered.text);
    if is_cut(output) {
        return touch.text(text);
    }
    let count = line_count(text);
    match reads.asked {
        Asked::Lines(first, most) => {
            let ended = count < most && (first == 1 || count > 0);
            touch.lines(first, text, ended.then(|| first - 1 + count))
        }
        Asked::From(first) => touch.lines(first, text, (count > 0).then(|| first - 1 + count)),
        Asked::Last(most) if count < most => touch.lines(1, text, Some(count)),
        Asked::Last(_) | Asked::Some => touch.text(text),
    }
}

/// Whether the tool left something of the output out.
pub(crate) fn is_cut(output: &str) -> bool {
    output.contains("tokens truncated…")
        || output.contains("<persisted-output>")
        || output.lines().any(|line| {
            let line = line.trim_start();
            line.contains("truncated")
                && (line.starts_with(['…', '[', '<']) || line.starts_with("..."))
        })
}

fn writes(command: &Command, before: Option<&Command>) -> Vec<Touch> {
    let name = command.words.first().map_or("", |word| &word.text);
    if name == "apply_patch" || name == "applypatch" {
        let given = command.words.get(1).map(|word| &word.text);
        return given.or(command.here.as_ref()).map_or(Vec::new(), |text| patched(text));
    }
    let mut found = command::changes(command);
    if let Some(output) = &command.output
        && output.file.clear
        && !output.file.text.is_empty()
        && !output.file.text.starts_with("/dev/")
    {
        let touch = Touch::write(&output.file.text);
        found.push(match (command::printed(command, before), output.append) {
            (Some(text), false) => touch.whole(text),
            (Some(text), true) => touch.text(text),
            (None, _) => touch,
        });
    }
    found
}

/// What a patch writes.
pub(crate) fn patched(text: &str) -> Vec<Touch> {
    let mut found = Vec::new();
    for file in patch::parse(text) {
        let path = file.moved_to.as_ref().unwrap_or(&file.path);
        if file.moved_to.is_some() {
            found.push(Touch::write(&file.path).whole(""));
        }
        found.push(match file.change {
            Change::Add | Change::Delete => Touch::write(path).whole(file.added),
            Change::Update => Touch::write(path).text(file.added),
        });
    }
    found
}

#[cfg(test)]
mod tests;
