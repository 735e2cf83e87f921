//! Small pieces of HTML. Every text that comes from a file goes through [`escape`].

use super::read::{Found, ROWS_SHOWN};
use attune_sim::results::{Cell, Column, Kind};

pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(letter),
        }
    }
    escaped
}

/// A figure as an image within the page: what is in an image can neither run nor load anything.
pub(super) fn figure(svg: &[u8], description: &str) -> String {
    let mut address = String::with_capacity(svg.len() * 5 / 4);
    for &byte in svg {
        // What needs no escape in an address, nor in an attribute.
        let plain = byte.is_ascii_alphanumeric() || b" -_.,:;/=()!*".contains(&byte);
        if plain {
            address.push(char::from(byte));
        } else {
            address.push_str(&format!("%{byte:02X}"));
        }
    }
    format!(
        "<img class=\"figure\" src=\"data:image/svg+xml,{address}\" alt=\"{}\">",
        escape(description)
    )
}

/// A table, with what is said of it.
pub(super) fn table(found: &Found) -> String {
    let shown = found.table.rows.len().min(ROWS_SHOWN);
    let rows = if shown < found.rows {
        format!("The first {shown} of {} rows; the file has them all.", found.rows)
    } else if shown == 1 {
        "One row.".to_string()
    } else {
        format!("{shown} rows.")
    };
    let mut html = format!(
        "<p class=\"note\">{rows} Numbers are shown with six digits.</p>\n<div class=\"table\"><table>\n<thead><tr>"
    );
    for column in &found.table.columns {
        let unit = match column.unit.as_str() {
            "" => String::new(),
            unit => format!(" <span class=\"unit\">({})</span>", escape(unit)),
        };
        html.push_str(&format!("<th scope=\"col\"{}>{}{unit}</th>", class(column), name(column)));
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    for row in &found.table.rows[..shown] {
        html.push_str("<tr>");
        for (cell, column) in row.iter().zip(&found.table.columns) {
            html.push_str(&format!("<td{}>{}</td>", class(column), escape(&text(cell))));
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody></table></div>\n");
    html
}

fn class(column: &Column) -> &'static str {
    if column.kind == Kind::Text { "" } else { " class=\"number\"" }
}

/// Words may be broken where a long name joins them.
fn name(column: &Column) -> String {
    escape(&column.name).replace('_', "_<wbr>").replace('.', ".<wbr>")
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Number(number) => rounded(*number),
        other => other.show(Kind::Text),
    }
}

/// With six digits, and none after the point that say nothing.
fn rounded(number: f64) -> String {
    let shortened: f64 = format!("{number:.5e}").parse().unwrap_or(number);
    if shortened == 0.0 { "0".to_string() } else { shortened.to_string() }
}
