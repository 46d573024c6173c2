//! Reading what the server sends: where a message ends, and the fields of its body.
//!
//! Sources: PostgreSQL documentation, "Frontend/Backend Protocol", chapters "Message Formats" and
//! "Error and Notice Message Fields". Nothing here knows what a message means.

/// A message at some place of a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frame {
    /// It is there: its tag, and where its body starts and ends.
    Whole { tag: u8, body: usize, end: usize },
    /// So many bytes are still to come, at least.
    Partial(usize),
    /// Its length is impossible.
    Malformed,
}

/// The message that starts at `at`.
#[inline]
pub(super) fn frame(buffer: &[u8], at: usize) -> Frame {
    let Some(&[tag, a, b, c, d]) = buffer.get(at..).and_then(|rest| rest.first_chunk::<5>()) else {
        return Frame::Partial((at + 5).saturating_sub(buffer.len()));
    };
    let length = u32::from_be_bytes([a, b, c, d]) as usize;
    if !(4..=0x7fff_ffff).contains(&length) {
        return Frame::Malformed;
    }
    let end = at + 1 + length;
    if buffer.len() < end {
        return Frame::Partial(end - buffer.len());
    }
    Frame::Whole { tag, body: at + 5, end }
}

/// A cursor over the body of a message; every read is `None` where the body ends too early.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(body: &'a [u8]) -> Reader<'a> {
        Reader { rest: body }
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    #[inline]
    fn chunk<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.rest.split_first_chunk::<N>()?;
        self.rest = rest;
        Some(*head)
    }

    #[inline]
    pub(super) fn u8(&mut self) -> Option<u8> {
        self.chunk::<1>().map(|[byte]| byte)
    }

    #[inline]
    pub(super) fn u16(&mut self) -> Option<u16> {
        self.chunk().map(u16::from_be_bytes)
    }

    #[inline]
    pub(super) fn u32(&mut self) -> Option<u32> {
        self.chunk().map(u32::from_be_bytes)
    }

    #[inline]
    pub(super) fn i32(&mut self) -> Option<i32> {
        self.chunk().map(i32::from_be_bytes)
    }

    #[inline]
    pub(super) fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(head)
    }

    /// A length, or -1 for NULL, and so many bytes: a cell of a row or an item of an array.
    /// The outer `None` is a body that ends too early, the inner one NULL.
    #[inline]
    pub(super) fn cell(&mut self) -> Option<Option<&'a [u8]>> {
        match self.i32()? {
            -1 => Some(None),
            length => self.bytes(usize::try_from(length).ok()?).map(Some),
        }
    }

    /// Bytes up to a zero byte.
    pub(super) fn terminated(&mut self) -> Option<&'a [u8]> {
        let length = self.rest.iter().position(|byte| *byte == 0)?;
        let bytes = self.bytes(length)?;
        self.u8()?;
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_told_apart() {
        let two = b"Z\0\0\0\x05IC\0\0\0\x0dSELECT 1\0";
        assert_eq!(frame(two, 0), Frame::Whole { tag: b'Z', body: 5, end: 6 });
        assert_eq!(frame(two, 6), Frame::Whole { tag: b'C', body: 11, end: 20 });
        assert_eq!(frame(&two[..18], 6), Frame::Partial(2));
        assert_eq!(frame(two, 20), Frame::Partial(5));
        assert_eq!(frame(&two[..8], 6), Frame::Partial(3));
        assert_eq!(frame(b"Z\0\0\0\x03", 0), Frame::Malformed);
        assert_eq!(frame(b"Z\xff\0\0\x03", 0), Frame::Malformed);
    }

    #[test]
    fn a_body_that_ends_too_early_is_noticed() {
        let mut reader = Reader::new(b"\0\0\0\x05abc");
        assert_eq!(reader.cell(), None);
        let mut reader = Reader::new(b"\xff\xff\xff\xff\0\0\0\x01xab\0c");
        assert_eq!(reader.cell(), Some(None));
        assert_eq!(reader.cell(), Some(Some(&b"x"[..])));
        assert_eq!(reader.terminated(), Some(&b"ab"[..]));
        assert_eq!(reader.terminated(), None);
    }
}
