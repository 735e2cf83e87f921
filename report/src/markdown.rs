//! The report's Markdown, made to read well both rendered on a code host and as it is.

use crate::document::{Block, Document};
use attune_sim::results::{Cell, Column, Kind, Mark, Plot, Table};

pub(crate) fn render(document: &Document) -> String {
    let mut parts = vec![format!("# {}", document.title.trim())];
    parts.extend(document.blocks.iter().map(block));
    parts.join("\n\n") + "\n"
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading { level, text } => {
            format!("{} {}", "#".repeat((*level).clamp(1, 6).into()), text.trim())
        }
        Block::Paragraph(text) => text.trim().to_string(),
        Block::List(items) => {
            let item = |item: &String| format!("- {}", item.trim().replace('\n', "\n  "));
            items.iter().map(item).collect::<Vec<_>>().join("\n")
        }
        Block::Code { language, text } => code(language, text),
        Block::Table { table, shown } => self::table(table, *shown),
        Block::Plot(plot) => self::plot(plot),
    }
}

fn code(language: &str, text: &str) -> String {
    // A fence longer than any in the text.
    let mut fence = "```".to_string();
    while text.contains(&fence) {
        fence.push('`');
    }
    format!("{fence}{language}\n{}\n{fence}", text.trim_end())
}

fn plot(plot: &Plot) -> String {
    let Plot { name, title, .. } = plot;
    format!("![{}](figures/{name}.svg)", literal(&format!("{title}. {}", summary(plot))))
}

/// A figure in words, for those who cannot see it.
pub(crate) fn summary(plot: &Plot) -> String {
    let kind = match plot.series.first().map(|series| series.mark) {
        Some(Mark::Stacked) => "Bars",
        Some(Mark::Labelled) => "Labelled points",
        _ => "Lines and points",
    };
    let names: Vec<&str> = plot.series.iter().map(|series| series.name.as_str()).collect();
    let logarithmic = |yes| if yes { " (logarithmic)" } else { "" };
    let (x, y) = (&plot.x, &plot.y);
    format!(
        "{kind}: {}{} over {}{}, for {}.",
        y.label,
        logarithmic(y.logarithmic),
        x.label,
        logarithmic(x.logarithmic),
        names.join("; "),
    )
}

fn table(table: &Table, shown: Option<usize>) -> String {
    let all = table.rows.len();
    let count = shown.unwrap_or(all).min(all);
    let rest = if count < all { format!("first {count} of {all} rows; ") } else { String::new() };
    let Table { name, title, .. } = table;
    let links = format!("{rest}[CSV](tables/{name}.csv), [Parquet](tables/{name}.parquet)");
    format!("**{}** ({links})\n\n{}", literal(title), grid(&table.columns, &table.rows[..count]))
}

/// Rows and columns, padded so that they line up as they are.
fn grid(columns: &[Column], rows: &[Vec<Cell>]) -> String {
    let texts: Vec<Vec<String>> = columns
        .iter()
        .enumerate()
        .map(|(index, column)| {
            let cells = rows.iter().map(|row| literal(&shown(&row[index], column.kind)));
            std::iter::once(heading(column)).chain(cells).collect()
        })
        .collect();
    let widths: Vec<usize> = texts.iter().map(|texts| padding(texts)).collect();

    let line = |row: usize| {
        let cells = columns.iter().zip(&texts).zip(&widths).map(|((column, texts), &width)| {
            let text = &texts[row];
            if column.kind == Kind::Text {
                format!("{text:<width$}")
            } else {
                format!("{text:>width$}")
            }
        });
        format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
    };
    let rules = columns.iter().zip(&widths).map(|(column, &width)| {
        if column.kind == Kind::Text {
            "-".repeat(width)
        } else {
            format!("{}:", "-".repeat(width - 1))
        }
    });
    let rule = format!("| {} |", rules.collect::<Vec<_>>().join(" | "));
    let mut lines = vec![line(0), rule];
    lines.extend((1..=rows.len()).map(line));
    lines.join("\n")
}

/// How wide to make a column. A few very long texts do not push the others off the screen.
fn padding(texts: &[String]) -> usize {
    const MOST: usize = 48;
    let widths = texts.iter().map(|text| text.chars().count());
    widths.filter(|&width| width <= MOST).max().unwrap_or(3).max(3)
}

fn heading(column: &Column) -> String {
    let name = literal(&column.name.replace('_', " "));
    if column.unit.is_empty() { name } else { format!("{name} ({})", literal(&column.unit)) }
}

fn shown(cell: &Cell, kind: Kind) -> String {
    let text = cell.show(kind).replace("\r\n", "\n");
    // What rounds to zero has no sign.
    match text.strip_prefix('-') {
        Some(digits) if kind != Kind::Text && !digits.contains(|c| matches!(c, '1'..='9')) => {
            digits.to_string()
        }
        _ => text,
    }
}

/// A text that Markdown shows as it is, on one line.
fn literal(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '\n' => escaped.push_str("<br>"),
            // The dollar sign starts a formula on some code hosts.
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '|' | '~' | '&' | '$' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            _ => escaped.push(letter),
        }
    }
    escaped
}
