//! Tables as Parquet, written so that the same rows are the same bytes everywhere.
//!
//! What is fixed for that: row groups of [`GROUP_ROWS`] rows, pages of a megabyte, format
//! version 1, no compression, one thread. Columns of text and of integers have dictionaries;
//! numbers are stored as they are. The one entry of the file's metadata, `units`, maps column
//! names to units.

use crate::error::WriteError;
use crate::render;
use attune_sim::results::{Cell, Column, Kind, RowSink, Table};
use polars_arrow::array::{Array, MutableArray, MutableBinaryViewArray, MutablePrimitiveArray};
use polars_arrow::datatypes::{ArrowDataType, ArrowSchema, Field};
use polars_arrow::record_batch::RecordBatchT;
use polars_parquet::write::{
    CompressionOptions, Encoding, FileWriter, KeyValue, StatisticsOptions, Version, WriteOptions,
    row_group_iter,
};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bounds the memory that a sink takes.
const GROUP_ROWS: usize = 1 << 16;

/// Writes rows to a Parquet file as they come. The file appears under its name once it is
/// complete, by [`RowSink::finish`]; a sink dropped before that leaves nothing.
pub struct ParquetSink {
    path: PathBuf,
    partial: PathBuf,
    /// Empty once finished.
    rows: Option<Rows<BufWriter<File>>>,
}

/// A sink that writes to `path`.
pub fn parquet_sink(path: &Path, columns: &[Column]) -> io::Result<ParquetSink> {
    let mut partial = OsString::from(path);
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let rows = Rows::new(BufWriter::new(File::create(&partial)?), columns)?;
    Ok(ParquetSink { path: path.to_path_buf(), partial, rows: Some(rows) })
}

/// Writes one table to `path`.
pub fn write_parquet(table: &Table, path: &Path) -> Result<(), WriteError> {
    render::check_table(table)?;
    let write = || {
        let mut sink = parquet_sink(path, &table.columns)?;
        table.rows.iter().try_for_each(|row| sink.row(row))?;
        Box::new(sink).finish()
    };
    write().map_err(WriteError::files("write", path))
}

/// One table in memory. Its rows must have been checked.
pub(crate) fn render(table: &Table) -> Result<Vec<u8>, WriteError> {
    let write = || {
        let mut rows = Rows::new(Vec::new(), &table.columns)?;
        table.rows.iter().try_for_each(|row| rows.push(row))?;
        rows.finish()
    };
    write().map_err(WriteError::files("encode", Path::new(&table.name)))
}

impl RowSink for ParquetSink {
    fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        self.rows.as_mut().expect("nothing follows the end").push(cells)
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        let rows = self.rows.take().expect("a sink is finished once");
        let moved = rows
            .finish()
            .and_then(|buffer| buffer.into_inner().map_err(|error| error.into_error()))
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&self.partial, &self.path));
        if moved.is_err() {
            let _ = fs::remove_file(&self.partial);
        }
        moved
    }
}

impl Drop for ParquetSink {
    fn drop(&mut self) {
        if self.rows.is_some() {
            let _ = fs::remove_file(&self.partial);
        }
    }
}

/// Rows on their way into a file.
pub(crate) struct Rows<W: Write> {
    file: FileWriter<W>,
    columns: Vec<Values>,
    units: BTreeMap<String, String>,
    /// How many the columns hold now.
    held: usize,
}

/// The values of one column of a row group.
enum Values {
    Text(MutableBinaryViewArray<str>),
    Integers(MutablePrimitiveArray<i64>),
    Numbers(MutablePrimitiveArray<f64>),
}

