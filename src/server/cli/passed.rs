//! Passed: the listening socket that whoever started the server holds for it, as systemd does for a socket unit.
//!
//! Comes before `serve`, which listens on it instead of a socket of its own. It outlives every server that used it:
//! while one stops and the next starts, connections wait in the kernel and none is refused. The protocol is
//! sd_listen_fds(3): `LISTEN_FDS` sockets from file 3 on, for the process `LISTEN_PID`.

use std::net::TcpListener;

use listenfd::ListenFd;
use socket2::SockRef;

use super::Failure;

/// The socket, when there is one. Takes the variables out of the environment, so call it before there are threads.
pub(super) fn listener() -> Result<Option<TcpListener>, Failure> {
    let mut passed = ListenFd::from_env();
    match passed.len() {
        0 => return Ok(None),
        1 => {}
        several => {
            let sentence = format!("{several} sockets were passed in (LISTEN_FDS); Tidings listens on one");
            return Err(Failure::usage(sentence));
        }
    }
    let wrong = |why: &str| Failure::usage(format!("the socket that was passed in (LISTEN_FDS) cannot be used: {why}"));
    let socket = passed.take_tcp_listener(0).map_err(|error| wrong(&error.to_string()))?;
    let socket = socket.expect("the first of one socket was not taken before");
    match SockRef::from(&socket).is_listener() {
        Ok(true) => {}
        Ok(false) => return Err(wrong("it does not listen; in a socket unit, Accept= must be no")),
        Err(error) => return Err(wrong(&error.to_string())),
    }
    // The flag belongs to the socket and not to this process: whoever else accepts on it has to expect it, too.
    socket.set_nonblocking(true).map_err(|error| wrong(&error.to_string()))?;
    Ok(Some(socket))
}
