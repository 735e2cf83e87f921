//! Tables as CSV: numbers with full precision (the shortest text that reads back as the same
//! number), missing cells empty, empty texts as `""`, lines ended by a line feed.

use attune_sim::results::{Cell, Table};

pub(crate) fn render(table: &Table) -> String {
    let mut text = String::new();
    line(&mut text, table.columns.iter().map(|column| quote(&column.name)));
    for row in &table.rows {
        line(&mut text, row.iter().map(field));
    }
    text
}

fn line(text: &mut String, fields: impl Iterator<Item = String>) {
    let start = text.len();
    for (index, field) in fields.enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(&field);
    }
    // Readers skip empty lines: a table of one column would lose its missing cells.
    if text.len() == start {
        text.push_str("\"\"");
    }
    text.push('\n');
}

fn field(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => quote(text),
        Cell::Integer(number) => number.to_string(),
        Cell::Number(number) => number.to_string(),
        Cell::Missing => String::new(),
    }
}

fn quote(text: &str) -> String {
    let plain = !text.is_empty() && !text.contains(['"', ',', '\n', '\r']);
    if plain { text.to_string() } else { format!("\"{}\"", text.replace('"', "\"\"")) }
}
