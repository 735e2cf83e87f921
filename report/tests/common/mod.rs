//! What the tests share: directories to write to, a small document, figures of every kind.

#![allow(dead_code, reason = "every test file uses another part")]

use attune_report::{Document, Manifest};
use attune_sim::results::{Axis, Cell, Column, Mark, Plot, Point, Series, Table};
use std::fs;
use std::path::{Path, PathBuf};

/// An empty directory of a test's own.
pub fn directory(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("the target directory can be written to");
    path
}

/// Every file under a directory, by its path within, with what is in it.
pub fn contents(directory: &Path) -> Vec<(String, Vec<u8>)> {
    fn visit(root: &Path, directory: &Path, found: &mut Vec<(String, Vec<u8>)>) {
        for entry in fs::read_dir(directory).expect("it can be read") {
            let path = entry.expect("it can be read").path();
            if path.is_dir() {
                visit(root, &path, found);
            } else {
                let name = path.strip_prefix(root).expect("it is within").display().to_string();
                found.push((name, fs::read(&path).expect("it can be read")));
            }
        }
    }
    let mut found = Vec::new();
    visit(directory, directory, &mut found);
    found.sort();
    found
}

pub fn manifest() -> Manifest {
    Manifest::new().with("version", "0.1.0").with("seeds", vec![20_260_305, 20_260_306])
}

/// Every kind of block, every kind of cell.
pub fn document() -> Document {
    let mut document = Document::new("Results");
    document.paragraph("What the simulator gives, beside what was *printed*.");
    document.heading(2, "Savings");
    document.table(scenarios());
    document.plot(savings());
    document.list(["K tokens are 1,000 tokens.", "Every run has its own seed."]);
    document.heading(2, "All runs");
    document.first_rows(runs(7), 3);
    document.code("sh", "make reproduce");
    document
}

/// Texts that a format could trip over, missing cells, numbers that need all their digits.
pub fn scenarios() -> Table {
    let row = |name: &str, runs: Option<u32>, saved: Option<f64>, note: &str| {
        vec![Cell::from(name), runs.into(), saved.into(), note.into()]
    };
    Table {
        name: "scenarios".to_string(),
        title: "Savings by scenario".to_string(),
        columns: vec![
            Column::text("scenario"),
            Column::integer("runs", ""),
            Column::number("saved", "%", 1),
            Column::text("printed_note"),
        ],
        rows: vec![
            row("A: Planning", Some(10), Some(95.046_123_456_789), ""),
            row("B: “Analyse”, größer", Some(10), Some(0.1 + 0.2), "a, \"b\" | c_d * $5"),
            row("C: 開発\nline two", None, Some(-0.04), "`x` <y>"),
            row("D: High Churn", Some(0), None, "–"),
        ],
    }
}

pub fn runs(count: u32) -> Table {
    let row = |run: u32| {
        let tokens = 1_000_000.0 / f64::from(run + 3);
        vec![run.into(), ["lazy", "eager"][run as usize % 2].into(), tokens.into()]
    };
    Table {
        name: "runs".to_string(),
        title: "Every run".to_string(),
        columns: vec![
            Column::integer("run", ""),
            Column::text("strategy"),
            Column::number("tokens", "K tokens", 2),
        ],
        rows: (0..count).map(row).collect(),
    }
}

pub fn gallery() -> Vec<Plot> {
    vec![savings(), scaling(), kinds(), trade_off(), alone()]
}

const VOLATILITIES: [f64; 8] = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0];

