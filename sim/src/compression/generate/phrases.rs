//! What made-up messages are made of: phrases with open places. `{n}` is a name of the project,
//! `{p}` a path, `{v}` a verb, `{d}` a number.

use crate::workload::draw::Draw;

/// A piece of a phrase.
pub enum Blank<'p> {
    Words(&'p str),
    Name,
    Path,
    Verb,
    Number,
}

/// A field of a tool's input.
pub struct Field {
    pub name: &'static str,
    pub holds: Holds,
}

pub enum Holds {
    Phrase(&'static [&'static str]),
    Code,
}

/// A phrase, taken apart at its open places.
pub fn pieces(phrase: &str) -> impl Iterator<Item = Blank<'_>> {
    let mut rest = phrase;
    std::iter::from_fn(move || {
        let open = |text: &str| match text.get(..3) {
            Some("{n}") => Some(Blank::Name),
            Some("{p}") => Some(Blank::Path),
            Some("{v}") => Some(Blank::Verb),
            Some("{d}") => Some(Blank::Number),
            _ => None,
        };
        if rest.is_empty() {
            return None;
        }
        if let Some(blank) = open(rest) {
            rest = &rest[3..];
            return Some(blank);
        }
        let next = rest.match_indices('{').find(|(at, _)| *at > 0 && open(&rest[*at..]).is_some());
        let (words, after) = rest.split_at(next.map_or(rest.len(), |(at, _)| at));
        rest = after;
        Some(Blank::Words(words))
    })
}

/// A word that no dictionary has.
pub fn name(draw: &mut Draw) -> String {
    const ONSETS: [&str; 16] =
        ["b", "br", "c", "d", "f", "g", "l", "m", "n", "p", "pl", "r", "s", "st", "t", "v"];
    const RIMES: [&str; 12] = ["a", "al", "an", "e", "en", "er", "i", "in", "o", "on", "or", "u"];
    let mut name = String::new();
    for syllable in 0..2 + draw.below(2) {
        name.push_str(ONSETS[draw.below(16) as usize]);
        name.push_str(RIMES[draw.below(12) as usize]);
        if syllable == 1 && draw.hits(0.3) {
            name.push('_');
        }
    }
    name.truncate(name.trim_end_matches('_').len());
    name
}

pub const VERBS: &[&str] = &[
    "add", "call", "change", "check", "close", "compare", "drop", "fetch", "hold", "keep", "move",
    "open", "parse", "read", "remove", "rename", "send", "split", "store", "test", "trace",
    "write",
];

pub const HEADINGS: &[&str] = &[
    "## Summary\n\n",
    "## What changed\n\n",
    "## Next steps\n\n",
    "### {n}\n\n",
    "## How {n} works\n\n",
    "**Findings**\n\n",
    "1. `{n}` in {p}\n2. `{n}` in {p}\n3. the tests of {n}\n\n",
    "| item | before | after |\n| --- | --- | --- |\n| {n} | {d} | {d} |\n| {n} | {d} | {d} |\n\n",
];

pub const SENTENCES: &[&str] = &[
    "I will {v} `{n}` first, then {v} the callers in {p}.",
    "The problem is that {n} does not {v} the {n} before it returns.",
    "{d} tests pass, {d} fail; all of them {v} the same {n}.",
    "Let me {v} {p} to see how {n} is used.",
    "This keeps the behaviour of {n} as it was.",
    "We could {v} {n} here, but that would {v} every {n} twice.",
    "Please {v} the {n} so that the {n} stays below {d} ms.",
    "`{n}` now takes a {n}, and {p} was changed to match.",
    "That is expected: {n} waits until {n} is done.",
    "There are {d} places that {v} {n}; the one at line {d} is wrong.",
    "Before I {v} anything, is the {n} of {n} meant to be {d}?",
    "Done. I had to {v} {n} as well, since it would {v} a {n} that nobody owns.",
    "The error says `{n}: cannot {v} {n}`, which comes from {p}.",
    "Both agents tried to {v} {p}; the second one has to {v} again.",
    "No change to {n} is needed.",
    "If {n} is empty we {v} the {n}, otherwise we {v} it and go on.",
];

