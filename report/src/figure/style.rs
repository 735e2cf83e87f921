//! Colours, lines and marker shapes.

use super::canvas::{Canvas, DrawError, Spot};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Colour(pub u8, pub u8, pub u8);

#[derive(Clone, Copy)]
pub(super) struct Stroke {
    pub colour: Colour,
    pub width: f64,
    /// 0 for none, else one of the canvas's.
    pub dashes: u32,
}

pub(super) const WHITE: Colour = Colour(255, 255, 255);
pub(super) const INK: Colour = Colour(26, 26, 26);
pub(super) const SOFT: Colour = Colour(77, 77, 77);
pub(super) const GRID: Stroke = Stroke::solid(Colour(230, 230, 230), 1.0);
pub(super) const AXIS: Stroke = Stroke::solid(Colour(102, 102, 102), 1.0);
pub(super) const ZERO: Stroke = Stroke::solid(Colour(153, 153, 153), 1.0);
pub(super) const LEADER: Stroke = Stroke::solid(Colour(140, 140, 140), 1.0);

/// Okabe and Ito's colours, which people with every kind of colour vision tell apart; in an
/// order in which neighbours differ in lightness too.
const PALETTE: [Colour; 8] = [
    Colour(0, 114, 178),
    Colour(230, 159, 0),
    Colour(0, 158, 115),
    Colour(204, 121, 167),
    Colour(213, 94, 0),
    Colour(86, 180, 233),
    Colour(0, 0, 0),
    Colour(240, 228, 66),
];

/// Of the data of a plot, the first, the second and so on.
pub(super) fn colour(index: usize) -> Colour {
    PALETTE[index % PALETTE.len()]
}

/// Of formulas: the first is grey, as what the data are held against.
pub(super) fn formula_colour(index: usize) -> Colour {
    [Colour(89, 89, 89), PALETTE[4], PALETTE[3], PALETTE[5]][index % 4]
}

/// Of what was printed.
pub(super) fn printed_colour(index: usize) -> Colour {
    [INK, PALETTE[4], PALETTE[2], PALETTE[3]][index % 4]
}

impl Stroke {
    pub(super) const fn solid(colour: Colour, width: f64) -> Stroke {
        Stroke { colour, width, dashes: 0 }
    }

    /// The line of a formula: the first, the second and so on of a plot differ by their dashes.
    pub(super) fn formula(colour: Colour, index: usize) -> Stroke {
        Stroke { colour, width: 2.0, dashes: [1, 3, 5][index % 3] }
    }
}

#[derive(Clone, Copy)]
pub(super) enum Shape {
    Circle,
    Square,
    Triangle,
    Diamond,
    Inverted,
}

pub(super) fn shape(index: usize) -> Shape {
    use Shape::{Circle, Diamond, Inverted, Square, Triangle};
    [Circle, Square, Triangle, Diamond, Inverted][index % 5]
}

/// A filled marker with a white rim, so that markers on one another stay apart.
pub(super) fn marker(
    canvas: &Canvas,
    shape: Shape,
    at: Spot,
    radius: f64,
    colour: Colour,
) -> Result<(), DrawError> {
    fill(canvas, shape, at, radius + 1.2, WHITE)?;
    fill(canvas, shape, at, radius, colour)
}

/// A marker's outline, through which what is beneath shows.
pub(super) fn outline(
    canvas: &Canvas,
    shape: Shape,
    at: Spot,
    radius: f64,
    colour: Colour,
) -> Result<(), DrawError> {
    let stroke = Stroke::solid(colour, 1.4);
    let mut corners = corners(shape, at, radius);
    if corners.is_empty() {
        return canvas.ring(at, radius, stroke);
    }
    corners.extend_from_within(..2);
    canvas.line(&corners, stroke)
}

fn fill(
    canvas: &Canvas,
    shape: Shape,
    at: Spot,
    radius: f64,
    colour: Colour,
) -> Result<(), DrawError> {
    let corners = corners(shape, at, radius);
    if corners.is_empty() {
        canvas.circle(at, radius, colour)
    } else {
        canvas.polygon(&corners, colour)
    }
}

/// The corners of a shape; none of a circle. Sizes are such that shapes look equally large.
fn corners(shape: Shape, (x, y): Spot, radius: f64) -> Vec<Spot> {
    let corners: &[Spot] = match shape {
        Shape::Circle => &[],
        Shape::Square => &[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
        Shape::Triangle => &[(0.0, -1.3), (1.15, 0.75), (-1.15, 0.75)],
        Shape::Diamond => &[(0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)],
        Shape::Inverted => &[(0.0, 1.3), (1.15, -0.75), (-1.15, -0.75)],
    };
    corners.iter().map(|(dx, dy)| (x + dx * radius, y + dy * radius)).collect()
}
