//! What the printed figures would take, and what they leave out: repetition, deltas, and the numbers
//! that the simulator's `wire` section goes by.

use super::codec::{Failure, Trained};
use super::corpus::{self, Split, SplitBy};
use super::generate::Generator;
use super::message::{Kind, Message};
use super::tables::{DICTIONARY_BYTES, Prepared, SPLIT_SEED, Sizes, contents, merged, sessions};
use crate::results::{Cell, Column, Table};
use crate::workload::draw::Draw;

/// How much of what is said must have been said before, for the printed 96.9 %, and what it is worth
/// to have trained on other messages of the same sessions.
pub fn repetition() -> Result<Table, Failure> {
    let mut rows = Vec::new();
    let mut row = |repeated: &str, generator: &Generator| -> Result<(), Failure> {
        let corpus = corpus::made_up(generator).map_err(|error| Failure(error.to_string()))?;
        let mut row: Vec<Cell> = vec![
            repeated.into(),
            generator.repeat_within.max(generator.repeat_across).into(),
            generator.change.into(),
        ];
        for by in [SplitBy::Session, SplitBy::Message] {
            let Split { trained, measured } = corpus.split(by, SPLIT_SEED);
            let trained = Trained::train(&trained, DICTIONARY_BYTES, 1)?;
            let messages = contents(&measured);
            row.push(Sizes::new(&messages, trained.frames(&messages)?).saved().into());
            if by == SplitBy::Session {
                let streams = sessions(&measured);
                let flat: Vec<&[u8]> = streams.iter().flatten().copied().collect();
                row.push(Sizes::new(&flat, trained.streams(&streams)?).saved().into());
            }
        }
        rows.push(row);
        Ok(())
    };
    let base = Generator { repeat_within: 0.0, ..Generator::default() };
    row("nothing", &base)?;
    for share in [0.5, 0.9, 0.99] {
        row("own session", &Generator { repeat_within: share, ..base.clone() })?;
    }
    for share in [0.5, 0.9, 0.99] {
        row("any session", &Generator { repeat_across: share, ..base.clone() })?;
    }
    let exact = Generator { repeat_across: 0.99, change: 0.0, ..base };
    row("any session", &exact)?;
    Ok(Table {
        name: "compression-repetition".to_string(),
        title: "Made-up messages that repeat earlier ones: what that saves".to_string(),
        columns: vec![
            Column::text("repeated"),
            Column::number("share", "of messages", 2),
            Column::number("changed", "share of words", 2),
            Column::number("frames", "% saved, split by session", 1),
            Column::number("streams", "% saved, split by session", 1),
            Column::number("frames_by_message", "% saved, split by message", 1),
        ],
        rows,
    })
}

/// Artifacts that are edited, at most, and the smallest of them, bytes.
const ARTIFACTS: usize = 100;
const ARTIFACT_BYTES: usize = 2_000;
/// A line that replaces another is one of code or text, not a whole document on one line.
const LINE_BYTES: usize = 200;

/// A new version sent whole, and as a delta against the one before.
pub fn deltas(corpora: &[Prepared]) -> Result<Table, Failure> {
    let measured = merged(corpora, Prepared::measured);
    let results: Vec<&Message> =
        measured.into_iter().filter(|message| message.kind == Kind::ToolResult).collect();
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
        let frames = shipped.frames(&versions)?;
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
    Ok(Table {
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
    })
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

/// Messages below this size are mostly envelope.
const CONTENT_BYTES: usize = 1_000;
const SIGNALS: u64 = 200;

/// What compression leaves of a signal and of content: the defaults of a scenario's `wire` section.
pub fn wire(corpora: &[Prepared]) -> Result<Table, Failure> {
    let shipped = Trained::shipped();
    let signals = signals();
    let signals: Vec<&[u8]> = signals.iter().map(String::as_bytes).collect();
    let measured = merged(corpora, Prepared::measured);
    let talks = sessions(&measured);
    let large = |bytes: &&[u8]| bytes.len() >= CONTENT_BYTES;
    let content: Vec<&[u8]> = talks.iter().flatten().copied().filter(large).collect();
    let mean = |sizes: &[usize]| sizes.iter().sum::<usize>() as f64 / sizes.len() as f64;
    let plain: Vec<usize> = signals.iter().map(|bytes| bytes.len()).collect();
    let ratio = |sizes: Sizes| 1.0 - sizes.saved() / 100.0;

    let frames = Sizes::new(&content, shipped.frames(&content)?);
    let in_streams = shipped.streams(&talks)?;
    let flat = talks.iter().flatten().zip(in_streams);
    let in_streams = flat.filter(|(bytes, _)| large(bytes)).map(|(_, size)| size).collect();
    let rows = vec![
        vec!["none".into(), mean(&plain).into(), 1.0.into()],
        vec!["frames".into(), mean(&shipped.frames(&signals)?).into(), ratio(frames).into()],
        vec![
            "streams".into(),
            mean(&shipped.streams(&[signals])?).into(),
            ratio(Sizes::new(&content, in_streams)).into(),
        ],
    ];
    Ok(Table {
        name: "compression-wire".to_string(),
        title: "What is left of a signal, and of a byte of content".to_string(),
        columns: vec![
            Column::text("compression"),
            Column::number("message_bytes", "bytes", 1),
            Column::number("content_ratio", "bytes per byte", 3),
        ],
        rows,
    })
}

/// Invalidations and acknowledgements as JSON-RPC, the shape of a coordinator's traffic.
fn signals() -> Vec<String> {
    let mut draw = Draw::new(SPLIT_SEED, 0);
    let mut signal = |number: u64| {
        let (agent, artifact) = (draw.below(16), draw.below(40));
        let (version, epoch) = (1 + draw.below(500), 1 + draw.below(2000));
        let method = if number.is_multiple_of(2) { "invalidate" } else { "acknowledge" };
        format!(
            "{{\"jsonrpc\":\"2.0\",\"method\":\"attune/{method}\",\"params\":{{\"room\":\"main\",\
             \"artifact\":\"src/module-{artifact}.rs\",\"agent\":\"agent-{agent}\",\"version\":\
             {version},\"epoch\":{epoch}}}}}"
        )
    };
    (0..SIGNALS).map(&mut signal).collect()
}
