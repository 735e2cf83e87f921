//! Results as data: tables, plots and prose, without any format. The command prints them as text,
//! JSON or CSV; the `report` crate turns them into Parquet, SVG and Markdown.

mod plot;
mod table;

pub use plot::{Axis, Mark, Plot, Point, Series};
pub use table::{Cell, Column, Kind, RowSink, Table};
