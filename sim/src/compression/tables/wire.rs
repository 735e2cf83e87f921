//! The numbers that the simulator's `wire` section goes by.

use crate::compression::codec::Trained;
use crate::compression::failure::Failure;
use crate::compression::measured::{Measured, SPLIT_SEED};
use crate::compression::sizes::Sizes;
use crate::compression::untrained::{Untrained, Way};
use crate::results::{Column, Table};
use crate::workload::draw::Draw;
use attune_codec::{Level, StreamOptions};

/// Messages below this size are mostly envelope.
const CONTENT_BYTES: usize = 1_000;
const SIGNALS: u64 = 200;

/// What compression leaves of a signal and of content: the defaults of a scenario's `wire` section.
/// `None` if there is no content.
pub fn table(corpus: &Measured, untrained: &Untrained) -> Result<Option<Table>, Failure> {
    let shipped = Trained::shipped();
    let signals = signals();
    let signals: Vec<&[u8]> = signals.iter().map(String::as_bytes).collect();
    let large = |bytes: &&[u8]| bytes.len() >= CONTENT_BYTES;
    let content: Vec<&[u8]> = corpus.messages.iter().copied().filter(large).collect();
    if content.is_empty() {
        return Ok(None);
    }
    let mean = |sizes: &[usize]| sizes.iter().sum::<usize>() as f64 / sizes.len() as f64;
    let plain: Vec<usize> = signals.iter().map(|bytes| bytes.len()).collect();
    let ratio = |sizes: Sizes| 1.0 - sizes.saved() / 100.0;

    let frames = Sizes::new(&content, untrained.sizes(Way::Shipped, &content));
    let streams =
        |sessions: &[Vec<&[u8]>]| shipped.streams(StreamOptions::default().level, sessions);
    let records = corpus.messages.iter().zip(streams(&corpus.sessions)?);
    let records = records.filter(|(bytes, _)| large(bytes)).map(|(_, size)| size).collect();
    let rows = vec![
        vec!["none".into(), mean(&plain).into(), 1.0.into()],
        vec![
            "frames".into(),
            mean(&shipped.frames(Level::BySize, &signals)?).into(),
            ratio(frames).into(),
        ],
        vec![
            "streams".into(),
            mean(&streams(&[signals])?).into(),
            ratio(Sizes::new(&content, records)).into(),
        ],
    ];
    Ok(Some(Table {
        name: "compression-wire".to_string(),
        title: "What is left of a signal, and of a byte of content".to_string(),
        columns: vec![
            Column::text("compression"),
            Column::number("message_bytes", "bytes", 1),
            Column::number("content_ratio", "bytes per byte", 3),
        ],
        rows,
    }))
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
