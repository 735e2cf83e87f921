//! Several frames in one buffer, each after its length.

use crate::decode::LIMIT_DEFAULT;
use crate::error::DecodeError;
use crate::frame::number;
use crate::varint;

/// Appends a frame after its length.
pub fn push_frame(frame: &[u8], buffer: &mut Vec<u8>) {
    varint::write(buffer, frame.len() as u64);
    buffer.extend_from_slice(frame);
}

/// How long a frame or record can be: a header, and one of 3 bytes for each block, which holds a
/// kilobyte or more.
fn longest(message: usize) -> usize {
    message.saturating_add(3 * (message >> 10)).saturating_add(64)
}

/// The frames of a buffer, in order. After an error there are no more.
#[derive(Clone, Debug)]
pub struct Frames<'a> {
    rest: &'a [u8],
    limit: usize,
    /// There was an error.
    ended: bool,
}

impl<'a> Frames<'a> {
    /// Of what [`push_frame`] wrote.
    pub fn new(buffer: &'a [u8]) -> Self {
        Self { rest: buffer, limit: longest(LIMIT_DEFAULT), ended: false }
    }

    /// No message may be longer than so many bytes, so that nobody waits for the end of a frame
    /// that would be refused; [`LIMIT_DEFAULT`] unless told.
    #[must_use]
    pub fn limit(mut self, bytes: usize) -> Self {
        self.limit = longest(bytes);
        self
    }

    /// What was not read yet: after [`DecodeError::Truncated`], the beginning of a frame whose
    /// end may still come.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

impl<'a> Iterator for Frames<'a> {
    type Item = Result<&'a [u8], DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended || self.rest.is_empty() {
            return None;
        }
        let mut rest = self.rest;
        let frame = number(&mut rest, "length prefix").and_then(|length| {
            let too_long = DecodeError::TooLong { length, limit: self.limit };
            let length = usize::try_from(length).ok().filter(|length| *length <= self.limit);
            let split = rest.split_at_checked(length.ok_or(too_long)?);
            split.ok_or(DecodeError::Truncated { part: "body" })
        });
        self.ended = frame.is_err();
        Some(frame.map(|(frame, after)| {
            self.rest = after;
            frame
        }))
    }
}