/// Two formulas, what was printed, what was measured.
pub fn savings() -> Plot {
    let curve = |formula: fn(f64) -> f64| {
        (0..=50).map(|i| f64::from(i) / 50.0).map(|v| Point::new(v, formula(v))).collect()
    };
    let printed = [97.1, 95.0, 92.4, 88.3, 84.3, 82.2, 81.1, 80.6];
    let halves = [0.4, 1.3, 1.5, 1.4, 1.0, 1.1, 1.3, 1.3];
    let points = VOLATILITIES.iter().zip(printed);
    let measured = points
        .clone()
        .zip(halves)
        .map(|((&x, y), half)| Point { half_width: Some(half), ..Point::new(x, y - 0.3) });
    Plot {
        name: "savings".to_string(),
        title: "Savings over volatility: the bound's cliff is not there".to_string(),
        x: Axis::linear("volatility V (writes per action)"),
        y: Axis::linear("tokens saved against broadcast (%)"),
        series: vec![
            series("lower bound 1 − n/S − V", Mark::Formula, curve(|v| 90.0 - 100.0 * v)),
            series("expected cost", Mark::Formula, curve(|v| 80.0 + 17.5 * libm::exp(-5.0 * v))),
            series("printed", Mark::Printed, points.map(|(&x, y)| Point::new(x, y)).collect()),
            series("measured", Mark::Measured, measured.collect()),
        ],
    }
}

/// Both axes logarithmic; doubling.
pub fn scaling() -> Plot {
    let agents = [2.0, 4.0, 8.0, 16.0, 32.0, 64.0];
    let line = |name: &str, at: fn(f64) -> f64| {
        let point = |&n: &f64| Point { half_width: Some(at(n) * 0.12), ..Point::new(n, at(n)) };
        series(name, Mark::Measured, agents.iter().map(point).collect())
    };
    Plot {
        name: "scaling".to_string(),
        title: "Tokens over the number of agents, artifacts fixed".to_string(),
        x: Axis::logarithmic("agents n"),
        y: Axis::logarithmic("tokens per run"),
        series: vec![
            line("broadcast", |n| 494_900.0 * n),
            line("lease", |n| 147_000.0 * n),
            line("lazy", |n| 14_000.0 * n * n.sqrt()),
            line("access count", |n| 15_500.0 * n * n.sqrt()),
            line("eager", |n| 11_000.0 * n * n.sqrt()),
        ],
    }
}

/// Stacked bars over names.
pub fn kinds() -> Plot {
    let strategies =
        ["broadcast", "eager", "lazy", "lease (10 steps)", "access count (k = 8)", "push"];
    let bars = |name: &str, parts: [f64; 6]| {
        let points = parts.iter().enumerate().map(|(i, &y)| Point::new(i as f64, y)).collect();
        series(name, Mark::Stacked, points)
    };
    Plot {
        name: "kinds".to_string(),
        title: "Where the tokens go, by strategy (scenario B)".to_string(),
        x: Axis { places: strategies.map(String::from).to_vec(), ..Axis::linear("strategy") },
        y: Axis::linear("tokens per run"),
        series: vec![
            bars("first fetches", [49_152.0, 49_152.0, 49_152.0, 49_152.0, 49_152.0, 49_152.0]),
            bars("fetches again", [0.0, 83_000.0, 103_000.0, 540_000.0, 106_000.0, 3_000.0]),
            bars("content sent", [580_000.0, 0.0, 0.0, 0.0, 0.0, 160_000.0]),
            bars("invalidations", [0.0, 430.0, 412.0, 0.0, 0.0, 0.0]),
            bars("messages", [3_000.0, 9_000.0, 8_000.0, 5_000.0, 8_500.0, 9_500.0]),
        ],
    }
}

/// Twenty-five labelled points in clusters.
pub fn trade_off() -> Plot {
    let strategies = ["broadcast", "push", "lazy", "lease", "access count"];
    let scenarios = ["planning", "analysis", "development", "high churn", "pointer"];
    let tokens = [1_979_000.0, 240_000.0, 150_000.0, 590_000.0, 158_000.0];
    let stale = [0.2, 1.2, 3.0, 21.0, 3.4];
    let cloud = strategies.iter().enumerate().map(|(i, name)| {
        let points = scenarios.iter().enumerate().map(|(j, scenario)| {
            let shift = 0.75 + 0.13 * j as f64;
            let tilt = 0.8 + 0.09 * ((i + 2 * j) % 5) as f64;
            Point {
                label: (*scenario).to_string(),
                ..Point::new(tokens[i] * shift, stale[i] * tilt)
            }
        });
        series(name, Mark::Labelled, points.collect())
    });
    Plot {
        name: "trade-off".to_string(),
        title: "What staleness buys: tokens against stale reads".to_string(),
        x: Axis::logarithmic("tokens per run"),
        y: Axis::linear("stale reads (%)"),
        series: cloud.collect(),
    }
}

