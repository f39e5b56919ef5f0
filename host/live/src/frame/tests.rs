use proptest::prelude::*;

use super::*;

/// A client frame with every part in the caller's hands.
fn raw(first: u8, payload: &[u8], mask: Option<[u8; 4]>) -> Vec<u8> {
    let mut frame = vec![first];
    let masked = if mask.is_some() { 0x80 } else { 0 };
    match payload.len() {
        n @ 0..=125 => frame.push(masked | n as u8),
        n @ 126..=0xffff => {
            frame.push(masked | 126);
            frame.extend((n as u16).to_be_bytes());
        }
        n => {
            frame.push(masked | 127);
            frame.extend((n as u64).to_be_bytes());
        }
    }
    let key = mask.unwrap_or_default();
    if mask.is_some() {
        frame.extend(key);
    }
    frame.extend(payload.iter().enumerate().map(|(i, b)| b ^ key[i % 4]));
    frame
}

const KEY: Option<[u8; 4]> = Some([1, 2, 3, 4]);

fn decode(bytes: &[u8]) -> Result<Vec<Incoming>, Violation> {
    let mut out = Vec::new();
    Decoder::new(1000).push(bytes, &mut out).map(|()| out)
}

#[test]
fn each_violation_has_its_code() {
    let long_header = |n: u64| [vec![0x81, 0xff], n.to_be_bytes().to_vec(), vec![0; 4]].concat();
    let cases: &[(&str, Vec<u8>, u16)] = &[
        ("unmasked", raw(0x81, b"x", None), 1002),
        ("reserved bit", raw(0xc1, b"x", KEY), 1002),
        ("unknown opcode", raw(0x83, b"x", KEY), 1002),
        ("unknown control opcode", raw(0x8b, b"x", KEY), 1002),
        ("continuation of nothing", raw(0x80, b"x", KEY), 1002),
        ("text inside a message", [raw(0x01, b"a", KEY), raw(0x81, b"b", KEY)].concat(), 1002),
        ("fragmented ping", raw(0x09, b"", KEY), 1002),
        ("long ping", raw(0x89, &[0; 126], KEY), 1002),
        ("half a close code", raw(0x88, &[3], KEY), 1002),
        ("reserved close code", raw(0x88, &1005u16.to_be_bytes(), KEY), 1002),
        ("small close code", raw(0x88, &999u16.to_be_bytes(), KEY), 1002),
        ("close reason not UTF-8", raw(0x88, &[3, 232, 0xff], KEY), 1007),
        ("text not UTF-8", raw(0x81, &[0xff], KEY), 1007),
        ("too large", raw(0x81, &[b'x'; 1001], KEY), 1009),
        ("too large in parts", [raw(0x01, &[b'x'; 600], KEY), raw(0x80, &[b'x'; 401], KEY)].concat(), 1009),
        ("announced to be huge", long_header(u64::MAX), 1009),
    ];
    for (name, bytes, code) in cases {
        assert_eq!(decode(bytes).unwrap_err().code, *code, "{name}");
    }
}

#[test]
fn whole_messages_come_out() {
    let cases: &[(&str, Vec<u8>, Vec<Incoming>)] = &[
        ("empty text", raw(0x81, b"", KEY), vec![Incoming::Text(String::new())]),
        ("binary", raw(0x82, b"abc", KEY), vec![Incoming::Binary]),
        ("pong", raw(0x8a, b"abc", KEY), vec![Incoming::Pong]),
        ("close without a code", raw(0x88, b"", KEY), vec![Incoming::Close(1000)]),
        ("close with a reason", raw(0x88, b"\x03\xe9bye", KEY), vec![Incoming::Close(1001)]),
        (
            "nothing counts after a close",
            [raw(0x88, b"", KEY), vec![0xff; 9]].concat(),
            vec![Incoming::Close(1000)],
        ),
        (
            "a ping inside a fragmented message",
            [raw(0x01, b"one ", KEY), raw(0x89, b"p", KEY), raw(0x80, b"two", KEY)].concat(),
            vec![Incoming::Ping(b"p".to_vec()), Incoming::Text("one two".into())],
        ),
    ];
    for (name, bytes, expected) in cases {
        assert_eq!(decode(bytes).as_ref(), Ok(expected), "{name}");
    }
}

#[test]
fn an_announced_length_reserves_nothing() {
    let mut decoder = Decoder::new(1 << 20);
    let header = [vec![0x81, 0xff], (1u64 << 20).to_be_bytes().to_vec(), vec![0; 4]].concat();
    decoder.push(&header, &mut Vec::new()).unwrap();
    assert!(!decoder.is_idle());
    assert_eq!(decoder.held(), 0);
}

#[derive(Debug, Clone)]
enum Sent {
    Text(String, Vec<usize>),
    Ping(Vec<u8>),
}

fn sent() -> impl Strategy<Value = Sent> {
    prop_oneof![
        ("\\PC{0,300}", prop::collection::vec(0usize..300, 0..4)).prop_map(|(t, cuts)| Sent::Text(t, cuts)),
        prop::collection::vec(any::<u8>(), 0..125).prop_map(Sent::Ping),
    ]
}

proptest! {
    #[test]
    fn what_was_sent_comes_out_however_it_was_cut(
        messages in prop::collection::vec(sent(), 0..6),
        mask in any::<[u8; 4]>(),
        sizes in prop::collection::vec(1usize..40, 1..20),
    ) {
        let (mut wire, mut expected) = (Vec::new(), Vec::new());
        for message in messages {
            match message {
                Sent::Text(text, mut cuts) => {
                    let bytes = text.as_bytes();
                    cuts.iter_mut().for_each(|c| *c = (*c).min(bytes.len()));
                    cuts.sort_unstable();
                    let mut edges = vec![0];
                    edges.extend(cuts);
                    edges.push(bytes.len());
                    for (i, pair) in edges.windows(2).enumerate() {
                        let fin = if i + 2 == edges.len() { 0x80 } else { 0 };
                        let opcode = u8::from(i == 0);
                        wire.extend(raw(fin | opcode, &bytes[pair[0]..pair[1]], Some(mask)));
                    }
                    expected.push(Incoming::Text(text));
                }
                Sent::Ping(payload) => {
                    wire.extend(raw(0x89, &payload, Some(mask)));
                    expected.push(Incoming::Ping(payload));
                }
            }
        }
        let mut decoder = Decoder::new(1 << 20);
        let mut out = Vec::new();
        let (mut rest, mut sizes) = (wire.as_slice(), sizes.iter().cycle());
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(*sizes.next().unwrap()));
            decoder.push(now, &mut out).unwrap();
            rest = later;
        }
        prop_assert_eq!(out, expected);
        prop_assert!(decoder.is_idle());
    }

    #[test]
    fn any_bytes_are_decoded_or_refused_and_memory_stays_bounded(bytes in prop::collection::vec(any::<u8>(), 0..4096)) {
        let mut decoder = Decoder::new(1000);
        let _ = decoder.push(&bytes, &mut Vec::new());
        prop_assert!(decoder.held() <= 2 * (1000 + 125));
    }

    #[test]
    fn server_frames_have_the_shortest_length_form(size in prop_oneof![0usize..200, 65_500usize..65_600]) {
        let frame = text(&vec![b'x'; size]);
        let header = match size { 0..=125 => 2, 126..=0xffff => 4, _ => 10 };
        prop_assert_eq!(frame.len(), header + size);
        prop_assert_eq!(frame[0], 0x81);
    }
}
