//! The dictionaries that one end knows, by the names that frames use.

use crate::dictionary::{Dictionaries, DictionaryHash, DictionaryId};
use std::collections::BTreeMap;
use std::sync::Arc;
use thiserror::Error;

/// The dictionaries that one end knows.
///
/// On a connection, each end sends its [`Self::offer`]; both call [`Self::choose`] with the two
/// offers in the same order (the client's first), and so agree without another message. They may
/// then [`Self::bind`] what they chose to a slot, which shortens frames by three bytes.
#[derive(Clone, Debug)]
pub struct Registry {
    sets: BTreeMap<DictionaryId, Arc<Dictionaries>>,
}

impl Default for Registry {
    /// With what ships with this library, under its own number and that which its file has.
    fn default() -> Self {
        let shipped = Dictionaries::shipped();
        let numbers = [shipped.id(), shipped.hash().id()];
        Self { sets: numbers.map(|id| (id, Arc::clone(&shipped))).into() }
    }
}

impl Registry {
    /// Without any dictionaries.
    pub fn empty() -> Self {
        Self { sets: BTreeMap::new() }
    }

    /// Makes a set known, and gives what frames call it.
    pub fn add(&mut self, set: Arc<Dictionaries>) -> Result<DictionaryId, Clash> {
        let id = set.id();
        self.insert(id, set)
    }

    /// Makes a set known under a number that both ends of a connection have agreed on.
    pub fn bind(&mut self, slot: u8, set: Arc<Dictionaries>) -> Result<DictionaryId, Clash> {
        let id = DictionaryId::slot(slot).ok_or(Clash::Slot { slot })?;
        self.insert(id, set)
    }

    fn insert(&mut self, id: DictionaryId, set: Arc<Dictionaries>) -> Result<DictionaryId, Clash> {
        match self.sets.get(&id) {
            Some(known) if known.hash() != set.hash() => {
                Err(Clash::Taken { id, known: known.hash(), new: set.hash() })
            }
            _ => {
                self.sets.insert(id, set);
                Ok(id)
            }
        }
    }

    /// What frames call by this number.
    pub fn get(&self, id: DictionaryId) -> Option<&Arc<Dictionaries>> {
        self.sets.get(&id)
    }

    /// The set with this hash.
    pub fn find(&self, hash: DictionaryHash) -> Option<&Arc<Dictionaries>> {
        self.sets.values().find(|set| set.hash() == hash)
    }

    /// The hashes of all sets, those with the highest version first.
    pub fn offer(&self) -> Vec<DictionaryHash> {
        let mut sets: Vec<_> = self.sets.values().map(|set| (set.version(), set.hash())).collect();
        sets.sort_by(|a, b| b.cmp(a));
        sets.dedup();
        sets.into_iter().map(|(_, hash)| hash).collect()
    }

    /// The first hash of the first offer that the second has too.
    pub fn choose(first: &[DictionaryHash], second: &[DictionaryHash]) -> Option<DictionaryHash> {
        first.iter().find(|hash| second.contains(hash)).copied()
    }
}

/// Why a set cannot be known by a number.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum Clash {
    #[error(
        "dictionaries {new} cannot be number {id}, which {known} is already: train them with another version"
    )]
    Taken { id: DictionaryId, known: DictionaryHash, new: DictionaryHash },
    #[error("there is no slot {slot}: slots are 0 to 63")]
    Slot { slot: u8 },
}
