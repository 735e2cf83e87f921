//! Lines, shapes and texts in picture units, drawn by plotters' SVG backend.
//!
//! Plotters draws on whole units only, which makes curves uneven. So it draws [`FINER`] times as
//! large, and the picture's size is set back afterwards. Plotters knows no dashes either: they
//! travel in the last digit of a line's width, which at that scale changes nothing to the eye,
//! and are put in their place afterwards.

use super::style::{Colour, Stroke};
use plotters::backend::SVGBackend;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{
    Color, FontDesc, FontFamily, FontStyle, IntoTextStyle, RGBColor, ShapeStyle,
};
use std::io;

pub(crate) type DrawError = DrawingAreaErrorKind<io::Error>;

const FINER: f64 = 10.0;
/// The first that a reader's system has.
const FONTS: &str = "Helvetica, Arial, DejaVu Sans, sans-serif";
/// Plotters divides font sizes by this.
const PLOTTERS_FONT_SCALE: f64 = 1.24;

/// Dashes, in picture units, by the digit that stands for them in a line's width.
const DASHES: [(u32, &str); 3] = [(1, "80 40"), (3, "20 35"), (5, "90 35 20 35")];

#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

pub(super) type Spot = (f64, f64);

/// Where a picture is drawn, in picture units.
pub(super) struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
}

/// Draws a picture on white. The title and the description are for those who cannot see it.
pub(super) fn picture(
    (width, height): (f64, f64),
    title: &str,
    description: &str,
    draw: impl FnOnce(&Canvas) -> Result<(), DrawError>,
) -> Result<String, DrawError> {
    let mut drawn = String::new();
    let (fine_width, fine_height) = fine((width, height));
    let backend = SVGBackend::with_string(&mut drawn, (fine_width as u32, fine_height as u32));
    let canvas = Canvas { area: backend.into_drawing_area() };
    canvas.rectangle((0.0, 0.0), (width, height), Colour(255, 255, 255))?;
    draw(&canvas)?;
    canvas.area.present()?;
    drop(canvas);

    let (title, description) = (escape(title), escape(description));
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {fine_width} {fine_height}\" stroke-linejoin=\"round\" role=\"img\" \
         aria-labelledby=\"title description\">\n<title id=\"title\">{title}</title>\n\
         <desc id=\"description\">{description}</desc>\n{}</svg>\n",
        tidy(&drawn)
    ))
}

impl Canvas<'_> {
    pub(super) fn line(&self, spots: &[Spot], stroke: Stroke) -> Result<(), DrawError> {
        let spots: Vec<(i32, i32)> = spots.iter().copied().map(fine).collect();
        self.area.draw(&PathElement::new(spots, outlined(stroke)))
    }

    pub(super) fn ring(&self, centre: Spot, radius: f64, stroke: Stroke) -> Result<(), DrawError> {
        let radius = (radius * FINER).round() as i32;
        self.area.draw(&Circle::new(fine(centre), radius, outlined(stroke)))
    }

    pub(super) fn polygon(&self, spots: &[Spot], colour: Colour) -> Result<(), DrawError> {
        let spots: Vec<(i32, i32)> = spots.iter().copied().map(fine).collect();
        self.area.draw(&Polygon::new(spots, rgb(colour).filled()))
    }

    pub(super) fn rectangle(&self, from: Spot, to: Spot, colour: Colour) -> Result<(), DrawError> {
        let corners = [fine(from), fine(to)];
        self.area.draw(&Rectangle::new(corners, rgb(colour).filled()))
    }

    pub(super) fn circle(
        &self,
        centre: Spot,
        radius: f64,
        colour: Colour,
    ) -> Result<(), DrawError> {
        let radius = (radius * FINER).round() as i32;
        self.area.draw(&Circle::new(fine(centre), radius, rgb(colour).filled()))
    }

    /// One line of text, vertically centred.
    pub(super) fn text(
        &self,
        text: &str,
        spot: Spot,
        size: f64,
        colour: Colour,
        anchor: Anchor,
    ) -> Result<(), DrawError> {
        self.styled(text, spot, size, colour, anchor, FontStyle::Normal)
    }

    pub(super) fn bold(
        &self,
        text: &str,
        spot: Spot,
        size: f64,
        colour: Colour,
    ) -> Result<(), DrawError> {
        self.styled(text, spot, size, colour, Anchor::Start, FontStyle::Bold)
    }

    fn styled(
        &self,
        text: &str,
        spot: Spot,
        size: f64,
        colour: Colour,
        anchor: Anchor,
        weight: FontStyle,
    ) -> Result<(), DrawError> {
        let horizontal = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let size = size * FINER * PLOTTERS_FONT_SCALE;
        let font = FontDesc::new(FontFamily::Name(FONTS), size, weight);
        let style = font
            .color(&rgb(colour))
            .pos(Pos::new(horizontal, VPos::Center))
            .into_text_style(&(1, 1));
        // A line break would be an element of its own.
        let text = text.replace(char::is_control, " ");
        self.area.draw(&Text::new(text, fine(spot), style))
    }
}

/// What plotters drew, with dashes, without the outermost element and what says nothing.
fn tidy(drawn: &str) -> String {
    let mut body = String::new();
    for line in drawn.lines() {
        if line.starts_with("<svg") || line == "</svg>" {
            continue;
        }
        // Texts come on lines of their own.
        if line == "</text>" {
            body.pop();
        }
        body.push_str(&line.replace(" opacity=\"1\"", "").replace(" \"/>", "\"/>"));
        if !line.starts_with("<text") {
            body.push('\n');
        }
    }
    for (digit, dashes) in DASHES {
        for tens in 1..10 {
            let marked = format!("stroke-width=\"{tens}{digit}\"");
            let dashed = format!("stroke-width=\"{tens}0\" stroke-dasharray=\"{dashes}\"");
            body = body.replace(&marked, &dashed);
        }
    }
    body
}

fn fine((x, y): Spot) -> (i32, i32) {
    ((x * FINER).round() as i32, (y * FINER).round() as i32)
}

fn outlined(stroke: Stroke) -> ShapeStyle {
    // An even number of tenths is a whole line, an odd one stands for its dashes.
    let width = 2 * (stroke.width * FINER / 2.0).round() as u32;
    let stroke_width = if stroke.dashes == 0 { width } else { width / 10 * 10 + stroke.dashes };
    ShapeStyle { color: rgb(stroke.colour).to_rgba(), filled: false, stroke_width }
}

fn rgb(Colour(red, green, blue): Colour) -> RGBColor {
    RGBColor(red, green, blue)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
