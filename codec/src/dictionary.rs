//! Trained dictionaries: one set with a part for each type of content, its file, and its names.

use crate::content::ContentType;
use crate::level::ZstdLevel;
use crate::varint;
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::{Arc, OnceLock};
use thiserror::Error;
use zstd_safe::{CDict, DDict};

const MAGIC: &[u8; 4] = b"ATTD";
const FORMAT: u8 = 1;
/// How a zstd dictionary with entropy tables begins.
const ZSTD_MAGIC: [u8; 4] = [0x37, 0xa4, 0x30, 0xec];
const HASH_BYTES: usize = 32;
/// What a part may hold at most, in bytes.
pub(crate) const PART_BYTES_MAX: u64 = 8 << 20;

/// One type's part of a set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Part {
    /// The head of a zstd dictionary: its magic number, a number of its own, and entropy tables.
    /// Empty if there were too few samples to make them.
    pub(crate) entropy: Vec<u8>,
    /// Text to refer to, the most useful last.
    pub(crate) content: Vec<u8>,
}

/// A set of dictionaries, prepared for use. It does not change; share it in an [`Arc`].
///
/// A message of one type is compressed with the entropy tables of that type and the content of
/// *all* parts, that of its own type nearest. So a message of mixed content, or one whose type
/// was told wrong, loses little.
///
/// Prepared for decoding, a set takes ten times its size, and for each level that is used for
/// encoding 5 times (level 1) to 130 times (level 19) as much: what ships, of 66 KB, 0.7 MB and 0.5
/// to 6.6 MB.
pub struct Dictionaries {
    file: Vec<u8>,
    hash: DictionaryHash,
    id: DictionaryId,
    version: u32,
    /// As zstd takes them, by type.
    joined: [Vec<u8>; 4],
    decoding: [DDict<'static>; 4],
    encoding: [Levels; 4],
}

/// Prepared when a level is first used. None if zstd refuses the dictionary, which it does not
/// after it accepted it for decoding.
type Levels = [OnceLock<Option<CDict<'static>>>; ZstdLevel::MAX.index() + 1];

impl Dictionaries {
    /// The set that ships with this library, trained on `codec/corpus`.
    pub fn shipped() -> Arc<Self> {
        static SHIPPED: OnceLock<Arc<Dictionaries>> = OnceLock::new();
        let shipped = SHIPPED.get_or_init(|| {
            let file = include_bytes!("../dictionaries/written-1.attd");
            let mut set = Self::from_file(file).expect("a test reads what ships");
            set.id = DictionaryId(1);
            Arc::new(set)
        });
        Arc::clone(shipped)
    }

    pub(crate) fn from_parts(version: u32, parts: &[Part; 4]) -> Result<Self, DictionaryError> {
        let mut file = MAGIC.to_vec();
        file.push(FORMAT);
        varint::write(&mut file, u64::from(version));
        for part in parts {
            varint::write(&mut file, part.entropy.len() as u64);
            varint::write(&mut file, part.content.len() as u64);
            file.extend_from_slice(&part.entropy);
            file.extend_from_slice(&part.content);
        }
        let hash: [u8; HASH_BYTES] = Sha256::digest(&file).into();
        file.extend_from_slice(&hash);
        Self::from_file(&file)
    }

    /// Reads what [`Self::to_file`] gave. The content is checked against its hash.
    pub fn from_file(file: &[u8]) -> Result<Self, DictionaryError> {
        let rest = file.strip_prefix(MAGIC).ok_or(DictionaryError::Magic)?;
        let (&format, rest) = rest.split_first().ok_or(DictionaryError::Truncated)?;
        if format != FORMAT {
            return Err(DictionaryError::Format { found: format });
        }
        let (content, hash) =
            file.split_last_chunk::<HASH_BYTES>().ok_or(DictionaryError::Truncated)?;
        if Sha256::digest(content)[..] != hash[..] {
            return Err(DictionaryError::Hash);
        }
        let mut rest = rest.strip_suffix(hash).ok_or(DictionaryError::Truncated)?;
        let version = number(&mut rest)?;
        let version = u32::try_from(version).map_err(|_| DictionaryError::Truncated)?;
        let mut parts: [Part; 4] = Default::default();
        for part in &mut parts {
            let (entropy, content) = (number(&mut rest)?, number(&mut rest)?);
            if entropy > PART_BYTES_MAX || content > PART_BYTES_MAX {
                return Err(DictionaryError::TooLong);
            }
            part.entropy = take(&mut rest, entropy)?;
            part.content = take(&mut rest, content)?;
        }
        if !rest.is_empty() {
            return Err(DictionaryError::Trailing);
        }
        let hash = DictionaryHash(*hash);
        let joined = ContentType::ALL.map(|kind| joined(&parts, kind));
        let prepared = |kind: ContentType| {
            let prepared = DDict::try_create(&joined[usize::from(kind.number())]);
            prepared.ok_or(DictionaryError::Refused { kind })
        };
        let [json, markdown, code, prose] = ContentType::ALL.map(prepared);
        let decoding = [json?, markdown?, code?, prose?];
        let encoding = [(); 4].map(|()| [const { OnceLock::new() }; ZstdLevel::MAX.index() + 1]);
        Ok(Self { file: file.to_vec(), hash, id: hash.id(), version, joined, decoding, encoding })
    }

    /// The set as bytes, to be stored or sent.
    pub fn to_file(&self) -> &[u8] {
        &self.file
    }

    /// What identifies the set.
    pub fn hash(&self) -> DictionaryHash {
        self.hash
    }

    /// What frames call the set: a small number if it ships with this library, else one that
    /// follows from its hash.
    pub fn id(&self) -> DictionaryId {
        self.id
    }

    /// The version that was given to the training.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Bytes of content and entropy tables, all types together.
    pub fn bytes(&self) -> usize {
        // Each joined dictionary has all contents and one type's tables.
        self.file.len()
    }

    pub(crate) fn decoding(&self, kind: ContentType) -> &DDict<'static> {
        &self.decoding[usize::from(kind.number())]
    }

    pub(crate) fn encoding(&self, kind: ContentType, level: ZstdLevel) -> Option<&CDict<'static>> {
        let place = &self.encoding[usize::from(kind.number())][level.index()];
        place.get_or_init(|| CDict::try_create(self.zstd_dictionary(kind), level.number())).as_ref()
    }

