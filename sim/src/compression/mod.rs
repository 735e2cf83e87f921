//! What compression buys between agents: messages, real and made up, and tables of what the codec
//! and others make of them.
//!
//! The codec is `attune_codec`; here it is only measured. Sessions are kept apart: nothing is trained
//! on a message of a session that is measured, unless a table asks what that would give. Everything
//! that is measured is decoded and compared as well. Times are not measured here, since a result must
//! repeat byte for byte; `attune codec bench` has them.

mod baseline;
mod codec;
mod corpus;
mod failure;
mod generate;
mod measured;
mod message;
mod sizes;
mod tables;
mod training;
mod untrained;

pub use attune_codec::Dictionaries;
pub use baseline::{Baseline, Compressor};
pub use corpus::{Corpora, Corpus, Split, SplitBy, made_up, merged, written};
pub use failure::Failure;
pub use generate::{BadParameter, Generator};
pub use measured::{DICTIONARY_BYTES, SPLIT_SEED};
pub use message::{BadMessages, Kind, Message, Role, read};
pub use training::{Outcome, Training};

use crate::results::Table;
use measured::Measured;
use untrained::Untrained;

/// Every table, of these corpora.
#[derive(Clone, Debug)]
pub struct Tables {
    /// Which sessions were trained on, and which measured.
    pub division: Table,
    /// What each method saves, message by message.
    pub methods: Table,
    /// The same on each source, with dictionaries of the others; if there are any.
    pub unseen: Option<Table>,
    /// What waiting for a batch saves, beside streams.
    pub batches: Table,
    /// The paper's throughput simulation.
    pub throughput: Table,
    /// Dictionaries of one source on another.
    pub domains: Table,
    /// By the size of dictionaries and of what they are trained on.
    pub dictionaries: Table,
    /// New versions of artifacts; if any message is like one, and bare.
    pub deltas: Option<Table>,
    /// What is left of a signal and of content; if any message is long, and bare.
    pub wire: Option<Table>,
    /// Sources that are too small to be divided.
    pub left_out: Vec<String>,
}

/// Measures. `progress` is told of each part as it begins.
pub fn measure<'c>(corpora: &'c Corpora, progress: impl Fn(&str)) -> Result<Tables, Failure> {
    let mut left_out = Vec::new();
    let mut apart = |corpora: &'c [Corpus]| -> Result<Vec<Measured<'c>>, Failure> {
        let mut measured = Vec::new();
        for corpus in corpora {
            match Measured::apart(corpus)? {
                Some(corpus) => measured.push(corpus),
                None => left_out.push(corpus.name.clone()),
            }
        }
        Ok(measured)
    };
    progress("dictionaries");
    let whole = apart(&corpora.whole)?;
    let sources = apart(&corpora.sources)?;
    let sources: Vec<&Measured> = sources.iter().collect();
    let mut compared: Vec<&Measured> = whole.iter().collect();
    if corpora.sources_compared {
        compared.extend(&sources);
    }
    let Some(&first) = compared.first() else { return Err(Failure::TooFew) };
    progress("others");
    let measured = compared.iter().flat_map(|corpus| corpus.messages.iter().copied());
    let whole = corpora.sources.iter().flat_map(|source| &source.messages);
    let untrained =
        Untrained::new(measured.chain(whole.map(|message| message.content.as_bytes())))?;
    progress("methods");
    let methods = tables::methods::table(&compared, &untrained)?;
    progress("sources never seen");
    let unseen = tables::methods::unseen(&corpora.sources, &untrained)?;
    progress("batches");
    let batches = tables::batches::table(&compared)?;
    let throughput = tables::batches::throughput(&compared)?;
    progress("domains");
    let domains = tables::domains::table(&sources, &untrained)?;
    progress("sizes of dictionaries");
    let dictionaries = tables::dictionaries::table(first)?;
    progress("deltas");
    // An envelope is no part of an artifact, and the simulator counts its own.
    let deltas = if corpora.enveloped { None } else { tables::deltas::table(first)? };
    progress("wire");
    let wire = if corpora.enveloped { None } else { tables::wire::table(first, &untrained)? };
    let division = tables::division::table(corpora.compared());
    Ok(Tables {
        division,
        methods,
        unseen,
        batches,
        throughput,
        domains,
        dictionaries,
        deltas,
        wire,
        left_out,
    })
}

/// What repetition is worth, and training on other messages of the same sessions: of made-up messages.
pub fn repetition() -> Result<Table, Failure> {
    tables::repetition::table()
}
