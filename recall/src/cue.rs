//! The words that tie an answer to its question, for each kind: fixed, and the same for every text.
//! They are plain English, as people, summaries, and tools' records have them.

use crate::question::Kind;
use crate::word::stem;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// Which of several mentions counts, where both stand equally near the question's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Earliest,
    Latest,
    /// None: they tie.
    Any,
}

#[derive(Clone, Debug)]
pub(crate) struct Cues {
    /// Says outright that this is what is asked for.
    pub(crate) decisive: BTreeSet<String>,
    pub(crate) positive: BTreeSet<String>,
    /// Says that it is the opposite.
    pub(crate) negative: BTreeSet<String>,
    pub(crate) order: Order,
    pub(crate) telling: Telling,
    pub(crate) near: Near,
}

const CHANGE: &str = "change modify edit write wrote written rewrite update create add patch fix implement refactor replace \
insert delete remove rename extend move";
const LOOK: &str = "read view open look examine inspect search grep glob unchanged untouched list explore reference";
const LATEST: &str = "last latest recent newest final current";
const LEFT: &str = "pending todo left remain next open unfinished in_progress progress outstanding upcoming planned not";
const DONE: &str = "complete done finish accomplish";

/// Which mentions of a candidate say what is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Telling {
    /// The one that says most.
    Most,
    /// The first that says anything: how it came to be.
    First,
    /// The last that says anything: how it is now.
    Last,
}

/// Where the question's words count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Near {
    /// In headings only: what is asked for is so common that any sentence has words for it.
    Headings,
    /// In statements, too, but not where they are the content of a tool's call or result.
    Said,
    /// Anywhere.
    Anywhere,
}

/// Decisive, positive and negative words.
fn words(kind: Kind) -> [&'static str; 3] {
    match kind {
        Kind::LastChanged => [LATEST, CHANGE, LOOK],
        Kind::Changed => ["", CHANGE, LOOK],
        Kind::Run => [LATEST, "", ""],
        Kind::Failure => ["", "fail error break broken panic", "pass ok"],
        Kind::TaskLeft => ["", LEFT, DONE],
        Kind::TaskDone => ["", DONE, LEFT],
        Kind::Rejected | Kind::Rule => ["", "", ""],
        Kind::FirstRequest => ["goal objective intent primary initial original first", "", ""],
        Kind::LastRequest => [LATEST, "", ""],
        Kind::Current => ["current next now progress last latest", "", ""],
        Kind::Introduced => [
            "",
            "add new create introduce implement define extract write edit new_string",
            "exist result read grep old_string",
        ],
        Kind::Reference | Kind::Error => [LATEST, "", ""],
        Kind::Finding => ["", "", ""],
        Kind::Line => [
            "",
            "new_string new add now content current",
            "old_string old remove before previous was",
        ],
        Kind::Version => [LATEST, "", ""],
    }
}

fn rules(kind: Kind) -> (Order, Telling, Near) {
    match kind {
        Kind::LastChanged => (Order::Latest, Telling::Most, Near::Said),
        Kind::Changed => (Order::Any, Telling::Most, Near::Said),
        Kind::Introduced => (Order::Any, Telling::First, Near::Said),
        Kind::Line => (Order::Any, Telling::Last, Near::Said),
        Kind::TaskLeft | Kind::TaskDone => (Order::Any, Telling::Last, Near::Anywhere),
        Kind::Failure => (Order::Any, Telling::Most, Near::Anywhere),
        Kind::FirstRequest => (Order::Earliest, Telling::Most, Near::Headings),
        Kind::LastRequest | Kind::Current | Kind::Reference | Kind::Error | Kind::Version => {
            (Order::Latest, Telling::Most, Near::Headings)
        }
        Kind::Run | Kind::Rejected | Kind::Rule | Kind::Finding => {
            (Order::Any, Telling::Most, Near::Anywhere)
        }
    }
}

impl Cues {
    pub(crate) fn of(kind: Kind) -> &'static Cues {
        static ALL: LazyLock<BTreeMap<Kind, Cues>> =
            LazyLock::new(|| Kind::ALL.into_iter().map(|kind| (kind, Cues::new(kind))).collect());
        &ALL[&kind]
    }

    fn new(kind: Kind) -> Cues {
        let [decisive, positive, negative] = words(kind);
        let (order, telling, near) = rules(kind);
        let set = |words: &str| words.split_whitespace().map(stem).collect();
        Cues {
            decisive: set(decisive),
            positive: set(positive),
            negative: set(negative),
            order,
            telling,
            near,
        }
    }
}

/// The words of an outcome.
pub(crate) struct Outcomes {
    pub(crate) good: BTreeSet<String>,
    pub(crate) bad: BTreeSet<String>,
    /// With them a statement is about how things are in the end.
    pub(crate) whole: BTreeSet<String>,
    /// Before a bad word they make it good, before a good one bad.
    pub(crate) not: BTreeSet<String>,
    /// Before or after a bad word they say that it is over.
    pub(crate) mended: BTreeSet<String>,
}

pub(crate) fn outcomes() -> &'static Outcomes {
    static WORDS: LazyLock<Outcomes> = LazyLock::new(|| {
        let set = |words: &str| words.split_whitespace().map(stem).collect();
        Outcomes {
            good: set("pass ok success successful succeed green clean passing done"),
            bad: set("fail failure failed error broken break red panic panicked"),
            whole: set("all now final finally last latest current currently entire whole full"),
            not: set("no not 0 zero without never none"),
            mended: set("fix resolve repair solve mend"),
        }
    });
    &WORDS
}
