//! Numbers in as few bytes as they need: seven bits a byte, the lowest first, the highest bit set
//! while more follow. A number has one spelling: a last byte of zero is refused.

/// Bytes of the longest number.
const BYTES_MAX: usize = 10;

pub(crate) fn write(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Bytes that a number takes.
pub(crate) fn length(number: u64) -> usize {
    (64 - (number | 1).leading_zeros() as usize).div_ceil(7)
}

/// The number at the start of these bytes, and what follows it.
pub(crate) fn read(bytes: &[u8]) -> Result<(u64, &[u8]), Malformed> {
    let mut number = 0u64;
    for (place, &byte) in bytes.iter().enumerate().take(BYTES_MAX) {
        let bits = u64::from(byte & 0x7f);
        if place == BYTES_MAX - 1 && bits > 1 {
            return Err(Malformed::Overlong);
        }
        number |= bits << (7 * place);
        if byte < 0x80 {
            if byte == 0 && place > 0 {
                return Err(Malformed::Overlong);
            }
            return Ok((number, &bytes[place + 1..]));
        }
    }
    Err(if bytes.len() < BYTES_MAX { Malformed::Truncated } else { Malformed::Overlong })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Malformed {
    Truncated,
    /// More bytes than the number needs, or more bits than 64.
    Overlong,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_has_one_spelling() {
        for number in [0, 1, 127, 128, 300, 1 << 14, u64::from(u32::MAX), u64::MAX] {
            let mut bytes = Vec::new();
            write(&mut bytes, number);
            assert_eq!(bytes.len(), length(number));
            assert_eq!(read(&bytes), Ok((number, &[][..])));
            for end in 0..bytes.len() {
                assert_eq!(read(&bytes[..end]), Err(Malformed::Truncated));
            }
        }
        assert_eq!(read(&[0x80, 0]), Err(Malformed::Overlong));
        assert_eq!(read(&[0xff; 10]), Err(Malformed::Overlong));
        assert_eq!(read(&[5, 6]), Ok((5, &[6][..])));
    }
}
