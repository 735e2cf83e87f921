//! The findings as text.

use std::fmt;

use super::findings::{Cell, Finding, Named, Table};
use super::{Holding, State};

const WIDTH: usize = 96;

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cell::Count(count) => f.pad(&thousands(*count)),
            Cell::Text(text) => f.pad(text),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} (section {})", self.name, self.section)?;
        writeln!(f, "  printed: {}", self.states)?;
        wrap(f, &self.found)?;
        for trace in &self.traces {
            write!(f, "\n{trace}")?;
        }
        for table in &self.tables {
            write!(f, "\n{table}")?;
        }
        Ok(())
    }
}

/// One line a state, in the variables of section 6.1.
impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  {}:", self.title)?;
        line(f, 0, "Init", &self.trace.init)?;
        for (number, step) in (1..).zip(&self.trace.steps) {
            line(f, number, &step.action.to_string(), &step.state)?;
        }
        Ok(())
    }
}

fn line(f: &mut fmt::Formatter<'_>, number: usize, action: &str, state: &State) -> fmt::Result {
    let each = |field: fn(&Holding) -> String| {
        state.agents().iter().map(field).collect::<Vec<_>>().join(" ")
    };
    let states = each(|a| format!("{:?}", a.state()));
    let (steps, sync) = (each(|a| a.steps().to_string()), each(|a| a.sync().to_string()));
    write!(f, "    {number:>2}  {action:<12} artifactVersion {}", state.version)?;
    write!(f, "  artifactState {states}  agentSteps {steps}  lastSync {sync}")?;
    let posted = (1..).zip(state.agents()).filter(|(_, a)| a.posted());
    let posted: Vec<String> = posted.map(|(x, _): (usize, _)| format!("A{x}")).collect();
    if !posted.is_empty() {
        write!(f, "  in flight to {}", posted.join(" "))?;
    }
    writeln!(f)
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  {}:", self.title)?;
        let texts = self.rows.iter().map(|row| row.iter().map(Cell::to_string).collect());
        let lines: Vec<Vec<String>> = [self.columns.clone()].into_iter().chain(texts).collect();
        let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max();
        let widths: Vec<usize> = (0..self.columns.len()).filter_map(width).collect();
        for (row, line) in lines.iter().enumerate() {
            let mut text = String::from("   ");
            for (column, (cell, width)) in line.iter().zip(&widths).enumerate() {
                let count = row > 0 && matches!(self.rows[row - 1][column], Cell::Count(_));
                let padded =
                    if count { format!("{cell:>width$}") } else { format!("{cell:<width$}") };
                text.push_str(&format!(" {padded} "));
            }
            writeln!(f, "{}", text.trim_end())?;
        }
        Ok(())
    }
}

fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn wrap(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let mut column = 0;
    for word in text.split_whitespace() {
        if column > 0 && column + 1 + word.chars().count() > WIDTH {
            writeln!(f)?;
            column = 0;
        }
        let before = if column == 0 { "  " } else { " " };
        write!(f, "{before}{word}")?;
        column += before.len() + word.chars().count();
    }
    writeln!(f)
}
