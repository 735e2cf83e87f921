//! What is measured of compression: that it repeats, that it compares like with like, and that the
//! simulator goes by it.

use attune_sim::compression::{
    self, Corpora, Corpus, Generator, Kind, Message, Role, SplitBy, Tables, Training,
};
use attune_sim::results::{Cell, Table};
use attune_sim::wire::Wire;

fn number(table: &Table, row: usize, column: &str) -> f64 {
    let place = table.columns.iter().position(|one| one.name == column).expect(column);
    match &table.rows[row][place] {
        Cell::Number(number) => *number,
        Cell::Integer(number) => *number as f64,
        other => panic!("{column}: {other:?}"),
    }
}

fn row(table: &Table, column: usize, name: &str) -> usize {
    let named = |row: &Vec<Cell>| row[column] == Cell::from(name);
    table.rows.iter().position(named).unwrap_or_else(|| panic!("no row {name}"))
}

fn own() -> Tables {
    let whole = vec![compression::merged("written", &compression::written())];
    compression::measure(&Corpora { whole, ..Corpora::default() }, |_| {}).unwrap()
}

#[test]
fn the_codec_is_the_smallest_and_streams_are_at_least_as_good_as_batches() {
    let tables = own();
    let saved = |name| number(&tables.methods, row(&tables.methods, 1, name), "saved");
    for other in ["zstd 19, plain dictionary", "brotli 11", "zstd 19", "gzip 6"] {
        assert!(saved("compact, in-domain") > saved(other), "{other}");
    }
    let stream = row(&tables.batches, 1, "compact stream");
    let batch = row(&tables.batches, 1, "batches, zstd 19") - 1;
    assert_eq!(tables.batches.rows[batch][2], Cell::Integer(100));
    assert!(number(&tables.batches, stream, "saved") >= number(&tables.batches, batch, "saved"));
    assert_eq!(number(&tables.batches, stream, "waits"), 0.0);
    assert!(number(&tables.batches, batch, "waits") > 10.0);
}

#[test]
fn the_simulator_goes_by_what_is_measured() {
    let wire = own().wire.unwrap();
    let Wire { envelope_bytes, frames, streams, .. } = Wire::default();
    // What is measured, rounded to the digits that are stated.
    let rounded = |stated: f64, digits: usize, row, column| {
        let measured = number(&wire, row, column);
        assert_eq!(format!("{stated:.digits$}"), format!("{measured:.digits$}"), "{row} {column}");
        assert_eq!(stated.to_string().parse::<f64>(), format!("{stated:.digits$}").parse());
    };
    rounded(envelope_bytes, 0, 0, "message_bytes");
    rounded(frames.message_bytes, 0, 1, "message_bytes");
    rounded(frames.content_ratio, 3, 1, "content_ratio");
    rounded(streams.message_bytes, 1, 2, "message_bytes");
    rounded(streams.content_ratio, 3, 2, "content_ratio");
}

#[test]
fn repeated_messages_are_worth_more_to_who_has_seen_them() {
    let table = compression::repetition().unwrap();
    let of = |row, column| number(&table, row, column);
    // Repetition within a session helps streams, and frames only where the session is known.
    assert!(of(3, "streams") > of(0, "streams") + 10.0);
    assert!(of(3, "frames_by_message") > of(3, "frames") + 5.0);
    let last = table.rows.len() - 1;
    assert!(of(last, "frames") > of(0, "frames") + 10.0);
}

/// The file in the codec is what `make dictionaries` makes.
#[test]
fn the_dictionaries_that_ship_are_trained_as_stated() {
    let corpus = compression::merged("written", &compression::written());
    let training = Training { bytes: 64 << 10, version: 1, keep_apart: true };
    let trained = training.train(&corpus).unwrap();
    let shipped = compression::Dictionaries::shipped();
    assert_eq!(trained.dictionaries.hash(), shipped.hash(), "run `make dictionaries`");
}

#[test]
fn too_little_to_divide_is_left_out_and_nothing_at_all_is_an_error() {
    let message = |session: &str, seq| Message {
        source: "small".into(),
        session: session.into(),
        seq,
        role: Role::User,
        kind: Kind::Text,
        content: "a few words".into(),
    };
    let small = Corpus { name: "small".into(), messages: vec![message("a", 0), message("b", 0)] };
    let sources = vec![small];
    let small = Corpora { sources: sources.clone(), sources_compared: true, ..Corpora::default() };
    let error = compression::measure(&small, |_| {}).unwrap_err();
    assert!(error.to_string().contains("at least 20"), "{error}");
    let made_up = compression::made_up(&Generator::default()).unwrap();
    let some = Corpora { whole: vec![made_up], sources, sources_compared: true, enveloped: false };
    let tables = compression::measure(&some, |_| {}).unwrap();
    assert_eq!(tables.left_out, ["small"]);
}

#[test]
fn a_session_is_divided_alike_alone_and_with_others() {
    let written = compression::written();
    let all = compression::merged("written", &written);
    let measured = all.split(SplitBy::Session, 1).measured;
    let alone: Vec<&Message> =
        written.iter().flat_map(|corpus| corpus.split(SplitBy::Session, 1).measured).collect();
    assert_eq!(measured, alone);
}

#[test]
fn a_source_is_also_measured_with_dictionaries_of_the_others_alone() {
    let sources = compression::written()[..3].to_vec();
    let tables = compression::measure(
        &Corpora::recorded(sources.iter().flat_map(|source| source.messages.clone()).collect()),
        |_| {},
    )
    .unwrap();
    let unseen = tables.unseen.unwrap();
    for source in &sources {
        let name = &source.name;
        let of = |table: &Table, method: &str, column: &str| {
            let named =
                |row: &Vec<Cell>| row[0] == Cell::from(&**name) && row[1] == Cell::from(method);
            number(table, table.rows.iter().position(named).unwrap(), column)
        };
        // All of it, and far from what dictionaries save that were trained on these very messages.
        assert_eq!(of(&unseen, "compact 19", "bytes"), source.bytes() as f64);
        assert!(of(&unseen, "compact 19", "saved") < 70.0, "{name}");
        let alone = of(&unseen, "zstd 19", "saved");
        assert!(of(&unseen, "compact 19", "saved") > alone, "{name}");
        let after = of(&unseen, "compact after its length", "saved");
        let before = of(&unseen, "compact", "saved");
        assert!(after < before && before < after + 1.0, "{name}: {before} {after}");
    }
}

#[test]
fn within_an_envelope_everything_is_longer_and_artifacts_are_not_taken() {
    let bare = own();
    let whole = vec![compression::merged("written", &compression::written())];
    let corpora = Corpora { whole, ..Corpora::default() }.in_envelopes();
    let tables = compression::measure(&corpora, |_| {}).unwrap();
    assert!(number(&tables.methods, 0, "bytes") > number(&bare.methods, 0, "bytes"));
    assert!(number(&tables.methods, 0, "saved") > number(&bare.methods, 0, "saved"));
    assert!(bare.deltas.is_some() && tables.deltas.is_none() && tables.wire.is_none());
}
