//! The report of `attune codec measure`: what is said, in which order.

use attune_report::{Document, Manifest};
use attune_sim::compression::{Corpora, DICTIONARY_BYTES, SPLIT_SEED, SplitBy, Tables};
use attune_sim::results::{Cell, Table};

const INTRODUCTION: &str = "\
MASC's paper claims for its wire format: 96.9 % smaller in-domain, 65 to 80 % cross-domain (section \
3.3); Brotli 11 66.9 %, Zstandard 19 60.7 %, gzip 59.4 % (outline, 4.1); batches of 100 74.4 %, 3.9 \
times less at 100 messages a second (workload 3). Its corpus and its split are not published. Here \
stands what the codec of this repository gives, beside the printed figures.

Dictionaries are trained on some sessions and measured on others: a message of a session that is \
measured was never trained on. Every frame, record and delta that is counted was decoded and \
compared. What the codec is, and how long it takes, is in \
[docs/compact-protocol.md](../../docs/compact-protocol.md).";

const THROUGHPUT: &str = "\
The outline's *high-throughput simulation* prints 30.8 kB/s of JSON, 7.9 kB/s in batches, 3.9 times less, \
and does not say how large the batches are. It is the row of the batch table above, 74.4 % saved by 100, \
in other words: 1 / (1 − 0.744) is 3.9. What it leaves out is the waiting. If all messages are of one \
connection, the first of a full batch of 100 waits 990 ms and the mean one 495 ms; over several \
connections, so many times longer. At the 140.1 messages a day that the outline measured in use, a batch \
of 100 is full after 17 hours. Waiting here is that of the batches as they were filled.";

pub fn document(
    corpora: &Corpora,
    tables: &Tables,
    repetition: Option<&Table>,
    tokens: Table,
) -> Document {
    let mut document = Document::new("What compression buys between agents");
    document.paragraph(INTRODUCTION);
    if corpora.enveloped {
        document.paragraph(
            "Each message is within JSON-RPC here, as an agent would send it: \
             `{\"jsonrpc\":\"2.0\",\"method\":\"agent/message\",\"params\":{\"session\":…,\"content\":…}}`.",
        );
    }
    document.list(corpora.compared().map(|corpus| {
        let split = corpus.split(SplitBy::Session, SPLIT_SEED);
        format!(
            "**{}**: {} messages, {} bytes; {} messages to train on, {} measured, of whose bytes {:.1} % \
             are messages that occur among those to train on too",
            corpus.name,
            corpus.messages.len(),
            corpus.bytes(),
            split.trained.len(),
            split.measured.len(),
            split.repeated_percent(),
        )
    }));
    if !tables.left_out.is_empty() {
        document.paragraph(format!(
            "Left out, since they are too small to be divided: {}.",
            tables.left_out.join(", ")
        ));
    }
    document.heading(2, "Message by message");
    document.paragraph(format!(
        "*Compact* has a dictionary per type of content, {} KiB of content for all of them together; the \
         plain dictionary is one of that size, trained by Zstandard's own library on the same \
         messages. *As shipped* is the set inside the codec, which was trained on this repository's \
         corpus. A frame is counted without the length that it needs where several stand in one buffer, \
         but for the row *after its length*; other compressors' need none, and have none counted. A \
         record of a stream is counted with its length.",
        DICTIONARY_BYTES >> 10
    ));
    document.table(tables.methods.clone());
    document.heading(2, "Batches and streams");
    document.paragraph(
        "A batch is sent when it is full, or its session ends: so where sessions are shorter than a \
         batch, it neither saves nor waits as a full one would, and *filled* says how many messages \
         there were in one. A record of a stream is sent at once, and refers to what the connection \
         has sent before.",
    );
    document.table(tables.batches.clone());
    document.heading(2, "At 100 messages a second");
    document.paragraph(THROUGHPUT);
    document.table(tables.throughput.clone());
    document.heading(2, "From one domain to another");
    if let Some(unseen) = &tables.unseen {
        document.paragraph(
            "First each source whole, with dictionaries trained on all the others and nothing of its own; \
             then dictionaries of one source on another's sessions that are kept apart.",
        );
        document.table(unseen.clone());
    }
    document.table(tables.domains.clone());
    document.heading(2, "How large a dictionary, trained on how much");
    document.table(tables.dictionaries.clone());
    if let Some(repetition) = repetition {
        document.heading(2, "What 96.9 % would take");
        document.paragraph(
            "Made-up messages, of which a share repeats an earlier one of its own session or of any, \
             with one word in so many changed. Split by message, the rest of each session is among \
             what the dictionaries are trained on.",
        );
        document.table(repetition.clone());
        document.paragraph(verdict(tables, repetition));
    }
    if let Some(deltas) = &tables.deltas {
        document.heading(2, "New versions of an artifact");
        document.paragraph(
            "The larger messages taken for artifacts, some of their lines replaced by lines of others. A \
         delta is against the version before, which the receiver has; deltas and frames use the \
         dictionaries as shipped.",
        );
        document.table(deltas.clone());
    }
    document.heading(2, "For the simulator");
    if let Some(wire) = &tables.wire {
        document.paragraph(
            "What is left of a signal (an invalidation as JSON-RPC, without content) and of a byte of \
         content in messages of 1 kB or more, with the dictionaries as shipped. The defaults of a \
         scenario's `wire` section are these, rounded, where they are measured on this repository's \
         corpus.",
        );
        document.table(wire.clone());
    }
    document.paragraph(
        "The simulator's costs are in tokens, so `wire.bytes_per_token` says how many bytes of content \
         one stands for: 4 unless a scenario says otherwise. That is an assumption about the model. What a \
         provider counted is not in these messages; the table counts with the vocabulary of GPT-4o, as \
         `attune import` does.",
    );
    document.table(tokens);
    // Names of other people's sessions are not part of a result.
    if repetition.is_some() {
        document.heading(2, "How the sessions are divided");
        document.first_rows(tables.division.clone(), 10);
    }
    document
}