    /// The dictionary for one type of content in zstd's own format, with all parts: what any zstd
    /// can be given.
    pub fn zstd_dictionary(&self, kind: ContentType) -> &[u8] {
        &self.joined[usize::from(kind.number())]
    }
}

impl fmt::Debug for Dictionaries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { hash, id, version, .. } = self;
        f.debug_struct("Dictionaries")
            .field("hash", hash)
            .field("id", id)
            .field("version", version)
            .finish_non_exhaustive()
    }
}

/// As zstd takes it: what is nearest to the message, and so cheapest to refer to, is last.
fn joined(parts: &[Part; 4], kind: ContentType) -> Vec<u8> {
    let own = &parts[usize::from(kind.number())];
    let others = ContentType::ALL.iter().filter(|other| **other != kind);
    let contents = others.map(|other| &parts[usize::from(other.number())].content);
    let mut joined = own.entropy.clone();
    contents.chain([&own.content]).for_each(|content| joined.extend_from_slice(content));
    // Content alone, that zstd would take for tables.
    if own.entropy.is_empty() && joined.starts_with(&ZSTD_MAGIC) {
        joined.insert(0, 0);
    }
    joined
}

fn number(rest: &mut &[u8]) -> Result<u64, DictionaryError> {
    let (number, after) = varint::read(rest).map_err(|_| DictionaryError::Truncated)?;
    *rest = after;
    Ok(number)
}

fn take(rest: &mut &[u8], length: u64) -> Result<Vec<u8>, DictionaryError> {
    let length = usize::try_from(length).map_err(|_| DictionaryError::TooLong)?;
    let (taken, after) = rest.split_at_checked(length).ok_or(DictionaryError::Truncated)?;
    *rest = after;
    Ok(taken.to_vec())
}

/// Why a file is not a set of dictionaries.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum DictionaryError {
    #[error(
        "not a file of dictionaries: it does not begin with ATTD; `attune codec train` writes them"
    )]
    Magic,
    #[error(
        "the dictionaries are of format {found}, this reads format 1: use a newer attune, or train them again"
    )]
    Format { found: u8 },
    #[error("the file of dictionaries ends too early: copy it again")]
    Truncated,
    #[error("the file of dictionaries goes on after its end: copy it again")]
    Trailing,
    #[error("a part of the dictionaries is longer than {} MiB: train with a smaller size", PART_BYTES_MAX >> 20)]
    TooLong,
    #[error(
        "the dictionaries do not have the hash that their file states: it was damaged, copy it again"
    )]
    Hash,
    #[error("the dictionary for {kind} is none that zstd can use: train it again")]
    Refused { kind: ContentType },
}

/// SHA-256 of a set of dictionaries.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DictionaryHash([u8; HASH_BYTES]);

impl DictionaryHash {
    /// Its bytes.
    pub fn bytes(&self) -> &[u8; HASH_BYTES] {
        &self.0
    }

    /// From bytes that the other end sent.
    pub fn from_bytes(bytes: [u8; HASH_BYTES]) -> Self {
        Self(bytes)
    }

    /// 28 bits of it, so that it takes four bytes in a frame, moved past the small numbers.
    pub(crate) fn id(self) -> DictionaryId {
        let [a, b, c, d, ..] = self.0;
        let small = DictionaryId::SLOTS.end;
        DictionaryId(u32::from_le_bytes([a, b, c, d]) % ((1 << 28) - small) + small)
    }
}

impl fmt::Display for DictionaryHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for DictionaryHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a frame calls a set of dictionaries.
///
/// | number | means |
/// | --- | --- |
/// | 0 | none |
/// | 1–63 | ships with this library; never given to another set |
/// | 64–127 | agreed on by the two ends of a connection |
/// | 128 and more | 28 bits of the set's hash |
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DictionaryId(u32);

impl DictionaryId {
    const SLOTS: std::ops::Range<u32> = 64..128;

    /// One of the 64 numbers, from 0, that the two ends of a connection may agree on. They take
    /// one byte in a frame.
    pub fn slot(slot: u8) -> Option<Self> {
        let id = Self::SLOTS.start + u32::from(slot);
        Self::SLOTS.contains(&id).then_some(Self(id))
    }

    pub(crate) fn number(self) -> u32 {
        self.0
    }

    pub(crate) fn from_number(number: u64) -> Option<Self> {
        u32::try_from(number).ok().filter(|id| (1..1 << 28).contains(id)).map(Self)
    }
}

impl fmt::Display for DictionaryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
