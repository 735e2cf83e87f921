//! What compression buys between agents: messages, real and made up, and tables of what the codec
//! and others make of them.
//!
//! The codec is `attune_codec`; here it is only measured. Sessions are kept apart: nothing is trained
//! on a message of a session that is measured, unless a table asks what that would give. Everything
//! that is measured is decoded and compared as well. Times are not measured here, since a result must
//! repeat byte for byte; `attune codec bench` has them.

mod asked;
mod baseline;
mod codec;
mod corpus;
mod generate;
mod message;
mod tables;
mod training;

pub use attune_codec::Dictionaries;
pub use baseline::{Baseline, Compressor};
pub use codec::Failure;
pub use corpus::{Corpus, Split, SplitBy, by_source, made_up, merged, written};
pub use generate::{BadParameter, Generator};
pub use message::{BadMessages, Kind, Message, Role, read};
pub use tables::{DICTIONARY_BYTES, SPLIT_SEED};
pub use training::{Outcome, Training};

use crate::results::Table;
use tables::Prepared;

/// Every table, of these corpora.
#[derive(Clone, Debug)]
pub struct Tables {
    /// Which sessions were trained on, and which measured.
    pub division: Table,
    /// What each method saves, message by message.
    pub methods: Table,
    /// What waiting for a batch saves, beside streams.
    pub batches: Table,
    /// Dictionaries of one source on another.
    pub domains: Table,
    /// By the size of dictionaries and of what they are trained on.
    pub dictionaries: Table,
    /// New versions of artifacts.
    pub deltas: Table,
    /// What is left of a signal and of content.
    pub wire: Table,
    /// Sources that are too small to be divided.
    pub left_out: Vec<String>,
}

/// Measures. `whole` are the corpora that methods and batches are compared on, `sources` those that
/// dictionaries are carried between. `progress` is told of each part as it begins.
pub fn measure(
    whole: &[Corpus],
    sources: &[Corpus],
    progress: impl Fn(&str),
) -> Result<Tables, Failure> {
    let division = tables::division(whole);
    let mut left_out = Vec::new();
    let mut prepare = |corpora| -> Result<Vec<Prepared>, Failure> {
        let mut prepared = Vec::new();
        for corpus in corpora {
            match Prepared::new(corpus)? {
                Some(corpus) => prepared.push(corpus),
                None => left_out.push(corpus.name.clone()),
            }
        }
        Ok(prepared)
    };
    progress("dictionaries");
    let whole: Vec<Prepared> = prepare(whole)?;
    let sources: Vec<Prepared> = prepare(sources)?;
    if whole.is_empty() {
        return Err(Failure(
            "no source has enough messages: at least 20 to train on, in two sessions or more"
                .to_string(),
        ));
    }
    progress("methods");
    let methods = tables::methods(&whole)?;
    progress("batches");
    let batches = tables::batches(&whole)?;
    progress("domains");
    let domains = tables::domains(&sources)?;
    progress("sizes of dictionaries");
    let dictionaries = tables::dictionaries(&whole[..1])?;
    progress("deltas");
    let deltas = asked::deltas(&whole[..1])?;
    progress("wire");
    let wire = asked::wire(&whole[..1])?;
    Ok(Tables { division, methods, batches, domains, dictionaries, deltas, wire, left_out })
}

/// What repetition is worth, and training on other messages of the same sessions: of made-up messages.
pub fn repetition() -> Result<Table, Failure> {
    asked::repetition()
}
