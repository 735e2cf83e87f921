//! Labels beside points, kept off one another: each tries places around its point, near ones
//! first, and takes the one that costs least given where the others are.

use super::canvas::{Anchor, Canvas, DrawError, Spot};
use super::scale::{Area, Scales};
use super::{style, text};
use attune_sim::results::{Mark, Plot};
use std::f64::consts::FRAC_1_SQRT_2 as DIAGONAL;

const SIZE: f64 = 11.5;
const HEIGHT: f64 = 13.0;
/// How far a label's box may be from its point without a line that leads there.
const NEAR: f64 = 9.0;

/// Sixteen directions, best first: to the right, to the left, then the rest. Written down, so
/// that they are the same on every platform.
const DIRECTIONS: [Spot; 16] = [
    (1.0, 0.0),
    (-1.0, 0.0),
    (DIAGONAL, -DIAGONAL),
    (DIAGONAL, DIAGONAL),
    (-DIAGONAL, -DIAGONAL),
    (-DIAGONAL, DIAGONAL),
    (0.0, -1.0),
    (0.0, 1.0),
    (0.9239, -0.3827),
    (0.9239, 0.3827),
    (-0.9239, -0.3827),
    (-0.9239, 0.3827),
    (0.3827, -0.9239),
    (0.3827, 0.9239),
    (-0.3827, -0.9239),
    (-0.3827, 0.9239),
];
const DISTANCES: [f64; 12] =
    [7.0, 12.0, 18.0, 25.0, 33.0, 42.0, 52.0, 64.0, 78.0, 94.0, 112.0, 132.0];
/// How often every label may move once the others have theirs.
const ROUNDS: usize = 8;

struct Label {
    at: Spot,
    text: String,
    width: f64,
}

#[derive(Clone, Copy)]
struct Place {
    box_: Area,
    /// From the point to the nearest spot of the box.
    leader: (Spot, Spot),
}

pub(super) fn draw(canvas: &Canvas, plot: &Plot, scales: &Scales) -> Result<(), DrawError> {
    let labelled = plot.series.iter().filter(|series| series.mark == Mark::Labelled);
    let points: Vec<_> = labelled
        .flat_map(|series| &series.points)
        .filter_map(|point| Some((scales.spot(point)?, &point.label)))
        .collect();
    let spots: Vec<Spot> = points.iter().map(|(at, _)| *at).collect();
    let labels: Vec<Label> = points
        .into_iter()
        .filter(|(_, label)| !label.is_empty())
        .map(|(at, label)| Label { at, text: label.clone(), width: text::width(label, SIZE) })
        .collect();
    let places = place(&labels, &spots, scales.area);
    for place in &places {
        let (from, to) = place.leader;
        if distance(from, to) > NEAR {
            canvas.line(&[from, to], style::LEADER)?;
        }
    }
    for (label, Place { box_, .. }) in labels.iter().zip(&places) {
        let y = (box_.top + box_.bottom) / 2.0;
        // Anchored on the side of the point, so that a narrower font leaves no gap there.
        let (x, anchor) = match () {
            () if box_.left >= label.at.0 => (box_.left, Anchor::Start),
            () if box_.right <= label.at.0 => (box_.right, Anchor::End),
            () => ((box_.left + box_.right) / 2.0, Anchor::Middle),
        };
        canvas.text(&label.text, (x, y), SIZE, style::INK, anchor)?;
    }
    Ok(())
}

fn place(labels: &[Label], spots: &[Spot], area: Area) -> Vec<Place> {
    // Which label chooses first matters; the order with the best outcome wins. The most crowded
    // first is the usual one: they have the least choice.
    let crowd = |label: &Label| {
        -(spots.iter().filter(|&&spot| distance(spot, label.at) < 60.0).count() as f64)
    };
    let ranks = |rank: &dyn Fn(&Label) -> f64| labels.iter().map(rank).collect::<Vec<f64>>();
    let orders = [
        ranks(&crowd),
        ranks(&|label| label.at.0),
        ranks(&|label| -label.at.0),
        ranks(&|label| label.at.1),
        ranks(&|label| -label.at.1),
    ];
    let mut best = (f64::INFINITY, Vec::new());
    for ranks in orders {
        let mut order: Vec<usize> = (0..labels.len()).collect();
        order.sort_by(|&left, &right| ranks[left].total_cmp(&ranks[right]));
        let outcome = place_in_order(labels, &order, spots, area);
        if outcome.0 < best.0 {
            best = outcome;
        }
    }
    best.1
}

/// Returns the places with what they cost together.
fn place_in_order(
    labels: &[Label],
    order: &[usize],
    spots: &[Spot],
    area: Area,
) -> (f64, Vec<Place>) {
    let mut picture = Picture { labels, places: vec![None; labels.len()], spots, area };
    for _ in 0..ROUNDS {
        for &index in order {
            picture.settle(index);
        }
    }
    // Two labels that are in each other's way may both have to move.
    for _ in 0..2 {
        for (rank, &first) in order.iter().enumerate() {
            for &second in &order[rank + 1..] {
                if distance(labels[first].at, labels[second].at) < 2.0 * DISTANCES[11] {
                    picture.settle_both(first, second);
                }
            }
        }
    }
    let total = (0..labels.len()).map(|index| picture.cost_of(index)).sum();
    (total, picture.places.into_iter().flatten().collect())
}

