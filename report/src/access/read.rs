use super::sum::agrees;
use super::{HEADER, SUM, row};
use crate::parquet::arrow_type;
use attune_sim::results::{Cell, Kind};
use attune_trace::access::{Access, FORMAT, Header, Order, OutOfOrder, TooLarge};
use attune_trace::caught;
use polars_arrow::array::{Array, PrimitiveArray, Utf8ViewArray};
use polars_arrow::datatypes::ArrowSchema;
use polars_parquet::read::{
    self, BasicDecompressor, FileMetadata, PageReader, RowGroupMetadata, column_iter_to_arrays,
};
use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

/// Why an access trace in Parquet cannot be read. Rows are counted from 1.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("this is no whole Parquet file: {what}; make it again")]
    NotParquet { what: String },
    #[error("this file is damaged: its bytes are not those that were written; make it again")]
    Changed,
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
    #[error(
        "the column `{column}` is missing: every access has one (docs/trace-format.md); was this \
         file made by attune import?"
    )]
    NoColumn { column: &'static str },
    #[error(
        "the column `{column}` holds {found}, and a trace's {expected}: convert it \
         (docs/trace-format.md)"
    )]
    Type { column: &'static str, found: String, expected: &'static str },
    #[error("rows {first} to {last}: column `{column}` is damaged: {what}; make the file again")]
    Damaged { first: u64, last: u64, column: String, what: String },
    #[error("row {row}: {what} (docs/trace-format.md)")]
    Malformed { row: u64, what: String },
    #[error("row {row}: {what}")]
    Order { row: u64, what: OutOfOrder },
    #[error("row {row}: {what}")]
    Number { row: u64, what: TooLarge },
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
}

/// Reads an access trace from Parquet. As an iterator it gives the accesses, and stops after an
/// error. A group of rows is in memory at a time.
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
    order: Order,
    failed: bool,
}

impl<R: Read + Seek> Reader<R> {
    pub fn new(mut source: R) -> Result<Reader<R>, ReadError> {
        let (metadata, schema) = sound(|| {
            let metadata = read::read_metadata(&mut source)?;
            let schema = read::infer_schema(&metadata)?;
            Ok((metadata, schema))
        })
        .map_err(|what| ReadError::NotParquet { what })?;
        let mut entries = metadata.key_value_metadata.iter().flatten();
        let text = entries.find(|entry| entry.key == HEADER).and_then(|entry| entry.value.as_ref());
        let header: Header =
            text.and_then(|text| serde_json::from_str(text).ok()).ok_or(ReadError::NotATrace)?;
        let mut entries = metadata.key_value_metadata.iter().flatten();
        if let Some(sum) = entries.find(|entry| entry.key == SUM)
            && !agrees(&mut source, sum.value.as_deref().unwrap_or_default())?
        {
            return Err(ReadError::Changed);
        }
        if header.attune_trace != FORMAT {
            return Err(ReadError::Format { found: header.attune_trace });
        }
        for column in row::layout() {
            match schema.get(column.name) {
                None if column.required => {
                    return Err(ReadError::NoColumn { column: column.name });
                }
                Some(field) if field.dtype != arrow_type(column.kind) => {
                    return Err(ReadError::Type {
                        column: column.name,
                        found: format!("{:?}", field.dtype),
                        expected: match column.kind {
                            Kind::Text => "holds text",
                            _ => "holds whole numbers of 64 bits",
                        },
                    });
                }
                _ => {}
            }
        }
        Ok(Reader {
            source,
            metadata,
            schema,
            header,
            groups: 0,
            held: Vec::new().into_iter(),
            row: 0,
            order: Order::default(),
            failed: false,
        })
    }

    pub fn header(&self) -> &Header {
        &self.header
    }

    fn access(&mut self) -> Result<Option<Access>, ReadError> {
        loop {
            if let Some(access) = self.held.next() {
                self.row += 1;
                let row = self.row;
                access.fits().map_err(|what| ReadError::Number { row, what })?;
                self.order.follow(&access).map_err(|what| ReadError::Order { row, what })?;
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
        let rows = group.num_rows();
        let mut columns = BTreeMap::new();
        for column in row::layout() {
            let Some(field) = self.schema.get(column.name) else { continue };
            let damaged = |what| ReadError::Damaged {
                first: self.row + 1,
                last: self.row + rows as u64,
                column: column.name.to_string(),
                what,
            };
            let arrays = column_arrays(&mut self.source, group, field).map_err(damaged)?;
            let cells: Vec<Cell> = arrays.iter().flat_map(|array| cells(array.as_ref())).collect();
            if cells.len() != rows {
                return Err(damaged(format!("it has {} values of {rows}", cells.len())));
            }
            columns.insert(column.name, cells);
        }
        let access = |place: usize| {
            let cell = |name: &str| columns.get(name).map_or(Cell::Missing, |it| it[place].clone());
            let row = self.row + 1 + place as u64;
            row::access(cell).map_err(|what| ReadError::Malformed { row, what })
        };
        (0..rows).map(access).collect()
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

/// The values of one column of a group of rows, nothing if the group does not have it.
pub(crate) fn column_arrays(
    source: &mut (impl Read + Seek),
    group: &RowGroupMetadata,
    field: &polars_arrow::datatypes::Field,
) -> Result<Vec<Box<dyn Array>>, String> {
    sound(|| {
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
        )?;
        Ok(arrays)
    })
}

/// Reads something of a file that may be damaged: polars panics at some of the damage.
pub(crate) fn sound<T>(read: impl FnOnce() -> Result<T, Box<dyn Error>>) -> Result<T, String> {
    match caught(read) {
        Ok(done) => done.map_err(|error| error.to_string()),
        Err(panic) => Err(panic),
    }
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
