//! Figures: well formed, complete, without what cannot be drawn. The gallery is left in the
//! target directory to be looked at.

mod common;

use attune_report::{Document, write};
use attune_sim::results::{Axis, Mark, Plot, Series};
use std::fs;

fn drawn(plots: Vec<Plot>, directory: &str) -> Vec<String> {
    let directory = common::directory(directory);
    let mut document = Document::new("Gallery");
    let paths: Vec<_> =
        plots.iter().map(|plot| directory.join(format!("figures/{}.svg", plot.name))).collect();
    plots.into_iter().for_each(|plot| document.plot(plot));
    write(&document, &directory, &common::manifest()).unwrap();
    paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn every_figure_has_its_words() {
    for (plot, picture) in common::gallery().iter().zip(drawn(common::gallery(), "gallery")) {
        assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"));
        assert!(picture.contains("<title id=\"title\">") && picture.contains("<desc "));
        let names = plot.series.iter().map(|series| &series.name);
        let labels = plot.series.iter().flat_map(|s| &s.points).map(|point| &point.label);
        let places = plot.x.places.iter().flat_map(|place| place.split(" ("));
        let words = names.chain(labels).map(String::as_str).chain(places);
        for word in words.filter(|_| plot.series.len() > 1) {
            assert!(picture.contains(word), "{word} is missing from {}", plot.name);
        }
        assert!(!picture.contains("NaN") && !picture.contains("inf"));
    }
}

#[test]
fn dashes_tell_formulas_apart() {
    let picture = &drawn(vec![common::savings()], "dashes")[0];
    assert!(picture.contains("stroke-dasharray=\"80 40\""));
    assert!(picture.contains("stroke-dasharray=\"20 35\""));
}

#[test]
fn what_cannot_be_drawn_is_left_out() {
    let marks = [Mark::Measured, Mark::Formula, Mark::Printed, Mark::Labelled, Mark::Stacked];
    let mut plots = Vec::new();
    for (index, mark) in marks.into_iter().enumerate() {
        for logarithmic in [false, true] {
            let odd = [f64::NAN, f64::INFINITY, -1.0, 0.0, 1e300, 5e-324];
            let points = odd.map(|y| attune_sim::results::Point::new(1.0, y)).to_vec();
            for (kind, points) in [("none", Vec::new()), ("odd", points)] {
                plots.push(Plot {
                    name: format!("{kind}-{index}-{logarithmic}"),
                    title: String::new(),
                    x: Axis::linear(""),
                    y: Axis { logarithmic, ..Axis::linear("") },
                    series: vec![Series { name: String::new(), mark, points }],
                });
            }
        }
    }
    for picture in drawn(plots, "odd") {
        assert!(!picture.contains("NaN") && !picture.contains("inf"));
    }
}