struct Picture<'a> {
    labels: &'a [Label],
    places: Vec<Option<Place>>,
    spots: &'a [Spot],
    area: Area,
}

impl Picture<'_> {
    /// Gives a label the best place, given the others'. Returns its cost.
    fn settle(&mut self, index: usize) -> f64 {
        self.places[index] = None;
        let mut best = (f64::INFINITY, None);
        for candidate in candidates(&self.labels[index]) {
            let cost = cost(&candidate, &self.places, self.spots, self.area);
            if cost < best.0 {
                best = (cost, Some(candidate));
            }
        }
        self.places[index] = best.1;
        best.0
    }

    /// Gives two labels new places, one after the other, if both together gain by it.
    fn settle_both(&mut self, first: usize, second: usize) {
        let before = (self.places[first], self.places[second]);
        let second_costs = self.cost_of(second);
        self.places[second] = None;
        let old = self.cost_of(first) + second_costs;
        for (leader, follower) in [(first, second), (second, first)] {
            (self.places[first], self.places[second]) = (None, None);
            if self.settle(leader) + self.settle(follower) < old - 1e-9 {
                return;
            }
        }
        (self.places[first], self.places[second]) = before;
    }

    /// What a label's place costs, given the others'.
    fn cost_of(&mut self, index: usize) -> f64 {
        let place = self.places[index].take();
        let cost = place.map_or(0.0, |it| cost(&it, &self.places, self.spots, self.area));
        self.places[index] = place;
        cost
    }
}

fn candidates(label: &Label) -> impl Iterator<Item = Place> {
    let (x, y) = label.at;
    let (half_width, half_height) = (label.width / 2.0, HEIGHT / 2.0);
    DISTANCES.into_iter().flat_map(move |distance| {
        DIRECTIONS.into_iter().map(move |(dx, dy)| {
            let centre = (x + dx * (distance + half_width), y + dy * (distance + half_height));
            let box_ = Area {
                left: centre.0 - half_width,
                right: centre.0 + half_width,
                top: centre.1 - half_height,
                bottom: centre.1 + half_height,
            };
            let nearest = (x.clamp(box_.left, box_.right), y.clamp(box_.top, box_.bottom));
            Place { box_, leader: ((x, y), nearest) }
        })
    })
}

/// What a place costs: most of all leaving the picture, then lying on others, then being far.
fn cost(place: &Place, others: &[Option<Place>], spots: &[Spot], area: Area) -> f64 {
    let Place { box_, leader } = *place;
    let outside = box_.left < area.left + 2.0
        || box_.right > area.right
        || box_.top < area.top
        || box_.bottom > area.bottom - 2.0;
    let mut cost = distance(leader.0, leader.1) + if outside { 1e6 } else { 0.0 };
    for &(x, y) in spots {
        let marker = Area { left: x - 5.5, right: x + 5.5, top: y - 5.5, bottom: y + 5.5 };
        if overlap(box_, marker) {
            cost += 1000.0;
        }
        if (x, y) != leader.0 && near_line((x, y), leader) {
            cost += 150.0;
        }
    }
    for other in others.iter().flatten() {
        if overlap(box_, other.box_) {
            cost += 5000.0;
        }
        if crosses(leader, other.leader) {
            cost += 500.0;
        }
        // Short ones are not drawn.
        let drawn = |leader: (Spot, Spot)| distance(leader.0, leader.1) > NEAR;
        if drawn(leader) && passes(leader, other.box_)
            || drawn(other.leader) && passes(other.leader, box_)
        {
            cost += 800.0;
        }
    }
    cost
}

fn overlap(left: Area, right: Area) -> bool {
    const ROOM: f64 = 4.0;
    left.left < right.right + ROOM
        && right.left < left.right + ROOM
        && left.top < right.bottom
        && right.top < left.bottom
}

/// Whether a line goes through a box or along it: what is left of the line between the box's
/// sides, then between its top and bottom.
fn passes((from, to): (Spot, Spot), box_: Area) -> bool {
    const ROOM: f64 = 4.0;
    let slabs = [
        (from.0, to.0 - from.0, box_.left - ROOM, box_.right + ROOM),
        (from.1, to.1 - from.1, box_.top - ROOM, box_.bottom + ROOM),
    ];
    let mut left = (0.0_f64, 1.0_f64);
    for (start, change, low, high) in slabs {
        if change == 0.0 {
            if start <= low || high <= start {
                return false;
            }
            continue;
        }
        let (enter, leave) = ((low - start) / change, (high - start) / change);
        left = (left.0.max(enter.min(leave)), left.1.min(enter.max(leave)));
    }
    left.0 < left.1
}

fn crosses(left: (Spot, Spot), right: (Spot, Spot)) -> bool {
    let side =
        |(a, b): (Spot, Spot), c: Spot| (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0);
    side(left, right.0) * side(left, right.1) < 0.0
        && side(right, left.0) * side(right, left.1) < 0.0
}

/// Whether a spot is within a marker's radius of a line.
fn near_line(spot: Spot, (from, to): (Spot, Spot)) -> bool {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx * dx + dy * dy;
    if length == 0.0 {
        return false;
    }
    let part = (((spot.0 - from.0) * dx + (spot.1 - from.1) * dy) / length).clamp(0.0, 1.0);
    distance(spot, (from.0 + part * dx, from.1 + part * dy)) < 5.0
}

fn distance(from: Spot, to: Spot) -> f64 {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    (dx * dx + dy * dy).sqrt()
}
