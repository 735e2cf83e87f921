//! Which part of an artifact a copy holds.

use super::step::{Extent, Wanted};
use attune_trace::access::LineRange;

/// The part of an artifact that a copy holds, as sets of lines of the version it was read from.
/// Lines that its own writer moves keep their numbers here: a trace does not say where a write was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    whole: bool,
    /// First and last line of each piece, ascending, with gaps between.
    pieces: Vec<(u64, u64)>,
    /// Tokens read of lines that nobody knows: they are no hit for anything, but are sent again
    /// when the copy is refreshed.
    scattered: u64,
}

impl Held {
    pub fn whole() -> Held {
        Held { whole: true, ..Held::default() }
    }

    pub fn is_empty(&self) -> bool {
        !self.whole && self.pieces.is_empty() && self.scattered == 0
    }

    /// Whether a read of this is served by the copy. Unknown lines are only by a whole copy.
    pub fn covers(&self, wanted: Wanted) -> bool {
        match wanted {
            _ if self.whole => true,
            Wanted::Lines(lines) => self.missing(lines) == 0,
            Wanted::Whole | Wanted::Scattered => false,
        }
    }

    /// What of a read that costs `price` the copy does not hold, in tokens.
    pub fn missing_price(&self, wanted: Wanted, price: u64, extent: &Extent) -> u64 {
        match wanted {
            _ if self.whole => 0,
            Wanted::Lines(lines) => share(price, self.missing(lines), lines.count()),
            Wanted::Whole => price - self.price_of_pieces(extent).min(price),
            Wanted::Scattered => price,
        }
    }

    /// All that the copy holds, in tokens.
    pub fn price(&self, extent: &Extent) -> u64 {
        if self.whole {
            return extent.tokens;
        }
        (self.price_of_pieces(extent) + self.scattered).min(extent.tokens)
    }

    pub fn add(&mut self, wanted: Wanted, price: u64, extent: &Extent) {
        match wanted {
            _ if self.whole => {}
            Wanted::Whole => *self = Held::whole(),
            Wanted::Lines(lines) => self.add_lines(lines, extent),
            Wanted::Scattered => self.scattered += price,
        }
    }

    fn add_lines(&mut self, lines: LineRange, extent: &Extent) {
        let (mut first, mut last) = (lines.first(), lines.last());
        self.pieces.retain(|&(from, to)| {
            let apart = to.saturating_add(1) < first || last.saturating_add(1) < from;
            if !apart {
                first = first.min(from);
                last = last.max(to);
            }
            apart
        });
        let place = self.pieces.partition_point(|&(from, _)| from < first);
        self.pieces.insert(place, (first, last));
        if first == 1 && extent.lines.is_some_and(|total| last >= total) {
            *self = Held::whole();
        }
    }

    /// How many of these lines the copy does not hold.
    pub fn missing(&self, lines: LineRange) -> u64 {
        let overlap = |&(from, to): &(u64, u64)| {
            let (first, last) = (from.max(lines.first()), to.min(lines.last()));
            (last + 1).saturating_sub(first)
        };
        lines.count() - self.pieces.iter().map(overlap).sum::<u64>()
    }

    /// The first line from this one on that the copy does not hold.
    pub fn first_missing(&self, from: u64) -> u64 {
        let inside = self.pieces.iter().find(|(first, last)| (*first..=*last).contains(&from));
        inside.map_or(from, |(_, last)| last + 1)
    }

    fn price_of_pieces(&self, extent: &Extent) -> u64 {
        extent.price(self.pieces.iter().map(|(from, to)| to - from + 1).sum())
    }
}

/// `part` of `whole` of an amount, rounded up.
pub fn share(amount: u64, part: u64, whole: u64) -> u64 {
    if whole == 0 {
        return 0;
    }
    (u128::from(amount) * u128::from(part)).div_ceil(u128::from(whole)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(first: u64, last: u64) -> Wanted {
        Wanted::Lines(LineRange::new(first, last).unwrap())
    }

    fn extent() -> Extent {
        Extent { tokens: 100, lines: Some(50), measured: None }
    }

    fn of(pieces: &[(u64, u64)]) -> Held {
        let mut held = Held::default();
        pieces.iter().for_each(|&(first, last)| held.add(lines(first, last), 0, &extent()));
        held
    }

    #[test]
    fn pieces_that_touch_or_overlap_are_one() {
        let held = of(&[(20, 29), (1, 5), (6, 9), (25, 31)]);
        assert_eq!(held.pieces, [(1, 9), (20, 31)]);
        assert!(held.covers(lines(2, 9)) && held.covers(lines(31, 31)));
        assert!(!held.covers(lines(9, 10)) && !held.covers(Wanted::Whole));
        assert_eq!(held.price(&extent()), 42, "21 lines of 2 tokens");
    }

    #[test]
    fn what_is_missing_is_priced_like_the_read() {
        let held = of(&[(1, 9)]);
        assert_eq!(held.missing_price(lines(6, 15), 25, &extent()), 15, "6 of 10 lines");
        assert_eq!(held.missing_price(Wanted::Whole, 100, &extent()), 82);
        assert_eq!(held.missing_price(Wanted::Scattered, 7, &extent()), 7);
    }

    #[test]
    fn all_lines_are_the_whole() {
        let held = of(&[(1, 20), (21, 50)]);
        assert_eq!(held, Held::whole());
        assert!(held.covers(Wanted::Scattered));
    }

    #[test]
    fn unknown_lines_serve_nothing_but_are_refreshed() {
        let mut held = Held::default();
        held.add(Wanted::Scattered, 30, &extent());
        assert!(!held.is_empty() && !held.covers(Wanted::Scattered) && !held.covers(lines(1, 1)));
        assert_eq!(held.price(&extent()), 30);
        held.add(Wanted::Scattered, 90, &extent());
        assert_eq!(held.price(&extent()), 100, "not more than there is");
    }
}