impl<W: Write> Rows<W> {
    pub(crate) fn new(writer: W, columns: &[Column]) -> io::Result<Rows<W>> {
        let schema: ArrowSchema = columns
            .iter()
            .map(|column| Field::new(column.name.as_str().into(), arrow_type(column.kind), true))
            .collect();
        if schema.len() != columns.len() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "two columns share a name"));
        }
        let units = columns
            .iter()
            .filter(|column| !column.unit.is_empty())
            .map(|column| (column.name.clone(), column.unit.clone()))
            .collect();
        let file = FileWriter::try_new(writer, schema, options()).map_err(io::Error::other)?;
        let columns = columns.iter().map(|column| Values::empty(column.kind)).collect();
        Ok(Rows { file, columns, units, held: 0 })
    }

    pub(crate) fn push(&mut self, cells: &[Cell]) -> io::Result<()> {
        if cells.len() != self.columns.len() {
            let (cells, columns) = (cells.len(), self.columns.len());
            let problem = format!("a row of {cells} cells for {columns} columns");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, problem));
        }
        for (values, cell) in self.columns.iter_mut().zip(cells) {
            values.push(cell)?;
        }
        self.held += 1;
        if self.held == GROUP_ROWS { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        let encodings = self.columns.iter().map(|values| vec![values.encoding()]).collect();
        let arrays = self.columns.iter_mut().map(Values::take).collect();
        let schema = Arc::new(self.file.schema().clone());
        let batch = RecordBatchT::try_new(self.held, schema, arrays).map_err(io::Error::other)?;
        let fields = self.file.parquet_schema().fields().to_vec();
        let group = row_group_iter(batch, encodings, fields, options());
        self.file.write(self.held as u64, group).map_err(io::Error::from)?;
        self.held = 0;
        Ok(())
    }

    fn finish(self) -> io::Result<W> {
        let units = serde_json::to_string(&self.units)?;
        self.finish_with(|| vec![("units", units)])
    }

    /// Ends the file with these entries of its metadata, asked for when all rows are written.
    pub(crate) fn finish_with(
        mut self,
        entries: impl FnOnce() -> Vec<(&'static str, String)>,
    ) -> io::Result<W> {
        if self.held > 0 {
            self.flush()?;
        }
        let entry = |(name, text): (&str, String)| KeyValue::new(name.to_string(), text);
        let metadata = entries().into_iter().map(entry).collect();
        self.file.end(Some(metadata)).map_err(io::Error::from)?;
        Ok(self.file.into_inner())
    }
}

impl Values {
    fn empty(kind: Kind) -> Values {
        match kind {
            Kind::Text => Values::Text(MutableBinaryViewArray::new()),
            Kind::Integer => Values::Integers(MutablePrimitiveArray::new()),
            Kind::Number { .. } => Values::Numbers(MutablePrimitiveArray::new()),
        }
    }

    fn push(&mut self, cell: &Cell) -> io::Result<()> {
        match (self, cell) {
            (Values::Text(array), Cell::Text(text)) => array.push_value(text),
            (Values::Text(array), Cell::Missing) => array.push_null(),
            (Values::Integers(array), Cell::Integer(number)) => array.push_value(*number),
            (Values::Integers(array), Cell::Missing) => array.push_null(),
            (Values::Numbers(array), Cell::Number(number)) => array.push_value(*number),
            (Values::Numbers(array), Cell::Missing) => array.push_null(),
            (_, cell) => {
                let problem = format!("{cell:?} is not of its column's kind");
                return Err(io::Error::new(io::ErrorKind::InvalidInput, problem));
            }
        }
        Ok(())
    }

    fn take(&mut self) -> Box<dyn Array> {
        match self {
            Values::Text(array) => std::mem::take(array).as_box(),
            Values::Integers(array) => std::mem::take(array).as_box(),
            Values::Numbers(array) => std::mem::take(array).as_box(),
        }
    }

    fn encoding(&self) -> Encoding {
        match self {
            Values::Text(_) | Values::Integers(_) => Encoding::RleDictionary,
            Values::Numbers(_) => Encoding::Plain,
        }
    }
}

pub(crate) fn arrow_type(kind: Kind) -> ArrowDataType {
    match kind {
        Kind::Text => ArrowDataType::Utf8View,
        Kind::Integer => ArrowDataType::Int64,
        Kind::Number { .. } => ArrowDataType::Float64,
    }
}

fn options() -> WriteOptions {
    WriteOptions {
        // Without a length, how much of a text goes into the statistics would depend on an
        // environment variable.
        statistics: StatisticsOptions {
            binary_statistics_truncate_length: Some(64),
            ..StatisticsOptions::default()
        },
        version: Version::V1,
        compression: CompressionOptions::Uncompressed,
        data_page_size: Some(1 << 20),
    }
}
