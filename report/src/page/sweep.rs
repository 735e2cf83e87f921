//! Plots of a sweep: what each strategy saves, and how stale its reads are, over each parameter.

use super::html;
use super::read::Found;
use crate::{figure, markdown};
use attune_sim::results::{Axis, Cell, Column, Mark, Plot, Point, Series, Table};
use std::collections::BTreeMap;

const MEASURES: [&str; 2] = ["saved_of_total", "stale_reads"];
/// Of more values than this, single runs would be drawn, not a course.
const VALUES_MAX: usize = 200;

/// HTML; empty if the table is not a sweep's.
pub(super) fn plots(found: &Found) -> Result<String, String> {
    let table = &found.table;
    let Some(sweep) = Sweep::of(table) else { return Ok(String::new()) };
    if !found.is_whole() {
        return Ok("<p class=\"note\">Too many rows for plots.</p>\n".to_string());
    }
    let mut html = String::new();
    for varied in 1..sweep.strategy {
        for measure in MEASURES {
            let measure = table.columns.iter().position(|column| column.name == measure);
            let plot = measure.and_then(|measure| sweep.plot(varied, measure));
            if let Some(plot) = plot {
                let svg = figure::render(&plot).map_err(|error| error.to_string())?;
                let description = format!("{}. {}", plot.title, markdown::summary(&plot));
                html.push_str(&html::figure(svg.as_bytes(), &description));
                html.push('\n');
            }
        }
    }
    Ok(html)
}

struct Sweep<'a> {
    table: &'a Table,
    /// The column of the strategy; before it are the point and what is varied.
    strategy: usize,
}

impl Sweep<'_> {
    fn of(table: &Table) -> Option<Sweep<'_>> {
        let strategy = table.columns.iter().position(|column| column.name == "strategy")?;
        let first = table.columns.first()?;
        (first.name == "point" && strategy > 1).then_some(Sweep { table, strategy })
    }

    fn plot(&self, varied: usize, measure: usize) -> Option<Plot> {
        let columns = &self.table.columns;
        let half = format!("{}_half_width", columns[measure].name);
        let half = columns.iter().position(|column| column.name == half);
        // By strategy, in the order in which they come; then by place on the axis.
        let mut names: Vec<&str> = Vec::new();
        let mut courses: Vec<Course> = Vec::new();
        for row in &self.table.rows {
            let Cell::Text(name) = &row[self.strategy] else { continue };
            let (Some(x), Some(y)) = (number(&row[varied]), number(&row[measure])) else {
                continue;
            };
            let index = names.iter().position(|known| *known == name).unwrap_or_else(|| {
                names.push(name);
                courses.push(BTreeMap::new());
                names.len() - 1
            });
            let half = half.and_then(|half| number(&row[half]));
            courses[index].entry(Place(x)).or_default().push((y, half));
        }
        let values: Vec<f64> =
            courses.iter().flat_map(|course| course.keys().map(|x| x.0)).collect();
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let most = courses.iter().map(BTreeMap::len).max().unwrap_or(0);
        if low >= high || most > VALUES_MAX {
            return None;
        }
        let averaged = courses.iter().flat_map(BTreeMap::values).any(|rows| rows.len() > 1);
        let rest = if averaged { " (means of all rows at each value)" } else { "" };
        let measured = words(&columns[measure].name);
        let series = names.iter().zip(&courses).map(|(name, course)| Series {
            name: name.to_string(),
            mark: Mark::Measured,
            points: course.iter().map(|(x, rows)| point(x.0, rows)).collect(),
        });
        let label = label(&columns[varied].name, &columns[varied]);
        Some(Plot {
            name: "sweep".to_string(),
            title: format!("{} over {}{rest}", measured, columns[varied].name),
            x: if low > 0.0 && high / low > 50.0 {
                Axis::logarithmic(&label)
            } else {
                Axis::linear(&label)
            },
            y: Axis::linear(&self::label(&measured, &columns[measure])),
            series: series.collect(),
        })
    }
}

/// Of one strategy: what was measured at each value, with half its interval.
type Course = BTreeMap<Place, Vec<(f64, Option<f64>)>>;

/// A value of a parameter, ordered.
#[derive(Clone, Copy)]
struct Place(f64);

impl PartialEq for Place {
    fn eq(&self, other: &Place) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Place {}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Place) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Place {
    fn cmp(&self, other: &Place) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

fn point(x: f64, rows: &[(f64, Option<f64>)]) -> Point {
    let y = rows.iter().map(|(y, _)| y).sum::<f64>() / rows.len() as f64;
    // An interval is of one row; of several it would be of something else.
    let half_width = if let [(_, half)] = rows { *half } else { None };
    Point { half_width, ..Point::new(x, y) }
}

fn number(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Integer(number) => Some(*number as f64),
        Cell::Number(number) => Some(*number).filter(|number| number.is_finite()),
        Cell::Text(_) | Cell::Missing => None,
    }
}

fn label(name: &str, column: &Column) -> String {
    if column.unit.is_empty() { name.to_string() } else { format!("{name} ({})", column.unit) }
}

fn words(name: &str) -> String {
    name.replace('_', " ")
}
