//! Any message through frames, canonical frames, deltas and a stream.
#![no_main]

use attune_codec::{
    Decoder, Dictionaries, Encoder, Mode, Registry, StreamDecoder, StreamEncoder,
    StreamOptions, canonical,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|message: &[u8]| {
    let (mut encoder, mut decoder) = (Encoder::default(), Decoder::default());
    let frame = encoder.encode(message);
    assert_eq!(decoder.decode(&frame).expect("its own"), (message.to_vec(), Mode::Exact));

    let (frame, refused) = encoder.encode_canonical(message);
    let (decoded, mode) = decoder.decode(&frame).expect("its own");
    match refused {
        Some(_) => assert_eq!((decoded.as_slice(), mode), (message, Mode::Exact)),
        None => assert_eq!(canonical(&decoded).as_deref(), Ok(decoded.as_slice())),
    }

    let (base, version) = message.split_at(message.len() / 2);
    let frame = encoder.encode_delta(base, version);
    assert_eq!(decoder.decode_delta(base, &frame).expect("its own"), version);

    let options = StreamOptions { window_log: 12, ..StreamOptions::default() };
    let shipped = Dictionaries::shipped();
    let mut sender = StreamEncoder::new(Some(&shipped), options).expect("memory");
    let mut receiver = StreamDecoder::new(Registry::default(), options).expect("memory");
    for message in message.chunks(message.len() / 3 + 1) {
        let record = sender.encode(message).expect("memory");
        assert_eq!(receiver.decode(&record).expect("its own"), message);
    }
});