/// One series without a legend, a gap, points that cannot be drawn.
pub fn alone() -> Plot {
    let values = [3.0, 1.0, f64::NAN, 5e-3, -1.0, 4e-4, 2e-4];
    let points = values.iter().enumerate().map(|(i, &y)| Point::new(i as f64, y)).collect();
    Plot {
        name: "alone".to_string(),
        title: "One series, some of whose points no logarithmic axis can show, under a title that \
                is too long for one line"
            .to_string(),
        x: Axis::linear("run"),
        y: Axis::logarithmic("error <relative> & \"absolute\""),
        series: vec![series("error", Mark::Measured, points)],
    }
}

fn series(name: &str, mark: Mark, points: Vec<Point>) -> Series {
    Series { name: name.to_string(), mark, points }
}

/// The rows of a CSV file, fields as they are between the commas once unquoted.
pub fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field) = (Vec::new(), Vec::new(), String::new());
    let (mut quoted, mut letters) = (false, text.chars().peekable());
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut field)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            _ => field.push(letter),
        }
    }
    rows
}

/// What a Parquet file holds, column by column, with the units in its metadata.
pub struct Parquet {
    pub names: Vec<String>,
    pub columns: Vec<Vec<Cell>>,
    pub row_groups: usize,
    pub created_by: Option<String>,
    pub metadata: Vec<(String, Option<String>)>,
}

pub fn read_parquet(bytes: &[u8]) -> Parquet {
    use polars_arrow::array::{Array, PrimitiveArray, Utf8ViewArray};
    use polars_parquet::read;
    use std::io::Cursor;

    fn cells(array: &dyn Array) -> Vec<Cell> {
        let any = array.as_any();
        if let Some(array) = any.downcast_ref::<Utf8ViewArray>() {
            array.iter().map(Cell::from).collect()
        } else if let Some(array) = any.downcast_ref::<PrimitiveArray<i64>>() {
            array.iter().map(|number| Cell::from(number.copied())).collect()
        } else {
            let array =
                any.downcast_ref::<PrimitiveArray<f64>>().expect("no other type is written");
            array.iter().map(|number| Cell::from(number.copied())).collect()
        }
    }

    let metadata = read::read_metadata(&mut Cursor::new(bytes)).expect("it is Parquet");
    let schema = read::infer_schema(&metadata).expect("it has columns");
    let mut columns = vec![Vec::new(); schema.len()];
    for group in &metadata.row_groups {
        for (field, column) in schema.iter_values().zip(&mut columns) {
            let chunk = group.columns_under_root_iter(&field.name).expect("it is there").next();
            let chunk = chunk.expect("a flat column is one chunk");
            let range = chunk.byte_range();
            let pages = bytes[range.start as usize..range.end as usize].to_vec();
            let reader =
                read::PageReader::new(Cursor::new(pages.into()), chunk, Vec::new(), usize::MAX);
            let (arrays, _) = read::column_iter_to_arrays(
                vec![read::BasicDecompressor::new(reader, Vec::new())],
                vec![&chunk.descriptor().descriptor.primitive_type],
                field.clone(),
                None,
            )
            .expect("it can be read");
            column.extend(arrays.iter().flat_map(|array| cells(array.as_ref())));
        }
    }
    let entries = metadata.key_value_metadata.iter().flatten();
    Parquet {
        names: schema.iter_names().map(ToString::to_string).collect(),
        columns,
        row_groups: metadata.row_groups.len(),
        created_by: metadata.created_by.clone(),
        metadata: entries.map(|entry| (entry.key.clone(), entry.value.clone())).collect(),
    }
}
