use super::{HEADER, row};
use attune_sim::results::Cell;
use attune_trace::access::{Access, FORMAT, Header};
use polars_arrow::array::{Array, PrimitiveArray, Utf8ViewArray};
use polars_arrow::datatypes::ArrowSchema;
use polars_parquet::read::{
    self, BasicDecompressor, FileMetadata, PageReader, RowGroupMetadata, column_iter_to_arrays,
};
use std::collections::BTreeMap;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

/// Why an access trace in Parquet cannot be read. Rows are counted from 1.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("this is no whole Parquet file: {what}; make it again")]
    NotParquet { what: String },
    #[error(
        "there is no access trace in this Parquet file: its metadata has no `{HEADER}` that can \
         be read (docs/trace-format.md)"
    )]
    NotATrace,
    #[error(
        "a trace of format {found}, and this attune reads format {FORMAT}: take the attune that \
         made it, or make it again with this one"
    )]
    Format { found: u32 },
    #[error("row {row}: {what} (docs/trace-format.md)")]
    Malformed { row: u64, what: String },
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
}

/// Reads an access trace from Parquet. As an iterator it gives the accesses, and stops after an
/// error.
pub struct Reader<R> {
    source: R,
    metadata: FileMetadata,
    schema: ArrowSchema,
    header: Header,
    /// The groups of rows that were read.
    groups: usize,
    /// What is left of the group that was read last.
    held: std::vec::IntoIter<Access>,
    row: u64,
    failed: bool,
}

impl<R: Read + Seek> Reader<R> {
    pub fn new(mut source: R) -> Result<Reader<R>, ReadError> {
        let metadata = read::read_metadata(&mut source).map_err(not_parquet)?;
        let schema = read::infer_schema(&metadata).map_err(not_parquet)?;
        let mut entries = metadata.key_value_metadata.iter().flatten();
        let text = entries.find(|entry| entry.key == HEADER).and_then(|entry| entry.value.as_ref());
        let header: Header =
            text.and_then(|text| serde_json::from_str(text).ok()).ok_or(ReadError::NotATrace)?;
        if header.attune_trace != FORMAT {
            return Err(ReadError::Format { found: header.attune_trace });
        }
        let held = Vec::new().into_iter();
        Ok(Reader { source, metadata, schema, header, groups: 0, held, row: 0, failed: false })
    }

    pub fn header(&self) -> &Header {
        &self.header
    }

    fn access(&mut self) -> Result<Option<Access>, ReadError> {
        loop {
            if let Some(access) = self.held.next() {
                return Ok(Some(access));
            }
            if self.groups == self.metadata.row_groups.len() {
                return Ok(None);
            }
            self.held = self.group()?.into_iter();
            self.groups += 1;
        }
    }

    fn group(&mut self) -> Result<Vec<Access>, ReadError> {
        let group = &self.metadata.row_groups[self.groups];
        let mut columns = BTreeMap::new();
        for field in self.schema.iter_values() {
            let cells = column(&mut self.source, group, field)?;
            columns.insert(field.name.to_string(), cells);
        }
        let rows = columns.values().map(Vec::len).max().unwrap_or(0);
        let mut accesses = Vec::with_capacity(rows);
        for place in 0..rows {
            self.row += 1;
            let cell = |name: &str| {
                columns
                    .get(name)
                    .and_then(|cells| cells.get(place))
                    .cloned()
                    .unwrap_or(Cell::Missing)
            };
            let malformed = |what| ReadError::Malformed { row: self.row, what };
            accesses.push(row::access(cell).map_err(malformed)?);
        }
        Ok(accesses)
    }
}

impl<R: Read + Seek> Iterator for Reader<R> {
    type Item = Result<Access, ReadError>;

    fn next(&mut self) -> Option<Result<Access, ReadError>> {
        if self.failed {
            return None;
        }
        let access = self.access().transpose();
        self.failed = matches!(access, Some(Err(_)));
        access
    }
}

/// One column of a group. Columns of other types than a trace has are empty.
fn column(
    source: &mut (impl Read + Seek),
    group: &RowGroupMetadata,
    field: &polars_arrow::datatypes::Field,
) -> Result<Vec<Cell>, ReadError> {
    Ok(column_arrays(source, group, field)?
        .iter()
        .flat_map(|array| cells(array.as_ref()))
        .collect())
}

/// The values of one column of a group of rows, nothing if the group does not have it.
pub(crate) fn column_arrays(
    source: &mut (impl Read + Seek),
    group: &RowGroupMetadata,
    field: &polars_arrow::datatypes::Field,
) -> Result<Vec<Box<dyn Array>>, ReadError> {
    let chunk = group.columns_under_root_iter(&field.name).and_then(|mut chunks| chunks.next());
    let Some(chunk) = chunk else { return Ok(Vec::new()) };
    let range = chunk.byte_range();
    let mut pages = Vec::new();
    source.seek(SeekFrom::Start(range.start))?;
    source.by_ref().take(range.end.saturating_sub(range.start)).read_to_end(&mut pages)?;
    let pages = PageReader::new(Cursor::new(pages.into()), chunk, Vec::new(), usize::MAX);
    let (arrays, _) = column_iter_to_arrays(
        vec![BasicDecompressor::new(pages, Vec::new())],
        vec![&chunk.descriptor().descriptor.primitive_type],
        field.clone(),
        None,
    )
    .map_err(not_parquet)?;
    Ok(arrays)
}

fn cells(array: &dyn Array) -> Vec<Cell> {
    let any = array.as_any();
    if let Some(array) = any.downcast_ref::<Utf8ViewArray>() {
        array.iter().map(Cell::from).collect()
    } else if let Some(array) = any.downcast_ref::<PrimitiveArray<i64>>() {
        array.iter().map(|number| Cell::from(number.copied())).collect()
    } else {
        Vec::new()
    }
}

fn not_parquet(error: impl std::fmt::Display) -> ReadError {
    ReadError::NotParquet { what: error.to_string() }
}
