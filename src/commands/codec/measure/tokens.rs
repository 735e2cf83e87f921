//! How many bytes a token has: what the simulator's `wire.bytes_per_token` assumes.

use attune_import::{Counter, TOKENIZER};
use attune_sim::compression::Corpora;
use attune_sim::results::{Column, Table};

/// By the tokenizer of the importers: what a provider counted is not in a file of messages.
pub fn table(corpora: &Corpora) -> Table {
    let mut counter = Counter::new();
    let rows = corpora.compared().map(|corpus| {
        let texts = corpus.messages.iter().map(|message| &message.content);
        let tokens: u64 = texts.map(|text| counter.count(text)).sum();
        let bytes = corpus.bytes() as u64;
        let each = bytes as f64 / tokens.max(1) as f64;
        vec![corpus.name.as_str().into(), bytes.into(), tokens.into(), each.into()]
    });
    Table {
        name: "compression-tokens".to_string(),
        title: format!("Bytes of content per token, tokens by {TOKENIZER}"),
        rows: rows.collect(),
        columns: vec![
            Column::text("corpus"),
            Column::integer("bytes", ""),
            Column::integer("tokens", TOKENIZER),
            Column::number("bytes_per_token", "", 2),
        ],
    }
}
