//! What is done to a message before it is compressed, and to a sample before it trains.

use crate::content::{ContentType, looks_like_json};
use crate::strings;
use std::borrow::Cow;

pub(crate) struct Prepared<'a> {
    pub(crate) text: Cow<'a, [u8]>,
    pub(crate) folded: bool,
    pub(crate) kind: ContentType,
}

/// A string that is at least so long, in bytes, and most of the message decides its type.
const DECISIVE: usize = 256;

pub(crate) fn prepare(message: &[u8]) -> Prepared<'_> {
    let json = looks_like_json(message.trim_ascii_start());
    let Some(folded) = json.then(|| strings::fold(message)).flatten() else {
        let kind = if json { ContentType::Json } else { ContentType::detect(message) };
        return Prepared { text: Cow::Borrowed(message), folded: false, kind };
    };
    let longest = folded.longest;
    let kind = match longest.len() >= DECISIVE && longest.len() * 2 > folded.text.len() {
        true => ContentType::detect(&folded.text[longest]),
        false => ContentType::Json,
    };
    Prepared { text: Cow::Owned(folded.text), folded: true, kind }
}
