//! Every field of a scenario file: its path, range, default and meaning.
//!
//! The reader looks each field up here, so a range or a spelling that is not in this table does
//! not exist. The tables of `docs/scenario-format.md` are written from it.

use std::fmt;

use super::{ContextModel, KeepBy, Workload};
use crate::wire::Compression;

mod handoff;
mod table;

/// All fields, in the order of the documentation.
pub const FIELDS: &[Field] = &{
    let mut all = [table::FIELDS[0]; table::FIELDS.len() + handoff::FIELDS.len()];
    let mut place = 1;
    while place < all.len() {
        all[place] = match place.checked_sub(table::FIELDS.len()) {
            None => table::FIELDS[place],
            Some(own) => handoff::FIELDS[own],
        };
        place += 1;
    }
    all
};

/// Longest name or identifier, in characters.
pub const TEXT_CHARACTERS_MAX: usize = 200;
/// Longest duration of anything drawn per message, write or crash, in ticks.
pub const DURATION_TICKS_MAX: u32 = 100_000;
/// Most artifacts of one scenario, after `count` is expanded.
pub const ARTIFACTS_MAX: u32 = 100_000;
/// Most pairs of an agent and an artifact that are held as arrays; beyond that the engine keeps
/// those that were touched.
pub const DENSE_PAIRS_MAX: u64 = 100_000_000;
/// Most actions of one run. Added to the largest initial version, it still fits a version.
pub const ACTIONS_MAX: u64 = 4_000_000_000;
/// Most tokens that one run may move if every action is a write that reaches every agent. Leaves
/// room in a 64-bit counter for repeated messages.
pub const TOKENS_MAX: u64 = 1_000_000_000_000_000_000;

/// One field of a scenario file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field {
    /// Where the field stands, `artifacts[]` meaning each artifact: `network.latency_ticks`.
    pub path: &'static str,
    pub kind: Kind,
    pub default: Default,
    pub used_by: Engines,
    pub meaning: &'static str,
    /// Older spellings, which count where the newer one is absent; the first one found wins.
    pub older: &'static [&'static str],
}

/// What values a field takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Whole {
        min: i64,
        max: i64,
    },
    Number {
        min: f64,
        max: f64,
    },
    Flag,
    Text,
    Choice(&'static [&'static str]),
    /// Ticks, constant or drawn from one of [`DISTRIBUTIONS`].
    Duration,
    /// Accepted because the published files have it; not checked and without effect.
    Ignored,
}

/// What holds where a field is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Default {
    Required,
    /// This value, as a file would write it.
    Value(&'static str),
    /// Something that no value says; described in words.
    Unset(&'static str),
}

/// Which simulator a field has an effect in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engines {
    Both,
    Published,
    Protocol,
    Handoff,
    Neither,
}

/// A way to draw a duration: `{uniform: {min: 0, max: 3}}`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Distribution {
    pub name: &'static str,
    pub parameters: &'static [(&'static str, Kind)],
    pub meaning: &'static str,
}

const TICKS: Kind = Kind::Whole { min: 0, max: DURATION_TICKS_MAX as i64 };
const POSITIVE_TICKS: Kind = Kind::Number { min: 0.001, max: DURATION_TICKS_MAX as f64 };

pub const DISTRIBUTIONS: &[Distribution] = &[
    Distribution {
        name: "uniform",
        parameters: &[("min", TICKS), ("max", TICKS)],
        meaning: "each whole number of ticks from `min` to `max` is as likely",
    },
    Distribution {
        name: "exponential",
        parameters: &[("mean", POSITIVE_TICKS), ("max", TICKS)],
        meaning: "exponential with this `mean`, rounded to the nearest tick, cut at `max`",
    },
    Distribution {
        name: "lognormal",
        parameters: &[
            ("median", POSITIVE_TICKS),
            ("sigma", Kind::Number { min: 0.0, max: 10.0 }),
            ("max", TICKS),
        ],
        meaning: "lognormal with this `median` and log standard deviation `sigma`, rounded to the \
                  nearest tick, cut at `max`",
    },
];

/// The names of a choice's values, in the order of its `ALL`.
macro_rules! names {
    ($choice:ty) => {
        &{
            let mut names = [""; <$choice>::ALL.len()];
            let mut index = 0;
            while index < names.len() {
                names[index] = <$choice>::ALL[index].name();
                index += 1;
            }
            names
        }
    };
}

pub(super) const WORKLOADS: &[&str] = names!(Workload);
pub(super) const CONTEXT_MODELS: &[&str] = names!(ContextModel);
pub(super) const COMPRESSIONS: &[&str] = names!(Compression);
pub(super) const KEEP_BY: &[&str] = names!(KeepBy);

/// What stands at a path of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Field,
    /// A mapping that holds fields.
    Section,
    /// A list of mappings that hold fields.
    List,
    Nothing,
}

/// What stands at `path`, written as in [`Field::path`].
pub(super) fn standing(path: &str) -> Standing {
    let mut standing = Standing::Nothing;
    for spelling in spellings() {
        match spelling.strip_prefix(path) {
            Some("") => return Standing::Field,
            Some(rest) if rest.starts_with('.') => standing = Standing::Section,
            Some(rest) if rest.starts_with("[]") => standing = Standing::List,
            _ => {}
        }
    }
    standing
}

/// The keys that may stand in the mapping whose paths start with `prefix`; newer spellings only.
pub(super) fn keys_under(prefix: &str) -> Vec<&'static str> {
    let mut keys = Vec::new();
    for field in FIELDS {
        if let Some(rest) = field.path.strip_prefix(prefix) {
            let key = rest.split(['.', '[']).next().unwrap_or(rest);
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    keys
}

/// The field at `path`, which must be in the table: a path that is not is a slip in this crate.
pub(super) fn field(path: &str) -> &'static Field {
    FIELDS.iter().find(|field| field.path == path).unwrap_or_else(|| panic!("no field {path}"))
}

fn spellings() -> impl Iterator<Item = &'static str> {
    FIELDS.iter().flat_map(|field| std::iter::once(field.path).chain(field.older.iter().copied()))
}

/// The allowed values in words: `a whole number from 1 to 1000000`.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Whole { min, max } => write!(f, "a whole number from {min} to {max}"),
            Kind::Number { min, max } => write!(f, "a number from {min} to {max}"),
            Kind::Flag => write!(f, "true or false"),
            Kind::Text => write!(f, "text of 1 to {TEXT_CHARACTERS_MAX} characters on one line"),
            Kind::Choice(names) => write!(f, "one of {}", names.join(", ")),
            Kind::Duration => write!(
                f,
                "a whole number from 0 to {DURATION_TICKS_MAX}, or a distribution such as \
                 {{uniform: {{min: 0, max: 3}}}}"
            ),
            Kind::Ignored => write!(f, "anything"),
        }
    }
}
