use super::{Found, ROWS_READ, typed};
use std::path::Path;

pub(super) fn read(path: &Path, name: &str) -> Result<Found, String> {
    let mut reader = csv::Reader::from_path(path).map_err(|error| what(&error))?;
    let heading = reader.headers().map_err(|error| what(&error))?;
    let names: Vec<String> = heading.iter().map(str::to_string).collect();
    if names.is_empty() {
        return Err("is empty; a table has at least a line with the names of its columns".into());
    }
    let mut texts = Vec::new();
    let mut rows = 0;
    for record in reader.records() {
        let record = record.map_err(|error| what(&error))?;
        if rows < ROWS_READ {
            texts.push(record.iter().map(str::to_string).collect());
        }
        rows += 1;
    }
    Ok(Found { table: typed(name, names, texts), rows })
}

fn what(error: &csv::Error) -> String {
    let line = error.position().map(|position| format!("line {}: ", position.line()));
    let line = line.unwrap_or_default();
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => format!(
            "{line}has {len} cells, and the first line has {expected_len}; every line needs as many"
        ),
        csv::ErrorKind::Utf8 { .. } => format!("{line}is not UTF-8; save it as UTF-8"),
        _ => format!("is no CSV: {error}"),
    }
}