/// By language, the name of its fence and its lines.
pub const CODE: &[(&str, &[&str])] = &[
    (
        "rust",
        &[
            "    let {n} = self.{n}.{v}({n})?;",
            "    if {n}.len() > {d} {",
            "        return Err({n}Error::Missing { {n}: {d} });",
            "    }",
            "pub fn {v}_{n}(&mut self, {n}: &str) -> Result<u64, Error> {",
            "}",
            "    assert_eq!({n}.{v}(), {d});",
            "use crate::{n}::{n};",
            "",
        ],
    ),
    (
        "python",
        &[
            "def {v}_{n}(self, {n}, {n}=None):",
            "    {n} = self.{n}.{v}({n})",
            "    if {n} is None:",
            "        raise ValueError(f\"no {n} in {p}\")",
            "    return {n}[{d}]",
            "    for {n} in {n}.{v}():",
            "import {n}",
            "",
        ],
    ),
    (
        "typescript",
        &[
            "export async function {v}({n}: string): Promise<number> {",
            "  const {n} = await this.{n}.{v}({n});",
            "  if (!{n}) {",
            "    throw new Error(`no {n} for ${{n}}`);",
            "  }",
            "  return {n}.{v}({d});",
            "}",
            "import { {n} } from '../{n}/{n}';",
            "",
        ],
    ),
    (
        "go",
        &[
            "func ({n} *{n}) {v}(ctx context.Context, {n} string) error {",
            "\t{n}, err := {n}.{v}(ctx, {n})",
            "\tif err != nil {",
            "\t\treturn fmt.Errorf(\"{v} {n}: %w\", err)",
            "\t}",
            "\tif len({n}) > {d} {",
            "}",
            "",
        ],
    ),
];

const PATHS: &[&str] = &["/home/dev/{n}/{p}", "{p}"];
const REASONS: &[&str] = &["{v} the {n}", "See how {n} is used", "Run the tests of {n}"];
const NUMBERS: &[&str] = &["{d}"];
const NAMES: &[&str] = &["{n}"];
const COMMANDS: &[&str] = &[
    "cargo test -p {n} {n}",
    "git diff --stat {p}",
    "grep -rn '{n}' src | head -{d}",
    "npm run {v} -- --{n}={d}",
    "sed -n '{d},{d}p' {p}",
    "python -m pytest {p} -k {n}",
];

const fn text(name: &'static str, phrases: &'static [&'static str]) -> Field {
    Field { name, holds: Holds::Phrase(phrases) }
}

const fn code(name: &'static str) -> Field {
    Field { name, holds: Holds::Code }
}

pub const TOOLS: &[(&str, &[Field])] = &[
    ("read_file", &[text("path", PATHS), text("offset", NUMBERS), text("limit", NUMBERS)]),
    ("run_command", &[text("command", COMMANDS), text("description", REASONS)]),
    ("edit_file", &[text("path", PATHS), code("old_text"), code("new_text")]),
    ("search", &[text("pattern", NAMES), text("path", PATHS)]),
    ("write_file", &[text("path", PATHS), code("content")]),
    ("list_tasks", &[text("owner", NAMES), text("limit", NUMBERS)]),
    ("update_task", &[text("task", NAMES), text("note", SENTENCES), text("progress", NUMBERS)]),
    ("send_message", &[text("to", NAMES), text("text", SENTENCES)]),
    ("get_record", &[text("table", NAMES), text("key", NUMBERS)]),
    ("update_record", &[text("table", NAMES), text("key", NUMBERS), text("value", NAMES)]),
    ("ask_agent", &[text("agent", NAMES), text("prompt", SENTENCES), text("reason", REASONS)]),
    ("fetch_page", &[text("url", &["https://{n}.example/{n}/{d}"]), text("reason", REASONS)]),
];

/// A record of a database.
pub const RECORD: &[(&str, &[&str])] = &[
    ("record_id", &["{n}_{d}"]),
    ("owner", &["{n}_{n}"]),
    ("kind", &["{n}", "standard", "basic"]),
    ("created_at", &["2026-05-{d}T{d}:{d}"]),
    ("state", &["open", "closed", "waiting"]),
    ("note", SENTENCES),
    ("amount", NUMBERS),
];

/// Lines that commands print.
pub const OUTPUT: &[&str] = &[
    "test {n}::{n}::{v}_{n} ... ok",
    "test {n}::{v}_{n} ... FAILED",
    "{p}:{d}: {n}.{v}({n})",
    "warning: unused variable `{n}` at {p}:{d}:{d}",
    " {p} | {d} ++++---",
    "   Compiling {n} v0.{d}.0",
    "[{d}/{d}] {v} {n}",
    "error: no {n} named `{n}` in {p}",
    "INFO {n} {v} {n} took {d} ms",
];
