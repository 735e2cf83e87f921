//! Why a search ended before its end.

use super::options::Arguments;
use crate::interrupt;
use std::cell::Cell;
use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// What `--depth` allows.
    Depth(usize),
    /// What `--states-max` allows.
    States(usize),
    /// Ctrl-C.
    Interrupted,
}

impl Cut {
    /// As programs read it.
    pub fn name(self) -> &'static str {
        match self {
            Cut::Depth(_) => "depth",
            Cut::States(_) => "states",
            Cut::Interrupted => "interrupted",
        }
    }
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Cut::Depth(depth) => write!(f, "--depth {depth} was reached"),
            Cut::States(states) => write!(f, "--states-max {states} was reached"),
            Cut::Interrupted => f.write_str("interrupted"),
        }
    }
}

/// Asked during a search whether it may go on; remembers why not.
pub struct Allowed {
    states: Option<usize>,
    cut: Cell<Option<Cut>>,
}

impl Allowed {
    pub fn by(arguments: &Arguments) -> Allowed {
        Allowed { states: arguments.states_max, cut: Cell::new(None) }
    }

    /// As long as nobody interrupts.
    pub fn without_bounds() -> Allowed {
        Allowed { states: None, cut: Cell::new(None) }
    }

    pub fn go_on(&self, states: usize) -> bool {
        let cut = match self.states {
            _ if interrupt::was_asked() => Some(Cut::Interrupted),
            Some(most) if states > most => Some(Cut::States(most)),
            _ => None,
        };
        self.cut.set(cut.or(self.cut.get()));
        cut.is_none()
    }

    /// Why a search that was cut short was: if nothing else stopped it, its depth.
    pub fn cut(&self, depth: Option<usize>) -> Option<Cut> {
        self.cut.get().or(depth.map(Cut::Depth))
    }
}