/// What the printed figure would take, in the figures of the tables.
fn verdict(tables: &Tables, repetition: &Table) -> String {
    let methods = &tables.methods;
    let of_method = |name: &str| {
        let place = methods.rows.iter().position(|row| row[1] == Cell::from(name));
        shown(methods, place, "saved")
    };
    let frames = of_method("compact, in-domain");
    let streams = of_method("compact stream, in-domain");
    let repeated = shown(repetition, repetition.rows.len().checked_sub(1), "frames");
    format!(
        "So 96.9 % message by message is not what in-domain dictionaries give: they give {frames} % here. \
         It takes messages that are nearly all repeated, in sessions whose like the dictionary knows: \
         with 99 of 100 repeated from any session and nothing changed, frames save {repeated} %. An \
         engineer should expect what the tables above say of messages like theirs, and use streams: \
         they save {streams} % where frames save {frames} %, without waiting."
    )
}

fn shown(table: &Table, row: Option<usize>, column: &str) -> String {
    let column = table.columns.iter().position(|one| one.name == column);
    let cell = row.zip(column).map(|(row, column)| (&table.rows[row][column], column));
    cell.map_or("–".to_string(), |(cell, column)| cell.show(table.columns[column].kind))
}

/// What the results depend on, and nothing that changes from run to run.
pub fn manifest(corpora: &Corpora) -> Manifest {
    let names: Vec<&str> = corpora.compared().map(|corpus| corpus.name.as_str()).collect();
    Manifest::new()
        .with("program", "attune codec measure")
        .with("version", env!("CARGO_PKG_VERSION"))
        .with("corpora", names.join(", "))
        .with("split_seed", SPLIT_SEED)
        .with("dictionary_bytes", DICTIONARY_BYTES as u64)
}
