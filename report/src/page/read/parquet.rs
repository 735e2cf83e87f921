use super::{Found, ROWS_READ};
use crate::access::{column_arrays, sound};
use attune_sim::results::{Cell, Column, Kind, Table};
use polars_arrow::array::{Array, BooleanArray, PrimitiveArray, Utf8ViewArray, get_display};
use polars_arrow::datatypes::{ArrowDataType, Field};
use polars_parquet::read;
use std::collections::BTreeMap;
use std::fs::File;

pub(super) fn read(mut file: File, name: &str) -> Result<Found, String> {
    let metadata = sound(|| Ok(read::read_metadata(&mut file)?))
        .map_err(|error| format!("is no whole Parquet file: {error}; make it again"))?;
    let unusual = |error| format!("cannot be read: {error}; write it uncompressed, or as CSV");
    let schema = sound(|| Ok(read::infer_schema(&metadata)?)).map_err(unusual)?;
    let entries = metadata.key_value_metadata.iter().flatten();
    let units = entries.filter(|entry| entry.key == "units").find_map(|entry| entry.value.as_ref());
    let units: BTreeMap<String, String> =
        units.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();

    let columns: Vec<Column> = schema
        .iter_values()
        .map(|field| Column {
            name: field.name.to_string(),
            unit: units.get(field.name.as_str()).cloned().unwrap_or_default(),
            kind: kind(field),
        })
        .collect();
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for group in &metadata.row_groups {
        if rows.len() >= ROWS_READ {
            break;
        }
        let start = rows.len();
        rows.resize_with(start + group.num_rows(), || Vec::with_capacity(columns.len()));
        for field in schema.iter_values() {
            let arrays = column_arrays(&mut file, group, field);
            let arrays = arrays.map_err(unusual)?;
            let mut cells = arrays.iter().flat_map(|array| cells(array.as_ref()));
            rows[start..]
                .iter_mut()
                .for_each(|row| row.push(cells.next().unwrap_or(Cell::Missing)));
        }
    }
    rows.truncate(ROWS_READ);
    let (name, title) = (name.to_string(), name.to_string());
    Ok(Found { table: Table { name, title, columns, rows }, rows: metadata.num_rows })
}

fn kind(field: &Field) -> Kind {
    use ArrowDataType::{Float32, Float64, Int8, Int16, Int32, Int64, UInt8, UInt16, UInt32};
    match field.dtype {
        Int8 | Int16 | Int32 | Int64 | UInt8 | UInt16 | UInt32 => Kind::Integer,
        Float32 | Float64 => Kind::Number { digits: 6 },
        _ => Kind::Text,
    }
}

fn cells(array: &dyn Array) -> Vec<Cell> {
    macro_rules! numbers {
        ($($type:ty => $cell:expr),*) => {$(
            if let Some(array) = array.as_any().downcast_ref::<PrimitiveArray<$type>>() {
                return array.iter().map(|number| number.map_or(Cell::Missing, |number| $cell((*number).into()))).collect();
            }
        )*};
    }
    if let Some(array) = array.as_any().downcast_ref::<Utf8ViewArray>() {
        return array.iter().map(Cell::from).collect();
    }
    if let Some(array) = array.as_any().downcast_ref::<BooleanArray>() {
        return array.iter().map(|flag| Cell::from(flag.map(|flag| flag.to_string()))).collect();
    }
    // Dates and times have a type of their own above the numbers.
    if kind(&Field::new("".into(), array.dtype().clone(), true)) != Kind::Text {
        numbers!(i64 => Cell::Integer, i32 => Cell::Integer, i16 => Cell::Integer, i8 => Cell::Integer,
            u32 => Cell::Integer, u16 => Cell::Integer, u8 => Cell::Integer,
            f64 => Cell::Number, f32 => Cell::Number);
    }
    let display = get_display(array, "");
    let text = |place| {
        let mut text = String::new();
        // Writing to a text does not fail.
        let _ = display(&mut text, place);
        if array.is_null(place) { Cell::Missing } else { Cell::Text(text) }
    };
    (0..array.len()).map(text).collect()
}
