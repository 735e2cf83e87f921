//! New versions of artifacts.

use crate::compression::codec::Trained;
use crate::compression::failure::Failure;
use crate::compression::measured::{Measured, SPLIT_SEED};
use crate::compression::message::{Kind, Message};
use crate::compression::sizes::{Sizes, sessions};
use crate::results::{Column, Table};
use crate::workload::draw::Draw;
use attune_codec::Level;

/// Artifacts that are edited, at most, and the smallest of them, bytes.
const ARTIFACTS: usize = 100;
const ARTIFACT_BYTES: usize = 2_000;
/// A line that replaces another is one of code or text, not a whole document on one line.
const LINE_BYTES: usize = 200;

/// A new version sent whole, and as a delta against the one before; `None` if nothing is like an
/// artifact with lines.
pub fn table(corpus: &Measured) -> Result<Option<Table>, Failure> {
    let measured = corpus.split.measured.iter().copied();
    let results: Vec<&Message> =
        measured.filter(|message| message.kind == Kind::ToolResult).collect();
    let artifacts: Vec<Vec<u8>> = sessions(&results)
        .iter()
        .map(|results| results.join(&b'\n'))
        .filter(|artifact| artifact.len() >= ARTIFACT_BYTES)
        .take(ARTIFACTS)
        .collect();
    let lines: Vec<&[u8]> = artifacts
        .iter()
        .flat_map(|artifact| artifact.split(|&byte| byte == b'\n'))
        .filter(|line| !line.is_empty() && line.len() <= LINE_BYTES)
        .collect();
    if lines.is_empty() {
        return Ok(None);
    }
    let shipped = Trained::shipped();
    let mut rows = Vec::new();
    for edits in [1_u64, 3, 10, 30] {
        let mut draw = Draw::new(SPLIT_SEED, edits);
        let pairs: Vec<(&[u8], Vec<u8>)> = artifacts
            .iter()
            .map(|artifact| (&artifact[..], edited(artifact, edits, &lines, &mut draw)))
            .collect();
        let versions: Vec<&[u8]> = pairs.iter().map(|(_, version)| version.as_slice()).collect();
        let mean = |sizes: &[usize]| sizes.iter().sum::<usize>() as f64 / sizes.len() as f64;
        let whole: Vec<usize> = versions.iter().map(|bytes| bytes.len()).collect();
        let delta = shipped.deltas(&pairs)?;
        let frames = shipped.frames(Level::BySize, &versions)?;
        rows.push(vec![
            edits.into(),
            (versions.len() as u64).into(),
            mean(&whole).into(),
            mean(&frames).into(),
            mean(&delta).into(),
            Sizes::new(&versions, frames).saved().into(),
            Sizes::new(&versions, delta).saved().into(),
        ]);
    }
    Ok(Some(Table {
        name: "compression-deltas".to_string(),
        title: "A new version of an artifact, whole and as a delta".to_string(),
        columns: vec![
            Column::integer("edits", "lines replaced"),
            Column::integer("artifacts", ""),
            Column::number("whole", "bytes, mean", 0),
            Column::number("frame", "bytes, mean", 0),
            Column::number("delta", "bytes, mean", 0),
            Column::number("frame_saved", "%", 1),
            Column::number("delta_saved", "%", 1),
        ],
        rows,
    }))
}

/// A version with so many lines replaced by lines of any of the artifacts.
fn edited(artifact: &[u8], edits: u64, others: &[&[u8]], draw: &mut Draw) -> Vec<u8> {
    let mut lines: Vec<&[u8]> = artifact.split(|&byte| byte == b'\n').collect();
    for _ in 0..edits {
        let place = draw.below(lines.len() as u64) as usize;
        lines[place] = others[draw.below(others.len() as u64) as usize];
    }
    lines.join(&b'\n')
}
