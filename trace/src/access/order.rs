use super::Access;

/// Follows the accesses of a trace, in whatever form it is, and finds the one out of order.
#[derive(Debug, Default)]
pub struct Order {
    /// The session of the access before, and the sequence there.
    before: Option<(String, u64)>,
}

/// Within a session, sequences ascend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "sequence {found} after {before} in the same session: sequences ascend; an access is there \
     twice, or they were sorted by something else"
)]
pub struct OutOfOrder {
    pub before: u64,
    pub found: u64,
}

impl Order {
    pub fn follow(&mut self, access: &Access) -> Result<(), OutOfOrder> {
        let found = access.sequence;
        match &mut self.before {
            Some((session, before)) if *session == access.session => {
                if found <= *before {
                    return Err(OutOfOrder { before: *before, found });
                }
                *before = found;
            }
            before => *before = Some((access.session.clone(), found)),
        }
        Ok(())
    }
}
