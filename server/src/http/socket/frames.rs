//! Where the frames of a websocket are in what is read of it.

/// Data and control frames differ in this bit of their first byte.
const IS_CONTROL: u8 = 0x08;
/// Bytes of the key that a payload is masked with.
const MASK: usize = 4;

/// Follows the frames of a connection.
#[derive(Debug, Default)]
pub(super) struct Frames {
    /// What is there of the head of a frame: at most 2 + 8 + 4 bytes.
    head: Vec<u8>,
    /// What has to come of a payload.
    left: u64,
    is_control: bool,
}

impl Frames {
    /// How many of the bytes that are read next are of messages: neither heads nor pings, pongs and the like.
    pub(super) fn data_in(&mut self, mut bytes: &[u8]) -> u64 {
        let mut data = 0;
        while let Some((&first, behind)) = bytes.split_first() {
            if self.left == 0 {
                self.head(first);
                bytes = behind;
                continue;
            }
            let some = self.left.min(bytes.len() as u64);
            self.left -= some;
            data += if self.is_control { 0 } else { some };
            bytes = bytes.get(usize::try_from(some).unwrap_or(usize::MAX)..).unwrap_or_default();
        }
        data
    }

    /// Takes a byte of a head. Whether it makes sense is the protocol's to say.
    fn head(&mut self, byte: u8) {
        self.head.push(byte);
        let [first, second, length @ ..] = self.head.as_slice() else { return };
        let size = match second & 0x7f {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let mask = if second & 0x80 == 0 { 0 } else { MASK };
        if length.len() < size + mask {
            return;
        }
        let long = length[..size].iter().fold(0, |long, byte| long << 8 | u64::from(*byte));
        self.left = if size == 0 { u64::from(second & 0x7f) } else { long };
        self.is_control = first & IS_CONTROL != 0;
        self.head.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(first: u8, length: &[u8], payload: usize) -> Vec<u8> {
        [&[first][..], length, &[1, 2, 3, 4], &vec![7; payload]].concat()
    }

    #[test]
    fn only_payloads_of_messages_count_however_they_come() {
        let stream = [
            frame(0x02, &[0x80 | 5], 5),
            frame(0x89, &[0x80 | 3], 3),
            frame(0x00, &[0x80 | 126, 0x01, 0x00], 256),
            frame(0x00, &[0x80], 0),
            frame(0x80, &[0x80 | 127, 0, 0, 0, 0, 0, 1, 0, 0], 65_536),
            frame(0x88, &[0x80 | 2], 2),
            vec![0x81, 0x01, 7],
        ]
        .concat();
        for at_once in [1, 2, 7, 1000, stream.len()] {
            let mut frames = Frames::default();
            let data: u64 = stream.chunks(at_once).map(|bytes| frames.data_in(bytes)).sum();
            assert_eq!(data, 5 + 256 + 65_536 + 1, "{at_once} at once");
        }
    }
}
