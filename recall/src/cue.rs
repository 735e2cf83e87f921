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
    /// Only the last mention that says anything counts, as what it says changes with time.
    pub(crate) changes: bool,
}

const CHANGE: &str = "change modify edit write wrote written rewrite update create add patch fix implement refactor replace \
insert delete remove rename extend move";
const LOOK: &str = "read view open look examine inspect search grep glob unchanged untouched list explore reference";
const LATEST: &str = "last latest recent newest final current";
const LEFT: &str = "pending todo left remain next open unfinished in_progress progress outstanding upcoming planned not";
const DONE: &str = "complete done finish accomplish";

fn words(kind: Kind) -> ([&'static str; 3], Order, bool) {
    use Kind::*;
    use Order::*;
    match kind {
        LastChanged => ([LATEST, CHANGE, LOOK], Latest, false),
        Changed => (["", CHANGE, LOOK], Any, false),
        Run => ([LATEST, "", ""], Latest, true),
        Failure => (["", "fail error break broken panic", "pass ok"], Any, false),
        TaskLeft => (["", LEFT, DONE], Any, true),
        TaskDone => (["", DONE, LEFT], Any, true),
        Rejected => (
            ["reject", "instead revert not wrong avoid abandon dismiss undo rather decision correct feedback", ""],
            Any,
            false,
        ),
        Rule => (
            ["constraint rule", "must never always not only require prefer prohibit avoid instruct", ""],
            Any,
            false,
        ),
        FirstRequest => (
            ["goal objective intent primary initial original first", "request ask task user", ""],
            Earliest,
            false,
        ),
        LastRequest => ([LATEST, "request ask task user", ""], Latest, false),
        Current => (["current next now", "progress work continue step", ""], Latest, false),
        Introduced => (["", "add new create introduce implement define extract write", "exist"], Any, false),
        Reference => ([LATEST, "commit branch push pull request port", ""], Latest, false),
        Error => ([LATEST, "error fail problem issue", ""], Latest, false),
        Finding => (["", "find found report agent return result conclude", ""], Any, false),
        Line => (
            ["", "new_string new add now content current", "old_string old remove before previous was"],
            Any,
            true,
        ),
        Version => ([LATEST, "version hash content hold held", "base before"], Latest, false),
    }
}

impl Cues {
    pub(crate) fn of(kind: Kind) -> &'static Cues {
        static ALL: LazyLock<BTreeMap<Kind, Cues>> =
            LazyLock::new(|| Kind::ALL.into_iter().map(|kind| (kind, Cues::new(kind))).collect());
        &ALL[&kind]
    }

    fn new(kind: Kind) -> Cues {
        let ([decisive, positive, negative], order, changes) = words(kind);
        let set = |words: &str| words.split_whitespace().map(stem).collect();
        Cues {
            decisive: set(decisive),
            positive: set(positive),
            negative: set(negative),
            order,
            changes,
        }
    }
}

/// The words of an outcome.
pub(crate) struct Outcomes {
    pub(crate) good: BTreeSet<String>,
    pub(crate) bad: BTreeSet<String>,
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
            not: set("no not 0 zero without never none"),
            mended: set("fix resolve repair solve mend"),
        }
    });
    &WORDS
}
