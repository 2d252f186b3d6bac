//! Packets with descriptors over a connected `SOCK_SEQPACKET` socket. Blocking or not is the socket's own setting.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};

use crate::{MAX_DESCRIPTORS, MAX_FRAME};

/// A received packet.
#[derive(Debug)]
pub struct Packet {
    /// How many bytes of the buffer it filled; 0 = the other end is gone.
    pub length: usize,
    /// The descriptors that came with it, close-on-exec.
    pub descriptors: Vec<OwnedFd>,
}

/// Sends one packet whole.
///
/// # Errors
/// As sendmsg(2); `WouldBlock` on a non-blocking socket whose queue is full; `InvalidInput` for too many descriptors.
pub fn send(socket: impl AsFd, frame: &[u8], descriptors: &[BorrowedFd<'_>]) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_DESCRIPTORS))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    let fits = descriptors.len() <= MAX_DESCRIPTORS;
    let attached =
        descriptors.is_empty() || (fits && ancillary.push(SendAncillaryMessage::ScmRights(descriptors)));
    if !attached {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "too many descriptors for one frame"));
    }
    let sent = rustix::io::retry_on_intr(|| {
        sendmsg(socket.as_fd(), &[IoSlice::new(frame)], &mut ancillary, SendFlags::NOSIGNAL)
    })?;
    if sent == frame.len() {
        Ok(())
    } else {
        Err(io::Error::new(io::ErrorKind::WriteZero, "a packet went out in part"))
    }
}

/// Receives one packet into `buffer`, which should hold [`MAX_FRAME`] bytes.
///
/// # Errors
/// As recvmsg(2); `InvalidData` for a packet that was cut because it or its descriptors did not fit.
pub fn receive(socket: impl AsFd, buffer: &mut [u8]) -> io::Result<Packet> {
    debug_assert!(buffer.len() >= MAX_FRAME, "a shorter buffer would refuse legal frames");
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_DESCRIPTORS))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let received = rustix::io::retry_on_intr(|| {
        recvmsg(socket.as_fd(), &mut [IoSliceMut::new(buffer)], &mut ancillary, RecvFlags::CMSG_CLOEXEC)
    })?;
    let mut descriptors = Vec::new();
    for message in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(rights) = message {
            descriptors.extend(rights);
        }
    }
    if received.flags.intersects(ReturnFlags::TRUNC | ReturnFlags::CTRUNC) {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "a packet was larger than the protocol allows",
        ));
    }
    Ok(Packet { length: received.bytes, descriptors })
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};

    use super::*;

    fn pair() -> (OwnedFd, OwnedFd) {
        socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None).unwrap()
    }

    #[test]
    fn a_packet_carries_bytes_and_descriptors() {
        let (left, right) = pair();
        let (mut reader, writer) = std::io::pipe().unwrap();
        send(&left, b"hello", &[writer.as_fd()]).unwrap();
        drop(writer);
        let mut buffer = vec![0; MAX_FRAME];
        let mut packet = receive(&right, &mut buffer).unwrap();
        assert_eq!(&buffer[..packet.length], b"hello");
        let mut received = std::fs::File::from(packet.descriptors.pop().unwrap());
        received.write_all(b"through").unwrap();
        drop(received);
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "through");
    }

    #[test]
    fn as_many_descriptors_as_promised_pass_and_no_more() {
        let (left, right) = pair();
        let null = std::fs::File::open("/dev/null").unwrap();
        send(&left, b"x", &vec![null.as_fd(); MAX_DESCRIPTORS]).unwrap();
        let packet = receive(&right, &mut vec![0; MAX_FRAME]).unwrap();
        assert_eq!(packet.descriptors.len(), MAX_DESCRIPTORS);
        let refused = send(&left, b"x", &vec![null.as_fd(); MAX_DESCRIPTORS + 1]).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
    }

    #[test]
    fn the_largest_frame_passes_in_one_packet() {
        let (left, right) = pair();
        let sender = std::thread::spawn(move || send(&left, &vec![7; MAX_FRAME], &[]).unwrap());
        let packet = receive(&right, &mut vec![0; MAX_FRAME]).unwrap();
        assert_eq!(packet.length, MAX_FRAME);
        sender.join().unwrap();
    }

    #[test]
    fn an_oversize_packet_is_an_error_not_a_cut() {
        let (left, right) = pair();
        send(&left, &vec![7; MAX_FRAME + 1], &[]).unwrap();
        let refused = receive(&right, &mut vec![0; MAX_FRAME]).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn the_end_of_the_other_side_is_a_packet_of_length_zero() {
        let (left, right) = pair();
        drop(left);
        assert_eq!(receive(&right, &mut vec![0; MAX_FRAME]).unwrap().length, 0);
    }
}
